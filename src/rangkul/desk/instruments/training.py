"""Who of the staff has finished which training: one row a colleague, noted by the agency."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from rangkul.access.permissions import Permission
from rangkul.assessments import training
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.network import queries as network


def training_label(module: str) -> str:
    """A training in words."""
    return {
        "triase": _("Triage, 1 day"), "tppo": _("Trafficking, 2 days"),
        "peksos": _("Social-work certificate"), "laki": _("Men's module, 1 day"),
        "anak": _("Child social work"), "psikolog": _("Psychology"),
        training.REPORTER: _("Registered reporter, half a day"),
    }[module]  # fmt: skip


@staff(Permission.MANAGE_STAFF)
def trainings(request: StaffRequest) -> HttpResponse:
    """The table, and one colleague's row as it is sent."""
    members = network.list_staff(request.actor.agency_id, at=request.now)
    day = network.day_at(request.actor.agency_id, request.now)
    if request.method == "POST":
        known = {str(member.membership.user_id): member.membership.user_id for member in members}
        user_id = known.get(text(request, "user", 12))
        if user_id is None:
            raise NotReachable("no colleague of this agency")
        try:
            training.note(
                user_id=user_id, modules=set(request.POST.getlist("module")),
                finished_on=date.fromisoformat(text(request, "day", 10) or day.isoformat()),
                by=request.actor, at=request.now,
            )  # fmt: skip
        except (InvalidInput, ValueError):
            messages.warning(request, _("Not saved: please give a day that has been."))
        else:
            messages.success(request, _("Noted, with your name."))
        return redirect("training-list")
    held = training.held_by(member.membership.user_id for member in members)
    context = {
        "rows": [
            (member, [
                (code, training_label(code), held.get(member.membership.user_id, {}).get(code))
                for code in training.MODULES
            ])
            for member in members
        ],
        "day": day,
    }  # fmt: skip
    return render(request, "desk/instruments/trainings.html", context)


urlpatterns = [path("instrumen/pelatihan/", trainings, name="training-list")]
