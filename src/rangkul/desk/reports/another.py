"""One more survivor of an incident: a file of their own, with what is known of the incident."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rangkul.access.permissions import Permission
from rangkul.assessments.rk01_triase import INSTRUMENT
from rangkul.cases import operations as cases
from rangkul.cases import queries as case_queries
from rangkul.cases.models import CaseFile
from rangkul.custody import queries as custody
from rangkul.desk.cases.frame import get_file
from rangkul.desk.page import StaffRequest, form_token, posted, staff
from rangkul.desk.reports.leading import companions_for, shown
from rangkul.desk.reports.opening_form import OpeningForm, initial_beside
from rangkul.foundation.errors import InvalidInput
from rangkul.reference.zones import zone_of


@staff(Permission.OPEN_CASE)
@require_http_methods(["GET", "POST"])
def another_survivor(request: StaffRequest, number: str) -> HttpResponse:
    """The form that opens it, filled in from the incident; the first questions come next."""
    file = get_file(request, number)
    incident = case_queries.get_incident(request.actor, file.case_id)
    companions = companions_for(request, file.desk_id)
    first = companions[0][0] if companions else ""
    form = OpeningForm(
        posted(request), initial=initial_beside(file, incident, companion=first),
        companions=companions, zone=ZoneInfo(zone_of(request.membership.area_code)),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            opened = cases.open_another(
                case_id=file.case_id, opening=form.opening_unreported(),
                token=form_token(request), by=request.actor, at=request.now,
            )  # fmt: skip
        except InvalidInput as fault:
            form.take_faults(fault)
        else:
            return _onward(request, opened)
    context = shown(form) | {
        "heading": _("Another survivor of this incident"),
        "lead": _(
            "A file of their own. Days, places and the road are taken from the other file; what "
            "was told and who it is are not."
        ),
        "back": (reverse("case-incident", args=[number]), _("Back to the incident")),
        "token": form_token(request),
        "trail": [
            (reverse("case-list"), _("Cases")),
            (reverse("case-incident", args=[number]), number),
            ("", _("Another survivor of this incident")),
        ],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "desk/reports/open_case.html", context, status=status)


def _onward(request: StaffRequest, opened: CaseFile) -> HttpResponse:
    """To the first questions of the new file, or back where a colleague carries it."""
    number = custody.case_number(opened.case_id)
    if not custody.visible_among(request.actor, [opened.case_id]):
        messages.success(request, _("The file is open, and its companion is named."))
        return redirect("case-list")
    messages.success(
        request,
        _("The file %(number)s is open. Please ask the first questions now.") % {"number": number},
    )
    return redirect("assessment-fill", number=number, code=INSTRUMENT.code)


urlpatterns = [
    path("kasus/<str:number>/kejadian/penyintas-lain/", another_survivor, name="case-another"),
]
