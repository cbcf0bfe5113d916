"""The states of a conference, of a seat at it and of a decision, and who may move each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rangkul.foundation.workflow import Move, Moves

CALLED, HELD, MINUTED, CANCELLED = "called", "held", "minuted", "cancelled"
INVITED, ACCEPTED, DECLINED = "invited", "accepted", "declined"
OPEN, DONE, NOT_DONE = "open", "done", "not_done"

LEAD, CHAIR, GUEST, OWNER = "lead", "chair", "guest", "owner"

_LEAD, _CHAIR = frozenset({LEAD}), frozenset({CHAIR})

CONFERENCE: Final = Moves(
    initial=CALLED,
    states=(CALLED, HELD, MINUTED, CANCELLED),
    moves=(
        Move("hold", frozenset({CALLED}), HELD, _LEAD),
        Move("cancel", frozenset({CALLED}), CANCELLED, _LEAD, needs_reason=True),
        # After the signature nothing changes; what was wrong is said in an addendum.
        Move("sign", frozenset({HELD}), MINUTED, _CHAIR),
    ),
)

SEAT: Final = Moves(
    initial=INVITED,
    states=(INVITED, ACCEPTED, DECLINED),
    moves=(
        Move("accept", frozenset({INVITED, DECLINED}), ACCEPTED, frozenset({GUEST})),
        Move("decline", frozenset({INVITED, ACCEPTED}), DECLINED, frozenset({GUEST}),
             needs_reason=True),
    ),
)  # fmt: skip

DECISION: Final = Moves(
    initial=OPEN,
    states=(OPEN, DONE, NOT_DONE),
    moves=(
        Move("finish", frozenset({OPEN}), DONE, frozenset({OWNER})),
        Move("give_up", frozenset({OPEN}), NOT_DONE, frozenset({OWNER}), needs_reason=True),
    ),
)

# Mediation is no item here. In sexual violence the act does not exist (UU 12/2022 art. 23), and
# elsewhere it is a supervisor's guarded decision, never a line on a conference's paper.
AGENDA: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "progress": _("How it goes"),
        "danger": _("Danger and safety plan"),
        "services": _("Who gives which service"),
        "obstacle": _("What stands in the way"),
        "legal": _("The legal road"),
        "child": _("The child's best interest"),
        "return": _("Return home and life after it"),
        "closing": _("Whether the care can end"),
    }
)

MANNERS: Final[Mapping[str, Promise]] = MappingProxyType(
    {"place": _("At a place"), "online": _("Online")}
)

WAITING, PROPOSED_AND_CALLED, REFUSED = "waiting", "called", "refused"

PROPOSAL: Final = Moves(
    initial=WAITING,
    states=(WAITING, PROPOSED_AND_CALLED, REFUSED),
    moves=(
        Move("call", frozenset({WAITING}), PROPOSED_AND_CALLED, _LEAD),
        Move("refuse", frozenset({WAITING}), REFUSED, _LEAD),
    ),
)
"""A coordinator's proposal, as the holder of the case stands to it."""

PROPOSAL_REASONS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "stands_still": _("Nothing moves between the agencies"),
        "several_provinces": _("Agencies of several provinces are needed"),
        "disputed": _("Agencies differ on who does what"),
        "return": _("A return home has to be prepared"),
        "asked_for": _("An agency asked the coordinator for it"),
    }
)

DECLINE_REASONS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "no_time": _("Nobody can come at that hour"),
        "not_ours": _("It is not our agency's task"),
        "conflict": _("We are too close to somebody in the case"),
        "someone_else": _("Another desk of ours will come"),
    }
)

CANCEL_REASONS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "survivor_wish": _("The survivor does not wish it"),
        "not_needed": _("It is no longer needed"),
        "too_few": _("Too few can come"),
        "not_safe": _("It would not be safe"),
    }
)

NOT_DONE_REASONS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "survivor_wish": _("The survivor does not wish it"),
        "no_means": _("We have no means for it"),
        "not_reached": _("The person could not be reached safely"),
        "done_otherwise": _("It was solved in another way"),
        "not_safe": _("It would not be safe"),
    }
)
