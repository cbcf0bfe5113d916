"""Long codes: drawn evenly, read with patience, kept only as a digest."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from rangkul.foundation import keyring, longcode
from rangkul.foundation.longcode import SPACE, LongCode
from rangkul.foundation.longcode_words import WORDS

CODES = st.integers(0, SPACE - 1).map(LongCode)


def test_the_list_has_six_to_the_fourth_plain_words() -> None:
    assert len(WORDS) == len(set(WORDS)) == 6**4
    assert all(re.fullmatch("[a-z]{4,9}", word) for word in WORDS)


def _one_letter_away(word: str) -> set[str]:
    """The word's pieces that two words share when one letter, or a swap, lies between them."""
    holes = {word[:i] + "*" + word[i + 1 :] for i in range(len(word))}
    lost = {word[:i] + word[i + 1 :] for i in range(len(word))}
    swaps = {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}
    return holes | lost | (swaps - {word})


def _alike(words: tuple[str, ...]) -> list[str]:
    known = set(words)
    holes = Counter(piece for word in words for piece in _one_letter_away(word) if "*" in piece)
    return [
        word
        for word in words
        if any(piece in known or holes[piece] > 1 for piece in _one_letter_away(word))
    ]


def test_no_two_words_are_a_letter_apart() -> None:
    assert _alike(WORDS) == []


@pytest.mark.parametrize("near", ["bulam", "bulna", "bulann", "ulan", "sulan"])
def test_planted_a_word_a_letter_away_is_found(near: str) -> None:
    assert "bulan" in WORDS
    assert near not in WORDS
    assert _alike((*WORDS, near))


@given(CODES)
def test_both_writings_read_back(code: LongCode) -> None:
    assert longcode.read(code.digits) == code
    assert longcode.read(code.words) == code
    assert len(code.digits.replace(" ", "")) == 20
    assert len(code.words.split()) == 6


@given(CODES)
def test_reading_is_forgiving(code: LongCode) -> None:
    plain = code.digits.replace(" ", "")
    assert longcode.read(f"  {plain[:7]}-{plain[7:11]}.{plain[11:]}\n") == code
    assert longcode.read("  " + ", ".join(code.words.upper().split()) + ". ") == code
    assert longcode.read("\t".join(code.words.title().split())) == code


@given(CODES, st.integers(0, 19), st.integers(1, 9))
def test_every_wrong_digit_is_caught(code: LongCode, place: int, off: int) -> None:
    digits = code.digits.replace(" ", "")
    wrong = str((int(digits[place]) + off) % 10)
    assert longcode.read(digits[:place] + wrong + digits[place + 1 :]) is None


@given(CODES)
def test_every_swap_of_neighbours_is_caught(code: LongCode) -> None:
    digits = code.digits.replace(" ", "")
    for at, (left, right) in enumerate(pairwise(digits)):
        if left != right:
            swapped = digits[:at] + right + left + digits[at + 2 :]
            assert longcode.read(swapped) is None


@pytest.mark.parametrize(
    "text",
    ["", " ", "12", "1" * 21, "satu dua", "bulan " * 5, "bulan " * 7, "x" * 10_000, "9" * 20],
)
def test_what_can_be_no_code_is_none(text: str) -> None:
    assert longcode.read(text) is None


def _places(draws: list[LongCode]) -> list[Counter[str]]:
    split = [code.words.split() for code in draws]
    return [Counter(words[place] for words in split) for place in range(6)]


def _far_from_even(counts: Counter[str], cells: tuple[str, ...], draws: int) -> float:
    """Chi squared less its mean, in standard deviations."""
    expected = draws / len(cells)
    chi = sum((counts[cell] - expected) ** 2 / expected for cell in cells)
    return (chi - (len(cells) - 1)) / (2 * (len(cells) - 1)) ** 0.5


def test_draws_are_even_in_every_place() -> None:
    source = random.Random(20261123)
    draws = [longcode.draw(source.randrange) for _ in range(60_000)]
    assert len(set(draws)) == len(draws)
    assert max(_far_from_even(each, WORDS, len(draws)) for each in _places(draws)) < 5


def test_planted_uneven_draws_are_noticed() -> None:
    source = random.Random(20261123)
    draws = [LongCode(int(SPACE * source.random() ** 1.05)) for _ in range(60_000)]
    assert max(_far_from_even(each, WORDS, len(draws)) for each in _places(draws)) > 5


def test_a_code_never_prints_itself() -> None:
    code = longcode.draw()
    assert str(code.value) not in repr(code)


def test_the_digest_is_the_same_under_one_ring_and_another_under_another(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = (keyring.create(tmp_path_factory.mktemp("ring") / "r.json") for _ in range(2))
    code = LongCode(123_456_789)
    monkeypatch.setattr(settings, "KEY_RING", one)
    first = longcode.digest(code)
    assert longcode.digest(code) == first
    assert longcode.digest(LongCode(123_456_790)) != first
    assert len(first) == 32
    monkeypatch.setattr(settings, "KEY_RING", other)
    assert longcode.digest(code) != first


def test_no_more_than_so_many_digests_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(longcode, "_WAIT", 0.01)
    for _ in range(longcode.AT_ONCE):
        longcode._turns.acquire()
    try:
        with pytest.raises(longcode.TooManyAtTheDoor):
            longcode.digest(LongCode(1))
    finally:
        for _ in range(longcode.AT_ONCE):
            longcode._turns.release()
    assert longcode.digest(LongCode(1))


_LIVE, _HOURS, _A_HOUR = 100_000, 8_766, 1_000
_MOST = 1e-6


def _tried(*, space: int, live: int, guesses: int, rounds: int, source: random.Random) -> float:
    """In how many of ``rounds`` at least one of ``guesses`` hit one of ``live`` codes."""
    hits = 0
    for _ in range(rounds):
        held = set(source.sample(range(space), live))
        hits += any(source.randrange(space) in held for _ in range(guesses))
    return hits / rounds


@pytest.mark.promise(
    "codes-not-guessed",
    chapter="walls",
    sentence="A thousand guesses an hour for a year hit one of 100,000 live codes with a "
    "probability below one in a million.",
)
def test_a_year_of_guesses_finds_nothing(figure: Callable[[str], None]) -> None:
    year = longcode.chance(live=_LIVE, guesses=_HOURS * _A_HOUR)
    assert year == pytest.approx(_LIVE * _HOURS * _A_HOUR / SPACE, rel=1e-6)
    assert year < _MOST
    # The formula against the thing itself, in a space small enough to be hit.
    source, rounds = random.Random(6), 4_000
    small = {"space": 40_000, "live": 40, "guesses": 500}
    met, told = _tried(**small, rounds=rounds, source=source), longcode.chance(**small)
    error = (told * (1 - told) / rounds) ** 0.5
    assert abs(met - told) < 3 * error
    figure(
        f"probability {year:.2e} a year; in a space of 40,000 it was {met:.3f} of 4,000 rounds, "
        f"reckoned {told:.3f} ± {error:.3f}"
    )


@pytest.mark.planted("codes-not-guessed")
def test_planted_a_smaller_space_is_noticed() -> None:
    assert longcode.chance(live=_LIVE, guesses=_HOURS * _A_HOUR, space=1296**5) > _MOST
    source, rounds = random.Random(6), 4_000
    met = _tried(space=30_000, live=40, guesses=500, rounds=rounds, source=source)
    told = longcode.chance(live=40, guesses=500, space=40_000)
    assert abs(met - told) > 3 * (told * (1 - told) / rounds) ** 0.5
