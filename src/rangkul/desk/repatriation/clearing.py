"""What is asked of the investigators, with its clock against them; their answer holds nobody."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.desk.page import StaffRequest, staff
from rangkul.desk.repatriation import wording
from rangkul.foundation.errors import InvalidInput
from rangkul.reference.zones import zone_of
from rangkul.repatriation import operations, workflow
from rangkul.repatriation.board import Clock


class AnswerForm(forms.Form):
    """Cleared, or still needed until a day because of something."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000)
    answer = forms.ChoiceField(
        label=gettext_lazy("Your answer"), widget=forms.RadioSelect, required=False,
        choices=list(workflow.CLEARANCE_ANSWERS.items()),
    )  # fmt: skip
    until = forms.DateField(
        label=gettext_lazy("Needed until"), required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )  # fmt: skip
    because = forms.CharField(
        label=gettext_lazy("Because"), required=False, max_length=600,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Only who sends the person home reads it."),
    )  # fmt: skip


@staff(Permission.ANSWER_PACKETS)
def page(request: StaffRequest) -> HttpResponse:
    """All that is asked of the own agency, the first due on top."""
    return _show(request)


@staff(Permission.ANSWER_PACKETS)
@require_POST
def answer(request: StaffRequest, clearance_id: int) -> HttpResponse:
    """Answer one asking."""
    form = AnswerForm(request.POST, auto_id=f"answer-{clearance_id}-%s")
    if form.is_valid():
        clean = form.cleaned_data
        try:
            operations.answer_as_investigator(
                clearance_id=clearance_id, answer=clean["answer"], until=clean["until"],
                because=clean["because"], expected_version=clean["version"], by=request.actor,
                at=request.now,
            )  # fmt: skip
        except InvalidInput as fault:
            for field, code in fault.errors.items():
                form.add_error(field, wording.fault_words(field, code))
        else:
            messages.success(request, _("Answered. Who sends the person home reads it at once."))
            return redirect("repatriation-clearances")
    return _show(request, clearance_id, form)


def _show(request: StaffRequest, answered: int = 0, form: AnswerForm | None = None) -> HttpResponse:
    found = operations.read_clearances(by=request.actor, at=request.now)
    lines: list[dict[str, Any]] = [
        {
            "each": each,
            "clock": Clock(each.row.asked_at, each.row.due_at) if not each.row.answer else None,
            "answer": str(workflow.CLEARANCE_ANSWERS.get(each.row.answer, "")),
            "form": form if form is not None and each.row.id == answered else AnswerForm(
                auto_id=f"answer-{each.row.id}-%s",
                initial={"version": each.row.version, "answer": each.row.answer,
                         "until": each.row.needed_until, "because": each.because},
            ),
        }
        for each in found
    ]  # fmt: skip
    context = {"lines": lines, "zone": zone_of(request.membership.area_code), "now": request.now}
    status = 422 if form is not None else 200
    return render(request, "desk/repatriation/clearances.html", context, status=status)


urlpatterns = [
    path("pemulangan/izin/", page, name="repatriation-clearances"),
    path("pemulangan/izin/<int:clearance_id>/", answer, name="repatriation-clearance-answer"),
]
