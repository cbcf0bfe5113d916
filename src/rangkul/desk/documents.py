"""Documents of a case: received with their hash, given out as downloads, taken out of sight.

What leaves is a download in a sandbox; pictures without what the camera wrote, unless the original
is asked for.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.accounts import queries as accounts
from rangkul.cases import operations as cases
from rangkul.cases import queries as case_queries
from rangkul.cases.contents import extension
from rangkul.cases.models import Attachment, CaseFile
from rangkul.cases.operations.files import MOST_BYTES
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.page import StaffRequest, form_token, staff, text
from rangkul.foundation.errors import InvalidInput, NotReachable

_MEBI = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Document:
    """One row of the list; the hash in groups that can be read aloud."""

    attachment: Attachment
    name: str
    kind: str
    size: str
    digest: str
    by: str
    may_withdraw: bool
    has_traces: bool

    @property
    def is_held(self) -> bool:
        """Waits for the scanner, or was set aside by it."""
        return self.attachment.scan in {Attachment.WAITING, Attachment.INFECTED}


@staff()
def document_list(request: StaffRequest, number: str) -> HttpResponse:
    """What was received, and the form that receives more."""
    file = get_file(request, number)
    if request.method == "POST":
        return _receive(request, file, number)
    return _page(request, file)


@staff()
def download(request: StaffRequest, number: str, document_id: UUID) -> HttpResponse:
    """The document as mere bytes, never shown inside a page; the reading is recorded.

    By POST the original, with what the camera wrote beside the picture. The bytes are opened here,
    inside the request's scope: a stream opened later would find none.
    """
    _in_file(request, number, document_id)
    try:
        opened = cases.read_attachment(
            attachment_id=document_id, by=request.actor, at=request.now,
            original=request.method == "POST",
        )  # fmt: skip
    except cases.NotScanned as held:
        messages.error(request, held_sentence(held.scan))
        return redirect("document-list", number=number)
    media = opened.attachment.media_type
    answer = HttpResponse(opened.content, content_type=media)
    name = f"dokumen-{short_id(document_id)}.{extension(media)}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Content-Length"] = str(len(opened.content))
    return answer


def held_sentence(scan: str) -> str:
    """Why a document is not given out now."""
    if scan == Attachment.INFECTED:
        return _(
            "The scanner found something harmful in this document. It is kept sealed and is not "
            "given out."
        )
    return _(
        "This document has not been scanned yet. It is kept safely; try again in a few minutes."
    )


@staff(Permission.WITHDRAW_NOTE)
@require_POST
def withdraw(request: StaffRequest, number: str, document_id: UUID) -> HttpResponse:
    """Take a wrongly filed document out of sight, with the reason."""
    _in_file(request, number, document_id)
    reason = text(request, "reason", 24)
    cases.withdraw_attachment(
        attachment_id=document_id, by=request.actor, at=request.now,
        reason=reason if reason in withdraw_reasons() else "salah_berkas",
    )  # fmt: skip
    messages.success(request, _("Out of sight. Its hash and its trail remain."))
    return redirect("document-list", number=number)


def withdraw_reasons() -> dict[str, str]:
    """Why a document is taken out of sight."""
    return {
        "salah_berkas": _("Belongs to another file"),
        "ganda": _("Received twice"),
        "berlebih": _("More than the file needs"),
        "permintaan": _("The survivor asked for it"),
    }


def short_id(document_id: UUID) -> str:
    """Eight signs that tell one download from another and name nobody."""
    return document_id.hex[-8:]


def kind_label(media: str) -> str:
    """What the content is, in a word."""
    family = media.split("/")[0]
    if media == "application/pdf":
        return "PDF"
    return {
        "image": _("Picture"), "audio": _("Sound recording"), "video": _("Video"),
        "text": _("Text"),
    }.get(family) or {
        "docx": _("Written document"), "xlsx": _("Workbook"), "zip": _("Archive"),
    }.get(extension(media), _("Other file"))  # fmt: skip


def size_label(size: int) -> str:
    """A size as people say it: 340 KB, 2,4 MB."""
    if size < _MEBI:
        return f"{max(round(size / 1024), 1)} KB"
    return f"{number_format(size / _MEBI, 1)} MB"


def _receive(request: StaffRequest, file: CaseFile, number: str) -> HttpResponse:
    upload = request.FILES.get("file")
    if not isinstance(upload, UploadedFile):
        return _page(request, file, _("Choose a file first."))
    if (upload.size or 0) > MOST_BYTES:
        # Not read at all: nothing that large is opened.
        return _page(request, file, _sentence("too_large"))
    try:
        content = upload.read()
        attachment = cases.add_attachment(
            case_id=file.case_id, name=upload.name or "", content=content, by=request.actor,
            at=request.now, token=form_token(request),
        )  # fmt: skip
    except InvalidInput as fault:
        return _page(request, file, _sentence(fault.errors["file"]))
    digest = hashlib.sha256(content).digest()
    messages.success(
        request,
        _("Received. SHA-256: %(digest)s") % {"digest": grouped(digest)},
    )
    if attachment.scan == Attachment.WAITING:
        messages.warning(request, held_sentence(attachment.scan))
    return redirect("document-list", number=number)


def _sentence(code: str) -> str:
    return {
        "empty": _("This file is empty: not one byte arrived. Choose it again, or scan it anew."),
        "too_large": _("This file is larger than 10 MB. Send it in parts or as a smaller picture."),
        "long_name": _("The file's name is longer than can be kept. Give it a shorter one."),
        "active": _(
            "This is a web page or a script, not a document. Save it as PDF and send that."
        ),
        "program": _("This is a program. Programs are not taken in."),
        "macros": _("This document carries macros. Save it without them (as .docx, .xlsx or PDF)."),
        "mixed": _(
            "This file is two things at once, as harmful files are. Save it anew and send that."
        ),
        "bomb": _("This archive holds far more than it says. Send its documents one by one."),
        "nested": _("This archive holds archives or programs. Send its documents one by one."),
        "locked": _(
            "This archive is locked by a password. Unlock it, or send its documents one by one."
        ),
        "broken": _("This archive cannot be opened. Send its documents one by one."),
        "unknown": _("This kind of file is not taken in. Save it as PDF, picture, sound or text."),
        "infected": _(
            "The scanner found something harmful in this file. It was not taken in; tell your "
            "administrator."
        ),
    }[code]


def grouped(digest: bytes) -> str:
    """A hash in groups of eight, for reading aloud and comparing."""
    written = digest.hex()
    return " ".join(written[i : i + 8] for i in range(0, len(written), 8))


def _page(request: StaffRequest, file: CaseFile, error: str = "") -> HttpResponse:
    actor = request.actor
    views = case_queries.list_attachments(actor, file.case_id)
    names = accounts.names_of({view.attachment.received_by for view in views})
    own = may(actor.roles, Permission.WITHDRAW_NOTE)
    unit = own and may(actor.roles, Permission.SEE_UNIT_CASES)
    context = frame(
        file, request, section="document-list", counts={"document-list": len(views)}
    ) | {
        "documents": [
            Document(
                attachment=view.attachment,
                name=view.name,
                kind=kind_label(view.attachment.media_type),
                size=size_label(view.attachment.size),
                digest=grouped(view.digest),
                by=names.get(view.attachment.received_by, ""),
                may_withdraw=unit or (own and view.attachment.received_by == actor.user_id),
                has_traces=view.attachment.media_type.startswith(("image/", "video/")),
            )
            for view in views
        ],
        "may_add": may(actor.roles, Permission.WRITE_NOTE),
        "reasons": withdraw_reasons().items(),
        "error": error,
        "token": form_token(request),
    }
    return render(request, "desk/documents/list.html", context, status=422 if error else 200)


def _in_file(request: StaffRequest, number: str, document_id: UUID) -> None:
    """The document stands in the file of this address. Raises ``NotReachable``."""
    file = get_file(request, number)
    if not case_queries.has_attachment(request.actor, file.case_id, document_id):
        raise NotReachable("a document of another file")


urlpatterns = [
    path("kasus/<str:number>/dokumen/", document_list, name="document-list"),
    path("kasus/<str:number>/dokumen/<uuid:document_id>/", download, name="document-download"),
    path(
        "kasus/<str:number>/dokumen/<uuid:document_id>/tarik/", withdraw, name="document-withdraw"
    ),
]
