"""Curious insiders: reading is slowed, then stopped, then looked at; two tabs count as one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import connections
from tests.people import NOW, SEMARANG, Cast
from tests.rows import app_as, as_owner
from tests.web.files import number_of, open_file, signed_in

from rangkul.access.policy import Forbidden, OwnException
from rangkul.alerts.models import Alert
from rangkul.custody import events, reading
from rangkul.custody.reading import ReadingSlowed, ReadingStopped
from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting, system
from rangkul.jobs import tasks
from rangkul.people import operations as people

CRAWLED = (
    "Whoever opens file after file is slowed to one a minute, then stopped until a supervisor "
    "who is another person has looked; files one does not carry count sooner."
)


def _read(actor: Actor, ref: int, *, kind: str = "case") -> None:
    with acting(actor):
        reading.note_reading(refs=[ref], by=actor, at=NOW, kind=kind)


def _crawl(actor: Actor, refs: range, *, kind: str = "case", back: int = 0) -> tuple[int, str]:
    """How many files were read one after the other, and what ended it."""
    for number, ref in enumerate(refs):
        try:
            _read(actor, ref, kind=kind)
        except (ReadingSlowed, ReadingStopped) as fault:
            return number, fault.code
        if back:
            _age(actor, seconds=back)
    return len(refs), ""


def _age(actor: Actor, *, seconds: int) -> None:
    """Let so much time have passed since this person's readings."""
    with as_owner() as owner:
        owner.execute(
            "update custody_reading set at = at - %s where user_id = %s",
            [timedelta(seconds=seconds), actor.user_id],
        )
        owner.commit()


@pytest.mark.promise("reading-crawler", chapter="emergency", sentence=CRAWLED)
@pytest.mark.parametrize("login", ["ratih", "wahyuni"])
def test_a_crawler_is_slowed_and_then_stopped(
    committed_db: None, cast: Cast, figure: Callable[[str], None], login: str
) -> None:
    actor = cast.everyone()[login]
    # As fast as it can: 30 files that it does not carry, then one a minute.
    assert _crawl(actor, range(1, 500)) == (30, "reading_slowed")
    # As patiently as it is told to: a minute between two.
    _age(actor, seconds=61)
    patient, end = _crawl(actor, range(1_000, 2_000), back=61)
    assert end == "reading_stopped"
    assert 30 + patient <= 81
    _age(actor, seconds=7_200)
    assert _crawl(actor, range(3_000, 3_001)) == (0, "reading_stopped")
    figure(f"{login}: 30 files at once, {30 + patient} with a pause after each, then none")


@pytest.mark.planted("reading-crawler")
def test_planted_a_crawler_without_the_measure_reads_all(committed_db: None, cast: Cast) -> None:
    with as_owner() as owner:
        owner.execute("delete from house.reading_budget")
        owner.commit()
    assert _crawl(cast.wahyuni, range(1, 120)) == (119, "")


def test_a_crawler_over_the_screens_gets_so_many_names(committed_db: None, cast: Cast) -> None:
    """The whole way: a supervisor's browser that opens the identity in each file of the unit."""
    _narrow("other", 1, slow=3, stop=5)
    files = [open_file(cast.ratih) for _ in range(6)]
    client = signed_in(cast.wahyuni)
    answers = [
        client.post(f"/kasus/{number_of(file)}/identitas/", {"reason": "other", "words": "x"})
        for file in files
    ]
    statuses = [answer.status_code for answer in answers]
    assert statuses[:3] == [200, 200, 200] or statuses[:3] == [302, 302, 302]
    assert set(statuses[3:]) == {429}
    assert int(answers[3]["Retry-After"]) <= 60
    assert "one at a time" in answers[3].content.decode().lower()


def _narrow(measure: str, hours: int, *, slow: int, stop: int) -> None:
    with as_owner() as owner:
        owner.execute(
            "update house.reading_budget set slow = %s, stop = %s "
            "where measure = %s and hours = %s",
            [slow, stop, measure, hours],
        )
        owner.commit()


def test_two_tabs_at_once_get_no_more_than_one(committed_db: None, cast: Cast) -> None:
    _narrow("other", 1, slow=10, stop=11)
    got: list[int] = []

    def tab(start: int) -> None:
        try:
            got.append(_crawl(cast.wahyuni, range(start, start + 40))[0])
        finally:
            connections.close_all()

    tabs = [threading.Thread(target=tab, args=(start,)) for start in (1, 101)]
    for each in tabs:
        each.start()
    for each in tabs:
        each.join()
    assert sum(got) == 10


def test_the_same_file_again_counts_once(committed_db: None, cast: Cast) -> None:
    for _ in range(200):
        _read(cast.wahyuni, 7)
    with as_owner() as owner:
        assert owner.execute("select count(*) from custody_reading").fetchone() == (1,)


def test_what_one_carries_has_a_wider_measure(committed_db: None, cast: Cast) -> None:
    _narrow("carried", 1, slow=2, stop=3)
    mine = [open_file(cast.ratih).case_id for _ in range(2)]
    for case_id in mine:
        _read(cast.ratih, case_id)
    # Two carried files do not use up the measure of those not carried.
    assert _crawl(cast.ratih, range(9_001, 9_011)) == (10, "")


