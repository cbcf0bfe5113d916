"""An agency keeps its own entries and nobody else's; nobody widens her own view of survivors."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest
from django.db import DatabaseError
from tests.people import KUPANG, NOW, SEMARANG, SERVICE_DESK, Cast
from tests.rows import app_as

from rangkul.access.policy import Forbidden
from rangkul.access.roles import RolesConflict
from rangkul.foundation.errors import InvalidInput, NotReachable, StaleForm
from rangkul.foundation.scope import acting
from rangkul.network import events, operations, policy, queries
from rangkul.network.models import DeskService, Membership
from rangkul.network.operations import DeskDetails, Offer
from rangkul.trail.queries import list_subject

OURS, THEIRS = SERVICE_DESK[SEMARANG], SERVICE_DESK[KUPANG]
OFFICE = {"1": [["08:00", "16:00"]]}

pytestmark = pytest.mark.usefixtures("db")


def invite(cast: Cast, **given: object) -> Membership:
    wanted: dict = {
        "username": "baru.uji", "display_name": "Baru Uji", "email": "", "sex": "P",
        "roles": ["pendamping"], "desk_ids": [OURS], "password": "kf7p-2mwx-9qhd-vt4n",
        "by": cast.sinta, "at": NOW,
    }  # fmt: skip
    return operations.invite_member(**(wanted | given))


# -- the own entry ----------------------------------------------------------------------------


def test_an_admin_opens_a_desk_says_what_it_offers_and_when(cast: Cast) -> None:
    with acting(cast.sinta):
        details = DeskDetails(name=" Konseling ", languages=("ind",), capacity=4)
        desk = operations.open_desk(details=details, by=cast.sinta, at=NOW)
        operations.set_services(
            desk_id=desk.id, offers=[Offer("psikologi", sex="P", age_min=12)], version=1,
            by=cast.sinta, at=NOW,
        )  # fmt: skip
        operations.set_hours(
            desk_id=desk.id, always_open=False, hours=OFFICE, version=2, by=cast.sinta, at=NOW
        )
        operations.set_places(desk_id=desk.id, free_places=2, by=cast.sinta, at=NOW)
        card = queries.get_desk_card(desk.id, at=NOW)
        trail = [act.name for act in list_subject(cast.sinta, "desk", desk.id)]
    assert card.desk.name == "Konseling"
    assert card.services == ("psikologi",)
    assert card.opening.is_open
    assert card.desk.free_places == 2
    assert sorted(trail) == sorted(
        [events.DESK_OPENED, events.SERVICES_SET, events.HOURS_SET, events.PLACES_SET]
    )


def test_a_form_opened_before_someone_elses_change_is_refused(cast: Cast) -> None:
    with acting(cast.sinta):
        desk = queries.get_desk(OURS)
        given = {"desk_id": OURS, "details": DeskDetails(name="Layanan"), "by": cast.sinta}
        operations.edit_desk(**given, version=desk.version, at=NOW)
        with pytest.raises(StaleForm):
            operations.edit_desk(**given, version=desk.version, at=NOW)


def test_a_shelter_gets_no_position_from_either_side(cast: Cast) -> None:
    point = DeskDetails(name="Hunian", latitude=-7.0, longitude=110.4)
    with acting(cast.sinta):
        desk = operations.open_desk(details=point, by=cast.sinta, at=NOW)
        with pytest.raises(InvalidInput) as fault:
            operations.set_services(
                desk_id=desk.id, offers=[Offer("hunian")], version=1, by=cast.sinta, at=NOW
            )
        assert "hunian" in fault.value.errors
        operations.edit_desk(
            desk_id=desk.id, details=replace(point, latitude=None, longitude=None), version=1,
            by=cast.sinta, at=NOW,
        )  # fmt: skip
        operations.set_services(
            desk_id=desk.id, offers=[Offer("hunian")], version=2, by=cast.sinta, at=NOW
        )
        with pytest.raises(InvalidInput) as fault:
            operations.edit_desk(desk_id=desk.id, details=point, version=3, by=cast.sinta, at=NOW)
        assert "latitude" in fault.value.errors


@pytest.mark.parametrize(
    ("details", "field"),
    [
        (DeskDetails(name=" "), "name"),
        (DeskDetails(name="x", languages=("klingon",)), "languages"),
        (DeskDetails(name="x", serves=("99.99",)), "serves"),
        (DeskDetails(name="x", capacity=-1), "capacity"),
        (DeskDetails(name="x", latitude=1.0), "latitude"),
        (DeskDetails(name="x", latitude=1.0, longitude=999.0), "latitude"),
    ],
)
def test_details_that_cannot_stand_are_named(cast: Cast, details: DeskDetails, field: str) -> None:
    with acting(cast.sinta), pytest.raises(InvalidInput) as fault:
        operations.open_desk(details=details, by=cast.sinta, at=NOW)
    assert set(fault.value.errors) == {field}


def test_more_free_places_than_places_are_refused_and_the_desks_own_worker_may_say(
    cast: Cast,
) -> None:
    with acting(cast.sinta):
        operations.edit_desk(
            desk_id=OURS, details=DeskDetails(name="Layanan", capacity=3), version=1,
            by=cast.sinta, at=NOW,
        )  # fmt: skip
    with acting(cast.laras):
        assert operations.set_places(desk_id=OURS, free_places=3, by=cast.laras, at=NOW)
        with pytest.raises(InvalidInput):
            operations.set_places(desk_id=OURS, free_places=4, by=cast.laras, at=NOW)
    with acting(cast.ratih), pytest.raises(Forbidden):
        operations.set_places(desk_id=OURS, free_places=1, by=cast.ratih, at=NOW)


def test_the_agencys_other_names_come_and_go(cast: Cast) -> None:
    with acting(cast.sinta):
        alias = operations.add_alias(
            name="P2TP2A Uji", valid_from=None, valid_until=date(2022, 12, 31), by=cast.sinta,
            at=NOW,
        )  # fmt: skip
        page = queries.search_directory(at=NOW, words="p2tp2a uji")
        assert [row.id for row in page.rows] == [SEMARANG]
        operations.remove_alias(alias_id=alias.id, by=cast.sinta, at=NOW)
        assert not queries.search_directory(at=NOW, words="p2tp2a uji").rows


def test_confirming_the_entry_takes_its_mark_away(cast: Cast) -> None:
    with acting(cast.sinta):
        operations.edit_agency(
            name="UPTD PPA Uji", short_name="UPTD Uji", kind="uptd_ppa", area="33.74",
            confirmed=True, version=1, by=cast.sinta, at=NOW,
        )  # fmt: skip
        assert queries.get_agency(SEMARANG).confirmed_on == NOW.date()


# -- another agency's -------------------------------------------------------------------------


def test_an_admin_does_not_reach_another_agencys_rows(cast: Cast) -> None:
    with acting(cast.sinta):
        for act in (
            lambda: operations.edit_desk(
                desk_id=THEIRS, details=DeskDetails(name="x"), version=1, by=cast.sinta, at=NOW
            ),
            lambda: operations.set_places(desk_id=THEIRS, free_places=1, by=cast.sinta, at=NOW),
            lambda: operations.end_membership(
                membership_id=cast.yohana.membership_id, version=1, by=cast.sinta, at=NOW
            ),
        ):
            with pytest.raises(NotReachable):
                act()
        with pytest.raises(InvalidInput):
            invite(cast, desk_ids=[THEIRS])


@pytest.mark.parametrize(
    "statement",
    [
        "update network_agency set name = 'x' where id = %(theirs)s",
        "update network_desk set name = 'x' where agency_id = %(theirs)s",
        "update network_membership set roles = '{penyelia}' where agency_id = %(theirs)s",
        "update network_desk set agency_id = %(ours)s where agency_id = %(theirs)s",
    ],
)
def test_row_security_writes_no_row_of_another_agency(cast: Cast, statement: str) -> None:
    with app_as(cast.sinta) as app:
        found = app.execute(statement, {"theirs": KUPANG, "ours": SEMARANG})
        assert found.rowcount == 0


@pytest.mark.parametrize(
    "statement",
    [
        (
            "insert into network_deskservice (agency_id, desk_id, service, sex, age_min, age_max, "
            "residents_only, active) values (%(ours)s, %(desk)s, 'uji', '', 0, 200, false, true)"
        ),
        (
            "insert into network_dutyshift (agency_id, desk_id, membership_id, starts_at, ends_at) "
            "values (%(ours)s, %(desk)s, %(me)s, now(), now() + interval '1 hour')"
        ),
        (
            "insert into network_absence (agency_id, membership_id, starts_on, ends_on) "
            "values (%(ours)s, %(them)s, current_date, current_date)"
        ),
    ],
)
def test_no_row_of_ours_hangs_on_another_agencys_desk_or_person(cast: Cast, statement: str) -> None:
    values = {
        "ours": SEMARANG, "desk": THEIRS, "me": cast.sinta.membership_id,
        "them": cast.yohana.membership_id,
    }  # fmt: skip
    with pytest.raises(psycopg.errors.ForeignKeyViolation), app_as(cast.sinta) as app:
        # The keys are checked at commit; asked now, so that the connection is closed in order.
        app.execute("set constraints all immediate")
        app.execute(statement, values)


def test_a_row_in_another_agencys_name_is_refused(cast: Cast) -> None:
    with pytest.raises(DatabaseError), acting(cast.sinta):
        DeskService.objects.create(agency_id=KUPANG, desk_id=THEIRS, service="medis")


# -- staff ------------------------------------------------------------------------------------


def test_an_invited_colleague_signs_in_with_the_first_password(cast: Cast) -> None:
    with acting(cast.sinta):
        made = invite(cast)
        assert made.user.check_password("kf7p-2mwx-9qhd-vt4n")
        assert [m.name for m in queries.list_staff(SEMARANG, at=NOW) if m.id == made.id]
        with pytest.raises(InvalidInput) as fault:
            invite(cast)
        assert "username" in fault.value.errors
        with pytest.raises(InvalidInput) as fault:
            invite(cast, username="lain.uji", password="123")
        assert "password" in fault.value.errors


@pytest.mark.parametrize("role", sorted(policy.CASE_ROLE_CODES))
def test_an_admin_never_gives_herself_a_case_role(cast: Cast, role: str) -> None:
    with acting(cast.sinta), pytest.raises(policy.OwnCaseRole):
        operations.change_roles(
            membership_id=cast.sinta.membership_id, roles=["admin_lembaga", role], desk_ids=[],
            sex="", version=1, by=cast.sinta, at=NOW,
        )  # fmt: skip


def test_without_the_check_the_role_would_be_hers(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: nothing else stands between an admin and a case role of her own."""
    monkeypatch.setattr(policy, "check_own_grant", lambda **_given: None)
    with acting(cast.sinta):
        found = operations.change_roles(
            membership_id=cast.sinta.membership_id, roles=["admin_lembaga", "pendamping"],
            desk_ids=[], sex="", version=1, by=cast.sinta, at=NOW,
        )  # fmt: skip
    assert "pendamping" in found.roles


