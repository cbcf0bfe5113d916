"""Undoes one slip of the finger: every word that may have been meant by what was typed."""

from __future__ import annotations

NEAR_SOUND = 12
"""A letter heard almost like the one meant (o for u, z for j), or an h too many or too few."""

LIKELY_SLIP = 14
"""Two letters swapped, one missing, one doubled, or a key beside the one meant."""

UNLIKELY_SLIP = 18
"""A letter from elsewhere on the keyboard."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_ALIKE = "au ai ae ei eo ou iu oa jy zj gj ck sz fp fv pv td bp gk iy uw hk sc mn xs qk"
_NEAR_SOUNDS = frozenset(map(frozenset, _ALIKE.split()))


def _neighbours() -> dict[str, frozenset[str]]:
    """Keys that touch each other: beside in a row, or across rows, each row half a key further."""
    places = {
        letter: (row, column + row / 2)
        for row, letters in enumerate(_KEYBOARD)
        for column, letter in enumerate(letters)
    }
    return {
        letter: frozenset(
            other
            for other, (row, column) in places.items()
            if other != letter and abs(row - at[0]) <= 1 and abs(column - at[1]) <= 1
        )
        for letter, at in places.items()
    }


_NEIGHBOURS = _neighbours()


_LONGEST_WORD = 40


def _substitution(typed: str, meant: str) -> int:
    if frozenset((typed, meant)) in _NEAR_SOUNDS:
        return NEAR_SOUND
    return LIKELY_SLIP if meant in _NEIGHBOURS[typed] else UNLIKELY_SLIP


def slips(word: str) -> dict[str, int]:
    """Every word that may have been meant, were one slip made in typing this one, with its cost.

    Two letters swapped, one letter wrong, one too many, one missing. About 53 entries a letter;
    none for what is longer than any name's word, or a typed page would hold up the server.
    """
    if len(word) > _LONGEST_WORD:
        return {}
    meant: dict[str, int] = {}

    def offer(candidate: str, cost: int) -> None:
        if candidate and candidate != word and cost < meant.get(candidate, cost + 1):
            meant[candidate] = cost

    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        for letter in _LETTERS:
            offer(head + letter + tail, NEAR_SOUND if letter == "h" else LIKELY_SLIP)
        if not tail:
            continue
        for letter in _LETTERS:
            offer(head + letter + tail[1:], _substitution(tail[0], letter))
        around = _NEIGHBOURS[tail[0]] | {tail[0]}
        touched = bool(around & set(head[-1:] + tail[1:2]))
        too_many = LIKELY_SLIP if touched else UNLIKELY_SLIP
        offer(head + tail[1:], NEAR_SOUND if tail[0] == "h" else too_many)
        if len(tail) > 1:
            offer(head + tail[1] + tail[0] + tail[2:], LIKELY_SLIP)
    return meant
