"""Opening what a phone sealed: by the right person, whole, and by nobody else."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tests.offline_items import Phone

from rangkul.field.offline_seal import (
    ItemDamaged,
    ItemOfAnother,
    key_number,
    open_item,
    person_mark,
    public_point,
)
from rangkul.foundation.actor import Actor
from rangkul.foundation.keyring import KeyRing

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
RING = KeyRing(b"m" * 32, {1: b"k" * 32}, 1)
RATIH = Actor(7, 3, 70, 1, frozenset({"pendamping"}))
SAID = {"kind": "report", "report": {"account": "Ia disekap di gudang beras"}}


def phone_of(by: Actor, ring: KeyRing = RING, at: datetime = AT) -> Phone:
    number = key_number(at)
    point = public_point(ring, agency_id=by.agency_id, number=number)
    return Phone(person_mark(ring, by), number, point)


def test_what_a_phone_sealed_is_opened_with_its_number() -> None:
    item = uuid4()
    opened = open_item(RING, phone_of(RATIH).seal(SAID, item), by=RATIH, at=AT)
    assert (opened.id, opened.content) == (item, SAID)


def test_nothing_of_it_can_be_read_and_its_size_tells_little() -> None:
    phone = phone_of(RATIH)
    short, longer = phone.seal(SAID), phone.seal({**SAID, "more": "x" * 900})
    assert b"gudang" not in short
    assert len(short) == len(longer)


@pytest.mark.parametrize(
    "by",
    [replace(RATIH, user_id=8), replace(RATIH, agency_id=4)],
    ids=["another person", "the same person in another agency"],
)
def test_nobody_else_sends_it_as_hers(by: Actor) -> None:
    with pytest.raises(ItemOfAnother):
        open_item(RING, phone_of(RATIH).seal(SAID), by=by, at=AT)


def test_a_mark_of_ones_own_put_before_it_does_not_open_it() -> None:
    thief = replace(RATIH, user_id=8)
    sealed = phone_of(RATIH).seal(SAID)
    forged = sealed[:24] + person_mark(RING, thief) + sealed[40:]
    with pytest.raises(ItemDamaged):
        open_item(RING, forged, by=thief, at=AT)


def test_no_byte_of_it_can_be_changed() -> None:
    sealed = phone_of(RATIH).seal(SAID)
    for place in [*range(130), len(sealed) - 1]:
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises((ItemDamaged, ItemOfAnother)):
            open_item(RING, bytes(altered), by=RATIH, at=AT)


def test_what_waited_for_years_is_opened_still() -> None:
    sealed = phone_of(RATIH).seal(SAID)
    assert open_item(RING, sealed, by=RATIH, at=AT + timedelta(days=2_000)).content == SAID


def test_each_quarter_and_each_agency_has_a_pair_of_its_own() -> None:
    now, later = phone_of(RATIH), phone_of(RATIH, at=AT + timedelta(days=91))
    other = phone_of(replace(RATIH, agency_id=4))
    assert len({now.point, later.point, other.point}) == 3


def test_another_house_opens_nothing() -> None:
    sealed = phone_of(RATIH).seal(SAID)
    stranger = KeyRing(b"n" * 32, {1: b"k" * 32}, 1)
    with pytest.raises(ItemOfAnother):
        open_item(stranger, sealed, by=RATIH, at=AT)


def test_a_key_that_is_not_there_yet_is_none() -> None:
    sealed = phone_of(RATIH, at=AT + timedelta(days=400)).seal(SAID)
    with pytest.raises(ItemDamaged):
        open_item(RING, sealed, by=RATIH, at=AT)


@pytest.mark.parametrize("content", [[1], "said", {"kind": "\ud800"}])
def test_what_says_nothing_sensible_is_no_item(content: object) -> None:
    with pytest.raises(ItemDamaged):
        open_item(RING, phone_of(RATIH).seal(content), by=RATIH, at=AT)


@pytest.mark.parametrize("length", [0, 1, 104, 105, 116, 132, 133, 5_000, 1_500_001])
def test_mere_bytes_are_no_item(length: int) -> None:
    for data in (secrets.token_bytes(length), (b"RKO1" + secrets.token_bytes(length))[:length]):
        with pytest.raises((ItemDamaged, ItemOfAnother)):
            open_item(RING, data, by=RATIH, at=AT)