def test_packets_are_counted_apart(committed_db: None, cast: Cast) -> None:
    _narrow("packet", 1, slow=4, stop=5)
    assert _crawl(cast.melki, range(1, 20), kind="packet") == (4, "reading_slowed")
    _read(cast.melki, 1, kind="packet")


def test_the_day_is_measured_too(committed_db: None, cast: Cast) -> None:
    _narrow("other", 24, slow=20, stop=24)
    read, end = _crawl(cast.wahyuni, range(1, 100), back=3_000)
    assert (read, end) == (24, "reading_stopped")


def _stop(actor: Actor) -> UUID:
    _narrow("other", 1, slow=1, stop=2)
    _read(actor, 1)
    _age(actor, seconds=61)
    _read(actor, 2)
    with as_owner() as owner:
        row = owner.execute("select id from custody_readingstop").fetchone()
    assert row is not None
    return UUID(str(row[0]))


def test_a_supervisor_is_told_and_her_word_begins_it_anew(committed_db: None, cast: Cast) -> None:
    stop = _stop(cast.ratih)
    tasks.deliver_event(Event(events.READING_STOPPED, "stop", str(stop), SEMARANG))
    with system("tick"):
        assert Alert.objects.get(kind=events.READING_STOPPED).urgent
    with pytest.raises(ReadingStopped):
        _read(cast.ratih, 3)
    with acting(cast.wahyuni):
        seen = reading.seen_before(cast.wahyuni, reading.get_stop(cast.wahyuni, stop))
        assert (seen.files, seen.others, set(seen.case_ids)) == (2, 2, {1, 2})
        reading.decide_stop(stop_id=stop, verdict="justified", by=cast.wahyuni, at=NOW)
    tasks.deliver_event(Event(events.READING_ALLOWED, "stop", str(stop), SEMARANG))
    with system("tick"):
        assert Alert.objects.get(kind=events.READING_STOPPED).ended_at is not None
        assert Alert.objects.get(kind=events.READING_ALLOWED).user_id == cast.ratih.user_id
    _read(cast.ratih, 3)


def test_not_justified_stays_stopped_until_somebody_says_otherwise(
    committed_db: None, cast: Cast
) -> None:
    stop = _stop(cast.ratih)
    with acting(cast.wahyuni):
        reading.decide_stop(stop_id=stop, verdict="unjustified", by=cast.wahyuni, at=NOW)
    _age(cast.ratih, seconds=90_000)
    with pytest.raises(ReadingStopped):
        _read(cast.ratih, 3)
    with acting(cast.wahyuni):
        reading.decide_stop(stop_id=stop, verdict="justified", by=cast.wahyuni, at=NOW)
        with pytest.raises(InvalidInput):
            reading.decide_stop(stop_id=stop, verdict="justified", by=cast.wahyuni, at=NOW)
    _read(cast.ratih, 3)


def test_nobody_decides_on_her_own_stop(committed_db: None, cast: Cast) -> None:
    stop = _stop(cast.wahyuni)
    with acting(cast.wahyuni), pytest.raises(OwnException):
        reading.decide_stop(stop_id=stop, verdict="justified", by=cast.wahyuni, at=NOW)
    for actor in (cast.ratih, cast.joko, cast.bagas):
        with acting(actor), pytest.raises((Forbidden, NotReachable)):
            reading.decide_stop(stop_id=stop, verdict="justified", by=actor, at=NOW)
    for actor in (cast.wahyuni, cast.ratih, cast.bagas):
        with app_as(actor) as app, pytest.raises(psycopg.Error) as refused:
            app.execute("update custody_readingstop set verdict = 'justified'")
        assert refused.value.sqlstate == "RK403"
    with app_as(cast.marten) as app:
        gone = app.execute("update custody_readingstop set verdict = 'justified'").rowcount
    assert gone == 0
    # A supervisor's own stop is looked at by whoever keeps the staff, who sees numbers only.
    with acting(cast.sinta):
        found = reading.get_stop(cast.sinta, stop)
        assert reading.seen_before(cast.sinta, found).case_ids == ()
        reading.decide_stop(stop_id=stop, verdict="justified", by=cast.sinta, at=hour.now())


def test_nobody_writes_or_empties_the_measure(committed_db: None, cast: Cast) -> None:
    _read(cast.ratih, 1)
    for statement in (
        "delete from custody_reading",
        "update custody_reading set at = now() - interval '2 days'",
        (
            "insert into custody_reading (agency_id, user_id, kind, ref, carried, at) "
            "values (1, 1, 'case', 1, true, now())"
        ),
        "select * from house.reading_budget",
    ):
        with app_as(cast.ratih) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(statement)


def test_a_page_of_names_counts_each_file(committed_db: None, cast: Cast) -> None:
    _narrow("other", 1, slow=3, stop=4)
    files = [open_file(cast.ratih).case_id for _ in range(3)]
    with acting(cast.wahyuni):
        assert len(people.show_names(case_ids=files, by=cast.wahyuni, at=NOW)) == 3
    more = [open_file(cast.ratih).case_id for _ in range(2)]
    with acting(cast.wahyuni), pytest.raises(ReadingSlowed):
        people.show_names(case_ids=more, by=cast.wahyuni, at=NOW)
