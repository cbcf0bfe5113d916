"""The states of a report. None of them is a refusal: every report is accepted."""

from __future__ import annotations

from rangkul.foundation.workflow import Move, Moves

DRAFT, RECEIVED, IN_HAND, OPENED, JOINED, CLOSED = (
    "draft", "received", "in_hand", "opened", "joined", "closed",
)  # fmt: skip
OPEN = (DRAFT, RECEIVED, IN_HAND)

MOVES = Moves(
    initial=DRAFT,
    states=(DRAFT, RECEIVED, IN_HAND, OPENED, JOINED, CLOSED),
    moves=(
        Move("receive", frozenset({DRAFT}), RECEIVED, frozenset({"desk"})),
        Move("take", frozenset({RECEIVED}), IN_HAND, frozenset({"desk"})),
        Move("open_case", frozenset({RECEIVED, IN_HAND}), OPENED, frozenset({"desk"})),
        Move("join_case", frozenset({RECEIVED, IN_HAND}), JOINED, frozenset({"desk"})),
        Move("unjoin_case", frozenset({JOINED}), IN_HAND, frozenset({"desk"})),
        Move("close", frozenset({DRAFT, RECEIVED, IN_HAND}), CLOSED, frozenset({"desk"}),
             needs_reason=True),
        Move("take_up", frozenset({CLOSED}), IN_HAND, frozenset({"desk"})),
    ),
)  # fmt: skip
