"""Which bed suits whom."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.shelter.fitting import Berth, Guest, check, suggest, why_not

WOMAN, MAN, CHILD = Guest("P", "adult"), Guest("L", "adult"), Guest("L", "child")


@pytest.mark.parametrize(
    ("guest", "berth", "party", "why"),
    [
        (WOMAN, Berth(1, 1, "P", "adult"), [WOMAN], ""),
        (MAN, Berth(1, 1, "P", "adult"), [MAN], "other_sex"),
        (Guest("X", "adult"), Berth(1, 1, "P", "adult"), [Guest("X", "adult")], ""),
        (CHILD, Berth(1, 1, "P", "adult"), [WOMAN, CHILD], "not_among_adults"),
        (CHILD, Berth(1, 1, "L", "child"), [CHILD], ""),
        (CHILD, Berth(1, 1, "P", "child"), [CHILD], "other_sex"),
        (WOMAN, Berth(1, 1, "P", "child"), [WOMAN], "not_among_children"),
        (WOMAN, Berth(1, 1, "P", "family"), [WOMAN], "family_room"),
        (CHILD, Berth(1, 1, "P", "family"), [WOMAN, CHILD], ""),
        (MAN, Berth(1, 1, "P", "family"), [MAN, CHILD], "other_sex"),
        (MAN, Berth(1, 1, "", "family"), [MAN, CHILD], ""),
        (MAN, Berth(1, 1, "", "family", party=9), [MAN, CHILD], "another_family"),
        (WOMAN, Berth(1, 1, "P", "family", kind="cot"), [WOMAN, CHILD], "cot_for_child"),
    ],
)
def test_why_a_bed_does_not_suit(guest: Guest, berth: Berth, party: list[Guest], why: str) -> None:
    assert why_not(guest, berth, party) == why


def test_a_cot_stands_beside_its_adult() -> None:
    bed, cot = Berth(1, 1, "P", "adult"), Berth(2, 1, "P", "adult", kind="cot")
    elsewhere = Berth(3, 2, "P", "adult", kind="cot")
    assert check([WOMAN, CHILD], [bed, cot]) == {}
    assert check([WOMAN, CHILD], [bed, elsewhere]) == {1: "not_among_adults"}
    assert check([WOMAN, WOMAN], [bed, bed]) == {1: "same_bed"}


def test_a_family_is_kept_in_one_room() -> None:
    free = [
        Berth(1, 1, "P", "adult"), Berth(2, 2, "P", "family"), Berth(3, 3, "P", "family"),
        Berth(4, 3, "P", "family"),
    ]  # fmt: skip
    found = suggest([WOMAN, CHILD], free)
    assert found is not None
    assert {berth.room_id for berth in found} == {3}
    assert suggest([MAN], free) is None


_GUESTS = st.builds(Guest, st.sampled_from("PLX"), st.sampled_from(["adult", "child"]))
_BERTHS = st.builds(
    Berth, st.integers(1, 30), st.integers(1, 5), st.sampled_from(["P", "L", ""]),
    st.sampled_from(["adult", "child", "family"]), st.sampled_from(["bed", "cot"]),
)  # fmt: skip


@given(st.lists(_GUESTS, min_size=1, max_size=4), st.lists(_BERTHS, max_size=12))
def test_what_is_suggested_suits(party: list[Guest], free: list[Berth]) -> None:
    only = list({berth.bed_id: berth for berth in free}.values())
    found = suggest(party, only)
    if found is not None:
        assert check(party, found) == {}
