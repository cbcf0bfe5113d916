"""The contract between two desks: every state of a request, who sets it, what it means outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rangkul.foundation.workflow import Move, Moves

DRAFT, SENT, ASKED = "draft", "sent", "asked"
ACCEPTED, PARTLY, IN_SERVICE, PAUSED = "accepted", "partly_accepted", "in_service", "paused"
DONE, NOT_DONE, DECLINED = "done", "not_done", "declined"
CANCELLED, WITHDRAWN, EXPIRED, MOVED = "cancelled", "withdrawn", "expired", "moved"

SENDER, RECEIVER, HOUSE = "sender", "receiver", "house"

UNANSWERED: Final = frozenset({SENT, ASKED})
TAKEN: Final = frozenset({ACCEPTED, PARTLY})
SERVING: Final = TAKEN | {IN_SERVICE, PAUSED}
OPEN: Final = UNANSWERED | SERVING
# After an end of this kind the packet can no longer be opened by anyone.
KEYLESS: Final = frozenset({DECLINED, WITHDRAWN, CANCELLED, EXPIRED, MOVED})


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a state is called where FHIR R4 is spoken: ``Task.status`` and its business status."""

    task: str
    business: str


CONTRACT: Final[Mapping[str, Meaning]] = MappingProxyType(
    {
        DRAFT: Meaning("draft", "being-prepared"),
        SENT: Meaning("requested", "waits-for-answer"),
        ASKED: Meaning("on-hold", "receiver-asks"),
        ACCEPTED: Meaning("accepted", "accepted"),
        PARTLY: Meaning("accepted", "accepted-in-part"),
        IN_SERVICE: Meaning("in-progress", "first-contact-made"),
        PAUSED: Meaning("on-hold", "paused"),
        DONE: Meaning("completed", "done"),
        NOT_DONE: Meaning("failed", "not-carried-out"),
        DECLINED: Meaning("rejected", "declined"),
        CANCELLED: Meaning("cancelled", "taken-back"),
        WITHDRAWN: Meaning("cancelled", "consent-withdrawn"),
        EXPIRED: Meaning("cancelled", "unanswered-until-end"),
        MOVED: Meaning("cancelled", "asked-elsewhere"),
    }
)
"""Every state of the contract, each with one code of FHIR Task; ``MOVES`` says who sets it."""

_SENDER, _RECEIVER = frozenset({SENDER}), frozenset({RECEIVER})

MOVES: Final = Moves(
    initial=DRAFT,
    states=CONTRACT,
    moves=(
        Move("send", frozenset({DRAFT}), SENT, _SENDER),
        Move("accept", UNANSWERED, ACCEPTED, _RECEIVER),
        Move("accept_partly", UNANSWERED, PARTLY, _RECEIVER, needs_reason=True),
        Move("ask", frozenset({SENT}), ASKED, _RECEIVER, needs_reason=True),
        Move("decline", UNANSWERED, DECLINED, _RECEIVER, needs_reason=True),
        Move("reply", frozenset({ASKED}), SENT, _SENDER),
        Move("first_contact", TAKEN, IN_SERVICE, _RECEIVER),
        Move("pause", TAKEN | {IN_SERVICE}, PAUSED, _RECEIVER, needs_reason=True),
        # Back to where it stood: a pause takes nothing back.
        Move("resume_accepted", frozenset({PAUSED}), ACCEPTED, _RECEIVER),
        Move("resume_partly", frozenset({PAUSED}), PARTLY, _RECEIVER),
        Move("resume_service", frozenset({PAUSED}), IN_SERVICE, _RECEIVER),
        # A service can be over with the first contact that nobody noted.
        Move("finish", TAKEN | {IN_SERVICE}, DONE, _RECEIVER),
        Move("give_up", SERVING, NOT_DONE, _RECEIVER, needs_reason=True),
        Move("cancel", UNANSWERED, CANCELLED, _SENDER),
        Move("withdraw", OPEN, WITHDRAWN, _SENDER),
        # A desk that stays silent: the agreed desk is asked instead, or the packet's time is over.
        Move("move", UNANSWERED, MOVED, frozenset({SENDER, HOUSE})),
        Move("expire", UNANSWERED, EXPIRED, frozenset({HOUSE})),
    ),
)

