"""Custody: one lead at all times, who is let in and out, who carries the case."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from django.db.utils import DatabaseError
from tests.people import KUPANG, MAKASSAR, NOW, SEMARANG, Cast
from tests.rows import add_row, app_as, as_owner, open_case

from rangkul.access.policy import Forbidden
from rangkul.custody import operations, policy, queries
from rangkul.custody.models import Assignment, Case, CaseAccess
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import MistypedNumber
from rangkul.foundation.scope import acting, system
from rangkul.network.models import Agency
from rangkul.trail.models import Act


def _open(by: Actor, *, carried_by: Actor | None = None) -> int:
    with acting(by):
        case_id = operations.open_case(subject=uuid4(), by=by, at=NOW).id
        if carried_by is not None:
            operations.assign(case_id=case_id, user_id=carried_by.user_id, by=by, at=NOW)
    return case_id


def _visible(actor: Actor) -> set[int]:
    with acting(actor):
        found = CaseAccess.objects.filter(policy.visible_to(actor))
        return set(found.values_list("case_id", flat=True))


def test_whoever_opens_a_case_leads_it(db: None, cast: Cast) -> None:
    case_id = _open(cast.ratih)
    with acting(cast.wahyuni):
        case = Case.objects.get(id=case_id)
        access = CaseAccess.objects.get(case_id=case_id)
    assert (case.lead_agency_id, case.opened_at) == (SEMARANG, NOW)
    assert (access.agency_id, access.basis, access.since, access.until) == (
        SEMARANG, "lead", NOW, None,
    )  # fmt: skip


@pytest.mark.parametrize("login", ["laras", "bagas", "sinta", "melki"])
def test_who_does_no_casework_opens_no_case(db: None, cast: Cast, login: str) -> None:
    actor = cast.everyone()[login]
    with acting(actor), pytest.raises(Forbidden):
        operations.open_case(subject=uuid4(), by=actor, at=NOW)


def test_a_number_names_the_case_and_a_slip_names_none(db: None, cast: Cast) -> None:
    case_id = _open(cast.ratih)
    number = queries.case_number(case_id)
    assert queries.case_id_of(number.lower().replace("-", " ")) == case_id
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    with pytest.raises(MistypedNumber):
        queries.case_id_of(wrong)


def test_a_mistyped_number_does_not_trouble_the_database(
    db: None, django_assert_num_queries: object
) -> None:
    assert callable(django_assert_num_queries)
    with django_assert_num_queries(0), pytest.raises(MistypedNumber):
        queries.case_id_of("RK-0000-0001")


def test_supervisors_see_the_unit_companions_their_own_the_rest_nothing(
    db: None, cast: Cast
) -> None:
    hers = _open(cast.wahyuni, carried_by=cast.ratih)
    other = _open(cast.wahyuni, carried_by=cast.nining)
    foreign = _open(cast.marten, carried_by=cast.yohana)
    seen = {login: _visible(actor) for login, actor in cast.everyone().items()
            if actor not in cast.former}  # fmt: skip
    assert seen.pop("wahyuni") == {hers, other}
    assert seen.pop("ratih") == {hers}
    assert seen.pop("nining") == {other}
    assert seen.pop("marten") == seen.pop("yohana") == {foreign}
    assert {login for login, cases in seen.items() if cases} == set()


def test_the_rule_never_shows_more_than_the_net(db: None, cast: Cast) -> None:
    """policy ⊆ row security: asked with another agency's rule, the database answers nothing."""
    _open(cast.wahyuni, carried_by=cast.ratih)
    with acting(cast.besse):
        assert not CaseAccess.objects.filter(policy.visible_to(cast.wahyuni)).exists()
        assert not Case.objects.exists()


def test_the_lead_lets_an_agency_in_and_out(db: None, cast: Cast) -> None:
    case_id = _open(cast.wahyuni)
    with acting(cast.wahyuni):
        operations.join_agency(case_id=case_id, agency_id=KUPANG, by=cast.wahyuni, at=NOW)
    assert _visible(cast.marten) == {case_id}
    with acting(cast.marten):
        operations.assign(case_id=case_id, user_id=cast.yohana.user_id, by=cast.marten, at=NOW)
    assert _visible(cast.yohana) == {case_id}
    with acting(cast.wahyuni):
        operations.end_access(case_id=case_id, agency_id=KUPANG, by=cast.wahyuni, at=NOW)
    assert _visible(cast.marten) == _visible(cast.yohana) == set()
    with acting(cast.marten):
        assert not Assignment.objects.filter(until__isnull=True).exists()
        assert [a.until for a in queries.list_accesses(cast.marten, case_id)] == [NOW]


