"""The exports' screens through the whole stack: registered, counted, asked, made, fetched once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pyrage
import pytest
from tests.clients import Client
from tests.domain.exchange import scene as scenes
from tests.domain.exchange.scene import NAMES, Scene, rows_of, scalar
from tests.domain.retention import scene as rights
from tests.people import Cast, sign_in

from rangkul.custody import queries as custody
from rangkul.exchange import queries, workflow
from rangkul.exchange.columns import USUAL
from rangkul.exchange.models import Export
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.retention import copying
from rangkul.retention import queries as rights_queries

FRESH = "exports-ask-fresh-factor"
FRESH_SAYS = (
    "Recipients are registered, confirmed and ended, and exports asked for, let go and fetched, "
    "only after a second factor of the last ten minutes."
)


@pytest.fixture
def scene(committed_db: None, cast: Cast) -> Scene:
    return scenes.make_scene(cast)


def client_of(who: Actor, *, fresh: bool = True, language: str = "en") -> Client:
    client = Client()
    client.cookies["rangkul_language"] = language
    sign_in(client, who, fresh=fresh)
    return client


def asked(scene: Scene, **changes: Any) -> dict[str, Any]:
    sent = {
        "columns": list(USUAL), "form": "csv", "language": "id", "reason": "evaluasi",
        "recipient": scene.recipient_id, "token": str(uuid4()), "step": "make",
    }  # fmt: skip
    return sent | changes


def newest(scene: Scene) -> Export:
    with acting(scene.maker):
        return queries.list_exports(scene.maker)[0]


def address(row: Export, act: str = "") -> str:
    return f"/ekspor/{queries.export_number(row.id)}/{act}"


def test_from_the_worklist_to_the_recipients_hands(scene: Scene) -> None:
    wahyuni = client_of(scene.maker)
    assert 'href="/ekspor/"' in wahyuni.get("/kasus/").content.decode()
    narrowed = wahyuni.get("/kasus/?state=open").content.decode()
    assert 'href="/ekspor/baru/?state=open"' in narrowed
    counted = wahyuni.post("/ekspor/baru/", asked(scene, step="count"))
    assert counted.status_code == 200
    page = counted.content.decode()
    assert "4 rows" in page
    assert "1 child&#x27;s file stays out" in page or "1 child's file stays out" in page
    assert scalar("select count(*) from exchange_export") == 0
    made = wahyuni.post("/ekspor/baru/", asked(scene))
    row = newest(scene)
    assert (made.status_code, made["Location"]) == (302, address(row))
    waiting = wahyuni.get(address(row)).content.decode()
    assert 'data-live="2"' in waiting
    scenes.work(row)
    ready = wahyuni.get(address(row)).content.decode()
    assert 'data-live="2"' not in ready
    assert f"{address(row)}unduh/" in ready
    answer = wahyuni.post(address(row, "unduh/"))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == (
        f'attachment; filename="{queries.export_number(row.id).lower()}.csv.age"'
    )
    assert "no-store" in answer["Cache-Control"]
    plain = pyrage.decrypt(answer.content, [scene.secret])
    assert len(rows_of(plain)) == 4
    assert [name for name in NAMES if name in plain.decode()] == []
    assert wahyuni.post(address(row, "unduh/")).status_code == 409
    assert "Fetched" in wahyuni.get(address(row)).content.decode()


def test_the_files_own_page_shows_that_it_left(scene: Scene) -> None:
    scene.fetch(scene.made())
    page = client_of(scene.cast.ratih).get(
        f"/kasus/{custody.case_number(scene.case_ids[0])}/jejak/?apa=baca"
    )
    assert "Left the house in an export" in page.content.decode()


def test_a_destroyed_one_says_why(scene: Scene) -> None:
    basis = scenes.agree(scene, scene.case_ids[0])
    row = scene.made()
    scenes.take_back(scene, basis.id)
    wahyuni = client_of(scene.maker)
    answer = wahyuni.post(address(row, "unduh/"))
    assert answer.status_code in (302, 409)
    assert "withdrawn a consent" in wahyuni.get(address(row)).content.decode()


def test_one_that_ran_out_is_destroyed_by_fetching_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow, "FETCHED_WITHIN", -workflow.FETCHED_WITHIN)
    row = scene.made()
    wahyuni = client_of(scene.maker)
    assert wahyuni.post(address(row, "unduh/")).status_code == 302
    assert "Nobody fetched it in time" in wahyuni.get(address(row)).content.decode()


def test_who_may_not_is_told_who_can(scene: Scene) -> None:
    row = scene.made()
    cast = scene.cast
    for who in (cast.ratih, cast.sinta, cast.bagas, cast.hendra, cast.retno, cast.joko):
        client = client_of(who)
        assert client.get("/ekspor/").status_code == 403, who
        assert client.get(address(row)).status_code == 403, who
        assert client.post(address(row, "unduh/")).status_code == 403, who
        assert client.post("/ekspor/baru/", asked(scene)).status_code == 403, who
    assert client_of(cast.marten).get(address(row)).status_code == 404
    assert client_of(cast.marten).post(address(row, "unduh/")).status_code == 404
    assert 'href="/ekspor' not in client_of(cast.ratih).get("/kasus/").content.decode()


def test_nobody_is_asked_for_a_recipient_that_is_not_there(committed_db: None, cast: Cast) -> None:
    page = client_of(cast.wahyuni).get("/ekspor/baru/")
    assert page.status_code == 200
    assert "No recipient is confirmed yet" in page.content.decode()
    assert "Nothing was exported yet" in client_of(cast.wahyuni).get("/ekspor/").content.decode()
    empty = client_of(cast.sinta).get("/ekspor/penerima/").content.decode()
    assert "No recipient is registered" in empty


def test_too_many_today_is_said(scene: Scene) -> None:
    wahyuni = client_of(scene.maker)
    for _ in range(workflow.MOST_IN_A_DAY):
        assert wahyuni.post("/ekspor/baru/", asked(scene)).status_code == 302
    refused = wahyuni.post("/ekspor/baru/", asked(scene))
    assert refused.status_code == 422
    assert "three exports within a day" in refused.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"since": "9999-12-31"}, {"until": "9999-12-31"}, {"since": "0001-01-01"},
        {"since": "2026-02-02", "until": "2026-02-01"}, {"desk": "9" * 30}, {"recipient": "9" * 30},
        {"columns": ["nama"]}, {"columns": []}, {"form": "exe"}, {"reason": "\x00"},
        {"state": "x' or 1=1--"}, {"language": "../../etc"},
    ],
)  # fmt: skip
def test_what_is_not_offered_is_not_taken(scene: Scene, wrong: dict[str, Any]) -> None:
    answer = client_of(scene.maker).post("/ekspor/baru/", asked(scene, **wrong))
    assert answer.status_code == 422
    counted = client_of(scene.maker).post("/ekspor/baru/", asked(scene, **wrong, step="count"))
    assert counted.status_code == 422
    assert scalar("select count(*) from exchange_export") == 0


def test_a_recipient_that_ended_meanwhile_is_said(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page was counted with a recipient that is gone when it is sent."""
    known = queries.list_usable
    sent = asked(scene)
    answers = iter([True, False])
    monkeypatch.setattr(queries, "list_usable", lambda actor: known(actor) if next(answers) else [])
    answer = client_of(scene.maker).post("/ekspor/baru/", sent)
    assert answer.status_code == 422
    assert "choose one that is offered" in answer.content.decode()


