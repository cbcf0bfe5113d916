"""The shipped forms as computed: like the Python rules, explained by line, never falsely calm."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Final

import pytest
from tests.unit.assessments import shipped
from tests.unit.assessments.forms import NOW, TODAY
from tests.unit.assessments.shipped import CODES
from tests.unit.assessments.shipped_filling import (
    GATES,
    filled,
    form,
    random_answers,
    sheets_of,
)

from rangkul.assessments import rk01_triase, rk02_tppo, rk11_tutup
from rangkul.assessments.checking import Checked
from rangkul.assessments.instrument import Instrument, clean
from rangkul.assessments.xpath import Node, Setting

ALL: Final = pytest.mark.parametrize("code", CODES)


def firing(code: str, outcome: Checked) -> list[tuple[str, str]]:
    """(level, name) of every reason that holds for a checked filling."""
    made, declared = form(code)
    root = Node(made.root)
    values = {key: " ".join(codes) for key, codes in outcome.values.items()} | dict(
        outcome.computed
    )
    grown = {"": root}
    for path, item in made.items.items():
        key = made.key(path)
        grown[key] = Node(item.name, values.get(key, ""), grown[key.rpartition("/")[0]])
    setting = Setting(root, root, root, made, TODAY, NOW)
    return [(line.level, line.name) for line in declared.reasons if line.when.holds(setting)]


def results(code: str, answers: Mapping[str, str]) -> dict[str, str]:
    outcome = filled(code, answers)
    assert outcome.fits, outcome.problems
    return {key.rpartition("/")[2]: value for key, value in outcome.computed.items()}


PYTHON: Final[dict[str, Instrument]] = {
    "rk01_triase": rk01_triase.INSTRUMENT,
    "rk02_tppo": rk02_tppo.INSTRUMENT,
    "rk11_tutup": rk11_tutup.INSTRUMENT,
}


@pytest.mark.parametrize("code", list(PYTHON))
def test_forms_agree_with_the_rules_in_python(code: str) -> None:
    """Two thousand fillings of each form, the same on every run."""
    instrument, chance = PYTHON[code], random.Random(code)
    met: set[str] = set()
    for _ in range(2_000):
        answers = random_answers(code, chance)
        raw = {name: value.split() for name, value in answers.items()}
        by_python = {n: str(v) for n, v in instrument.compute(clean(instrument, raw)).items()}
        by_form = results(code, answers)
        assert by_form == by_python, answers
        met |= {by_form.get("saran", ""), by_form.get("hasil", "")}
    assert met - {""} == set(shipped.choices(sheets_of(code))[_result(code)])


COUNTED: Final = {
    "rk01_triase": ("merah", "kuning", "gelap"),
    "rk02_tppo": ("lemah", "bendera"),
    "rk03_bps": ("tekanan",),
    "rk04_kebutuhan": ("mendesak",),
    "rk05_laki": ("beban",),
    "rk07_hasil": ("turun",),
}
"""Counts whose reasons are told one by one."""

CALM: Final = {
    "rendah", "pantau", "rencana_7_hari", "dapat_diputuskan", "lanjut", "dapat_pulang",
    "lanjut_jadwal", "dapat_ditutup", "belum_ada_indikasi", "tidak_dipulangkan", "pintu_terbuka",
    "putusan_penyelia", "cari_alternatif", "terima",
}  # fmt: skip
"""Results that need no cause to be named beside them."""


@ALL
def test_every_result_is_explained_line_by_line(code: str) -> None:
    chance = random.Random(f"{code} reasons")
    for _ in range(120):
        outcome = filled(code, random_answers(code, chance))
        assert outcome.fits, outcome.problems
        fired = firing(code, outcome)
        for count in COUNTED.get(code, ()):
            told = sum(level == count for level, _name in fired)
            assert told == int(outcome.computed[count]), (count, fired)
        result = outcome.computed.get("saran", outcome.computed.get("hasil", "rendah"))
        assert result in CALM or any(level for level, _name in fired), (result, outcome.values)
        assert code == "rk12_hambatan" or ("", _advice(code, result)) in fired


def _advice(code: str, result: str) -> str:
    return f"{_result(code)}_{result}"


def _result(code: str) -> str:
    """The calculation that is a form's last word."""
    return "hasil" if code == "rk02_tppo" else "saran"


SAFE: Final = {
    "rendah", "pantau", "dapat_diputuskan", "lanjut", "dapat_pulang", "lanjut_jadwal",
    "dapat_ditutup", "belum_ada_indikasi", "terima",
}  # fmt: skip


