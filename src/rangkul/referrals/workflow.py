"""The states of a request between two desks, and which side makes which move."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rangkul.foundation.workflow import Move, Moves

SENT, ASKED, ACCEPTED, IN_SERVICE = "sent", "asked", "accepted", "in_service"
DONE, NOT_DONE, DECLINED = "done", "not_done", "declined"
WITHDRAWN, CANCELLED = "withdrawn", "cancelled"

SENDER, RECEIVER = "sender", "receiver"

UNANSWERED: Final = frozenset({SENT, ASKED})
SERVING: Final = frozenset({ACCEPTED, IN_SERVICE})
OPEN: Final = UNANSWERED | SERVING
# After an answer that ends the request the packet can no longer be opened by anyone.
KEYLESS: Final = frozenset({DECLINED, WITHDRAWN, CANCELLED})

_SENDER, _RECEIVER = frozenset({SENDER}), frozenset({RECEIVER})

MOVES: Final = Moves(
    initial=SENT,
    states=(
        SENT, ASKED, ACCEPTED, IN_SERVICE, DONE, NOT_DONE, DECLINED, WITHDRAWN, CANCELLED,
    ),
    moves=(
        Move("accept", UNANSWERED, ACCEPTED, _RECEIVER),
        Move("ask", frozenset({SENT}), ASKED, _RECEIVER),
        Move("decline", UNANSWERED, DECLINED, _RECEIVER, needs_reason=True),
        Move("reply", frozenset({ASKED}), SENT, _SENDER),
        Move("first_contact", frozenset({ACCEPTED}), IN_SERVICE, _RECEIVER),
        # A service can be over with the first contact that nobody noted.
        Move("finish", SERVING, DONE, _RECEIVER),
        Move("give_up", SERVING, NOT_DONE, _RECEIVER, needs_reason=True),
        Move("cancel", UNANSWERED, CANCELLED, _SENDER),
        Move("withdraw", OPEN, WITHDRAWN, _SENDER),
    ),
)  # fmt: skip

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