def registering(**changes: str) -> dict[str, str]:
    key = str(pyrage.x25519.Identity.generate().to_public())
    return {"name": "BPS Uji", "key": key, "purpose": "Statistik", "ground": "duty",
            "article": "UU 16/1997 ps 27", "token": str(uuid4())} | changes  # fmt: skip


def test_a_recipient_is_registered_by_one_and_confirmed_by_another(scene: Scene) -> None:
    sinta, wahyuni = client_of(scene.cast.sinta), client_of(scene.maker)
    assert sinta.post("/ekspor/penerima/baru/", registering()).status_code == 302
    row = scalar("select id from exchange_recipient where name = 'BPS Uji'")
    where = f"/ekspor/penerima/{row}/pastikan/"
    assert where not in sinta.get("/ekspor/penerima/").content.decode()
    assert where in wahyuni.get("/ekspor/penerima/").content.decode()
    assert sinta.post(where, {"compared": "1"}).status_code == 403
    untold = wahyuni.post(where)
    assert untold.status_code == 422
    assert "Compare the fingerprint first" in untold.content.decode()
    assert wahyuni.post(where, {"compared": "1"}).status_code == 302
    assert "BPS Uji" in wahyuni.get("/ekspor/baru/").content.decode()
    assert sinta.post(f"/ekspor/penerima/{row}/akhiri/").status_code == 302
    assert "BPS Uji" not in wahyuni.get("/ekspor/baru/").content.decode()
    assert client_of(scene.cast.marten).post(where, {"compared": "1"}).status_code == 404


