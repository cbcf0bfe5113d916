"""No sequence of acts leaves a person without a holder, or a named reason for none, or with two.

Random walks over everything that anybody of the three agencies can do, in any order, by people who
may and by people who may not; after each act the owner counts. A refusal changes nothing.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import people
from tests.domain.repatriation.scene import (
    HOME_DESK,
    STROKES,
    TRANSIT_DESK,
    Road,
    make_road,
    officer,
)
from tests.people import NOW, Cast

from rangkul.cases import operations as case_operations
from rangkul.cases import queries as cases
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import RangkulError
from rangkul.foundation.scope import acting
from rangkul.repatriation import operations
from rangkul.repatriation.models import Handover, Hold, Leg, Returnee, Traveller
from rangkul.repatriation.operations import Decision, Item, Mark, Minutes

_OFF = {"home", "left", "died"}
_ACTS = (
    "transit_leg", "home_leg", "ask", "accept", "decline", "minutes", "minutes_absent", "sign",
    "sign_late", "other_desk", "left", "missing", "died", "found", "arrived", "visit", "unsafe",
    "safe", "take_off", "sign_by_number", "cancel_ahead", "onward", "put_off", "taken_up",
    "turns_out_a_child",
)  # fmt: skip


class Walk:
    """One road and the acts that may be tried on it; each is undone when it is refused."""

    def __init__(self, road: Road, chance: random.Random) -> None:
        self.road, self.chance = road, chance
        self.actors = [road.organiser, road.transit, road.home, officer(9392), officer(9394)]

    def act(self, name: str, who: int) -> None:
        by = self.actors[who % len(self.actors)]
        try:
            with transaction.atomic():
                getattr(self, f"_{name}", self._fate(name))(by)
                with connection.cursor() as cursor:
                    cursor.execute("set constraints all immediate")
                    cursor.execute("set constraints all deferred")
        except (RangkulError, IndexError):
            return
        except DatabaseError as refused:
            # Row security and guards refuse in their own words; the count never does.
            assert "RK006" not in str(getattr(refused.__cause__, "sqlstate", "")), refused

    def _one(self, found: Any) -> Any:
        rows = list(found.order_by("id"))
        return rows[self.chance.randrange(len(rows))] if rows else [][0]

    def _some(self) -> list[int]:
        size = self.chance.randint(1, len(self.road.people))
        return self.chance.sample(self.road.people, size)

    def _transit_leg(self, by: Actor) -> None:
        self.road.leg(*self._some(), desk=TRANSIT_DESK)

    def _home_leg(self, by: Actor) -> None:
        self.road.leg(*self._some(), desk=HOME_DESK, homeward=True)

    def _ask(self, by: Actor) -> None:
        with acting(self.road.organiser):
            leg = self._one(Leg.objects.all())
        self.road.ask(leg)

    def _answer(self, by: Actor, decision: str) -> None:
        with acting(by):
            leg = self._one(Leg.objects.all())
            asked = Traveller.objects.filter(leg=leg, state="asked").values_list("id", flat=True)
            chosen = [t for t in asked if self.chance.random() < 0.7]
            reason = "penuh" if decision == "decline" else ""
            operations.answer_leg(
                leg_id=leg.id, decisions={t: Decision(decision, reason) for t in chosen}, by=by,
                at=NOW,
            )  # fmt: skip

    def _accept(self, by: Actor) -> None:
        self._answer(by, "accept")

    def _decline(self, by: Actor) -> None:
        self._answer(by, "decline")

    def _write(self, by: Actor, absent: float) -> None:
        with acting(by):
            leg = self._one(Leg.objects.all())
            there = Traveller.objects.filter(leg=leg, state__in=("accepted", "handed"))
            items = [Item(t.id, self.chance.random() >= absent) for t in there]
            operations.write_minutes(
                leg_id=leg.id, token=uuid4(), minutes=Minutes("Dermaga", NOW, items), by=by,
                at=NOW, mark=Mark("drawn", NOW, STROKES),
            )  # fmt: skip

    def _minutes(self, by: Actor) -> None:
        self._write(by, 0)

    def _minutes_absent(self, by: Actor) -> None:
        self._write(by, 0.5)

    def _sign(self, by: Actor, late: timedelta = timedelta()) -> None:
        with acting(by):
            operations.sign_minutes(
                handover_id=self._one(Handover.objects.all()).id, by=by, at=NOW,
                mark=Mark("drawn", NOW - late, STROKES),
            )  # fmt: skip

    def _sign_late(self, by: Actor) -> None:
        self._sign(by, timedelta(hours=self.chance.randint(1, 40)))

    def _other_desk(self, by: Actor) -> None:
        with acting(self.road.organiser):
            leg = self._one(Leg.objects.all())
            operations.choose_other_desk(
                leg_id=leg.id, desk_id=9302, by=self.road.organiser, at=NOW
            )

    def _take_off(self, by: Actor) -> None:
        with acting(self.road.organiser):
            leg = self._one(Leg.objects.all())
            operations.leave_leg(
                leg_id=leg.id, returnee_ids=self._some(), reason="replanned",
                by=self.road.organiser, at=NOW,
            )  # fmt: skip

    def _sign_by_number(self, by: Actor) -> None:
        with acting(by):
            minutes = self._one(Handover.objects.all())
            side = self.chance.choice(("giver", "receiver"))
            number = operations.make_pin(leg_id=minutes.leg_id, side=side, by=by, at=NOW)
        for lender in self.actors:
            try:
                with transaction.atomic(), acting(lender):
                    operations.sign_by_pin(
                        handover_id=minutes.id, side=side, number=number, name="Kapten Uji",
                        mark=Mark("drawn", NOW, STROKES), by=lender, at=NOW,
                    )  # fmt: skip
            except RangkulError:
                continue

    def _cancel_ahead(self, by: Actor) -> None:
        with acting(self.road.organiser):
            operations.cancel_ahead(returnee_id=self._some()[0], by=self.road.organiser, at=NOW)

    def _arrived(self, by: Actor) -> None:
        with acting(by):
            hold = self._one(Hold.objects.filter(until__isnull=True))
            operations.confirm_arrival(hold_ids=[hold.id], by=by, at=NOW)

    def _visit(self, by: Actor) -> None:
        with acting(by):
            hold = self._one(Hold.objects.filter(until__isnull=True, state="arrived"))
            later = NOW + timedelta(days=self.chance.choice((0, 40, 120, 200)))
            operations.record_visit(
                hold_id=hold.id, month=self.chance.choice((1, 3, 6)),
                result=self.chance.choice(("safe", "not_safe", "not_found")),
                visited_on=later.date(), by=by, at=later,
            )  # fmt: skip

    def _put_off(self, by: Actor) -> None:
        with acting(by):
            hold = self._one(Hold.objects.filter(until__isnull=True, state="arrived"))
            operations.postpone_visit(
                hold_id=hold.id, month=self.chance.choice((1, 3, 6)), reason="own_wish",
                until=(NOW + timedelta(days=self.chance.randint(-1, 31))).date(), by=by, at=NOW,
            )  # fmt: skip

    def _taken_up(self, by: Actor) -> None:
        """The other side hears late what was said, more than once."""
        with acting(by):
            hold = self._one(Hold.objects.all())
            operations.take_up_fate(hold_id=hold.id, by=by, at=NOW)

    def _turns_out_a_child(self, by: Actor) -> None:
        with acting(self.road.organiser):
            person = self.chance.choice(self._some())
            file = cases.get_file(
                self.road.organiser, Returnee.objects.get(id=person).case_id
            )  # fmt: skip
            case_operations.change_cover(
                case_id=file.case_id, expected_version=file.version,
                values={"is_child": not file.is_child}, by=self.road.organiser, at=NOW,
            )  # fmt: skip

    def _unsafe(self, by: Actor) -> None:
        self._judge("unsafe")

    def _safe(self, by: Actor) -> None:
        self._judge("safe")

    def _judge(self, result: str) -> None:
        with acting(self.road.organiser):
            operations.judge_origin(
                returnee_ids=self._some(), result=result, who="Dinsos", words="",
                by=self.road.organiser, at=NOW,
            )  # fmt: skip

    def _fate(self, name: str) -> Callable[[Actor], None]:
        def act(by: Actor) -> None:
            with acting(by):
                hold = self._one(Hold.objects.filter(until__isnull=True))
                operations.set_fate(hold_id=hold.id, fate=name, by=by, at=NOW)

        return act


def count(found: Any) -> None:
    """What must be true of everybody, whoever looks."""
    with found.cursor() as cursor:
        cursor.execute(
            "select r.id, r.state, count(h.id) filter (where h.until is null), "
            "(array_agg(h.how order by h.position desc))[1] from repatriation_returnee r "
            "left join repatriation_hold h on h.returnee_id = r.id group by r.id, r.state"
        )
        for person, state, live, how in cursor.fetchall():
            assert live == (0 if state in _OFF else 1), (person, state, live)
            assert state not in _OFF or how == state, (person, state, how)
        # Hands follow each other without a gap, each at the end of the one before.
        cursor.execute(
            "select count(*) from repatriation_hold a join repatriation_hold b on "
            "b.returnee_id = a.returnee_id and b.position = (select min(position) from "
            "repatriation_hold where returnee_id = a.returnee_id and position > a.position) "
            "where a.until is distinct from b.since or a.agency_id <> b.from_agency_id"
        )
        assert cursor.fetchone()[0] == 0
        # Nobody holds who has not accepted, and no hand-over counts without both signatures.
        cursor.execute(
            "select count(*) from repatriation_hold h join repatriation_traveller t on "
            "t.id = h.traveller_id where t.state not in ('handed', 'passed_on', 'ended') or not "
            "(exists (select 1 from repatriation_handover o where o.leg_id = t.leg_id and "
            "t.id = any(o.present) and o.giver_signed_at is not null) and exists (select 1 from "
            "repatriation_handover o where o.leg_id = t.leg_id and t.id = any(o.present) and "
            "o.receiver_signed_at is not null))"
        )
        assert cursor.fetchone()[0] == 0


@pytest.fixture
def road(committed_db: None, cast: Cast) -> Iterator[Road]:
    """Three people, committed; the clone is thrown away afterwards."""
    yield make_road(cast)


@settings(
    max_examples=25, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    acts=st.lists(st.tuples(st.sampled_from(_ACTS), st.integers(0, 4)), min_size=12, max_size=40),
    seed=st.integers(0, 2**32),
)
def test_whatever_is_done_everybody_has_one_holder_or_a_named_end(
    road: Road, acts: list[tuple[str, int]], seed: int
) -> None:
    # Others than those of the last walk: most of them have left the road by now.
    road.people.clear()
    for name in ("Nara", "Sari", "Wati"):
        road.add(name)
    walk = Walk(road, random.Random(seed))
    for name, who in acts:
        walk.act(name, who)
        with psycopg.connect(people.owner_url()) as owner:
            count(owner)


def test_a_walk_that_knows_the_way_gets_people_home(road: Road) -> None:
    """Without this the walks above could pass by being refused everything."""
    walk = Walk(road, random.Random(7))
    road.ready()
    leg = road.leg(desk=HOME_DESK, homeward=True)
    road.ask(leg)
    for _ in range(60):
        for name, who in (
            ("accept", 2), ("minutes", 0), ("sign", 2), ("arrived", 2), ("visit", 2), ("found", 2),
            ("put_off", 2),
        ):  # fmt: skip
            walk.act(name, who)
    with psycopg.connect(people.owner_url()) as owner:
        count(owner)
        row = owner.execute("select count(*) from repatriation_hold where position > 0").fetchone()
        ends = owner.execute("select count(*) from repatriation_hold where how = 'home'").fetchone()
    assert row is not None
    assert ends is not None
    assert row[0] >= 3
    assert ends[0] >= 1


def test_two_who_press_at_once_move_nobody_twice(road: Road) -> None:
    """Two of the receiving desk sign the same minutes; two accept the same leg."""
    leg = road.leg()
    road.ask(leg)
    _together([lambda by=by: road.answer(leg, by) for by in (officer(9393), road.cast.melki)])
    minutes = road.minutes(leg, road.organiser)
    _together([lambda by=by: road.sign(minutes, by) for by in (officer(9393), road.cast.melki)])
    with psycopg.connect(people.owner_url()) as owner:
        count(owner)
        moved = owner.execute(
            "select count(*) from repatriation_hold where position > 0"
        ).fetchone()
    assert moved == (3,)


def test_two_ends_who_sign_at_once_both_count(road: Road) -> None:
    """Each on an own telephone, in minutes of their own: the later of the two moves everybody."""
    leg = road.leg()
    road.ask(leg)
    road.answer(leg, road.transit)
    _together([lambda by=by: road.minutes(leg, by) for by in (road.organiser, road.transit)])
    with psycopg.connect(people.owner_url()) as owner:
        count(owner)
        moved = owner.execute(
            "select count(*) from repatriation_hold where position > 0"
        ).fetchone()
    assert moved == (3,)


def test_a_holder_taken_away_by_the_owner_is_found(road: Road) -> None:
    """Planted fault: the count is not blind."""
    with psycopg.connect(people.owner_url()) as owner:
        owner.execute("alter table repatriation_hold disable trigger house_held")
        owner.execute("delete from repatriation_hold where returnee_id = %s", [road.people[0]])
        with pytest.raises(AssertionError):
            count(owner)
        owner.rollback()
    with (
        psycopg.connect(people.owner_url()) as owner,
        pytest.raises(psycopg.Error, match="without a holder"),
    ):
        owner.execute(
            "update repatriation_hold set until = since, how = 'left' where returnee_id = %s",
            [road.people[0]],
        )
        owner.commit()


def _together(acts: list[Callable[[], object]]) -> None:
    """Run all at the same moment, each on a connection of its own."""
    gate = threading.Barrier(len(acts))
    broken: list[Exception] = []

    def run(act: Callable[[], object]) -> None:
        gate.wait()
        try:
            act()
        except (RangkulError, DatabaseError) as refused:
            if getattr(refused.__cause__, "sqlstate", "RK") == "RK006":
                broken.append(refused)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
