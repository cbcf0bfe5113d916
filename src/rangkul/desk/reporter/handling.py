"""What a desk does about the school, clinic or village that a report came from."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.desk.page import StaffRequest, staff
from rangkul.desk.reporter.advice import advice_words
from rangkul.desk.reports.numbers import address, report_id_or_404
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.workflow import IllegalMove
from rangkul.reports import institutions
from rangkul.reports import queries as reports

_HANDLES = (Permission.TAKE_REPORT, Permission.SEE_UNIT_CASES)


@staff(one_of=_HANDLES)
@require_http_methods(["GET", "POST"])
def institution(request: StaffRequest, number: str) -> HttpResponse:
    """Say what helps there, or end its reporters' access."""
    report = reports.get_report(request.actor, report_id_or_404(number))
    found = institutions.institution_of(report, at=request.now)
    if found is None:
        raise NotReachable("no registered reporter sent it")
    refused = ""
    if request.method == "POST" and request.POST.get("do") == "end":
        institutions.end_reporters(report_id=report.id, by=request.actor, at=request.now)
        messages.success(request, _("Their access has ended. Nobody there has been told."))
        return redirect("reporter-institution", number)
    if request.method == "POST":
        try:
            institutions.advise(
                report_id=report.id, codes=request.POST.getlist("codes"),
                agreed_by=request.POST.get("agreed_by", ""), by=request.actor, at=request.now,
            )  # fmt: skip
        except InvalidInput:
            refused = _("Please say who agreed. Without agreement nothing is told.")
        except IllegalMove:
            refused = _("Take the report in hand first.")
        else:
            messages.success(request, _("Saved. The reporter reads exactly these sentences."))
            return redirect("reporter-institution", number)
    chosen = request.POST.getlist("codes") if refused else institutions.advice_of(report)
    context = {
        "number": number,
        "institution": found,
        "advice": [(code, words, code in chosen) for code, words in advice_words().items()],
        "refused": refused,
        "may_end": may(request.actor.roles, Permission.SEE_UNIT_CASES),
        "trail": [
            (reverse("report-list"), _("Reports")),
            (address("report-page", report.id), number),
            ("", _("The institution")),
        ],
    }
    status = 422 if refused else 200
    return render(request, "desk/reporter/institution.html", context, status=status)


urlpatterns = [
    path("laporan/<str:number>/lembaga/", institution, name="reporter-institution"),
]
