"""Emergency access: who is told of it and when, who judges it, and what a day without does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from tests.domain.custody.lending import (
    backdate,
    borrow,
    case,
    insert_grant,
    lent_scope,
    read_lent,
    take_step,
)
from tests.people import KUPANG, MAKASSAR, SEMARANG, Cast
from tests.rows import app_as, as_owner, set_scope
from tests.web.files import open_file

from rangkul.access.policy import Forbidden, OwnException
from rangkul.alerts.models import Alert
from rangkul.clocks.models import Clock
from rangkul.custody import emergency, events
from rangkul.custody.emergency import RightRests
from rangkul.custody.models import EmergencyGrant
from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting, system
from rangkul.jobs import tasks

__all__ = ["case"]

REVIEWED = (
    "Emergency access is judged by a supervisor of the agency that leads the case, never by "
    "whoever used it; unjudged for 24 hours, the right to borrow again rests until it is."
)
TOLD = (
    "Supervisors of the lead and of the borrower's agency are called within a minute of an "
    "emergency access."
)


# -- told and judged --------------------------------------------------------------------------


def _deliver(name: str, grant: EmergencyGrant, by: Actor) -> None:
    tasks.deliver_event(Event(name, "emergency", str(grant.id), by.agency_id, by.user_id))


@pytest.mark.promise("emergency-told", chapter="emergency", sentence=TOLD)
def test_supervisors_of_both_agencies_are_called(
    case: int, cast: Cast, figure: Callable[[str], None]
) -> None:
    grant = borrow(cast.ratih, case)
    assert tasks_waiting() == [(events.EMERGENCY_OPENED, str(grant.id))]
    _deliver(events.EMERGENCY_OPENED, grant, cast.ratih)
    with system("tick"):
        alerts = {
            alert.agency_id: alert for alert in Alert.objects.filter(kind=events.EMERGENCY_OPENED)
        }
    took = max(alert.at for alert in alerts.values()) - grant.opened_at
    assert set(alerts) == {SEMARANG, KUPANG}
    assert all(alert.urgent and alert.audience == Alert.SUPERVISOR for alert in alerts.values())
    assert took < timedelta(minutes=1)
    with acting(cast.marten):
        clock = Clock.objects.get(subject_kind="emergency", subject_id=str(grant.id))
    assert clock.due_at - grant.opened_at == timedelta(hours=24)
    figure(f"{took.total_seconds():.1f} s from the grant to the calls, in both agencies")


def tasks_waiting() -> list[tuple[str, str]]:
    """(name, subject) of what the outbox holds for the worker about emergencies."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select args ->> 'name', args ->> 'subject_id' from procrastinate_jobs "
            "where args ->> 'subject_kind' = 'emergency' order by id"
        )
        return list(cursor.fetchall())


@pytest.mark.planted("emergency-told")
def test_planted_an_emergency_without_its_event_is_seen(
    case: int, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emergency, "post", lambda event: None)
    borrow(cast.ratih, case)
    assert tasks_waiting() == []


@pytest.mark.promise("emergency-reviewed", chapter="emergency", sentence=REVIEWED)
def test_a_supervisor_of_the_lead_judges_and_nobody_else(
    case: int, cast: Cast, figure: Callable[[str], None]
) -> None:
    grant = borrow(cast.ratih, case)
    others = [actor for actor in cast.everyone().values() if actor != cast.marten]
    for actor in others:
        with pytest.raises((Forbidden, NotReachable, OwnException, Exception)):
            take_step(actor, grant, "justified")
        with app_as(actor) as app, pytest.raises(psycopg.Error):
            _insert_step(app, grant, "justified", actor)
    take_step(cast.marten, grant, "justified", "")
    with acting(cast.ratih):
        assert emergency.standing_of_own() == emergency.Standing(False, 0)
    figure(f"0 of {len(others)} others could judge, by screen or SQL")


def _insert_step(app: Any, grant: EmergencyGrant, step: str, actor: Actor) -> None:
    app.execute(
        "insert into custody_emergencystep (id, grant_id, agency_id, lead_agency_id, step, "
        "by_agency_id, by_user_id, at) values (gen_random_uuid(), %s, %s, %s, %s, 1, 1, now())",
        [grant.id, grant.agency_id or actor.agency_id, actor.agency_id, step],
    )


