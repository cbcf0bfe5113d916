"""The desk's side of a report by the public's door: its messages, its files."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from rangkul.alerts import operations as alerts
from rangkul.cases import contents, photographs
from rangkul.foundation import scanning, vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import new_id
from rangkul.foundation.scope import Scope, within
from rangkul.foundation.vault import DataClass, Owner
from rangkul.reports import door, events, policy, queries, talk
from rangkul.reports.models import DoorReport, Message, ReportFile
from rangkul.reports.operations.door import add_message
from rangkul.reports.operations.taking import INTAKE, lock
from rangkul.reports.receipts import Pointer
from rangkul.trail.operations import record

# [local] What comes with a report: a few pictures of a phone, no film.
MOST_FILES: Final = 5
MOST_BYTES: Final = 5 * 1024 * 1024

CLEAN, UNSCANNED, INFECTED = "clean", "unscanned", "infected"


@transaction.atomic
def read_talk(*, report_id: int, by: Actor, at: datetime) -> talk.Talk | None:
    """The messages, files and safe-contact choice of a report; what was unread is read now.

    ``None`` for a report that came in by another way, or that was handed over to others.
    """
    report = queries.get_report(by, report_id)
    if not policy.talk_open(by, report):
        return None
    found = talk.talk_of(report)
    if found is not None and found.row.unread:
        DoorReport.objects.filter(report_id=report.id).update(unread=0)
        alerts.end_alerts(subject_kind="report", subject_ids=[str(report.id)], at=at)
        record(
            by=by, at=at, name=events.MESSAGES_READ, subject_kind="report", subject_id=report.id,
            detail={"many": found.row.unread},
        )  # fmt: skip
    return found


@transaction.atomic
def answer(*, report_id: int, text: str, token: UUID, by: Actor, at: datetime) -> None:
    """Write to whoever holds the code; the same ``token`` again writes nothing.

    Raises ``InvalidInput`` (``message``: ``silent`` where she chose not to be written to).
    """
    policy.require_may_answer(by)
    report = lock(by, report_id)
    found = talk.talk_of(report) if policy.talk_open(by, report) else None
    if found is None:
        raise NotReachable("no talk with a reporter")
    words = door.check_message(text)
    if Message.objects.filter(id=token).exists():
        return
    if not found.may_answer:
        raise InvalidInput({"message": "silent"})
    add_message(report, words, id_=token, by_user=by.user_id, at=at)
    record(
        by=by, at=at, name=events.MESSAGE_ANSWERED, subject_kind="report", subject_id=report.id
    )  # fmt: skip


def check_file(content: bytes) -> tuple[str, str]:
    """(kind, state) of a file that may come with a report.

    Raises ``InvalidInput`` (file → code) when it is empty, too large, of no kind that is taken, or
    the scanner finds something in it.
    """
    if not content:
        raise InvalidInput({"file": "empty"})
    if len(content) > MOST_BYTES:
        raise InvalidInput({"file": "too_large"})
    media = contents.check(content)
    if not settings.CLAMD:
        return media, UNSCANNED
    try:
        found = scanning.scan(content, address=settings.CLAMD)
    except scanning.ScannerAway:
        return media, UNSCANNED
    if found:
        raise InvalidInput({"file": "infected"})
    return media, CLEAN


@transaction.atomic
def add_file(*, pointer: Pointer, content: bytes, at: datetime) -> None:
    """A file from whoever holds the code, sealed as it arrived; its name is not kept.

    Raises ``InvalidInput`` (file → code: as ``check_file``, or ``too_many``).
    """
    media, scan = check_file(content)
    with within(Scope(pointer.agency_id, 0, 0, 0, INTAKE)):
        row = DoorReport.objects.select_for_update(of=("self",)).select_related("report").get(
            report_id=pointer.report_id
        )  # fmt: skip
        if ReportFile.objects.filter(report_id=row.report_id).count() >= MOST_FILES:
            raise InvalidInput({"file": "too_many"})
        file_id, report = new_id(), row.report
        key = vault.key_for(Owner("report", report.id), report.subject, DataClass.ACCOUNT)
        ReportFile.objects.create(
            id=file_id, agency_id=row.agency_id, report=report, at=at, media_type=media,
            size=len(content), scan=scan,
            content_sealed=vault.seal(key, queries.file_place(file_id), content),
        )  # fmt: skip
        record(
            by=None, agency_id=row.agency_id, at=at, name=events.FILE_ARRIVED,
            subject_kind="report", subject_id=row.report_id, purpose=INTAKE,
            detail={"size": len(content), "scan": scan},
        )  # fmt: skip


@transaction.atomic
def read_file(*, report_id: int, file_id: UUID, by: Actor, at: datetime) -> tuple[str, bytes]:
    """(kind, bytes) of a file, without what a camera wrote beside it; the reading is recorded.

    What was not scanned when it came is scanned now, where there is a scanner. Raises
    ``NotReachable``, ``ScannerAway``; a file in which something was found is given out as nothing.
    """
    report = queries.get_report(by, report_id)
    if not policy.talk_open(by, report):
        raise NotReachable("handed over")
    row = talk.get_file(by, report, file_id)
    content = vault.open_bytes([(bytes(row.content_sealed), queries.file_place(row.id))])[0]
    if row.scan == UNSCANNED and settings.CLAMD:
        row.scan = CLEAN if not scanning.scan(content, address=settings.CLAMD) else INFECTED
        row.save(update_fields=["scan"])
    record(
        by=by, at=at, name=events.FILE_READ, subject_kind="report", subject_id=report.id,
        detail={"file": str(row.id), "scan": row.scan},
    )  # fmt: skip
    if row.scan == INFECTED:
        return "", b""
    return row.media_type, photographs.without_traces(content, row.media_type)