def test_whoever_sees_files_gives_herself_no_further_desk() -> None:
    with pytest.raises(policy.OwnCaseRole):
        policy.check_own_grant(added=(), sees_files=True, new_desk=True)
    policy.check_own_grant(added=(), sees_files=False, new_desk=True)
    policy.check_own_grant(added=("admin_lembaga",), sees_files=True, new_desk=False)


def test_roles_that_reach_beyond_the_agency_are_not_its_to_give(cast: Cast) -> None:
    with acting(cast.sinta):
        for role in ("koordinator_nasional", "administrator_sistem", "koordinator_provinsi"):
            with pytest.raises(policy.RoleFromOutside):
                invite(cast, roles=[role])
        with pytest.raises(RolesConflict):
            invite(cast, roles=["auditor", "pendamping"])


def test_a_changed_membership_ends_the_old_scope_at_once(cast: Cast) -> None:
    with acting(cast.sinta):
        operations.change_roles(
            membership_id=cast.ratih.membership_id, roles=["petugas_pengaduan"], desk_ids=[],
            sex="P", version=1, by=cast.sinta, at=NOW,
        )  # fmt: skip
        found = queries.get_live_actor(user_id=cast.ratih.user_id, agency_id=SEMARANG)
    assert found is not None
    assert (found.membership_version, found.roles) == (2, {"petugas_pengaduan"})
    with pytest.raises(DatabaseError, match="scope refused"), acting(cast.ratih):
        # A row that there is: where nothing matches, the database need not ask who looks.
        list_subject(cast.ratih, "membership", cast.ratih.membership_id)