def test_an_agency_leaves_a_joint_team_by_itself(db: None, cast: Cast) -> None:
    case_id = _open(cast.wahyuni)
    with acting(cast.wahyuni):
        operations.join_agency(case_id=case_id, agency_id=KUPANG, by=cast.wahyuni, at=NOW)
    with acting(cast.marten):
        operations.end_access(case_id=case_id, agency_id=KUPANG, by=cast.marten, at=NOW)
    assert _visible(cast.marten) == set()
    assert _visible(cast.wahyuni) == {case_id}


def test_a_joint_agency_neither_invites_nor_expels(db: None, cast: Cast) -> None:
    case_id = _open(cast.wahyuni)
    with acting(cast.wahyuni):
        for agency in (KUPANG, MAKASSAR):
            operations.join_agency(case_id=case_id, agency_id=agency, by=cast.wahyuni, at=NOW)
    with acting(cast.marten), pytest.raises(DatabaseError, match="parent not reachable"):
        operations.end_access(case_id=case_id, agency_id=MAKASSAR, by=cast.marten, at=NOW)


@pytest.mark.parametrize("by", ["wahyuni", "marten"])
def test_custody_is_never_without_a_holder(db: None, cast: Cast, by: str) -> None:
    case_id = _open(cast.wahyuni)
    with acting(cast.wahyuni):
        operations.join_agency(case_id=case_id, agency_id=KUPANG, by=cast.wahyuni, at=NOW)
    actor = cast.everyone()[by]
    with acting(actor), pytest.raises(DatabaseError, match="parent not reachable"):
        operations.end_access(case_id=case_id, agency_id=SEMARANG, by=actor, at=NOW)


def test_only_a_supervisor_moves_access(db: None, cast: Cast) -> None:
    case_id = _open(cast.wahyuni, carried_by=cast.ratih)
    with acting(cast.ratih):
        for act in (operations.join_agency, operations.end_access):
            with pytest.raises(Forbidden):
                act(case_id=case_id, agency_id=KUPANG, by=cast.ratih, at=NOW)
        with pytest.raises(Forbidden):
            operations.assign(case_id=case_id, user_id=cast.nining.user_id, by=cast.ratih, at=NOW)


def test_a_foreign_case_is_not_there(db: None, cast: Cast) -> None:
    case_id = _open(cast.wahyuni)
    with acting(cast.marten):
        for missing in (case_id, case_id + 1_000_000):
            with pytest.raises(NotReachable):
                queries.get_access(cast.marten, missing)
            with pytest.raises(NotReachable):
                operations.join_agency(case_id=missing, agency_id=KUPANG, by=cast.marten, at=NOW)
        assert queries.visible_among(cast.marten, [case_id]) == set()
        with pytest.raises(NotReachable):
            operations.assign(case_id=case_id, user_id=cast.marten.user_id, by=cast.marten, at=NOW)


def test_a_case_is_carried_only_by_living_colleagues(db: None, cast: Cast) -> None:
    case_id = _open(cast.wahyuni)
    with acting(cast.wahyuni):
        for outsider in (cast.darto, cast.yohana):
            with pytest.raises(InvalidInput):
                operations.assign(
                    case_id=case_id, user_id=outsider.user_id, by=cast.wahyuni, at=NOW
                )


def test_assigning_twice_is_one_assignment_and_one_record(db: None, cast: Cast) -> None:
    case_id = _open(cast.wahyuni, carried_by=cast.ratih)
    with acting(cast.wahyuni):
        operations.assign(case_id=case_id, user_id=cast.ratih.user_id, by=cast.wahyuni, at=NOW)
        assert len(queries.list_assignments(cast.wahyuni, case_id)) == 1
        assert Act.objects.filter(name="custody.assigned").count() == 1


def test_a_caseload_is_handed_over_whole_with_a_record_for_each_file(db: None, cast: Cast) -> None:
    cases = [_open(cast.wahyuni, carried_by=cast.ratih) for _ in range(3)]
    with acting(cast.wahyuni):
        operations.assign(case_id=cases[0], user_id=cast.nining.user_id, by=cast.wahyuni, at=NOW)
        moved = operations.hand_over_caseload(
            from_user_id=cast.ratih.user_id, to_user_id=cast.nining.user_id,
            by=cast.wahyuni, at=NOW,
        )  # fmt: skip
        records = Act.objects.filter(name="custody.caseload_handed_over")
        assert moved == 3
        assert {act.case_id for act in records} == set(cases)
    assert _visible(cast.nining) == set(cases)
    assert _visible(cast.ratih) == set()


# -- a place in a team has a last day ---------------------------------------------------------


