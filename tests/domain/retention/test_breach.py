"""The breach pack: whole, sealed to one recipient, recorded, and without a survivor's name."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyrage
import pytest
from tests.domain.retention import scene
from tests.people import Cast, names
from tests.world import SECRETS, World, build

from rangkul.cases import operations as cases
from rangkul.commands.cli import main
from rangkul.foundation import hour
from rangkul.foundation.scope import acting
from rangkul.retention import breach, queries


@pytest.fixture
def seen(ring_path: Path, cast: Cast) -> World:
    """Ratih has read the notes of the file that she carries."""
    world = build(cast)
    with acting(cast.ratih):
        cases.read_notes(case_id=world.case_id, by=cast.ratih, at=hour.now())
    return world


def pack(world: World, out: Path, identity: pyrage.x25519.Identity, *more: str) -> dict[str, str]:
    """As an operator types it, and as the recipient opens it."""
    done = main(
        ["breach", "--since", "2020-01-01", "--until", "2099-01-01", "--to",
         str(identity.to_public()), "--out", str(out), *more]
    )  # fmt: skip
    assert done == 0
    archive = zipfile.ZipFile(io.BytesIO(pyrage.decrypt(out.read_bytes(), [identity])))
    return {name: archive.read(name).decode() for name in archive.namelist()}


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.promise(
    "breach-pack", chapter="rights",
    sentence="One command says who did what when, whose data were in reach and how to tell each "
    "safely, in a file that only its recipient opens.",
)  # fmt: skip
def test_one_command_packs_everything_and_names_nobody(
    seen: World, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    identity = pyrage.x25519.Identity.generate()
    out = tmp_path / "pack.age"
    files = pack(seen, out, identity, "--user", "ratih")
    rows = {row["case"]: row for row in table(files["cases.csv"])}
    ours = rows[seen.case_number]
    assert "account" in ours["classes_shown"]
    assert ours["how_to_tell"]
    assert any(act["act"] == "notes.read" for act in table(files["acts.csv"]))
    assert json.loads(files["summary.json"])["tell_within_hours"] == 72
    assert "not sealed" in files["trail-proof.txt"]
    everything = "\n".join(files.values())
    assert [secret for secret in SECRETS if secret in everything] == []
    assert out.stat().st_mode & 0o777 == 0o600
    assert not any(name.encode() in out.read_bytes() for name in names())
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(out.read_bytes(), [pyrage.x25519.Identity.generate()])
    with acting(seen.cast.bagas):
        (known,) = queries.list_packs(seen.cast.bagas)
    assert known.detail["cases"] == len(rows)
    figure(
        f"{len(rows)} cases, {len(table(files['acts.csv']))} acts in one command; "
        f"0 of {len(SECRETS)} survivors' words in it"
    )


@pytest.mark.planted("breach-pack")
def test_a_pack_that_misses_who_read_is_seen(
    seen: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted: readings are taken for no acts."""
    gathered = breach._acts
    monkeypatch.setattr(
        breach, "_acts",
        lambda window, using: [a for a in gathered(window, using) if a["name"] != "notes.read"],
    )  # fmt: skip
    identity = pyrage.x25519.Identity.generate()
    files = pack(seen, tmp_path / "pack.age", identity, "--case", seen.case_number)
    assert not any(act["act"] == "notes.read" for act in table(files["acts.csv"]))


def test_a_wrong_key_a_wrong_name_and_a_file_that_stands_are_refused(
    seen: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = str(pyrage.x25519.Identity.generate().to_public())
    asked = ["breach", "--since", "2020-01-01", "--until", "2099-01-01", "--out"]
    assert main([*asked, str(tmp_path / "a.age"), "--to", "age1nonsense"]) == 1
    assert "no age key" in capsys.readouterr().err
    assert main([*asked, str(tmp_path / "a.age"), "--to", key, "--user", "nobody"]) == 1
    assert "not known here" in capsys.readouterr().err
    (tmp_path / "b.age").touch()
    assert main([*asked, str(tmp_path / "b.age"), "--to", key]) == 1
    assert "nothing was overwritten" in capsys.readouterr().err
    assert scene.scalar("select count(*) from trail_act where name = 'breach.packed'") == 0


def test_a_cell_is_no_formula() -> None:
    assert breach._csv([["=1+1", "+62", "@x", "-1", "plain"]]) == "'=1+1,'+62,'@x,'-1,plain\r\n"
