"""A flood of alike reports is one line; whoever speaks in her own words stands by herself."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from tests.people import NOW, Cast

from rangkul.alerts.models import Alert
from rangkul.clocks.models import Clock
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.scope import acting, system
from rangkul.jobs import public_door
from rangkul.reports import flocks, operations, queries, talk
from rangkul.reports.door import DoorContent
from rangkul.reports.models import FlockMark, Report
from rangkul.trail import queries as trail

pytestmark = pytest.mark.django_db

FLOOD = "Kantor ini penipu semua, jangan percaya petugasnya, mereka hanya makan gaji buta saja ya"
OWN = (
    "Kakak saya dikunci di kamar belakang sejak kemarin sore dan tidak diberi makan.",
    "Majikan menahan paspor adik saya di Batam, dia menangis waktu menelepon tadi malam.",
    "Anak tetangga sering lebam, barusan terdengar dipukul lagi dengan sapu oleh pamannya.",
)


def send(words: str, *, danger: bool = False, at: datetime = NOW) -> int:
    taken = operations.send_public(
        content=DoorContent(area="33.74", words=words, danger=danger, herself=False),
        nonce=os.urandom(16), at=at,
    )  # fmt: skip
    assert taken is not None
    return taken.report_id


def flood(count: int, *, at: datetime = NOW) -> list[int]:
    return [send(f"{FLOOD} nomor {n} {n * 7}", danger=n % 3 == 0, at=at) for n in range(count)]


def lines(by: Actor) -> tuple[list[int], list[tuple[int, int]]]:
    """The reports that stand by themselves, and (waiting, dangers) of each group."""
    with acting(by):
        alone = [report.id for report in queries.list_open(by)]
        return alone, [(line.waiting, line.dangers) for line in talk.list_flocks(by, at=NOW)]


def test_alike_texts_share_a_mark_and_unlike_ones_do_not() -> None:
    marks = [set(flocks.marks_of(f"{FLOOD} {n}", agency_id=1)) for n in range(6)]
    assert all(marks[0] & each for each in marks)
    own = [set(flocks.marks_of(words, agency_id=1)) for words in (*OWN, FLOOD)]
    assert not any(a & b for i, a in enumerate(own) for b in own[:i])


def test_marks_differ_between_agencies_and_say_nothing_without_the_ring() -> None:
    assert not set(flocks.marks_of(FLOOD, agency_id=1)) & set(flocks.marks_of(FLOOD, agency_id=2))
    assert flocks.marks_of("", agency_id=1) == flocks.marks_of("...", agency_id=1) == ()


def test_a_flood_is_one_line_and_the_others_stand_by_themselves(cast: Cast) -> None:
    first = send(OWN[0], danger=True)
    flood(12)
    second, third = send(OWN[1], danger=True), send(OWN[2], danger=True)
    alone, groups = lines(cast.joko)
    assert alone == [third, second, first]
    assert groups == [(12, 4)]


def test_a_group_has_few_clocks_and_calls(cast: Cast) -> None:
    flood(12)
    with acting(cast.joko):
        assert Alert.objects.filter(kind="report.received").count() == 4
        assert Clock.objects.filter(subject_kind="report").count() == 8
    flood(1, at=NOW + timedelta(minutes=10))
    with acting(cast.joko):
        assert Alert.objects.filter(kind="report.received").count() == 5


def test_calls_beyond_a_measure_are_gathered(cast: Cast) -> None:
    for n in range(14):
        send(" ".join(f"kata{chr(97 + n)}{chr(97 + i)}" for i in range(9)))
    with acting(cast.joko):
        assert Alert.objects.filter(kind="report.received").count() == 11


def test_short_words_are_alike_by_chance(cast: Cast) -> None:
    sent = [send("tolong saya", danger=True) for _ in range(6)]
    alone, groups = lines(cast.joko)
    assert (sorted(alone), groups) == (sent, [])


def test_a_group_is_closed_and_opened_again_as_one(cast: Cast) -> None:
    mine = send(OWN[0])
    sent = flood(9)
    with acting(cast.wahyuni):
        (line,) = talk.list_flocks(cast.wahyuni, at=NOW)
        opened = operations.read_flock(flock_id=line.flock.id, by=cast.wahyuni, at=NOW)
        assert (opened.waiting, opened.dangers, opened.areas) == (9, 3, 1)
        assert FLOOD in opened.samples[0].content.account
        with pytest.raises(InvalidInput):
            operations.close_flock(
                flock_id=line.flock.id, outcome="disalurkan", by=cast.wahyuni, at=NOW
            )
        closed = operations.close_flock(
            flock_id=line.flock.id, outcome="bukan_laporan", by=cast.wahyuni, at=NOW
        )
        assert closed == 9
        states = dict(Report.objects.values_list("id", "state"))
        assert {states[id_] for id_ in sent} == {"closed"}
        assert states[mine] == "received"
        assert Clock.objects.filter(subject_kind="report", state="running").count() == 2
        names = [act.name for act in trail.list_own(
            cast.wahyuni, names=("report.closed", "report.flock_closed"),
            since=NOW - timedelta(days=1), limit=50,
        )]  # fmt: skip
        assert sorted(names) == ["report.closed"] * 9 + ["report.flock_closed"]
        assert operations.reopen_flock(flock_id=line.flock.id, by=cast.wahyuni, at=NOW) == 9
        assert Report.objects.filter(state="in_hand").count() == 9


def test_one_is_taken_out_and_has_clocks_of_its_own(cast: Cast) -> None:
    last = flood(9)[-1]
    with acting(cast.joko):
        operations.take_out(report_id=last, by=cast.joko, at=NOW)
        assert Clock.objects.filter(subject_id=str(last), state="running").count() == 2
        with pytest.raises(NotReachable):
            operations.take_out(report_id=last, by=cast.joko, at=NOW)
    alone, groups = lines(cast.joko)
    assert (alone, groups[0][0]) == ([last], 8)


def test_a_stranger_sees_no_group(cast: Cast) -> None:
    flood(6)
    assert lines(cast.ester) == ([], [])
    with acting(cast.joko):
        (line,) = talk.list_flocks(cast.joko, at=NOW)
    with acting(cast.ester), pytest.raises(NotReachable):
        operations.read_flock(flock_id=line.flock.id, by=cast.ester, at=NOW)


def test_marks_are_let_go(cast: Cast) -> None:
    flood(2)
    with system("tick"):
        assert operations.forget_marks(at=NOW + timedelta(days=6)) == 0
        assert operations.forget_marks(at=NOW + timedelta(days=8)) == 8
        assert not FlockMark.objects.exists()


@pytest.mark.promise(
    "flood-seen-through",
    chapter="walls",
    sentence="Reports of danger in the midst of a flood of false ones stand on the first screen.",
)
def test_dangers_in_a_flood_stand_first(cast: Cast, figure: Callable[[str], None]) -> None:
    assert _shown_first(cast) == len(OWN)
    figure("3 of 3 reports among 60 false ones in the first 25 lines")


@pytest.mark.planted("flood-seen-through")
def test_planted_a_flood_that_is_not_gathered_hides_them(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flocks, "LEAST", 1_000)
    monkeypatch.setattr(queries, "MOST_OPEN", 15)
    assert _shown_first(cast) < len(OWN)


def _shown_first(cast: Cast) -> int:
    own = [send(words, danger=True) for words in OWN]
    flood(60, at=NOW + timedelta(seconds=30))
    alone, _ = lines(cast.joko)
    return len(set(own) & set(alone[:25]))


def test_the_hourly_job_lets_go(cast: Cast) -> None:
    flood(2, at=NOW)
    public_door.let_go()
    with acting(cast.joko):
        assert not FlockMark.objects.exists()
