"""Attachments: hashed as received, looked into, sealed; evidence from the first second.

A hash in the clear would let a thief ask whether a file that he has is here: it is stored masked by
the file's own key, and the trail notes a keyed mark of it.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.cases import contents, events, photographs, policy, queries
from rangkul.cases.models import Attachment
from rangkul.cases.operations import once
from rangkul.custody import queries as custody
from rangkul.foundation import scanning, vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable, RangkulError
from rangkul.foundation.ids import new_id
from rangkul.foundation.outbox import Event, post
from rangkul.foundation.vault import DataClass, Owner
from rangkul.trail.operations import record

MOST_BYTES = 10 * 1024 * 1024
_MOST_NAME = 255


class NotScanned(RangkulError):
    """The file waits for the scanner, or was set aside by it: it is not given out."""

    code = "not_scanned"

    def __init__(self, scan: str) -> None:
        super().__init__(f"this file is {scan}")
        self.scan = scan


@dataclass(frozen=True, slots=True)
class Opened:
    """An attachment given out: its row, its name, its bytes, and whether they are as received."""

    attachment: Attachment
    name: str
    content: bytes
    original: bool


def add_attachment(
    *, case_id: int, name: str, content: bytes, by: Actor, at: datetime, kind: str = "document",
    token: UUID | None = None,
) -> Attachment:  # fmt: skip
    """Take a file in. The same file under the same ``token`` again returns what it made.

    Raises ``InvalidInput`` (file → code) when it is empty, larger than 10 MiB, has a name beyond
    255 signs, is of no kind that is taken (``contents.check``), or the scanner finds something in
    it; that stands in the trail. While the scanner is away a file is kept and not given out.
    """
    require(by.roles, Permission.WRITE_NOTE)
    custody.get_access(by, case_id)
    if not content:
        raise InvalidInput({"file": "empty"})
    if len(content) > MOST_BYTES:
        raise InvalidInput({"file": "too_large"})
    if len(name) > _MOST_NAME:
        raise InvalidInput({"file": "long_name"})
    media = contents.check(content)
    scan, found = _scan(content)
    if scan == Attachment.INFECTED:
        _note_refusal(case_id=case_id, found=found, size=len(content), by=by, at=at)
        raise InvalidInput({"file": "infected"})
    return _store(
        case_id=case_id, name=name, content=content, media=media, scan=scan, kind=kind,
        token=token, by=by, at=at,
    )  # fmt: skip


def _scan(content: bytes) -> tuple[str, str]:
    """What state a content is in, and what was found in it."""
    if not settings.CLAMD:
        return Attachment.UNSCANNED, ""
    try:
        found = scanning.scan(content, address=settings.CLAMD)
    except scanning.ScannerAway:
        return Attachment.WAITING, ""
    return (Attachment.INFECTED, found) if found else (Attachment.CLEAN, "")


@transaction.atomic
def _note_refusal(*, case_id: int, found: str, size: int, by: Actor, at: datetime) -> None:
    record(
        by=by, at=at, name=events.FILE_REFUSED, subject_kind="case", subject_id=case_id,
        case_id=case_id, reason="infected", detail={"found": found[:80], "size": size},
    )  # fmt: skip


@transaction.atomic
def _store(
    *, case_id: int, name: str, content: bytes, media: str, scan: str, kind: str,
    token: UUID | None, by: Actor, at: datetime,
) -> Attachment:  # fmt: skip
    case = custody.lock_case(by, case_id)
    digest = hashlib.sha256(content).digest()
    once_key = once.key_of(token, name, digest.hex())
    before = Attachment.objects.filter(case=case, token=once_key).first() if once_key else None
    if before is not None:
        return before
    row_id = new_id()
    key = vault.key_for(Owner("case", case.id), case.subject, DataClass.LEGAL)
    attachment = Attachment.objects.create(
        id=row_id, case=case, media_type=media, size=len(content), scan=scan, kind=kind,
        sha256=queries.masked_digest(key, row_id, digest), received_at=at, received_by=by.user_id,
        token=once_key,
        name_sealed=vault.seal(key, queries.attachment_place(row_id, "name_sealed"), name),
        content_sealed=vault.seal(
            key, queries.attachment_place(row_id, "content_sealed"), content
        ),
    )  # fmt: skip
    record(
        by=by, at=at, name=events.FILE_RECEIVED, subject_kind="attachment", subject_id=row_id,
        case_id=case_id,
        detail={"mark": _mark(key, digest), "size": len(content), "kind": kind, "scan": scan},
    )  # fmt: skip
    if scan == Attachment.WAITING:
        post(Event(events.FILE_WAITS, "attachment", str(row_id), by.agency_id))
    return attachment


def _mark(key: vault.OpenKey, digest: bytes) -> str:
    """What the trail notes of a hash: the same for the same file, and nothing without its key."""
    return hmac.digest(key.secret, b"rangkul/file|" + digest, "sha256")[:16].hex()


def read_attachment(
    *, attachment_id: UUID, by: Actor, at: datetime, original: bool = False
) -> Opened:
    """The file for whoever may see it; the reading is recorded with the mark that was met.

    Pictures and recordings come without what the camera wrote beside them, unless the ``original``
    is wanted. Raises ``NotScanned`` for what the scanner has not passed, ``SealBroken`` for what is
    not what was received.
    """
    opened, scan = _read(attachment_id=attachment_id, by=by, at=at, original=original)
    if opened is None:
        # Behind the transaction: what the scanner has said stays noted.
        raise NotScanned(scan)
    return opened


@transaction.atomic
def _read(
    *, attachment_id: UUID, by: Actor, at: datetime, original: bool
) -> tuple[Opened | None, str]:
    attachment = queries.get_attachment(by, attachment_id)
    name, content, key = _open(attachment)
    scan = _passed(attachment, content, by=by, at=at)
    if scan in {Attachment.WAITING, Attachment.INFECTED}:
        return None, scan
    clean = content if original else photographs.without_traces(content, attachment.media_type)
    copy = "original" if clean == content else "clean"
    record(
        by=by, at=at, name=events.ATTACHMENT_READ, subject_kind="attachment",
        subject_id=attachment.id, case_id=attachment.case_id,
        detail={"mark": _mark(key, hashlib.sha256(content).digest()), "copy": copy},
    )  # fmt: skip
    return Opened(attachment, name, clean, original=clean == content), scan


def _open(attachment: Attachment) -> tuple[str, bytes, vault.OpenKey]:
    sealed = [
        (bytes(attachment.name_sealed), queries.attachment_place(attachment.id, "name_sealed")),
        (
            bytes(attachment.content_sealed),
            queries.attachment_place(attachment.id, "content_sealed"),
        ),
    ]
    keys = vault.keys_of(value for value, _ in sealed)
    name, content = (vault.open_with(keys, value, place) for value, place in sealed)
    key = keys[vault.key_id_of(sealed[1][0])]
    found = queries.masked_digest(key, attachment.id, hashlib.sha256(content).digest())
    if found != bytes(attachment.sha256):
        raise vault.SealBroken("the attachment is not what was received")
    return name.decode(), content, key


def _passed(attachment: Attachment, content: bytes, *, by: Actor, at: datetime) -> str:
    """The file's state; what was not scanned yet is scanned now, where there is a scanner."""
    if attachment.scan not in {Attachment.UNSCANNED, Attachment.WAITING} or not settings.CLAMD:
        return attachment.scan
    scan, found = _scan(content)
    if scan != attachment.scan:
        Attachment.objects.filter(id=attachment.id).update(scan=scan)
        record(
            by=by, at=at, name=events.FILE_SCANNED, subject_kind="attachment",
            subject_id=attachment.id, case_id=attachment.case_id,
            detail={"scan": scan, "found": found[:80]},
        )  # fmt: skip
    return scan


