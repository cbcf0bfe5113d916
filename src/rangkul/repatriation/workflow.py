"""How a person stands on the way home, how a leg does, and how the vulnerable come first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rangkul.foundation.workflow import Move, Moves

WAITING, ARRIVED, HOME = "waiting", "arrived", "home"
LEFT, MISSING, DIED = "left", "missing", "died"

HOLDER, ORGANISER = "holder", "organiser"
GIVER, RECEIVER = "giver", "receiver"

HELD: Final = frozenset({WAITING, ARRIVED, MISSING})
"""While a person stands so, exactly one agency holds her (the database counts)."""

_ANY: Final = frozenset({HOLDER, ORGANISER})

# Leaving by own wish, missing and death are reachable from anywhere; whoever misses a person keeps
# the duty to search, and so keeps holding her.
FATES: Final = Moves(
    initial=WAITING,
    states=(WAITING, ARRIVED, HOME, LEFT, MISSING, DIED),
    moves=(
        Move("arrived", frozenset({WAITING}), ARRIVED, frozenset({HOLDER})),
        Move("home", frozenset({ARRIVED}), HOME, frozenset({HOLDER})),
        Move("left", HELD, LEFT, _ANY),
        Move("missing", frozenset({WAITING, ARRIVED}), MISSING, _ANY),
        Move("died", HELD, DIED, _ANY),
        Move("found", frozenset({MISSING}), WAITING, _ANY),
        # Home was not safe, or the arrival was confirmed too soon: the road goes on from there.
        Move("onward", frozenset({ARRIVED}), WAITING, _ANY),
    ),
)

# A traveller is one person's part in one leg.
PLANNED, ASKED, ACCEPTED, REFUSED = "planned", "asked", "accepted", "refused"
WITHDRAWN, HANDED, PASSED_ON, ENDED = "withdrawn", "handed", "passed_on", "ended"

AHEAD: Final = frozenset({PLANNED, ASKED, ACCEPTED})
"""The leg may still be travelled by this person."""
BEHIND: Final = frozenset({HANDED, PASSED_ON, ENDED})
"""The leg was travelled."""

TRAVELLER_STATES: Final = (
    PLANNED, ASKED, ACCEPTED, REFUSED, WITHDRAWN, HANDED, PASSED_ON, ENDED,
)  # fmt: skip

MARKS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "ill": _("Ill"),
        "pregnant": _("Pregnant"),
        "elderly": _("60 or older"),
        "child": _("Child"),
        "woman": _("Woman"),
    }
)
"""What puts a person first, in that order (domain: vulnerable first)."""

MEANS: Final[Mapping[str, Promise]] = MappingProxyType(
    {"able": _("Can pay"), "poor": _("Cannot pay")}
)

PAYERS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "self": _("Pays herself or himself"),
        "origin": _("The region of origin pays"),
        "organiser": _("The organiser pays"),
        "state": _("The state budget pays"),
        "bp3mi": _("BP3MI pays"),
        "embassy": _("The embassy pays"),
    }
)

MATCHES: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "asked": _("Asked at the origin"),
        "confirmed": _("Confirmed by the origin"),
        "not_found": _("Not found at the origin"),
    }
)

CLEARANCES: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "not_needed": _("Not needed"),
        "asked": _("Asked of the investigators"),
        "given": _("Given"),
        "refused": _("Refused for now"),
    }
)

NEEDED: Final = "needed"
CLEARANCE_ANSWERS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "given": _("Cleared: may travel home"),
        NEEDED: _("Still needed until a day"),
    }
)
"""What the investigators answer. Neither holds anybody: an adult leaves when she wishes."""

TRAVEL_PAPERS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "passport": _("A valid passport"),
        "emergency": _("An emergency travel document of the mission"),
        "none_needed": _("None is needed, says the mission"),
    }
)
"""With what a foreign person leaves the country."""

OFF_REASONS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "own_wish": _("Does not wish to travel now"),
        "ill": _("Is not fit to travel"),
        "papers": _("The papers are not there"),
        "not_safe": _("It is not safe now"),
        "replanned": _("The journey was planned anew"),
    }
)
"""Why somebody is taken off a leg before it departs; the receiving desk reads it."""

SAFETIES: Final[Mapping[str, Promise]] = MappingProxyType(
    {"safe": _("Safe"), "unsafe": _("Not safe"), "unknown": _("Not known")}
)

SOURCES: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "perwakilan": _("Foreign ministry or mission abroad"),
        "bp3mi": _("BP3MI"),
        "kementerian": _("A ministry"),
        "daerah": _("The region that found them"),
    }
)
"""Who sent the list by name."""

MODES: Final[Mapping[str, Promise]] = MappingProxyType(
    {"land": _("By road"), "sea": _("By sea"), "air": _("By air"), "rail": _("By rail")}
)

CONDITIONS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "well": _("Well"),
        "tired": _("Tired"),
        "needs_care": _("Needs care on arrival"),
    }
)

PAPERS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "identity": _("Identity card"),
        "passport": _("Passport"),
        "travel": _("Travel document"),
        "ticket": _("Ticket"),
        "medicine": _("Medicine list"),
    }
)

LATE: Final = timedelta(minutes=10)
"""A signature that reached us later than this was made without a line, and says so."""

VISIT_MONTHS: Final = (1, 3, 6)
VISIT_RESULTS: Final[Mapping[str, Promise]] = MappingProxyType(
    {"safe": _("Safe"), "not_safe": _("Not safe"), "not_found": _("Not found")}
)
POSTPONED: Final = "postponed"
PUT_OFF: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "own_wish": _("She or he asked for a later day"),
        "away": _("Away for work, school or family"),
        "way": _("The way there is not passable now"),
        "not_discreet": _("A visit now would be noticed"),
        "nobody_free": _("Nobody of the desk can go"),
    }
)
"""Why a visit is put off to another day; the organiser reads it."""
FURTHEST_PUT_OFF: Final = timedelta(days=30)


def with_computed(
    marks: Collection[str], *, age: int | None, is_child: bool, sex: str
) -> list[str]:
    """Declared marks together with those that age and sex say; in the order of ``MARKS``."""
    found = set(marks) & {"ill", "pregnant"}
    if age is not None and age >= 60:
        found.add("elderly")
    if is_child:
        found.add("child")
    elif sex == "P":
        found.add("woman")
    return [mark for mark in MARKS if mark in found]


def priority(marks: Collection[str]) -> int:
    """Where a person stands in the order of care: smaller goes first, 99 for no mark at all.

    The first mark decides, further marks break the tie; nothing is added up beyond that.
    """
    order = list(MARKS)
    places = sorted(order.index(mark) for mark in marks if mark in order)
    return 99 if not places else places[0] * 10 + (9 - min(len(places), 9))
