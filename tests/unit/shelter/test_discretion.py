"""What gives away a house, and what does not."""

from __future__ import annotations

import pytest

from rangkul.shelter.discretion import tells_place
from rangkul.shelter.sealed import HousePlace

PLACE = HousePlace(
    "Jalan Flamboyan Rahasia 41", "-10.17718", "123.60713", "0380-987654", "Pagar hijau lumut"
)


@pytest.mark.parametrize(
    "words",
    [
        "di jalan flamboyan RAHASIA ya", "Rumah Aman Uji Cendana", "telepon +62 380 987654",
        "0380987654", "-10.177", "posisi 123.60713", "pagar, hijau; lumut",
        "Rahasia 41, Flamboyan Rahasia 41",
    ],
)  # fmt: skip
def test_it_tells(words: str) -> None:
    assert tells_place(words, name="Rumah Aman Uji Cendana", place=PLACE)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "Bertemu di terminal, pukul 10",
        "Jalan Flamboyan",
        "pagar hijau",
        "081234567890",
        "-10.1",
    ],
)
def test_it_does_not(words: str) -> None:
    assert not tells_place(words, name="Rumah Aman Uji Cendana", place=PLACE)
    assert not tells_place(words, name="", place=HousePlace())
