"""The tree, against the roots that RFC 6962's own test data have."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.trail import merkle

# The eight inputs and the roots over the first n of them that implementations of RFC 6962 share.
_INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657",
           "606162636465666768696a6b6c6d6e6f"]  # fmt: skip
_ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


@pytest.mark.parametrize("size", _ROOTS)
def test_the_roots_are_those_of_the_standard(size: int) -> None:
    leaves = [merkle.leaf(bytes.fromhex(text)) for text in _INPUTS[:size]]
    assert merkle.root(leaves).hex() == _ROOTS[size]


def test_the_root_over_nothing_is_the_hash_of_nothing() -> None:
    assert merkle.root([]) == hashlib.sha256(b"").digest()


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=40, unique=True), st.data())
def test_no_two_lists_share_a_root(words: list[bytes], data: st.DataObject) -> None:
    leaves = [merkle.leaf(word) for word in words]
    place = data.draw(st.integers(0, len(leaves) - 1))
    whole = merkle.root(leaves)
    assert merkle.root(leaves[:place] + leaves[place + 1 :]) != whole
    assert merkle.root([*leaves[:place], merkle.leaf(b"another one"), *leaves[place:]]) != whole
    other = data.draw(st.integers(0, len(leaves) - 1))
    if other != place:
        leaves[place], leaves[other] = leaves[other], leaves[place]
        assert merkle.root(leaves) != whole


def test_a_leaf_is_never_taken_for_a_node() -> None:
    left, right = merkle.leaf(b"a"), merkle.leaf(b"b")
    assert merkle.root([merkle.leaf(left + right)]) != merkle.root([left, right])
