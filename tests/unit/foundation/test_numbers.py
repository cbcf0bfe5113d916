"""Public numbers: a bijection, and a check sign that catches every slip of one sign."""

from __future__ import annotations

from itertools import pairwise
from uuid import RFC_4122

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.foundation.ids import ALPHABET, LIMIT, MistypedNumber, NumberSeries, new_id

SERIES = NumberSeries("RK", b"k" * 32)
sequences = st.integers(min_value=1, max_value=LIMIT - 1)


@given(sequences)
def test_a_number_names_its_row(sequence: int) -> None:
    assert SERIES.sequence(SERIES.number(sequence)) == sequence


def test_no_two_rows_share_a_number() -> None:
    numbers = {SERIES.number(sequence) for sequence in range(1, 20_001)}
    assert len(numbers) == 20_000


@given(st.text(ALPHABET, min_size=7, max_size=7))
def test_every_well_formed_number_names_one_row_and_only_that(signs: str) -> None:
    # The permutation is onto: exactly one check sign completes any seven signs.
    completed = []
    for check in ALPHABET:
        text = f"RK{signs}{check}"
        try:
            completed.append((text, SERIES.sequence(text)))
        except MistypedNumber as fault:
            assert str(fault) in {"check sign", "zero"}
    assert len(completed) <= 1
    for text, sequence in completed:
        assert SERIES.number(sequence).replace("-", "") == text


@pytest.mark.parametrize("sequence", [1, 2, 31_337, 1_000_000, LIMIT - 1])
def test_every_wrong_sign_is_caught(sequence: int) -> None:
    signs = SERIES.number(sequence).replace("-", "")[2:]
    for place in range(8):
        for wrong in set(ALPHABET) - {signs[place]}:
            with pytest.raises(MistypedNumber, match="check sign"):
                SERIES.sequence("RK" + signs[:place] + wrong + signs[place + 1 :])


@given(sequences)
def test_every_swap_of_two_signs_is_caught(sequence: int) -> None:
    signs = SERIES.number(sequence).replace("-", "")[2:]
    for left in range(8):
        for right in range(left + 1, 8):
            if signs[left] == signs[right]:
                continue
            swapped = list(signs)
            swapped[left], swapped[right] = swapped[right], swapped[left]
            with pytest.raises(MistypedNumber):
                SERIES.sequence("RK" + "".join(swapped))


def test_neighbouring_rows_have_unlike_numbers() -> None:
    """Nobody learns from a number how many cases there are or who came next."""
    shared = []
    for one, next_one in pairwise(SERIES.number(n)[3:].replace("-", "") for n in range(1, 2000)):
        shared.append(sum(a == b for a, b in zip(one[:7], next_one[:7], strict=True)))
    # Seven of thirty-two signs agree by chance 0.22 times; 0.35 would be a pattern.
    assert sum(shared) / len(shared) < 0.35


def test_another_key_or_prefix_gives_other_numbers() -> None:
    other_key = NumberSeries("RK", b"x" * 32)
    other_kind = NumberSeries("LP", b"k" * 32)
    assert SERIES.number(7) != other_key.number(7)
    assert SERIES.number(7)[2:] != other_kind.number(7)[2:]
    with pytest.raises(MistypedNumber, match="prefix"):
        SERIES.sequence(other_kind.number(7))


@pytest.mark.parametrize("change", [str.lower, lambda t: t.replace("-", " "), lambda t: f" {t} "])
def test_case_spaces_and_hyphens_do_not_matter(change: object) -> None:
    assert callable(change)
    assert SERIES.sequence(change(SERIES.number(4711))) == 4711


def test_misread_letters_are_read_as_digits() -> None:
    with_zero_and_one = next(n for n in range(1, 50_000) if {"0", "1"} <= set(SERIES.number(n)[3:]))
    spoken = SERIES.number(with_zero_and_one)[3:].replace("0", "O").replace("1", "l")
    assert SERIES.sequence(f"RK-{spoken}") == with_zero_and_one


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "prefix"),
        ("7F3K-9QXT", "prefix"),
        ("RK-7F3K-9QX", "signs"),
        ("RK-7F3K-9QXTT", "signs"),
        ("RK-7F3K-9QXU", "signs"),
        ("RK-7F3K-9QX%", "signs"),
    ],
)
def test_what_is_no_number_is_refused(text: str, why: str) -> None:
    with pytest.raises(MistypedNumber, match=why):
        SERIES.sequence(text)


@pytest.mark.parametrize("sequence", [0, -1, LIMIT])
def test_only_rows_have_numbers(sequence: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        SERIES.number(sequence)


def test_a_new_id_is_a_version_7_uuid_and_sorts_by_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(1_700_000_000_000_000_000, 1_700_000_000_010_000_000, 1_000_000))
    monkeypatch.setattr("time.time_ns", lambda: next(clock))
    made = [new_id() for _ in range(10)]
    assert all(one.version == 7 and one.variant == RFC_4122 for one in made)
    assert made == sorted(made)
    assert made[0].int >> 80 == 1_700_000_000_000


def test_ids_of_one_millisecond_sort_as_they_were_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time_ns", lambda: 1_700_000_000_000_000_000)
    made = [new_id() for _ in range(5_000)]
    assert made == sorted(set(made))
    assert all(one.version == 7 and one.variant == RFC_4122 for one in made)
    assert {one.int >> 80 for one in made} == {1_700_000_000_000}
