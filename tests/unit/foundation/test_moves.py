"""Workflows as tables: only legal moves, no state forgotten."""

from __future__ import annotations

import pytest

from rangkul.foundation.errors import StaleForm
from rangkul.foundation.locks import check_version
from rangkul.foundation.workflow import IllegalMove, Move, Moves

SEND = Move("send", frozenset({"draft"}), "sent", frozenset({"sender"}))
ACCEPT = Move("accept", frozenset({"sent"}), "accepted", frozenset({"receiver"}))
DECLINE = Move("decline", frozenset({"sent"}), "declined", frozenset({"receiver"}), True)
WITHDRAW = Move("withdraw", frozenset({"sent", "accepted"}), "declined", frozenset({"sender"}))
MOVES = Moves(
    initial="draft",
    states=["draft", "sent", "accepted", "declined"],
    moves=[SEND, ACCEPT, DECLINE, WITHDRAW],
)


@pytest.mark.parametrize("state", sorted(MOVES.states))
@pytest.mark.parametrize("move", [SEND, ACCEPT, DECLINE, WITHDRAW], ids=lambda move: move.name)
def test_a_move_starts_only_from_its_sources(state: str, move: Move) -> None:
    if state in move.sources:
        assert MOVES.check(move.name, state) is move
    else:
        with pytest.raises(IllegalMove, match=f"{move.name} does not start from {state}"):
            MOVES.check(move.name, state)


def test_an_unknown_move_is_illegal() -> None:
    with pytest.raises(IllegalMove):
        MOVES.check("teleport", "draft")


def test_moves_open_from_a_state_in_table_order() -> None:
    assert MOVES.open_from("sent") == (ACCEPT, DECLINE, WITHDRAW)
    assert MOVES.open_from("sent", "sender") == (WITHDRAW,)
    assert MOVES.open_from("declined") == ()


def test_final_states_are_those_that_nothing_leaves() -> None:
    assert MOVES.final == {"declined"}


@pytest.mark.parametrize(
    "states", [["draft", "sent", "accepted", "declined", "lost"], ["draft", "sent", "accepted"]]
)
def test_states_and_moves_must_agree(states: list[str]) -> None:
    with pytest.raises(ValueError, match="disagree"):
        Moves(initial="draft", states=states, moves=[SEND, ACCEPT, DECLINE, WITHDRAW])


def test_a_stale_form_names_both_versions() -> None:
    with pytest.raises(StaleForm) as stale:
        check_version(expected=3, found=4)
    assert (stale.value.expected, stale.value.found) == (3, 4)
    check_version(expected=4, found=4)
    check_version(expected=None, found=4)
