"""How a submitted form becomes answers, and how Block H opens and closes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.assessments import rk01_triase, rk02_tppo, rk11_tutup
from rangkul.assessments.answers import Answers, as_fragment
from rangkul.assessments.instrument import (
    AnswersUnreadable,
    Instrument,
    Kind,
    by_class,
    clean,
)
from rangkul.assessments.instruments.block_h import Verdict, gate, open_gates, parting

OPEN = {"h_privat": ["ya"], "h_aman": ["ya"], "h_setuju": ["ya"]}
ALL = (rk01_triase.INSTRUMENT, rk01_triase.TRIAGE, rk02_tppo.INSTRUMENT, rk11_tutup.INSTRUMENT)


def problems_of(instrument: Instrument, raw: dict[str, list[str]]) -> list[tuple[str, str]]:
    with pytest.raises(AnswersUnreadable) as caught:
        clean(instrument, raw)
    for problem in caught.value.problems:
        assert problem.text_id != problem.text_en
    return [(problem.item, problem.code) for problem in caught.value.problems]


def test_each_kind_of_fault_is_named_all_at_once() -> None:
    raw = {
        **OPEN,
        "usia": ["dewasa", "anak"],
        "proses": ["perekrutan", "melamun"],
        "c_tipu": ["mungkin"],
        "lintas": ["belum"],
        "t_belum": ["a" * 2001],
        "tetap": ["ditetapkan"],
        "tetap_tgl": ["17-03-2026"],
    }
    assert problems_of(rk02_tppo.INSTRUMENT, raw) == [
        ("usia", "several_answers"),
        ("proses", "unknown_code"),
        ("c_tipu", "unknown_code"),
        ("t_belum", "too_long"),
        ("tetap_tgl", "not_a_date"),
    ]


def test_only_gates_are_required() -> None:
    assert clean(rk02_tppo.INSTRUMENT, OPEN).values == {k: tuple(v) for k, v in OPEN.items()}
    assert problems_of(rk02_tppo.INSTRUMENT, {"h_privat": ["ya"]}) == [
        ("h_aman", "gate_open"),
        ("h_setuju", "gate_open"),
    ]
    assert problems_of(rk11_tutup.INSTRUMENT, {**OPEN, "h_aman": ["mungkin"]}) == [
        ("h_aman", "unknown_code"),
    ]


def test_work_on_a_file_has_no_gates() -> None:
    told = clean(rk11_tutup.INSTRUMENT, {"h_sumber": ["berkas"], "sebab": ["meninggal"]})
    assert open_gates(told) == ()
    assert gate(told).verdict is Verdict.GO_ON


def test_hidden_answers_are_dropped_with_a_note() -> None:
    told = clean(
        rk02_tppo.INSTRUMENT,
        {**OPEN, "lintas": ["dalam"], "f_visa": ["ya"], "f_visa_b": ["ucapan"]},
    )
    assert not told.given("f_visa")
    assert [note.item for note in told.notes] == ["f_visa", "f_visa_b"]
    assert "visa wisata" in told.notes[0].text_id


def test_blank_is_absent_and_several_answers_follow_the_list() -> None:
    told = clean(
        rk02_tppo.INSTRUMENT,
        {**OPEN, "c_tipu": [""], "proses": ["penerimaan", "perekrutan", "penerimaan"]},
    )
    assert not told.given("c_tipu")
    assert told.many("proses") == ("perekrutan", "penerimaan")


def test_text_is_tidied() -> None:
    told = clean(rk01_triase.TRIAGE, {"posisi": ["  Desa\x00 Sukamaju\r\nRT 2 "]})
    assert told.one("posisi") == "Desa Sukamaju\nRT 2"


@given(st.text(max_size=60))
def test_any_text_is_taken_or_named(text: str) -> None:
    told = clean(rk01_triase.TRIAGE, {"posisi": [text]})
    assert "\x00" not in told.one("posisi")
    assert clean(rk01_triase.TRIAGE, told.to_json()) == told


def test_answers_stand_apart_by_vault_class() -> None:
    told = Answers.of({"posisi": "Desa Sukamaju", "luka": "ya", "senjata": "tidak"})
    assert by_class(rk01_triase.INSTRUMENT, told) == {
        None: {"senjata": ["tidak"]},
        "location": {"posisi": ["Desa Sukamaju"]},
        "health": {"luka": ["ya"]},
    }


@pytest.mark.parametrize("instrument", ALL, ids=lambda instrument: instrument.code)
def test_every_item_speaks_both_languages(instrument: Instrument) -> None:
    for item in instrument.items:
        assert item.label_id.strip()
        assert item.label_en.strip()
        assert bool(item.hint_id) is bool(item.hint_en), item.name
        assert bool(item.about_id) is bool(item.about_en), item.name
        assert bool(item.choices) is (item.kind in (Kind.SELECT_ONE, Kind.SELECT_MULTIPLE))
        codes = [choice.code for choice in item.choices]
        assert len(set(codes)) == len(codes)
        assert all(choice.label_id and choice.label_en for choice in item.choices)


@pytest.mark.parametrize("instrument", ALL, ids=lambda instrument: instrument.code)
def test_nothing_asks_what_is_never_asked(instrument: Instrument) -> None:
    for item in instrument.items:
        words = f" {item.label_id} {item.label_en} {item.about_id} {item.about_en} ".lower()
        for never in (
            "mengapa anda tetap",
            "berpakaian",
            "perawan",
            "hiv",
            "orientasi",
            "why did you stay",
        ):
            assert never not in words, item.name


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        ({"h_privat": "ya", "h_aman": "ya", "h_setuju": "ya"}, Verdict.GO_ON),
        ({"h_privat": "tidak", "h_aman": "ya", "h_setuju": "ya"}, Verdict.CORE_ONLY),
        ({"h_privat": "tidak", "h_aman": "tidak", "h_setuju": "ya"}, Verdict.SAFE_TIME),
        ({"h_jurubahasa": "keluarga", "h_setuju": "ya"}, Verdict.FIND_INTERPRETER),
        ({"h_jurubahasa": "pihak_pelaku"}, Verdict.FIND_INTERPRETER),
        ({"h_jurubahasa": "terlatih", "h_setuju": "ya"}, Verdict.GO_ON),
        ({"h_setuju": "tidak"}, Verdict.END_KINDLY),
        ({"h_setuju": "menolak", "h_privat": "tidak"}, Verdict.END_KINDLY),
    ],
)
def test_gates(answers: dict[str, str], verdict: Verdict) -> None:
    found = gate(Answers.of(answers))
    assert found.verdict is verdict
    assert found.say_id
    assert found.say_en


def test_parting_in_danger_or_in_need_asks_for_someone() -> None:
    told = Answers.of({"h_berhenti": "tidak_aman", "h_kondisi_akhir": "perlu_teman"})
    assert [action.code for action in parting(told)] == ["ulangi_triase", "temani_sekarang"]
    assert parting(Answers.of({"h_berhenti": "selesai", "h_kondisi_akhir": "tenang"})) == ()


def test_fragments_keep_abbreviations() -> None:
    assert (
        as_fragment("Perusahaan tidak menunjukkan SIP3MI?") == "perusahaan tidak menunjukkan SIP3MI"
    )
    assert as_fragment("LPSK") == "LPSK"
