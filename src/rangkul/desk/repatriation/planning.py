"""A new leg for chosen people: which journey, which desk, when, by what, who goes along."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rangkul.access.permissions import Permission
from rangkul.cases import queries as cases
from rangkul.desk.page import StaffRequest, posted, staff
from rangkul.desk.repatriation import wording
from rangkul.desk.repatriation.board import desk_choices, mission_choices
from rangkul.desk.wording import service_label
from rangkul.foundation.errors import InvalidInput
from rangkul.look.fields import set_choices
from rangkul.network import queries as network
from rangkul.reference.zones import zone_of
from rangkul.repatriation import board as boards
from rangkul.repatriation import operations, queries, workflow
from rangkul.repatriation.models import Returnee
from rangkul.repatriation.operations import Stretch
from rangkul.repatriation.operations.journeys import SERVICES
from rangkul.repatriation.queries import LegWords

LOCAL = "%Y-%m-%dT%H:%M"


class LegForm(forms.Form):
    """One stretch. Times are those of the person's own agency."""

    journey = forms.TypedChoiceField(label=gettext_lazy("Journey"), coerce=int)
    service = forms.ChoiceField(label=gettext_lazy("What for"))
    desk = forms.TypedChoiceField(label=gettext_lazy("Receiving desk"), coerce=int)
    homeward = forms.BooleanField(
        label=gettext_lazy("Towards home: safety and clearance are asked first"), required=False
    )
    abroad = forms.BooleanField(
        label=gettext_lazy("Leaves the country: the embassy knows, and a travel paper is there"),
        required=False,
    )
    unstaffed = forms.BooleanField(
        label=gettext_lazy("Plan it even if nobody with an account sits there"), required=False
    )
    departs_at = forms.DateTimeField(
        label=gettext_lazy("Departure"), input_formats=[LOCAL],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL),
    )  # fmt: skip
    arrives_at = forms.DateTimeField(
        label=gettext_lazy("Arrival"), input_formats=[LOCAL],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL),
    )  # fmt: skip
    mode = forms.ChoiceField(label=gettext_lazy("How"), choices=list(workflow.MODES.items()))
    carrier = forms.CharField(label=gettext_lazy("Carrier"), max_length=200, required=False)
    escort = forms.CharField(label=gettext_lazy("Escort"), max_length=200, required=False)
    escort_sex = forms.ChoiceField(
        label=gettext_lazy("Escort is"), required=False,
        choices=[("", "–"), ("P", gettext_lazy("A woman")), ("L", gettext_lazy("A man"))],
    )  # fmt: skip
    meeting_point = forms.CharField(label=gettext_lazy("Where they meet"), max_length=200)
    drop_point = forms.CharField(
        label=gettext_lazy("Where the leg ends"), max_length=200, required=False,
        help_text=gettext_lazy("A place to meet. Never the address of a shelter or of a home."),
    )  # fmt: skip

    def __init__(self, *args: Any, journeys: Any, desks: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "journey", journeys)
        set_choices(self, "desk", desks)
        set_choices(self, "service", [(code, service_label(code)) for code in SERVICES])


@staff(Permission.ORGANISE_RETURNS)
def new(request: StaffRequest) -> HttpResponse:
    """Plan the next leg of the people named in the address or the form."""
    people = chosen_people(request)
    group_id = people[0].group_id if people else 0
    ways = queries.list_journeys(request.actor, group_id)
    journeys = list(queries.journey_labels(ways).items())
    zone = ZoneInfo(zone_of(request.membership.area_code))
    soon = (request.now + timedelta(hours=12)).astimezone(zone)
    form = LegForm(
        posted(request), journeys=journeys, desks=_desks(request, people),
        initial={"departs_at": soon.strftime(LOCAL), "mode": "land",
                 "arrives_at": (soon + timedelta(hours=6)).strftime(LOCAL)},
    )  # fmt: skip
    faults: list[str] = []
    unstaffed = ""
    if request.method == "POST" and form.is_valid() and people:
        try:
            leg = operations.plan_leg(
                journey_id=form.cleaned_data["journey"],
                returnee_ids=[person.id for person in people],
                stretch=_stretch(form.cleaned_data, zone), by=request.actor, at=request.now,
                unstaffed_ok=form.cleaned_data["unstaffed"],
            )  # fmt: skip
        except InvalidInput as fault:
            faults = wording.faults_of(fault)
            if fault.errors.get("desk") == "nobody_there":
                unstaffed = desk_name(form.cleaned_data["desk"])
        else:
            return redirect("repatriation-leg", leg=queries.leg_number(leg.id))
    covers = cases.list_covers(request.actor, [person.case_id for person in people])
    context = {
        "form": form, "people": people, "covers": covers, "faults": faults,
        "unstaffed": unstaffed,
        "foreign": any(person.nationality not in ("", "ID") for person in people),
        "ids": ",".join(str(person.id) for person in people), "journeys": journeys,
        "group": queries.group_number(group_id) if group_id else "",
        "trail": [(reverse("repatriation-board"), _("Way home")), ("", _("New leg"))],
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return render(request, "desk/repatriation/leg_new.html", context, status=status)


def local(moment: datetime, zone: ZoneInfo) -> datetime:
    """A form's hour, which Django read in its own zone, as the same figures in ``zone``."""
    return moment.replace(tzinfo=zone)


def _stretch(clean: dict[str, Any], zone: ZoneInfo) -> Stretch:
    return Stretch(
        desk_id=clean["desk"], service=clean["service"], mode=clean["mode"],
        departs_at=local(clean["departs_at"], zone), arrives_at=local(clean["arrives_at"], zone),
        homeward=clean["homeward"], abroad=clean["abroad"], escort_sex=clean["escort_sex"],
        words=LegWords(
            clean["meeting_point"], clean["drop_point"], clean["carrier"], clean["escort"]
        ),
    )  # fmt: skip


def desk_name(desk_id: int) -> str:
    """A desk with its agency, in full."""
    desk = network.get_desk(desk_id)
    return f"{desk.name}, {network.get_agency(desk.agency_id).name}"


def chosen_people(request: StaffRequest) -> list[Returnee]:
    """The people named in the address or the form, as far as the person sees them."""
    sent = request.POST.get("orang", "") or request.GET.get("orang", "")
    ids = [int(each) for each in sent.split(",") if each.isdecimal() and len(each) < 18]
    return queries.list_returnees(request.actor, only=ids) if ids else []


def _desks(request: StaffRequest, people: list[Returnee]) -> list[tuple[str, Any]]:
    """Desks by service; those in the provinces of origin first, as the list may be long."""
    provinces = {person.origin_area.split(".")[0] for person in people if person.origin_area}
    grouped: list[tuple[str, Any]] = []
    if any(person.nationality not in ("", "ID") for person in people):
        grouped.append((_("Through the embassy"), mission_choices(request)))
    for province in sorted(provinces):
        near: dict[int, str] = {}
        for service in SERVICES:
            near |= dict(desk_choices(request, service, area=province))
        if near:
            grouped.append((boards.area_name(province), sorted(near.items(), key=lambda d: d[1])))
    for service in SERVICES:
        found = desk_choices(request, service)
        if found:
            grouped.append((service_label(service), found))
    return grouped


urlpatterns = [path("pemulangan/tahap-baru/", new, name="repatriation-leg-new")]
