"""The installed page's shell, its worker, and the doors behind which it takes and brings."""

from __future__ import annotations

import base64
import json
import re
from typing import Any
from uuid import uuid4

import pytest
from tests.clients import Client
from tests.offline_items import Phone
from tests.people import Cast
from tests.web.files import NAME, number_of, open_file, signed_in

from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.reports.models import Report

pytestmark = pytest.mark.usefixtures("committed_db")

PAGE, WORKER, MANIFEST = "/lapangan/", "/lapangan/sw.js", "/lapangan/catatan.webmanifest"
WHO, PREPARE, SEND = "/lapangan/saya/", "/lapangan/siapkan/", "/lapangan/kirim/"
SAID = {
    "kind": "report",
    "report": {"channel": "telepon", "area": "33.74", "account": "Ia disekap di gudang beras"},
}


def prepared(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get(PREPARE).json()
    return found


def phone(client: Client) -> Phone:
    told = prepared(client)
    point = base64.b64decode(told["key"]["point"])
    return Phone(bytes.fromhex(told["person"]), told["key"]["number"], point)


def send(client: Client, data: bytes, **more: Any) -> Any:
    return client.post(SEND, data, content_type="application/octet-stream", **more)


def browsers(cast: Cast) -> list[Client]:
    indonesian = Client(headers={"accept-language": "id"})
    return [indonesian, Client(), signed_in(cast.ratih), signed_in(cast.ester)]


@pytest.mark.parametrize("address", [PAGE, WORKER, MANIFEST])
def test_shell_worker_and_manifest_are_the_same_bytes_for_everybody(
    cast: Cast, address: str
) -> None:
    answers = [client.get(address) for client in browsers(cast)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert not any(answer.cookies for answer in answers)


def test_the_page_has_a_strict_policy_of_its_own() -> None:
    answer = Client().get(PAGE)
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "//" not in policy
    assert "<script>" not in answer.content.decode()
    assert "Rangkul" not in answer.content.decode()
    assert "Rangkul" not in Client().get(MANIFEST).content.decode()


def test_the_worker_keeps_this_build_and_can_fetch_all_of_it() -> None:
    answer = Client().get(WORKER)
    assert answer["Cache-Control"] == "no-store"
    assert "unsafe" not in answer["Content-Security-Policy"]
    line = re.match(r"self\.RANGKUL = (.*);\n", answer.content.decode())
    assert line is not None
    told = json.loads(line[1])
    files = told["files"]
    assert PAGE in files
    assert sum("/bingkai/?v=" in name for name in files) == 1
    assert sum(name.endswith(".js") for name in files) >= 2
    for name in files:
        found = Client().get(name)
        assert found.status_code == 200, name
        found.close()
    frame = next(name for name in files if "bingkai" in name)
    assert "sandbox allow-scripts" in Client().get(frame)["Content-Security-Policy"]
    # The page names just what the worker keeps.
    page = Client().get(PAGE).content.decode()
    named = re.findall(r'(?:href|src|data-frame)="(/(?:static|lapangan)[^"]+)"', page)
    assert {name for name in named if not name.endswith(".png")} <= set(files)


@pytest.mark.parametrize("address", [WHO, PREPARE, SEND])
def test_the_doors_are_shut_to_nobody_in_particular(address: str) -> None:
    client = Client()
    answer = client.post(address) if address == SEND else client.get(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/akun/login/")


def test_what_is_taken_along_names_nobody(cast: Cast) -> None:
    file = open_file(cast.ratih)
    answer = signed_in(cast.ratih).get(PREPARE)
    told = answer.json()
    assert number_of(file) in told["cases"]
    # All instruments, also those that the desk asks on pages of its own.
    assert {form["code"] for form in told["forms"]} >= {"rk01_triase", "rk02_tppo", "rk03_bps"}
    assert told["language"] == "en"
    said = answer.content.decode()
    for word in (*NAME.split(), "Lina", "081234567890", "ratih", "Ratih"):
        assert word not in said, word
    assert answer["Cache-Control"] == "no-store"


def test_nobody_gets_another_agencys_files_or_key(cast: Cast) -> None:
    file = open_file(cast.ratih)
    ours, theirs = prepared(signed_in(cast.ratih)), prepared(signed_in(cast.yohana))
    assert number_of(file) not in theirs["cases"]
    assert ours["key"]["point"] != theirs["key"]["point"]
    assert ours["person"] != theirs["person"]


def test_whoever_takes_reports_gets_the_page_for_them_and_its_places(cast: Cast) -> None:
    told = prepared(signed_in(cast.joko))
    names = {field["name"] for part in told["report"] for field in part["fields"]}
    assert {"account", "area", "channel", "terkurung", "takut", "reporter_name"} <= names
    assert ["33.74", "Kota Semarang, Jawa Tengah"] in told["areas"]
    assert prepared(signed_in(cast.bagas))["report"] == []


def reports_of(by: Actor) -> int:
    with acting(by):
        return Report.objects.filter(taken_by=by.user_id).count()


def test_an_item_is_handed_over_and_counted_once(cast: Cast) -> None:
    client = signed_in(cast.joko)
    data = phone(client).seal(SAID, uuid4())
    before = reports_of(cast.joko)
    told = [send(client, data).json() for _ in range(2)]
    assert told[0] == told[1]
    assert told[0]["state"] == "taken"
    assert reports_of(cast.joko) == before + 1
    assert client.get(told[0]["address"]).status_code == 200


def test_an_item_without_the_token_is_not_heard(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in(cast.joko).cookies
    told = prepared(client)
    data = phone(client).seal(SAID)
    assert send(client, data).status_code == 403
    assert send(client, data, headers={"x-csrftoken": told["token"]}).json()["state"] == "taken"


@pytest.mark.parametrize("data", [b"", b"RKO1", b"x" * 200, b"RKO1" + b"y" * 1_600_000])
def test_mere_bytes_are_refused_with_a_sentence(cast: Cast, data: bytes) -> None:
    answer = send(signed_in(cast.joko), data)
    assert answer.status_code == 200
    told = answer.json()
    assert told["state"] == "refused"
    assert all(told["said"])


def test_somebody_elses_phone_is_told_apart(cast: Cast) -> None:
    data = phone(signed_in(cast.joko)).seal(SAID)
    assert send(signed_in(cast.nining), data).json()["state"] == "refused"
    assert send(signed_in(cast.joko), data).json()["state"] == "taken"
