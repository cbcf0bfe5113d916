"""Setting up a shelter: houses, rooms, beds; and the address, which only its officers open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.desk.page import StaffRequest, opened_version, posted, staff
from rangkul.desk.shelter import wording
from rangkul.desk.shelter.doing import taken
from rangkul.desk.shelter.forms import (
    BedForm,
    CloseBedForm,
    HouseForm,
    HousePlaceForm,
    NewRoomForm,
    RoomForm,
)
from rangkul.network import queries as network
from rangkul.reference.services import ServiceCode
from rangkul.shelter import operations, queries, workflow
from rangkul.shelter.models import House
from rangkul.shelter.queries import HouseView


@staff(Permission.KEEP_HOUSES)
def house_list(request: StaffRequest) -> HttpResponse:
    """The houses whose rooms the person keeps."""
    context = {
        "houses": [
            (view, workflow.HOUSE_KINDS[view.house.kind], _tally(view.house))
            for view in queries.list_houses(request.actor, to_manage=True)
        ],
        "may_make": bool(_desks(request)),
        "trail": _trail(request),
    }
    return render(request, "desk/shelter/houses.html", context)


def _tally(house: House) -> tuple[int, int]:
    rooms = queries.list_rooms(house)
    shares = queries.shares(rooms)
    return len(rooms), sum(share.beds for share in shares)


@staff(Permission.KEEP_HOUSES)
@require_http_methods(["GET", "POST"])
def new_house(request: StaffRequest) -> HttpResponse:
    """A new house."""
    form = HouseForm(posted(request), desks=_desks(request), initial={"version": 0})
    if form.is_valid() and taken(
        form,
        lambda: operations.make_house(details=form.details(), by=request.actor, at=request.now),
    ):
        messages.success(request, _("The house stands. Now its rooms and beds."))
        newest = queries.list_houses(request.actor, to_manage=True)[-1]
        return redirect("shelter-house", newest.house.id)
    context = {"form": form, "trail": [*_trail(request), ("", _("New house"))]}
    return render(request, "desk/shelter/house_form.html", context, status=_status(form))


@staff(Permission.KEEP_HOUSES)
def house_page(request: StaffRequest, house_id: int) -> HttpResponse:
    """Rooms and beds of one house."""
    return _show(request, queries.get_house(request.actor, house_id, to_manage=True))


def _show(
    request: StaffRequest, view: HouseView, form: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    rooms = [
        {
            "room": room, "words": wording.room_words(room), "icon": wording.room_icon(room),
            "beds": [
                (bed, wording.bed_words(bed), workflow.CLOSE_REASONS.get(bed.closed_reason, ""))
                for bed in room.beds.all()
            ],
            "form": RoomForm(
                initial={"version": room.version, "age_group": room.age_group, "sex": room.sex,
                         "accessible": room.accessible},
                auto_id=f"room{room.id}-%s",
            ),
        }
        for room in queries.list_rooms(view.house)
    ]  # fmt: skip
    context = {
        "view": view, "kind": workflow.HOUSE_KINDS[view.house.kind], "rooms": rooms,
        "new_room": form if isinstance(form, NewRoomForm) else NewRoomForm(),
        "failed": form if form is not None and not isinstance(form, NewRoomForm) else None,
        "close_form": CloseBedForm(initial={"version": 0}, auto_id=False),
        "reasons": workflow.CLOSE_REASONS.items(),
        "criteria": wording.criteria_words(view.house.criteria),
        "may_open_place": _may_open_place(request, view.house),
        "trail": [*_trail(request), ("", view.name)],
    }  # fmt: skip
    return render(request, "desk/shelter/house.html", context, status=status)


@staff(Permission.KEEP_HOUSES)
@require_http_methods(["GET", "POST"])
def edit_house(request: StaffRequest, house_id: int) -> HttpResponse:
    """Name, kind, limit, grounds."""
    view = queries.get_house(request.actor, house_id, to_manage=True)
    house = view.house
    initial = {
        "version": house.version, "desk_id": house.desk_id, "name": view.name,
        "kind": house.kind, "stay_days": house.stay_days, "criteria": house.criteria,
        "accessible": house.accessible, "open": house.open,
    }  # fmt: skip
    desks = [(house.desk_id, house.desk.name)]
    form = HouseForm(posted(request), desks=desks, initial=initial)
    if form.is_valid() and taken(
        form,
        lambda: operations.change_house(
            house_id=house.id, details=form.details(),
            expected_version=form.cleaned_data["version"], by=request.actor, at=request.now,
        ),
    ):  # fmt: skip
        messages.success(request, _("The house is saved."))
        return redirect("shelter-house", house.id)
    back = (reverse("shelter-house", args=[house.id]), view.name)
    context = {"form": form, "trail": [*_trail(request), back, ("", _("Edit the house"))]}
    return render(request, "desk/shelter/house_form.html", context, status=_status(form))


@staff(Permission.KEEP_HOUSES)
@require_POST
def add_room(request: StaffRequest, house_id: int) -> HttpResponse:
    """One more room."""
    form = NewRoomForm(request.POST)

    def act() -> object:
        clean = form.cleaned_data
        return operations.add_room(
            house_id=house_id, sex=clean["sex"], group=clean["age_group"], beds=clean["beds"],
            cots=clean["cots"], accessible=clean["accessible"], by=request.actor, at=request.now,
        )  # fmt: skip

    return _done(request, house_id, form, act, _("The room stands."))


@staff(Permission.KEEP_HOUSES)
@require_POST
def change_room(request: StaffRequest, room_id: int) -> HttpResponse:
    """For whom a room is."""
    room = queries.get_room(request.actor, room_id)
    form = RoomForm(request.POST)

    def act() -> object:
        clean = form.cleaned_data
        return operations.change_room(
            room_id=room_id, sex=clean["sex"], group=clean["age_group"],
            accessible=clean["accessible"], expected_version=clean["version"], by=request.actor,
            at=request.now,
        )  # fmt: skip

    return _done(request, room.house_id, form, act, _("The room is saved."))


@staff(Permission.KEEP_HOUSES)
@require_POST
def add_bed(request: StaffRequest, room_id: int) -> HttpResponse:
    """One more bed or cot."""
    room = queries.get_room(request.actor, room_id)
    form = BedForm(request.POST)

    def act() -> object:
        kind = form.cleaned_data["kind"]
        return operations.add_bed(room_id=room_id, kind=kind, by=request.actor, at=request.now)

    return _done(request, room.house_id, form, act, _("One more bed."))


@staff(Permission.KEEP_HOUSES)
@require_POST
def close_bed(request: StaffRequest, bed_id: int) -> HttpResponse:
    """Nobody can sleep there for now."""
    bed = queries.get_bed(request.actor, bed_id)
    form = CloseBedForm(request.POST)

    def act() -> object:
        clean = form.cleaned_data
        return operations.close_bed(
            bed_id=bed_id, reason=clean["reason"], until=clean["until"],
            expected_version=clean["version"], by=request.actor, at=request.now,
        )  # fmt: skip

    return _done(request, bed.room.house_id, form, act, _("The bed is closed."))


@staff(Permission.KEEP_HOUSES)
@require_POST
def open_bed(request: StaffRequest, bed_id: int) -> HttpResponse:
    """It can be slept in again."""
    bed = queries.get_bed(request.actor, bed_id)
    operations.open_bed(
        bed_id=bed_id, expected_version=opened_version(request), by=request.actor, at=request.now
    )
    messages.success(request, _("The bed can be used again."))
    return redirect("shelter-house", bed.room.house_id)


@staff(Permission.SEE_HOUSE_ADDRESS)
@require_http_methods(["GET", "POST"])
def edit_place(request: StaffRequest, house_id: int) -> HttpResponse:
    """Write the address down anew; what stood there before is not shown, it is opened."""
    view = queries.get_house_to_place(request.actor, house_id)
    form = HousePlaceForm(posted(request), initial={"version": view.house.place_version})
    if form.is_valid() and taken(
        form,
        lambda: operations.write_place(
            house_id=house_id, place=form.place(),
            expected_version=form.cleaned_data["version"], by=request.actor, at=request.now,
        ),
    ):  # fmt: skip
        messages.success(request, _("The address is sealed."))
        return redirect("shelter-place", house_id)
    back = (reverse("shelter-place", args=[house_id]), _("Address"))
    context = {"form": form, "trail": [*_trail(request), back, ("", _("Write the address"))]}
    return render(request, "desk/shelter/place_form.html", context, status=_status(form))


# -- parts -------------------------------------------------------------------------------------


def _done(
    request: StaffRequest, house_id: int, form: forms.Form, act: Callable[[], object], said: str
) -> HttpResponse:
    """Do the act and go to the house; a form that could not be taken is put back on its page."""
    view = queries.get_house(request.actor, house_id, to_manage=True)
    if form.is_valid() and taken(form, act):
        messages.success(request, said)
        return redirect("shelter-house", house_id)
    return _show(request, view, form, status=422)


def _status(form: forms.Form) -> int:
    return 422 if form.is_bound and form.errors else 200


def _trail(request: StaffRequest) -> list[tuple[str, Any]]:
    if may(request.actor.roles, Permission.KEEP_STAYS):
        return [
            (reverse("shelter-board"), _("Shelter board")),
            (reverse("shelter-houses"), _("Houses")),
        ]
    return [(reverse("shelter-houses"), _("Houses"))]


def _desks(request: StaffRequest) -> list[tuple[int, str]]:
    """The agency's desks for shelter at which the person may put a house."""
    everywhere = may(request.actor.roles, Permission.EDIT_AGENCY)
    return [
        (card.desk.id, card.desk.name)
        for card in network.list_desks(request.actor.agency_id, at=request.now)
        if ServiceCode.HUNIAN in card.services
        and (everywhere or card.desk.id in request.actor.desk_ids)
    ]


def _may_open_place(request: StaffRequest, house: House) -> bool:
    return (
        may(request.actor.roles, Permission.SEE_HOUSE_ADDRESS)
        and house.desk_id in request.actor.desk_ids
    )


urlpatterns = [
    path("hunian/rumah/", house_list, name="shelter-houses"),
    path("hunian/rumah/baru/", new_house, name="shelter-house-new"),
    path("hunian/rumah/<int:house_id>/", house_page, name="shelter-house"),
    path("hunian/rumah/<int:house_id>/ubah/", edit_house, name="shelter-house-edit"),
    path("hunian/rumah/<int:house_id>/kamar/", add_room, name="shelter-room-add"),
    path("hunian/rumah/<int:house_id>/alamat/tulis/", edit_place, name="shelter-place-edit"),
    path("hunian/kamar/<int:room_id>/", change_room, name="shelter-room"),
    path("hunian/kamar/<int:room_id>/tempat/", add_bed, name="shelter-bed-add"),
    path("hunian/tempat/<int:bed_id>/tutup/", close_bed, name="shelter-bed-close"),
    path("hunian/tempat/<int:bed_id>/buka/", open_bed, name="shelter-bed-open"),
]
