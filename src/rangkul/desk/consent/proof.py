"""The notice to read out or hand over, and the proof that somebody agreed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.accounts import queries as accounts
from rangkul.cases.models import CaseFile
from rangkul.consent import notice, policy, proofs, queries
from rangkul.consent.models import Basis
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.documents import short_id, size_label
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.desk.referrals import wording
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.workflow import IllegalMove
from rangkul.referrals import sheet


@staff()
def notice_page(request: StaffRequest, number: str) -> HttpResponse:
    """What is said before she agrees, in large words: to be read out, shown or printed."""
    file = get_file(request, number)
    asked = request.GET.get("bahasa", "") or get_language() or ""
    found = notice.get_notice(asked)
    context = frame(file, request, section="consent-list") | {
        "notice": found, "large": request.GET.get("huruf") == "besar",
        "parts": [(notice.PARTS[name], said) for name, said in found.parts.items()],
        "languages": notice.languages(),
    }  # fmt: skip
    return render(request, "desk/consent/notice.html", context)


@staff()
def proof_page(request: StaffRequest, number: str, basis_id: UUID) -> HttpResponse:
    """The proofs of one agreement, and the four ways to add one."""
    file, basis = _of_file(request, number, basis_id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        proof = _posted(request)
        try:
            if isinstance(proof, str):
                raise InvalidInput({"content": proof})
            proofs.add_evidence(basis_id=basis.id, proof=proof, by=request.actor, at=request.now)
        except InvalidInput as fault:
            errors = {name: wording.fault_words(code) for name, code in fault.errors.items()}
        except IllegalMove:
            errors = {"content": _("This agreement was taken back: nothing is added to it.")}
        else:
            messages.success(request, _("Kept and sealed. It can be changed by nobody."))
            return redirect("consent-proof", number=number, basis_id=basis.id)
    context = _context(request, file, basis) | {"errors": errors}
    return render(request, "desk/consent/proof.html", context, status=422 if errors else 200)


@staff()
def proof_file(
    request: StaffRequest, number: str, basis_id: UUID, evidence_id: UUID
) -> HttpResponse:
    """A proof as it was taken: heard by the page's player, or saved; never shown inside a page.

    The bytes are opened here, inside the request's scope: a stream opened later would find none.
    """
    _of_file(request, number, basis_id)
    if proofs.get_evidence(request.actor, evidence_id).basis_id != basis_id:
        raise NotReachable("the proof is another basis's")
    opened = proofs.read_evidence(evidence_id=evidence_id, by=request.actor, at=request.now)
    media, content = opened.evidence.media_type, opened.content
    if media == proofs.STROKES:
        media, content = "image/svg+xml", _drawing(content)
    ending = {"image/svg+xml": "svg", "text/plain": "txt"} | dict(proofs.EXTENSIONS)
    name = f"bukti-{short_id(evidence_id)}.{ending.get(media, 'bin')}"
    answer = HttpResponse(content, content_type=media)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Content-Length"] = str(len(content))
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def _drawing(strokes: bytes) -> bytes:
    """A drawn mark as a picture; the strokes were checked when they were taken."""
    return (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 200"><path d="' + strokes
        + b'" fill="none" stroke="#000" stroke-width="3" stroke-linecap="round"/></svg>'
    )  # fmt: skip


def _of_file(request: StaffRequest, number: str, basis_id: UUID) -> tuple[CaseFile, Basis]:
    file = get_file(request, number)
    basis = queries.get_basis(request.actor, basis_id)
    if basis.case_id != file.case_id:
        raise NotReachable("the basis is another case's")
    return file, basis


def _posted(request: StaffRequest) -> proofs.Proof | str:
    """The proof that was sent, or the code of what is wrong with its file."""
    kind, upload = request.POST.get("kind", ""), request.FILES.get("file")
    content = request.POST.get("strokes", "").encode()
    if isinstance(upload, UploadedFile) and upload.size:
        # Not read at all when it is too large: nothing that large is opened.
        if upload.size > proofs.MOST_BYTES.get(kind, 0):
            return "too_large"
        content = upload.read()
    return proofs.Proof(kind, content, text(request, "witness", proofs.MOST_WITNESS))


def _context(request: StaffRequest, file: CaseFile, basis: Basis) -> dict[str, Any]:
    found = [
        each
        for each in proofs.list_evidence(request.actor, file.case_id)
        if each.basis_id == basis.id
    ]
    names = accounts.names_of({each.taken_by for each in found})
    return frame(file, request, section="consent-list") | {
        "basis": basis, "service": sheet.service_name(basis.service),
        "may_add": basis.letter == policy.CONSENT and basis.withdrawn_at is None
        and may(request.actor.roles, Permission.RECORD_CONSENT),
        "proofs": [
            {
                "evidence": each, "kind": proofs.KINDS[each.kind],
                "size": size_label(each.size), "by": names.get(each.taken_by, ""),
                "sound": each.media_type.startswith("audio/"),
            }
            for each in found
        ],
    }  # fmt: skip