@transaction.atomic
def scan_attachment(*, attachment_id: UUID, by: Actor, at: datetime) -> str:
    """Scan a file that waits; its state from now on. Raises ``ScannerAway`` to be asked again."""
    attachment = queries.get_attachment(by, attachment_id)
    if attachment.scan != Attachment.WAITING:
        return attachment.scan
    _name, content, _key = _open(attachment)
    scan = _passed(attachment, content, by=by, at=at)
    if scan == Attachment.WAITING:
        raise scanning.ScannerAway("the file still waits for its scan")
    return scan


@transaction.atomic
def withdraw_attachment(
    *, attachment_id: UUID, by: Actor, at: datetime, reason: str = "salah_berkas"
) -> None:
    """Take a wrongly filed attachment out of sight; its hash and trail remain.

    ``reason`` is a code. Of two people at once the second finds it gone (``NotReachable``).
    """
    attachment = queries.get_attachment(by, attachment_id)
    policy.require_may_withdraw_file(by, attachment)
    changed = Attachment.objects.filter(id=attachment.id, withdrawn_at__isnull=True).update(
        withdrawn_at=at, withdrawn_by=by.user_id
    )
    if changed != 1:
        raise NotReachable("withdrawn a moment ago")
    record(
        by=by, at=at, name=events.ATTACHMENT_WITHDRAWN, subject_kind="attachment",
        subject_id=attachment.id, case_id=attachment.case_id, reason=reason,
    )  # fmt: skip
