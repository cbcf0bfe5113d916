"""The table of moves: who may move what, and that nothing leaves an end."""

from __future__ import annotations

import pytest

from rangkul.foundation.workflow import IllegalMove
from rangkul.referrals import workflow

MOVES = workflow.MOVES


def test_ends_are_ends() -> None:
    assert MOVES.final == {"done", "not_done", "declined", "withdrawn", "cancelled"}


def test_an_answered_request_cannot_be_taken_back() -> None:
    for state in ("accepted", "in_service", "done", "declined"):
        with pytest.raises(IllegalMove):
            MOVES.check("cancel", state)


def test_consent_can_be_withdrawn_from_every_open_state() -> None:
    for state in workflow.OPEN:
        assert MOVES.check("withdraw", state).target == "withdrawn"


def test_each_side_has_its_own_moves() -> None:
    receiver = {m.name for s in MOVES.states for m in MOVES.open_from(s, workflow.RECEIVER)}
    sender = {m.name for s in MOVES.states for m in MOVES.open_from(s, workflow.SENDER)}
    assert receiver == {"accept", "ask", "decline", "first_contact", "finish", "give_up"}
    assert sender == {"reply", "cancel", "withdraw"}


def test_every_state_has_its_word() -> None:
    from pathlib import Path

    import rangkul.reference as reference

    words = (Path(reference.__file__).parent / "data/codes/status_rujukan.csv").read_text()
    assert MOVES.states <= {line.split(",")[0] for line in words.splitlines()}
