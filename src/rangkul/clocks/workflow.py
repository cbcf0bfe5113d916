"""The states of a clock and the moves between them."""

from __future__ import annotations

from rangkul.foundation.workflow import Move, Moves

RUNNING, PAUSED, MET, MISSED, VOID = "running", "paused", "met", "missed", "void"

MOVES = Moves(
    initial=RUNNING,
    states=(RUNNING, PAUSED, MET, MISSED, VOID),
    moves=(
        Move("pause", frozenset({RUNNING}), PAUSED, frozenset({"holder"}), needs_reason=True),
        Move("resume", frozenset({PAUSED}), RUNNING, frozenset({"holder"})),
        # A missed clock can still be met late; the trail and `due_at` tell by how much.
        Move("meet", frozenset({RUNNING, PAUSED, MISSED}), MET, frozenset({"holder"})),
        Move("miss", frozenset({RUNNING}), MISSED, frozenset({"tick"})),
        Move("void", frozenset({RUNNING, PAUSED, MISSED}), VOID, frozenset({"holder"})),
    ),
)
