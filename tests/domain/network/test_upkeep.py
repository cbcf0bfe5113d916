"""Keeping the directory true: the database's own walls, and who is reminded when."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from django.db import IntegrityError, transaction
from tests.people import KUPANG, NOW, SEMARANG, SERVICE_DESK, Cast
from tests.rows import as_owner

from rangkul.alerts import queries as alerts
from rangkul.foundation.scope import acting, system
from rangkul.jobs import directory_upkeep
from rangkul.network import operations
from rangkul.network.models import Desk, DeskService, DirectoryChange

OURS, THEIRS = SERVICE_DESK[SEMARANG], SERVICE_DESK[KUPANG]
PLACE = "shelter-stands-nowhere"

pytestmark = pytest.mark.usefixtures("cast", "committed_db")


def offer_shelter(desk_id: int = OURS) -> None:
    DeskService.objects.using("owner").create(agency_id=SEMARANG, desk_id=desk_id, service="hunian")


@pytest.mark.promise(
    PLACE, chapter="walls",
    sentence="The database itself refuses an address or coordinates at a desk that offers shelter, "
    "from whichever side the two meet.",
)  # fmt: skip
@pytest.mark.parametrize("place", [{"address": "Jalan Uji"}, {"latitude": 1.0}, {"longitude": 1.0}])
def test_no_place_at_a_shelter_from_either_side(place: dict[str, object], figure) -> None:
    offer_shelter()
    with pytest.raises(IntegrityError), transaction.atomic(using="owner"):
        Desk.objects.using("owner").filter(id=OURS).update(**place)
    DeskService.objects.using("owner").filter(desk_id=OURS).delete()
    Desk.objects.using("owner").filter(id=OURS).update(**place)
    with pytest.raises(IntegrityError), transaction.atomic(using="owner"):
        offer_shelter()
    with pytest.raises(IntegrityError), transaction.atomic(using="owner"):
        row = DeskService.objects.using("owner").create(
            agency_id=SEMARANG, desk_id=OURS, service="medis"
        )
        DeskService.objects.using("owner").filter(id=row.id).update(service="hunian")
    figure("3 places by 3 doors, by the owner too: 9 of 9 refused")


@pytest.mark.planted(PLACE)
def test_planted_house_without_the_guard_takes_the_place() -> None:
    with as_owner() as owner:
        owner.execute("drop trigger house_guard_place on network_desk")
        owner.commit()
    offer_shelter()
    Desk.objects.using("owner").filter(id=OURS).update(address="Jalan Uji")
    assert Desk.objects.get(id=OURS).address == "Jalan Uji"


def test_address_and_shelter_at_the_same_moment_do_not_pass_each_other() -> None:
    with as_owner() as one, as_owner() as two:
        one.execute("update network_desk set address = 'Jalan Uji' where id = %s", [OURS])
        two.execute("set lock_timeout = '300ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            two.execute(
                "insert into network_deskservice (agency_id, desk_id, service, sex, age_min, "
                "age_max, residents_only, active) "
                "values (%s, %s, 'hunian', '', 0, 200, false, true)",
                [SEMARANG, OURS],
            )
        one.rollback()
        two.rollback()


def test_history_is_added_to_and_never_altered(cast: Cast) -> None:
    with acting(cast.sinta):
        operations.confirm_desk(desk_id=OURS, version=1, by=cast.sinta, at=NOW)
        for change in ("update", "delete"):
            with pytest.raises(Exception, match="permission denied"), transaction.atomic():
                found = DirectoryChange.objects.all()
                found.update(kind="edited") if change == "update" else found.delete()
    with acting(cast.dorce):
        assert not DirectoryChange.objects.exists()
        with pytest.raises(Exception, match="row-level security"), transaction.atomic():
            DirectoryChange.objects.create(
                agency_id=SEMARANG, desk_id=OURS, kind="edited", number=9, at=NOW
            )
        with pytest.raises(IntegrityError), transaction.atomic():
            DirectoryChange.objects.create(
                agency_id=KUPANG, desk_id=OURS, kind="edited", number=9, at=NOW
            )
            transaction.get_connection().check_constraints()


def calls() -> set[tuple[int, int | None]]:
    from rangkul.alerts.models import Alert

    with system("tick"):
        found = Alert.objects.filter(kind=directory_upkeep.KIND, ended_at=None)
        return {(row.agency_id, row.user_id) for row in found}


def test_admins_are_asked_once_a_month_until_all_is_said(cast: Cast) -> None:
    fresh = {"confirmed_at": NOW - timedelta(days=170)}
    Desk.objects.using("owner").update(**fresh)
    assert directory_upkeep.ask(NOW) == 0
    later = NOW + timedelta(days=12)
    Desk.objects.using("owner").exclude(agency_id=SEMARANG).update(confirmed_at=later)
    assert directory_upkeep.ask(later) == 1
    assert calls() == {(SEMARANG, cast.sinta.user_id)}
    assert directory_upkeep.ask(later + timedelta(days=3)) == 0
    assert directory_upkeep.ask(later + timedelta(days=30)) == 1
    with acting(cast.sinta):
        assert len(alerts.list_alerts(cast.sinta, now=later + timedelta(days=30))) >= 1
        for desk in Desk.objects.filter(agency_id=SEMARANG):
            operations.confirm_desk(
                desk_id=desk.id, version=desk.version, by=cast.sinta, at=later + timedelta(days=31)
            )
    assert directory_upkeep.ask(later + timedelta(days=31)) == 0
    assert calls() == set()


def test_desks_that_are_not_shown_call_nobody(cast: Cast) -> None:
    Desk.objects.using("owner").update(listed=False)
    assert directory_upkeep.ask(NOW) == 0
