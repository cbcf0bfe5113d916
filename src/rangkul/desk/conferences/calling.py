"""Calling a conference from the case, and moving it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rangkul.access.permissions import Permission
from rangkul.cases import queries as cases
from rangkul.conferences import operations, queries
from rangkul.conferences.models import Proposal
from rangkul.conferences.operations import Calling
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.conferences import wording
from rangkul.desk.conferences.forms import CallForm, MeetingForm
from rangkul.desk.page import StaffRequest, posted, staff
from rangkul.foundation.errors import InvalidInput
from rangkul.reference.zones import zone_of


def _zone(request: StaffRequest) -> ZoneInfo:
    return ZoneInfo(zone_of(request.membership.area_code))


@require_http_methods(["GET", "POST"])
@staff(Permission.CALL_CONFERENCE)
def new_conference(request: StaffRequest, number: str) -> HttpResponse:
    """What it is about, when and where; the seats follow on its page."""
    file = get_file(request, number)
    siblings = [
        (each.case_id, each.work_label or each.pseudonym)
        for each in cases.list_siblings(request.actor, file)
    ]
    proposal = _proposal(request, file.case_id)
    form = CallForm(posted(request), siblings=siblings)
    if form.is_valid():
        agenda = form.agenda
        calling = Calling(
            (file.case_id, *form.cleaned_data["siblings"]), form.meeting(_zone(request)),
            tuple(entry for _row, entry in agenda),
        )  # fmt: skip
        try:
            made = (
                operations.call_proposed(
                    proposal_id=proposal.id, calling=calling, by=request.actor, at=request.now
                )
                if proposal
                else operations.call_conference(calling=calling, by=request.actor, at=request.now)
            )
        except InvalidInput as fault:
            names = {f"agenda.{at}": f"words_{row}" for at, (row, _entry) in enumerate(agenda)}
            wording.put_faults(form, fault, names | {"agenda": "words_0", "starts_at": "day"})
        else:
            messages.success(request, _("Called. Now choose who is invited."))
            return redirect("conference-page", number=queries.conference_number(made.id))
    context = frame(file, request, section="conference-case") | {
        "form": form, "siblings": siblings, "proposal": proposal,
    }  # fmt: skip
    return render(request, "desk/conferences/new.html", context, status=422 if form.errors else 200)


def _proposal(request: StaffRequest, case_id: int) -> Proposal | None:
    """The waiting proposal that the address or the form names, on this case."""
    named = request.POST.get("usul") or request.GET.get("usul", "")
    found = queries.list_proposals(request.actor, case_id)
    return next((each for each in found if str(each.id) == named), None)


@require_http_methods(["GET", "POST"])
@staff(Permission.CALL_CONFERENCE)
def move_conference(request: StaffRequest, number: str) -> HttpResponse:
    """Another hour or place."""
    row = queries.get_led(request.actor, queries.conference_id_of(number))
    details, local = queries.details_of(row), row.starts_at.astimezone(_zone(request))
    form = MeetingForm(
        posted(request),
        initial={
            "version": row.version, "title": details.title, "day": local.date(),
            "hour": local.time(), "lasts_minutes": row.lasts_minutes, "manner": row.manner,
            "place": details.place, "link": details.link,
        },
    )  # fmt: skip
    if form.is_valid():
        try:
            operations.move_conference(
                conference_id=row.id, meeting=form.meeting(_zone(request)),
                expected_version=form.cleaned_data["version"] or 0, by=request.actor,
                at=request.now,
            )  # fmt: skip
        except InvalidInput as fault:
            wording.put_faults(form, fault, {"starts_at": "day"})
        else:
            messages.success(request, _("Saved. Those invited see the new hour."))
            return redirect("conference-page", number=number)
    here = [
        (reverse("conference-list"), _("Case conferences")),
        (reverse("conference-page", args=[number]), details.title), ("", _("Move")),
    ]  # fmt: skip
    return render(
        request, "desk/conferences/move.html", {"form": form, "number": number, "trail": here},
        status=422 if form.errors else 200,
    )  # fmt: skip


urlpatterns = [
    path("kasus/<str:number>/rapat/baru/", new_conference, name="conference-new"),
    path("rapat/<str:number>/ubah/", move_conference, name="conference-move"),
]
