"""Encrypted forms: sealed on the phone, opened by the vault alone, and nothing of it half kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from tests.clients import Client
from tests.field.encrypting import encrypted
from tests.field.phone import Phone, on_phone, phone_of
from tests.field.scene import Field, now, stage, with_id
from tests.field.test_openrosa import PNG, documents, picture
from tests.people import Cast, sign_in
from tests.rows import app_as, as_owner
from tests.unit.assessments.forms import RISK, ask

from rangkul.access.policy import Forbidden
from rangkul.assessments import queries as assessment_queries
from rangkul.assessments.xform import parse
from rangkul.field import operations, phone_form, queries, sealing
from rangkul.field.models import FormKey
from rangkul.foundation.scope import acting
from rangkul.foundation.workflow import IllegalMove

KEPT_SEALED = "The private half of a form key never stands in the database in the clear."


@pytest.fixture(autouse=True)
def _committed(committed_db: None) -> None:
    """Every call is a transaction of its own."""


@pytest.fixture
def field(cast: Cast) -> Field:
    return stage(cast)


def keyed(field: Field) -> str:
    """The public half, as forms name it."""
    with acting(field.cast.sinta):
        return queries.written(operations.make_key(by=field.cast.sinta, at=now()))


def key_of(phone: Phone, code: str = "uji") -> str:
    return phone_form.public_key_of(phone.download(code))


def sealed(
    key: str, field: Field, name: str = "uuid:e", number: str | None = None, **more: Any
) -> tuple[bytes, dict[str, bytes]]:
    xml = on_phone(with_id(name), field.number if number is None else number)
    return encrypted(key, xml, {}, form="uji", version="1", name=name, **more)


def test_phones_get_the_key_and_what_they_seal_is_opened(field: Field) -> None:
    phone = phone_of(field.cast.ratih)
    before = phone.forms()["uji"]["hash"]
    assert key_of(phone) == ""
    key = keyed(field)
    assert phone.forms()["uji"]["hash"] != before
    assert key_of(phone) == key
    assert parse(phone.download("uji")).code == "uji"
    for name, mask in (("uuid:a", hashes.SHA256), ("uuid:b", hashes.SHA1)):
        manifest, files = sealed(key, field, name, mask=mask)
        for _each in range(2):
            reply = phone.send(manifest, files)
            assert reply.status == 201, reply.said
    with acting(field.cast.ratih):
        rows = assessment_queries.list_filled(field.cast.ratih, field.case_id)
        xml = {assessment_queries.received_xml(row) for row in rows}
    assert xml == {with_id("uuid:a"), with_id("uuid:b")}
    assert field.numbers_of() == {"uuid:a": 1, "uuid:b": 1}


def test_pictures_in_several_posts(cast: Cast) -> None:
    field = stage(cast, [ask("start", "start"), ask("image", "foto"), ask("audio", "suara")])
    phone, key = phone_of(cast.ratih), keyed(field)
    manifest, files = encrypted(
        key, picture("uuid:a", field.number), {"a.png": PNG, "b.png": PNG + b"\x00"}, form="uji",
        version="1", name="uuid:a",
    )  # fmt: skip
    early = phone.send(manifest, {"submission.xml.enc": files["submission.xml.enc"]})
    assert early.status == 400 and "belum membawa" in early.said
    first = {name: files[name] for name in ("a.png.enc", "submission.xml.enc")}
    assert phone.send(manifest, first, more_comes=True).status == 201
    assert field.numbers_of() == {}
    reply = phone.send(manifest, {"b.png.enc": files["b.png.enc"]})
    assert reply.status == 201, reply.said
    assert sorted(documents(field)) == ["a.png", "b.png"]
    assert field.numbers_of() == {"uuid:a": 1}


def test_one_without_a_file_waits_opened_and_sealed_anew(field: Field) -> None:
    phone, key = phone_of(field.cast.ratih), keyed(field)
    assert phone.send(*sealed(key, field, number="")).status == 201
    with acting(field.cast.ratih):
        [row] = queries.list_open(field.cast.ratih)
        assert queries.read_content(row) == with_id("uuid:e")
        operations.place_arrival(
            arrival_id=row.id, number=field.number, by=field.cast.ratih, at=now()
        )
    assert field.numbers_of() == {"uuid:e": 1}


def test_what_does_not_open_says_so_and_leaves_nothing(field: Field) -> None:
    phone, key = phone_of(field.cast.ratih), keyed(field)
    manifest, files = sealed(key, field)
    body = files["submission.xml.enc"]
    foreign = sealing.make_key()[0]
    import base64

    other, other_files = sealed(base64.b64encode(foreign).decode(), field)
    twin, twin_files = sealed(key, field, "uuid:twin")
    flipped = body[:-40] + bytes([body[-40] ^ 1]) + body[-39:]
    for sent, parts, word in (
        (other, other_files, "Kunci segel"),
        (manifest, {}, "belum membawa"),
        (manifest, {"submission.xml.enc": body[:-16]}, ""),
        (manifest, {"submission.xml.enc": b""}, ""),
        (manifest, {"submission.xml.enc": flipped}, ""),
        (manifest, twin_files, ""),
        (manifest.replace(b"uuid:e", b"uuid:f"), files, ""),
        (manifest.replace(b"base64EncryptedElementSignature", b"nothing"), files, "tidak lengkap"),
        (manifest.replace(b'version="1"', b'version="9"'), files, ""),
        (manifest.replace(b"submission.xml.enc", b"../submission.xml"), files, "tidak lengkap"),
    ):  # fmt: skip
        reply = phone.send(sent, parts)
        assert reply.status in (400, 404) and word in reply.said and reply.said, sent[:90]
    with as_owner() as owner:
        assert owner.execute("select count(*) from field_arrival").fetchone() == (0,)
    assert field.numbers_of() == {}
    assert twin


def test_a_former_key_opens_late_fillings_and_goes_to_no_phone(field: Field) -> None:
    phone, key = phone_of(field.cast.ratih), keyed(field)
    late = sealed(key, field)
    with acting(field.cast.sinta):
        [row] = queries.list_keys(field.cast.sinta)
        with pytest.raises(IllegalMove):
            operations.make_key(by=field.cast.sinta, at=now())
        operations.end_key(key_id=row.id, by=field.cast.sinta, at=now())
        with pytest.raises(IllegalMove):
            operations.end_key(key_id=row.id, by=field.cast.sinta, at=now())
    assert key_of(phone) == ""
    assert phone.send(*late).status == 201
    newer = keyed(field)
    assert key_of(phone) == newer != key
    with acting(field.cast.ratih), pytest.raises(Forbidden):
        operations.make_key(by=field.cast.ratih, at=now())


def test_a_form_that_names_the_agencys_own_key_is_served_with_it(cast: Cast) -> None:
    field = stage(cast)
    key = keyed(field)
    stage_named(cast, key)
    assert key_of(phone_of(cast.ratih), "bernama") == key


def stage_named(cast: Cast, key: str) -> None:
    from tests.domain.assessments.test_receiving import publish

    publish(cast, RISK, form_id="bernama", public_key=key)


def clear_halves(rows: list[tuple[bytes, ...]]) -> int:
    """How many values of the table are, or hold, a private key that loads."""
    found = 0
    for row in rows:
        for value in row:
            try:
                serialization.load_der_private_key(bytes(value), password=None)
            except (ValueError, TypeError):
                continue
            found += 1
    return found


def stored() -> list[tuple[bytes, ...]]:
    with as_owner() as owner:
        return owner.execute("select public_key, private_sealed from field_formkey").fetchall()


@pytest.mark.promise("form-key-sealed", chapter="vault", sentence=KEPT_SEALED)
def test_the_private_half_is_never_in_the_clear(
    field: Field, figure: Callable[[str], None]
) -> None:
    keyed(field)
    with acting(field.cast.ratih):
        [private] = queries.open_privates(field.cast.ratih)
    serialization.load_der_private_key(private, password=None)
    assert clear_halves(stored()) == 0
    with as_owner() as owner:
        texts = [
            str(row)
            for table in ("field_formkey", "field_arrival", "trail_act", "foundation_datakey")
            for row in owner.execute(f"select t::text from {table} t").fetchall()
        ]
    assert not any(private.hex()[60:124] in text for text in texts)
    with app_as(field.cast.yohana) as app:
        assert app.execute("select count(*) from field_formkey").fetchone() == (0,)
    figure(f"0 of {len(texts)} rows in 4 tables hold the private half")


@pytest.mark.planted("form-key-sealed")
def test_planted_a_private_half_in_the_clear_is_noticed(field: Field) -> None:
    keyed(field)
    with acting(field.cast.sinta):
        [private] = queries.open_privates(field.cast.sinta)
        [row] = queries.list_keys(field.cast.sinta)
    with as_owner() as owner:
        owner.execute(
            "update field_formkey set private_sealed = %s where id = %s", [private, row.id]
        )
    with pytest.raises(AssertionError):
        assert clear_halves(stored()) == 0


def test_the_page_makes_and_ends_a_key(field: Field) -> None:
    client = Client()
    sign_in(client, field.cast.sinta)
    assert "public_key" not in client.get("/perangkat/kunci/").content.decode()
    assert client.post("/perangkat/kunci/").status_code == 302
    assert client.post("/perangkat/kunci/").status_code == 302
    with acting(field.cast.sinta):
        [row] = queries.list_keys(field.cast.sinta)
        written = queries.written(row)
    assert written in client.get("/perangkat/kunci/").content.decode().replace("&#x2B;", "+")
    for _each in range(2):
        assert client.post("/perangkat/kunci/", {"end": row.id}).status_code == 302
    with acting(field.cast.sinta):
        assert FormKey.objects.get(id=row.id).ended_at is not None
