"""Changing how a need is answered: by which service, how soon, by whom, until when."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from rangkul.access.permissions import Permission
from rangkul.accounts import queries as accounts
from rangkul.cases import operations as cases
from rangkul.cases import queries as case_queries
from rangkul.cases.models import Need
from rangkul.desk import wording
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.cases.notes import sentences
from rangkul.desk.cases.plan import day_of, need_choices, urgency_label
from rangkul.desk.page import StaffRequest, opened_version, staff, typed
from rangkul.foundation.errors import InvalidInput, NotReachable, StaleForm
from rangkul.network import queries as network

_FIELDS = ("service", "urgency", "due_on", "by_user")
_LONGEST_ID = 9


@staff(Permission.PLAN)
def change_need(request: StaffRequest, number: str, need_id: UUID) -> HttpResponse:
    """The form; the survivor's own words stand above it and are not changed."""
    file = get_file(request, number)
    views = case_queries.list_needs(request.actor, file.case_id)
    view = next((each for each in views if each.need.id == need_id), None)
    if view is None:
        raise NotReachable("no such need in this file")
    need, errors, stale = view.need, dict[str, str](), False
    chosen = _known(need)
    if request.method == "POST":
        chosen = {name: typed(request, name) for name in _FIELDS}
        try:
            cases.change_need(
                need_id=need_id, expected_version=opened_version(request),
                service=chosen["service"], urgency=chosen["urgency"],
                due_on=day_of(chosen["due_on"]), by_user_id=_user_id(chosen["by_user"]),
                by=request.actor, at=request.now,
            )  # fmt: skip
        except InvalidInput as fault:
            errors = _sentences(fault)
        except StaleForm:
            stale, need = True, case_queries.get_need(request.actor, need_id)
        else:
            messages.success(request, _("Plan updated."))
            return redirect("case-plan", number=number)
    context = frame(file, request, section="case-plan") | need_choices() | {
        "need": need, "words": view.words, "chosen": chosen, "errors": errors, "stale": stale,
        "theirs": _differences(chosen, need) if stale else [],
        "colleagues": _colleagues(request, need),
    }  # fmt: skip
    status = 409 if stale else 422 if errors else 200
    return render(request, "desk/cases/need.html", context, status=status)


def _known(need: Need) -> dict[str, str]:
    """The row as its form shows it."""
    return {
        "service": need.service, "urgency": need.urgency,
        "due_on": need.due_on.isoformat() if need.due_on else "",
        "by_user": str(need.by_user_id or ""),
    }  # fmt: skip


def _user_id(sent: str) -> int | None:
    """The colleague chosen; what is no number of anybody is nobody that we know."""
    if not sent:
        return None
    if not sent.isdecimal() or len(sent) > _LONGEST_ID:
        raise InvalidInput({"by_user": "unknown"})
    return int(sent)


def _sentences(fault: InvalidInput) -> dict[str, str]:
    asked = _("A desk is asked for this service now. Take that request back first.")
    return sentences(fault) | {n: asked for n, c in fault.errors.items() if c == "asked_already"}


def _colleagues(request: StaffRequest, need: Need) -> list[tuple[str, str]]:
    """Who may be named: one's own companions, and whoever is named already."""
    members = network.list_companions(request.actor.agency_id, at=request.now)
    found = {str(each.membership.user_id): each.name for each in members}
    if need.by_user_id and str(need.by_user_id) not in found:
        found |= {str(i): name for i, name in accounts.names_of([need.by_user_id]).items()}
    return sorted(found.items(), key=lambda pair: pair[1])


def _differences(mine: dict[str, str], need: Need) -> list[tuple[str, str]]:
    """Where the two differ: what the field is called, and what the other chose, in words."""
    theirs = _known(need)
    named = accounts.names_of([need.by_user_id]) if need.by_user_id else {}
    words: dict[str, Any] = {
        "service": (_("Service"), wording.service_label(need.service)),
        "urgency": (_("How soon"), urgency_label(need.urgency)),
        "due_on": (_("By when, if there is a day"), theirs["due_on"]),
        "by_user": (_("Who sees to it here"), named.get(need.by_user_id or 0, "")),
    }
    return [words[name] for name in _FIELDS if mine[name] != theirs[name]]


urlpatterns = [
    path("kasus/<str:number>/rencana/<uuid:need_id>/ubah/", change_need, name="case-need-change"),
]
