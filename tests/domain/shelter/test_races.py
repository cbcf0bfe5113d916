"""Two officers and the last bed, on two real connections; and the net under the operations."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction
from tests.domain.shelter.scene import NOW, Shelter, build, colleague
from tests.people import Cast

from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.scope import acting
from rangkul.referrals.models import Request
from rangkul.shelter import operations
from rangkul.shelter.models import Admission, Stay
from rangkul.shelter.operations import Person, placing
from rangkul.shelter.policy import BedTaken

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.xdist_group("shelter-races")]


@pytest.fixture
def house(committed_db: None, cast: Cast) -> Shelter:
    """A house with one bed only."""
    return build(cast, rooms=[("P", "adult", 1, 0)])


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run the acts at one moment, each on a connection of its own; what each said or raised."""
    ready = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            ready.wait(timeout=20)
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        running = [threads.submit(run, act) for act in acts]
    return [each.exception() or each.result() for each in running]


def _placing(house: Shelter, admission: Admission, by: Actor) -> Callable[[], Admission]:
    def act() -> Admission:
        with acting(by):
            return operations.place(
                admission_id=admission.id, house_id=house.house.id,
                people=[Person("P", "adult", house.beds["1A"])],
                expected_version=admission.version, willing=True, criteria=["kdrt"], by=by, at=NOW,
            )  # fmt: skip

    return act


@pytest.mark.parametrize("unheld", [False, True], ids=["held", "only the index"])
def test_two_admissions_to_the_last_bed(
    house: Shelter, monkeypatch: pytest.MonkeyPatch, unheld: bool
) -> None:
    """Also where nothing but the partial unique index stands between the two."""
    if unheld:
        monkeypatch.setattr(placing, "hold", lambda *_args, **_named: None)
        monkeypatch.setattr(placing, "require_free", lambda _ids: None)
    first, second = house.asked(), house.asked()
    said = at_once(_placing(house, first, house.officer), _placing(house, second, colleague()))
    kinds = sorted(type(each).__name__ for each in said)
    assert kinds == ["Admission", "BedTaken"], said
    with acting(house.officer):
        [stay] = Stay.objects.all()
        loser = first if stay.admission_id == second.id else second
        left = Admission.objects.get(id=loser.id)
        asked = Request.objects.get(id=loser.request_id)
    assert (left.state, left.version) == ("asked", loser.version)
    assert asked.state == "sent"


def test_a_bed_closed_at_the_moment_of_placing(house: Shelter) -> None:
    admission = house.asked()

    def close() -> object:
        with acting(colleague()):
            return operations.close_bed(
                bed_id=house.beds["1A"], reason="repair", expected_version=1, by=colleague(),
                at=NOW,
            )  # fmt: skip

    said = at_once(_placing(house, admission, house.officer), close)
    refused = [each for each in said if isinstance(each, InvalidInput)]
    assert len(refused) == 1, said


def test_the_database_itself_refuses_two_in_one_bed(
    house: Shelter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted fault: nobody asks before writing, and nobody locks."""
    house.placed("1A")
    late = house.asked()
    monkeypatch.setattr(placing, "require_free", lambda _ids: None)
    with pytest.raises(BedTaken):
        house.place(late, "1A")


def test_the_database_itself_refuses_a_closed_bed(house: Shelter) -> None:
    admission = house.placed("1A")
    with acting(house.officer), pytest.raises(Exception, match="bed in use"), transaction.atomic():
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "update shelter_bed set closed_at = now(), closed_reason = 'repair' where id = %s",
                [house.beds["1A"]],
            )
    assert admission.state == "placed"


def test_a_foreign_request_or_bed_is_refused_like_none(house: Shelter, cast: Cast) -> None:
    """Semarang's officer can hang nothing on Kupang's request, house, bed or admission."""
    from rangkul.foundation.errors import NotReachable

    admission = house.placed("1A")
    request = house.request()
    laras = cast.laras
    with acting(laras), pytest.raises(NotReachable):
        operations.check_conflict(request_id=request.id, conflict="none", by=laras, at=NOW)
    with acting(laras), pytest.raises(NotReachable):
        operations.arrive(admission_id=admission.id, expected_version=1, by=laras, at=NOW)
    for foreign in (request.id, 8_000_001):
        with pytest.raises(Exception, match="parent not reachable"), acting(laras):
            Admission.objects.create(
                agency_id=laras.agency_id, desk_id=9102, request_id=foreign, asked_at=NOW,
                asked_by=laras.user_id,
            )  # fmt: skip
