"""Reading custody: numbers, accesses, who carries a case. Lists start from the access row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection
from django.db.models import QuerySet

from rangkul.custody import policy
from rangkul.custody.models import Assignment, Case, CaseAccess
from rangkul.foundation import memory
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.numbers import number_of, read_number

# What the memory of a scope calls a person's access to a case.
ACCESS = "access"


def case_number(case_id: int) -> str:
    """The public number of a case, such as ``RK-7F3K-9QXT``."""
    return number_of("RK", case_id)


def case_id_of(number: str) -> int:
    """The case that ``number`` names; ``MistypedNumber`` without asking the database."""
    return read_number("RK", number)


def accesses(actor: Actor) -> QuerySet[CaseAccess]:
    """The live accesses that ``actor`` may use, newest case first, the case joined."""
    return (
        CaseAccess.objects.filter(policy.visible_to(actor))
        .select_related("case")
        .order_by("-opened_at", "-case_id")
    )


def get_access(actor: Actor, case_id: int) -> CaseAccess:
    """The access by which ``actor`` may see this case. Raises ``NotReachable``.

    Asked once in a scope: a page that reads ten parts of one file proves its right with the first;
    row security holds each part.
    """
    found = memory.once(
        (ACCESS, actor.membership_id, case_id),
        lambda: accesses(actor).filter(case_id=case_id).first(),
    )
    if found is None:
        raise NotReachable("no such case for this person")
    return found


def visible_among(actor: Actor, case_ids: Iterable[int]) -> set[int]:
    """Those of ``case_ids`` that the person may see."""
    return set(accesses(actor).filter(case_id__in=set(case_ids)).values_list("case_id", flat=True))


def lock_case(actor: Actor, case_id: int) -> Case:
    """The visible case, locked against a second writer until the transaction ends.

    The app may not update custody rows, so the lock is an advisory one on the case's id.
    """
    access = get_access(actor, case_id)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(1, hashint8(%s))", [case_id])
    return access.case


def count_caseload(actor: Actor) -> tuple[int, int]:
    """How many live cases the person carries, and how many the person may see at all."""
    visible = CaseAccess.objects.filter(policy.visible_to(actor))
    return visible.filter(policy.assigned_to(actor)).count(), visible.count()


def list_assignments(actor: Actor, case_id: int) -> list[Assignment]:
    """Who of this agency carries the case now, the companion first."""
    return list(
        Assignment.objects.filter(
            agency_id=actor.agency_id, case_id=case_id, until__isnull=True
        ).order_by("part", "since")
    )


def caseload_of(actor: Actor, user_id: int) -> list[Assignment]:
    """What a colleague of the same agency carries now."""
    return list(
        Assignment.objects.filter(
            agency_id=actor.agency_id, user_id=user_id, until__isnull=True
        ).order_by("case_id")
    )


def carriers(case_ids: Iterable[int]) -> dict[tuple[int, int], list[int]]:
    """(agency, case) → who carries it there now, the companion first. For the tick's scope."""
    rows = Assignment.objects.filter(case_id__in=set(case_ids), until__isnull=True)
    found: dict[tuple[int, int], list[int]] = {}
    for agency, case, user in rows.order_by("part", "since").values_list(
        "agency_id", "case_id", "user_id"
    ):
        found.setdefault((agency, case), []).append(user)
    return found


def lead_of(case_id: int) -> int:
    """The agency that leads a case now, 0 for no such case. For the tick's scope."""
    found = CaseAccess.objects.filter(
        case_id=case_id, basis=CaseAccess.LEAD, until__isnull=True
    ).values_list("agency_id", flat=True)
    return found.first() or 0


def list_holders(case_id: int) -> list[int]:
    """The agencies with live access to a case that the acting one holds, from its reach."""
    with connection.cursor() as cursor:
        cursor.execute("select reach from custody_case where id = %s", [case_id])
        found = cursor.fetchone()
    return list(found[0]) if found else []


def list_team(case_id: int) -> dict[int, date | None]:
    """Agency in the joint team → its last day there, for a case that the acting one holds."""
    with connection.cursor() as cursor:
        cursor.execute("select agency, ends from house.team_of(%s)", [case_id])
        return dict(cursor.fetchall())


def held_by(agency_id: int) -> QuerySet[CaseAccess]:
    """The live accesses of the acting agency, as lead or in a team, whoever of it may use them."""
    return CaseAccess.objects.filter(agency_id=agency_id, until__isnull=True)


def list_accesses(actor: Actor, case_id: int) -> list[CaseAccess]:
    """The own agency's past and present accesses to a case, oldest first."""
    return list(
        CaseAccess.objects.filter(agency_id=actor.agency_id, case_id=case_id).order_by("since")
    )
