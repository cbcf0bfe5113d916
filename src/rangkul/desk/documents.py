"""Documents of a case: received with their hash, given out as downloads, taken out of sight."""

from __future__ import annotations

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
from rangkul.cases.models import Attachment, CaseFile
from rangkul.cases.operations.files import MOST_BYTES, extension
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


@staff()
def document_list(request: StaffRequest, number: str) -> HttpResponse:
    """What was received, and the form that receives more."""
    file = get_file(request, number)
    if request.method == "POST":
        return _receive(request, file, number)
    return _page(request, file)


@staff()
def download(request: StaffRequest, number: str, document_id: UUID) -> HttpResponse:
    """The document as it came, never shown inside a page; the reading is recorded.

    The bytes are opened here, inside the request's scope: a stream opened later would find none.
    """
    _in_file(request, number, document_id)
    attachment, _name, content = cases.read_attachment(
        attachment_id=document_id, by=request.actor, at=request.now
    )
    name = f"dokumen-{short_id(document_id)}.{extension(attachment.media_type)}"
    answer = HttpResponse(content, content_type=attachment.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Content-Length"] = str(len(content))
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


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
        attachment = cases.add_attachment(
            case_id=file.case_id, name=upload.name or "", content=upload.read(),
            by=request.actor, at=request.now, token=form_token(request),
        )  # fmt: skip
    except InvalidInput as fault:
        return _page(request, file, _sentence(fault.errors["file"]))
    messages.success(
        request,
        _("Received. SHA-256: %(digest)s") % {"digest": grouped(bytes(attachment.sha256))},
    )
    return redirect("document-list", number=number)


def _sentence(code: str) -> str:
    return {
        "empty": _("This file is empty: not one byte arrived. Choose it again, or scan it anew."),
        "too_large": _("This file is larger than 10 MB. Send it in parts or as a smaller picture."),
        "long_name": _("The file's name is longer than can be kept. Give it a shorter one."),
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
                digest=grouped(bytes(view.attachment.sha256)),
                by=names.get(view.attachment.received_by, ""),
                may_withdraw=unit or (own and view.attachment.received_by == actor.user_id),
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
