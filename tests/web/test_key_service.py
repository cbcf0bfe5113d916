"""A Transit engine behind the vault: one request for a page, and a sentence when it is away."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.people import NOW, Cast
from tests.transit import Engine, serving
from tests.web.files import number_of, open_file, signed_in

from rangkul.cases import operations as cases
from rangkul.foundation import keyring, transit_ring
from rangkul.foundation.scope import acting
from rangkul.foundation.transit import way_from
from rangkul.people import operations as people

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def engine(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Engine]:  # fmt: skip
    """An engine that keeps the tests' ring for the length of one test."""
    path = tmp_path / "keyring.json"
    shutil.copyfile(os.environ["RANGKUL_TEST_RING"], path)
    path.chmod(0o600)
    token = tmp_path / "token"
    with serving() as (made, address):
        made.make()
        token.write_text(made.token)
        token.chmod(0o600)
        monkeypatch.setenv("RANGKUL_TRANSIT_ADDRESS", address)
        monkeypatch.setenv("RANGKUL_TRANSIT_TOKEN_FILE", str(token))
        transit_ring.move(path, way_from(os.environ))
        settings.KEY_RING_PATH, settings.KEY_RING = path, keyring.load(path)
        settings.CLAMD = ""
        yield made


@pytest.mark.promise(
    "one-request-a-page",
    chapter="vault",
    sentence="A page of names asks the key service once, however many names it shows.",
)
def test_a_page_of_names_asks_once(engine: Engine, cast: Cast, figure: Any) -> None:
    files = [open_file(cast.ratih) for _ in range(12)]
    engine.asked.clear()
    with acting(cast.ratih):
        names = people.show_names(case_ids=[f.case_id for f in files], by=cast.ratih, at=NOW)
    assert len(names) == 12
    assert engine.asked == ["POST /v1/transit/decrypt/rangkul"]
    figure(f"{len(names)} names, {len(engine.asked)} request")


@pytest.mark.planted("one-request-a-page")
def test_planted_name_by_name_it_asks_as_often(engine: Engine, cast: Cast) -> None:
    files = [open_file(cast.ratih) for _ in range(4)]
    engine.asked.clear()
    for file in files:
        with acting(cast.ratih):
            people.show_names(case_ids=[file.case_id], by=cast.ratih, at=NOW)
    assert len(engine.asked) == len(files)


def test_while_the_engine_is_sealed_nothing_is_half_done(engine: Engine, cast: Cast) -> None:
    file = open_file(cast.ratih)
    with acting(cast.ratih):
        cases.write_note(case_id=file.case_id, body="kata", by=cast.ratih, at=NOW)
    client = signed_in(cast.ratih)
    client.raise_request_exception = False
    here = f"/kasus/{number_of(file)}/"
    engine.sealed = True
    answers = [
        client.post(f"{here}catatan/", {"body": "kedua"}),
        client.post(f"{here}identitas/", {"reason": "menghubungi"}),
    ]
    assert [answer.status_code for answer in answers] == [503, 503]
    engine.sealed = False
    with acting(cast.ratih):
        notes = cases.read_notes(case_id=file.case_id, by=cast.ratih, at=NOW)
    assert len(notes) >= 1
    assert all("kedua" not in str(note) for note in notes)
    assert client.post(f"{here}catatan/", {"body": "kedua"}).status_code == 302
