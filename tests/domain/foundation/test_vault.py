"""The vault: what was sealed opens in its own place, with its own key, for its own agency."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.utils import DatabaseError
from tests.people import KUPANG, NOW, SEMARANG, Cast, owner_url

from rangkul.custody import operations as custody
from rangkul.foundation import keyring, vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.keyring import KeyRing
from rangkul.foundation.models import DataKey
from rangkul.foundation.scope import acting
from rangkul.foundation.vault import DataClass, KeyDestroyed, Owner, Place, SealBroken

PLACE = Place("people_person", "identity_sealed", UUID(int=7), 1)
TEXT = '{"full_name": "Nama Rekaan"}'


def _case(by: Actor) -> tuple[Owner, UUID]:
    subject = uuid4()
    with acting(by):
        return Owner("case", custody.open_case(subject=subject, by=by, at=NOW).id), subject


@pytest.fixture
def sealed(db: None, cast: Cast) -> tuple[UUID, bytes]:
    """A value that Semarang sealed: the subject and the bytes."""
    owner, subject = _case(cast.ratih)
    with acting(cast.ratih):
        key = vault.key_for(owner, subject, DataClass.IDENTITY)
        return subject, vault.seal(key, PLACE, TEXT)


@pytest.mark.parametrize("text", ["", "x", "Ibu Ratna ✓ — ëîü", "z" * 100_000])
def test_what_is_sealed_opens(db: None, cast: Cast, text: str) -> None:
    owner, subject = _case(cast.ratih)
    with acting(cast.ratih):
        value = vault.seal(vault.key_for(owner, subject, DataClass.HEALTH), PLACE, text)
        assert vault.open_text(value, PLACE) == text
        assert text.encode() not in value or not text or text == "x"


def test_many_values_open_with_one_look_into_the_key_store(
    db: None, cast: Cast, django_assert_num_queries: object
) -> None:
    owner, subject = _case(cast.ratih)
    assert callable(django_assert_num_queries)
    with acting(cast.ratih):
        places = [replace(PLACE, row=n) for n in range(20)]
        classes = [DataClass.IDENTITY, DataClass.CONTACT]
        keys = [vault.key_for(owner, subject, c) for c in classes]
        values = [(vault.seal(keys[n % 2], p, str(n)), p) for n, p in enumerate(places)]
        with django_assert_num_queries(1):
            assert vault.open_texts(values) == [str(n) for n in range(20)]


def test_the_same_text_never_seals_alike(sealed: tuple[UUID, bytes], cast: Cast) -> None:
    with acting(cast.ratih):
        row = DataKey.objects.get(subject=sealed[0])
        key = vault.key_for(Owner("case", row.owner_id), sealed[0], DataClass.IDENTITY)
        assert len({vault.seal(key, PLACE, TEXT) for _ in range(50)}) == 50


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(PLACE, row=UUID(int=8)),
        replace(PLACE, column="contact_sealed"),
        replace(PLACE, table="cases_note"),
        replace(PLACE, version=2),
    ],
    ids=["row", "column", "table", "version"],
)
def test_a_moved_value_does_not_open(
    sealed: tuple[UUID, bytes], cast: Cast, elsewhere: Place
) -> None:
    with acting(cast.ratih), pytest.raises(SealBroken):
        vault.open_text(sealed[1], elsewhere)


def test_no_bit_can_be_altered(sealed: tuple[UUID, bytes], cast: Cast) -> None:
    value = sealed[1]
    with acting(cast.ratih):
        keys = vault.keys_of([value])
        for place in range(len(value)):
            altered = bytearray(value)
            altered[place] ^= 1 << (place % 8)
            with pytest.raises(vault.VaultError):
                vault.open_with(keys, bytes(altered), PLACE)


@pytest.mark.parametrize("length", [0, 1, 16, 28, 44])
def test_no_value_can_be_cut(sealed: tuple[UUID, bytes], cast: Cast, length: int) -> None:
    with acting(cast.ratih):
        keys = vault.keys_of([sealed[1]])
        with pytest.raises(SealBroken):
            vault.open_with(keys, sealed[1][:length], PLACE)


def test_a_key_under_another_persons_name_does_not_open(
    sealed: tuple[UUID, bytes], cast: Cast
) -> None:
    """Pointing the header at another key of the same agency breaks the seal."""
    owner, subject = _case(cast.ratih)
    with acting(cast.ratih):
        other = vault.key_for(owner, subject, DataClass.IDENTITY)
        forged = sealed[1][:1] + other.id.bytes + sealed[1][17:]
        with pytest.raises(SealBroken):
            vault.open_text(forged, PLACE)


def test_a_destroyed_key_opens_nothing_and_spares_the_other_classes(db: None, cast: Cast) -> None:
    owner, subject = _case(cast.ratih)
    with acting(cast.ratih):
        identity = vault.seal(vault.key_for(owner, subject, DataClass.IDENTITY), PLACE, TEXT)
        health = vault.seal(vault.key_for(owner, subject, DataClass.HEALTH), PLACE, "luka")
        assert vault.destroy(subject, DataClass.IDENTITY) == 1
        with pytest.raises(KeyDestroyed):
            vault.open_text(identity, PLACE)
        assert vault.open_text(health, PLACE) == "luka"
        assert vault.destroy(subject) == 1
        with pytest.raises(KeyDestroyed):
            vault.open_text(health, PLACE)


def test_another_ring_opens_nothing(
    sealed: tuple[UUID, bytes], cast: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "another.json"
    keyring.create(path)
    monkeypatch.setattr(settings, "KEY_RING_PATH", path)
    with acting(cast.ratih):
        ring = settings.KEY_RING
        monkeypatch.setattr(settings, "KEY_RING", KeyRing(ring.master, {1: b"o" * 32}, 1))
        with pytest.raises(SealBroken, match="wrong ring"):
            vault.open_text(sealed[1], PLACE)
        monkeypatch.setattr(settings, "KEY_RING", KeyRing(ring.master, {2: ring.kek[1]}, 2))
        with pytest.raises(KeyDestroyed, match="not on the ring"):
            vault.open_text(sealed[1], PLACE)


def test_a_wrapped_key_moved_to_another_row_does_not_open(committed_db: None, cast: Cast) -> None:
    (owner, subject), (other_owner, other) = _case(cast.ratih), _case(cast.ratih)
    with acting(cast.ratih):
        value = vault.seal(vault.key_for(owner, subject, DataClass.IDENTITY), PLACE, TEXT)
        vault.key_for(other_owner, other, DataClass.IDENTITY)
    with psycopg.connect(owner_url()) as base:
        base.execute(
            "update foundation_datakey set wrapped = (select wrapped from foundation_datakey "
            "where subject = %s) where subject = %s",
            [other, subject],
        )
    with acting(cast.ratih), pytest.raises(SealBroken):
        vault.open_text(value, PLACE)


def test_another_agency_cannot_fetch_use_or_destroy_a_key(
    sealed: tuple[UUID, bytes], cast: Cast
) -> None:
    subject, value = sealed
    for stranger in (cast.yohana, cast.andi):
        with acting(stranger):
            assert vault.keys_of([value]) == {}
            with pytest.raises(KeyDestroyed):
                vault.open_text(value, PLACE)
            assert vault.destroy(subject) == 0
    with acting(cast.ratih):
        assert vault.open_text(value, PLACE) == TEXT


@pytest.mark.parametrize("agency", [KUPANG, SEMARANG])
@pytest.mark.parametrize("audience", ["case", "service", "shared"])
def test_a_stranger_makes_no_key_on_a_foreign_case(
    db: None, cast: Cast, audience: str, agency: int
) -> None:
    """And learns nothing of it: a case that is not there refuses with the same words."""
    owner, _ = _case(cast.ratih)
    said = []
    for case_id in (owner.id, owner.id + 1_000_000):
        foreign = Owner("case", case_id, audience, agency)
        with (
            acting(cast.yohana),
            pytest.raises(DatabaseError) as refused,
            transaction.atomic(),
        ):
            vault.key_for(foreign, uuid4(), DataClass.IDENTITY)
        fault = refused.value.__cause__
        assert isinstance(fault, psycopg.Error)
        said.append((fault.sqlstate, fault.diag.message_primary, fault.diag.message_detail))
    assert said == [("RK404", "parent not reachable", None)] * 2


def test_a_key_that_stands_out_of_reach_is_said_so(sealed: tuple[UUID, bytes], cast: Cast) -> None:
    owner, _ = _case(cast.yohana)
    with acting(cast.yohana), pytest.raises(KeyDestroyed, match="out of reach"):
        vault.key_for(owner, sealed[0], DataClass.IDENTITY)


def test_two_first_uses_at_once_end_with_one_key(committed_db: None, cast: Cast) -> None:
    owner, subject = _case(cast.ratih)
    together = threading.Barrier(2, timeout=20)

    def first_use() -> bytes:
        try:
            with acting(cast.ratih):
                assert not DataKey.objects.filter(subject=subject).exists()
                together.wait()
                key = vault.key_for(owner, subject, DataClass.IDENTITY)
                return vault.seal(key, PLACE, TEXT)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        running = [threads.submit(first_use) for _ in range(2)]
    values = [each.result() for each in running]
    with acting(cast.ratih):
        assert DataKey.objects.filter(subject=subject).count() == 1
        assert [vault.open_text(value, PLACE) for value in values] == [TEXT, TEXT]


def test_a_key_shows_nothing_when_printed(sealed: tuple[UUID, bytes], cast: Cast) -> None:
    with acting(cast.ratih):
        (key,) = vault.keys_of([sealed[1]]).values()
    assert repr(key) == f"OpenKey({key.id})"
