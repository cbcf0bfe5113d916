"""One person's way home: what is known and missing, clearance, safety, choice, hands so far."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rangkul.access.permissions import Permission
from rangkul.cases.imports.reading import Areas
from rangkul.desk.page import StaffRequest, opened_version, staff, text
from rangkul.desk.repatriation import wording
from rangkul.desk.repatriation.board import desk_choices, line, mission_choices
from rangkul.desk.repatriation.with_us import fates_from
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.look.fields import set_choices
from rangkul.network import queries as network
from rangkul.reference import queries as reference
from rangkul.reference.zones import zone_of
from rangkul.repatriation import board as boards
from rangkul.repatriation import operations, queries, workflow
from rangkul.repatriation.models import Returnee
from rangkul.repatriation.policy import SomeRefused

_INVESTIGATORS = ("polda", "polres")


class KnownForm(forms.Form):
    """What is known of the return itself."""

    nationality = forms.ChoiceField(label=gettext_lazy("Nationality"))
    origin_area = forms.CharField(
        label=gettext_lazy("Origin"), required=False, max_length=80,
        help_text=gettext_lazy("Regency or city, by name or code."),
    )  # fmt: skip
    destination_desk_id = forms.TypedChoiceField(
        label=gettext_lazy("Desk that receives at home"), required=False, coerce=int,
        empty_value=None,
        help_text=gettext_lazy("A foreign person goes home through the embassy or the ministry."),
    )  # fmt: skip
    marks = forms.MultipleChoiceField(
        label=gettext_lazy("Goes first because"), required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(m, workflow.MARKS[m]) for m in ("ill", "pregnant")],
        help_text=gettext_lazy("Age and sex are read from the file."),
    )  # fmt: skip
    means = forms.ChoiceField(
        label=gettext_lazy("Able or poor"), required=False,
        choices=[("", "–"), *workflow.MEANS.items()],
    )  # fmt: skip
    payer = forms.ChoiceField(
        label=gettext_lazy("Who pays"), required=False,
        choices=[("", "–"), *workflow.PAYERS.items()],
    )  # fmt: skip
    embassy_told_on = forms.DateField(
        label=gettext_lazy("The embassy was told on"), required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )  # fmt: skip
    travel_paper = forms.ChoiceField(
        label=gettext_lazy("Travel paper"), required=False,
        choices=[("", "–"), *workflow.TRAVEL_PAPERS.items()],
    )  # fmt: skip
    match = forms.ChoiceField(
        label=gettext_lazy("Identity at the origin"), required=False,
        choices=[("", "–"), *workflow.MATCHES.items()],
    )  # fmt: skip

    def __init__(self, *args: Any, desks: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "nationality", reference.choices("negara"))
        set_choices(self, "destination_desk_id", [("", "–"), *desks])


@staff(Permission.ORGANISE_RETURNS)
def page(request: StaffRequest, returnee_id: int) -> HttpResponse:
    """The person's page; each act is a form of its own."""
    person = queries.get_returnee(request.actor, returnee_id)
    faults: list[str] = []
    if request.method == "POST":
        try:
            _do(request, person)
        except InvalidInput as fault:
            faults = wording.faults_of(fault)
        except SomeRefused as fault:
            faults = wording.refused(request.actor, fault)
        except NotReachable:
            faults = [_("Please choose from the list.")]
        else:
            messages.success(request, _("Written down."))
            return redirect("repatriation-person", returnee_id=returnee_id)
    return _show(request, person, faults)