def test_an_ended_membership_ends_now_with_its_coming_turns(cast: Cast) -> None:
    with acting(cast.sinta):
        turn = {"desk_id": OURS, "membership_id": cast.laras.membership_id, "by": cast.sinta}
        hour = timedelta(hours=1)
        operations.add_shift(**turn, starts_at=NOW - hour, ends_at=NOW + hour, at=NOW)
        operations.add_shift(**turn, starts_at=NOW + hour, ends_at=NOW + 2 * hour, at=NOW)
        operations.end_membership(
            membership_id=cast.laras.membership_id, version=1, by=cast.sinta, at=NOW
        )
        assert queries.get_live_actor(user_id=cast.laras.user_id, agency_id=SEMARANG) is None
        assert queries.on_duty(OURS, NOW + timedelta(minutes=5)) == ()
        assert queries.on_duty(OURS, NOW + timedelta(minutes=90)) == ()


def test_nobody_ends_herself_and_one_admin_remains(cast: Cast) -> None:
    with acting(cast.sinta):
        with pytest.raises(policy.OwnMembership):
            operations.end_membership(
                membership_id=cast.sinta.membership_id, version=1, by=cast.sinta, at=NOW
            )
        with pytest.raises(policy.LastAdmin):
            operations.change_roles(
                membership_id=cast.sinta.membership_id, roles=["pelapor_terdaftar"], desk_ids=[],
                sex="", version=1, by=cast.sinta, at=NOW,
            )  # fmt: skip