@pytest.mark.promise("emergency-reviewed", chapter="emergency", sentence=REVIEWED)
def test_unjudged_for_a_day_the_right_rests(
    case: int, cast: Cast, figure: Callable[[str], None]
) -> None:
    grant = borrow(cast.ratih, case)
    backdate(grant, timedelta(hours=23, minutes=59))
    second = borrow(cast.ratih, case)
    backdate(grant, timedelta(minutes=2))
    with pytest.raises(RightRests):
        borrow(cast.ratih, open_file(cast.yohana, area="53.71").case_id)
    with app_as(cast.ratih) as app, pytest.raises(psycopg.Error) as refused:
        insert_grant(app, case)
    assert refused.value.sqlstate == "RK403"
    # Whoever else works there is not held up, and the review brings the right back.
    borrow(cast.nining, case)
    take_step(cast.marten, grant, "justified", "")
    take_step(cast.ratih, second, "ended", "")
    assert borrow(cast.ratih, case).nth == 3
    figure("open at 23 h 59 min, resting at 24 h 01 min, open again with the review")


@pytest.mark.planted("emergency-reviewed")
def test_planted_a_judgement_of_ones_own_is_found(case: int, cast: Cast) -> None:
    """A supervisor who borrowed within her own agency would judge herself without the guard."""
    with as_owner() as owner:
        source = owner.execute(
            "select pg_get_functiondef('house.guard_emergency_step()'::regprocedure)"
        ).fetchone()
        assert source is not None
        owner.execute(source[0].replace("another := who.actor <> g.user_id;", "another := true;"))
        owner.commit()
    own = open_file(cast.wahyuni).case_id
    with app_as(cast.wahyuni) as app:
        insert_grant(app, own)
        row = app.execute("select max(id) from custody_emergencygrant").fetchone()
        assert row is not None
        grant = EmergencyGrant(id=row[0])
        _insert_step(app, grant, "justified", cast.wahyuni)


def test_not_justified_rests_until_the_own_supervisor_gives_it_back(case: int, cast: Cast) -> None:
    grant = borrow(cast.ratih, case)
    take_step(cast.marten, grant, "asked", "Mengapa?")
    take_step(cast.ratih, grant, "answered", "Karena ia di sini.")
    take_step(cast.marten, grant, "unjustified")
    with pytest.raises(RightRests):
        borrow(cast.ratih, case)
    with pytest.raises(NotReachable):
        take_step(cast.marten, grant, "restored")
    take_step(cast.wahyuni, grant, "restored", "")
    assert borrow(cast.ratih, case).nth == 2
    with acting(cast.marten):
        steps = emergency.list_steps(emergency.get_grant(cast.marten, grant.id, at=hour.now()))
        words = list(emergency.open_words(steps).values())
    assert words == ["Datang sendiri.", "Mengapa?", "Karena ia di sini.", "Karena begini."]


def test_the_survivors_file_tells_who_borrowed_and_read(case: int, cast: Cast) -> None:
    grant = borrow(cast.ratih, case)
    read_lent(cast.ratih, grant)
    with as_owner() as owner:
        rows = owner.execute(
            "select name, agency_id, actor_id, purpose, reason from trail_act where case_id = %s "
            "and name like 'emergency.%%' order by at",
            [case],
        ).fetchall()
    who = (SEMARANG, cast.ratih.user_id, "emergency", "before_me")
    assert rows == [("emergency.opened", *who), ("emergency.read", *who)]
    with app_as(lent_scope(cast.ratih, case)) as app, pytest.raises(psycopg.Error):
        app.execute(
            "insert into trail_act (id, at, xid, agency_id, actor_id, purpose, name, subject_kind,"
            " subject_id, case_id, reason, detail, digest) values (gen_random_uuid(), now(), "
            "house.act_number(), %s, %s, 'emergency', 'x', 'case', '1', %s, '', '{}', '')",
            [SEMARANG, cast.ratih.user_id, open_file(cast.yohana, area="53.71").case_id],
        )


def test_custody_that_moves_takes_the_review_along(case: int, cast: Cast) -> None:
    grant = borrow(cast.ratih, case)
    with as_owner() as owner:
        set_scope(owner, cast.marten)
        owner.execute("update custody_case set lead_agency_id = %s where id = %s", [MAKASSAR, case])
        owner.commit()
    take_step(cast.besse, grant, "justified", "")
    with acting(cast.besse):
        steps = emergency.list_steps(emergency.get_grant(cast.besse, grant.id, at=hour.now()))
        assert "Datang sendiri." in emergency.open_words(steps).values()
    with acting(cast.marten), pytest.raises(NotReachable):
        emergency.get_grant(cast.marten, grant.id, at=hour.now())
