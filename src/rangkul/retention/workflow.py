"""The states of a request about one's own data, and of an erasure, with the moves between them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from rangkul.foundation.workflow import Move, Moves

ACCESS, CORRECTION, STOP = "access", "correction", "stop"
RESTRICTION, DELETION = "restriction", "deletion"
KINDS: Final = (ACCESS, CORRECTION, STOP, RESTRICTION, DELETION)

CLOCKS: Final = {
    ACCESS: "subject_access",
    CORRECTION: "subject_correction",
    STOP: "subject_stop",
    RESTRICTION: "subject_restriction",
    DELETION: "subject_deletion",
}
"""Kind of request → its procedure (3×24 hours, UU 27/2022 art. 30, 32, 40, 41)."""

RECEIVED, WEIGHED, GRANTED = "received", "weighed", "granted"
REFUSED, DONE, DROPPED = "refused", "done", "dropped"
# The clock runs until the person has an answer: what she asked for, or the refusal in plain words.
OPEN: Final = (RECEIVED, WEIGHED, GRANTED)

MOVES = Moves(
    initial=RECEIVED,
    states=(RECEIVED, WEIGHED, GRANTED, REFUSED, DONE, DROPPED),
    moves=(
        Move("grant", frozenset({RECEIVED}), GRANTED, frozenset({"handler"})),
        Move("propose_refusal", frozenset({RECEIVED}), WEIGHED, frozenset({"handler"}),
             needs_reason=True),
        Move("drop_refusal", frozenset({WEIGHED}), RECEIVED, frozenset({"second"})),
        Move("refuse", frozenset({WEIGHED}), REFUSED, frozenset({"second"})),
        Move("finish", frozenset({GRANTED}), DONE, frozenset({"handler", "companion"})),
        Move("drop", frozenset({RECEIVED, WEIGHED, GRANTED}), DROPPED, frozenset({"receiver"})),
    ),
)  # fmt: skip

PROPOSED, DESTROYED, LISTED = "proposed", "destroyed", "listed"
ERASED, TAKEN_BACK = "erased", "taken_back"

ERASURE = Moves(
    initial=PROPOSED,
    states=(PROPOSED, DESTROYED, LISTED, ERASED, TAKEN_BACK),
    moves=(
        Move("destroy", frozenset({PROPOSED}), DESTROYED, frozenset({"second"})),
        Move("take_back", frozenset({PROPOSED}), TAKEN_BACK, frozenset({"handler"})),
        Move("list", frozenset({DESTROYED}), LISTED, frozenset({"system"})),
        Move("end", frozenset({LISTED}), ERASED, frozenset({"system"})),
    ),
)

KEYS_KEPT: Final = timedelta(days=14)
"""How long a backup of the key store is kept at most: until then an old one could open again."""
