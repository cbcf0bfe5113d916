"""Random walks through a house: everyone there has one bed, no bed has two, counts agree."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.people import NOW, Cast

from rangkul.foundation.errors import RangkulError
from rangkul.foundation.scope import acting

if TYPE_CHECKING:
    from tests.domain.shelter.scene import Shelter

_ACTS = (
    "ask", "place", "family", "book", "wait", "refuse", "drop", "arrive", "miss", "out", "back",
    "move", "discharge", "lose", "close", "open", "extend",
)  # fmt: skip
_STEP = st.tuples(st.sampled_from(_ACTS), st.integers(0, 1_000), st.integers(0, 1_000))


@settings(
    max_examples=12, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(st.lists(_STEP, min_size=12, max_size=30))
def test_everyone_has_one_bed_and_no_bed_has_two(
    db: None, cast: Cast, steps: list[tuple[str, int, int]]
) -> None:
    from tests.domain.shelter.scene import build

    with transaction.atomic():
        walk = Walk(build(cast))
        for number, (act, first, second) in enumerate(steps):
            walk.take(act, first, second, NOW + timedelta(hours=number + 1))
            walk.check()
        transaction.set_rollback(True)


class Walk:
    """One house and whatever a careless day does in it."""

    def __init__(self, shelter: Shelter) -> None:
        self.shelter, self.taken = shelter, 0

    def take(self, act: str, first: int, second: int, at: datetime) -> None:
        """Try one act on something of the house; a refusal changes nothing."""
        from rangkul.shelter.models import Admission, Stay

        before = self._picture()
        try:
            with acting(self.shelter.officer):
                admissions = list(Admission.objects.order_by("id"))
                chosen = admissions[first % len(admissions)] if admissions else None
                stays = list(Stay.objects.filter(admission=chosen).order_by("id")) if chosen else []
            beds = sorted(self.shelter.beds.values())
            with transaction.atomic():
                self._act(act, chosen, stays, beds[second % len(beds)], first + second, at)
            self.taken += 1
        except RangkulError:
            assert self._picture() == before, f"a refused {act} left a trace"

    def _act(
        self, act: str, admission: Any, stays: list[Any], bed: int, seed: int, at: datetime
    ) -> None:
        from rangkul.shelter import operations
        from rangkul.shelter.operations import Person

        shelter, by = self.shelter, self.shelter.officer
        if act == "ask" or admission is None:
            shelter.asked()
            return
        sex, group = ("P", "L", "X")[seed % 3], ("adult", "child")[seed % 2]
        known = {
            "admission_id": admission.id, "expected_version": admission.version, "by": by, "at": at
        }  # fmt: skip
        some = [stay.id for n, stay in enumerate(stays) if (seed >> n) % 2 or len(stays) == 1]
        every: dict[str, Callable[[], object]] = {
            "place": lambda: shelter.place(admission, people=[Person(sex, group, bed)], at=at),
            "family": lambda: shelter.place(
                admission, at=at,
                people=[
                    Person("P", "adult", shelter.beds["2A"]),
                    Person(sex, "child", shelter.beds["2C"] if seed % 2 else bed),
                ],
            ),
            "book": lambda: shelter.place(
                admission, people=[Person(sex, group, bed)], at=at,
                arrives_at=at + timedelta(hours=3),
            ),
            "wait": lambda: operations.put_on_list(**known),
            "refuse": lambda: operations.refuse(reason="penuh", alternative="RPTC", **known),
            "drop": lambda: operations.drop(reason="other_place", **known),
            "arrive": lambda: operations.arrive(**known),
            "miss": lambda: operations.miss(stay_ids=some, reason="did_not_come", **known),
            "out": lambda: operations.go_out(
                stay_ids=some, reason="court", back_on=date(2026, 3, 9), **known
            ),
            "back": lambda: operations.come_back(stay_ids=some, **known),
            "move": lambda: operations.move_bed(
                stay_id=stays[0].id if stays else 0, bed_id=bed, **known
            ),
            "discharge": lambda: operations.discharge(
                stay_ids=some, destination="family", **known
            ),
            "lose": lambda: operations.lose(
                stay_ids=some, how=("own_wish", "missing", "died")[seed % 3], **known
            ),
            "close": lambda: operations.close_bed(
                bed_id=bed, reason="repair", expected_version=_version(bed), by=by, at=at
            ),
            "open": lambda: operations.open_bed(
                bed_id=bed, expected_version=_version(bed), by=by, at=at
            ),
            "extend": lambda: operations.ask_extension(days=3, reason="health", **known),
        }  # fmt: skip
        with acting(by):
            every[act]()

    def _picture(self) -> list[Any]:
        from rangkul.shelter.models import Admission, Bed, Stay

        with acting(self.shelter.officer):
            return [
                list(Admission.objects.order_by("id").values_list("id", "state", "version")),
                list(Stay.objects.order_by("id").values_list("id", "state", "bed_id", "version")),
                list(Bed.objects.order_by("id").values_list("id", "closed_at", "version")),
            ]

    def check(self) -> None:
        """What must be true of a house at any moment."""
        from rangkul.network.models import Desk
        from rangkul.shelter import queries, workflow
        from rangkul.shelter.models import Admission, Bed, Stay

        with acting(self.shelter.officer):
            live = list(Stay.objects.filter(ended_at__isnull=True).select_related("bed__room"))
            beds = [stay.bed_id for stay in live]
            assert len(beds) == len(set(beds)), "two in one bed"
            assert all(stay.bed.closed_at is None for stay in live), "somebody in a closed bed"
            placed = Admission.objects.filter(state=workflow.PLACED)
            assert {stay.admission_id for stay in live} == {a.id for a in placed}
            assert all(stay.state in workflow.LIVE for stay in live)
            for stay in live:
                room = stay.bed.room
                if stay.sex in "PL" and stay.age_group == "adult":
                    assert room.sex in ("", stay.sex), "among the other sex"
            house = self.shelter.house
            shares = queries.shares(queries.list_rooms(house))
            closed = Bed.objects.filter(closed_at__isnull=False).count()
            assert sum(share.taken for share in shares) == len(live)
            assert sum(share.closed for share in shares) == closed
            free = sum(share.free for share in shares)
            assert free == len(queries.list_berths(house))
            assert free == Desk.objects.get(id=house.desk_id).free_places, (
                "the network was not told"
            )


def _version(bed_id: int) -> int:
    from rangkul.shelter.models import Bed

    return Bed.objects.get(id=bed_id).version


@pytest.mark.parametrize("way", ["own_wish", "missing", "died"])
@pytest.mark.parametrize("state", ["expected", "staying", "away"])
def test_nobody_is_held_by_any_state(way: str, state: str) -> None:
    """Own wish, missing and death leave from wherever somebody is."""
    from rangkul.shelter import workflow

    assert way in workflow.LOSSES
    assert workflow.STAY_MOVES.check("lose", state).target == workflow.ENDED
