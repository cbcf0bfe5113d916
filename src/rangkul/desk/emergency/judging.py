"""One borrowing: how it stands, what followed, and the steps that this person may take."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.accounts import queries as accounts
from rangkul.custody import emergency
from rangkul.custody import queries as custody
from rangkul.custody.models import EmergencyGrant
from rangkul.desk import watching as wording
from rangkul.desk.emergency.forms import StepForm
from rangkul.desk.page import StaffRequest, staff
from rangkul.foundation.errors import InvalidInput
from rangkul.network import queries as network
from rangkul.reference.zones import zone_of

_SEES = (Permission.USE_EMERGENCY_ACCESS, Permission.REVIEW_EMERGENCY_ACCESS)


@staff(one_of=_SEES)
@require_safe
def emergency_page(request: StaffRequest, grant_id: int) -> HttpResponse:
    """The borrowing with its steps; what was lent is not shown here, only that it was."""
    grant = emergency.get_grant(request.actor, grant_id, at=request.now)
    return render(request, "desk/emergency/page.html", _page(request, grant))


@staff(one_of=_SEES)
@require_POST
def emergency_step(request: StaffRequest, grant_id: int) -> HttpResponse:
    """End, ask, answer, judge, give back."""
    grant = emergency.get_grant(request.actor, grant_id, at=request.now)
    form = StepForm(request.POST)
    refused = {} if form.is_valid() else {"words": "too_long"}
    if not refused:
        try:
            emergency.take_step(grant_id=grant.id, **form.cleaned_data, by=request.actor,
                                at=request.now)  # fmt: skip
        except InvalidInput as fault:
            refused = fault.errors
        else:
            messages.success(request, _("Written down."))
            return redirect("emergency-page", grant.id)
    sentences = {
        "required": _("Please say it in a few words."), "too_long": _("Please say it shorter."),
        "judged": _("Somebody has judged this already."),
    }  # fmt: skip
    error = sentences.get(next(iter(refused.values())), _("Please choose or write."))
    context = _page(request, grant) | {
        "error": error, "words": request.POST.get("words", "")[:500],
    }  # fmt: skip
    return render(request, "desk/emergency/page.html", context, status=422)


def _page(request: StaffRequest, grant: EmergencyGrant) -> dict[str, Any]:
    actor, steps = request.actor, emergency.list_steps(grant)
    taken = {step.step for step in steps}
    words = emergency.open_words(steps)
    names = accounts.names_of({grant.user_id, *(step.by_user_id for step in steps)})
    agencies = network.agency_names(
        {grant.agency_id, grant.lead_agency_id, *(step.by_agency_id for step in steps)}
    )
    mine = grant.user_id == actor.user_id
    reviews = may(actor.roles, Permission.REVIEW_EMERGENCY_ACCESS) and not mine
    judged = bool(taken & {"justified", "unjustified"})
    is_live = emergency.is_live(grant, at=request.now)
    return {
        "grant": grant, "number": custody.case_number(grant.case_id), "mine": mine,
        "who": names.get(grant.user_id, ""), "agency": agencies.get(grant.agency_id, ""),
        "lead": agencies.get(grant.lead_agency_id, ""),
        "reason": wording.REASONS.get(grant.reason, grant.reason), "is_live": is_live,
        "steps": [
            {
                "step": step, "title": wording.STEPS[step.step], "words": words.get(step.id, ""),
                "who": names.get(step.by_user_id, ""),
                "agency": agencies.get(step.by_agency_id, ""),
            }
            for step in steps
        ],
        "judged": judged,
        "may_end": is_live and (mine or reviews),
        "may_judge": reviews and not judged and grant.lead_agency_id == actor.agency_id,
        "may_answer": mine and "asked" in taken and not judged,
        "may_restore": reviews and grant.agency_id == actor.agency_id
        and "unjustified" in taken and "restored" not in taken,
        "sees_case": bool(custody.visible_among(actor, [grant.case_id])),
        "zone": zone_of(request.membership.area_code), "now": request.now,
        "trail": [(reverse("emergency-list"), _("Emergency access")), ("", _("Borrowing"))],
    }  # fmt: skip


urlpatterns = [
    path("darurat/<int:grant_id>/", emergency_page, name="emergency-page"),
    path("darurat/<int:grant_id>/langkah/", emergency_step, name="emergency-step"),
]
