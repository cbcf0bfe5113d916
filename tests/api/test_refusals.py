"""What cannot be taken is refused in words, field by field; never by a fault of ours."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.api.machine import Answer, Machine
from tests.api.road import DESK, REPORT, Road, road
from tests.people import Cast

from rangkul.api import description
from rangkul.foundation.actor import Actor

FOREIGN = str(uuid4())


@pytest.fixture
def walk(cast: Cast, desks: None, machine_of: Callable[[Actor], Machine]) -> Road:
    """The road, ready to be walked."""
    return road(cast, machine_of)


def _fields(answer: Answer) -> dict[str, str]:
    assert answer.json["code"] == "invalid_input", answer.json
    for field in answer.json["fields"]:
        assert field["message_id"] and field["message_en"]
    return {field["field"]: field["code"] for field in answer.json["fields"]}


_WRONG: list[tuple[dict[str, object], dict[str, str]]] = [
    ({"nama": "x"}, {"nama": "unknown_field"}),
    ({"about": {"umur": 3}}, {"about.umur": "unknown_field"}),
    ({"account": ""}, {"account": "required"}),
    ({"account": "x" * 20_001}, {"account": "too_long"}),
    ({"account": "a\x00b"}, {"account": "control_character"}),
    ({"account": 3}, {"account": "wrong_type"}),
    ({"channel": "merpati_pos"}, {"channel": "unknown"}),
    ({"area": "99.99"}, {"area": "unknown"}),
    ({"area": "'; drop table"}, {"area": "malformed"}),
    ({"happened_on": "kemarin"}, {"happened_on": "malformed"}),
    ({"happened_on": "2999-01-01"}, {"happened_on": "impossible"}),
    ({"happened_on": "2190-01-01"}, {"happened_on": "future"}),
    ({"reported_at": "2026-03-02T09:00:00"}, {"reported_at": "no_zone"}),
    ({"reported_at": "0001-01-01T00:00:00+14:00"}, {"reported_at": "impossible"}),
    ({"about": {"age": 300}}, {"about.age": "impossible"}),
    ({"answers": {"berat_badan": "ya"}}, {"": "unknown_field"}),
    ({"answers": {"cekik": "mungkin"}}, {"answers.cekik": "unknown_code"}),
    ({"answers": {"posisi": "x" * 300}}, {"answers.posisi": "too_long"}),
    ({"violence_kinds": ["x"] * 61}, {"violence_kinds": "too_many"}),
    ({"take": "barangkali"}, {"take": "malformed"}),
]


def test_a_report_says_which_field_to_mend(walk: Road) -> None:
    for changes, fields in _WRONG:
        refused = walk.intake.post("/reports", REPORT | changes)
        assert refused.status == 422, (changes, refused.json)
        assert _fields(refused) == fields, changes


def test_a_case_is_not_opened_with_a_code_that_no_list_holds(walk: Road) -> None:
    number = walk.report()
    for changes in (
        {"flags": ["besok"]}, {"languages": ["klingon"]}, {"place_kinds": ["bulan"]},
        {"violence_kinds": ["kabut"]},
    ):  # fmt: skip
        asked = {"categories": ["ktk"], "companion": walk.companion_number} | changes
        refused = walk.supervisor.post(f"/reports/{number}/open-case", asked)
        assert refused.status == 422, (changes, refused.json)
        assert _fields(refused) == dict.fromkeys(changes, "unknown")


def test_what_was_sent_is_not_said_back(walk: Road, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "Rahasia Uji Mendalam"
    refused = walk.intake.post("/reports", REPORT | {"about": {"age": secret}, secret: secret})
    assert secret not in json.dumps([f["message_en"] for f in refused.json["fields"]])
    assert secret not in caplog.text


_BODIES = [
    (b"", 422, "invalid_input"),
    (b"{", 400, "unreadable_body"),
    (b"\xff\xfe", 400, "unreadable_body"),
    (b"[" * 100_000, 400, "unreadable_body"),
    (b"[]", 422, "invalid_input"),
    (b"null", 422, "invalid_input"),
    (b'{"account": "\\ud800"}', 422, "invalid_input"),
    (b'{"area": ' + b"9" * 5000 + b"}", 400, "unreadable_body"),
    (b'{"account": "' + b"x" * 300_000 + b'"}', 413, "too_large"),
]


def test_bodies_that_are_none(walk: Road) -> None:
    for body, status, code in _BODIES:
        refused = walk.intake.raw("/reports", body)
        assert (refused.status, refused.json["code"]) == (status, code), body[:40]


def test_only_json_is_taken(walk: Road) -> None:
    for media in ("text/plain", "application/x-www-form-urlencoded", "text/xml"):
        refused = walk.intake.raw("/reports", json.dumps(REPORT), media=media)
        assert (refused.status, refused.json["code"]) == (415, "wrong_media_type")


def test_foreign_and_missing_things_are_refused_alike(
    walk: Road, cast: Cast, machine_of: Callable[[Actor], Machine]
) -> None:
    case = walk.case()
    basis = walk.basis(case)
    stranger = machine_of(cast.yohana)
    need = walk.companion.post(f"/cases/{case}/needs", {"words": "x", "service": "medis"})
    for path, body in (
        (f"/cases/{case}/notes", {"body": "x"}),
        (f"/cases/{case}/needs", {"words": "x", "service": "medis"}),
        (f"/cases/{case}/needs/{need.json['id']}/move", {"move": "meet"}),
        (f"/cases/{case}/bases/{basis}/withdraw", None),
        (f"/cases/{case}/referrals", walk.asked(basis)),
        (f"/cases/{case}/identity", {"reason": "menghubungi"}),
        (f"/cases/{case}/identity", {"reason": "iseng"}),
    ):
        foreign = stranger.post(path, body)
        missing = stranger.post(path.replace(case, "RK-0000-0000"), body)
        assert (foreign.status, foreign.json) == (missing.status, missing.json), path
        assert foreign.status == 404, path
    for path in (f"/cases/{case}/needs/{FOREIGN}/move", f"/cases/{case}/bases/{FOREIGN}/withdraw"):
        body = {"move": "meet"} if "needs" in path else None
        assert walk.companion.post(path, body).status == 404
    # A basis of one case carries no packet of another.
    other = walk.case()
    assert walk.companion.post(f"/cases/{other}/referrals", walk.asked(basis)).status == 404
    assert walk.companion.post(f"/cases/{other}/bases/{basis}/withdraw").status == 404
    wrong = walk.companion.post(f"/cases/{case}/referrals", walk.asked(basis, to_desk="MJ-1"))
    assert _fields(wrong) == {"to_desk": "unknown"}


def test_nobody_on_duty_must_be_said(walk: Road) -> None:
    from tests.rows import as_owner

    with as_owner() as owner:
        owner.execute("delete from network_dutyshift where desk_id = %s", [DESK])
    case = walk.case()
    asked = walk.asked(walk.basis(case))
    refused = walk.companion.post(f"/cases/{case}/referrals", asked)
    assert (refused.status, refused.json["code"]) == (409, "no_cover")
    said = walk.companion.post(f"/cases/{case}/referrals", asked | {"uncovered_ok": True})
    assert said.status == 201


def test_a_fault_of_ours_is_said_logged_and_undone(
    walk: Road, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Planted: the last step of receiving breaks with a name in its text."""
    from tests.rows import as_owner

    from rangkul.clocks import queries as clocks

    def broken(*_: object) -> None:
        raise LookupError("Marlina Uji Kusumaningrum")

    monkeypatch.setattr(clocks, "list_subject", broken)
    refused = walk.intake.post("/reports", REPORT)
    assert (refused.status, refused.json["code"]) == (500, "fault")
    with as_owner() as owner:
        assert owner.execute("select count(*) from reports_report").fetchone() == (0,)
        assert owner.execute("select count(*) from api_replay").fetchone() == (0,)
    assert "Marlina" not in refused.response.content.decode()


