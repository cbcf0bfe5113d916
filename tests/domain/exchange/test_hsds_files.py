"""Files of the directory: bad ones are refused with a reason, good ones change what they say."""

from __future__ import annotations

import argparse
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from tests.api.hsds_scene import Scene, build
from tests.people import NOW, Cast

from rangkul.commands import directory
from rangkul.exchange.hsds import bringing, files, mapping, package
from rangkul.exchange.hsds.files import FileRefused
from rangkul.exchange.hsds.mapping import Setting
from rangkul.foundation.errors import RangkulError
from rangkul.network import queries as network
from rangkul.network.models import DirectoryChange
from rangkul.trail.models import Act


@pytest.fixture
def scene(cast: Cast, committed_db: None) -> Scene:
    return build()


def known() -> list[network.DeskEntry]:
    return [
        each
        for each in network.list_entries_of(None, using="owner")
        if each.agency.code.startswith("hsds-")
    ]


def tables() -> dict[str, bytes]:
    entries = known()
    return package.csv_files(entries, Setting.of(entries, at=NOW))


def zipped(contents: dict[str, bytes]) -> bytes:
    return package.zipped(contents)


def plan_of(contents: dict[str, bytes]) -> bringing.Plan:
    with translation.override("en"):
        return bringing.plan(files.read(zipped(contents), "x.zip"), known(), by=None)


def with_words(name: str, old: str, new: str) -> dict[str, bytes]:
    made = tables()
    assert old.encode() in made[name], old
    return made | {name: made[name].replace(old.encode(), new.encode())}


def test_what_was_written_changes_nothing(scene: Scene) -> None:
    entries = known()
    plan = plan_of(tables())
    assert (plan.remarks, plan.changes, plan.unchanged) == ([], [], len(entries))
    said = package.json_file(entries, Setting.of(entries, at=NOW))
    again = bringing.plan(files.read(said, "organizations.json"), entries, by=None)
    assert (again.remarks, again.changes) == ([], [])


@pytest.mark.parametrize(
    ("name", "old", "new", "field", "value"),
    [
        ("phones.csv", "0840 1000 1", "0840 7", "phone", "0840 7"),
        ("phones.csv", "+62 840 1000 2", "+62 840 7", "whatsapp", "+62 840 7"),
        ("addresses.csv", "Jalan Uji 1", "Jalan Uji 2", "address", "Jalan Uji 2"),
        ("accessibility.csv", "Pintu samping", "Pintu depan", "access_notes", "Pintu depan"),
        ("schedules.csv", "Telepon dahulu", "Datang saja", "hours_note", "Datang saja"),
        ("languages.csv", "Tetun,tet", "Inggris,eng", "languages", ["ind", "eng"]),
        ("locations.csv", "Layanan Uji", "Layanan Baru", "name", "Layanan Baru"),
        ("locations.csv", "https://kantor-uji.example", "https://baru.example", "website",
         "https://baru.example"),
        ("schedules.csv", "16:00+08:00", "17:30+08:00", "hours",
         {str(d): [["08:00", "12:00"], ["13:00", "17:30"]] for d in range(1, 6)}),
    ],
)  # fmt: skip
def test_a_table_corrects_a_desk(
    scene: Scene, name: str, old: str, new: str, field: str, value: Any
) -> None:
    plan = plan_of(with_words(name, old, new))
    assert plan.remarks == []
    (change,) = plan.changes
    assert (change.desk_id, dict(change.after)) == (scene.office.id, {field: value})


def test_a_table_alone_touches_nothing_else(scene: Scene) -> None:
    only = {"locations.csv": with_words("locations.csv", "Layanan Uji", "Baru")["locations.csv"]}
    (change,) = plan_of(only).changes
    assert dict(change.after) == {"name": "Baru"}


