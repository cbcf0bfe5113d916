"""The directory of services: find an agency, see its desks, see who can be reached when."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.desk.network.forms import DirectoryForm
from rangkul.desk.page import StaffRequest, staff
from rangkul.network import queries as network
from rangkul.network.ranking import NATION
from rangkul.reference import queries as reference

Trail = list[tuple[str, str]]


def trail(*steps: tuple[str, str]) -> Trail:
    """The way here, from the directory down; the last step has no address."""
    return [(reverse("network-directory"), _("Service network")), *steps]


@require_safe
@staff(Permission.SEE_DIRECTORY)
def directory(request: StaffRequest) -> HttpResponse:
    """The list of agencies, narrowed by name, kind, service and area."""
    form = DirectoryForm(request.GET)
    form.is_valid()
    given = form.cleaned_data
    page = network.search_directory(
        at=request.now,
        words=given.get("kata", ""),
        kind=given.get("jenis", ""),
        service=given.get("layanan", ""),
        area=given.get("wilayah", ""),
        after=request.GET.get("dari", ""),
    )
    asked = {name: request.GET[name] for name in form.fields if request.GET.get(name)}
    first = f"?{urlencode(asked)}" if asked else reverse("network-directory")
    context = {
        "form": form,
        "page": page,
        "narrowed": bool(asked),
        "first_url": first if request.GET.get("dari") else "",
        "next_url": f"?{urlencode(asked | {'dari': page.after})}" if page.after else "",
        "may_edit": may(request.actor.roles, Permission.EDIT_AGENCY),
        "may_staff": may(request.actor.roles, Permission.MANAGE_STAFF),
        "may_hand_over": may(request.actor.roles, Permission.HAND_OVER_CASELOAD),
    }
    fragment = request.headers.get("HX-Target") == "directory-results"
    return render(
        request, f"desk/network/{'directory_rows' if fragment else 'directory'}.html", context
    )


@require_safe
@staff(Permission.SEE_DIRECTORY)
def areas(request: StaffRequest) -> HttpResponse:
    """Options for an area's field while somebody types."""
    # One field asks at a time, under whatever name it has on its page.
    typed = str(next(iter(request.GET.values()), ""))
    hits = reference.search_areas(typed[:80]) if len(typed.strip()) > 1 else []
    return render(request, "desk/network/area_options.html", {"hits": hits})


@require_safe
@staff(Permission.SEE_DIRECTORY)
def agency(request: StaffRequest, agency_id: int) -> HttpResponse:
    """An agency with its other names and its desks."""
    return _agency_page(request, agency_id)


@require_safe
@staff(Permission.SEE_DIRECTORY)
def own(request: StaffRequest) -> HttpResponse:
    """The acting agency's own page."""
    return _agency_page(request, request.actor.agency_id)


def _agency_page(request: StaffRequest, agency_id: int) -> HttpResponse:
    found, aliases = network.get_agency_page(agency_id)
    own = agency_id == request.actor.agency_id
    context = {
        "agency": found,
        "aliases": aliases,
        "desks": network.list_desks(agency_id, at=request.now, closed_too=own),
        "may_edit": own and may(request.actor.roles, Permission.EDIT_AGENCY),
        "may_staff": own and may(request.actor.roles, Permission.MANAGE_STAFF),
        "own": own,
        "ended": not network.stands(found, request.now),
        "trail": trail(("", found.short_name)),
    }
    return render(request, "desk/network/agency.html", context)


@require_safe
@staff(Permission.SEE_DIRECTORY)
def desk(request: StaffRequest, desk_id: int) -> HttpResponse:
    """A desk: what it offers and to whom, its hours, whether somebody is on duty now."""
    card = network.get_desk_card(desk_id, at=request.now)
    own = card.desk.agency_id == request.actor.agency_id
    served = reference.get_areas(code for code in card.desk.serves if code != NATION)
    context = {
        "card": card,
        "cover": network.cover_of([desk_id], request.now)[desk_id],
        "week": [
            (WEEKDAYS[number - 1], card.desk.hours.get(str(number), [])) for number in range(1, 8)
        ],
        "nationwide": NATION in card.desk.serves,
        "served": [area.full_name for area in served.values()] or [card.desk.agency.area.full_name],
        "may_edit": own and may(request.actor.roles, Permission.EDIT_AGENCY),
        "may_places": own
        and (desk_id in request.actor.desk_ids or may(request.actor.roles, Permission.EDIT_AGENCY)),
        "own": own,
        "standing": card.standing,
        "trail": trail(
            (reverse("network-agency", args=[card.desk.agency_id]), card.desk.agency.short_name),
            ("", card.desk.name),
        ),
    }
    return render(request, "desk/network/desk.html", context)
