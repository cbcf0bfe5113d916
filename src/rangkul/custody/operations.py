"""Opening cases, letting agencies in and out, assigning who carries them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import may, require
from rangkul.custody import closing, events, queries
from rangkul.custody.models import Assignment, Case, CaseAccess
from rangkul.foundation import memory
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.ids import new_id
from rangkul.foundation.outbox import Event, post
from rangkul.network import queries as network
from rangkul.trail.operations import record


@transaction.atomic
def open_case(*, subject: UUID, by: Actor, at: datetime) -> Case:
    """Make a case led by the acting agency. Trail: ``case.opened``."""
    require(by.roles, Permission.OPEN_CASE)
    with connection.cursor() as cursor:
        cursor.execute("select house.open_case(%s, %s)", [subject, at])
        case_id: int = cursor.fetchone()[0]
    record(
        by=by, at=at, name=events.CASE_OPENED, subject_kind="case", subject_id=case_id,
        case_id=case_id,
    )  # fmt: skip
    return Case.objects.get(id=case_id)


@transaction.atomic
def join_agency(
    *, case_id: int, agency_id: int, by: Actor, at: datetime, ends_on: date | None = None
) -> None:
    """Let one more agency into the case as a joint team. Lead's supervisor only.

    ``ends_on`` is its last day in the team, where it stands. The joining agency is told by the
    outbox, so that its search comes to know the case. Raises ``InvalidInput``.
    """
    require(by.roles, Permission.ASSIGN_CASE)
    queries.lock_case(by, case_id)
    if not network.stands(network.get_agency(agency_id), at):
        raise InvalidInput({"agency": "ended"})
    _check_end(agency_id, ends_on, at)
    with connection.cursor() as cursor:
        cursor.execute("select house.join_case(%s, %s, %s, %s)", [case_id, agency_id, at, ends_on])
    record(
        by=by, at=at, name=events.TEAM_JOINED, subject_kind="case", subject_id=case_id,
        case_id=case_id, detail={"agency": agency_id},
    )  # fmt: skip
    post(Event(events.TEAM_JOINED, "case", str(case_id), agency_id))


def _check_end(agency_id: int, ends_on: date | None, at: datetime) -> None:
    if ends_on is not None and ends_on < network.day_at(agency_id, at):
        raise InvalidInput({"ends_on": "past"})


@transaction.atomic
def set_team_end(*, case_id: int, agency_id: int, ends_on: date, by: Actor, at: datetime) -> None:
    """Another last day for an agency's place in the team. Lead's supervisor only."""
    require(by.roles, Permission.ASSIGN_CASE)
    queries.lock_case(by, case_id)
    _check_end(agency_id, ends_on, at)
    with connection.cursor() as cursor:
        cursor.execute("select house.set_team_end(%s, %s, %s)", [case_id, agency_id, ends_on])
    record(
        by=by, at=at, name=events.TEAM_END_SET, subject_kind="case", subject_id=case_id,
        case_id=case_id, detail={"agency": agency_id, "ends_on": ends_on.isoformat()},
    )  # fmt: skip


@transaction.atomic
def end_over_places(*, at: datetime) -> list[tuple[int, int]]:
    """End the places in teams whose last day is over; (case, agency) of each. For the tick's scope.

    Each is recorded once, on the case, by nobody of an agency.
    """
    with connection.cursor() as cursor:
        cursor.execute("select * from house.end_over_places(%s)", [at])
        ended: list[tuple[int, int]] = cursor.fetchall()
    for case_id, agency_id in ended:
        record(
            by=None, at=at, name=events.ACCESS_ENDED, subject_kind="case", subject_id=case_id,
            case_id=case_id, purpose="tick", reason="last_day",
            detail={"agency": agency_id},
        )  # fmt: skip
    return ended


@transaction.atomic
def end_access(*, case_id: int, agency_id: int, by: Actor, at: datetime) -> None:
    """End a joint team's access at once; its assignments and search tokens end with it."""
    require(by.roles, Permission.ASSIGN_CASE)
    queries.lock_case(by, case_id)
    record(
        by=by, at=at, name=events.ACCESS_ENDED, subject_kind="case", subject_id=case_id,
        case_id=case_id, detail={"agency": agency_id},
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("select house.end_access(%s, %s, %s)", [case_id, agency_id, at])
    memory.forget(queries.ACCESS)


@transaction.atomic
def assign(
    *, case_id: int, user_id: int, by: Actor, at: datetime, part: str = Assignment.COMPANION
) -> None:
    """Give the case to a colleague to carry; does nothing when it is already carried so.

    Giving a visible case to anyone is the supervisor's act. The first companion of a case that is
    being opened in this very act is named by whoever opens it: herself, or the one on duty.
    """
    if not _names_first(case_id, user_id, by, at):
        require(by.roles, Permission.ASSIGN_CASE)
        queries.get_access(by, case_id)
    if network.get_live_actor(user_id=user_id, agency_id=by.agency_id) is None:
        raise InvalidInput({"user": "not a member of this agency"})
    if closing.related_among([case_id], user_id, by.agency_id):
        raise InvalidInput({"user": "related"})
    known = Assignment.objects.filter(
        case_id=case_id, agency_id=by.agency_id, user_id=user_id, until__isnull=True
    ).exists()
    if known:
        return
    Assignment.objects.create(
        id=new_id(), agency_id=by.agency_id, case_id=case_id, user_id=user_id, part=part,
        since=at, assigned_by=by.user_id,
    )  # fmt: skip
    record(
        by=by, at=at, name=events.COMPANION_ASSIGNED, subject_kind="case", subject_id=case_id,
        case_id=case_id, detail={"user": user_id, "part": part},
    )  # fmt: skip


def _names_first(case_id: int, user_id: int, by: Actor, at: datetime) -> bool:
    """Whether this very act opens the case, nobody carries it, and the person may name who does."""
    needed = Permission.SEE_OWN_CASES if user_id == by.user_id else Permission.CALL_COMPANION
    if not may(by.roles, needed):
        return False
    opened_now = CaseAccess.objects.filter(
        case_id=case_id, agency_id=by.agency_id, opened_at=at, since=at
    ).exists()
    carried = Assignment.objects.filter(case_id=case_id, agency_id=by.agency_id).exists()
    return opened_now and not carried


@transaction.atomic
def unassign(*, case_id: int, user_id: int, by: Actor, at: datetime) -> None:
    """Take the case off a colleague's list, but never off everybody's: ``InvalidInput``."""
    require(by.roles, Permission.ASSIGN_CASE)
    queries.lock_case(by, case_id)
    if {row.user_id for row in queries.list_assignments(by, case_id)} == {user_id}:
        raise InvalidInput({"user": "last_one"})
    changed = Assignment.objects.filter(
        case_id=case_id, agency_id=by.agency_id, user_id=user_id, until__isnull=True
    ).update(until=at)
    memory.forget(queries.ACCESS)
    if changed:
        record(
            by=by, at=at, name=events.ASSIGNMENT_ENDED, subject_kind="case", subject_id=case_id,
            case_id=case_id, detail={"user": user_id},
        )  # fmt: skip


@transaction.atomic
def hand_over_caseload(*, from_user_id: int, to_user_id: int, by: Actor, at: datetime) -> int:
    """Move everything that one colleague carries to another, in one act; the count moved.

    One trail record for each case, so that every file tells who carried it when.
    """
    require(by.roles, Permission.HAND_OVER_CASELOAD)
    if network.get_live_actor(user_id=to_user_id, agency_id=by.agency_id) is None:
        raise InvalidInput({"to": "not a member of this agency"})
    if from_user_id == to_user_id:
        raise InvalidInput({"to": "the same person"})
    carried = list(
        Assignment.objects.select_for_update()
        .filter(agency_id=by.agency_id, user_id=from_user_id, until__isnull=True)
        .order_by("case_id")
    )
    # A file that is closed to the new person stays with whoever carries it.
    closed = closing.related_among([row.case_id for row in carried], to_user_id, by.agency_id)
    carried = [row for row in carried if row.case_id not in closed]
    already = set(
        Assignment.objects.filter(
            agency_id=by.agency_id, user_id=to_user_id, until__isnull=True
        ).values_list("case_id", flat=True)
    )
    Assignment.objects.filter(id__in=[row.id for row in carried]).update(until=at)
    memory.forget(queries.ACCESS)
    Assignment.objects.bulk_create(
        Assignment(
            id=new_id(), agency_id=by.agency_id, case_id=row.case_id, user_id=to_user_id,
            part=row.part, since=at, assigned_by=by.user_id,
        )
        for row in carried
        if row.case_id not in already
    )  # fmt: skip
    for row in carried:
        record(
            by=by, at=at, name=events.CASELOAD_HANDED_OVER, subject_kind="case",
            subject_id=row.case_id, case_id=row.case_id,
            detail={"from": from_user_id, "to": to_user_id},
        )  # fmt: skip
    return len(carried)
