"""Several who come together: one check for each, then beds for all of them in one act."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.desk.shelter import wording
from rangkul.desk.shelter.deciding import arrival_of, bed_choices, packet_context
from rangkul.desk.shelter.forms import TogetherForm
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.reference.zones import zone_of
from rangkul.referrals import queries as requests
from rangkul.repatriation import queries as road
from rangkul.shelter import operations, policy, queries, workflow
from rangkul.shelter.models import Admission
from rangkul.shelter.queries import HouseView, Waiting


@staff(Permission.KEEP_STAYS)
def page(request: StaffRequest) -> HttpResponse:
    """Who waits at the own desks, or of one leg: those to check, and those to place."""
    return _show(request)


@staff(Permission.KEEP_STAYS)
@require_POST
def check(request: StaffRequest) -> HttpResponse:
    """Note the checks that were made, all of them or none."""
    found = {
        each.request.id: said
        for each in _waiting(request)
        if each.admission is None and each.request is not None
        if (said := text(request, f"conflict-{each.request.id}", 12))
    }
    if not found:
        return _show(request, faults=[_("Nobody is checked yet.")])
    try:
        made = operations.check_conflicts(found=found, by=request.actor, at=request.now)
    except InvalidInput:
        return _show(request, faults=[_("Please choose from the list.")])
    except policy.RequestGone:
        return _show(request, faults=[wording.gone_words()])
    messages.success(request, _("Checked: %(count)d. Now the beds.") % {"count": len(made)})
    return redirect(_address(request))


@staff(Permission.KEEP_STAYS)
@require_POST
def place(request: StaffRequest) -> HttpResponse:
    """Beds for all the chosen ones, and a yes to each sender; who comes second loses no word."""
    form = _form(request, _to_place(_waiting(request)), bound=True)
    if not form.is_valid():
        return _show(request, form=form)
    members = form.members()
    if not members:
        return _show(request, form=form, faults=[_("Nobody is chosen.")])
    try:
        placed = operations.place_group(
            house_id=_house_of(request, members), members=members,
            criteria=form.cleaned_data["criteria"], willing=form.cleaned_data["willing"],
            family=form.cleaned_data["family"], arrives_at=arrival_of(form),
            words=form.cleaned_data["words"], by=request.actor, at=request.now,
        )  # fmt: skip
    except InvalidInput as fault:
        _put_faults(form, fault)
        return _show(request, form=form)
    except policy.BedTaken:
        return _show(request, form=form, faults=[wording.taken_words()], status=409)
    except policy.RequestGone:
        return _show(request, form=form, faults=[wording.gone_words()])
    told = ngettext(
        "%(count)d person placed. The sender has been told yes.",
        "%(count)d people placed. The senders have been told yes.", len(placed),
    )  # fmt: skip
    messages.success(request, told % {"count": len(placed)})
    return redirect(_address(request) if _waiting(request) else "shelter-board")


# -- the page ----------------------------------------------------------------------------------


def _show(
    request: StaffRequest, *, form: TogetherForm | None = None, faults: Sequence[str] = (),
    status: int = 422,
) -> HttpResponse:  # fmt: skip
    waiting = _waiting(request)
    admissions = _to_place(waiting)
    form = form or (_form(request, admissions) if admissions else None)
    context: dict[str, Any] = {
        "fresh": [_fresh(request, each) for each in waiting if each.admission is None],
        "conflicts": list(workflow.CONFLICTS.items()),
        "rows": [(_known(each), form.row(each)) for each in form.admissions] if form else [],
        "houses": bool(queries.list_houses(request.actor)),
        "form": form, "faults": faults, "leg": _leg(request),
        "zone": zone_of(request.membership.area_code),
        "trail": [(reverse("shelter-board"), _("Shelter board")), ("", _("Several together"))],
    }  # fmt: skip
    refused = bool(faults) or (form is not None and bool(form.errors))
    return render(request, "desk/shelter/together.html", context, status=status if refused else 200)


def _leg(request: StaffRequest) -> str:
    """The leg whose travellers alone are shown, if one is named."""
    return text(request, "tahap", 16) or request.GET.get("tahap", "")[:16]


def _address(request: StaffRequest) -> str:
    leg = _leg(request)
    address = reverse("shelter-together")
    return f"{address}?{urlencode({'tahap': leg})}" if leg else address


def _waiting(request: StaffRequest) -> list[Waiting]:
    """Those who wait for a decision and still are asked for."""
    found = [each for each in queries.list_undecided(request.actor) if not each.gone]
    number = _leg(request)
    if not number:
        return found
    leg = road.get_leg(request.actor, number)
    asked = {traveller.asked_request for traveller in road.list_travellers(leg)}
    return [each for each in found if each.request is not None and each.request.id in asked]


def _to_place(waiting: Sequence[Waiting]) -> list[Admission]:
    """Those free of conflict for whom one bed is asked; a party is placed on its own page."""
    return [
        each.admission
        for each in waiting
        if each.admission is not None
        and each.admission.conflict == workflow.NO_CONFLICT
        and not each.admission.children
    ]


def _fresh(request: StaffRequest, each: Waiting) -> dict[str, Any]:
    """A request to check: its packet as it may be read now, and who asks."""
    if each.request is None:
        raise NotReachable("one without an admission is a request")
    number = requests.packet_number(each.request.id)
    return {
        "each": each, "id": each.request.id, "number": number,
        "who": _("Child") if each.request.is_child else _("Adult"),
        "packet": packet_context(request, each.request.id),
    }  # fmt: skip


def _known(admission: Admission) -> dict[str, Any]:
    return {
        "admission": admission, "number": queries.admission_number(admission.id),
        "who": wording.asked_words(admission),
    }  # fmt: skip


def _houses(request: StaffRequest, admissions: Sequence[Admission]) -> list[HouseView]:
    desks = {admission.desk_id for admission in admissions}
    return [
        view
        for view in queries.list_houses(request.actor)
        if view.house.open and view.house.desk_id in desks
    ]


def _form(
    request: StaffRequest, admissions: Sequence[Admission], *, bound: bool = False
) -> TogetherForm:
    """A row for each, with a bed proposed that nobody else of them is proposed."""
    houses = _houses(request, admissions)
    initial: dict[str, Any] = {}
    for admission in admissions:
        initial[f"version-{admission.id}"] = admission.version
        initial[f"sex-{admission.id}"] = admission.sex
    for view in houses:
        found = operations.suggest_group(house=view.house, admissions=admissions)
        if found:
            initial |= {f"bed-{key}": str(berths[0].bed_id) for key, berths in found.items()}
            initial |= {f"take-{key}": True for key in found}
            break
    sent = {request.POST.get(f"bed-{a.id}", "") for a in admissions} if bound else set()
    criteria = list(dict.fromkeys(code for view in houses for code in view.house.criteria))
    return TogetherForm(
        request.POST if bound else None, admissions=admissions,
        beds=bed_choices(houses, sent), criteria=criteria, initial=initial,
    )  # fmt: skip


def _house_of(request: StaffRequest, members: Sequence[operations.GroupMember]) -> int:
    """The house in which the first chosen bed stands; all beds of one act stand in one house."""
    chosen = next((p.bed_id for m in members for p in m.people if p.bed_id), 0)
    for view in queries.list_houses(request.actor):
        rooms = queries.list_rooms(view.house)
        if any(bed.id == chosen for room in rooms for bed in room.beds.all()):
            return view.house.id
    raise InvalidInput({f"{members[0].admission_id}-bed-0": "required"})


def _put_faults(form: TogetherForm, fault: InvalidInput) -> None:
    """A person's fault beside her own field ("17-bed-0" → "bed-17"), what all share above."""
    for name, code in fault.errors.items():
        key, _dash, rest = name.partition("-")
        field = f"{rest.partition('-')[0]}-{key}" if key.isdecimal() else name
        form.add_error(field if field in form.fields else None, wording.fault_words(code))


urlpatterns = [
    path("hunian/bersama/", page, name="shelter-together"),
    path("hunian/bersama/periksa/", check, name="shelter-together-check"),
    path("hunian/bersama/tempatkan/", place, name="shelter-together-place"),
]
