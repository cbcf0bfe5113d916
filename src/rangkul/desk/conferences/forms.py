"""Forms of conferences: they read what was typed; the operations decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from rangkul.conferences import workflow
from rangkul.conferences.operations import AgendaEntry, Meeting
from rangkul.conferences.sharing import Line
from rangkul.look.fields import set_choices

ITEMS = 6
LINES = 4


class MeetingForm(forms.Form):
    """When, where and how long."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(
        label=_("What it is about"),
        max_length=200,
        help_text=_("Everybody invited reads it. No name, no number of a case."),
    )
    day = forms.DateField(
        label=_("Day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    hour = forms.TimeField(
        label=_("Hour"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    lasts_minutes = forms.IntegerField(
        label=_("Length in minutes"), min_value=10, max_value=600, initial=60
    )
    manner = forms.ChoiceField(
        label=_("How we meet"), widget=forms.RadioSelect, choices=list(workflow.MANNERS.items()),
        initial="place",
    )  # fmt: skip
    place = forms.CharField(
        label=_("Place"),
        max_length=200,
        required=False,
        help_text=_("A room to meet in. Never a shelter's address."),
    )
    link = forms.CharField(label=_("Link to join"), max_length=200, required=False)

    def meeting(self, zone: ZoneInfo) -> Meeting:
        """The valid form in the lead's time zone."""
        clean = self.cleaned_data
        return Meeting(
            title=clean["title"],
            starts_at=datetime.combine(clean["day"], clean["hour"], tzinfo=zone),
            manner=clean["manner"], lasts_minutes=clean["lasts_minutes"],
            place=clean["place"], link=clean["link"],
        )  # fmt: skip


class CallForm(MeetingForm):
    """The meeting, its agenda, and which files of the incident belong."""

    siblings = forms.TypedMultipleChoiceField(
        label=_("Other survivors of the same incident"), coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args: Any, siblings: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "siblings", siblings)
        kinds = [("", "–"), *workflow.AGENDA.items()]
        for index in range(ITEMS):
            self.fields[f"kind_{index}"] = forms.ChoiceField(
                choices=kinds, required=False, label=_("Kind of item"),
                widget=forms.Select(attrs={"class": "form-select"}),
            )  # fmt: skip
            self.fields[f"words_{index}"] = forms.CharField(
                max_length=600, required=False, label=_("What to speak about"),
                widget=forms.TextInput(attrs={"class": "form-control"}),
            )  # fmt: skip

    def rows(self) -> list[tuple[BoundField, BoundField]]:
        """The agenda's fields, item by item."""
        return [(self[f"kind_{i}"], self[f"words_{i}"]) for i in range(ITEMS)]

    @property
    def agenda(self) -> list[tuple[int, AgendaEntry]]:
        """What was filled in, each with the row in which it stands."""
        clean = self.cleaned_data
        return [
            (i, AgendaEntry(clean[f"kind_{i}"], clean[f"words_{i}"]))
            for i in range(ITEMS)
            if clean[f"kind_{i}"] or clean[f"words_{i}"]
        ]


class ShareForm(forms.Form):
    """Lines to show, each with the class and level that consent carries."""

    def __init__(self, *args: Any, levels: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for index in range(LINES):
            self.fields[f"level_{index}"] = forms.ChoiceField(
                choices=[("", "–"), *levels], required=False, label=_("What kind of fact"),
                widget=forms.Select(attrs={"class": "form-select"}),
            )  # fmt: skip
            self.fields[f"words_{index}"] = forms.CharField(
                max_length=600, required=False, label=_("In words"),
                widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
            )  # fmt: skip

    def rows(self) -> list[tuple[BoundField, BoundField]]:
        """The fields, line by line."""
        return [(self[f"level_{i}"], self[f"words_{i}"]) for i in range(LINES)]

    @property
    def lines(self) -> list[tuple[int, Line]]:
        """What was filled in, each with the row in which it stands."""
        found = []
        for index in range(LINES):
            level = self.cleaned_data[f"level_{index}"]
            words = self.cleaned_data[f"words_{index}"]
            if level or words:
                found.append((index, Line(level[:1], int(level[1:] or 0), words)))
        return found


class AnswerForm(forms.Form):
    """Yes, or no with its reason."""

    decision = forms.ChoiceField(choices=[(d, d) for d in ("accept", "decline")])
    reason = forms.ChoiceField(
        label=_("Why not"), required=False,
        choices=[("", "–"), *workflow.DECLINE_REASONS.items()],
    )  # fmt: skip


class DecisionForm(forms.Form):
    """What was decided, whose it is, until when."""

    words = forms.CharField(
        label=_("What was decided"), max_length=600, widget=forms.Textarea(attrs={"rows": 2})
    )
    owner = forms.ChoiceField(label=_("Who carries it out"))
    due_on = forms.DateField(
        label=_("Until"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, *args: Any, owners: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "owner", owners)


class EndForm(forms.Form):
    """Done, or not with the reason."""

    move = forms.ChoiceField(choices=[(m, m) for m in ("finish", "give_up")])
    reason = forms.ChoiceField(
        label=_("Why not"), required=False,
        choices=[("", "–"), *workflow.NOT_DONE_REASONS.items()],
    )  # fmt: skip


class MinutesForm(forms.Form):
    """The chair's words."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    body = forms.CharField(
        label=_("Minutes of the conference"),
        max_length=12_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "What was said, by which agency, without the survivor's name. Who came, agenda and "
            "decisions are added by themselves."
        ),
    )  # fmt: skip
