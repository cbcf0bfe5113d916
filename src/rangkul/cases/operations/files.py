"""Attachments: hashed as received, then sealed; a file is evidence from its first second."""

from __future__ import annotations

import codecs
import hashlib
import io
import zipfile
from datetime import datetime
from uuid import UUID

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.cases import events, policy, queries
from rangkul.cases.models import Attachment
from rangkul.cases.operations import once
from rangkul.custody import queries as custody
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import new_id
from rangkul.foundation.vault import DataClass, Owner
from rangkul.trail.operations import record

MOST_BYTES = 10 * 1024 * 1024
_MOST_NAME = 255

_ZIP = "application/zip"
_UNKNOWN = "application/octet-stream"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# The first bytes tell what a file is; its name does not.
_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"PK\x03\x04", _ZIP),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
)
# What the word after the length tells, in the two families of containers that phones write.
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_BOXED = {b"heic": "image/heic", b"mif1": "image/heic", b"M4A ": "audio/mp4"}
# A member that only this kind of document holds.
_OFFICE = (("word/document.xml", _WORD), ("xl/workbook.xml", _SHEET))

EXTENSIONS = {
    "application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp",
    "image/heic": "heic", "audio/ogg": "ogg", "audio/mpeg": "mp3", "audio/wav": "wav",
    "audio/mp4": "m4a", "video/mp4": "mp4", "text/plain": "txt", _ZIP: "zip", _WORD: "docx",
    _SHEET: "xlsx",
}  # fmt: skip


def media_type(content: bytes) -> str:
    """What the content is by its own bytes; unknown is ``application/octet-stream``."""
    found = next((kind for start, kind in _SIGNATURES if content.startswith(start)), "")
    if found == _ZIP:
        return _office(content)
    if found:
        return found
    if content[:4] == b"RIFF":
        return _RIFF.get(content[8:12], _UNKNOWN)
    if content[4:8] == b"ftyp":
        return _BOXED.get(content[8:12], "video/mp4")
    try:
        # A letter of several bytes may be cut by the slice; the decoder waits for the rest of it.
        text = codecs.getincrementaldecoder("utf-8")().decode(content[:4096])
    except UnicodeDecodeError:
        return _UNKNOWN
    return _UNKNOWN if "\x00" in text else "text/plain"


def _office(content: bytes) -> str:
    """A document of an office program, or any other archive; nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = set(archive.namelist())
    except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError):
        return _ZIP
    return next((kind for member, kind in _OFFICE if member in members), _ZIP)


def extension(media: str) -> str:
    """The ending of a downloaded file's name."""
    return EXTENSIONS.get(media, "bin")


@transaction.atomic
def add_attachment(
    *, case_id: int, name: str, content: bytes, by: Actor, at: datetime, kind: str = "document",
    token: UUID | None = None,
) -> Attachment:  # fmt: skip
    """Take a file in. The same file under the same ``token`` again returns what it made.

    Raises ``InvalidInput`` when empty, larger than 10 MiB, or with a name beyond 255 signs.
    """
    require(by.roles, Permission.WRITE_NOTE)
    case = custody.lock_case(by, case_id)
    if not content:
        raise InvalidInput({"file": "empty"})
    if len(content) > MOST_BYTES:
        raise InvalidInput({"file": "too_large"})
    if len(name) > _MOST_NAME:
        raise InvalidInput({"file": "long_name"})
    digest = hashlib.sha256(content).digest()
    once_key = once.key_of(token, name, digest.hex())
    before = Attachment.objects.filter(case=case, token=once_key).first() if once_key else None
    if before is not None:
        return before
    row_id = new_id()
    key = vault.key_for(Owner("case", case.id), case.subject, DataClass.LEGAL)
    attachment = Attachment.objects.create(
        id=row_id, case=case, media_type=media_type(content), size=len(content), sha256=digest,
        kind=kind, received_at=at, received_by=by.user_id,
        token=once_key,
        name_sealed=vault.seal(key, queries.attachment_place(row_id, "name_sealed"), name),
        content_sealed=vault.seal(
            key, queries.attachment_place(row_id, "content_sealed"), content
        ),
    )  # fmt: skip
    record(
        by=by, at=at, name=events.FILE_RECEIVED, subject_kind="attachment", subject_id=row_id,
        case_id=case_id, detail={"sha256": digest.hex(), "size": len(content), "kind": kind},
    )  # fmt: skip
    return attachment


@transaction.atomic
def read_attachment(
    *, attachment_id: UUID, by: Actor, at: datetime
) -> tuple[Attachment, str, bytes]:
    """The row, the name and the content; the reading is recorded with the hash that was met."""
    attachment = queries.get_attachment(by, attachment_id)
    name, content = vault.open_bytes(
        [
            (
                bytes(attachment.name_sealed),
                queries.attachment_place(attachment.id, "name_sealed"),
            ),
            (
                bytes(attachment.content_sealed),
                queries.attachment_place(attachment.id, "content_sealed"),
            ),
        ]
    )
    found = hashlib.sha256(content).digest()
    if found != bytes(attachment.sha256):
        raise vault.SealBroken("the attachment is not what was received")
    record(
        by=by, at=at, name=events.ATTACHMENT_READ, subject_kind="attachment",
        subject_id=attachment.id, case_id=attachment.case_id, detail={"sha256": found.hex()},
    )  # fmt: skip
    return attachment, name.decode(), content


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
