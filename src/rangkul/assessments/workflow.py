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

KEPT, CONFLICT = "kept", "conflict"
"""How a filling stands: part of the file, or other content under an id that is known already."""
