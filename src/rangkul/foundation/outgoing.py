"""Looks at every word that leaves an agency, for those who know what must stay inside it.

A package that keeps such a secret (where a shelter's house stands) registers its keeper; every
package whose words other agencies read asks here before it writes them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from rangkul.foundation.actor import Actor

Keeper = Callable[[str, Actor], str]
_KEEPERS: Final[list[Keeper]] = []


def keep_inside(keeper: Keeper) -> None:
    """Let ``keeper`` look at every word that leaves: it answers a code, or "" for harmless words.

    Called once by the package that knows the secret, when Django starts.
    """
    if keeper not in _KEEPERS:
        _KEEPERS.append(keeper)


def leaving(texts: Mapping[str, str], by: Actor) -> dict[str, str]:
    """Field → code for each text of ``by``'s that would carry such a secret out."""
    return {
        name: code
        for name, text in texts.items()
        for keeper in _KEEPERS
        if text.strip() and (code := keeper(text, by))
    }
