"""The states of a case file and of a need."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rangkul.foundation.workflow import Move, Moves

OPEN, CLOSED, LEFT, MISSING, DIED = "open", "closed", "left", "missing", "died"

# People fall off roads: leaving by own wish, missing and death are states from any holder.
FILE = Moves(
    initial=OPEN,
    states=(OPEN, CLOSED, LEFT, MISSING, DIED),
    moves=(
        Move("close", frozenset({OPEN, LEFT, MISSING, DIED}), CLOSED, frozenset({"holder"}),
             needs_reason=True),
        Move("left", frozenset({OPEN, MISSING}), LEFT, frozenset({"holder"})),
        Move("missing", frozenset({OPEN, LEFT}), MISSING, frozenset({"holder"})),
        Move("died", frozenset({OPEN, LEFT, MISSING}), DIED, frozenset({"holder"})),
        Move("found", frozenset({LEFT, MISSING}), OPEN, frozenset({"holder"})),
        Move("reopen", frozenset({CLOSED}), OPEN, frozenset({"holder"}), needs_reason=True),
    ),
)  # fmt: skip

PLANNED, REFERRED, RUNNING, MET, UNMET, DROPPED = (
    "planned", "referred", "running", "met", "unmet", "dropped",
)  # fmt: skip

NEED = Moves(
    initial=PLANNED,
    states=(PLANNED, REFERRED, RUNNING, MET, UNMET, DROPPED),
    moves=(
        Move("refer", frozenset({PLANNED, REFERRED, UNMET}), REFERRED, frozenset({"holder"})),
        Move("run", frozenset({PLANNED, REFERRED, UNMET}), RUNNING, frozenset({"holder"})),
        Move("return", frozenset({REFERRED, RUNNING}), PLANNED, frozenset({"holder"})),
        Move("meet", frozenset({PLANNED, REFERRED, RUNNING}), MET, frozenset({"holder"})),
        Move("fail", frozenset({PLANNED, REFERRED, RUNNING}), UNMET, frozenset({"holder"})),
        Move("drop", frozenset({PLANNED, REFERRED, RUNNING, UNMET}), DROPPED,
             frozenset({"holder"}), needs_reason=True),
        Move("take_up", frozenset({DROPPED, MET}), PLANNED, frozenset({"holder"})),
    ),
)  # fmt: skip

# The first one says that the survivor, to whom it was offered, does not wish it.
BY_WISH: Final = "atas_permintaan"
DROP_REASONS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        BY_WISH: _("The person does not wish it any more"),
        "terpenuhi": _("It was answered in another way"),
        "berubah": _("The situation has changed"),
        "tidak_aman": _("It would not be safe"),
        "ganda": _("It stands in the plan twice"),
        "keliru": _("It was written down by mistake"),
    }
)
"""Why a need leaves the plan unanswered."""
