"""Reading requests, holds, restrictions, erasures, and what is ripe by the schedule."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q

from rangkul.access.policy import may, require
from rangkul.custody import queries as custody
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.counting import Named, named_count
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.numbers import number_of, row_of
from rangkul.reference import queries as reference
from rangkul.retention import policy, workflow
from rangkul.retention.models import Erasure, Hold, Request, Restriction

_PREFIX = "HD"
SCHEDULE = "masa_simpan"
_LEAP = (2, 29)


def request_number(request_id: int) -> str:
    """The public number of a request, such as ``HD-7F3K-9QXT``."""
    return number_of(_PREFIX, request_id)


def request_id_of(number: str) -> int:
    """The request that ``number`` names. Raises ``NotReachable`` for a mistyped one."""
    return row_of(_PREFIX, number)


def get_request(actor: Actor, request_id: int) -> Request:
    """A request that this person sees. Raises ``NotReachable``."""
    found = Request.objects.filter(policy.visible_to(actor), id=request_id).first()
    if found is None:
        raise NotReachable("no such request")
    return found


def lock_request(actor: Actor, request_id: int) -> Request:
    """The same, locked against a second answer until the transaction ends."""
    get_request(actor, request_id)
    return Request.objects.select_for_update().get(id=request_id)


def list_requests(actor: Actor, *, ended: bool = False, limit: int = 100) -> list[Request]:
    """The requests that this person sees, open ones oldest first, ended ones newest first."""
    found = Request.objects.filter(policy.visible_to(actor))
    waits = Q(state__in=workflow.OPEN) | Q(state=workflow.REFUSED, told_at__isnull=True)
    if ended:
        return list(found.exclude(waits).order_by("-received_at")[:limit])
    return list(found.filter(waits).order_by("received_at")[:limit])


def list_of_case(actor: Actor, case_id: int) -> list[Request]:
    """The requests about one case that this person sees, newest first."""
    return list(
        Request.objects.filter(policy.visible_to(actor), case_id=case_id).order_by("-received_at")
    )


def waiting_counts(actor: Actor) -> list[Named]:
    """``rights``: open requests, for whoever handles them; for ``count_all``."""
    if not may(actor.roles, policy.HANDLES):
        return []
    found = Request.objects.filter(policy.visible_to(actor), state__in=workflow.OPEN)
    return [named_count("rights", found)]


def words_place(subject: UUID, column: str) -> vault.Place:
    """Where a request's words stand; its ``subject`` names the row before it has a number."""
    return vault.Place("retention_request", column, subject)


@dataclass(frozen=True, slots=True)
class Words:
    """What was asked and what was answered, opened."""

    asked: str
    answered: str


def open_words(request: Request) -> Words:
    """Both, or "" where nothing was written. Callers record the reading."""
    opened = [
        vault.open_text(bytes(value), words_place(request.subject, column)) if value else ""
        for column, value in (
            ("words_sealed", request.words_sealed), ("answer_sealed", request.answer_sealed),
        )
    ]  # fmt: skip
    return Words(*opened)


# -- hold, restriction, erasure ---------------------------------------------------------------


def live_restriction(case_id: int) -> Restriction | None:
    """The restriction that stands on a case of the acting agency."""
    return Restriction.objects.filter(case_id=case_id, until__isnull=True).first()


def is_restricted(case_id: int) -> bool:
    """Whether the file takes no new acts, for any agency that sees the case."""
    with connection.cursor() as cursor:
        cursor.execute("select house.file_restricted(%s)", [case_id])
        return bool(cursor.fetchone()[0])


def leads(case_id: int) -> bool:
    """Whether the acting agency leads the case now."""
    with connection.cursor() as cursor:
        cursor.execute("select house.leads_case(%s)", [case_id])
        return bool(cursor.fetchone()[0])


def is_held(case_id: int) -> bool:
    """Whether a legal hold stands on the case."""
    with connection.cursor() as cursor:
        cursor.execute("select house.file_held(%s)", [case_id])
        return bool(cursor.fetchone()[0])


def list_holds(actor: Actor) -> list[Hold]:
    """The legal holds of the agency that stand, oldest first. For whoever handles requests."""
    require(actor.roles, policy.HANDLES)
    return list(
        Hold.objects.filter(agency_id=actor.agency_id, until__isnull=True).order_by("since")
    )


