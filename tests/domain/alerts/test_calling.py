"""From an alert to people: the roster, stand-ins, roles; who left is told nothing."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from tests.people import JATENG, KUPANG, MAKASSAR, NOW, SEMARANG, Cast

from rangkul.accounts.models import User
from rangkul.alerts import calling, kinds, wishes
from rangkul.alerts.calling import Planned
from rangkul.alerts.models import Alert, Delivery
from rangkul.alerts.operations import Call, raise_alerts
from rangkul.alerts.wishes import Wishes
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting, system
from rangkul.jobs import alerts as job
from rangkul.network.models import Absence, DutyShift, Membership

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MAIL = Wishes(email=True, push=False, text=False)


def call(agency: int = SEMARANG, audience: str = Alert.DESK, **more: Any) -> Call:
    given = {
        "token": str(uuid4()), "kind": "clock_late", "subject_kind": "clock",
        "subject_id": str(uuid4()), "desk_id": 9101 if audience == Alert.DESK else None,
    }  # fmt: skip
    return Call(agency_id=agency, audience=audience, **(given | more))


def ring(*calls: Call, at: datetime = NOW) -> int:
    with system("tick"):
        raise_alerts(calls=calls, at=at)
    return job.put_in_line(at)


def line() -> list[tuple[int, str, datetime]]:
    with system("tick"):
        return sorted(Delivery.objects.values_list("user_id", "channel", "not_before"))


def who() -> list[int]:
    return [user for user, _channel, _when in line()]


def wish(by: Actor, wanted: Wishes, version: int = 1) -> None:
    with acting(by):
        wishes.change_ways(wishes=wanted, expected_version=version, by=by, at=NOW)


def duty(cast: Cast, who: Actor, until: datetime = NOW + HOUR) -> None:
    with acting(cast.sinta):
        DutyShift.objects.create(
            agency_id=SEMARANG, desk_id=9101, membership_id=who.membership_id,
            starts_at=NOW - HOUR, ends_at=until,
        )  # fmt: skip


def away(cast: Cast, who: Actor, substitute: Actor | None) -> None:
    with acting(cast.sinta):
        Absence.objects.create(
            agency_id=SEMARANG, membership_id=who.membership_id,
            substitute_id=substitute.membership_id if substitute else None,
            starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 5),
        )  # fmt: skip


# -- who --------------------------------------------------------------------------------------


def test_whoever_is_on_duty_at_the_desk_is_called(mailed: Cast) -> None:
    duty(mailed, mailed.nining)
    assert ring(call()) == 1
    assert line() == [(mailed.nining.user_id, "email", NOW)]


def test_the_stand_in_is_called_for_somebody_on_leave(mailed: Cast) -> None:
    duty(mailed, mailed.nining)
    away(mailed, mailed.nining, mailed.ratih)
    ring(call())
    assert who() == [mailed.ratih.user_id]


def test_with_nobody_on_duty_all_who_sit_there_are_called(mailed: Cast) -> None:
    ring(call())
    sitting = [mailed.ratih, mailed.nining, mailed.wahyuni, mailed.joko]
    assert who() == sorted(actor.user_id for actor in sitting)


def test_with_nobody_at_the_desk_the_supervisors_are_called(mailed: Cast) -> None:
    with acting(mailed.sinta):
        Membership.objects.filter(desk_ids__contains=[9102]).update(desk_ids=[])
    ring(call(desk_id=9102))
    assert who() == [mailed.wahyuni.user_id]


@pytest.mark.parametrize(
    ("audience", "agency", "login"),
    [
        (Alert.SUPERVISOR, KUPANG, "marten"),
        (Alert.PROVINCE, JATENG, "retno"),
        (Alert.SUPERVISOR, MAKASSAR, "besse"),
    ],
)
def test_a_role_calls_whoever_holds_it_there(
    mailed: Cast, audience: str, agency: int, login: str
) -> None:
    ring(call(agency, audience))
    assert who() == [getattr(mailed, login).user_id]


def test_a_person_on_leave_is_left_in_peace_and_the_stand_in_called(mailed: Cast) -> None:
    away(mailed, mailed.ratih, mailed.nining)
    ring(call(audience=Alert.PERSON, user_id=mailed.ratih.user_id))
    assert who() == [mailed.nining.user_id]
    with system("tick"):
        assert Alert.objects.filter(user_id=mailed.nining.user_id).count() == 1


@pytest.mark.parametrize("login", ["ratih", "darto"])
def test_without_a_stand_in_or_gone_for_good_the_supervisor_is_called(
    mailed: Cast, login: str
) -> None:
    if login == "ratih":
        away(mailed, mailed.ratih, None)
    ring(call(audience=Alert.PERSON, user_id=getattr(mailed, login).user_id))
    assert who() == [mailed.wahyuni.user_id]


def test_a_person_of_another_agency_is_never_called(mailed: Cast) -> None:
    ring(call(audience=Alert.PERSON, user_id=mailed.marten.user_id))
    assert mailed.marten.user_id not in who()


def test_whose_place_has_ended_is_not_called(mailed: Cast) -> None:
    duty(mailed, mailed.nining)
    with acting(mailed.sinta):
        Membership.objects.filter(id=mailed.nining.membership_id).update(until=NOW)
    ring(call())
    assert mailed.nining.user_id not in who()
    assert mailed.joko.user_id in who()


# -- once -------------------------------------------------------------------------------------


def test_no_alert_is_gone_through_twice(mailed: Cast) -> None:
    duty(mailed, mailed.nining)
    asked = call()
    assert (ring(asked), ring(asked), job.put_in_line(NOW + HOUR)) == (1, 0, 0)
    assert len(line()) == 1


def test_an_alert_that_nobody_can_be_told_of_is_not_looked_at_for_ever(mailed: Cast) -> None:
    User.objects.update(email="")
    assert ring(call()) == 0
    with system("tick"):
        assert calling.call_people(at=NOW) == Planned(0, 0)


def test_what_breaks_while_people_are_looked_for_leaves_the_alert_for_the_next_round(
    mailed: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    duty(mailed, mailed.nining)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("killed")

    for name in ("_rows", "Addresses"):
        with monkeypatch.context() as patched:
            patched.setattr(calling, name, broken)
            with pytest.raises(RuntimeError):
                ring(call())
            assert line() == []
    assert job.put_in_line(NOW) == 2


def test_one_round_looks_up_everybody_at_once(
    mailed: Cast, django_assert_max_num_queries: object
) -> None:
    counts = []
    for number in (1, 6):
        with system("tick"):
            raise_alerts(calls=[call() for _ in range(number)], at=NOW)
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with system("tick"), CaptureQueriesContext(connection) as seen:
            calling.call_people(at=NOW)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_an_ended_alert_calls_nobody(mailed: Cast) -> None:
    with system("tick"):
        raise_alerts(calls=[call()], at=NOW)
        Alert.objects.update(ended_at=NOW)
    assert job.put_in_line(NOW) == 0


# -- how and when -----------------------------------------------------------------------------


def test_without_a_wish_letters_go_by_day_and_wait_at_night(mailed: Cast) -> None:
    duty(mailed, mailed.nining, NOW + DAY)
    night = datetime(2026, 3, 2, 23, 30, tzinfo=ZoneInfo("Asia/Jakarta"))
    ring(call(), at=night)
    assert line() == [
        (mailed.nining.user_id, "email", datetime(2026, 3, 3, 6, tzinfo=ZoneInfo("Asia/Jakarta")))
    ]


def test_what_is_urgent_wakes_people(mailed: Cast) -> None:
    night = datetime(2026, 3, 2, 23, 30, tzinfo=ZoneInfo("Asia/Jakarta"))
    ring(call(audience=Alert.SUPERVISOR, urgent=True), at=night)
    assert line() == [(mailed.wahyuni.user_id, "email", night)]


@pytest.mark.parametrize(
    ("agency", "login", "zone"),
    [(SEMARANG, "wahyuni", "Asia/Jakarta"), (KUPANG, "marten", "Asia/Makassar")],
)
def test_the_night_is_the_agencys(mailed: Cast, agency: int, login: str, zone: str) -> None:
    # 20:30 in the west, 21:30 in the centre.
    at = datetime(2026, 3, 2, 20, 30, tzinfo=ZoneInfo("Asia/Jakarta"))
    ring(call(agency, Alert.SUPERVISOR), at=at)
    later = datetime(2026, 3, 3, 6, tzinfo=ZoneInfo(zone))
    expected = at if zone == "Asia/Jakarta" else later
    assert line() == [(getattr(mailed, login).user_id, "email", expected)]


def test_the_digest_gathers_what_is_not_urgent(mailed: Cast) -> None:
    wish(mailed.wahyuni, Wishes(True, False, False, digest_at=time(16)))
    ring(call(audience=Alert.SUPERVISOR), at=NOW)
    ring(call(audience=Alert.SUPERVISOR), at=NOW + HOUR)
    ring(call(audience=Alert.SUPERVISOR, urgent=True), at=NOW + 2 * HOUR)
    four = datetime(2026, 3, 2, 16, tzinfo=ZoneInfo("Asia/Jakarta"))
    assert [when for _user, _channel, when in line()] == [NOW + 2 * HOUR, four, four]


def test_a_way_that_leads_nowhere_is_not_taken(mailed: Cast) -> None:
    wish(mailed.wahyuni, Wishes(email=True, push=True, text=True, phone="0812 3456 7890"))
    ring(call(audience=Alert.SUPERVISOR))
    assert [channel for _user, channel, _when in line()] == ["email", "text"]
    wish(mailed.wahyuni, Wishes(email=False, push=False, text=False), version=2)
    assert ring(call(audience=Alert.SUPERVISOR)) == 0


def test_a_call_about_an_unreached_colleague_stays_on_the_screen(mailed: Cast) -> None:
    assert (
        ring(
            call(audience=Alert.SUPERVISOR),
        )
        == 1
    )
    with system("tick"):
        raise_alerts(
            calls=[
                Call(
                    token="reach", agency_id=SEMARANG, audience=Alert.SUPERVISOR,
                    kind=kinds.UNREACHED, subject_kind=kinds.REACH, subject_id="9011:email",
                )
            ],
            at=NOW,
        )  # fmt: skip
    assert job.put_in_line(NOW) == 0