def test_only_the_admin_manages(cast: Cast) -> None:
    for actor in (cast.ratih, cast.wahyuni, cast.bagas):
        with acting(actor):
            with pytest.raises(Forbidden):
                invite(cast, by=actor)
            with pytest.raises(Forbidden):
                operations.open_desk(details=DeskDetails(name="x"), by=actor, at=NOW)


# -- rosters ----------------------------------------------------------------------------------


def test_a_week_is_repeated_without_doubling(cast: Cast) -> None:
    monday = date(2026, 3, 2)
    with acting(cast.sinta):
        operations.add_shift(
            desk_id=OURS, membership_id=cast.laras.membership_id, starts_at=NOW,
            ends_at=NOW + timedelta(hours=7), by=cast.sinta, at=NOW,
        )  # fmt: skip
        again = {"desk_id": OURS, "monday": monday, "by": cast.sinta, "at": NOW}
        assert operations.copy_week(**again, weeks=2) == 2
        assert operations.copy_week(**again, weeks=3) == 1
        week = queries.roster_week(queries.get_desk(OURS), monday=monday + timedelta(weeks=3))
    assert [s.name for s in week.days[0].shifts] == ["Laras Anindya Uji"]
    assert week.has_gaps


def test_the_stand_in_is_on_duty_while_somebody_is_away(cast: Cast) -> None:
    with acting(cast.sinta):
        operations.add_shift(
            desk_id=OURS, membership_id=cast.laras.membership_id, starts_at=NOW,
            ends_at=NOW + timedelta(hours=7), by=cast.sinta, at=NOW,
        )  # fmt: skip
        away = operations.enter_absence(
            membership_id=cast.laras.membership_id, substitute_id=cast.joko.membership_id,
            starts_on=NOW.date(), ends_on=NOW.date(), by=cast.sinta, at=NOW,
        )  # fmt: skip
        (person,) = queries.on_duty(OURS, NOW)
        assert (person.user_id, person.stands_in_for) == (
            cast.joko.user_id, cast.laras.membership_id,
        )  # fmt: skip
        week = queries.roster_week(queries.get_desk(OURS), monday=date(2026, 3, 2))
        assert week.days[0].shifts[0].stand_in == "Joko Santosa Uji"
        operations.remove_absence(absence_id=away.id, by=cast.sinta, at=NOW)
        (person,) = queries.on_duty(OURS, NOW)
    assert person.user_id == cast.laras.user_id


def test_everyone_enters_her_own_leave_and_nobody_elses(cast: Cast) -> None:
    with acting(cast.ratih):
        days = {"starts_on": NOW.date(), "ends_on": NOW.date(), "by": cast.ratih, "at": NOW}
        mine = cast.ratih.membership_id
        assert operations.enter_absence(membership_id=mine, substitute_id=None, **days)
        with pytest.raises(Forbidden):
            operations.enter_absence(
                membership_id=cast.nining.membership_id, substitute_id=None, **days
            )
        with pytest.raises(InvalidInput):
            operations.enter_absence(membership_id=mine, substitute_id=mine, **days)
        with pytest.raises(InvalidInput):
            operations.enter_absence(
                membership_id=mine, substitute_id=cast.yohana.membership_id, **days
            )


@pytest.mark.parametrize("hours", [0, -1, 49])
def test_a_turn_has_a_length_of_at_most_two_days(cast: Cast, hours: int) -> None:
    with acting(cast.sinta), pytest.raises(InvalidInput):
        operations.add_shift(
            desk_id=OURS, membership_id=cast.laras.membership_id, starts_at=NOW,
            ends_at=NOW + timedelta(hours=hours), by=cast.sinta, at=NOW,
        )  # fmt: skip