def lock_hold(actor: Actor, hold_id: UUID) -> Hold:
    """A standing hold of the agency, locked. Raises ``NotReachable``."""
    found = (
        Hold.objects.select_for_update()
        .filter(id=hold_id, agency_id=actor.agency_id, until__isnull=True)
        .first()
    )
    if found is None:
        raise NotReachable("no such hold")
    return found


def list_erasures(actor: Actor, *, limit: int = 50) -> list[Erasure]:
    """The agency's erasures, newest first. For whoever handles requests."""
    require(actor.roles, policy.HANDLES)
    found = Erasure.objects.filter(agency_id=actor.agency_id).exclude(state=workflow.TAKEN_BACK)
    return list(found.order_by("-proposed_at")[:limit])


def lock_erasure(actor: Actor, erasure_id: UUID) -> Erasure:
    """An erasure of the agency, locked. Raises ``NotReachable``."""
    require(actor.roles, policy.HANDLES)
    found = (
        Erasure.objects.select_for_update().filter(id=erasure_id, agency_id=actor.agency_id).first()
    )
    if found is None:
        raise NotReachable("no such erasure")
    return found


def erasure_of(case_ids: Iterable[int]) -> dict[int, Erasure]:
    """Case → its erasure, where one was proposed and not taken back."""
    found = Erasure.objects.filter(case_id__in=list(case_ids)).exclude(state=workflow.TAKEN_BACK)
    return {row.case_id: row for row in found}


def obstacle(case_id: int) -> str:
    """Why a case cannot be erased now, as a code; "" for nothing. The lead's only."""
    with connection.cursor() as cursor:
        cursor.execute("select house.erasure_obstacle(%s)", [case_id])
        return str(cursor.fetchone()[0])


# -- the schedule -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ripe:
    """A file whose time is over: number, class, when it was closed, since when it is ripe."""

    case_id: int
    number: str
    schedule: str
    closed_on: date
    ripe_on: date
    held: bool


def list_ripe(actor: Actor, *, at: datetime, limit: int = 200) -> list[Ripe]:
    """The closed files of the agency that the schedule no longer keeps, the ripest first.

    Numbers and dates only: nothing of it opens a file, and nothing erases one.
    """
    require(actor.roles, policy.HANDLES)
    today = at.date()
    with connection.cursor() as cursor:
        cursor.execute("select ripe_case, class, closed_on from house.ripe_cases(%s)", [today])
        rows = cursor.fetchall()
    years = {code.code: int(code.mappings["years"]) for code in reference.codes(SCHEDULE)}
    found = [
        (years_after(closed, years[schedule]), case_id, schedule, closed)
        for case_id, schedule, closed in rows
    ]
    ripe = sorted(row for row in found if row[0] <= today)[:limit]
    taken = erasure_of(row[1] for row in ripe)
    held = set(
        Hold.objects.filter(case_id__in=[row[1] for row in ripe], until__isnull=True).values_list(
            "case_id", flat=True
        )
    )
    return [
        Ripe(case_id, custody.case_number(case_id), schedule, closed, ripe_on, case_id in held)
        for ripe_on, case_id, schedule, closed in ripe
        if case_id not in taken
    ]


def years_after(day: date, years: int) -> date:
    """The same day so many years on; the last of February for a leap day."""
    if (day.month, day.day) == _LEAP:
        return date(day.year + years, 2, 28)
    return day.replace(year=day.year + years)


@dataclass(frozen=True, slots=True)
class Packed:
    """A breach pack that was made: when, for which window, how much it touched."""

    at: datetime
    detail: dict[str, object]


def list_packs(actor: Actor, *, limit: int = 20) -> Sequence[Packed]:
    """The breach packs made about the agency, newest first, as the trail has them."""
    require(actor.roles, policy.HANDLES)
    with connection.cursor() as cursor:
        cursor.execute(
            "select at, detail from trail_act where agency_id = %s and name = 'breach.packed' "
            "order by at desc limit %s",
            [actor.agency_id, limit],
        )
        return [Packed(at, _plain(detail)) for at, detail in cursor.fetchall()]


def _plain(detail: object) -> dict[str, object]:
    if isinstance(detail, str):
        return dict(json.loads(detail))
    return dict(detail) if isinstance(detail, dict) else {}
