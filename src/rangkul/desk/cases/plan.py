"""The plan: needs in the survivor's words, the services that answer them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.accounts import queries as accounts
from rangkul.cases import operations as cases
from rangkul.cases import queries as case_queries
from rangkul.cases import workflow
from rangkul.conferences import queries as conferences
from rangkul.desk import wording
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.cases.notes import sentences
from rangkul.desk.conferences.wording import DECISION_TONES, decision_words
from rangkul.desk.page import StaffRequest, form_token, staff, text, typed
from rangkul.foundation.errors import InvalidInput
from rangkul.network import queries as network
from rangkul.reference.services import SERVICES
from rangkul.referrals import waiting

URGENCIES = ("mendesak", "perlu", "nanti")


@staff()
def plan_page(request: StaffRequest, number: str) -> HttpResponse:
    """The plan, and the form that adds to it."""
    file = get_file(request, number)
    errors: dict[str, str] = {}
    token = form_token(request)
    if request.method == "POST":
        try:
            cases.state_need(
                case_id=file.case_id, words=typed(request, "words"),
                service=typed(request, "service"), by=request.actor, at=request.now,
                urgency=typed(request, "urgency") or "perlu",
                due_on=day_of(typed(request, "due_on")), token=token,
            )  # fmt: skip
        except InvalidInput as fault:
            errors = sentences(fault)
        else:
            messages.success(request, _("Added to the plan."))
            return redirect("case-plan", number=number)
    views = case_queries.list_needs(request.actor, file.case_id)
    desks = network.desk_names(v.need.by_desk_id for v in views if v.need.by_desk_id)
    names = accounts.names_of({v.need.by_user_id for v in views if v.need.by_user_id})
    in_line = {row.need_id for row in waiting.list_waiting(request.actor, file.case_id)}
    context = frame(file, request, section="case-plan", counts={"case-plan": len(views)}) | {
        "needs": [
            {
                "view": view,
                "service": wording.service_label(view.need.service),
                "urgency": urgency_label(view.need.urgency),
                "state": state_label(view.need.state),
                "tone": _TONES[view.need.state],
                "who": names.get(view.need.by_user_id or 0, ""),
                "desk": desks.get(view.need.by_desk_id or 0, ""),
                "in_line": view.need.id in in_line,
                "dropped_for": workflow.DROP_REASONS.get(view.need.outcome, "")
                if view.need.state == workflow.DROPPED
                else "",
                "moves": [
                    (move.name, move_label(move.name))
                    for move in workflow.NEED.open_from(view.need.state, "holder")
                    if move.name not in ("refer", "drop")
                ],
                "may_drop": "drop" in {m.name for m in workflow.NEED.open_from(view.need.state)},
            }
            for view in views
        ],
        "decisions": [
            (each, decision_words(each.decision.state), DECISION_TONES[each.decision.state])
            for each in conferences.decisions_of_case(request.actor, file.case_id)
        ],
        "errors": errors,
        **need_choices(),
        "drop_reasons": workflow.DROP_REASONS.items(),
        "token": token,
        "chosen": {
            name: typed(request, name) for name in ("words", "service", "urgency", "due_on")
        },
        "may_plan": may(request.actor.roles, Permission.PLAN),
    }
    return render(request, "desk/cases/plan.html", context, status=422 if errors else 200)


def need_choices() -> dict[str, Any]:
    """The services and urgencies from which a need's form chooses."""
    return {
        "services": [
            (str(code), wording.service_label(str(code)), service.icon)
            for code, service in SERVICES.items()
        ],
        "urgencies": [(code, urgency_label(code)) for code in URGENCIES],
    }


@staff(Permission.PLAN)
@require_POST
def move_need(request: StaffRequest, number: str, need_id: UUID) -> HttpResponse:
    """Make one legal move with a need."""
    file = get_file(request, number)
    need = case_queries.get_need(request.actor, need_id)
    if need.case_id == file.case_id:
        move = text(request, "move", 12)
        try:
            cases.set_need_state(
                need_id=need_id, move=move, by=request.actor, at=request.now,
                outcome=text(request, "outcome", 24) if move == "drop" else "",
            )  # fmt: skip
        except InvalidInput:
            messages.error(request, _("Please choose why it is dropped. Nothing was changed."))
        else:
            messages.success(request, _("Plan updated."))
    return redirect("case-plan", number=number)


def urgency_label(code: str) -> str:
    """How soon a need wants its answer."""
    return {"mendesak": _("Urgent"), "perlu": _("Needed"), "nanti": _("Later")}[code]


def state_label(code: str) -> str:
    """Where a need stands."""
    return {
        "planned": _("Planned"), "referred": _("Referred"), "running": _("Running"),
        "met": _("Met"), "unmet": _("Not met"), "dropped": _("Dropped"),
    }[code]  # fmt: skip


def move_label(name: str) -> str:
    """What a move with a need is called on its button."""
    return {
        "run": _("Running"), "return": _("Back to planned"), "meet": _("Met"),
        "fail": _("Not met"), "drop": _("Drop it"), "take_up": _("Take up again"),
    }[name]  # fmt: skip


_TONES = {
    "planned": "quiet", "referred": "soon", "running": "good", "met": "good", "unmet": "high",
    "dropped": "quiet",
}  # fmt: skip


def day_of(value: str) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as fault:
        raise InvalidInput({"due_on": "malformed"}) from fault


urlpatterns = [
    path("kasus/<str:number>/rencana/", plan_page, name="case-plan"),
    path("kasus/<str:number>/rencana/<uuid:need_id>/", move_need, name="case-need-move"),
]