def _joined(cast: Cast, agency: int, ends_on: date) -> int:
    case_id = _open(cast.wahyuni)
    with acting(cast.wahyuni):
        operations.join_agency(
            case_id=case_id, agency_id=agency, ends_on=ends_on, by=cast.wahyuni, at=NOW
        )
    return case_id


def _tick(at: datetime) -> list[tuple[int, int]]:
    with system("tick"):
        return operations.end_over_places(at=at)


@pytest.mark.parametrize(
    ("area", "midnight"),
    [("33.74", 17), ("53.71", 16), ("91.71", 15)], ids=["WIB", "WITA", "WIT"],
)  # fmt: skip
def test_a_place_ends_with_its_last_day_where_the_agency_stands(
    committed_db: None, cast: Cast, area: str, midnight: int
) -> None:
    with as_owner() as owner:
        owner.execute("update network_agency set area_id = %s where id = %s", [area, KUPANG])
    last = date(2026, 4, 2)
    case_id = _joined(cast, KUPANG, last)
    with acting(cast.marten):
        operations.assign(case_id=case_id, user_id=cast.yohana.user_id, by=cast.marten, at=NOW)
    over = datetime(last.year, last.month, last.day, midnight, tzinfo=UTC)
    assert _tick(over - timedelta(seconds=1)) == []
    assert _visible(cast.yohana) == {case_id}
    assert _tick(over) == [(case_id, KUPANG)]
    assert _visible(cast.yohana) == _visible(cast.marten) == set()
    assert _visible(cast.wahyuni) == {case_id}
    # However often it comes, it happened once.
    assert _tick(over) == _tick(over + timedelta(days=40)) == []
    with as_owner() as owner:
        acts = owner.execute(
            "select agency_id, actor_id, reason from trail_act where name = 'custody.access_ended'"
        ).fetchall()
        reach = owner.execute("select reach from custody_case where id = %s", [case_id]).fetchone()
    assert acts == [(0, None, "last_day")]
    assert reach == ([SEMARANG],)


def test_it_ends_though_nobody_of_the_agency_is_left(committed_db: None, cast: Cast) -> None:
    case_id = _joined(cast, KUPANG, date(2026, 4, 2))
    with as_owner() as owner:
        owner.execute("update network_membership set until = now() where agency_id = %s", [KUPANG])
    assert _tick(datetime(2026, 4, 3, tzinfo=UTC)) == [(case_id, KUPANG)]


def test_who_joined_anew_is_not_sent_away_for_an_old_day(db: None, cast: Cast) -> None:
    case_id = _joined(cast, KUPANG, date(2026, 3, 20))
    later = NOW + timedelta(days=5)
    with acting(cast.wahyuni):
        operations.end_access(case_id=case_id, agency_id=KUPANG, by=cast.wahyuni, at=later)
        operations.join_agency(
            case_id=case_id, agency_id=KUPANG, ends_on=date(2026, 6, 1), by=cast.wahyuni, at=later
        )
    assert _tick(datetime(2026, 4, 3, tzinfo=UTC)) == []
    assert _visible(cast.marten) == {case_id}


def test_the_lead_sets_another_day_and_every_holder_reads_it(db: None, cast: Cast) -> None:
    case_id = _joined(cast, KUPANG, date(2026, 4, 2))
    day = date(2026, 5, 2)
    with acting(cast.wahyuni):
        operations.set_team_end(
            case_id=case_id, agency_id=KUPANG, ends_on=day, by=cast.wahyuni, at=NOW
        )
        assert queries.list_team(case_id) == {KUPANG: day}
    with acting(cast.marten):
        assert queries.list_team(case_id) == {KUPANG: day}
        with pytest.raises(DatabaseError, match="parent not reachable"):
            operations.set_team_end(
                case_id=case_id, agency_id=KUPANG, ends_on=day, by=cast.marten, at=NOW
            )
    with acting(cast.besse):
        assert queries.list_team(case_id) == {}
    assert _tick(datetime(2026, 4, 30, tzinfo=UTC)) == []


def test_no_last_day_lies_behind_and_no_ended_agency_joins(committed_db: None, cast: Cast) -> None:
    case_id = _open(cast.wahyuni)
    with acting(cast.wahyuni):
        with pytest.raises(InvalidInput) as past:
            operations.join_agency(
                case_id=case_id, agency_id=KUPANG, ends_on=NOW.date() - timedelta(days=1),
                by=cast.wahyuni, at=NOW,
            )  # fmt: skip
        Agency.objects.using("owner").filter(id=MAKASSAR).update(valid_until=date(2026, 1, 1))
        with pytest.raises(InvalidInput) as ended:
            operations.join_agency(case_id=case_id, agency_id=MAKASSAR, by=cast.wahyuni, at=NOW)
    assert (past.value.errors, ended.value.errors) == ({"ends_on": "past"}, {"agency": "ended"})


