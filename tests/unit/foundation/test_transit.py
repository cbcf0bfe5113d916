"""The ring that a Transit engine keeps: what it binds, how it meets faults, what it refuses."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.transit import Engine, serving

from rangkul.foundation import keyring, transit_ring
from rangkul.foundation.keyring import KeyNotOnRing, KeyRingUnusable, KeysUnreachable, UnwrapFailed
from rangkul.foundation.transit import Transit, Way, way_from
from rangkul.foundation.transit_ring import TransitRing

ROW, OTHER = b"row one", b"row two"


@pytest.fixture
def engine() -> Iterator[Engine]:
    with serving() as (made, address):
        made.make()
        made.address = address  # for this module's own use
        yield made


@pytest.fixture
def way(engine: Any, tmp_path: Path) -> Way:
    token = tmp_path / "token"
    token.write_text(f"{engine.token}\n")
    token.chmod(0o600)
    return Way(engine.address, token_file=token, timeout=0.15)


@pytest.fixture
def ring_path(way: Way, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RANGKUL_TRANSIT_ADDRESS", way.address)
    monkeypatch.setenv("RANGKUL_TRANSIT_TOKEN_FILE", str(way.token_file))
    monkeypatch.setenv("RANGKUL_TRANSIT_TIMEOUT", "0.15")
    path = tmp_path / "ring.json"
    transit_ring.create(path, way)
    return path


def ring_of(path: Path) -> TransitRing:
    ring = keyring.load(path)
    assert isinstance(ring, TransitRing)
    return ring


def test_keys_come_back_as_they_went_in_one_request(ring_path: Path, engine: Engine) -> None:
    ring = ring_of(ring_path)
    secrets = [bytes([n]) * 32 for n in range(75)]
    engine.asked.clear()
    wrapped = ring.wrap([(secret, b"row %d" % n) for n, secret in enumerate(secrets)])
    assert ring.unwrap(wrapped) == secrets
    assert engine.asked == ["POST /v1/transit/encrypt/rangkul", "POST /v1/transit/decrypt/rangkul"]
    assert all(secret not in each.data for secret, each in zip(secrets, wrapped, strict=True))


@pytest.mark.promise(
    "transit-guards",
    chapter="vault",
    sentence="A ring that a Transit engine keeps opens nothing without the engine's consent.",
)
def test_the_rings_file_alone_opens_nothing(ring_path: Path, engine: Engine, figure: Any) -> None:
    ring = ring_of(ring_path)
    written = ring_path.read_bytes()
    assert ring.master not in written and ring.master.hex().encode() not in written
    assert set(json.loads(written)) == {"format", "master", "base", "kek"}
    shut = 0
    (wrapped,) = ring.wrap([(b"s" * 32, ROW)])
    for token, sealed in (("s.another", False), (engine.token, True)):
        engine.token, engine.sealed = token, sealed
        with pytest.raises(KeyRingUnusable):
            keyring.load(ring_path)
        with pytest.raises(KeysUnreachable):
            ring.unwrap([wrapped])
        shut += 2
    figure(
        f"{shut} of 4 openings refused with the ring's file in hand (token ended, engine sealed)"
    )


@pytest.mark.planted("transit-guards")
def test_planted_a_ring_that_keeps_its_master_is_noticed(ring_path: Path) -> None:
    ring = ring_of(ring_path)
    content = json.loads(ring_path.read_text())
    content["master"] = keyring._text(ring.master)
    ring_path.write_text(json.dumps(content))
    with pytest.raises(KeyRingUnusable, match="does not open"):
        keyring.load(ring_path)


def test_a_wrapped_key_moved_to_another_row_does_not_open(ring_path: Path) -> None:
    ring = ring_of(ring_path)
    (wrapped,) = ring.wrap([(b"s" * 32, ROW)])
    for changed in (
        replace(wrapped, bound=OTHER),
        replace(wrapped, data=wrapped.data[:-6] + b"AAAA=="),
        replace(wrapped, data=wrapped.data[:20]),
    ):
        with pytest.raises(UnwrapFailed):
            ring.unwrap([changed])
    with pytest.raises(UnwrapFailed):
        ring.unwrap([wrapped, replace(wrapped, bound=OTHER)])
    assert ring.unwrap([wrapped]) == [b"s" * 32]


@pytest.mark.parametrize(
    "nature", [{"derived": False}, {"exportable": True}], ids=["binds nothing", "exportable"]
)
def test_a_key_that_would_give_itself_away_is_refused(
    way: Way, engine: Engine, tmp_path: Path, nature: dict[str, bool]
) -> None:
    engine.make(**nature)
    with pytest.raises(KeyRingUnusable, match="derived and not exportable"):
        transit_ring.create(tmp_path / "new.json", way)
    assert not (tmp_path / "new.json").exists()


def test_rotation_goes_on_and_the_old_version_ends(ring_path: Path, engine: Engine) -> None:
    ring = ring_of(ring_path)
    first = ring.wrap([(b"a" * 32, ROW), (b"b" * 32, OTHER)])
    later = keyring.add_kek(ring_path)
    assert (ring.current_kek, later.current_kek, later.versions()) == (1, 2, [1, 2])
    assert later.fingerprint == ring.fingerprint
    assert ring.unwrap(later.wrap([(b"c" * 32, ROW)])) == [b"c" * 32]
    engine.asked.clear()
    second = later.rewrap(first)
    assert engine.asked == ["POST /v1/transit/rewrap/rangkul"]
    assert [each.version for each in second] == [2, 2]
    with pytest.raises(KeyRingUnusable, match="current"):
        keyring.retire_kek(ring_path, 2)
    assert keyring.load(ring_path).unwrap(first) == [b"a" * 32, b"b" * 32]
    # The master is wrapped by the first version, too: it is wrapped anew before that one ends.
    ended = keyring.retire_kek(ring_path, 1)
    assert ended.fingerprint == ring.fingerprint
    assert ended.versions() == [2]
    assert 1 not in engine.keys["rangkul"].versions
    assert ended.unwrap(second) == [b"a" * 32, b"b" * 32]
    with pytest.raises(KeyNotOnRing):
        ended.unwrap(first)
    with pytest.raises(UnwrapFailed, match="too old"):
        ring.unwrap(first)


def test_a_ring_in_a_file_moves_and_stays_the_same_ring(
    way: Way, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RANGKUL_TRANSIT_ADDRESS", way.address)
    monkeypatch.setenv("RANGKUL_TRANSIT_TOKEN_FILE", str(way.token_file))
    path = tmp_path / "old.json"
    keyring.create(path)
    old = keyring.add_kek(path)
    first = old.wrap([(b"a" * 32, ROW)])
    moved = transit_ring.move(path, way)
    assert moved.fingerprint == old.fingerprint
    assert (moved.current_kek, moved.versions()) == (3, [1, 2, 3])
    assert moved.unwrap(first) == [b"a" * 32]
    second = moved.rewrap([*first, *moved.wrap([(b"b" * 32, OTHER)])])
    assert [each.version for each in second] == [3, 3]
    assert moved.unwrap([first[0], *second]) == [b"a" * 32, b"a" * 32, b"b" * 32]
    for version in (1, 2):
        left = keyring.retire_kek(path, version)
    assert left.versions() == [3]
    assert left.unwrap(second) == [b"a" * 32, b"b" * 32]
    with pytest.raises(KeyNotOnRing):
        left.unwrap(first)
    with pytest.raises(KeyRingUnusable, match="already"):
        transit_ring.move(path, way)


@pytest.mark.promise(
    "transit-faults",
    chapter="vault",
    sentence="A key service that is slow, drops lines or errs for a while loses no key.",
)
def test_passing_faults_are_outlived(ring_path: Path, engine: Engine, figure: Any) -> None:
    ring = ring_of(ring_path)
    (wrapped,) = ring.wrap([(b"s" * 32, ROW)])
    faults = ["drop", "half", "slow", "500", "502", "429"]
    for fault in faults:
        engine.faults = [fault, fault]
        assert ring.unwrap([wrapped]) == [b"s" * 32], fault
        engine.faults = [fault]
        assert ring.unwrap(ring.wrap([(b"t" * 32, OTHER)])) == [b"t" * 32], fault
    figure(f"{3 * len(faults)} faults of {len(faults)} kinds met, every key came through")


@pytest.mark.planted("transit-faults")
@pytest.mark.parametrize("fault", ["drop", "half", "slow", "500", "502"])
def test_planted_a_fault_that_stays_is_told_in_a_sentence(
    ring_path: Path, engine: Engine, fault: str
) -> None:
    ring = ring_of(ring_path)
    (wrapped,) = ring.wrap([(b"s" * 32, ROW)])
    engine.faults = [fault] * 9
    with pytest.raises(KeysUnreachable, match=r"cannot be reached|out of order"):
        ring.unwrap([wrapped])
    engine.faults = []
    assert ring.unwrap([wrapped]) == [b"s" * 32]


def test_a_new_version_is_asked_for_once_only(ring_path: Path, engine: Engine) -> None:
    """A dropped answer leaves unknown whether it was made: asked again there would be two."""
    client = ring_of(ring_path).client
    engine.faults = ["drop"]
    with pytest.raises(KeysUnreachable):
        client.rotate()
    assert engine.keys["rangkul"].latest == 1


def test_refusals_say_what_to_do(ring_path: Path, engine: Engine, way: Way) -> None:
    client = Transit(way)
    client.state()
    engine.sealed = True
    with pytest.raises(KeysUnreachable, match="is sealed: unseal it"):
        client.state()
    engine.sealed, engine.token = False, "s.withdrawn"
    with pytest.raises(KeysUnreachable, match="refuses this token"):
        client.state()
    engine.token = way.token_file.read_text().strip() if way.token_file else ""
    with pytest.raises(UnwrapFailed, match="no such key"):
        Transit(replace(way, key="unknown")).state()
    with pytest.raises(UnwrapFailed, match="no handler"):
        Transit(replace(way, mount="elsewhere")).state()
    assert engine.token not in repr(client)


def test_a_renewed_token_file_is_read_again(ring_path: Path, engine: Engine, way: Way) -> None:
    client = Transit(way)
    client.state()
    engine.token = "s.renewed"
    assert way.token_file is not None
    way.token_file.write_text("s.renewed")
    assert client.state().latest == 1


def test_a_token_is_renewed_before_it_ends(
    engine: Engine, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.ttl = 600
    client = Transit(way)
    client.state()
    assert engine.renewals == 0
    clock = client._pass.renew_at
    monkeypatch.setattr("rangkul.foundation.transit.time.monotonic", lambda: clock + 1)
    client.state()
    client.state()
    assert engine.renewals == 1


def test_a_role_logs_in_and_again_when_it_is_thrown_out(
    engine: Engine, way: Way, tmp_path: Path
) -> None:
    role = tmp_path / "role"
    role.write_text("role\nsecret\n")
    role.chmod(0o600)
    client = Transit(replace(way, token_file=None, approle_file=role))
    assert client.state().latest == 1
    engine.token = "s.revoked"
    assert client.state().latest == 1
    assert engine.logins == 2
    role.write_text("role\nwrong\n")
    with pytest.raises(UnwrapFailed, match="invalid role"):
        Transit(replace(way, token_file=None, approle_file=role)).state()


def test_secrets_that_others_can_read_are_refused(way: Way) -> None:
    assert way.token_file is not None
    way.token_file.chmod(0o644)
    with pytest.raises(KeyRingUnusable, match="chmod 600"):
        Transit(way).state()


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({}, "set RANGKUL_TRANSIT_ADDRESS"),
        ({"ADDRESS": "http://vault.example:8200"}, "over https"),
        ({"ADDRESS": "https://vault.example:8200"}, "who asks"),
    ],
)
def test_a_way_that_is_not_whole_is_refused(environment: dict[str, str], sentence: str) -> None:
    with pytest.raises(KeyRingUnusable, match=sentence):
        way_from({f"RANGKUL_TRANSIT_{name}": value for name, value in environment.items()})


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stand-in")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    certificate, private = folder / "ca.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, private


def test_over_tls_only_the_named_authority_is_believed(tmp_path: Path) -> None:
    files = _certificate(tmp_path)
    token = tmp_path / "token"
    token.write_text("s.first")
    token.chmod(0o600)
    with serving(files) as (engine, address):
        engine.make()
        way = Way(address, token_file=token, ca_file=files[0], timeout=2)
        assert Transit(way).state().latest == 1
        with pytest.raises(KeysUnreachable) as refusal:
            Transit(replace(way, ca_file=None)).state()
        assert isinstance(refusal.value.__cause__, ssl.SSLError)
