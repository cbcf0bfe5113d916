"""At home and without a list: the pages of who holds, who visits, and who sends one person home."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from tests.domain.repatriation.scene import HOME_DESK, TRANSIT_DESK, Road, make_road
from tests.people import MAKASSAR, NOW, Cast
from tests.web.files import signed_in

from rangkul.alerts.models import Alert
from rangkul.alerts.operations import Call, raise_alerts
from rangkul.cases.models import CaseFile
from rangkul.clocks.models import Clock
from rangkul.custody.queries import case_number
from rangkul.foundation import hour
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting, system
from rangkul.jobs import way_home
from rangkul.repatriation import events, operations
from rangkul.repatriation.models import Group, Handover, Hold, Leg, Returnee, Visit
from rangkul.repatriation.queries import group_number, leg_number

WITH_US = "/pemulangan/bersama-kami/"
NOTICES = "/pemberitahuan/"


@pytest.fixture
def road(db: None, cast: Cast) -> Road:
    """Three women of Makassar, held by Semarang."""
    return make_road(cast)


def _home(road: Road, *, arrived: bool = True, days_ago: int = 0) -> Hold:
    """One of them with the desk at home, so many days after her arrival."""
    road.ready()
    leg = road.leg(desk=HOME_DESK, homeward=True)
    road.ask(leg)
    road.carry(leg, road.organiser, road.home)
    with acting(road.home):
        hold = Hold.objects.filter(until__isnull=True).order_by("id")[0]
        if arrived:
            at = max(timezone.now() - timedelta(days=days_ago), NOW)
            operations.confirm_arrival(hold_ids=[hold.id], by=road.home, at=at)
    return hold


def _call_late(desk_id: int, about: tuple[str, str]) -> None:
    """What the ladder calls when the deadline is missed."""
    call = Call(
        token=str(uuid4()), agency_id=MAKASSAR, audience=Alert.DESK, kind="clock_late",
        code="arrival_confirmed", subject_kind="clock", subject_id=str(uuid4()), desk_id=desk_id,
        about=about, due_at=timezone.now(),
    )  # fmt: skip
    with system("tick"):
        raise_alerts(calls=[call], at=timezone.now())


def _text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_visit_that_falls_due_stands_in_the_desk_s_lists(road: Road) -> None:
    hold = _home(road, days_ago=35)
    browser = signed_in(road.home)
    for address in ("/", "/tenggat/"):
        page = _text(browser.get(address))
        assert f'href="{WITH_US}#hold-{hold.id}"' in page, address
        assert "Follow-up, month one" in page
    assert f'id="hold-{hold.id}"' in _text(browser.get(WITH_US))
    # Neither at another desk of the house nor in another house.
    for other in (road.transit, road.organiser):
        assert f"#hold-{hold.id}" not in _text(signed_in(other).get("/tenggat/"))


@pytest.mark.parametrize(
    ("language", "title"),
    [("en", "Confirming that who set out has arrived"),
     ("id", "Memastikan yang berangkat sudah tiba")],
)  # fmt: skip
def test_who_has_set_out_is_awaited_in_the_desk_s_lists(
    road: Road, monkeypatch: pytest.MonkeyPatch, language: str, title: str
) -> None:
    monkeypatch.setattr(hour, "now", lambda: timezone.now() - timedelta(days=30))
    road.ready()
    leg = road.leg(desk=HOME_DESK, homeward=True)
    road.ask(leg)
    road.answer(leg, road.home)
    minutes = road.minutes(leg, road.organiser)
    way_home.await_leg(Event(events.SET_OUT, "leg", str(leg.id), MAKASSAR))
    browser = signed_in(road.home)
    browser.cookies["rangkul_language"] = language
    for address in ("/", "/tenggat/"):
        page = _text(browser.get(address))
        assert f'href="/pemulangan/tahap/{leg_number(leg.id)}/"' in page, address
        assert title in page
    _call_late(HOME_DESK, ("leg", str(leg.id)))
    assert f'href="/pemulangan/tahap/{leg_number(leg.id)}/"' in _text(browser.get(NOTICES))
    # Signed for: the leg's deadline is met, and each of them is awaited by name.
    road.sign(minutes, road.home)
    way_home.await_leg(Event(events.SET_OUT, "leg", str(leg.id), MAKASSAR))
    with acting(road.home):
        holds = list(Hold.objects.filter(until__isnull=True).values_list("id", flat=True))
    for hold_id in holds:
        way_home.await_arrival(Event(events.ARRIVAL_AWAITED, "hold", str(hold_id), MAKASSAR))
    page = _text(browser.get("/tenggat/"))
    assert f'href="/pemulangan/tahap/{leg_number(leg.id)}/"' not in page
    assert all(f'href="{WITH_US}#hold-{hold_id}"' in page for hold_id in holds)
    _call_late(HOME_DESK, ("hold", str(holds[0])))
    assert f'href="{WITH_US}#hold-{holds[0]}"' in _text(browser.get(NOTICES))


def test_a_visit_is_put_off_on_the_page(road: Road) -> None:
    hold = _home(road)
    browser = signed_in(road.home)
    until = (timezone.now() + timedelta(days=9)).date().isoformat()
    sent = {"month": "1", "until": until, "words": "Ia di kebun."}
    refused = browser.post(f"{WITH_US}{hold.id}/tunda/", sent)
    assert refused.status_code == 422
    assert "Say why." in _text(refused)
    # What was typed stands there still.
    assert 'value="Ia di kebun."' in _text(refused)
    assert f'value="{until}"' in _text(refused)
    done = browser.post(
        f"{WITH_US}{hold.id}/tunda/", {"month": "1", "until": until, "reason": "away"}, follow=True
    )
    assert "The visit is put off." in _text(done)
    assert "road-month-later" in _text(done)
    with acting(road.home):
        assert Visit.objects.get().reason == "away"
        clock = Clock.objects.get(procedure="follow_up_month_1", state="running")
    assert (clock.due_at - timezone.now()).days in (8, 9)


@pytest.mark.parametrize("fate", ["left", "died"])
def test_what_ends_a_road_is_said_twice(road: Road, fate: str) -> None:
    hold = _home(road)
    browser = signed_in(road.home)
    told = browser.post(f"{WITH_US}{hold.id}/keadaan/", {"fate": fate}, follow=True)
    assert "Nothing was written down" in _text(told)
    assert road.person(hold.returnee_id).state == "arrived"
    browser.post(f"{WITH_US}{hold.id}/keadaan/", {"fate": fate, "sure": fate}, follow=True)
    assert road.person(hold.returnee_id).state == fate


def test_who_cannot_stay_is_planned_anew(road: Road) -> None:
    hold = _home(road)
    browser = signed_in(road.home)
    assert "Cannot stay: the road goes on" in _text(browser.get(WITH_US))
    told = browser.post(f"{WITH_US}{hold.id}/keadaan/", {"fate": "onward"}, follow=True)
    assert "the road goes on from here" in _text(told)
    assert road.person(hold.returnee_id).state == "waiting"


def test_a_shelter_on_the_way_is_not_asked_to_confirm_an_arrival(road: Road) -> None:
    leg = road.leg(desk=TRANSIT_DESK)
    road.ask(leg)
    road.carry(leg, road.organiser, road.transit)
    with acting(road.transit):
        hold = Hold.objects.filter(until__isnull=True).order_by("id")[0]
    browser = signed_in(road.transit)
    told = browser.post(f"{WITH_US}tiba/", {"hold": [hold.id]}, follow=True)
    assert "the road does not end here" in _text(told)


# -- without a list ----------------------------------------------------------------------------


def _arrival(**more: str) -> dict[str, str]:
    when = timezone.now().strftime("%Y-%m-%dT%H:%M")
    return {"label": "Seorang diri", "source": "daerah", "area": "33.74", "arrives_at": when,
            "token": str(uuid4())} | more  # fmt: skip


def test_one_person_goes_home_without_a_list(road: Road) -> None:
    with acting(road.organiser):
        person = Returnee.objects.get(id=road.people[0])
        number = case_number(person.case_id)
        hold = Hold.objects.get(returnee=person, until__isnull=True)
        operations.set_fate(hold_id=hold.id, fate="left", by=road.organiser, at=NOW)
        assert CaseFile.objects.get(case_id=person.case_id).state == "left"
    browser = signed_in(road.organiser)
    nobody = browser.post("/pemulangan/rombongan-baru/", _arrival(cases="RK-0000"))
    assert nobody.status_code == 422
    assert "RK-0000 is no case number." in _text(nobody)
    sent = _arrival(cases=f" {number.lower()} , {number}")
    for _twice in range(2):
        done = browser.post("/pemulangan/rombongan-baru/", sent, follow=True)
    assert "Is on the way home already." in _text(done)
    with acting(road.organiser):
        group = Group.objects.latest("id")
        assert Group.objects.count() == 2
        [again] = Returnee.objects.filter(group=group)
        assert (again.case_id, again.state) == (person.case_id, "waiting")
        # She came back: the file says so too, and who holds her has a name.
        assert CaseFile.objects.get(case_id=person.case_id).state == "open"
        assert Hold.objects.get(returnee=again).agency_id == road.organiser.agency_id


def test_somebody_is_taken_into_a_group_or_nobody_is(road: Road) -> None:
    with acting(road.organiser):
        group = Group.objects.get(id=road.group_id)
        cases = {p.id: p.case_id for p in Returnee.objects.all()}
        gone = Hold.objects.get(returnee_id=road.people[0], until__isnull=True)
        operations.set_fate(hold_id=gone.id, fate="left", by=road.organiser, at=NOW)
    address = f"/pemulangan/rombongan/{group_number(group.id)}/tambah/"
    browser = signed_in(road.organiser)
    both = f"{case_number(cases[road.people[0]])} {case_number(cases[road.people[1]])}"
    told = browser.post(address, {"cases": both}, follow=True)
    assert "Is on the way home already." in _text(told)
    with acting(road.organiser):
        assert Returnee.objects.count() == 3
    browser.post(address, {"cases": case_number(cases[road.people[0]])}, follow=True)
    with acting(road.organiser):
        assert Returnee.objects.count() == 4
    # Another agency's people are out of reach, and so is the number's meaning.
    other = signed_in(road.cast.melki)
    assert other.post(address, {"cases": both}).status_code in (403, 404)


# -- the queue of a device ---------------------------------------------------------------------


def _accepted(road: Road) -> Leg:
    leg = road.leg()
    road.ask(leg)
    road.answer(leg, road.transit)
    return leg


def _sent(road: Road, leg: Leg, **more: str) -> dict[str, str]:
    there = {f"there-{t.id}": "yes" for t in road.travellers(leg)}
    return {"token": str(uuid4()), "place": "Dermaga", "strokes": "M10 10L20 24"} | there | more


def test_a_queue_is_told_in_a_sentence_what_is_too_long(road: Road) -> None:
    leg = _accepted(road)
    browser = signed_in(road.organiser)
    address = f"/pemulangan/tahap/{leg_number(leg.id)}/serah-terima/"
    answer = browser.post(
        address, _sent(road, leg, place="x" * 401), headers={"X-Requested-With": "fetch"}
    )
    assert answer.status_code == 422
    assert answer.json() == {"error": "Too long: at most 400 signs fit."}
    # A page that a person reads is a page still.
    page = browser.post(address, _sent(road, leg, place="x" * 401))
    assert re.search(r"<form", _text(page))
    with acting(road.organiser):
        assert not Handover.objects.exists()


def test_a_device_whose_clock_runs_ahead_loses_no_signature(road: Road) -> None:
    leg = _accepted(road)
    browser = signed_in(road.organiser)
    ahead = int((timezone.now() + timedelta(hours=3)).timestamp() * 1000)
    answer = browser.post(
        f"/pemulangan/tahap/{leg_number(leg.id)}/serah-terima/",
        _sent(road, leg, signed_at=str(ahead)), headers={"X-Requested-With": "fetch"},
    )  # fmt: skip
    assert answer.status_code == 200
    with acting(road.organiser):
        minutes = Handover.objects.get()
    assert minutes.giver_signed_at is not None
    assert minutes.giver_signed_at <= timezone.now()
