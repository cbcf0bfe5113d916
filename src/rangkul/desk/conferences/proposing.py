"""Usul rapat: a coordinator's form, the same answer for every number; and the holder's refusal."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from rangkul.access.permissions import Permission
from rangkul.conferences import operations, queries, workflow
from rangkul.conferences.operations import Wish
from rangkul.desk.cases.frame import get_file
from rangkul.desk.conferences import wording
from rangkul.desk.page import StaffRequest, posted, staff
from rangkul.foundation.errors import InvalidInput, NotReachable


class ProposalForm(forms.Form):
    """A case's number, why, and by when."""

    number = forms.CharField(
        label=gettext_lazy("Number of the case"),
        max_length=16,
        help_text=gettext_lazy("As somebody told it to you, such as RK-7F3K-9QXT."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Why it is needed"), widget=forms.RadioSelect,
        choices=list(workflow.PROPOSAL_REASONS.items()),
    )  # fmt: skip
    wished_on = forms.DateField(
        label=gettext_lazy("By which day, if it matters"), required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff(Permission.PROPOSE_CONFERENCE)
def propose(request: StaffRequest) -> HttpResponse:
    """Ask for a conference about a case whose number one knows and nothing else of it."""
    form = ProposalForm(posted(request))
    if form.is_valid():
        clean = form.cleaned_data
        try:
            operations.propose_conference(
                number=clean["number"], wish=Wish(clean["reason"], clean["wished_on"]),
                by=request.actor, at=request.now,
            )  # fmt: skip
        except InvalidInput as fault:
            wording.put_faults(form, fault)
        else:
            messages.success(
                request,
                _(
                    "If this number is held in your province, its holder is asked now. "
                    "When they call the conference, you are invited."
                ),
            )
            return redirect("conference-list")
    trail = [(reverse("conference-list"), _("Case conferences")), ("", _("Propose one"))]
    return render(
        request, "desk/conferences/propose.html", {"form": form, "trail": trail},
        status=422 if form.errors else 200,
    )  # fmt: skip


@require_POST
@staff(Permission.CALL_CONFERENCE)
def refuse(request: StaffRequest, number: str, proposal_id: UUID) -> HttpResponse:
    """No conference: the proposal leaves the list, and the coordinator is not told."""
    file = get_file(request, number)
    if proposal_id not in {p.id for p in queries.list_proposals(request.actor, file.case_id)}:
        raise NotReachable("no proposal on this case")
    operations.refuse_proposal(proposal_id=proposal_id, by=request.actor, at=request.now)
    messages.success(request, _("Noted. The coordinator is not told of the case."))
    return redirect("conference-case", number=number)


urlpatterns = [
    path("rapat/usul/", propose, name="conference-propose"),
    path(
        "kasus/<str:number>/rapat/usul/<uuid:proposal_id>/tolak/", refuse, name="conference-refuse"
    ),
]
