"""What a registered reporter writes beside sending: her kept draft, and what she adds later."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import may, require
from rangkul.foundation import outbox, vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.scope import Scope, within
from rangkul.foundation.vault import DataClass, Owner
from rangkul.foundation.workflow import IllegalMove
from rangkul.network import queries as network
from rangkul.reference import queries as reference
from rangkul.reports import events, queries, workflow
from rangkul.reports.content import MOST_ACCOUNT, ReportContent
from rangkul.reports.models import Report
from rangkul.reports.operations.taking import INTAKE, write_draft
from rangkul.trail import queries as trail
from rangkul.trail.operations import record

# [local] What lies further back is no news to the report any more: it is a report of its own.
_ADDED_WITHIN: Final = timedelta(days=30)
_ADDABLE: Final = frozenset({workflow.RECEIVED, workflow.IN_HAND})
_MOST_ADDED: Final = 4000


@transaction.atomic
def keep_draft(*, content: ReportContent, by: Actor, at: datetime) -> Report | None:
    """Keep what stands on her form, sealed in her own agency and read by herself alone.

    ``None`` for somebody who also takes reports: her drafts are of that kind.
    """
    require(by.roles, Permission.SEND_REGISTERED_REPORT)
    if may(by.roles, Permission.TAKE_REPORT):
        return None
    row = _own_draft(by)
    if row is None:
        row = Report.objects.create(
            subject=uuid4(), agency_id=by.agency_id, state=workflow.DRAFT, entered_at=at,
            taken_by=by.user_id,
        )  # fmt: skip
    write_draft(row, content)
    return row


@transaction.atomic
def open_draft(*, by: Actor) -> ReportContent | None:
    """What was kept of a form that she has not sent; ``None`` where nothing stands."""
    require(by.roles, Permission.SEND_REGISTERED_REPORT)
    row = _own_draft(by)
    if row is None:
        return None
    content = queries.unseal(row).content
    typed = content.account or content.about.name or content.answers
    return content if typed else None


@transaction.atomic
def forget_draft(*, by: Actor) -> None:
    """The form was sent, or is not wanted: nothing of it is kept."""
    row = _own_draft(by)
    if row is not None:
        write_draft(row, ReportContent())


def _own_draft(by: Actor) -> Report | None:
    found = Report.objects.select_for_update().filter(
        agency_id=by.agency_id, taken_by=by.user_id, state=workflow.DRAFT
    )
    return found.order_by("id").first()


@transaction.atomic
def add_to_report(*, number: str, words: str, by: Actor, at: datetime) -> None:
    """Add words to a report that she sent, as long as no case was made of it.

    They stand below the report's own, with their hour; the desk is told. Raises ``NotReachable``
    for a report that she did not send, ``IllegalMove`` once it has gone on, ``InvalidInput``.
    """
    require(by.roles, Permission.SEND_REGISTERED_REPORT)
    report_id, desk_id = _sent(number, by, at)
    text = words.strip()
    if not text:
        raise InvalidInput({"words": "required"})
    if len(text) > _MOST_ADDED:
        raise InvalidInput({"words": "too_long"})
    desk = network.get_desk(desk_id)
    guest = Actor(by.user_id, desk.agency_id, 0, 0, frozenset())
    with within(Scope(desk.agency_id, by.user_id, 0, 0, INTAKE)):
        report = (
            Report.objects.select_for_update().filter(id=report_id, taken_by=by.user_id).first()
        )
        if report is None:
            raise NotReachable("no such report of hers")
        if report.state not in _ADDABLE:
            raise IllegalMove("add", report.state)
        _append(report, text, at)
        record(
            by=guest, at=at, name=events.REPORT_ADDED_TO, subject_kind="report",
            subject_id=report.id, purpose=INTAKE,
        )  # fmt: skip
        outbox.post(
            outbox.Event(events.REPORT_ADDED_TO, "report", str(report.id), report.agency_id)
        )
    record(
        by=by, at=at, name=events.REPORT_ADDED_TO, subject_kind="report", subject_id=report_id
    )  # fmt: skip


def _sent(number: str, by: Actor, at: datetime) -> tuple[int, int]:
    """The report and the desk to which this very person sent it. Raises ``NotReachable``."""
    report_id = queries.report_id_of(number)
    acts = trail.list_own(by, names=(events.REPORT_SENT,), since=at - _ADDED_WITHIN, limit=200)
    desk = next((act.detail.get("desk") for act in acts if act.subject_id == str(report_id)), None)
    if not isinstance(desk, int):
        raise NotReachable("no such report of hers")
    return report_id, desk


def _append(report: Report, text: str, at: datetime) -> None:
    """Below what stands there, under the same key, with the hour in the place's own time."""
    before = queries.unseal(report).content.account
    local = at.astimezone(reference.zone_for(report.area))
    account = f"{before}\n\n[+ {local:%d-%m-%Y %H:%M}] {text}"
    if len(account) > MOST_ACCOUNT:
        raise InvalidInput({"words": "too_long"})
    key = vault.key_for(Owner("report", report.id), report.subject, DataClass.ACCOUNT)
    report.account_sealed = vault.seal(key, queries.place(report.id, "account_sealed"), account)
    report.version += 1
    report.save(update_fields=["account_sealed", "version"])
