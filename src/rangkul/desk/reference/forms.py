"""Forms of the reference pages: they read what was typed; the operations decide."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from rangkul.desk.network.forms import AreaField
from rangkul.look.fields import set_choices
from rangkul.reference.calendar import Kind, Unit

# Years for which the national calendar is worth asking.
FIRST_YEAR, LAST_YEAR = 2020, 2060
_MOST: Final = 1000

EVERYWHERE = _("Leave empty for the whole nation.")


def day_field(label: Any) -> forms.DateField:
    """A day within the years of the calendar."""
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
        validators=[_within_the_calendar],
    )


def _within_the_calendar(day: date) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise forms.ValidationError(_("This day lies too far away."))


def source_field(help_text: Any) -> forms.CharField:
    """Where something can be read."""
    return forms.CharField(label=_("Where this is read"), max_length=240, help_text=help_text)


class PlaceForm(forms.Form):
    """For which area a list is read."""

    wilayah = AreaField(label=_("Area"), required=False)


class DayForm(forms.Form):
    """One day that is free, or worked, against the national calendar."""

    day = day_field(_("Day"))
    is_working = forms.ChoiceField(label=_("On this day"), widget=forms.RadioSelect)
    area = AreaField(label=_("Area"), required=False, help_text=EVERYWHERE)
    note = forms.CharField(
        label=_("Why"), max_length=200, help_text=_("As people call the day; shown beside it.")
    )
    source = source_field(_("The decree or circular, with its number."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "is_working", [("0", _("offices are closed")), ("1", _("offices work"))])

    def clean_is_working(self) -> bool:
        """The answer as the operation takes it."""
        return str(self.cleaned_data["is_working"]) == "1"


class LengthForm(forms.Form):
    """Another length for a procedure that no law fixes."""

    kind = forms.ChoiceField(label=_("How the time is counted"))
    amount = forms.IntegerField(label=_("How many"), min_value=1, max_value=_MOST)
    unit = forms.ChoiceField(label=_("Unit"))
    area = AreaField(label=_("Area"), required=False, help_text=EVERYWHERE)
    valid_from = day_field(_("In force from"))
    source = source_field(_("The regulation or procedure, with its number."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "kind", Kind.choices)
        set_choices(self, "unit", Unit.choices)


class ConfirmForm(forms.Form):
    """An entry and the source against which somebody has checked it."""

    subject = forms.CharField(max_length=12, widget=forms.HiddenInput)
    key = forms.CharField(max_length=120, widget=forms.HiddenInput)
    source = source_field(_("The regulation or procedure in which you read it."))