def test_a_service_alone_leaves_the_others_alone(scene: Scene) -> None:
    entries = known()
    (office,) = [each for each in entries if each.desk.id == scene.office.id]
    (offer,) = [o for o in mapping.offers_of(office) if o.service == "psikologi"]
    said = mapping.full_service(office, offer, Setting.of(entries, at=NOW)) | {"maximum_age": 25}
    plan = bringing.plan(files.read(json.dumps(said).encode(), ""), entries, by=None)
    (change,) = plan.changes
    assert plan.remarks == []
    assert {o["service"]: o["age_max"] for o in change.after["services"]} == {
        "psikologi": 25, "bantuan_hukum": 200, "medis": 200,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("schedules.csv", "08:00+08:00", "soon", "Times are written"),
        ("schedules.csv", "08:00+08:00", "08:00+07:00", "own zone"),
        ("schedules.csv", "12:00+08:00", "07:00+08:00", "later end"),
        ("schedules.csv", "FR", "XX", "weekdays"),
        ("schedules.csv", "WEEKLY", "MONTHLY", "by the week"),
        ("languages.csv", "Tetun,tet", "Klingon,tlh", "languages"),
        (
            "service_areas.csv",
            "urn:rangkul:wilayah:53.71",
            "urn:rangkul:wilayah:99",
            "areas is not",
        ),
        ("services.csv", ",17,", ",young,", "whole numbers"),
        ("services.csv", ",17,", ",900,", "lowest age"),
        ("locations.csv", "-10.17", "99.5", "not on the map"),
        ("locations.csv", "-10.17", "north", "not on the map"),
        ("locations.csv", "https://kantor-uji.example", "ftp://x", "website"),
        ("phones.csv", "0840 1000 1", "0" * 40, "32 signs"),
        ("addresses.csv", "Jalan Uji 1", "J" * 300, "longer than 240"),
    ],
)
def test_what_cannot_be_is_said_by_line(
    scene: Scene, name: str, old: str, new: str, words: str
) -> None:
    plan = plan_of(with_words(name, old, new))
    assert any(words in remark.sentence for remark in plan.remarks), plan.remarks
    assert plan.remarks[0].where.startswith(("schedules", "languages", "service", "locations",
                                             "phones"))  # fmt: skip


def test_a_shelter_gets_no_address_and_a_stranger_no_desk(scene: Scene) -> None:
    shelter = mapping.location_id(scene.shelter.code)
    made = with_words("addresses.csv", mapping.location_id(scene.office.code), shelter)
    assert any("shelter" in remark.sentence.lower() for remark in plan_of(made).remarks)
    stranger = "11111111-2222-3333-4444-555555555555"
    made = with_words("locations.csv", shelter, stranger)
    said = " ".join(remark.sentence for remark in plan_of(made).remarks)
    assert "names no desk of yours" in said
    assert "does not name" in said


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("services.csv", "locations.csv"):
            archive.writestr(name, b"0" * (files.MOST_OPENED - 1024 * 1024))
    return out.getvalue()


