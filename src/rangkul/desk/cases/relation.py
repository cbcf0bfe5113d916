"""Conflict of interest on a file: declared for oneself or a colleague, lifted by another person."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.accounts import queries as accounts
from rangkul.custody import closing
from rangkul.desk import watching as wording
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.emergency.forms import RelationForm
from rangkul.desk.page import SEES_CASES, StaffRequest, posted, staff, text
from rangkul.foundation.errors import InvalidInput
from rangkul.network import queries as network


@staff(one_of=SEES_CASES)
@require_http_methods(["GET", "POST"])
def relation(request: StaffRequest, number: str) -> HttpResponse:
    """Say that somebody is related; the file closes in the same moment."""
    file = get_file(request, number)
    form = RelationForm(posted(request), people=_colleagues(request))
    if form.is_valid():
        clean = form.cleaned_data
        closing.declare_relation(
            case_id=file.case_id, user_id=clean["user"], related_to=clean["related_to"],
            tie=clean["tie"], by=request.actor, at=request.now,
        )  # fmt: skip
        if clean["user"] == request.actor.user_id:
            messages.success(request, _("Thank you. The file is closed to you now."))
            return redirect("case-list")
        messages.success(request, _("The file is closed to this person now."))
        return redirect("case-relation", number)
    context = frame(file, request, section="case-relation") | {
        "form": form, "rows": _rows(request, file.case_id),
        "lift_reasons": list(wording.LIFTED.items()),
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "desk/cases/relation.html", context, status=status)


@staff(Permission.ASSIGN_CASE)
@require_POST
def lift(request: StaffRequest, number: str, relation_id: UUID) -> HttpResponse:
    """Open the file to a colleague again, with a reason."""
    get_file(request, number)
    try:
        closing.lift_relation(
            relation_id=relation_id, reason=text(request, "reason", 24), by=request.actor,
            at=request.now,
        )  # fmt: skip
    except InvalidInput:
        messages.error(request, _("Please choose why."))
    else:
        messages.success(request, _("The file is open to this person again, where they carry it."))
    return redirect("case-relation", number)


def _colleagues(request: StaffRequest) -> list[tuple[int, str]]:
    """Oneself; for a supervisor everybody of the agency, oneself first."""
    me = request.actor.user_id
    if not may(request.actor.roles, Permission.ASSIGN_CASE):
        return [(me, _("I myself"))]
    members = network.list_members_of([request.actor.agency_id])
    names = accounts.names_of({member.user_id for member in members} - {me})
    others = sorted(names.items(), key=lambda pair: pair[1].casefold())
    return [(me, _("I myself")), *others]


def _rows(request: StaffRequest, case_id: int) -> list[dict[str, object]]:
    found = closing.list_relations(request.actor, case_id)
    names = accounts.names_of(
        {row.user_id for row in found} | {row.declared_by for row in found}
        | {row.lifted_by for row in found if row.lifted_by}
    )  # fmt: skip
    may_lift = may(request.actor.roles, Permission.ASSIGN_CASE)
    return [
        {
            "relation": row, "who": names.get(row.user_id, ""),
            "by": names.get(row.declared_by, ""),
            "side": wording.SIDES.get(row.related_to, row.related_to),
            "tie": wording.TIES.get(row.tie, row.tie),
            "lifted": wording.LIFTED.get(row.lift_reason, ""),
            "may_lift": may_lift and row.lifted_at is None
            and row.user_id != request.actor.user_id,
        }
        for row in found
    ]  # fmt: skip


urlpatterns = [
    path("kasus/<str:number>/terkait/", relation, name="case-relation"),
    path("kasus/<str:number>/terkait/<uuid:relation_id>/buka/", lift, name="case-relation-lift"),
]
