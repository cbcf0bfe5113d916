"""The states of a survivor's code: live until it is ended, and never again after that."""

from __future__ import annotations

from typing import Final

from rangkul.foundation.workflow import Move, Moves

LIVE: Final = "live"
ENDED: Final = "ended"

MOVES: Final = Moves(
    initial=LIVE,
    states=(LIVE, ENDED),
    moves=(Move("end", frozenset({LIVE}), ENDED, frozenset({"companion", "survivor"})),),
)

ENDED_BY_COMPANION: Final = "companion"
ENDED_BY_HER: Final = "herself"
REPLACED: Final = "replaced"
WHY_ENDED: Final = (ENDED_BY_COMPANION, ENDED_BY_HER, REPLACED)

# What her page shows beside messages, and only as she asked: nothing; when; when, where and who.
MESSAGES: Final = "messages"
TIMES: Final = "times"
DETAILS: Final = "details"
SHOWN: Final = (MESSAGES, TIMES, DETAILS)
