"""The table of moves: who may move what, and that nothing leaves an end."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from rangkul import reference
from rangkul.foundation.workflow import IllegalMove
from rangkul.referrals import workflow

MOVES = workflow.MOVES
# FHIR R4 Task.status as the referral guide of Gravity uses it, and those that the desk sets.
RECEIVERS = {"accepted", "rejected", "in-progress", "on-hold", "failed", "completed"}
TASK = RECEIVERS | {"draft", "requested", "cancelled", "entered-in-error"}


def test_ends_are_ends() -> None:
    assert MOVES.final == {
        "done", "not_done", "declined", "withdrawn", "cancelled", "expired", "moved",
    }  # fmt: skip


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
    assert receiver == {
        "accept", "accept_partly", "ask", "decline", "first_contact", "pause", "resume_accepted",
        "resume_partly", "resume_service", "finish", "give_up",
    }  # fmt: skip
    assert sender == {"send", "reply", "cancel", "withdraw", "move"}


def test_no_refusal_and_no_rest_without_a_reason() -> None:
    silent = {m.name for s in MOVES.states for m in MOVES.open_from(s) if not m.needs_reason}
    assert not silent & {"decline", "pause", "give_up", "accept_partly", "ask"}


def test_every_state_has_its_word_and_one_code_of_fhir() -> None:
    """The published list and the table agree, and no state is left out of either."""
    words = (Path(reference.__file__).parent / "data/codes/status_rujukan.csv").read_text()
    rows = {row["code"]: row["map.fhir_task"] for row in csv.DictReader(words.splitlines())}
    assert rows == {state: meaning.task for state, meaning in workflow.CONTRACT.items()}
    assert MOVES.states == set(rows)
    assert set(rows.values()) <= TASK
    business = [meaning.business for meaning in workflow.CONTRACT.values()]
    assert len(set(business)) == len(business)


def test_who_sets_a_state_may_set_it_in_fhir() -> None:
    for state in MOVES.states:
        for move in MOVES.open_from(state):
            code = workflow.CONTRACT[move.target].task
            if move.by == {workflow.RECEIVER}:
                assert code in RECEIVERS, move.name
            if move.by == {workflow.SENDER}:
                assert code in TASK - RECEIVERS | {"cancelled"}, move.name
