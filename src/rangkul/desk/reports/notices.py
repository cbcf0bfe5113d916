"""Another desk took a report about somebody perhaps known here: reach out, or keep silent."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rangkul.cases import queries as cases
from rangkul.custody import queries as custody
from rangkul.desk.page import SEES_CASES, StaffRequest, staff
from rangkul.foundation.workflow import IllegalMove
from rangkul.network import queries as network
from rangkul.reference.zones import zone_of
from rangkul.reports import operations as writing
from rangkul.reports import queries as reports
from rangkul.reports.models import EarlierContact

# How long the asking desk's number stays on the page after one chose to call.
_SHOWN_FOR = timedelta(days=7)


@require_safe
@staff(one_of=SEES_CASES)
def listing(request: StaffRequest) -> HttpResponse:
    """The notices on one's cases; who asks is shown once one has decided to get in touch."""
    rows = reports.list_earlier_contacts(request.actor, since=request.now - _SHOWN_FOR)
    covers = {c.case_id: c for c in cases.list_covers(request.actor, [r.case_id for r in rows])}
    called = [row for row in rows if row.answer == EarlierContact.CONTACT]
    agencies = network.agency_names(row.asking_agency_id for row in called)
    desks = network.get_desks(row.asking_desk_id for row in called if row.asking_desk_id)
    notices = [
        {
            "notice": row,
            "number": custody.case_number(row.case_id),
            "cover": covers[row.case_id],
            "agency": agencies.get(row.asking_agency_id, ""),
            "desk": desks.get(row.asking_desk_id or 0),
        }
        for row in rows
        if row.case_id in covers
    ]
    context = {
        "waiting": [entry for entry in notices if not entry["agency"]],
        "called": [entry for entry in notices if entry["agency"]],
        "zone": zone_of(request.membership.area_code),
    }
    return render(request, "desk/reports/notices.html", context)


@staff(one_of=SEES_CASES)
@require_POST
def answer(request: StaffRequest, notice_id: UUID) -> HttpResponse:
    """Get in touch, or keep silent; the asking desk sees nothing of it either way."""
    try:
        notice = writing.answer_earlier_contact(
            notice_id=notice_id, answer=request.POST.get("answer", ""), by=request.actor,
            at=request.now,
        )  # fmt: skip
    except IllegalMove:
        messages.info(request, _("A colleague has answered this already."))
        return redirect("earlier-contact-list")
    if notice.answer == EarlierContact.SILENT:
        messages.success(request, _("Kept silent. The other desk learns nothing."))
    else:
        messages.success(request, _("Below stands whom to call. Say no more than is needed."))
    return redirect("earlier-contact-list")


urlpatterns = [
    path("laporan/kontak/", listing, name="earlier-contact-list"),
    path("laporan/kontak/<uuid:notice_id>/", answer, name="earlier-contact-answer"),
]
