"""The public's door: a report by nobody who is known, and what the holder of its code may do.

Everything here runs under the receiving agency's *intake*, with nobody's name: person number 0.
Nothing of a visitor is written down; what is written stands under the report's own keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction

from rangkul.alerts import operations as alerts
from rangkul.alerts import queries as calls
from rangkul.alerts.models import Alert
from rangkul.foundation import longcode, vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, RangkulError
from rangkul.foundation.ids import new_id
from rangkul.foundation.longcode import LongCode
from rangkul.foundation.scope import Scope, system, within
from rangkul.foundation.vault import DataClass, Owner
from rangkul.network import queries as network
from rangkul.reports import door, events, queries, receipts, talk, workflow
from rangkul.reports.content import DOOR
from rangkul.reports.door import DoorContent, SafeContact, Taken
from rangkul.reports.models import DoorReport, Message, Report
from rangkul.reports.operations import flocking
from rangkul.reports.operations.taking import INTAKE, check_content, receive_in, start_clocks
from rangkul.reports.receipts import Pointer
from rangkul.trail.operations import record

# [local] Messages that wait unread: more of them say nothing more, and could be a flood.
MOST_UNREAD: Final = 20
# [local] Calls of a desk in a minute for reports by this door; what comes beyond is in the list.
_CALLS_A_MINUTE: Final = 10


class SentBefore(RangkulError):
    """This form was sent long ago; its code was shown then and is not shown again."""

    code = "sent_before"


@transaction.atomic
def send_public(*, content: DoorContent, nonce: bytes, at: datetime) -> Taken | None:
    """A report by the public's door: taken in, routed, its receipt kept, the desk called.

    ``nonce`` is the form's own: the same form again changes nothing (``None``), and within
    `receipts.SHOWN_FOR` its code may be shown again. Raises ``SentBefore`` after that, and
    ``InvalidInput`` (``area``: ``no_desk`` when nobody receives reports for it).
    """
    door.check(content)
    check_content(content.report(), at=at)
    code = receipts.code_of_form(nonce)
    digest = longcode.digest(code)
    with system(INTAKE):
        flocking.one_at_a_time(int.from_bytes(nonce[:4], "big", signed=True), kind=5)
        before = receipts.find(code, at=at, digest=digest)
    if before is not None:
        if at - before.made_at > receipts.SHOWN_FOR:
            raise SentBefore("this form was sent before")
        return None
    desk = network.public_desk(content.area, needs=content.needs, at=at, besides=content.besides)
    if desk is None:
        raise InvalidInput({"area": "no_desk"})
    with _within(desk.agency_id) as nobody:
        report = Report.objects.create(
            subject=uuid4(), agency_id=desk.agency_id, desk_id=desk.id, state=workflow.DRAFT,
            channel=DOOR, entered_at=at, taken_by=0,
        )  # fmt: skip
        receive_in(report, content.report(), by=nobody, at=at, purpose=INTAKE, clocked=False)
        row = DoorReport.objects.create(
            report=report, agency_id=desk.agency_id, language=content.language,
            danger=content.danger, contact_sealed=_sealed_contact(report, content.contact),
        )  # fmt: skip
        receipts.keep(code, agency_id=desk.agency_id, report_id=report.id, at=at, digest=digest)
        # The last of it: whoever writes the same waits here until this one stands.
        place = flocking.gather(row, content.words, desk_id=desk.id, at=at)
        if place.speaks:
            start_clocks(report, by=nobody, at=at, purpose=INTAKE)
            _call(report, at=at)
    return Taken(report.id, desk)


@transaction.atomic
def was_sent(*, nonce: bytes, at: datetime) -> bool:
    """Whether this form was sent already."""
    with system(INTAKE):
        return receipts.find(receipts.code_of_form(nonce), at=at) is not None


@transaction.atomic
def find_receipt(*, code: LongCode, at: datetime, digest: bytes = b"") -> Pointer | None:
    """Where a code leads, ``None`` where nowhere; one that is used sleeps anew.

    ``digest`` is the code's, where the one door has made it for every kind of code.
    """
    with system(INTAKE):
        found = receipts.find(code, at=at, digest=digest)
        if found is not None:
            receipts.prolong(found, at=at)
    return found


@transaction.atomic
def open_receipt(*, pointer: Pointer) -> talk.Told:
    """All that is told to whoever holds the code."""
    with _within(pointer.agency_id):
        return talk.told(pointer.report_id)


@transaction.atomic
def write_from_outside(*, pointer: Pointer, text: str, token: UUID, at: datetime) -> None:
    """A message to the desk; the same ``token`` again writes nothing. Raises ``InvalidInput``.

    It is taken whatever became of the report, so that what is taken tells nothing of it.
    """
    words = door.check_message(text)
    with _within(pointer.agency_id):
        row = _row(pointer)
        if Message.objects.filter(id=token).exists():
            return
        if row.unread >= MOST_UNREAD:
            raise InvalidInput({"message": "too_many"})
        add_message(row.report, words, id_=token, by_user=None, at=at)
        row.unread += 1
        row.save(update_fields=["unread"])
        _record(events.MESSAGE_ARRIVED, row, at=at)
        _call_for_message(row, at=at)


@transaction.atomic
def choose_contact(*, pointer: Pointer, contact: SafeContact, at: datetime) -> None:
    """She chooses anew how she may be reached, or that she may not. Raises ``InvalidInput``."""
    errors = door.wrong_contact(contact)
    if errors:
        raise InvalidInput(errors)
    with _within(pointer.agency_id):
        row = _row(pointer)
        row.contact_sealed = _sealed_contact(row.report, contact)
        row.save(update_fields=["contact_sealed"])
        _record(events.CONTACT_CHOSEN, row, at=at)
        _call_for_message(row, at=at)


@transaction.atomic
def withdraw(*, pointer: Pointer, at: datetime) -> None:
    """She takes her report back: nobody writes to her any more, and the code opens nothing.

    The report itself stays, because a withdrawal may be forced; the desk is told, and decides
    whether somebody is in danger.
    """
    with _within(pointer.agency_id):
        row = _row(pointer)
        row.contact_sealed = _sealed_contact(row.report, SafeContact(way="jangan"))
        row.withdrawn_at = at
        row.save(update_fields=["contact_sealed", "withdrawn_at"])
        _record(events.REPORT_WITHDRAWN, row, at=at)
        _call_for_message(row, at=at)
        receipts.end(pointer)


# -- how it is kept ---------------------------------------------------------------------------


@contextmanager
def _within(agency_id: int) -> Iterator[Actor]:
    """The agency's intake, in nobody's name."""
    with within(Scope(agency_id, 0, 0, 0, INTAKE)):
        yield Actor(0, agency_id, 0, 0, frozenset())


def _row(pointer: Pointer) -> DoorReport:
    found = DoorReport.objects.select_for_update(of=("self",)).select_related("report")
    return found.get(report_id=pointer.report_id)


def _sealed_contact(report: Report, contact: SafeContact) -> bytes:
    key = vault.key_for(Owner("report", report.id), report.subject, DataClass.CONTACT)
    return vault.seal(key, queries.contact_place(report.id), contact.to_json())


def add_message(
    report: Report, words: str, *, id_: UUID | None, by_user: int | None, at: datetime
) -> Message:
    """One more message of the talk, sealed under the report's key."""
    message_id = id_ or new_id()
    key = vault.key_for(Owner("report", report.id), report.subject, DataClass.ACCOUNT)
    return Message.objects.create(
        id=message_id, agency_id=report.agency_id, report=report, by_user=by_user, at=at,
        body_sealed=vault.seal(key, queries.message_place(message_id), words),
    )  # fmt: skip


