"""A place in the own agency's shelter, asked for from the case by its companion."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rangkul.access.permissions import Permission
from rangkul.access.policy import may, require
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.page import StaffRequest, posted, staff
from rangkul.desk.shelter.board import line
from rangkul.desk.shelter.doing import taken
from rangkul.desk.shelter.forms import AskForm
from rangkul.shelter import operations, queries


@staff()
@require_http_methods(["GET", "POST"])
def of_case(request: StaffRequest, number: str) -> HttpResponse:
    """How the askings for this case stand, and the form for a new one where the agency leads."""
    file = get_file(request, number)
    found = queries.list_of_case(request.actor, file.case_id)
    desks = queries.list_desks_with_house(request.actor)
    open_one = any(admission.ended_at is None for admission in found)
    may_ask = (
        may(request.actor.roles, Permission.SEND_REFERRAL)
        and bool(desks)
        and not open_one
        and file.state == "open"
        and queries.leads(request.actor, file.case_id)
    )
    form = AskForm(posted(request), desks=desks)
    if request.method == "POST":
        require(request.actor.roles, Permission.SEND_REFERRAL)
        if form.is_valid() and taken(
            form,
            lambda: operations.ask_in_house(
                case_id=file.case_id, by=request.actor, at=request.now, **form.cleaned_data
            ),
        ):
            messages.success(request, _("Asked. The shelter's officers decide."))
            return redirect("shelter-case", number)
    context = frame(file, request, section="shelter-case") | {
        "lines": [line(admission) for admission in found], "form": form, "may_ask": may_ask,
        "has_house": bool(desks),
    }  # fmt: skip
    return render(request, "desk/shelter/case.html", context, status=422 if form.errors else 200)


urlpatterns = [path("kasus/<str:number>/hunian/", of_case, name="shelter-case")]
