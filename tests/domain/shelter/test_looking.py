"""A shelter's address needs a second person, unless one works in that house."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
from tests.domain.shelter.scene import DESK, NOW, PLACE, Shelter, build, colleague
from tests.people import KUPANG, Cast
from tests.rows import app_as, as_owner

from rangkul.access.policy import Forbidden, OwnException
from rangkul.alerts.models import Alert
from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting, system
from rangkul.jobs import tasks
from rangkul.shelter import events, operations
from rangkul.shelter.models import PlaceLook
from rangkul.shelter.sealed import HousePlace
from rangkul.trail.models import Act

SECOND = (
    "Where a shelter stands is opened by the officers of that house, and by anybody else of the "
    "agency only once one of them, another person, has allowed it, for fifteen minutes."
)


@pytest.fixture
def shelter(committed_db: None, cast: Cast) -> Shelter:
    return build(cast)


def _ask(shelter: Shelter, by: Actor) -> None:
    with acting(by):
        operations.ask_place(house_id=shelter.house.id, reason="way", by=by, at=hour.now())


def _decide(by: Actor, verdict: str = "allowed") -> None:
    with acting(by):
        look = PlaceLook.objects.latest("asked_at")
        operations.decide_look(look_id=look.id, verdict=verdict, by=by, at=hour.now())


def _open(shelter: Shelter, by: Actor) -> HousePlace:
    with acting(by):
        return operations.open_house_place(
            house_id=shelter.house.id, by=by, at=hour.now()
        )[1]  # fmt: skip


def _refused(shelter: Shelter, by: Actor) -> bool:
    try:
        _open(shelter, by)
    except (Forbidden, NotReachable):
        return True
    return False


@pytest.mark.promise("shelter-second-person", chapter="emergency", sentence=SECOND)
def test_a_supervisor_needs_an_officer_of_the_house(
    shelter: Shelter, figure: Callable[[str], None]
) -> None:
    marten = shelter.cast.marten
    assert _refused(shelter, marten)
    _ask(shelter, marten)
    assert _refused(shelter, marten)
    with acting(marten), pytest.raises(Forbidden):
        operations.decide_look(
            look_id=PlaceLook.objects.get().id, verdict="allowed", by=marten, at=hour.now()
        )
    _decide(shelter.officer)
    assert _open(shelter, marten) == PLACE
    with acting(shelter.officer):
        act = Act.objects.filter(name=events.PLACE_OPENED).latest("at")
        assert (act.actor_id, act.detail["allowed_by"]) == (
            marten.user_id, shelter.officer.user_id,
        )  # fmt: skip
    _age(timedelta(minutes=14))
    assert _open(shelter, marten) == PLACE
    _age(timedelta(minutes=1, seconds=5))
    assert _refused(shelter, marten)
    others = [a for a in shelter.cast.everyone().values() if a != marten]
    assert all(_refused(shelter, actor) for actor in others)
    figure(f"0 of {len(others) + 1} others without a yes, none after 15 minutes; both recorded")


def _age(back: timedelta) -> None:
    with as_owner() as owner:
        owner.execute("alter table shelter_placelook disable trigger house_guard_look")
        owner.execute("update shelter_placelook set readable_until = readable_until - %s", [back])
        owner.execute("alter table shelter_placelook enable trigger house_guard_look")
        owner.commit()


@pytest.mark.planted("shelter-second-person")
def test_planted_a_yes_of_ones_own_stands_only_without_guard_and_constraint(
    shelter: Shelter,
) -> None:
    marten = shelter.cast.marten
    _ask(shelter, marten)
    with as_owner() as owner:
        owner.execute("alter table shelter_placelook disable trigger house_guard_look")
        owner.commit()
    with as_owner() as owner, pytest.raises(psycopg.errors.CheckViolation):
        owner.execute("update shelter_placelook set decided_by = asked_by")
    with as_owner() as owner:
        owner.execute("alter table shelter_placelook drop constraint look_allowed_by_another")
        owner.execute(
            "update shelter_placelook set verdict = 'allowed', decided_by = asked_by, "
            "readable_until = now() + interval '15 minutes'"
        )
        owner.commit()
    assert not _refused(shelter, marten)


def test_nobody_allows_herself_or_another_house(shelter: Shelter) -> None:
    other_house = Actor(
        shelter.officer.user_id, KUPANG, shelter.officer.membership_id, 1,
        frozenset({"petugas_hunian"}), frozenset(),
    )  # fmt: skip
    _ask(shelter, other_house)
    with pytest.raises(OwnException):
        _decide(other_house)
    for actor in (shelter.cast.marten, shelter.cast.melki, shelter.officer):
        with app_as(actor) as app, pytest.raises(psycopg.Error) as refused:
            app.execute("update shelter_placelook set verdict = 'allowed'")
        assert refused.value.sqlstate == "RK403"
    _decide(colleague())
    with pytest.raises(InvalidInput):
        _decide(colleague(), "refused")


def test_what_was_asked_is_told_to_the_house_and_answered_to_the_person(
    shelter: Shelter,
) -> None:
    marten = shelter.cast.marten
    _ask(shelter, marten)
    _ask(shelter, marten)
    with acting(marten):
        look = PlaceLook.objects.get()
    tasks.deliver_event(Event(events.PLACE_LOOK_ASKED, "look", str(look.id), KUPANG))
    with system("tick"):
        assert Alert.objects.get(kind=events.PLACE_LOOK_ASKED).desk_id == DESK
    _decide(shelter.officer, "refused")
    tasks.deliver_event(Event(events.PLACE_LOOK_REFUSED, "look", str(look.id), KUPANG))
    with system("tick"):
        assert Alert.objects.get(kind=events.PLACE_LOOK_ASKED).ended_at is not None
        assert Alert.objects.get(kind=events.PLACE_LOOK_REFUSED).user_id == marten.user_id
    assert _refused(shelter, marten)


def test_who_has_nothing_to_do_with_houses_asks_for_none(shelter: Shelter) -> None:
    for actor in (shelter.cast.yohana, shelter.cast.melki, shelter.cast.wahyuni):
        with pytest.raises(NotReachable):
            _ask(shelter, actor)
    with acting(shelter.cast.marten), pytest.raises(InvalidInput):
        operations.ask_place(house_id=shelter.house.id, reason="", by=shelter.cast.marten, at=NOW)
