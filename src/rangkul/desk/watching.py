"""Words for emergencies, ties and stops: what a code means to the person who reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

_Words = Mapping[str, str | Promise]

REASONS: Final[_Words] = {
    "before_me": _("The person is here with me and asks for help"),
    "found": _("The person was found or brought in and cannot speak for themselves"),
    "care": _("A doctor or the police must know now who this is"),
    "danger": _("Somebody dangerous is near and I must know who"),
    "lost": _("The person is lost on the way and is being searched for"),
    "other": _("Another reason, written below"),
}
VERDICTS: Final[_Words] = {
    "justified": _("Justified"),
    "unjustified": _("Not justified"),
}
STEPS: Final[_Words] = {
    "words": _("Reason in own words"),
    "ended": _("Ended early"),
    "asked": _("Asked"),
    "answered": _("Answered"),
    "justified": _("Found justified"),
    "unjustified": _("Found not justified"),
    "restored": _("Right given back"),
}
SIDES: Final[_Words] = {
    "survivor": pgettext_lazy("a tie to", "The survivor"),
    "suspect": _("The suspect"),
}
TIES: Final[_Words] = {
    "kin": _("Family"),
    "partner": _("Husband, wife or partner, also a former one"),
    "friend": _("Friend"),
    "neighbour": _("Neighbour, same village"),
    "work": _("Colleague, employer or business"),
    "other": _("Another tie"),
}
LIFTED: Final[_Words] = {
    "mistaken": _("It was somebody else"),
    "tie_ended": _("The tie does not exist any more"),
    "no_other_worker": _("There is no other worker, and the survivor agrees"),
}
MEASURES: Final[_Words] = {
    "carried": _("files carried by that person"),
    "other": _("files that person does not carry"),
    "packet": _("packets"),
}
LOOKS: Final[_Words] = {
    "danger": _("Somebody in the house is in danger, and help must find it"),
    "way": _("I bring or fetch somebody"),
    "repair": _("Something has to be repaired or delivered"),
    "inspection": _("A supervisor's visit"),
}
