"""Writing, withdrawing and refiling notes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.cases import operations as cases
from rangkul.cases import queries as case_queries
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.cases.summary import withdraw_reasons
from rangkul.desk.page import StaffRequest, form_token, staff, text, typed
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.reference.zones import zone_of

KINDS = ("note", "visit", "call", "message", "meeting")


def sentences(fault: InvalidInput) -> dict[str, str]:
    """A person's words for the fields that could not be taken."""
    known = {
        "required": _("Please fill this in."),
        "too_long": _("This is longer than can be kept. Nothing was cut: please shorten it."),
        "future": _("This lies in the future."),
        "past": _("This lies in the past."),
        "unknown": _("Please choose from the list."),
        "malformed": _("Please check this number."),
        "impossible": _("This cannot be."),
        "tells_place": _(
            "This tells where the house is, and each agency of the file reads it. Write it in the "
            "shelter's own notes."
        ),
        "before_start": _("The end lies before the beginning."),
    }
    return {name: known.get(code, code) for name, code in fault.errors.items()}


@staff(Permission.WRITE_NOTE)
def write_note(request: StaffRequest, number: str) -> HttpResponse:
    """The note form by itself (also without JavaScript), and its saving."""
    file = get_file(request, number)
    errors: dict[str, str] = {}
    body, kind = typed(request, "body"), typed(request, "kind") or "note"
    when, token = typed(request, "happened_at"), form_token(request)
    if request.method == "POST":
        try:
            note = cases.write_note(
                case_id=file.case_id, body=body, kind=kind, by=request.actor, at=request.now,
                happened_at=_local_time(when, request), token=token,
            )  # fmt: skip
        except InvalidInput as fault:
            errors = sentences(fault)
        else:
            undo = reverse("case-note-withdraw", args=[number, note.id])
            messages.success(request, _("Note saved."), extra_tags=f"undo={undo}")
            return redirect("case-page", number=number)
    context = frame(file, request, section="case-page") | {
        "errors": errors, "body": body, "kind": kind, "when": when, "token": token,
        "kinds": [(code, _kind_label(code)) for code in KINDS],
    }  # fmt: skip
    return render(request, "desk/cases/note.html", context, status=422 if errors else 200)


@staff(Permission.WITHDRAW_NOTE)
@require_POST
def withdraw_note(request: StaffRequest, number: str, note_id: UUID) -> HttpResponse:
    """Take one's own note back; from the undo button without a further question."""
    get_file(request, number)
    reason = text(request, "reason", 24) or "keliru"
    cases.withdraw_note(note_id=note_id, reason=reason, by=request.actor, at=request.now)
    messages.success(request, _("Note withdrawn. It stays in the file, marked."))
    return redirect("case-page", number=number)


@staff(Permission.WITHDRAW_NOTE)
def refile_note(request: StaffRequest, number: str, note_id: UUID) -> HttpResponse:
    """File a corrected note in place of one's own; both remain."""
    file = get_file(request, number)
    view = next(
        (v for v in case_queries.list_notes(request.actor, file.case_id) if v.note.id == note_id),
        None,
    )
    if view is None or view.note.withdrawn_at is not None:
        raise NotReachable("no standing note")
    errors: dict[str, str] = {}
    body = typed(request, "body") if request.method == "POST" else view.body
    if request.method == "POST":
        try:
            cases.refile_note(
                note_id=note_id, body=body,
                reason=text(request, "reason", 24) or "keliru", by=request.actor, at=request.now,
            )  # fmt: skip
        except InvalidInput as fault:
            errors = sentences(fault)
        else:
            messages.success(request, _("Corrected. The earlier note stays, marked."))
            return redirect("case-page", number=number)
    context = frame(file, request, section="case-page") | {
        "errors": errors, "body": body, "refiled": view, "reasons": withdraw_reasons(),
    }  # fmt: skip
    return render(request, "desk/cases/note.html", context, status=422 if errors else 200)


def _kind_label(code: str) -> str:
    return {
        "note": _("Note"), "visit": _("Visit"),
        "call": pgettext("kind of note", "Call"), "message": _("Message"), "meeting": _("Meeting"),
    }[code]  # fmt: skip


def _local_time(value: str, request: StaffRequest) -> datetime | None:
    if not value:
        return None
    try:
        naive = datetime.fromisoformat(value)
    except ValueError as fault:
        raise InvalidInput({"happened_at": "malformed"}) from fault
    return naive.replace(tzinfo=ZoneInfo(zone_of(request.membership.area_code)))


urlpatterns = [
    path("kasus/<str:number>/catatan/", write_note, name="case-note"),
    path(
        "kasus/<str:number>/catatan/<uuid:note_id>/tarik/", withdraw_note, name="case-note-withdraw"
    ),
    path(
        "kasus/<str:number>/catatan/<uuid:note_id>/perbaiki/", refile_note, name="case-note-refile"
    ),
]