def archive_of(**contents: str) -> bytes:
    return zipped({f"{name}.csv": text.encode() for name, text in contents.items()})


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (lambda: b"", "empty"),
        (lambda: b" " * (files.MOST_BYTES + 1), "too_large"),
        (lambda: b"hello", "unknown_kind"),
        (lambda: b"PK\x03\x04 nothing", "broken"),
        (bomb, "too_much"),
        (lambda: zipped({f"{n}.txt": b"x" for n in range(61)}), "too_much"),
        (lambda: zipped({"readme.txt": b"x"}), "no_tables"),
        (lambda: zipped({"a/phones.csv": b"id", "b/phones.csv": b"id"}), "twice"),
        (lambda: archive_of(phones="id,number,colour\n1,2,red"), "columns"),
        (lambda: archive_of(phones="number\n1"), "columns"),
        (lambda: archive_of(phones="id,number\n1,2,3"), "cells"),
        (lambda: archive_of(phones="id,number\n1,=1+1"), "formula"),
        (lambda: archive_of(phones="id,description\n1,@SUM(A1)"), "formula"),
        (lambda: archive_of(phones='id,number\n1,"2'), "broken"),
        (lambda: archive_of(phones=f"id,number\n1,{'2' * 3000}"), "too_long"),
        (lambda: archive_of(phones="id,number\n1,2\x00"), "control"),
        (lambda: zipped({"phones.csv": "id,number\n1,Kaf\xe9".encode("latin-1")}), "encoding"),
        (lambda: b"[" * 200_000, "broken"),
        (lambda: b'{"id": NaN}', "broken"),
        (lambda: b"[]", "unknown_kind"),
        (lambda: b"[1]", "unknown_kind"),
        (lambda: b'{"id": "1", "name": {"a": 1}}', "cells"),
        (lambda: b'{"id": "1", "locations": 5}', "unknown_kind"),
        (lambda: b'[{"id": "1", "name": "a"}, {"id": "1", "name": "b"}]', "differs"),
    ],
)  # fmt: skip
def test_bad_files_are_refused_as_a_whole(content: Any, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        files.read(content(), "berkas")
    assert refused.value.code == code


def test_semicolons_and_a_bom_of_office_programs_are_read(scene: Scene) -> None:
    made = tables()
    text = made["phones.csv"].decode().replace(",", ";")
    only = {"phones.csv": "\ufeff".encode() + text.encode(), "locations.csv": made["locations.csv"]}
    plan = plan_of(only)
    assert (plan.remarks, plan.changes) == ([], [])


# -- the command ------------------------------------------------------------------------------


def command(*words: str) -> int:
    parser = argparse.ArgumentParser()
    directory.arguments(parser)
    return directory.run(parser.parse_args(words))


def contents(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in sorted(folder.iterdir())}


@pytest.mark.parametrize("form", ["json", "csv"])
def test_out_and_in_and_out_again_is_the_same(
    scene: Scene, tmp_path: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    assert command("export", str(first), "--format", form, "--all") == 0
    assert command("import", str(first)) == 0
    assert "0 desk(s) differ" in capsys.readouterr().out
    assert command("export", str(second), "--format", form, "--all") == 0
    assert contents(first) == contents(second)
    assert not DirectoryChange.objects.using("owner").exists()


def test_a_correction_goes_in_by_the_operator(
    scene: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command("export", str(tmp_path / "a"), "--format", "csv", "--agency", "hsds-kantor")
    assert b"Meja Tersembunyi" not in (tmp_path / "a" / "locations.csv").read_bytes()
    phones = tmp_path / "a" / "phones.csv"
    phones.write_bytes(phones.read_bytes().replace(b"0840 1000 1", b"0840 7"))
    command("import", str(tmp_path / "a"), "--dry-run")
    assert "phone: '0840 1000 1' -> '0840 7'" in capsys.readouterr().out
    assert not DirectoryChange.objects.using("owner").exists()
    command("import", str(tmp_path / "a"))
    (change,) = DirectoryChange.objects.using("owner").all()
    assert (change.kind, change.before, change.after, change.by_user) == (
        "imported", {"phone": "0840 1000 1"}, {"phone": "0840 7"}, None,
    )  # fmt: skip
    assert Act.objects.using("owner").filter(name="network.entry_brought").count() == 1


def test_one_bad_line_keeps_everything_out(scene: Scene, tmp_path: Path) -> None:
    command("export", str(tmp_path / "a"), "--format", "csv", "--all")
    for name, old, new in (("phones.csv", b"0840 1000 1", b"0840 7"),
                           ("languages.csv", b"Tetun,tet", b"Klingon,tlh")):  # fmt: skip
        table = tmp_path / "a" / name
        table.write_bytes(table.read_bytes().replace(old, new))
    with pytest.raises(RangkulError, match="nothing was changed"):
        command("import", str(tmp_path / "a"))
    assert not DirectoryChange.objects.using("owner").exists()
    with pytest.raises(RangkulError, match="there is no"):
        command("import", str(tmp_path / "nowhere"))
