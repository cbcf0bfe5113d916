"""From an asking to a decision: the conflict check, then a bed, the waiting list, or no."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from rangkul.access.permissions import Permission
from rangkul.desk.page import StaffRequest, posted, staff
from rangkul.desk.referrals.request import sheet_context
from rangkul.desk.shelter import wording
from rangkul.desk.shelter.doing import act_view, own
from rangkul.desk.shelter.forms import (
    ConflictForm,
    DropForm,
    ListForm,
    PlaceForm,
    RefuseForm,
    TogetherForm,
)
from rangkul.foundation.errors import InvalidInput
from rangkul.reference.zones import zone_of
from rangkul.referrals import operations as referrals
from rangkul.referrals import queries as requests
from rangkul.referrals.policy import PacketClosed
from rangkul.shelter import operations, policy, queries, workflow
from rangkul.shelter.fitting import OTHER_SEX, Berth, Guest
from rangkul.shelter.models import Admission
from rangkul.shelter.queries import HouseView

_MOST_CHILDREN = 12


@staff(Permission.KEEP_STAYS)
@require_http_methods(["GET", "POST"])
def of_request(request: StaffRequest, packet: str) -> HttpResponse:
    """A request that nobody has looked at: its packet without who it is, and the check."""
    asked = requests.get_received(request.actor, requests.request_id_of(packet))
    known = queries.admission_of_request(request.actor, asked.id)
    if known is not None:
        return redirect("shelter-stay", queries.admission_number(known.id))
    form = ConflictForm(posted(request), initial={"version": 0})
    if form.is_valid():
        try:
            made = operations.check_conflict(
                request_id=asked.id, conflict=form.cleaned_data["conflict"], by=request.actor,
                at=request.now,
            )  # fmt: skip
        except InvalidInput as fault:
            wording.put_faults(form, fault)
        except policy.RequestGone:
            messages.error(request, wording.gone_words())
            return redirect("shelter-board")
        else:
            return redirect("shelter-stay", queries.admission_number(made.id))
    context = packet_context(request, asked.id) | {
        "form": form, "asked": asked, "number": packet,
        "zone": zone_of(request.membership.area_code),
        "trail": [(reverse("shelter-board"), _("Shelter board")), ("", packet)],
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "desk/shelter/request.html", context, status=status)


def packet_context(request: StaffRequest, request_id: int) -> dict[str, Any]:
    """The packet as this desk may read it now; the reading is recorded."""
    try:
        opened = referrals.open_packet(request_id=request_id, by=request.actor, at=request.now)
    except PacketClosed:
        return {"packet_closed": True}
    return sheet_context(opened.content)


@staff(Permission.KEEP_STAYS)
@require_POST
def place(request: StaffRequest, number: str) -> HttpResponse:
    """Beds for all of them; who comes second to a bed keeps the whole form."""
    admission = own(request, number)
    form = place_form(request, admission, bound=True)
    if form.is_valid():
        try:
            operations.place(
                admission_id=admission.id, house_id=_house_of(request, admission, form),
                people=form.people(), expected_version=form.cleaned_data["version"],
                willing=form.cleaned_data["willing"], criteria=form.cleaned_data["criteria"],
                arrives_at=arrival_of(form), words=form.cleaned_data["words"], by=request.actor,
                at=request.now,
            )  # fmt: skip
        except InvalidInput as fault:
            wording.put_faults(form, fault)
        except policy.BedTaken:
            form.add_error(None, wording.taken_words())
            return show_deciding(request, admission, form, status=409)
        except policy.RequestGone:
            messages.error(request, wording.gone_words())
            return redirect("shelter-stay", number)
        else:
            messages.success(request, _("Placed. The sender has been told yes."))
            return redirect("shelter-stay", number)
    return show_deciding(request, admission, form, status=422)


# -- the page ----------------------------------------------------------------------------------


def show_deciding(
    request: StaffRequest, admission: Admission, form: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    """The page of an asking on which nobody has decided, with a refused form put back."""
    if admission.state not in workflow.UNDECIDED:
        return redirect("shelter-stay", queries.admission_number(admission.id))
    fresh = {"version": admission.version}
    number = queries.admission_number(admission.id)
    words, tone = wording.admission_state(admission)
    context: dict[str, Any] = {
        "admission": admission, "number": number, "state": words, "tone": tone,
        "who": wording.asked_words(admission), "zone": zone_of(request.membership.area_code),
        "criteria": wording.criteria_words(admission.criteria),
        "conflict": workflow.CONFLICTS.get(admission.conflict, ""),
        "free_of_conflict": admission.conflict == workflow.NO_CONFLICT,
        "conflict_form": _form(form, ConflictForm, fresh),
        "refuse_form": _form(form, RefuseForm, fresh),
        "list_form": _form(form, ListForm, fresh),
        "drop_form": _form(form, DropForm, fresh),
        "undecided": True,
        "trail": [(reverse("shelter-board"), _("Shelter board")), ("", number)],
    }  # fmt: skip
    if context["free_of_conflict"]:
        bound = form if isinstance(form, PlaceForm) else None
        context["place_form"] = bound or place_form(request, admission)
        context["children"] = context["place_form"].persons - 1
        context["full"] = not any(
            operations.suggest(admission=admission, house=view.house)
            for view in _houses(request, admission)
        )
    if admission.request_id is not None:
        context |= packet_context(request, admission.request_id)
    return render(request, "desk/shelter/deciding.html", context, status=status)


def _form(given: forms.Form | None, kind: type[Any], fresh: dict[str, int]) -> forms.Form:
    made: forms.Form = given if isinstance(given, kind) else kind(initial=fresh)
    return made


def place_form(request: StaffRequest, admission: Admission, *, bound: bool = False) -> PlaceForm:
    """The form with a row for each person and the free beds, suitable ones proposed."""
    persons = 1 + _children(request, admission)
    houses = _houses(request, admission)
    party = operations.party_of(admission)
    party = [*party, *[Guest(OTHER_SEX, workflow.CHILD)] * persons][:persons]
    initial: dict[str, Any] = {"version": admission.version, "criteria": admission.criteria}
    if admission.sex:
        initial["sex-0"] = admission.sex
    initial["group-0"] = party[0].group
    for view in houses:
        found = operations.suggest(admission=admission, house=view.house, party=party)
        if found is not None:
            initial |= {f"bed-{n}": str(berth.bed_id) for n, berth in enumerate(found)}
            break
    sent = (str(request.POST.get(f"bed-{n}", "")) for n in range(persons))
    chosen = set(sent) if bound else set()
    criteria = list(dict.fromkeys(code for view in houses for code in view.house.criteria))
    return PlaceForm(
        request.POST if bound else None, persons=persons, beds=bed_choices(houses, chosen),
        criteria=criteria,
        initial=initial,
    )  # fmt: skip


def _children(request: StaffRequest, admission: Admission) -> int:
    """How many rows for children: as posted, as asked for in the address, or as announced."""
    if request.method == "POST":
        return sum(f"bed-{n}" in request.POST for n in range(1, _MOST_CHILDREN + 1))
    asked = request.GET.get("anak", "")
    if asked.isdecimal() and len(asked) < 3:
        return min(int(asked), _MOST_CHILDREN)
    return admission.children


def _houses(request: StaffRequest, admission: Admission) -> list[HouseView]:
    return [
        view
        for view in queries.list_houses(request.actor)
        if view.house.desk_id == admission.desk_id and view.house.open
    ]


def _free(view: HouseView) -> list[Berth]:
    return queries.list_berths(view.house)


def bed_choices(houses: list[HouseView], chosen: set[str]) -> list[tuple[Any, Any]]:
    """The free beds to choose from, by house where there are several.

    A bed that was chosen stays to be read, though somebody else has it by now.
    """
    groups = []
    for view in houses:
        free = {berth.bed_id for berth in _free(view)}
        options = [
            (
                str(bed.id),
                f"{_('Room')} {room.number} {bed.letter} · {wording.room_words(room)}"
                + (f" · {_('Cot')}" if bed.kind == workflow.COT else ""),
            )
            for room in queries.list_rooms(view.house)
            for bed in room.beds.all()
            if bed.id in free or str(bed.id) in chosen
        ]
        groups.append((view.name, options))
    return list(groups[0][1]) if len(groups) == 1 else [(name, list(o)) for name, o in groups]


def _house_of(request: StaffRequest, admission: Admission, form: PlaceForm) -> int:
    """The house in which the first chosen bed stands; all beds must stand in one."""
    first = form.people()[0].bed_id
    for view in _houses(request, admission):
        if any(berth.bed_id == first for berth in _all_beds(view)):
            return view.house.id
    raise InvalidInput({"bed-0": "required"})


def _all_beds(view: HouseView) -> list[Berth]:
    return [
        Berth(bed.id, room.id, room.sex, room.age_group)
        for room in queries.list_rooms(view.house)
        for bed in room.beds.all()
    ]


def arrival_of(form: PlaceForm | TogetherForm) -> datetime | None:
    """When they come; without an hour given for later, the form is refused by its field."""
    if form.cleaned_data["when"] == "now":
        return None
    at: datetime | None = form.cleaned_data["arrives_at"]
    if at is None:
        raise InvalidInput({"arrives_at": "required"})
    return at


def _decision(
    kind: type[forms.Form], operation: Callable[..., object], names: Mapping[str, str],
    done: str | Promise = "", *, to_board: bool = False,
) -> Callable[..., HttpResponseBase]:  # fmt: skip
    return act_view(
        operation, names, form=lambda request, _admission: kind(request.POST),
        again=show_deciding, done=done, to_board=to_board,
    )  # fmt: skip


check = _decision(ConflictForm, operations.check_conflict, {"conflict": "conflict"})
refuse = _decision(
    RefuseForm, operations.refuse, {"reason": "reason", "alternative": "alternative"},
    gettext_lazy("The sender has been told no, why, and where instead."),
)  # fmt: skip
wait = _decision(
    ListForm, operations.put_on_list, {"words": "words"},
    gettext_lazy("On the waiting list. The sender's clock runs on."),
)  # fmt: skip
drop = _decision(
    DropForm, operations.drop, {"reason": "reason"}, gettext_lazy("Off the list."), to_board=True
)


urlpatterns = [
    path("hunian/rujukan/<str:packet>/", of_request, name="shelter-request"),
    path("hunian/inap/<str:number>/benturan/", check, name="shelter-check"),
    path("hunian/inap/<str:number>/tempatkan/", place, name="shelter-place-her"),
    path("hunian/inap/<str:number>/tolak/", refuse, name="shelter-refuse"),
    path("hunian/inap/<str:number>/tunggu/", wait, name="shelter-wait"),
    path("hunian/inap/<str:number>/lepas/", drop, name="shelter-drop"),
]
