"""Sentences for the shelter's codes: what could not be taken, for whom a room is, how it stands."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rangkul.foundation.errors import InvalidInput
from rangkul.reference import queries as reference
from rangkul.shelter import workflow
from rangkul.shelter.models import Admission, Bed, Room, Stay


def fault_words(code: str) -> str:
    """What to do about one field that could not be taken."""
    known = {
        "required": _("Please fill this in."),
        "unknown": _("Please choose from the list."),
        "too_long": _("This is too long."),
        "past": _("This lies in the past."),
        "too_far": _("This lies too far ahead."),
        "how_many": _("This number does not fit."),
        "days": _("Please give a number of days that fits."),
        "both": _("Please give both numbers of the position, or neither."),
        "degrees": _("Please write the position as degrees with a point, such as -6.20876."),
        "conflict": _("The check found a conflict: look for another house together."),
        "never_held": _("Nobody is placed against their own will. Look for another way together."),
        "not_served": _("This house is not for any of these reasons."),
        "tells_place": _("This tells where the house is. Name a meeting point instead."),
        "asked_already": _("This has been asked already."),
        "lived_in": _("Somebody sleeps there now. First another bed, then this."),
        "another_house": _("A house stays with its desk."),
        "closed": _("This bed is closed for now."),
        "same_bed": _("Each person needs a bed of their own."),
        "other_sex": _("This room is for the other sex."),
        "family_room": _("This room is kept for a parent with children."),
        "another_family": _("Another family has this room."),
        "not_among_adults": _("A child does not sleep among adults it does not know."),
        "not_among_children": _("This room is for children alone."),
        "cot_for_child": _("A cot is for a small child."),
    }
    return known.get(code, _("Please check this."))


def put_faults(form: forms.Form, fault: InvalidInput) -> None:
    """Put what an operation refused beside its field."""
    for name, code in fault.errors.items():
        form.add_error(name if name in form.fields else None, fault_words(code))


def taken_words() -> str:
    """What is said to who came second to a bed."""
    return _(
        "Somebody was given this bed a moment ago. What you filled in is still here: "
        "please choose another bed, or the waiting list."
    )


def gone_words() -> str:
    """What is said when the sender no longer asks."""
    return _("The sender has taken this request back or moved it on. Nothing was changed here.")


def room_words(room: Room) -> str:
    """For whom a room is, in a few words."""
    return for_whom(room.sex, room.age_group)


def for_whom(sex: str, group: str) -> str:
    """The same from the codes."""
    return {
        ("P", "adult"): _("Women"),
        ("L", "adult"): _("Men"),
        ("P", "child"): _("Girls"),
        ("L", "child"): _("Boys"),
        ("P", "family"): _("Mother and children"),
        ("L", "family"): _("Father and children"),
        ("", "family"): _("One family"),
    }[sex, group]


def room_icon(room: Room) -> str:
    """The icon of such a room."""
    return {"adult": "user", "child": "mood-smile", "family": "baby-carriage"}[room.age_group]


def bed_words(bed: Bed) -> str:
    """A bed by its letter."""
    if bed.kind == workflow.COT:
        return _("Cot %(letter)s") % {"letter": bed.letter}
    return _("Bed %(letter)s") % {"letter": bed.letter}


def bed_place(bed: Bed) -> str:
    """A bed with its room."""
    return _("Room %(number)s, %(bed)s") % {
        "number": bed.room.number,
        "bed": bed_words(bed),
    }


def person_words(stay: Stay) -> str:
    """A person of a party without a name: "Adult, woman", "Child 2"."""
    if stay.age_group == workflow.ADULT:
        who = {"P": _("Woman"), "L": _("Man")}.get(stay.sex, _("Adult"))
    else:
        who = {"P": _("Girl"), "L": _("Boy")}.get(stay.sex, _("Child"))
    return f"{who} {stay.ordinal}" if stay.ordinal > 1 else who


def stay_state(stay: Stay) -> tuple[str, str]:
    """How a person's stay stands, and in which tone."""
    if stay.state == workflow.ENDED:
        known = {
            **workflow.DESTINATIONS, **workflow.LOSSES, **workflow.MISS_REASONS,
            workflow.TAKEN_BACK: workflow.TAKEN_BACK_WORDS,
        }  # fmt: skip
        return str(known.get(stay.ending, "")), "quiet"
    words = {
        workflow.EXPECTED: (_("On the way"), "low"),
        workflow.STAYING: (_("Staying"), "good"),
        workflow.AWAY: (_("Out for the night"), "soon"),
    }
    return words[stay.state]


def admission_state(admission: Admission) -> tuple[str, str]:
    """How an asking stands, and in which tone."""
    return {
        workflow.ASKED: (_("Waits for a decision"), "soon"),
        workflow.WAITING: (_("On the waiting list"), "soon"),
        workflow.PLACED: (
            (_("Staying"), "good") if admission.arrived_at else (_("On the way"), "low")
        ),
        workflow.REFUSED: (_("Could not be placed"), "quiet"),
        workflow.DROPPED: (_("Off the list"), "quiet"),
        workflow.OVER: (_("The stay is over"), "quiet"),
    }[admission.state]


def asked_words(admission: Admission) -> str:
    """Who asks for a place, as far as it is known."""
    who = {
        ("P", False): _("Woman"), ("L", False): _("Man"), ("P", True): _("Girl"),
        ("L", True): _("Boy"),
    }.get(
        (admission.sex, admission.is_child), _("Child") if admission.is_child else _("Adult")
    )  # fmt: skip
    if admission.children:
        words = ngettext(
            "%(who)s with %(count)s child", "%(who)s with %(count)s children", admission.children
        )
        return words % {"who": who, "count": admission.children}
    return who


def criteria_words(codes: list[str]) -> list[str]:
    """The grounds for shelter by their names."""
    labels = dict(reference.choices("kriteria_rptc"))
    return [labels.get(code, code) for code in codes]


def reason_words(admission: Admission) -> str:
    """Why there was no place."""
    if admission.state == workflow.REFUSED:
        return dict(reference.choices("alasan_tolak")).get(admission.reason, "")
    return str(workflow.DROP_REASONS.get(admission.reason, ""))
