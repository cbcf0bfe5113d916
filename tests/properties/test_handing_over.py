"""No sequence of custody's acts leaves a case without a holder, or with two, or half handed over.

Random walks over offering, taking, refusing, joining, leaving and the tick, by supervisors of three
agencies and by people who may do none of it, in any order; after each act the owner counts. A
refusal changes nothing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests import people
from tests.domain.referrals.scene import seed_desks
from tests.people import INTAKE_DESK, KUPANG, MAKASSAR, NOW, SEMARANG, SERVICE_DESK, Cast
from tests.web.files import open_file

from rangkul.consent.models import Basis
from rangkul.consent.operations import Ground
from rangkul.consent.policy import HANDING_OVER
from rangkul.custody import operations as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import RangkulError
from rangkul.foundation.scope import acting, system
from rangkul.referrals import operations
from rangkul.referrals.models import Transfer

_DESK = INTAKE_DESK | {MAKASSAR: SERVICE_DESK[MAKASSAR]}
_ACTS = (
    "offer", "offer_and_stay", "take", "take", "decline", "cancel", "withdraw", "join",
    "join_until", "set_end", "end", "assign", "unassign", "tick",
)  # fmt: skip


class Walk:
    """One case and whatever three agencies try with it; each refused act is undone."""

    def __init__(self, cast: Cast, chance: random.Random) -> None:
        self.cast, self.chance, self.at = cast, chance, NOW
        self.actors = [cast.wahyuni, cast.marten, cast.besse, cast.ratih, cast.yohana, cast.andi]
        self.companions = {SEMARANG: cast.ratih, KUPANG: cast.yohana, MAKASSAR: cast.andi}
        self.case_id = open_file(cast.ratih).case_id
        self.done: set[str] = set()

    def act(self, name: str, who: int) -> None:
        by = self.actors[who % len(self.actors)]
        self.at += timedelta(hours=1 + self.chance.randrange(40))
        try:
            with transaction.atomic():
                getattr(self, f"_{name}")(by)
                self.done.add(name)
        except (RangkulError, IntegrityError, IndexError):
            return
        except DatabaseError as refused:
            # The database's own words for a foreign case and for what is not this side's move.
            assert str(getattr(refused.__cause__, "sqlstate", "")).startswith("RK"), refused

    def _other(self, by: Actor) -> int:
        return self.chance.choice([a for a in _DESK if a != by.agency_id])

    def _make_offer(self, by: Actor, days: int | None) -> None:
        desk = _DESK[self._other(by)]
        ground = Ground(
            letter="a", service=HANDING_OVER, levels={}, given_by="penyintas", manner="lisan",
            valid_until=self.at + timedelta(days=60), recipient_desk_id=desk,
        )  # fmt: skip
        until = (self.at + timedelta(days=days)).date() if days else None
        offer = operations.Offer(self.case_id, desk, "lives_there", "Pindah.", ground, until)
        with acting(by):
            operations.offer_transfer(offer=offer, by=by, at=self.at)

    def _offer(self, by: Actor) -> None:
        self._make_offer(by, None)

    def _offer_and_stay(self, by: Actor) -> None:
        self._make_offer(by, self.chance.randint(1, 9))

    def _one_of(self, rows: Any) -> Any:
        found = list(rows)
        return found[self.chance.randrange(len(found))] if found else [][0]

    def _transfer(self) -> Transfer:
        found: Transfer = self._one_of(Transfer.objects.order_by("-id")[:3])
        return found

    def _take(self, by: Actor) -> None:
        with acting(by):
            transfer = self._transfer()
            operations.take_over(
                transfer_id=transfer.id, companion_id=self.companions[by.agency_id].user_id,
                expected_version=transfer.version, by=by, at=self.at,
            )  # fmt: skip

    def _decline(self, by: Actor) -> None:
        with acting(by):
            transfer = self._transfer()
            operations.decline_transfer(
                transfer_id=transfer.id, reason="penuh", expected_version=transfer.version, by=by,
                at=self.at,
            )  # fmt: skip

    def _cancel(self, by: Actor) -> None:
        with acting(by):
            transfer = self._transfer()
            operations.cancel_transfer(
                transfer_id=transfer.id, expected_version=transfer.version, by=by, at=self.at
            )

    def _withdraw(self, by: Actor) -> None:
        with acting(by):
            basis = self._one_of(Basis.objects.filter(case_id=self.case_id).order_by("id"))
            operations.withdraw_consent(basis_id=basis.id, by=by, at=self.at)

    def _join(self, by: Actor, days: int | None = None) -> None:
        until = (self.at + timedelta(days=days)).date() if days else None
        with acting(by):
            custody.join_agency(
                case_id=self.case_id, agency_id=self._other(by), ends_on=until, by=by, at=self.at
            )

    def _join_until(self, by: Actor) -> None:
        self._join(by, self.chance.randint(1, 6))

    def _set_end(self, by: Actor) -> None:
        with acting(by):
            custody.set_team_end(
                case_id=self.case_id, agency_id=self._other(by),
                ends_on=(self.at + timedelta(days=self.chance.randint(1, 6))).date(), by=by,
                at=self.at,
            )  # fmt: skip

    def _end(self, by: Actor) -> None:
        with acting(by):
            custody.end_access(
                case_id=self.case_id, agency_id=self.chance.choice(list(_DESK)), by=by, at=self.at
            )

    def _assign(self, by: Actor) -> None:
        with acting(by):
            someone = self.chance.choice([by.user_id, self.companions[by.agency_id].user_id])
            custody.assign(case_id=self.case_id, user_id=someone, by=by, at=self.at)

    def _unassign(self, by: Actor) -> None:
        with acting(by):
            someone = self.chance.choice([by.user_id, self.companions[by.agency_id].user_id])
            custody.unassign(case_id=self.case_id, user_id=someone, by=by, at=self.at)

    def _tick(self, by: Actor) -> None:
        with system("tick"):
            custody.end_over_places(at=self.at)


def count(case_id: int) -> None:
    """What must be true of the case, whoever looks."""
    with psycopg.connect(people.owner_url()) as owner:
        (lead, reach, agreed) = owner.execute(
            "select lead_agency_id, reach, house.case_reach(id, 'case', null) from custody_case "
            "where id = %s", [case_id],
        ).fetchone() or (0, [], [])  # fmt: skip
        live = owner.execute(
            "select agency_id, basis from custody_caseaccess where case_id = %s and until is null",
            [case_id],
        ).fetchall()
        assert [agency for agency, basis in live if basis == "lead"] == [lead], live
        holders = {agency for agency, _basis in live}
        assert len(live) == len(holders)
        assert set(reach) == set(agreed) == holders
        carriers = owner.execute(
            "select distinct agency_id from custody_assignment where case_id = %s and "
            "until is null", [case_id],
        ).fetchall()  # fmt: skip
        assert {agency for (agency,) in carriers} <= holders
        assert lead in {agency for (agency,) in carriers}, "nobody carries it where it is held"
        offered = owner.execute(
            "select t.sender_agency_id from referrals_transfer t join referrals_transferend e "
            "on e.transfer_id = t.id where e.case_id = %s and t.state = 'offered'", [case_id],
        ).fetchall()  # fmt: skip
        assert offered in ([], [(lead,)]), "offered twice, or by somebody who holds it not"
        # Leads follow each other without a gap and without an overlap.
        gaps = owner.execute(
            "select count(*) from custody_caseaccess a where a.case_id = %s and a.basis = 'lead' "
            "and a.until is not null and 1 <> (select count(*) from custody_caseaccess b where "
            "b.case_id = a.case_id and b.basis = 'lead' and b.since = a.until and b.id > a.id)",
            [case_id],
        ).fetchone()
        assert gaps == (0,)
        strays = owner.execute(
            "select count(*) from clocks_clock where case_id = %s and state in ('running', "
            "'paused') and not agency_id = any(%s)", [case_id, sorted(holders)],
        ).fetchone()  # fmt: skip
        assert strays == (0,), "a deadline runs at an agency that reaches the case no more"


@pytest.fixture
def house(committed_db: None, cast: Cast) -> Iterator[Cast]:
    """The three agencies and their desks."""
    seed_desks()
    yield cast


@settings(
    max_examples=12, deadline=None, database=None, phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    acts=st.lists(st.tuples(st.sampled_from(_ACTS), st.integers(0, 5)), min_size=12, max_size=30),
    seed=st.integers(0, 2**32),
)
def test_whatever_is_tried_one_agency_holds_the_case(
    house: Cast, acts: list[tuple[str, int]], seed: int
) -> None:
    walk = Walk(house, random.Random(seed))
    for name, who in acts:
        walk.act(name, who)
        count(walk.case_id)


def test_a_walk_that_knows_the_way_hands_the_case_round(house: Cast) -> None:
    """Without this the walks above could pass by being refused everything."""
    walk = Walk(house, random.Random(3))
    for _ in range(12):
        for name in ("offer_and_stay", "take", "join_until", "set_end", "assign", "tick"):
            for who in range(3):
                walk.act(name, who)
            count(walk.case_id)
    assert {"offer_and_stay", "take", "join_until", "set_end", "tick"} <= walk.done
    with psycopg.connect(people.owner_url()) as owner:
        hands = owner.execute(
            "select count(*), count(distinct agency_id) from custody_caseaccess "
            "where case_id = %s and basis = 'lead'", [walk.case_id],
        ).fetchone()  # fmt: skip
    assert hands is not None and hands[0] >= 4 and hands[1] >= 2


@pytest.mark.parametrize(
    "fault",
    [
        "update custody_caseaccess set until = now() where basis = 'lead'",
        "update custody_case set lead_agency_id = 9002",
        "update custody_case set reach = '{9001, 9002}'",
        "update custody_assignment set until = now()",
    ],
)
def test_a_holder_taken_away_by_the_owner_is_found(house: Cast, fault: str) -> None:
    """Planted faults: the count is not blind."""
    walk = Walk(house, random.Random(1))
    count(walk.case_id)
    with psycopg.connect(people.owner_url()) as owner:
        owner.execute("alter table custody_case disable trigger user")
        owner.execute(fault.encode())
        owner.commit()
    with pytest.raises(AssertionError):
        count(walk.case_id)


def test_the_hour_of_a_walk_only_goes_on(house: Cast) -> None:
    walk = Walk(house, random.Random(2))
    before: datetime = walk.at
    walk.act("tick", 0)
    assert walk.at > before
