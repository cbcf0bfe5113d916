"""Which of many keys a mistyped one is like: pairs of neighbouring letters that both share.

Nothing here asks the database. Keys are squeezed (``names.squeeze``); what is shared is counted by
Dice's measure, twice the common pairs by all pairs of both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

# Two slips in a name of eight letters still pass; another name does not.
_ENOUGH: Final = 0.55
ALMOST_THE_SAME: Final = 0.85
_EDGE: Final = "\u0002"


def pairs(key: str) -> Counter[str]:
    """The pairs of neighbouring letters, the beginning one of them."""
    framed = f"{_EDGE}{key}"
    return Counter(framed[i : i + 2] for i in range(len(framed) - 1))


class Likeness:
    """Keys, each with what it stands for, ready to be asked which are like another."""

    def __init__(self, keys: Iterable[tuple[str, str]]) -> None:
        """``keys`` are pairs of a key and the code that it stands for."""
        self._known: list[tuple[str, str]] = list(keys)
        self._sizes = [len(key) for key, _ in self._known]
        self._holding: dict[str, list[int]] = {}
        for place, (key, _) in enumerate(self._known):
            for pair in pairs(key):
                self._holding.setdefault(pair, []).append(place)

    def like(self, key: str, limit: int, *, enough: float = _ENOUGH) -> list[str]:
        """Codes of the keys most like this one, best first; nothing for less than three letters.

        ``enough`` is Dice's measure, 0 to 1, below which nothing is named.
        """
        if len(key) < 3:
            return []
        shared: Counter[int] = Counter()
        for pair in pairs(key):
            shared.update(self._holding.get(pair, ()))
        size = len(key)
        ranked = sorted(
            (-2 * count / (size + self._sizes[place]), place)
            for place, count in shared.items()
            if 2 * count >= enough * (size + self._sizes[place])
        )
        codes = dict.fromkeys(self._known[place][1] for _, place in ranked)
        return list(codes)[:limit]