def test_nobody_but_the_tick_ends_what_is_over(db: None, cast: Cast) -> None:
    case_id = _joined(cast, KUPANG, date(2026, 4, 2))
    for who in (cast.wahyuni, cast.marten):
        with acting(who), pytest.raises(DatabaseError, match="the tick alone"):
            operations.end_over_places(at=datetime(2027, 1, 1, tzinfo=UTC))
    assert _visible(cast.marten) == {case_id}


def test_a_case_is_never_taken_off_everybody(db: None, cast: Cast) -> None:
    case_id = _open(cast.wahyuni, carried_by=cast.ratih)
    with acting(cast.wahyuni):
        with pytest.raises(InvalidInput):
            operations.unassign(
                case_id=case_id, user_id=cast.ratih.user_id, by=cast.wahyuni, at=NOW
            )
        operations.assign(case_id=case_id, user_id=cast.nining.user_id, by=cast.wahyuni, at=NOW)
        operations.unassign(case_id=case_id, user_id=cast.ratih.user_id, by=cast.wahyuni, at=NOW)
        left = [row.user_id for row in queries.list_assignments(cast.wahyuni, case_id)]
    assert left == [cast.nining.user_id]


def test_every_act_leaves_exactly_one_record(db: None, cast: Cast) -> None:
    case_id = _open(cast.wahyuni, carried_by=cast.ratih)
    with acting(cast.wahyuni):
        operations.join_agency(case_id=case_id, agency_id=KUPANG, by=cast.wahyuni, at=NOW)
        operations.set_team_end(
            case_id=case_id, agency_id=KUPANG, ends_on=NOW.date(), by=cast.wahyuni, at=NOW
        )
        operations.end_access(case_id=case_id, agency_id=KUPANG, by=cast.wahyuni, at=NOW)
        operations.assign(case_id=case_id, user_id=cast.nining.user_id, by=cast.wahyuni, at=NOW)
        operations.unassign(case_id=case_id, user_id=cast.ratih.user_id, by=cast.wahyuni, at=NOW)
        names = sorted(Act.objects.filter(case_id=case_id).values_list("name", flat=True))
    assert names == [
        "case.opened", "custody.access_ended", "custody.assigned", "custody.assigned",
        "custody.assignment_ended", "custody.team_end_set", "custody.team_joined",
    ]  # fmt: skip


def test_an_access_that_ends_meanwhile_leaves_no_row_behind_in_reach(
    committed_db: None, cast: Cast
) -> None:
    """A note is being written while Kupang's access ends: in the end Kupang does not reach it."""
    with app_as(cast.wahyuni) as app:
        case_id = open_case(app)
        app.execute("select house.join_case(%s, %s, now())", [case_id, KUPANG])
    ended = threading.Event()

    def end() -> None:
        with app_as(cast.wahyuni) as other:
            other.execute("select house.end_access(%s, %s, now())", [case_id, KUPANG])
        ended.set()

    with app_as(cast.ratih) as app:
        add_row(app, "cases_note", cast.ratih, case_id=case_id, audience="case")
        thread = threading.Thread(target=end)
        thread.start()
        # The end waits for the note, or has already been seen by it; it never passes it by.
        ended.wait(0.5)
    thread.join(20)
    with as_owner() as owner:
        assert owner.execute("select reach from cases_note").fetchall() == [([SEMARANG],)]


def test_two_agencies_that_join_at_once_both_reach_every_row(
    committed_db: None, cast: Cast
) -> None:
    with app_as(cast.wahyuni) as app:
        case_id = open_case(app)
        add_row(app, "cases_note", cast.wahyuni, case_id=case_id, audience="case")
    faults: list[BaseException] = []

    def join(agency: int) -> None:
        try:
            with app_as(cast.wahyuni) as other:
                other.execute("select house.join_case(%s, %s, now())", [case_id, agency])
        except psycopg.Error as fault:
            faults.append(fault)

    with app_as(cast.wahyuni) as app:
        app.execute("select house.join_case(%s, %s, now())", [case_id, KUPANG])
        thread = threading.Thread(target=join, args=[MAKASSAR])
        thread.start()
        thread.join(0.5)
    thread.join(20)
    assert faults == []
    with as_owner() as owner:
        for table in ("cases_note", "custody_case"):
            assert owner.execute(f"select reach from {table}").fetchall() == [
                ([SEMARANG, KUPANG, MAKASSAR],)
            ]
