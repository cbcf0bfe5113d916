"""The shipped forms: whole by the design's table, in both languages, and asked with care.

``shipped_design.csv`` is the design written down a second time, item by item; what differs from it
on purpose is named here with its reason, so that a lost item, choice or rule fails.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from pyxform.errors import PyXFormError
from pyxform.validators.odk_validate import ODKValidateError
from tests.unit.assessments import shipped
from tests.unit.assessments.shipped import CODES, Sheets, faults, read

from rangkul import reference
from rangkul.assessments import rk02_tppo
from rangkul.reference.services import SERVICES

ALL: Final = pytest.mark.parametrize("code", CODES)

# --- the design, item by item ---------------------------------------------------------------------

TABLE: Final = Path(__file__).with_name("shipped_design.csv")
FINANCE: Final = {
    "c_utang", "t_upah", "f_biaya", "e_utang", "n_utang", "utang_jumlah", "utang_tekan",
    "upah_hilang", "o_pendapatan", "o_utang", "g_tagih",
}  # fmt: skip
"""Debts and income are specific data (UU 27/2022 art. 4): *finance* wherever the table says."""

MENDED: Final = {
    ("rk01_triase", "alasan_nilai", "shown_when"): "shown for a lower judgement, not for none",
    ("rk02_tppo", "tetap_oleh", "shown_when"): "not asked while no determination is entered",
    ("rk02_tppo", "tetap_tgl", "shown_when"): "not asked while no determination is entered",
    ("rk08_hunian", "alasan", "shown_when"): "not asked while there is no decision",
    ("rk03_bps", "saran", "calculation"): "three feelings not asked are not *pantau*",
    ("rk05_laki", "saran", "calculation"): "three burdens not asked are not *pantau*",
    ("rk06_kia", "saran", "calculation"): "no decision without the child's voice",
    ("rk07_hasil", "turun", "calculation"): "a blank measurement is not a fall to zero",
    (
        "rk07_hasil",
        "saran",
        "calculation",
    ): "a blank is not 0, and three not asked are not *lanjut*",
    ("rk09_asal", "kurang", "calculation"): "what is not known about agent and debt is not safe",
    ("rk09_asal", "saran", "calculation"): "nobody leaves without a safety plan",
}
"""(form, item, column) → why the form says more than the table; each is known to differ."""

ADDED: Final = {
    "rk02_tppo": {f"{name}_b" for name in rk02_tppo.FLAG_NAMES},
    "rk03_bps": {"gelap"},
    "rk05_laki": {"gelap"},
    "rk07_hasil": {"gelap"} | {f"awal_{name}" for name in (
        "tidur", "aman", "fungsi", "tenang", "percaya", "terima", "pilih", "harapan")},
}  # fmt: skip
"""What stands on a form beside the table: evidence of flags, baselines, counts of blanks."""


def table() -> dict[str, dict[str, dict[str, str]]]:
    """Form → item → the design's row; Block H belongs to every form."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["form"], {})[row["name"]] = row
    return {code: found["h"] | rows for code, rows in found.items() if code != "h"}


def plain(expression: str) -> str:
    return "".join(expression.split())


def differences(code: str, sheets: Sheets) -> dict[tuple[str, str], tuple[str, str]]:
    """(item, column) → what the design says and what the form says, where they differ."""
    design = table()[code]
    rows = {row["name"]: row for row in sheets["survey"] if row["type"] != "note"}
    codes = shipped.codes_of(sheets)
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for name, wanted in design.items():
        row = rows.get(name, {"type": "(missing)"})
        sealed = "finance" if name in FINANCE else wanted["sealed"]
        pairs = {
            "type": (wanted["type"].split()[0], row["type"].split()[0]),
            "choices": (
                wanted["choices"],
                "" if row["type"] == "calculate" else " ".join(codes.get(name, ())),
            ),
            "sealed": ("contact" if name == "h_bahasa" else sealed, row.get("bind::rk:sealed", "")),
            "core": (wanted["core"], row.get("bind::rk:core", "")),
            "calculation": (plain(wanted["calculation"]), plain(row.get("calculation", ""))),
        }
        if wanted["form"] != "h":
            pairs["shown_when"] = (plain(wanted["shown_when"]), plain(row.get("relevant", "")))
        found |= {(name, column): pair for column, pair in pairs.items() if pair[0] != pair[1]}
    return found