CALLED, CAN, CANNOT, CALL_OVER = "called", "can", "cannot", "over"

CALL_MOVES: Final = Moves(
    initial=CALLED,
    states=(CALLED, CAN, CANNOT, CALL_OVER),
    moves=(
        Move("can", frozenset({CALLED}), CAN, _RECEIVER),
        Move("cannot", frozenset({CALLED}), CANNOT, _RECEIVER),
        Move("end", frozenset({CALLED, CAN}), CALL_OVER, frozenset({SENDER, HOUSE})),
    ),
)
"""An open call, as one of the called desks stands to it; the first "can" ends the others."""

WAITS, TURN_TAKEN, LET_GO = "waiting", "sent", "let_go"
"""A referral of a plan whose turn has not come; sent in its turn or by hand; not sent any more."""

LIMITS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "first_step": _("Only the first visit; what follows is needed elsewhere"),
        "fewer_days": _("For a shorter time than was asked"),
        "not_those_along": _("Not for those who come along"),
        "no_transport": _("Without transport or escort"),
        "no_interpreter": _("Without an interpreter"),
        "no_costs": _("Without covering the costs"),
        "other_part": _("A part is left open: see our words"),
    }
)
"""What stays open where a desk takes only a part of what is asked."""

PAUSE_REASONS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "own_wish": _("The person asked for a pause"),
        "ill": _("The person is ill or in hospital"),
        "away": _("The person is away for a time"),
        "staff_away": _("Our worker is away; nobody can stand in"),
        "waits_for_others": _("Another agency has to act first"),
        "not_safe": _("Contact is not safe at the moment"),
    }
)
"""Why a service pauses; always with the day on which it goes on."""

OFFERED, TAKEN_OVER = "offered", "accepted"

TRANSFER_MOVES: Final = Moves(
    initial=OFFERED,
    states=(OFFERED, TAKEN_OVER, DECLINED, CANCELLED),
    moves=(
        Move("take_over", frozenset({OFFERED}), TAKEN_OVER, _RECEIVER),
        Move("decline", frozenset({OFFERED}), DECLINED, _RECEIVER, needs_reason=True),
        Move("cancel", frozenset({OFFERED}), CANCELLED, _SENDER),
    ),
)
"""A transfer (pelimpahan): until the receiver has taken over, the sender holds the case."""

TRANSFER_REASONS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "lives_there": _("The person lives, or will live, there"),
        "competence": _("It is that agency's work by its task"),
        "higher_level": _("The case needs a provincial or national agency"),
        "conflict": _("Our agency is too close to the case"),
        "own_wish": _("The person wishes it"),
    }
)
"""Why a case moves to another agency."""

TRANSFER_REFUSALS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "other_area": _("It is another area's case"),
        "no_capacity": _("We have nobody who can carry it now"),
        "not_competent": _("It is not our agency's task"),
        "conflict": _("Our agency is too close to the case"),
        "incomplete": _("We need to know more before we can take it over"),
    }
)
"""Why an agency does not take a case over."""

OUTCOMES: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "served": _("The service was given"),
        "served_partly": _("Given in part; more is needed"),
    }
)
"""How a request that was carried out ended."""

NOT_DONE_REASONS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "own_wish": _("The person decided not to use the service"),
        "not_reached": _("The person could not be reached safely"),
        "did_not_come": _("The person did not come; the companion was told"),
        "served_elsewhere": _("The person was served elsewhere"),
        "no_means": _("The desk could not give the service after all"),
        "not_safe": _("It was not safe for the person"),
    }
)
"""Why an accepted request was not carried out."""

RISK_CHANGES: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "same": _("As before"),
        "higher": _("Higher: please call us today"),
        "lower": _("Lower"),
    }
)
"""What the receiver noticed of the danger; the level itself is the sender's to set."""