def not_known(code: str) -> Iterator[dict[str, str]]:
    """Nothing asked; everything declined; everything not known."""
    codes = shipped.codes_of(sheets_of(code))
    met = {"temu": "bertemu"} if code == "rk10_kunjungan" else {}
    yield {**GATES, **met}
    for answer in ("menolak", "tidak_tahu"):
        asked = (row["name"] for row in shipped.items(sheets_of(code)))
        silent = {name: answer for name in asked if answer in codes.get(name, ())}
        yield {**silent, **GATES, **met}


@ALL
def test_what_is_not_known_is_never_counted_as_safe(code: str) -> None:
    for answers in not_known(code):
        found = results(code, answers)
        assert not {found.get("saran"), found.get("hasil")} & SAFE, answers


RETURNING: Final = {
    "ingin": "rumah", "g_pelaku": "tidak", "g_keluarga": "tidak", "g_agen": "tidak",
    "g_ancam": "tidak", "g_tagih": "tidak", "g_stigma": "tidak_ada", "g_penyidik": "ada",
    "g_terima": "ya", "g_rumah": "ya", "g_nafkah": "ya", "g_obat": "ya", "g_anak": "bukan_anak",
    "g_cek": "kunjungan", "g_rencana": "Telepon pendamping; kata sandi disepakati.",
}  # fmt: skip


def test_return_waits_for_what_is_not_known() -> None:
    assert results("rk09_asal", RETURNING | GATES)["saran"] == "dapat_pulang"
    for first in ("g_agen", "g_tagih"):
        less = {name: value for name, value in RETURNING.items() if name not in (first, "g_stigma")}
        assert results("rk09_asal", less | GATES)["saran"] == "lengkapi_dulu"
    without_plan = {name: value for name, value in RETURNING.items() if name != "g_rencana"}
    assert results("rk09_asal", without_plan | GATES)["saran"] == "lengkapi_dulu"


DECIDED: Final = {"wali_aman": "tidak", "panel": "peksos psikolog hukum"}


def test_a_child_that_can_speak_is_heard_before_a_decision() -> None:
    for more, expected in (
        ({"umur": "9"}, "baru_penilaian"),
        ({}, "baru_penilaian"),
        ({"umur": "2"}, "dapat_diputuskan"),
        ({"umur": "9", "suara": "Ingin dekat kakak."}, "dapat_diputuskan"),
    ):
        assert results("rk06_kia", DECIDED | more | GATES)["saran"] == expected, more


MEASUREMENTS: Final = ("tidur", "aman", "fungsi", "tenang", "percaya", "terima", "pilih", "harapan")


def test_a_blank_measurement_is_neither_zero_nor_a_fall() -> None:
    before = {f"awal_{name}": "3" for name in MEASUREMENTS}
    found = results("rk07_hasil", before | {"o_mati": "tidak"} | GATES)
    assert (found["turun"], found["saran"]) == ("0", "belum_lengkap")
    same = before | {f"o_{name}": "3" for name in MEASUREMENTS} | {"o_mati": "tidak"}
    assert results("rk07_hasil", same | GATES)["saran"] == "lanjut"
    assert results("rk07_hasil", same | {"o_aman": "0"} | GATES)["saran"] == "triase_hari_ini"


def test_without_agreement_nothing_is_kept_and_desk_work_needs_none() -> None:
    said = {"p_mati": "ya", "h_privat": "ya", "h_aman": "ya"}
    refused = filled("rk03_bps", said | {"h_setuju": "tidak"})
    assert refused.fits
    assert not any(key.startswith("isi/") for key in refused.values)
    assert not filled("rk03_bps", {"p_mati": "ya"}).fits
    desk = filled("rk03_bps", {"p_mati": "ya", "h_cara": "berkas"})
    assert desk.fits
    assert desk.computed["saran"] == "kesehatan_jiwa_hari_ini"


def test_danger_is_asked_before_any_gate() -> None:
    outcome = filled("rk01_triase", {"bahaya_kini": "ya"})
    assert outcome.fits
    assert outcome.computed["saran"] == "tinggi"


def test_none_stands_alone() -> None:
    said = GATES | {"t_bentuk": "kapal belum_tahu"}
    assert [p.where for p in filled("rk02_tppo", said).problems] == ["isi/tujuan_bagian/t_bentuk"]


def test_a_refused_place_names_another() -> None:
    refused = filled("rk08_hunian", GATES | {"putus": "tidak"})
    assert [problem.where for problem in refused.problems] == ["isi/keputusan/alasan"]
    assert filled("rk08_hunian", GATES | {"putus": "tidak", "alasan": "Rumah aman lain"}).fits


def test_a_visit_that_met_nobody_asks_for_no_agreement() -> None:
    outcome = filled("rk10_kunjungan", {"ke": "bulan_1", "temu": "tidak_ada"})
    assert outcome.fits
    assert outcome.computed["saran"] == "telusuri_3_hari"
    assert not filled("rk10_kunjungan", {"ke": "bulan_1", "temu": "bertemu"}).fits
