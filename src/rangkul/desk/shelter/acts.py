"""What is done with a stay: each act a form of its page, one operation, back to the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.desk.page import StaffRequest, staff
from rangkul.desk.shelter.doing import act_view, own, taken
from rangkul.desk.shelter.forms import (
    ArriveForm,
    BackForm,
    DecideForm,
    ExtendForm,
    LeaveForm,
    LoseForm,
    MissForm,
    MoveForm,
    NoteForm,
    OutForm,
    SearchForm,
    WithdrawForm,
)
from rangkul.desk.shelter.stay import rebuilt, show
from rangkul.shelter import operations, queries
from rangkul.shelter.models import Admission

Names = dict[str, str]


def _act(
    move: str, kind: type[Any], operation: Callable[..., object], names: Names,
    done: str | Promise,
) -> Callable[..., HttpResponseBase]:  # fmt: skip
    """The view of one act; a ``move`` has its form made anew with the stays it can be done to."""

    def form(request: StaffRequest, admission: Admission) -> forms.Form:
        made: forms.Form = rebuilt(request, admission, move, kind) if move else kind(request.POST)
        return made

    return act_view(operation, names, form=form, again=show, done=done)


_STAYS = {"stay_ids": "stays"}
_LEAVING = _STAYS | {"whereto": "whereto", "words": "words"}

arrive = _act("arrive", ArriveForm, operations.arrive, _STAYS, _("Welcome. The stay has begun."))
come_back = _act("come_back", BackForm, operations.come_back, _STAYS, _("Back for the night."))
go_out = _act(
    "go_out", OutForm, operations.go_out, _STAYS | {"reason": "reason", "back_on": "back_on"},
    _("Noted. The bed stays kept."),
)  # fmt: skip
miss = _act(
    "miss", MissForm, operations.miss, _STAYS | {"reason": "reason"},
    _("Noted. The bed is free again and the sender is told."),
)  # fmt: skip
discharge = _act(
    "discharge", LeaveForm, operations.discharge, _LEAVING | {"destination": "destination"},
    _("The stay is over. The bed is free and the sender is told."),
)  # fmt: skip
lose = _act(
    "lose", LoseForm, operations.lose, _LEAVING | {"how": "how"},
    _("Noted. The bed is free and the sender is told."),
)  # fmt: skip
move_bed = _act(
    "move", MoveForm, operations.move_bed, {"stay_id": "stay", "bed_id": "bed"}, _("Moved.")
)
extend = _act(
    "", ExtendForm, operations.ask_extension, {"days": "days", "reason": "reason"},
    _("Asked. A supervisor decides."),
)  # fmt: skip
end_search = _act(
    "", SearchForm, operations.end_search, {"result": "result"}, _("The search is over.")
)


@staff(Permission.EXTEND_STAY)
@require_POST
def decide(request: StaffRequest, number: str) -> HttpResponse:
    """Yes or no to a longer stay."""
    admission = queries.get_admission(request.actor, queries.admission_id_of(number))
    form = DecideForm(request.POST)
    if form.is_valid():
        clean = form.cleaned_data
        if taken(
            form,
            lambda: operations.decide_extension(
                admission_id=admission.id, granted=clean["granted"] == "yes",
                reason=clean["reason"], expected_version=clean["version"], by=request.actor,
                at=request.now,
            ),
        ):  # fmt: skip
            messages.success(request, str(_("Decided. The house sees it.")))
            return redirect("shelter-stay", number)
    return show(request, admission, form, status=422)


@staff(Permission.KEEP_STAYS)
@require_POST
def write_note(request: StaffRequest, number: str) -> HttpResponse:
    """A note of the day."""
    admission = own(request, number)
    form = NoteForm(request.POST, auto_id="note-%s")
    if form.is_valid() and taken(
        form,
        lambda: operations.write_note(
            admission_id=admission.id, body=form.cleaned_data["body"], by=request.actor,
            at=request.now,
        ),
    ):  # fmt: skip
        messages.success(request, str(_("Sealed.")))
        return redirect("shelter-stay", number)
    return show(request, admission, form, status=422)


@staff(Permission.KEEP_STAYS)
@require_POST
def withdraw_note(request: StaffRequest, day_note_id: UUID) -> HttpResponse:
    """The own note, struck through."""
    note = queries.get_note(request.actor, day_note_id)
    number = queries.admission_number(note.admission_id)
    form = WithdrawForm(request.POST)
    if form.is_valid() and taken(
        form,
        lambda: operations.withdraw_note(
            note_id=day_note_id,
            reason=form.cleaned_data["reason"],
            by=request.actor,
            at=request.now,
        ),
    ):
        messages.success(request, str(_("Withdrawn; it stays to be read.")))
        return redirect("shelter-stay", number)
    return show(request, own(request, number), form, status=422)


urlpatterns = [
    path("hunian/inap/<str:number>/tiba/", arrive, name="shelter-arrive"),
    path("hunian/inap/<str:number>/tidak-datang/", miss, name="shelter-miss"),
    path("hunian/inap/<str:number>/keluar/", go_out, name="shelter-out"),
    path("hunian/inap/<str:number>/kembali/", come_back, name="shelter-back"),
    path("hunian/inap/<str:number>/pindah/", move_bed, name="shelter-move"),
    path("hunian/inap/<str:number>/pulang/", discharge, name="shelter-leave"),
    path("hunian/inap/<str:number>/pergi/", lose, name="shelter-lose"),
    path("hunian/inap/<str:number>/pencarian/", end_search, name="shelter-search"),
    path("hunian/inap/<str:number>/perpanjang/", extend, name="shelter-extend"),
    path("hunian/inap/<str:number>/perpanjang/putus/", decide, name="shelter-decide"),
    path("hunian/inap/<str:number>/catatan/", write_note, name="shelter-note"),
    path("hunian/catatan/<uuid:day_note_id>/tarik/", withdraw_note, name="shelter-note-withdraw"),
]