def test_a_secret_key_comes_back_nowhere(scene: Scene, caplog: Any) -> None:
    secret = str(pyrage.x25519.Identity.generate())
    answer = client_of(scene.cast.sinta).post("/ekspor/penerima/baru/", registering(key=secret))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This is a secret key" in page
    assert secret not in page + caplog.text
    assert re.search(r'name="key"[^>]*value="AGE', page) is None
    assert scalar("select count(*) from exchange_recipient where name = 'BPS Uji'") == 0


@pytest.mark.promise(FRESH, chapter="web", sentence=FRESH_SAYS)
def test_every_step_asks_for_a_fresh_factor(scene: Scene, figure: Callable[[str], None]) -> None:
    row = scene.made()
    recipient = f"/ekspor/penerima/{scene.recipient_id}/"
    steps = [
        (scene.maker, "/ekspor/baru/", asked(scene)),
        (scene.maker, address(row, "unduh/"), {}),
        (scene.maker, address(row, "setujui/"), {}),
        (scene.maker, f"{recipient}pastikan/", {"compared": "1"}),
        (scene.cast.sinta, f"{recipient}akhiri/", {}),
        (scene.cast.sinta, "/ekspor/penerima/baru/", registering()),
    ]  # fmt: skip
    taken = []
    for who, where, sent in steps:
        answer = client_of(who, fresh=False).post(where, sent)
        if answer.status_code not in (302, 403) or answer.get("Location", "").startswith("/ekspor"):
            taken.append(where)
    assert taken == []
    assert scene.again(row).state == workflow.READY
    assert scalar("select count(*) from exchange_recipient") == 1
    assert scalar("select state from exchange_recipient") == "confirmed"
    assert scalar("select count(*) from exchange_export") == 1
    figure(f"0 of {len(steps)} steps taken without one")


@pytest.mark.planted(FRESH)
def test_a_page_that_does_not_ask_gives_the_file_out(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = scene.made()
    monkeypatch.setattr("rangkul.desk.page.ask_factor", lambda request: None)
    answer = client_of(scene.maker, fresh=False).post(address(row, "unduh/"))
    assert answer.status_code == 200
    assert pyrage.decrypt(answer.content, [scene.secret])


def test_her_own_copy_opens_with_her_key_alone_and_tells_of_the_table(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = scene.case_ids[0]
    scene.fetch(scene.made())
    wish = rights.receive(scene.cast.joko, case_id)
    row = rights.grant(scene.cast.bagas, wish)
    hers = pyrage.x25519.Identity.generate()
    where = f"/hak/permintaan/{rights_queries.request_number(row.id)}/salinan/"
    sent = {"version": row.version, "check": "known", "safe": "1"}
    ratih = client_of(scene.cast.ratih)
    wrong = ratih.post(where, sent | {"key": str(hers)})
    assert wrong.status_code == 422
    assert "This is a secret key" in wrong.content.decode()
    assert str(hers) not in wrong.content.decode()
    papers: list[Any] = []
    typeset = copying.typeset

    def seen(package: str, name: str, data: Any) -> bytes:
        papers.append(data["trail"])
        return typeset(package, name, data)

    monkeypatch.setattr(copying, "typeset", seen)
    answer = ratih.post(where, sent | {"key": str(hers.to_public())})
    assert answer["Content-Disposition"] == 'attachment; filename="salinan.pdf.age"'
    assert pyrage.decrypt(answer.content, [hers])[:5] == b"%PDF-"
    assert any("Keluar dari rumah dalam ekspor" in said for _day, said in papers[0])
