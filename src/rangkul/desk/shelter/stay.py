"""One stay by its number: who is in which bed, until when, what is done next; intake and notes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.accounts import queries as accounts
from rangkul.clocks import queries as clocks
from rangkul.desk.page import StaffRequest, posted, staff
from rangkul.desk.shelter import wording
from rangkul.desk.shelter.board import SEES_BOARD
from rangkul.desk.shelter.deciding import packet_context, show_deciding
from rangkul.desk.shelter.doing import own, taken
from rangkul.desk.shelter.forms import (
    ArriveForm,
    BackForm,
    DecideForm,
    ExtendForm,
    IntakeForm,
    LeaveForm,
    LoseForm,
    MissForm,
    MoveForm,
    NoteForm,
    OutForm,
    SearchForm,
    WithdrawForm,
)
from rangkul.desk.shelter.moving import other_houses
from rangkul.desk.wording import procedure_title
from rangkul.foundation.errors import NotReachable
from rangkul.reference.zones import zone_of
from rangkul.shelter import operations, queries, workflow
from rangkul.shelter.models import Admission, Stay


@staff(one_of=SEES_BOARD)
def stay_page(request: StaffRequest, number: str) -> HttpResponse:
    """The page of an admission, by how it stands and by who looks."""
    admission = queries.get_admission(request.actor, queries.admission_id_of(number))
    if admission.state in workflow.UNDECIDED and _keeps(request, admission):
        return show_deciding(request, admission)
    return show(request, admission)


def show(
    request: StaffRequest, admission: Admission, form: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    """The page with a form that could not be taken put back where it stood."""
    number, keeps = queries.admission_number(admission.id), _keeps(request, admission)
    stays = queries.list_stays(admission)
    words, tone = wording.admission_state(admission)
    extensions = queries.list_extensions(admission)
    waiting = queries.asked_extension(admission)
    clock = clocks.soonest_of(request.actor, "admission", [admission.id]).get(str(admission.id))
    context: dict[str, Any] = {
        "admission": admission, "number": number, "state": words, "tone": tone, "keeps": keeps,
        "who": wording.asked_words(admission), "reason": wording.reason_words(admission),
        "criteria": wording.criteria_words(admission.criteria),
        "zone": zone_of(request.membership.area_code), "now": request.now,
        "placed": admission.state == workflow.PLACED,
        "clocks": clock,
        "clock_title": procedure_title(clock.procedure, localdate(request.now)) if clock else "",
        "extensions": [
            (each, workflow.EXTEND_REASONS.get(each.reason, ""),
             workflow.REFUSE_EXTENSION.get(each.refuse_reason, ""))
            for each in extensions
        ],
        "extension": waiting,
        "may_decide": waiting is not None
        and may(request.actor.roles, Permission.EXTEND_STAY)
        and waiting.asked_by != request.actor.user_id,
        "decide_form": _given(form, DecideForm, admission),
        "trail": [(reverse("shelter-board"), _("Shelter board")), ("", number)],
    }  # fmt: skip
    context["people"] = [_person(stay) for stay in stays]
    context["moves"] = [
        (move, wording.person_words(move.stay), wording.bed_place(move.from_bed),
         wording.bed_place(move.to_bed))
        for move in queries.list_moves(admission)
    ]  # fmt: skip
    if keeps:
        context |= _for_keepers(request, admission, stays, form)
    return render(request, "desk/shelter/stay.html", context, status=status)


def _person(stay: Stay) -> dict[str, Any]:
    words, tone = wording.stay_state(stay)
    return {
        "stay": stay, "who": wording.person_words(stay), "bed": wording.bed_place(stay.bed),
        "state": words, "tone": tone, "out": workflow.OUT_REASONS.get(stay.out_reason, ""),
    }  # fmt: skip


def _for_keepers(
    request: StaffRequest, admission: Admission, stays: list[Stay], form: forms.Form | None
) -> dict[str, Any]:
    """Notes, words, the packet, and a form for every move that can be made now."""
    notes = operations.read_notes(admission_id=admission.id, by=request.actor, at=request.now)
    words = operations.read_words(admission_id=admission.id, by=request.actor, at=request.now)
    writers = accounts.names_of({view.note.written_by for view in notes})
    moves = {
        "arrive": ArriveForm, "come_back": BackForm, "go_out": OutForm, "miss": MissForm,
        "discharge": LeaveForm, "lose": LoseForm,
    }  # fmt: skip
    context: dict[str, Any] = {
        "notes": [
            (view, writers.get(view.note.written_by, ""),
             workflow.WITHDRAW_NOTE.get(view.note.withdraw_reason, ""),
             view.note.written_by == request.actor.user_id)
            for view in notes
        ],
        "words": words, "whereto": [t for t in words.whereto.values() if t],
        "note_form": form if isinstance(form, NoteForm) else NoteForm(auto_id="note-%s"),
        "withdraw_form": WithdrawForm(auto_id=False),
        "may_note": admission.state in (workflow.PLACED, workflow.OVER),
        "search_form": _given(form, SearchForm, admission) if admission.searching else None,
        "extend_form": _given(form, ExtendForm, admission),
        "forms": {
            move: _given(form, kind, admission, stays=able)
            for move, kind in moves.items()
            if (able := _able(stays, move)) and admission.state == workflow.PLACED
        },
    }  # fmt: skip
    live = [stay for stay in stays if stay.state in workflow.LIVE]
    if live and admission.house is not None:
        context["may_move_house"] = bool(other_houses(request, admission))
        context["forms"]["move"] = _given(
            form, MoveForm, admission, stays=live, beds=_free_beds(admission)
        )
    if admission.request_id is not None and admission.state == workflow.PLACED:
        context |= packet_context(request, admission.request_id)
    return context


def _given(given: forms.Form | None, kind: type[Any], admission: Admission, **more: Any) -> Any:
    if type(given) is kind:
        return given
    return kind(initial={"version": admission.version}, **more)


def _able(stays: list[Stay], move: str) -> list[Stay]:
    """Those persons who can make this move now."""
    return [
        stay
        for stay in stays
        if any(each.name == move for each in workflow.STAY_MOVES.open_from(stay.state))
    ]


def _free_beds(admission: Admission) -> list[tuple[str, str]]:
    """The other beds of the house that are free."""
    house = admission.house
    if house is None:
        return []
    free = {berth.bed_id for berth in queries.list_berths(house)}
    return [
        (str(bed.id), f"{_('Room')} {room.number} {bed.letter} · {wording.room_words(room)}")
        for room in queries.list_rooms(house)
        for bed in room.beds.all()
        if bed.id in free
    ]


def _keeps(request: StaffRequest, admission: Admission) -> bool:
    return (
        may(request.actor.roles, Permission.KEEP_STAYS)
        and admission.desk_id in request.actor.desk_ids
    )


def rebuilt(request: StaffRequest, admission: Admission, move: str, kind: type[Any]) -> Any:
    """The posted form of a move, with the persons who can make it now."""
    stays = queries.list_stays(admission)
    if kind is MoveForm:
        live = [stay for stay in stays if stay.state in workflow.LIVE]
        return kind(request.POST, stays=live, beds=_free_beds(admission))
    return kind(request.POST, stays=_able(stays, move))


@staff(Permission.KEEP_STAYS)
@require_http_methods(["GET", "POST"])
def intake(request: StaffRequest, number: str) -> HttpResponse:
    """What the newcomer needs; each reading is recorded."""
    admission = own(request, number)
    if admission.state not in (workflow.PLACED, workflow.OVER):
        raise NotReachable("nobody lives here yet")
    view = operations.read_intake(admission_id=admission.id, by=request.actor, at=request.now)
    initial: dict[str, Any] = {"version": 0}
    if view is not None:
        initial = asdict(view.needs) | {
            "belongings": view.belongings, "version": view.intake.version
        }  # fmt: skip
    form = IntakeForm(posted(request), initial=initial)
    if form.is_valid() and taken(
        form,
        lambda: operations.write_intake(
            admission_id=admission.id, needs=form.needs(),
            belongings=form.cleaned_data["belongings"],
            expected_version=form.cleaned_data["version"], by=request.actor, at=request.now,
        ),
    ):  # fmt: skip
        messages.success(request, _("Saved. What was seen to is ticked off."))
        return redirect("shelter-stay", number)
    context = {
        "form": form, "number": number, "view": view, "zone": zone_of(request.membership.area_code),
        "over": admission.state == workflow.OVER,
        "trail": [
            (reverse("shelter-board"), _("Shelter board")),
            (reverse("shelter-stay", args=[number]), number), ("", _("First hours")),
        ],
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "desk/shelter/intake.html", context, status=status)


urlpatterns = [
    path("hunian/inap/<str:number>/", stay_page, name="shelter-stay"),
    path("hunian/inap/<str:number>/awal/", intake, name="shelter-intake"),
]
