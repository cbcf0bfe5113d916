"""Procedures and calendars: read by all, corrected by the keeper, each act recorded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils.translation import override

from rangkul.access.permissions import Permission
from rangkul.access.roles import roles_with
from rangkul.accounts.models import User
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.scope import acting
from rangkul.network.models import Agency, Membership
from rangkul.reference import events, operations, policy, queries, release
from rangkul.trail.models import Act

pytestmark = pytest.mark.usefixtures("committed_db")

AT = datetime(2026, 7, 20, 3, 0, tzinfo=UTC)
TODAY = date(2026, 7, 20)


def member(username: str, *roles: str) -> Actor:
    """Someone of a ministry with these roles, as the owner would have brought her in."""
    agency, _ = Agency.objects.using("owner").get_or_create(
        code="kementerian",
        defaults={
            "name": "Kementerian", "short_name": "Kementerian", "kind": "kementerian",
            "level": "nasional", "area_id": "31",
        },
    )  # fmt: skip
    user = User.objects.using("owner").create(username=username, display_name=username.title())
    place = Membership.objects.using("owner").create(
        agency=agency, user=user, roles=list(roles), since=AT
    )
    return Actor(user.pk, agency.pk, place.pk, place.version, frozenset(roles))


@pytest.fixture
def keeper(committed_db: None) -> Iterator[Actor]:
    actor = member("wulan", "koordinator_nasional")
    with acting(actor):
        yield actor


# -- procedures -------------------------------------------------------------------------------


def test_every_procedure_is_loaded() -> None:
    assert {rule.code for rule in queries.list_rules(on=TODAY)} == {
        row.code for row in release.read_procedures()
    }


def test_a_law_does_not_bind_before_its_day() -> None:
    with pytest.raises(queries.UnknownProcedure):
        queries.get_rule("police_report_tpks", on=date(2022, 5, 8))
    assert queries.get_rule("police_report_tpks", on=date(2022, 5, 9)).amount == 72
    with pytest.raises(queries.UnknownProcedure):
        queries.get_rule("tidak_ada", on=TODAY)


def change(by: Actor, **changes: Any) -> None:
    given = {
        "code": "first_response_medium", "kind": "elapsed", "amount": 4, "unit": "hours",
        "source": "SK 12/2026", "valid_from": TODAY, "area": "62",
    }  # fmt: skip
    operations.change_procedure(by=by, at=AT, **(given | changes))


def hours(area: str, on: date = TODAY) -> int:
    return queries.get_rule("first_response_medium", on=on, area=area).amount


def test_the_narrowest_areas_own_length_holds(keeper: Actor) -> None:
    change(keeper)
    change(keeper, area="62.71", amount=2)
    change(keeper, area="", amount=5)
    assert [hours(area) for area in ("62.71.01", "62.71", "62.01", "63", "")] == [2, 2, 4, 5, 5]
    assert hours("62.71", date(2026, 7, 19)) == 6
    assert queries.get_rule("first_response_medium", on=TODAY, area="62").is_local_value


def test_the_newest_of_two_lengths_holds_from_its_day(keeper: Actor) -> None:
    change(keeper)
    change(keeper, amount=3, valid_from=date(2026, 8, 1))
    assert (hours("62", date(2026, 7, 31)), hours("62", date(2026, 8, 1))) == (4, 3)


def test_a_list_of_rules_agrees_with_each_rule(keeper: Actor) -> None:
    change(keeper)
    for rule in queries.list_rules(on=TODAY, area="62.71"):
        assert rule == queries.get_rule(rule.code, on=TODAY, area="62.71")


def test_a_change_is_recorded(keeper: Actor) -> None:
    change(keeper)
    act = Act.objects.get(name=events.PROCEDURE_CHANGED)
    assert (act.actor_id, act.subject_id, act.at) == (keeper.user_id, "first_response_medium", AT)
    assert act.detail == {"area": "62", "kind": "elapsed", "amount": 4, "unit": "hours"}


@pytest.mark.parametrize("code", ["police_report_tpks", "medical_window", "breach_notice"])
def test_nobody_changes_what_law_or_a_source_sets(keeper: Actor, code: str) -> None:
    with pytest.raises(operations.ProcedureSetByLaw):
        change(keeper, code=code)
    assert not Act.objects.filter(name=events.PROCEDURE_CHANGED).exists()


@pytest.mark.parametrize(
    ("field", "value"), [("amount", 0), ("unit", "weeks"), ("kind", "soon"), ("source", " ")]
)
def test_a_length_that_means_nothing_is_refused(keeper: Actor, field: str, value: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        change(keeper, **{field: value})
    assert set(refused.value.errors) == {field}


def test_working_days_are_counted_in_days(keeper: Actor) -> None:
    with pytest.raises(InvalidInput) as refused:
        change(keeper, kind="working_days", unit="hours")
    assert set(refused.value.errors) == {"unit"}
    with pytest.raises(NotReachable):
        change(keeper, area="00")


# -- calendars --------------------------------------------------------------------------------


def free(by: Actor, day: date, *, area: str = "", is_working: bool = False) -> None:
    operations.set_calendar_override(
        by=by, at=AT, day=day, is_working=is_working, note="Hari jadi", source="SK", area=area
    )


def test_the_narrowest_word_on_a_day_wins(keeper: Actor) -> None:
    day = date(2026, 7, 21)
    free(keeper, day)
    free(keeper, day, area="62.71", is_working=True)
    assert not queries.working_calendar().is_working(day)
    assert not queries.working_calendar("62.01").is_working(day)
    assert queries.working_calendar("62.71.01").is_working(day)
    operations.clear_calendar_override(by=keeper, at=AT, day=day, area="62.71")
    assert not queries.working_calendar("62.71.01").is_working(day)
    assert [o.area_id for o in queries.list_calendar_overrides(year=2026)] == [None]


def test_a_second_word_replaces_the_first(keeper: Actor) -> None:
    day = date(2026, 7, 21)
    free(keeper, day, area="62")
    free(keeper, day, area="62", is_working=True)
    assert queries.working_calendar("62").is_working(day)
    assert len(queries.list_calendar_overrides(year=2026)) == 1
    assert (
        Act.objects.filter(name=events.CALENDAR_CORRECTED, subject_id="62/2026-07-21").count() == 2
    )


def test_what_was_never_corrected_cannot_be_cleared(keeper: Actor) -> None:
    with pytest.raises(NotReachable):
        operations.clear_calendar_override(by=keeper, at=AT, day=TODAY)
    assert not Act.objects.filter(name=events.CALENDAR_CORRECTION_CLEARED).exists()


def test_a_local_holiday_moves_a_working_day_deadline_there_and_nowhere_else(
    keeper: Actor,
) -> None:
    free(keeper, date(2026, 7, 21), area="62")
    start = datetime(2026, 7, 20, 3, 0, tzinfo=UTC)
    in_kalteng = queries.due_at("report_follow_up", start=start, area="62.71")
    in_kalsel = queries.due_at("report_follow_up", start=start, area="63.71")
    assert in_kalteng == datetime(2026, 7, 24, 16, 59, 59, tzinfo=UTC)
    assert in_kalsel == datetime(2026, 7, 23, 15, 59, 59, tzinfo=UTC)


def test_elapsed_time_runs_through_every_holiday(
    keeper: Actor, django_assert_num_queries: Any
) -> None:
    free(keeper, date(2026, 7, 21))
    start = datetime(2026, 7, 20, 3, 0, tzinfo=UTC)
    with django_assert_num_queries(4):
        due = queries.due_at("police_report_tpks", start=start, area="62.71")
    assert due == datetime(2026, 7, 23, 3, 0, tzinfo=UTC)


# -- confirming -------------------------------------------------------------------------------


def confirm(by: Actor, key: str, subject: str = "procedure") -> None:
    operations.confirm_entry(by=by, at=AT, subject=subject, key=key, source="SOP provinsi 2026")


def test_an_unverified_entry_is_confirmed_once_checked(keeper: Actor) -> None:
    confirm(keeper, "first_response_low/1")
    assert queries.list_confirmed("procedure") == {"first_response_low/1"}
    assert queries.list_confirmed("code") == frozenset()
    act = Act.objects.get(name=events.REFERENCE_CONFIRMED)
    assert act.detail == {"subject": "procedure", "key": "first_response_low/1"}


@pytest.mark.parametrize(
    ("subject", "key"),
    [
        ("procedure", "police_report_tpks/1"),
        ("procedure", "first_response_low/2"),
        ("procedure", "first_response_low"),
        ("code", "agama/islam"),
        ("area", "62/1"),
    ],
)
def test_only_what_is_unverified_can_be_confirmed(keeper: Actor, subject: str, key: str) -> None:
    with pytest.raises(NotReachable):
        confirm(keeper, key, subject)


# -- who may ----------------------------------------------------------------------------------


def test_keepers_are_those_whose_role_keeps_standards() -> None:
    assert {role.code for role in roles_with(Permission.KEEP_STANDARDS)} == policy.KEEPERS


def test_nobody_else_corrects_anything() -> None:
    stranger = member("arif", "pendamping", "admin_lembaga")
    with acting(stranger):
        for act in (
            lambda: change(stranger),
            lambda: free(stranger, TODAY),
            lambda: operations.clear_calendar_override(by=stranger, at=AT, day=TODAY),
            lambda: confirm(stranger, "first_response_low/1"),
        ):
            with pytest.raises(policy.KeepingForbidden):
                act()
        assert queries.list_calendar_overrides(year=2026) == []
        assert queries.list_confirmed("procedure") == frozenset()


@pytest.mark.parametrize(
    ("language", "source"),
    [("id", "Nilai bawaan; ditetapkan daerah"), ("en", "Default; set by the province or regency")],
)
def test_a_source_speaks_the_readers_language(language: str, source: str) -> None:
    rule = queries.get_rule("first_response_high", on=TODAY)
    with override(language):
        assert rule.source == source


def test_a_local_source_stays_as_it_was_typed(keeper: Actor) -> None:
    operations.change_procedure(
        by=keeper, at=AT, code="first_response_medium", kind="elapsed", amount=3, unit="hours",
        source="SK Wali Kota 12/2026", valid_from=TODAY, area="62.71",
    )  # fmt: skip
    rule = queries.get_rule("first_response_medium", on=TODAY, area="62.71")
    with override("en"):
        assert rule.source == "SK Wali Kota 12/2026"