def _record(name: str, row: DoorReport, *, at: datetime) -> None:
    record(
        by=None, agency_id=row.agency_id, at=at, name=name, subject_kind="report",
        subject_id=row.report_id, purpose=INTAKE,
    )  # fmt: skip


def _call(report: Report, *, at: datetime) -> None:
    """Call the desk: each report by itself, and from the eleventh of a minute on all together."""
    minute = calls.count_calls(
        desk_id=report.desk_id or 0, kind=events.REPORT_RECEIVED,
        since=at.replace(second=0, microsecond=0),
    )  # fmt: skip
    together = minute >= _CALLS_A_MINUTE
    name = f"{at:%Y%m%d%H%M}" if together else str(report.id)
    _raise(events.REPORT_RECEIVED, report, name=name, urgent=report.risk == "tinggi", at=at)


def _call_for_message(row: DoorReport, *, at: datetime) -> None:
    """Somebody wrote: one call in a minute and report."""
    name = f"{row.report_id}:{at:%Y%m%d%H%M}"
    _raise(events.REPORT_ADDED_TO, row.report, name=name, urgent=False, at=at)


def _raise(kind: str, report: Report, *, name: str, urgent: bool, at: datetime) -> None:
    call = alerts.Call(
        token=f"{kind}:{name}", agency_id=report.agency_id, audience=Alert.DESK,
        desk_id=report.desk_id, kind=kind, subject_kind="report", subject_id=str(report.id),
        about=("report", str(report.id)), urgent=urgent,
    )  # fmt: skip
    alerts.raise_alerts(calls=[call], at=at)
