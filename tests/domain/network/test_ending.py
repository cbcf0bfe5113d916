"""An agency has a last day: until then all goes on, then nobody enters and nothing arrives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.utils import timezone
from tests.domain.conferences.table import calling
from tests.domain.referrals.scene import DESK, make_scene, seed_desks
from tests.people import INTAKE_DESK, KUPANG, MAKASSAR, NOW, SEMARANG, Cast
from tests.rows import app_as

from rangkul.access.roles import RolesConflict
from rangkul.conferences import operations as conferences
from rangkul.consent.operations import Ground
from rangkul.consent.policy import HANDING_OVER
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.scope import acting
from rangkul.network import events, operations, policy, queries
from rangkul.network.models import Agency, Membership
from rangkul.network.queries.directory import in_force
from rangkul.network.ranking import SurvivorFacts
from rangkul.reference import queries as reference
from rangkul.referrals import operations as referrals
from rangkul.referrals.operations import Offer
from rangkul.trail.queries import list_subject

CODE = "uji-kupang"
PLAIN = SurvivorFacts(age_years=20, is_child=False, sex="P", area_code="53.71")


@pytest.fixture
def house(committed_db: None, cast: Cast) -> Iterator[Cast]:
    """The cast and their desks, in a clone of its own."""
    seed_desks()
    yield cast


def now() -> datetime:
    return timezone.now()


def today() -> date:
    """The day that it is in Kupang."""
    return now().astimezone(ZoneInfo("Asia/Makassar")).date()


def end(days: int) -> Agency:
    """Kupang's last day, so many days from today."""
    return operations.end_agency(
        using="owner", agency=CODE, last_day=today() + timedelta(days=days), at=now()
    )


def offered(cast: Cast) -> set[int]:
    with acting(cast.ratih):
        found = queries.suggest_desks(
            cast.ratih, service="medis", at=now(), survivor=PLAIN, near_area="53.71"
        )
    return {each.candidate.desk_id for each in found.ranked} | {
        each.candidate.desk_id for each in found.hidden
    }


def test_on_the_last_day_itself_all_goes_on(house: Cast) -> None:
    end(0)
    melki = house.melki
    assert queries.get_acting_membership(melki.user_id, melki.membership_id) is not None
    assert queries.get_desk_card(DESK, at=now()).services
    assert DESK in offered(house)
    assert queries.answers(queries.get_desk(DESK), now())


def test_after_it_nobody_enters_and_nothing_is_offered(house: Cast) -> None:
    assert DESK in offered(house)
    assert queries.receiving_desk("53.71", own_agency_id=KUPANG, at=now()).agency_id == KUPANG
    end(-1)
    melki = house.melki
    assert queries.get_acting_membership(melki.user_id, melki.membership_id) is None
    assert queries.get_live_actor(user_id=melki.user_id, agency_id=KUPANG) is None
    assert queries.list_supervisors(KUPANG) == []
    assert queries.list_members_of([KUPANG]) == []
    assert queries.get_live_actor(user_id=house.ratih.user_id, agency_id=SEMARANG) is not None
    card = queries.get_desk_card(DESK, at=now())
    assert card.services == ()
    assert not card.opening.is_open
    assert DESK not in offered(house)
    assert KUPANG not in {row.id for row in queries.search_directory(at=now(), limit=200).rows}
    receiving = queries.receiving_desk("53.71", own_agency_id=KUPANG, at=now())
    assert receiving is None or receiving.agency_id != KUPANG
    # Its page is still there for those who follow an old link, and says so.
    assert not queries.stands(queries.get_agency(KUPANG), now())


@pytest.mark.parametrize(
    ("agency", "hour"), [(SEMARANG, 17), (KUPANG, 16), (MAKASSAR, 15)], ids=["WIB", "WITA", "WIT"]
)
def test_the_last_day_ends_at_midnight_where_the_agency_stands(
    house: Cast, agency: int, hour: int
) -> None:
    """By the clock of the office, not of Greenwich; the list and the single row say the same."""
    if agency == MAKASSAR:
        Agency.objects.using("owner").filter(id=agency).update(area_id="91.71")
    Agency.objects.using("owner").filter(id=agency).update(
        valid_from=date(2026, 3, 2), valid_until=date(2026, 3, 5)
    )
    first = datetime(2026, 3, 1, hour, tzinfo=UTC)
    over = datetime(2026, 3, 5, hour, tzinfo=UTC)
    for at, stands in (
        (first - timedelta(seconds=1), False), (first, True),
        (over - timedelta(seconds=1), True), (over, False),
    ):  # fmt: skip
        assert queries.stands(queries.get_agency(agency), at) is stands, at
        found = {row.id for row in queries.search_directory(at=at, limit=200).rows}
        assert (agency in found) is stands, at
        assert Agency.objects.filter(in_force(at), id=agency).exists() is stands, at


@pytest.mark.parametrize("area", ["33.74", "53.71", "91.71"])
def test_after_it_the_database_believes_no_scope_either(house: Cast, area: str) -> None:
    """Whoever kept a door open beyond the last day meets row security."""
    day = now().astimezone(reference.zone_for(area)).date()
    Agency.objects.using("owner").filter(id=KUPANG).update(area_id=area, valid_until=day)
    with app_as(house.melki) as app:
        assert app.execute("select house.current_agency()").fetchone() == (KUPANG,)
    Agency.objects.using("owner").filter(id=KUPANG).update(valid_until=day - timedelta(days=1))
    with pytest.raises(psycopg.Error) as refused, app_as(house.melki) as app:
        app.execute("select house.current_agency()")
    assert refused.value.diag.message_detail == "membership ended"
    Agency.objects.using("owner").filter(id=KUPANG).update(
        valid_from=day + timedelta(days=1), valid_until=None
    )
    with pytest.raises(psycopg.Error) as early, app_as(house.melki) as app:
        app.execute("select house.current_agency()")
    assert early.value.diag.message_detail == "membership ended"
    with app_as(house.ratih) as app:
        assert app.execute("select house.current_agency()").fetchone() == (SEMARANG,)


