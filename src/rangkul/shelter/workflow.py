"""The states of an admission and of each person's stay, and the words of their codes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rangkul.foundation.workflow import Move, Moves

# An admission: one request for a person and the children who come along.
ASKED, WAITING, PLACED, OVER = "asked", "waiting", "placed", "over"
REFUSED, DROPPED = "refused", "dropped"
UNDECIDED: Final = frozenset({ASKED, WAITING})

# A stay: one of those persons in one bed.
EXPECTED, STAYING, AWAY, ENDED = "expected", "staying", "away", "ended"
LIVE: Final = frozenset({EXPECTED, STAYING, AWAY})
INSIDE: Final = frozenset({STAYING, AWAY})

OFFICER, SUPERVISOR = "officer", "supervisor"
_OFFICER = frozenset({OFFICER})

ADMISSION_MOVES: Final = Moves(
    initial=ASKED,
    states=(ASKED, WAITING, PLACED, REFUSED, DROPPED, OVER),
    moves=(
        Move("wait", frozenset({ASKED}), WAITING, _OFFICER),
        Move("place", UNDECIDED, PLACED, _OFFICER),
        Move("refuse", UNDECIDED, REFUSED, _OFFICER, needs_reason=True),
        Move("drop", UNDECIDED, DROPPED, _OFFICER, needs_reason=True),
        Move("end", frozenset({PLACED}), OVER, _OFFICER),
    ),
)

STAY_MOVES: Final = Moves(
    initial=EXPECTED,
    states=(EXPECTED, STAYING, AWAY, ENDED),
    moves=(
        Move("arrive", frozenset({EXPECTED}), STAYING, _OFFICER),
        Move("miss", frozenset({EXPECTED}), ENDED, _OFFICER, needs_reason=True),
        Move("go_out", frozenset({STAYING}), AWAY, _OFFICER, needs_reason=True),
        Move("come_back", frozenset({AWAY}), STAYING, _OFFICER),
        Move("discharge", INSIDE, ENDED, _OFFICER, needs_reason=True),
        # Nobody is held and nobody is forced to invent a place: these start anywhere.
        Move("lose", LIVE, ENDED, _OFFICER, needs_reason=True),
    ),
)

RUMAH_AMAN, RPTC, SENTRA, TRANSIT = "rumah_aman", "rptc", "sentra", "transit"
HOUSE_KINDS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        RUMAH_AMAN: _("Safe house"),
        RPTC: _("RPTC"),
        SENTRA: _("Sentra"),
        TRANSIT: _("Transit shelter"),
    }
)
STAY_PROCEDURES: Final[Mapping[str, str]] = MappingProxyType(
    {
        RUMAH_AMAN: "shelter_stay", RPTC: "shelter_stay_rptc", SENTRA: "shelter_stay_rptc",
        TRANSIT: "shelter_stay_rptc",
    }
)  # fmt: skip
"""Under which procedure the clock of a stay runs; how long is the house's own rule."""

ADULT, CHILD, FAMILY = "adult", "child", "family"
ROOM_GROUPS: Final[Mapping[str, Promise]] = MappingProxyType(
    {ADULT: _("Adults"), CHILD: _("Children alone"), FAMILY: _("Parent and children")}
)
ROOM_SEXES: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "P": _("Women and girls"),
        "L": _("Men and boys"),
        "": _("One whole family at a time"),
    }
)
PERSON_GROUPS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        ADULT: pgettext_lazy("a person", "Adult"),
        CHILD: pgettext_lazy("a person", "Child"),
    }
)
BED, COT = "bed", "cot"
BED_KINDS: Final[Mapping[str, Promise]] = MappingProxyType({BED: _("Bed"), COT: _("Cot")})

CLOSE_REASONS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "repair": _("Being repaired"),
        "cleaning": _("Being cleaned"),
        "infection": _("Kept apart because of an infection"),
        "no_staff": _("Too few staff"),
        "own_room": _("Kept free for someone who needs the room alone"),
        "retired": _("No longer in use"),
    }
)
"""Why nobody can sleep in a bed for now."""

CONFLICTS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "none": _("Nobody here knows the person or the suspect"),
        "resident": _("A resident is a conflict"),
        "staff": _("One of the staff is a conflict"),
    }
)
"""What the check found, before anyone learns who it is."""
NO_CONFLICT: Final = "none"

DROP_REASONS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "other_place": _("Found another safe place"),
        "own_wish": _("Decided not to come"),
        "taken_back": _("The sender took the request back"),
        "not_reached": _("Could not be reached safely"),
    }
)

MISS_REASONS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "did_not_come": _("Did not come; the companion was told"),
        "own_wish": _("Decided not to come"),
        "other_place": _("Found another safe place"),
    }
)

TAKEN_BACK: Final = "taken_back"
TAKEN_BACK_WORDS: Final = _("The sender took the request back")
"""How a stay ended that never began: whoever asked no longer does, and the bed is free."""

OUT_REASONS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "family_visit": _("Staying with trusted family"),
        "hospital_night": _("A night in hospital"),
        "court": _("Court or police, away overnight"),
        "school_work": _("School or work, away overnight"),
        "own_errand": _("An own errand"),
    }
)
"""Why a resident sleeps elsewhere and keeps the bed."""

DESTINATIONS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "home": _("Home, which was found safe"),
        "family": _("Family or friends"),
        "own_place": _("An own place"),
        "other_shelter": _("Another shelter"),
        "repatriation": _("On the way home through repatriation"),
        "hospital": _("Hospital, for longer"),
    }
)
"""Where a planned leaving leads."""

LOSSES: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "own_wish": _("Left by own wish"),
        "missing": _("Missing"),
        "died": _("Died"),
    }
)
"""Ways out that start from anywhere in a stay; the place may be unknown."""

SEARCH_RESULTS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "found_safe": _("Found, and safe"),
        "found_elsewhere": _("Found with another agency"),
        "not_found": _("Not found; police and the sender know"),
    }
)

ON_THE_ROAD: Final = "on_the_road"
ON_THE_ROAD_WORDS: Final = _("The search goes on at the desk that holds the person on the way home")
"""How a search ended here that is led where the way home is followed; chosen by nobody."""

EXTEND_REASONS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "not_safe_yet": _("No safe place to go to yet"),
        "court_soon": _("A hearing or examination is near"),
        "health": _("Treatment is not finished"),
        "papers": _("Papers or tickets are on their way"),
        "next_place_soon": _("The next place is promised for a day soon"),
    }
)
REFUSE_EXTENSION: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "next_place_ready": _("The next place is ready"),
        "plan_missing": _("First a plan for what comes next"),
    }
)
WITHDRAW_NOTE: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "wrong_person": _("Written on the wrong stay"),
        "mistaken": _("It was a mistake"),
        "asked_by_her": _("The resident asked for it"),
    }
)