def _show(request: StaffRequest, person: Returnee, faults: list[str]) -> HttpResponse:
    [row] = boards.board(request.actor, now=request.now, only=[person.id]).rows
    province = person.origin_area.split(".")[0]
    desks = desk_choices(request, "layanan_asal", area=province) if province else []
    embassy = person.nationality not in ("", "ID")
    if embassy:
        desks = mission_choices(request)
    form = KnownForm(
        desks=desks,
        initial={
            "nationality": person.nationality, "origin_area": boards.area_name(person.origin_area),
            "destination_desk_id": person.destination_desk_id, "means": person.means,
            "embassy_told_on": person.embassy_told_on, "travel_paper": person.travel_paper,
            "marks": person.marks, "payer": person.payer, "match": person.match,
        },
    )  # fmt: skip
    asked = queries.clearance_of(person)
    judged = operations.read_judgements(returnee_id=person.id, by=request.actor, at=request.now)
    context = line(row) | {
        "form": form, "faults": faults, "zone": zone_of(request.membership.area_code),
        "group": queries.group_number(person.group_id), "embassy": embassy,
        "clearance": str(workflow.CLEARANCES.get(person.clearance, "")),
        "clearance_agency": network.agency_names([person.clearance_agency_id]).get(
            person.clearance_agency_id, ""
        ) if person.clearance_agency_id else "",
        "asked": asked, "asked_answer": str(
            workflow.CLEARANCE_ANSWERS.get(asked.row.answer, "")
        ) if asked else "",
        "now": request.now,
        "safety": str(workflow.SAFETIES.get(person.safety, "")),
        "safeties": list(workflow.SAFETIES.items()),
        "investigators": _investigators(request),
        "judged": [
            (judgement, words, str(workflow.SAFETIES.get(judgement.result, "")))
            for judgement, words in judged
        ],
        "holds": queries.holds_of([person.id])[person.id],
        "fates": fates_from(person.state) if person.state in workflow.HELD else [],
        "trail": [
            (reverse("repatriation-board"), _("Way home")),
            (reverse("repatriation-group", args=[queries.group_number(person.group_id)]),
             queries.group_labels([person.group])[person.group_id]),
            ("", row.case_number),
        ],
    }  # fmt: skip
    return render(request, "desk/repatriation/person.html", context, status=422 if faults else 200)


def _do(request: StaffRequest, person: Returnee) -> None:
    """One of the page's forms."""
    by, at, chosen = request.actor, request.now, [person.id]
    act = text(request, "act", 24)
    if act == "known":
        operations.describe(
            returnee_ids=chosen, values=_known(request), by=by, at=at,
            expected_version=opened_version(request),
        )  # fmt: skip
    elif act == "ask_clearance":
        agency = request.POST.get("agency", "")
        operations.ask_clearance(
            returnee_ids=chosen,
            agency_id=int(agency) if agency.isdecimal() else 0,
            by=by,
            at=at,
            words=text(request, "words", 601),
        )
    elif act == "clearance":
        operations.answer_clearance(
            returnee_ids=chosen, answer=text(request, "answer", 12), by=by, at=at
        )
    elif act == "origin":
        operations.judge_origin(
            returnee_ids=chosen, result=text(request, "result", 12),
            who=text(request, "who", 1001), words=text(request, "words", 1001), by=by, at=at,
            suspect_there=request.POST.get("suspect_there") == "yes",
        )  # fmt: skip
    elif act in ("choice_clearance", "choice_origin"):
        operations.record_choice(
            returnee_ids=chosen, kind=act.removeprefix("choice_"),
            words=text(request, "words", 1001), safety_plan=text(request, "plan", 1001), by=by,
            at=at,
        )  # fmt: skip
    else:
        raise InvalidInput({"act": "unknown"})


def _known(request: StaffRequest) -> dict[str, Any]:
    written = text(request, "origin_area", 80)
    area = Areas().find(written) if written else ""
    if written and not area:
        raise InvalidInput({"origin_area": "unknown"})
    desk = request.POST.get("destination_desk_id", "")
    return {
        "nationality": text(request, "nationality", 2) or "ID", "origin_area": area,
        "destination_desk_id": int(desk) if desk.isdecimal() and len(desk) < 10 else None,
        "marks": tuple(request.POST.getlist("marks")), "means": text(request, "means", 8),
        "payer": text(request, "payer", 12), "match": text(request, "match", 12),
    } | _papers(request)  # fmt: skip


def _papers(request: StaffRequest) -> dict[str, Any]:
    """What the form says of embassy and travel paper, where it asked for them."""
    if "travel_paper" not in request.POST:
        return {}
    told = text(request, "embassy_told_on", 10)
    try:
        told_on = date.fromisoformat(told) if told else None
    except ValueError as fault:
        raise InvalidInput({"embassy_told_on": "unknown"}) from fault
    return {"embassy_told_on": told_on, "travel_paper": text(request, "travel_paper", 12)}


def _investigators(request: StaffRequest) -> list[tuple[int, str]]:
    """Police units that can be asked for a clearance, those of the own province first."""
    own = request.membership.area_code.split(".")[0]
    found: dict[int, str] = {}
    for area in (own, ""):
        for kind in _INVESTIGATORS:
            page = network.search_directory(at=request.now, kind=kind, area=area, limit=40)
            found |= {row.id: row.short_name for row in page.rows if row.id not in found}
    return list(found.items())


urlpatterns = [
    path("pemulangan/orang/<int:returnee_id>/", page, name="repatriation-person"),
]
