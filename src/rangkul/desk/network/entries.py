"""An agency keeps its own entry: names, desks, services, hours, free places."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.desk.network.directory import trail
from rangkul.desk.network.forms import (
    AgencyForm,
    AliasForm,
    DeskForm,
    HoursForm,
    PlacesForm,
    ServicesForm,
    desk_initial,
    faults_into,
    hours_initial,
    services_initial,
)
from rangkul.desk.page import StaffRequest, posted, staff
from rangkul.foundation.errors import NotReachable
from rangkul.network import operations
from rangkul.network import queries as network
from rangkul.network.models import Desk

_UNREADABLE = 422


def answer(
    request: StaffRequest, template: str, form: forms.Form, context: Mapping[str, object]
) -> HttpResponse:
    """The form's page; 422 when something has to be mended first."""
    status = _UNREADABLE if form.is_bound and form.errors else 200
    return render(
        request, f"desk/network/{template}.html", {"form": form, **context}, status=status
    )


def own_desk(request: StaffRequest, desk_id: int) -> Desk:
    """A desk of the acting agency; another agency's is not there (404)."""
    found = network.get_desk(desk_id)
    if found.agency_id != request.actor.agency_id:
        raise NotReachable("desk")
    return found


def _desk_trail(desk: Desk, here: str) -> list[tuple[str, str]]:
    return trail(
        (reverse("network-agency", args=[desk.agency_id]), desk.agency.short_name),
        (reverse("network-desk", args=[desk.id]), desk.name),
        ("", here),
    )


@require_http_methods(["GET", "POST"])
@staff(Permission.EDIT_AGENCY)
def edit_agency(request: StaffRequest) -> HttpResponse:
    """The agency's own entry and its other names."""
    agency, aliases = network.get_agency_page(request.actor.agency_id)
    initial = {
        "version": agency.version,
        "name": agency.name,
        "short_name": agency.short_name,
        "kind": agency.kind,
        "area": agency.area.full_name,
        "confirmed": agency.confirmed_on is not None,
    }
    form = AgencyForm(posted(request), initial=initial)
    if form.is_valid():
        with faults_into(form):
            operations.edit_agency(**form.cleaned_data, by=request.actor, at=request.now)
            messages.success(request, _("The entry is saved."))
            return redirect("network-agency", agency.id)
    return answer(
        request,
        "agency_form",
        form,
        {
            "agency": agency,
            "aliases": aliases,
            "alias_form": AliasForm(),
            "trail": trail(
                (reverse("network-agency", args=[agency.id]), agency.short_name),
                ("", _("Edit the entry")),
            ),
        },
    )


@require_POST
@staff(Permission.EDIT_AGENCY)
def add_alias(request: StaffRequest) -> HttpResponse:
    """Add another name of the agency."""
    form = AliasForm(request.POST)
    if form.is_valid():
        with faults_into(form):
            operations.add_alias(
                name=form.cleaned_data["alias"],
                valid_from=form.cleaned_data["valid_from"],
                valid_until=form.cleaned_data["valid_until"],
                by=request.actor,
                at=request.now,
            )
            messages.success(request, _("The other name is added."))
            return redirect("network-agency-edit")
    agency = network.get_agency(request.actor.agency_id)
    here = trail(
        (reverse("network-agency", args=[agency.id]), agency.short_name), ("", _("Other name"))
    )
    return answer(request, "alias_form", form, {"trail": here})


@require_POST
@staff(Permission.EDIT_AGENCY)
def remove_alias(request: StaffRequest, alias_id: int) -> HttpResponse:
    """Take away a name that was entered by mistake."""
    operations.remove_alias(alias_id=alias_id, by=request.actor, at=request.now)
    messages.success(request, _("The other name is removed."))
    return redirect("network-agency-edit")