def test_there_are_twelve() -> None:
    assert set(CODES) == set(table())
    assert len(CODES) == 12


@ALL
def test_no_item_of_the_design_is_lost_and_none_is_invented(code: str) -> None:
    sheets = read(code)
    names = {row["name"] for row in shipped.items(sheets)}
    assert names == set(table()[code]) | ADDED.get(code, set())


@ALL
def test_each_item_is_as_the_design_has_it(code: str) -> None:
    mended = {(name, column) for form, name, column in MENDED if form == code}
    assert set(differences(code, read(code))) == mended


@pytest.mark.parametrize(
    ("form", "item", "column", "value"),
    [
        ("rk01_triase", "cekik", "bind::rk:sealed", ""),
        ("rk01_triase", "merah", "calculation", "(${luka}='ya')"),
        ("rk02_tppo", "t_tolak", "type", "text"),
        ("rk04_kebutuhan", "n_aman", "name", "n_nyaman"),
        ("rk06_kia", "wali_ganti", "relevant", "${wali_aman}='ya'"),
        ("rk08_hunian", "kenal", "bind::rk:core", ""),
    ],
)
def test_a_changed_item_is_seen(form: str, item: str, column: str, value: str) -> None:
    sheets = read(form)
    before = differences(form, sheets)
    row = next(row for row in sheets["survey"] if row.get("name") == item)
    row[column] = value
    assert differences(form, sheets) != before


def test_a_lost_choice_is_seen() -> None:
    sheets = read("rk02_tppo")
    sheets["choices"] = [row for row in sheets["choices"] if row["name"] != "organ"]
    assert ("t_bentuk", "choices") in differences("rk02_tppo", sheets)


# --- words, names, care ---------------------------------------------------------------------------


@ALL
def test_nothing_is_wrong_with_it(code: str) -> None:
    assert faults(read(code)) == []


def survey(name: str, /, **changed: str) -> Callable[[Sheets], None]:
    def plant(sheets: Sheets) -> None:
        row = next(row for row in sheets["survey"] if row.get("name") == name)
        for head, text in changed.items():
            row[{"label_en": shipped.LABELS[1], "label_id": shipped.LABELS[0]}.get(head, head)] = (
                text
            )

    return plant


def sheet(name: str, /, **changed: str) -> Callable[[Sheets], None]:
    return lambda sheets: sheets[name][0].update(changed)


def without(name: str, row: str) -> Callable[[Sheets], None]:
    def plant(sheets: Sheets) -> None:
        sheets[name] = [entry for entry in sheets[name] if entry["name"] != row]

    return plant


def guidance_gone(sheets: Sheets) -> None:
    row = next(row for row in sheets["survey"] if row.get("name") == "cekik")
    del row[f"guidance_hint::{shipped.EN}"]


PLANTED: Final = {
    "a missing translation": (survey("luka", label_en=""), "luka: label in one language only"),
    "a choice without English": (sheet("choices", **{shipped.LABELS[1]: " "}), "one language only"),
    "a reason without English": (sheet("reasons", **{"text::en": ""}), "in one language only"),
    "an unknown name": (survey("alasan_nilai", relevant="${nilai}='rendah'"), "no such item nilai"),
    "an unknown name in a reason": (sheet("reasons", when="${lukaa}='ya'"), "no such item lukaa"),
    "an unknown code": (sheet("reasons", when="${luka}='iya'"), "luka has no choice iya"),
    "an unknown code, selected": (
        sheet("contradictions", when="selected(${rentan}, 'balita')"),
        "rentan has no choice balita",
    ),
    "an unknown list": (survey("luka", type="select_one ytt"), "luka: no list select_one ytt"),
    "an unknown class": (survey("luka", **{"bind::rk:sealed": "medical"}), "unknown class medical"),
    "an unknown service": (sheet("reasons", service="dokter"), "unknown service dokter"),
    "an unknown level": (sheet("reasons", level="biru"), "unknown level biru"),
    "an unknown item of a reason": (sheet("reasons", items="lukaa"), "no such item lukaa"),
    "a clock of no time": (sheet("reasons", clock_hours="0"), "no such clock"),
    "a function of one engine only": (
        survey("saran", calculation="pulldata('a', 'b', 'c', ${luka})"),
        "the function pulldata",
    ),
    "a result that is never said": (
        survey("saran", calculation="if(${merah}>0, 'tinggi', 'sedang')"),
        "saran: never says rendah",
    ),
    "a question that may not be asked": (
        survey("meningkat", label_id="Mengapa Anda bertahan?"),
        "meningkat: banned words",
    ),
    "the same in English": (survey("meningkat", label_en="Why did you stay?"), "banned words"),
    "no guidance": (guidance_gone, "cekik: guidance_hint in one language only"),
    "a demanded answer": (survey("cekik", required="yes"), "cekik: only gates are required"),
    "no words for a reporter": (without("about", "cekik"), "cekik: no wording for a reporter"),
    "two of one name": (survey("luka", name="cekik"), "cekik: named twice"),
    "no note at the head": (survey("ket_kepala", name="kepala"), "note at the head is missing"),
    "no advice on a result": (without("reasons", "saran_tinggi"), "saran: no advice on tinggi"),
}


