"""The demonstration's directory: complete, unconfirmed, repeatable, and somebody on duty."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.rows import as_owner

from rangkul.accounts.models import User
from rangkul.commands import demo
from rangkul.commands.demo_directory import load_directory, load_duty, load_staff
from rangkul.network import queries
from rangkul.network.models import Agency, Desk, DutyShift, Membership

AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@pytest.fixture
def loaded(untouched_db: None, committed_db: None) -> list:
    # The cast of other tests shares sign-in names with the demonstration's people.
    with as_owner() as owner:
        owner.execute("truncate network_agency, accounts_user cascade")
    load_directory("owner")
    staff = load_staff("owner", at=AT)
    load_duty("owner", at=AT)
    return staff


def test_loading_twice_changes_nothing(loaded: list) -> None:
    def count() -> list[int]:
        return [m.objects.count() for m in (Agency, Desk, User, Membership, DutyShift)]

    before = count()
    load_directory("owner")
    again = load_staff("owner", at=AT + timedelta(hours=1))
    assert load_duty("owner", at=AT) == 0
    assert count() == before
    assert [p.membership_id for p in again] == [p.membership_id for p in loaded]


def test_every_puskesmas_of_dki_and_nothing_confirmed(loaded: list) -> None:
    found = Agency.objects.filter(code__startswith="pkm-dki-", area__code__startswith="31.")
    assert found.count() == 44
    assert not Agency.objects.exclude(confirmed_on=None).exists()


def test_nobody_has_a_password_and_all_are_the_demonstrations(loaded: list) -> None:
    users = list(User.objects.all())
    assert len(users) == len(loaded)
    assert all(u.is_demo and not u.has_usable_password() for u in users)


def test_open_desks_with_staff_have_cover_all_fortnight(loaded: list) -> None:
    desks = {p.desk_id for p in loaded if p.desk_id}
    assert desks
    for desk in Desk.objects.select_related("agency").filter(id__in=desks):
        for day in range(14):
            moment = AT + timedelta(days=day)
            if queries.open_now(desk, moment):
                assert queries.on_duty(desk.id, moment), (desk.code, moment)


def test_three_weeks_later_the_next_start_continues_the_roster(loaded: list) -> None:
    later = AT + timedelta(days=21)
    desks = {p.desk_id for p in loaded if p.desk_id}
    open_then = [
        desk.id for desk in Desk.objects.select_related("agency").filter(id__in=desks)
        if queries.open_now(desk, later)
    ]  # fmt: skip
    assert open_then
    assert not any(cover.is_covered for cover in queries.cover_of(open_then, later).values())
    assert demo.keep_on_duty(later) > 0
    assert all(cover.is_covered for cover in queries.cover_of(open_then, later).values())
    assert demo.keep_on_duty(later) == 0


def test_hours_that_somebody_is_down_for_are_left_alone(loaded: list) -> None:
    later = AT + timedelta(days=40)
    member = next(p for p in loaded if p.desk_id)
    DutyShift.objects.using("owner").create(
        agency_id=member.agency_id, desk_id=member.desk_id, membership_id=member.membership_id,
        starts_at=later, ends_at=later + timedelta(days=30),
    )  # fmt: skip
    demo.keep_on_duty(later)
    turns = DutyShift.objects.filter(desk_id=member.desk_id, ends_at__gt=later)
    assert turns.count() == 1


def test_a_shelter_has_no_position(loaded: list) -> None:
    shelters = Desk.objects.filter(offers__service="hunian")
    assert shelters.exists()
    assert not shelters.exclude(latitude=None).exists()