# -- desks ------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@staff(Permission.EDIT_AGENCY)
def open_desk(request: StaffRequest) -> HttpResponse:
    """Open a new desk; services and hours follow."""
    agency = network.get_agency(request.actor.agency_id)
    form = DeskForm(posted(request), initial={"active": True, "listed": True, "languages": ["ind"]})
    if form.is_valid():
        with faults_into(form):
            desk = operations.open_desk(details=form.details, by=request.actor, at=request.now)
            messages.success(request, _("The desk is open. What does it offer, and to whom?"))
            return redirect("network-services", desk.id)
    here = trail(
        (reverse("network-agency", args=[agency.id]), agency.short_name), ("", _("New desk"))
    )
    return answer(request, "desk_form", form, {"trail": here, "cancel": here[1][0]})


@require_http_methods(["GET", "POST"])
@staff(Permission.EDIT_AGENCY)
def edit_desk(request: StaffRequest, desk_id: int) -> HttpResponse:
    """What a desk is called, speaks and serves."""
    desk = own_desk(request, desk_id)
    form = DeskForm(posted(request), initial=desk_initial(desk))
    if form.is_valid():
        with faults_into(form):
            operations.edit_desk(
                desk_id=desk.id,
                details=form.details,
                version=form.cleaned_data["version"] or 0,
                by=request.actor,
                at=request.now,
            )
            messages.success(request, _("The desk is saved."))
            return redirect("network-desk", desk.id)
    here = _desk_trail(desk, _("Edit the desk"))
    return answer(request, "desk_form", form, {"desk": desk, "trail": here, "cancel": here[2][0]})


@require_http_methods(["GET", "POST"])
@staff(Permission.EDIT_AGENCY)
def edit_hours(request: StaffRequest, desk_id: int) -> HttpResponse:
    """The weekly opening hours of a desk."""
    desk = own_desk(request, desk_id)
    form = HoursForm(posted(request), initial=hours_initial(desk))
    if form.is_valid():
        with faults_into(form):
            operations.set_hours(
                desk_id=desk.id,
                always_open=form.cleaned_data["always_open"],
                hours=form.hours,
                version=form.cleaned_data["version"],
                by=request.actor,
                at=request.now,
            )
            messages.success(request, _("The opening hours are saved."))
            return redirect("network-desk", desk.id)
    return answer(
        request, "hours_form", form, {"desk": desk, "trail": _desk_trail(desk, _("Opening hours"))}
    )


@require_http_methods(["GET", "POST"])
@staff(Permission.EDIT_AGENCY)
def edit_services(request: StaffRequest, desk_id: int) -> HttpResponse:
    """What a desk offers, and to whom."""
    card = network.get_desk_card(desk_id, at=request.now)
    desk = own_desk(request, desk_id)
    form = ServicesForm(posted(request), initial=services_initial(desk, card.offers))
    if form.is_valid():
        with faults_into(form):
            operations.set_services(
                desk_id=desk.id,
                offers=form.offers,
                version=form.cleaned_data["version"],
                by=request.actor,
                at=request.now,
            )
            messages.success(request, _("The services are saved."))
            return redirect("network-desk", desk.id)
    return answer(
        request, "services_form", form, {"desk": desk, "trail": _desk_trail(desk, _("Services"))}
    )


@require_http_methods(["GET", "POST"])
@staff(Permission.SEE_DIRECTORY)
def edit_places(request: StaffRequest, desk_id: int) -> HttpResponse:
    """How many places are free now; whoever sits at the desk may say it."""
    desk = own_desk(request, desk_id)
    if desk_id not in request.actor.desk_ids:
        require(request.actor.roles, Permission.EDIT_AGENCY)
    form = PlacesForm(posted(request), initial={"free_places": desk.free_places})
    if request.method == "POST" and form.is_valid():
        with faults_into(form):
            operations.set_places(
                desk_id=desk.id,
                free_places=form.cleaned_data["free_places"],
                by=request.actor,
                at=request.now,
            )
            messages.success(request, _("The free places are published."))
            return redirect("network-desk", desk.id)
    return answer(
        request, "places_form", form, {"desk": desk, "trail": _desk_trail(desk, _("Free places"))}
    )