@pytest.mark.parametrize("fault", list(PLANTED))
def test_a_planted_fault_is_found(fault: str) -> None:
    plant, told = PLANTED[fault]
    sheets = read("rk01_triase")
    plant(sheets)
    assert any(told in found for found in faults(sheets)), faults(sheets)


# --- judged by others -----------------------------------------------------------------------------


def test_pyxform_and_where_java_is_odk_validate_have_nothing_to_say(tmp_path: Path) -> None:
    judges = shipped.validators(tmp_path)
    assert "pyxform" in judges
    said = {(name, code): judge(read(code)) for name, judge in judges.items() for code in CODES}
    assert said == {key: [] for key in said}


def test_each_judge_refuses_a_broken_form(tmp_path: Path) -> None:
    sheets = read("rk12_hambatan")
    row = next(row for row in sheets["survey"] if row.get("name") == "lama")
    row["relevant"] = "${akibat}='tertunda' and ("
    for judge in shipped.validators(tmp_path).values():
        row["type"] = "integer" if judge.__name__ == "by_odk" else "whole number"
        with pytest.raises((PyXFormError, ODKValidateError)):
            judge(sheets)


# --- one list of services, one list of HTCDS codes ------------------------------------------------


def advised(code: str) -> set[tuple[str, str]]:
    """(service, expression) of every reason that names a service, expressions without spaces."""
    rows = read(code)["reasons"]
    return {(row["service"], plain(row["when"])) for row in rows if "service" in row}


POINTERS: Final = sorted(
    (pointer, service.code.value) for service in SERVICES.values() for pointer in
    service.recommended_by
)  # fmt: skip


@pytest.mark.parametrize(("pointer", "service"), POINTERS)
def test_forms_recommend_what_the_list_of_services_says(pointer: str, service: str) -> None:
    """``rk04:n_sehat``, ``rk04:mau=kesehatan``, ``rk08:saran=rumah_sakit_dulu``."""
    form, _, asked = pointer.partition(":")
    item, _, value = asked.partition("=")
    code = next(code for code in CODES if code.startswith(form))
    spelled = (f"${{{item}}}='{value}'", f"selected(${{{item}}},'{value}')")
    wanted = spelled if value else (f"${{{item}}}=",)
    assert any(
        service == named and any(text in when for text in wanted) for named, when in advised(code)
    )


HTCDS: Final = Path(reference.__file__).parent / "data" / "codes"
FREE: Final = {"spl_Objectives", "cas_ReasonForCaseClosure"}
"""Fields of HTCDS 2.0 that hold text."""


@ALL
def test_what_is_mapped_to_htcds_has_its_codes(code: str) -> None:
    sheets = read(code)
    for row in sheets["survey"]:
        field = row.get("bind::rk:htcds")
        if field is None or field in FREE:
            continue
        with (HTCDS / f"htcds.{field}.csv").open(encoding="utf-8", newline="") as file:
            known = {entry["code"] for entry in csv.DictReader(file)}
        ours = [
            choice["htcds"]
            for choice in sheets["choices"]
            if choice["list_name"] == row["type"].split()[1] and "htcds" in choice
        ]
        mapped = [row["bind::rk:htcds_code"]] if "bind::rk:htcds_code" in row else ours
        assert mapped, row["name"]
        assert set(mapped) <= known, row["name"]
