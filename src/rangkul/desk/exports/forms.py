"""Forms of exports and recipients: they read what was typed; the operations decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rangkul.desk.exports import wording
from rangkul.exchange import workflow
from rangkul.exchange.columns import COLUMNS, RISKS, STATES, USUAL
from rangkul.exchange.models import Recipient
from rangkul.exchange.queries import Narrowed
from rangkul.look.fields import set_choices

_ALL = ("", pgettext_lazy("choice", "All"))
_IN_OUR_TIME = (MinValueValidator(date(1950, 1, 1)), MaxValueValidator(date(2150, 1, 1)))
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ExportForm(forms.Form):
    """Which cases, what of them, in which form, for whom and why."""

    since = forms.DateField(
        label=_("Opened from"), required=False, widget=_DAY, validators=_IN_OUR_TIME
    )
    until = forms.DateField(
        label=_("Opened until"), required=False, widget=_DAY, validators=_IN_OUR_TIME
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=[_ALL, *STATES.items()])
    risk = forms.ChoiceField(label=_("Risk"), required=False, choices=[_ALL, *RISKS.items()])
    category = forms.ChoiceField(
        label=_("Kind"), required=False,
        choices=[_ALL, ("ktk", _("Violence (KTK)")), ("kpo", _("Trafficking (KPO)"))],
    )  # fmt: skip
    desk = forms.TypedChoiceField(label=_("Desk"), required=False, coerce=int, empty_value=None)
    columns = forms.MultipleChoiceField(
        label=_("Columns"), widget=forms.CheckboxSelectMultiple, initial=list(USUAL),
        choices=[(name, column.heading) for name, column in COLUMNS.items()],
        help_text=_(
            "There is no column for a name, a number, an address or anybody's words, "
            "for nobody."
        ),
    )  # fmt: skip
    form = forms.ChoiceField(
        label=_("Form of the file"), choices=list(workflow.FORMS.items()), initial=workflow.XLSX,
        widget=forms.RadioSelect,
    )  # fmt: skip
    language = forms.ChoiceField(
        label=_("Language of the table"), widget=forms.RadioSelect,
        choices=[("id", "Bahasa Indonesia"), ("en", "English")],
    )  # fmt: skip
    recipient = forms.TypedChoiceField(label=_("For whom"), coerce=int, widget=forms.RadioSelect)
    reason = forms.ChoiceField(
        label=_("Why"), choices=list(workflow.REASONS.items()), widget=forms.RadioSelect
    )

    def __init__(
        self, *args: Any, recipients: Sequence[Recipient], desks: Sequence[tuple[int, str]],
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        set_choices(self, "recipient", [(row.id, row.name) for row in recipients])
        set_choices(self, "desk", [_ALL, *desks])

    def clean(self) -> dict[str, Any]:
        """A period has its end behind its beginning."""
        clean = super().clean() or {}
        since, until = clean.get("since"), clean.get("until")
        if since and until and since > until:
            self.add_error("until", wording.fault("before_since"))
        return clean

    def narrowed(self) -> Narrowed:
        """What the table is narrowed by; of a valid form."""
        clean = self.cleaned_data
        return Narrowed(
            clean["state"], clean["risk"], clean["category"], clean["desk"], clean["since"],
            clean["until"],
        )  # fmt: skip


class RecipientForm(forms.Form):
    """Who receives, by which key, for what, on which ground."""

    name = forms.CharField(
        label=_("Office or person"), max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    key = forms.CharField(
        label=_("Public key (age)"), max_length=400,
        help_text=_(
            "It begins with age1. The recipient makes it with age-keygen and keeps the secret half."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    purpose = forms.CharField(
        label=_("What for"), max_length=workflow.MOST_PURPOSE,
        help_text=_("One sentence; it stands in every file."),
    )  # fmt: skip
    ground = forms.ChoiceField(
        label=_("On what ground"), choices=list(workflow.GROUNDS.items()),
        widget=forms.RadioSelect,
    )  # fmt: skip
    article = forms.CharField(
        label=_("Article of the law"), max_length=80, required=False,
        help_text=_("For any recipient beyond your own agency."),
    )  # fmt: skip
