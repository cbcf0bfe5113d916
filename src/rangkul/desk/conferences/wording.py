"""What codes of conferences mean to the person who reads the screen."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rangkul.foundation.errors import InvalidInput

STATE_TONES = {"called": "low", "held": "soon", "minuted": "good", "cancelled": "quiet"}
SEAT_TONES = {"invited": "soon", "accepted": "good", "declined": "quiet"}
DECISION_TONES = {"open": "soon", "done": "good", "not_done": "high"}


def state_words(state: str) -> str:
    """How a conference stands."""
    return {
        "called": pgettext("conference", "Called"),
        "held": _("Held, minutes not signed yet"),
        "minuted": _("Minutes signed"),
        "cancelled": _("Called off"),
    }[state]


def seat_words(state: str, *, attended: bool | None, left: bool = False) -> str:
    """How a seat stands; once it was held, who came; ``left`` with a case that was given away."""
    if left:
        return _("Left with the case")
    if attended is not None:
        return _("Present") if attended else _("Absent")
    return {
        "invited": _("No answer yet"), "accepted": _("Comes"), "declined": _("Does not come"),
    }[state]  # fmt: skip


def decision_words(state: str) -> str:
    """How a decision stands."""
    return {
        "open": pgettext("decision", "Open"), "done": _("Done"), "not_done": _("Not done"),
    }[state]  # fmt: skip


def fault_words(code: str) -> str:
    """What is wrong with a field, and what to do."""
    return {
        "required": _("Please fill this in."),
        "too_long": _("This is too long. A few lines are enough."),
        "too_many": _("These are too many for one conference."),
        "names_survivor": _(
            "This sounds like the survivor's name. Everybody at the table reads it: use the "
            "pseudonym."
        ),
        "tells_place": _("This tells where the house is. Name a meeting point instead."),
        "mistyped": _("This number cannot be right. Please compare it letter by letter."),
        "too_far": _("Within the next three months, please."),
        "past": _("This moment has passed."),
        "not_yet": _("It has not begun yet."),
        "out_of_range": _("Between 10 minutes and 10 hours."),
        "not_led": _("Only the agency that leads the case calls its conference."),
        "closed": _("This is closed."),
        "other_incident": _("These files are not of one incident."),
        "not_agreed": _("The survivor has not agreed to this."),
        "no_desk": _("This seat has no desk."),
        "own": _("Your own agency sees the file."),
        "not_signed": _("Nothing is signed yet."),
    }.get(code, _("Please choose from the list."))  # fmt: skip


def closed_words(why: str) -> str:
    """Why what was shown can no longer be read."""
    return {
        "withdrawn": _("Consent was withdrawn: it can no longer be read."),
        "declined": _("Your agency does not come: it can no longer be read."),
        "replaced": _("It was replaced by a newer one."),
        "cancelled": _("The conference was called off: it can no longer be read."),
        "taken_back": _("It was taken back."),
        "transferred": _("The case is with another agency now: it can no longer be read."),
    }.get(why, _("Its time is over: it can no longer be read."))


def sentences(fault: InvalidInput) -> dict[str, str]:
    """Field → sentence of what an operation refused."""
    return {name: fault_words(code) for name, code in fault.errors.items()}


def put_faults(
    form: forms.Form, fault: InvalidInput, names: Mapping[str, str] | None = None
) -> None:
    """Put each sentence beside its field; ``names`` maps the operation's fields to the form's."""
    for name, sentence in sentences(fault).items():
        field = (names or {}).get(name, name)
        form.add_error(field if field in form.fields else None, sentence)
