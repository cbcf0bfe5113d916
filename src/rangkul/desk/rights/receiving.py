"""Taking a request in: by anybody of the staff, with the case's number, without seeing the file."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rangkul.custody import queries as custody
from rangkul.desk.page import StaffRequest, form_token, posted, staff
from rangkul.desk.rights import wording
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import MistypedNumber
from rangkul.look.fields import set_choices
from rangkul.reference.zones import zone_of
from rangkul.retention import operations, policy, queries
from rangkul.retention.models import Request
from rangkul.retention.operations import Asking
from rangkul.retention.operations.receiving import MOST_WORDS


class ReceiveForm(forms.Form):
    """What was asked, by whom, about which case, and when it was said."""

    case = forms.CharField(label=gettext_lazy("Number of the case"), max_length=24)
    kind = forms.ChoiceField(label=gettext_lazy("What is asked?"), widget=forms.RadioSelect)
    asked_by = forms.ChoiceField(label=gettext_lazy("Who asks?"), widget=forms.RadioSelect)
    manner = forms.ChoiceField(label=gettext_lazy("How did it come?"), widget=forms.RadioSelect)
    received_at = forms.DateTimeField(
        label=gettext_lazy("When was it said?"), required=False,
        help_text=gettext_lazy("The three days run from then. Empty: just now."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    language = forms.ChoiceField(
        label=gettext_lazy("In which language shall the answer be?"), widget=forms.RadioSelect,
        choices=[("id", "Bahasa Indonesia"), ("en", "English")],
    )  # fmt: skip
    words = forms.CharField(
        label=gettext_lazy("In the survivor's own words"), required=False, max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("For a correction: what is wrong, and what is right."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "kind", wording.kinds())
        set_choices(self, "asked_by", wording.asked_by())
        set_choices(self, "manner", wording.manners())

    def clean_case(self) -> int:
        """The case that the number names; a slip is said at once."""
        try:
            return custody.case_id_of(self.cleaned_data["case"])
        except MistypedNumber as fault:
            raise forms.ValidationError(_("This is no number of a case. Look again.")) from fault


@staff(policy.RECEIVES)
def receive(request: StaffRequest) -> HttpResponse:
    """The form, and its answer: the request's number, to be told to her."""
    initial = {
        "case": request.GET.get("kasus", ""), "asked_by": Request.HERSELF, "manner": "in_person",
        "language": request.LANGUAGE_CODE[:2],
    }  # fmt: skip
    form = ReceiveForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        answer = _take(request, form)
        if answer is not None:
            return answer
    context = {"form": form, "token": form_token(request)}
    status = 422 if request.method == "POST" else 200
    return render(request, "desk/rights/new.html", context, status=status)


def _take(request: StaffRequest, form: ReceiveForm) -> HttpResponse | None:
    clean = form.cleaned_data
    asking = Asking(
        case_id=clean["case"], kind=clean["kind"], asked_by=clean["asked_by"],
        manner=clean["manner"], language=clean["language"], words=clean["words"],
        received_at=_moment(request, clean["received_at"]), token=form_token(request),
    )  # fmt: skip
    try:
        row = operations.receive_request(asking=asking, by=request.actor, at=request.now)
    except NotReachable:
        form.add_error("case", _("No case of this number is led by your agency."))
        return None
    except policy.GuardianTurnedAway:
        operations.note_turned_away(case_id=asking.case_id, by=request.actor, at=request.now)
        # Said to the colleague, in words that can be read aloud and betray nothing.
        messages.info(
            request,
            _("Not for a guardian in this case. Give no reason; tell a supervisor."),
        )
        return redirect("rights-list")
    except InvalidInput as fault:
        for name in fault.errors:
            form.add_error(name if name in form.fields else None, wording.fault(fault))
        return None
    number = queries.request_number(row.id)
    messages.success(
        request, _("Taken in. Its number is %(number)s; an answer is due in three days.")
        % {"number": number},
    )  # fmt: skip
    return redirect("rights-page", number=number)


def _moment(request: StaffRequest, typed: datetime | None) -> datetime:
    """What was typed stands for the agency's own zone; nothing typed is now."""
    if typed is None:
        return request.now
    return typed.replace(tzinfo=ZoneInfo(zone_of(request.membership.area_code)))


urlpatterns = [path("hak/baru/", receive, name="rights-new")]
