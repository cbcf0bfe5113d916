"""A request comes in: by whom, about which file, in whose words; its clock begins at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.db import connection, transaction

from rangkul.access.policy import require
from rangkul.clocks import operations as clocks
from rangkul.consent.deciding import GUARDIAN_SUSPECTED
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.vault import DataClass, Owner
from rangkul.network import queries as network
from rangkul.retention import events, policy, queries, workflow
from rangkul.retention.models import Request
from rangkul.trail.operations import record

SUBJECT: Final = "right"
"""What clocks, alerts and the trail call a request."""
MANNERS: Final = ("in_person", "phone", "letter", "message")
LANGUAGES: Final = ("id", "en")
MOST_WORDS: Final = 4000
# Written down later than it was said, at most so much: a clock must not begin in another month.
_LATE: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Asking:
    """What somebody asked: ``case_id`` as its number said, ``received_at`` when it was said.

    ``person_id`` is who came for her, one of the people of the file, where ``asked_by`` is a
    guardian or a proxy.
    """

    case_id: int
    kind: str
    asked_by: str
    manner: str
    token: UUID
    received_at: datetime
    language: str = "id"
    words: str = ""
    person_id: UUID | None = None


@transaction.atomic
def receive_request(*, asking: Asking, by: Actor, at: datetime) -> Request:
    """Take a request in, for the agency that leads the case; its 3×24 hours run from when it came.

    Any of the agency's staff may, without seeing the file. Sent twice it counts once. Raises
    ``InvalidInput``, ``NotReachable`` (no such case here), ``GuardianTurnedAway``.
    Trail: ``right.received``.
    """
    require(by.roles, policy.RECEIVES)
    errors = _errors(asking, at)
    if errors:
        raise InvalidInput(errors)
    known = Request.objects.filter(agency_id=by.agency_id, token=asking.token).first()
    if known is not None:
        return known
    _check_leads(asking.case_id)
    if asking.asked_by != Request.HERSELF:
        _check_guardian(asking)
    row = Request(
        agency_id=by.agency_id, case_id=asking.case_id, subject=uuid4(), kind=asking.kind,
        asked_by=asking.asked_by, person_id=asking.person_id, manner=asking.manner,
        language=asking.language, received_at=asking.received_at, received_by=by.user_id,
        token=asking.token,
    )  # fmt: skip
    row.words_sealed = seal(row, "words_sealed", asking.words) if asking.words else None
    row.save(force_insert=True)
    clocks.start(
        procedure=workflow.CLOCKS[asking.kind], subject_kind=SUBJECT, subject_id=row.id,
        area=network.get_agency(by.agency_id).area_id, by=by, at=at, since=asking.received_at,
        case_id=asking.case_id,
    )  # fmt: skip
    record(
        by=by, at=at, name=events.REQUEST_RECEIVED, subject_kind=SUBJECT, subject_id=row.id,
        case_id=asking.case_id, detail={"kind": row.kind, "by": row.asked_by, "how": row.manner},
    )  # fmt: skip
    return row


@transaction.atomic
def note_turned_away(*, case_id: int, by: Actor, at: datetime) -> None:
    """Put down that a guardian was not let in; whoever reviews the file must see it."""
    require(by.roles, policy.RECEIVES)
    _check_leads(case_id)
    record(
        by=by, at=at, name=events.GUARDIAN_TURNED_AWAY, subject_kind="case", subject_id=case_id,
        case_id=case_id,
    )  # fmt: skip


def seal(request: Request, column: str, words: str) -> bytes:
    """The words of a request under a key of its own, which goes with the case's at an erasure."""
    key = vault.key_for(Owner(SUBJECT, request.case_id), request.subject, DataClass.ACCOUNT)
    return vault.seal(key, queries.words_place(request.subject, column), words)


def _check_leads(case_id: int) -> None:
    """Not told apart: a case of others, one led elsewhere, and one that is not there."""
    with connection.cursor() as cursor:
        cursor.execute("select house.leads_case(%s)", [case_id])
        if not cursor.fetchone()[0]:
            raise NotReachable("no such case is led here")


def _check_guardian(asking: Asking) -> None:
    """Who may be the suspect, or is one, does not act for the person whose data these are.

    Asked of the database, since who takes a request in need not see the file. Raises
    ``GuardianTurnedAway``.
    """
    flag = GUARDIAN_SUSPECTED if asking.asked_by == Request.GUARDIAN else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "select house.guardian_barred(%s, %s, %s)", [asking.case_id, asking.person_id, flag]
        )
        if cursor.fetchone()[0]:
            raise policy.GuardianTurnedAway("not for this guardian")


def _errors(asking: Asking, at: datetime) -> dict[str, str]:
    errors: dict[str, str] = {}
    if asking.kind not in workflow.KINDS:
        errors["kind"] = "unknown"
    if asking.asked_by not in (Request.HERSELF, Request.GUARDIAN, Request.PROXY):
        errors["asked_by"] = "unknown"
    if asking.manner not in MANNERS:
        errors["manner"] = "unknown"
    if asking.language not in LANGUAGES:
        errors["language"] = "unknown"
    if len(asking.words) > MOST_WORDS:
        errors["words"] = "too_long"
    if asking.kind == workflow.CORRECTION and not asking.words.strip():
        errors["words"] = "required"
    if asking.received_at > at:
        errors["received_at"] = "future"
    elif asking.received_at < at - _LATE:
        errors["received_at"] = "too_early"
    return errors
