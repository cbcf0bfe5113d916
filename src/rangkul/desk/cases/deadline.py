"""One deadline of a file: letting it rest for what the person needs, and letting it run on."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.cases.models import CaseFile
from rangkul.clocks import resting, workflow
from rangkul.clocks.models import Clock
from rangkul.desk import pauses, wording
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.cases.notes import sentences
from rangkul.desk.page import StaffRequest, opened_version, staff, typed
from rangkul.foundation.errors import InvalidInput
from rangkul.reference.zones import local_date, zone_of


@staff(Permission.PLAN)
def deadline(request: StaffRequest, number: str, clock_id: UUID) -> HttpResponse:
    """What is due, and the form by which it rests; or the sentence why it may not."""
    file = get_file(request, number)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            resting.rest(
                clock_id=clock_id, case_id=file.case_id, reason=typed(request, "reason"),
                until=_day(typed(request, "until")), area=_area(request, file),
                expected_version=opened_version(request), by=request.actor, at=request.now,
            )  # fmt: skip
        except InvalidInput as fault:
            errors = _sentences(fault)
        else:
            messages.success(request, _("Paused. After the last day it runs on by itself."))
            return redirect("case-page", number=number)
    clock = resting.get_clock(request.actor, case_id=file.case_id, clock_id=clock_id)
    return _page(request, file, clock, errors)


@staff(Permission.PLAN)
@require_POST
def run_on(request: StaffRequest, number: str, clock_id: UUID) -> HttpResponse:
    """The pause ends now; the deadline has moved by the time it rested."""
    file = get_file(request, number)
    resting.run_on(
        clock_id=clock_id, case_id=file.case_id, expected_version=opened_version(request),
        by=request.actor, at=request.now,
    )  # fmt: skip
    messages.success(request, _("It runs on. Its end has moved by the time it rested."))
    return redirect("case-page", number=number)


def _page(
    request: StaffRequest, file: CaseFile, clock: Clock, errors: dict[str, str]
) -> HttpResponse:
    day, area = localdate(request.now), _area(request, file)
    today = local_date(request.now, area)
    never = resting.never(clock) if clock.state == workflow.RUNNING else ""
    context = frame(file, request, section="case-page") | {
        "clock": clock,
        "title": wording.procedure_title(clock.procedure, day),
        "source": wording.procedure_source(clock.procedure, day),
        "paused": pauses.said(clock, zone_of(request.membership.area_code)),
        "may_run_on": resting.may_run_on(request.actor, clock),
        "is_running": clock.state == workflow.RUNNING and clock.due_at > request.now,
        "never": pauses.never_words(never) if never else "",
        "reasons": pauses.choices(),
        "chosen": {name: typed(request, name) for name in ("reason", "until")},
        "earliest": today.isoformat(),
        "latest": (today + resting.LONGEST).isoformat(),
        "errors": errors,
    }
    return render(request, "desk/cases/deadline.html", context, status=422 if errors else 200)


def _area(request: StaffRequest, file: CaseFile) -> str:
    return file.area or request.membership.area_code


def _day(value: str) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as fault:
        raise InvalidInput({"until": "malformed"}) from fault


def _sentences(fault: InvalidInput) -> dict[str, str]:
    own = {
        "too_far": _("At most 30 days ahead; whoever needs longer decides then anew."),
        "malformed": _("Please write a day."),
    }
    return sentences(fault) | {
        name: own[code] for name, code in fault.errors.items() if code in own
    }


_HERE = "kasus/<str:number>/tenggat/<uuid:clock_id>/"
urlpatterns = [
    path(_HERE, deadline, name="case-clock"),
    path(f"{_HERE}lanjut/", run_on, name="case-clock-run-on"),
]
