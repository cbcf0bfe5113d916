"""The states of a version of a form: drawn up, tried, in use, and out of use for good."""

from __future__ import annotations

from typing import Final

from rangkul.foundation.workflow import Move, Moves

DRAFT, TESTING, PUBLISHED, RETIRED = "draft", "testing", "published", "retired"

KEEPER: Final = "keeper"
_KEEPER = frozenset({KEEPER})

FORM_MOVES: Final = Moves(
    initial=DRAFT,
    states=(DRAFT, TESTING, PUBLISHED, RETIRED),
    moves=(
        Move("test", frozenset({DRAFT}), TESTING, _KEEPER),
        Move("publish", frozenset({TESTING}), PUBLISHED, _KEEPER),
        Move("retire", frozenset({PUBLISHED}), RETIRED, _KEEPER),
    ),
)
"""A version is tried before it is published, and nothing comes back from retirement: a form that is
wanted again is a new version."""

KEPT, CONFLICT, BOTH, ASIDE = "kept", "conflict", "both", "aside"
"""How a filling stands: part of the file; other content under an id that is known already; and what
a person made of the two: kept beside the other, or set aside."""

IN_FILE: Final = (KEPT, BOTH)

ACCEPTED, RAISED, LOWER, DECLINED, TAKEN, PAST = (
    "accepted", "raised", "lower", "declined", "taken", "past",
)  # fmt: skip
"""What was made of a proposal: followed; a higher level; a lower one asked for; not followed; a
field's other value taken; a newer filling took its place."""

ANSWERED: Final = (ACCEPTED, RAISED, LOWER, DECLINED)
"""What a person may have answered to a recommendation."""
