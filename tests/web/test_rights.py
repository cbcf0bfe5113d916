"""The rights' screens through the whole stack: received, weighed, refused, copied, erased."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.clients import Client
from tests.domain.retention import scene
from tests.people import Cast, sign_in
from tests.world import World

from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.retention import queries, workflow
from rangkul.retention.models import Request


@pytest.fixture
def made(committed_db: None, cast: Cast, settings: Any, tmp_path: Path) -> World:
    """A filled world, and a list of tombstones of the test's own beside a copy of the ring."""
    from tests.world import build

    ring = tmp_path / "keyring.json"
    shutil.copyfile(os.environ["RANGKUL_TEST_RING"], ring)
    ring.chmod(0o600)
    settings.KEY_RING_PATH = ring
    settings.KEYS_PER_PERSON = settings.KEYS_PER_PROCESS = 1_000_000
    return build(cast)


def client_of(who: Actor, *, fresh: bool = True) -> Client:
    client = Client()
    sign_in(client, who, fresh=fresh)
    return client


def take_in(made: World, who: Actor, kind: str = "access", **changes: str) -> Any:
    sent = {
        "case": made.case_number, "kind": kind, "asked_by": "herself", "manner": "in_person",
        "language": "id", "words": "Apa saja yang ada?", "token": str(uuid4()), "received_at": "",
    }  # fmt: skip
    return client_of(who).post("/hak/baru/", sent | changes)


def the_request(made: World) -> Request:
    with acting(made.cast.bagas):
        return queries.list_requests(made.cast.bagas)[-1]


def address(row: Request, act: str = "") -> str:
    return f"/hak/permintaan/{queries.request_number(row.id)}/{act}"


def test_anybody_at_the_desk_takes_it_in_and_the_auditor_grants(made: World) -> None:
    answer = take_in(made, made.cast.joko)
    row = the_request(made)
    assert (answer.status_code, answer["Location"]) == (302, address(row))
    page = client_of(made.cast.joko).get(address(row))
    assert page.status_code == 200
    assert "Apa saja yang ada?" in page.content.decode()
    assert made.case_number not in client_of(made.cast.bagas).get(
        f"/kasus/{made.case_number}/"
    ).content.decode()  # fmt: skip
    granted = client_of(made.cast.bagas).post(address(row, "kabulkan/"), {"version": row.version})
    assert granted.status_code == 302
    assert the_request(made).state == workflow.GRANTED


def test_a_foreign_number_and_none_are_answered_alike(made: World) -> None:
    from rangkul.custody import queries as custody

    foreign = take_in(made, made.cast.ester)
    nobody = take_in(made, made.cast.ester, case=custody.case_number(8_000_001))
    assert (foreign.status_code, nobody.status_code) == (422, 422)
    body = foreign.content.decode()
    assert "No case of this number" in body or "Tidak ada kasus" in body


def test_a_form_sent_twice_is_one_request(made: World) -> None:
    token = str(uuid4())
    first = take_in(made, made.cast.joko, token=token)
    second = take_in(made, made.cast.joko, token=token)
    assert first["Location"] == second["Location"]


def test_a_stale_form_is_said(made: World) -> None:
    take_in(made, made.cast.joko)
    row = the_request(made)
    auditor = client_of(made.cast.bagas)
    assert auditor.post(address(row, "kabulkan/"), {"version": row.version}).status_code == 302
    late = auditor.post(
        address(row, "tolak/"),
        {"version": row.version, "reason": "membahayakan", "words": "Belum."},
    )
    assert late.status_code == 409


def test_whoever_proposed_a_refusal_is_not_asked_to_decide(made: World) -> None:
    take_in(made, made.cast.joko)
    row = the_request(made)
    auditor = client_of(made.cast.bagas)
    sent = {"version": row.version, "reason": "membahayakan", "words": "Sekarang berbahaya."}
    assert auditor.post(address(row, "tolak/"), sent).status_code == 302
    assert address(row, "putuskan/") not in auditor.get(address(row)).content.decode()
    version = the_request(made).version
    own = auditor.post(address(row, "putuskan/"), {"version": version, "refuse": "1"})
    assert own.status_code == 403
    other = client_of(made.cast.wahyuni).post(
        address(row, "putuskan/"), {"version": version, "refuse": "1"}
    )
    assert other.status_code == 302
    shown = client_of(made.cast.ratih).get(address(row)).content.decode()
    assert "Sekarang berbahaya." in shown
    assert "UU 27/2022" in shown


def granted_copy(made: World) -> Request:
    take_in(made, made.cast.joko)
    return scene.grant(made.cast.bagas, the_request(made))