def test_nothing_is_sent_or_handed_over_there_and_nobody_is_invited(house: Cast) -> None:
    # The scene plays at NOW, so the last day lies before it.
    operations.end_agency(
        using="owner", agency=CODE, last_day=NOW.date() - timedelta(days=1), at=now()
    )
    with acting(house.ratih):
        scene = make_scene(house)
        with pytest.raises(InvalidInput) as sending:
            scene.send()
        meeting = conferences.call_conference(
            calling=calling(scene.case_id), by=house.ratih, at=NOW
        )
        with pytest.raises(InvalidInput) as inviting:
            conferences.offer_seat(conference_id=meeting.id, desk_id=DESK, by=house.ratih, at=NOW)
    ground = Ground(
        letter="a", service=HANDING_OVER, levels={}, given_by="penyintas", manner="lisan",
        language="ind", valid_until=NOW + timedelta(days=60),
        recipient_desk_id=INTAKE_DESK[KUPANG],
    )  # fmt: skip
    offer = Offer(
        scene.case_id, INTAKE_DESK[KUPANG], "lives_there", "Pindah ke Kupang bulan ini.", ground
    )
    with acting(house.wahyuni), pytest.raises(InvalidInput) as handing:
        referrals.offer_transfer(offer=offer, by=house.wahyuni, at=NOW)
    refused = [fault.value.errors for fault in (sending, inviting, handing)]
    assert refused == [{"desk": "not_offered"}, {"desk": "closed"}, {"desk": "desk_closed"}]


def test_the_agency_reads_in_its_own_trail_who_ended_it(house: Cast) -> None:
    end(30)
    with acting(house.yulius):
        (act,) = list_subject(house.yulius, "agency", KUPANG)
    assert (act.name, act.actor_id, act.purpose) == (events.AGENCY_ENDED, None, "outside")
    with acting(house.bagas):
        assert list_subject(house.bagas, "agency", KUPANG) == []


def test_a_last_day_is_taken_back_and_the_people_are_there_again(house: Cast) -> None:
    end(-1)
    operations.resume_agency(using="owner", agency=CODE, at=now())
    assert queries.get_live_actor(user_id=house.melki.user_id, agency_id=KUPANG) is not None
    assert DESK in offered(house)
    with pytest.raises(NotReachable):
        operations.resume_agency(using="owner", agency=CODE, at=now())


def test_a_last_day_before_the_first_is_none(house: Cast) -> None:
    Agency.objects.using("owner").filter(id=KUPANG).update(valid_from=today())
    with pytest.raises(InvalidInput):
        end(-1)
    assert Agency.objects.get(id=KUPANG).valid_until is None


# -- roles from above -------------------------------------------------------------------------


def give(cast_member_id: int, role: str, agency: str = "uji-gugus-jateng") -> Membership:
    return operations.give_role(
        using="owner", agency=agency, user_id=cast_member_id, role=role, at=now()
    )


def test_a_role_is_added_to_the_place_that_stands_and_the_old_scope_ends(house: Cast) -> None:
    retno = house.retno
    given = give(retno.user_id, "koordinator_nasional")
    assert given.id == retno.membership_id
    assert given.roles == ["koordinator_nasional", "koordinator_provinsi"]
    assert given.version == retno.membership_version + 1
    taken = operations.take_role(
        using="owner", agency="uji-gugus-jateng", user_id=retno.user_id,
        role="koordinator_nasional", at=now(),
    )  # fmt: skip
    assert (taken.roles, taken.until) == (["koordinator_provinsi"], None)


@pytest.mark.parametrize("role", ["pendamping", "penyelia", "auditor", "pelapor_terdaftar"])
def test_what_the_agency_gives_itself_is_not_given_from_outside(house: Cast, role: str) -> None:
    with pytest.raises(operations.NotFromOutside):
        give(house.retno.user_id, role)
    with pytest.raises(operations.NotFromOutside):
        operations.take_role(
            using="owner", agency=CODE, user_id=house.dorce.user_id, role="admin_lembaga", at=now()
        )


def test_only_an_agency_of_the_province_holds_its_coordinator(house: Cast) -> None:
    with pytest.raises(policy.RoleFromOutside):
        give(house.dorce.user_id, "koordinator_provinsi", CODE)


def test_an_admin_comes_from_outside_only_where_none_is_left(house: Cast) -> None:
    with pytest.raises(operations.NotFromOutside):
        give(house.yohana.user_id, "admin_lembaga", CODE)
    Membership.objects.using("owner").filter(id=house.dorce.membership_id).update(until=now())
    assert "admin_lembaga" in give(house.yohana.user_id, "admin_lembaga", CODE).roles


def test_two_roles_that_never_meet_stay_apart(house: Cast) -> None:
    with pytest.raises(RolesConflict):
        give(house.wahyuni.user_id, "administrator_sistem", "uji-semarang")
    assert Membership.objects.get(id=house.wahyuni.membership_id).roles == ["penyelia"]
