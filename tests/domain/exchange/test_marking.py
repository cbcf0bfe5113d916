"""One copied row is enough: its mark names the export, the line and so the maker."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pyrage
import pytest
from tests.domain.exchange import scene as scenes
from tests.domain.exchange.scene import Scene, rows_of, scalar
from tests.people import Cast

from rangkul.commands.cli import main
from rangkul.commands.owning import owners_database
from rangkul.custody import queries as custody
from rangkul.exchange import marks, queries, workflow
from rangkul.exchange.marks import UnknownMark
from rangkul.foundation.ids import ALPHABET

CODE = "exports-watermarked"
SENTENCE = (
    "Each row of an export bears a mark that tells which export and line it is; it is found again "
    "from one copied row, and nobody without the key ring makes a mark that fits."
)


@pytest.fixture
def scene(committed_db: None, cast: Cast) -> Scene:
    return scenes.make_scene(cast)


@pytest.fixture
def owner(scene: Scene) -> Iterator[None]:
    with owners_database(begin=False):
        yield


def _copied(scene: Scene) -> dict[str, str]:
    """Mark → case number, of three exports as their recipient reads them."""
    found: dict[str, str] = {}
    for _ in range(workflow.MOST_IN_A_DAY):
        for row in rows_of(scene.opened(scene.fetch(scene.made()))):
            found[row["tanda"]] = row["Nomor kasus"]
    return found


def test_a_mark_leads_to_its_own_case(scene: Scene, owner: None) -> None:
    copied = _copied(scene)
    assert len(copied) == 12
    for mark, number in copied.items():
        found = queries.trace(mark.lower().replace("-", " "), using="owner")
        assert (found.case_number, found.maker, found.recipient) == (
            number, "Wahyuni Prabawati Uji", "Dinas Uji Kota",
        )  # fmt: skip
        assert found.fetched_at is not None


@pytest.mark.promise(CODE, chapter="web", sentence=SENTENCE)
def test_a_thousand_rows_are_traced_and_invented_ones_are_not(
    scene: Scene, figure: Callable[[str], None]
) -> None:
    chance = random.Random(21)
    wrong = taken = 0
    for _ in range(1_000):
        export_id, line = chance.randint(1, 500_000), chance.randint(1, 100)
        told, tail = marks.read_mark(marks.mark_of(export_id, line))
        wrong += (told, marks.line_of(told, tail, range(1, 101))) != (export_id, line)
        invented = "".join(chance.choice(ALPHABET) for _sign in range(6))
        taken += marks.line_of(export_id, invented, range(1, 101)) is not None
    assert (wrong, taken) == (0, 0)
    figure(f"1,000 random rows traced, {wrong} wrong; {taken} of 1,000 invented marks taken")


@pytest.mark.planted(CODE)
def test_a_mark_without_the_line_in_it_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: all rows of an export bear the same mark."""
    made = marks._tail
    monkeypatch.setattr(marks, "_tail", lambda export_id, line: made(export_id, 0))
    told, tail = marks.read_mark(marks.mark_of(7, 44))
    assert marks.line_of(told, tail, range(1, 100)) != 44


def test_an_unknown_mark_is_said_to_be_unknown(
    scene: Scene, owner: None, capsys: pytest.CaptureFixture[str]
) -> None:
    row = scene.made()
    known = marks.mark_of(row.id, 1)
    altered = known[:-1] + ("0" if known[-1] != "0" else "2")
    for mark in ("", "EK", "apa ini", "RK-7F3K-9QXT-ABCDEF", altered, marks.mark_of(999, 1),
                 marks.mark_of(row.id, 5)):  # fmt: skip
        with pytest.raises(UnknownMark):
            queries.trace(mark, using="owner")


def test_the_command_tells_it(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    row = scene.made()
    known = marks.mark_of(row.id, 2)
    assert main(["export", "trace", known]) == 0
    told = capsys.readouterr().out
    case_id = scalar(
        "select case_id from exchange_exportcase where export_id = %s and line = 2", row.id
    )
    assert custody.case_number(case_id) in told
    assert "Wahyuni" in told and "Dinas Uji Kota" in told and "uji-semarang" in told
    assert main(["export", "trace", known, "EK-0000-0001-000000"]) == 1
    assert "no mark of an export of this house" in capsys.readouterr().out


def test_a_breach_pack_names_the_tables_that_held_a_case(scene: Scene, tmp_path: Path) -> None:
    scene.fetch(scene.made())
    reader, number = pyrage.x25519.Identity.generate(), custody.case_number(scene.case_ids[0])
    out = tmp_path / "pack.age"
    done = main(
        ["breach", "--since", "2020-01-01", "--until", "2099-01-01", "--case", number, "--to",
         str(reader.to_public()), "--out", str(out)]
    )  # fmt: skip
    assert done == 0
    pack = zipfile.ZipFile(io.BytesIO(pyrage.decrypt(out.read_bytes(), [reader])))
    (export,) = rows_of(pack.read("exports.csv"))
    (row,) = rows_of(pack.read("export-rows.csv"))
    assert (export["for"], export["state"], row["case"]) == ("Dinas Uji Kota", "fetched", number)
    assert row["export"] == export["export"]