@pytest.mark.promise(
    "copy-and-erasure-fresh", chapter="rights",
    sentence="A copy of somebody's data is handed out, and a case erased, only after a fresh "
    "second factor.",
)  # fmt: skip
def test_a_copy_and_an_erasure_want_a_fresh_factor(
    made: World, figure: Callable[[str], None]
) -> None:
    row = granted_copy(made)
    stale = client_of(made.cast.ratih, fresh=False)
    sent = {"version": row.version, "check": "known", "safe": "1"}
    assert stale.post(address(row, "salinan/"), sent).status_code in (302, 403)
    assert stale.get(address(row, "salinan/")).status_code == 302
    assert the_request(made).state == workflow.GRANTED
    scene.close(made)
    erasure = scene.propose(made)
    tried = client_of(made.cast.wahyuni, fresh=False).post(
        f"/hak/penghapusan/{erasure.id}/laksanakan/"
    )
    assert tried.status_code in (302, 403)
    assert scene.scalar("select state from retention_erasure where id = %s", erasure.id) == (
        "proposed"
    )
    done = client_of(made.cast.wahyuni).post(f"/hak/penghapusan/{erasure.id}/laksanakan/")
    assert done.status_code == 302
    assert scene.scalar("select state from retention_erasure where id = %s", erasure.id) == (
        "destroyed"
    )
    figure("2 acts, each tried with a stale factor: 0 done")


@pytest.mark.planted("copy-and-erasure-fresh")
def test_a_page_that_asks_no_factor_is_seen(made: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: nobody asks."""
    monkeypatch.setattr("rangkul.desk.page.ask_factor", lambda request: None)
    row = granted_copy(made)
    paper = client_of(made.cast.ratih, fresh=False).post(
        address(row, "salinan/"), {"version": row.version, "check": "known", "safe": "1"}
    )
    assert paper["Content-Type"] == "application/pdf"


def test_the_copy_is_a_paper_for_whoever_carries_the_file(made: World) -> None:
    row = granted_copy(made)
    ratih = client_of(made.cast.ratih)
    page = ratih.get(address(row, "salinan/"))
    assert page.status_code == 200
    missing = ratih.post(address(row, "salinan/"), {"version": row.version})
    assert missing.status_code == 422
    paper = ratih.post(
        address(row, "salinan/"), {"version": row.version, "check": "known", "safe": "1"}
    )
    assert (paper.status_code, paper["Content-Type"]) == (200, "application/pdf")
    assert "no-store" in paper["Cache-Control"]
    assert client_of(made.cast.bagas).get(address(row, "salinan/")).status_code == 403


def test_a_restricted_file_says_so_and_takes_no_note(made: World) -> None:
    take_in(made, made.cast.joko, "restriction")
    row = scene.grant(made.cast.bagas, the_request(made))
    done = client_of(made.cast.bagas).post(
        address(row, "laksanakan/"), {"version": row.version, "reason": "keberatan"}
    )
    assert done.status_code == 302
    ratih = client_of(made.cast.ratih)
    page = ratih.get(f"/kasus/{made.case_number}/").content.decode()
    assert f"/kasus/{made.case_number}/hak/" in page
    assert 'role="status"' in page
    note = ratih.post(f"/kasus/{made.case_number}/catatan/", {"body": "Catatan baru"})
    assert note.status_code == 409
    lifted = client_of(made.cast.wahyuni).post(f"/kasus/{made.case_number}/hak/buka/")
    assert lifted.status_code == 302
    assert ratih.post(
        f"/kasus/{made.case_number}/catatan/", {"body": "Catatan baru"}
    ).status_code in (200, 302)  # fmt: skip


def test_the_lists_stand_empty_and_full(made: World) -> None:
    for who in (made.cast.bagas, made.cast.wahyuni, made.cast.ratih, made.cast.joko):
        assert client_of(who).get("/hak/").status_code == 200
    take_in(made, made.cast.joko)
    auditor = client_of(made.cast.bagas)
    assert queries.request_number(the_request(made).id) in auditor.get("/hak/").content.decode()
    assert auditor.get("/hak/jadwal/").status_code == 200
    held = auditor.post("/hak/tahan/", {"case": made.case_number, "reason": "penyidikan"})
    assert held.status_code == 302
    assert made.case_number in auditor.get("/hak/").content.decode()
    assert client_of(made.cast.sinta).get("/hak/").status_code == 403
    assert client_of(made.cast.ratih).get(f"/kasus/{made.case_number}/hak/").status_code == 200
