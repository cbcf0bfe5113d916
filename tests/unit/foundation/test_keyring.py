"""The key ring: private, whole, and never replaced."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from rangkul.foundation import keyring
from rangkul.foundation.keyring import KeyRingUnusable


@pytest.fixture
def ring_path(tmp_path: Path) -> Path:
    path = tmp_path / "kept" / "keyring.json"
    keyring.create(path)
    return path


def _rewrite(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_new_ring_is_private(ring_path: Path) -> None:
    assert stat.S_IMODE(ring_path.stat().st_mode) == 0o600
    assert stat.S_IMODE(ring_path.parent.stat().st_mode) == 0o700


def test_a_ring_opens_to_what_was_made(tmp_path: Path) -> None:
    made = keyring.create(tmp_path / "ring.json")
    assert keyring.load(tmp_path / "ring.json") == made
    assert made.current_kek in made.kek


def test_two_rings_share_nothing(tmp_path: Path) -> None:
    one, other = keyring.create(tmp_path / "one"), keyring.create(tmp_path / "other")
    assert one.fingerprint != other.fingerprint
    assert one.scope_secret != other.scope_secret
    assert not set(one.kek.values()) & set(other.kek.values())


def test_the_keys_of_one_ring_differ_by_purpose_agency_and_class(ring_path: Path) -> None:
    ring = keyring.load(ring_path)
    keys = [
        ring.scope_secret,
        ring.derive("django"),
        ring.derive("numbers"),
        ring.token_key(1, "identity"),
        ring.token_key(2, "identity"),
        ring.token_key(1, "contact"),
        ring.token_key(11, "identity"),
        ring.master,
        *ring.kek.values(),
    ]
    assert len(set(keys)) == len(keys)


def test_a_ring_is_never_overwritten(ring_path: Path) -> None:
    before = ring_path.read_bytes()
    with pytest.raises(KeyRingUnusable, match="not replaced"):
        keyring.create(ring_path)
    assert ring_path.read_bytes() == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o666, 0o601])
def test_a_ring_that_others_can_reach_is_refused(ring_path: Path, mode: int) -> None:
    ring_path.chmod(mode)
    with pytest.raises(KeyRingUnusable, match="chmod 600"):
        keyring.load(ring_path)


def test_a_missing_ring_is_not_made_anew(tmp_path: Path) -> None:
    with pytest.raises(KeyRingUnusable, match="there is no key ring"):
        keyring.load(tmp_path / "absent.json")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b'"ring"', b'{"format": 1}'],
)
def test_a_damaged_ring_is_refused(ring_path: Path, content: bytes) -> None:
    ring_path.write_bytes(content)
    with pytest.raises(KeyRingUnusable, match="damaged"):
        keyring.load(ring_path)


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 3},
        {"master": "c2hvcnQ="},
        {"master": "not base64!"},
        {"master": None},
        {"kek": {"1": "c2hvcnQ="}},
        {"kek": {"one": "c2hvcnQ="}},
        {"kek": []},
        {"current_kek": 9},
        {"current_kek": "first"},
    ],
)
def test_a_ring_with_a_wrong_part_is_refused(ring_path: Path, changes: dict[str, object]) -> None:
    _rewrite(ring_path, **changes)
    with pytest.raises(KeyRingUnusable, match="damaged"):
        keyring.load(ring_path)


def test_a_refusal_shows_no_key(ring_path: Path) -> None:
    secret = json.loads(ring_path.read_text())["master"]
    _rewrite(ring_path, current_kek=9)
    with pytest.raises(KeyRingUnusable) as refusal:
        keyring.load(ring_path)
    assert secret not in str(refusal.value)


def test_what_is_printed_shows_no_key(ring_path: Path) -> None:
    ring = keyring.load(ring_path)
    assert repr(ring) == "KeyRing(current_kek=1)"
    assert repr(ring.numbers("RK")) == "NumberSeries(prefix='RK')"
