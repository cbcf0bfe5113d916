"""The states of a clock and the moves between them."""

from __future__ import annotations

from typing import Final

from django.db.models import Q

from rangkul.foundation.workflow import Move, Moves

RUNNING, PAUSED, MET, MISSED, VOID = "running", "paused", "met", "missed", "void"

# A missed deadline still waits to be met, late.
WAITING = (RUNNING, MISSED)
OPEN = (RUNNING, PAUSED, MISSED)

# Why a deadline of a case may rest, always with a last day: what the person needs, nothing else.
REST_REASONS: Final = ("own_wish", "ill", "not_safe", "away", "interpreter")


def waits() -> Q:
    """The waiting states as two conditions, the form in which the tick's index knows them."""
    return Q(state=RUNNING) | Q(state=MISSED)


MOVES = Moves(
    initial=RUNNING,
    states=(RUNNING, PAUSED, MET, MISSED, VOID),
    moves=(
        Move("pause", frozenset({RUNNING}), PAUSED, frozenset({"holder"}), needs_reason=True),
        Move("resume", frozenset({PAUSED}), RUNNING, frozenset({"holder", "tick"})),
        # A missed clock can still be met late; the trail and `due_at` tell by how much.
        Move("meet", frozenset({RUNNING, PAUSED, MISSED}), MET, frozenset({"holder"})),
        Move("miss", frozenset({RUNNING}), MISSED, frozenset({"tick"})),
        Move("void", frozenset({RUNNING, PAUSED, MISSED}), VOID, frozenset({"holder"})),
    ),
)
