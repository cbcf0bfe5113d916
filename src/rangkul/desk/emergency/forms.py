"""Forms of emergency access: they read what was typed; the operations decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rangkul.desk import watching as wording
from rangkul.look.fields import set_choices


class BorrowForm(forms.Form):
    """Which case, why, and for how long."""

    number = forms.CharField(
        label=_("Case number"), max_length=20,
        help_text=_("RK-…, as it stands on the person's slip or as the lead agency reads it out."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    reason = forms.ChoiceField(
        label=_("Why now?"), choices=list(wording.REASONS.items()), widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("In your own words"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The supervisors of both agencies read this today."),
    )  # fmt: skip
    minutes = forms.TypedChoiceField(label=_("For how long?"), coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, lengths: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(each, ngettext("%d minute", "%d minutes", each) % each) for each in lengths]
        set_choices(self, "minutes", known)
        self.fields["minutes"].initial = lengths[min(1, len(lengths) - 1)]


class StepForm(forms.Form):
    """What somebody says to a borrowing; whether words are needed depends on the step."""

    step = forms.CharField(max_length=12)
    words = forms.CharField(max_length=500, required=False)


class RelationForm(forms.Form):
    """Who is related to whom, and how."""

    user = forms.TypedChoiceField(label=_("Who is related?"), coerce=int)
    related_to = forms.ChoiceField(
        label=_("Related to whom?"), choices=list(wording.SIDES.items()), widget=forms.RadioSelect
    )
    tie = forms.ChoiceField(label=_("How?"), choices=list(wording.TIES.items()))

    def __init__(self, *args: Any, people: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "user", people)