# -- whatever is sent -------------------------------------------------------------------------

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
    | st.sampled_from(["\x00", "'", "9" * 400, "2026-02-30", "-1", FOREIGN, "medis", "ya"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


def _posts() -> list[tuple[str, dict[str, Any]]]:
    described = json.loads(description.text())
    return [
        (
            path.removeprefix("/api/v1"),
            call["requestBody"]["content"]["application/json"]["example"],
        )
        for path, methods in described["paths"].items()
        for method, call in methods.items()
        if method == "post" and "requestBody" in call
    ]


class _Parts(dict[str, str]):
    """The parts of an address; those of things that are not there name nothing."""

    def __missing__(self, name: str) -> str:
        return FOREIGN


def test_no_body_whatever_ends_in_a_fault_of_ours(walk: Road) -> None:
    """Each call's example with one value changed, sent by someone who may do it."""
    case = walk.case()
    report, packet = walk.report(), walk.referral(case)
    need = walk.companion.post(f"/cases/{case}/needs", {"words": "x", "service": "medis"})
    ids = {"need_id": need.json["id"], "note_id": FOREIGN, "basis_id": FOREIGN}
    by_area = {"/reports": (walk.supervisor, report), "/cases": (walk.companion, case),
               "/referrals": (walk.clinic, packet)}  # fmt: skip
    posts = _posts()
    assert len(posts) > 25

    @settings(
        max_examples=120, deadline=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.sampled_from(posts), st.data())
    def send(post: tuple[str, dict[str, Any]], data: st.DataObject) -> None:
        path, example = post
        machine, number = by_area.get("/" + path.split("/")[1], (walk.supervisor, case))
        if path == "/reports":
            machine = walk.intake
        field = data.draw(st.sampled_from(sorted(example)))
        body = example | {field: data.draw(_VALUES)}
        answer = machine.post(path.format_map(_Parts(ids | {"number": number})), body)
        assert answer.status < 500, (path, body, answer.json)
        if answer.status >= 400:
            assert answer.json["message_id"] and answer.json["message_en"]

    send()


def test_no_query_whatever_ends_in_a_fault_of_ours(walk: Road) -> None:
    case = walk.case()
    reads = {
        "/reports": ("before", "waiting"), "/cases": ("before", "mine", "state", "risk"),
        "/directory/agencies": ("q", "kind", "area", "service", "after"),
        "/directory/desks": ("q", "area", "service", "after"),
        "/directory/suggestions": ("case", "service", "area"),
        f"/cases/{case}": ("x",), "/referrals/in": ("x",),
    }  # fmt: skip

    @settings(
        max_examples=80, deadline=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.sampled_from(sorted(reads)), st.data())
    def read(path: str, data: st.DataObject) -> None:
        field = data.draw(st.sampled_from(reads[path]))
        text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
        odd = st.sampled_from(["\x00", "0.LB-1", "1.", "((", "\\", "%", case, "RK-9", "9" * 30])
        answer = walk.companion.get(path, **{field: data.draw(text | odd)})
        assert answer.status < 500, (path, field, answer.json)

    read()


def test_numbers_in_addresses_that_are_none(walk: Road) -> None:
    for number in ("RK-%00", "RK-7F3K-9QXX", "..", "RK-ZZZZ-ZZZZ", "x" * 300):
        for path in (f"/cases/{number}", f"/reports/{number}", f"/referrals/{number}"):
            assert walk.companion.get(path).status == 404, path
