"""rk02 on the stories: no agreement is read, no result says "not a victim"."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.assessments import rk02_tppo as rk02
from rangkul.assessments.answers import Answers
from rangkul.assessments.instruments.rk02_items import ITEMS, PAPERS
from rangkul.assessments.rk02_tppo import screen, screening_result

QUIET = {
    "usia": "dewasa",
    "proses": ["tidak_ada"],
    "c_dokumen": "sendiri",
    "c_utang": "tidak",
    "c_sekap": "tidak",
    "t_tolak": "ya",
    "t_bentuk": ["tidak_ada"],
}


def told(**answers: str | list[str]) -> Answers:
    return Answers.of(answers)


def test_fishing_crew_with_debt_and_held_papers() -> None:
    crew = told(
        usia="dewasa",
        proses=["perekrutan", "pengiriman"],
        lintas="luar",
        c_tipu="ya",
        c_dokumen="agen",
        c_utang="ya",
        t_bentuk=["kapal"],
        t_tolak="tidak",
        f_laut="ya",
        f_laut_b="ucapan",
    )
    result = screen(crew)
    assert result.screening.result == "indikasi_kuat"
    assert "dokumen dipegang orang lain" in result.screening.sentence_id
    assert [action.code for action in result.actions] == [
        "layanan_sekarang",
        "lapor_polisi",
        "lpsk_dan_hukum",
        "simpan_bukti",
    ]
    assert result.actions[1].within == timedelta(hours=24)


@given(st.sampled_from(["anak", "diduga_anak"]))
def test_for_a_child_no_means_are_needed(age: str) -> None:
    child = told(usia=age, proses=["perekrutan"], t_bentuk=["pelacuran"])
    assert screening_result(child) == "indikasi_kuat"
    assert "aturan_anak" in [action.code for action in screen(child).actions]
    adult = told(usia="dewasa", proses=["perekrutan"], t_bentuk=["pelacuran"])
    assert screening_result(adult) == "indikasi_perlu_pendalaman"


def test_purpose_alone_before_departure_is_enough_to_act() -> None:
    planned = told(lintas="belum", t_belum="diminta menandatangani utang")
    assert screening_result(planned) == "indikasi_perlu_pendalaman"


def test_vulnerability_or_poor_pay_alone_only_ask_for_more() -> None:
    poor = told(proses=["perekrutan"], c_rentan=["miskin"], t_upah=["dipotong"])
    assert screening_result(poor) == "indikasi_perlu_pendalaman"
    assert screening_result(told(c_rentan=["miskin"])) == "belum_lengkap"
    assert screening_result(told(t_upah=["dipotong"])) == "belum_lengkap"
    assert screening_result(told(t_upah=["dipotong", "tanpa_libur"])) == "indikasi_perlu_pendalaman"


def test_nothing_known_is_never_nothing_found() -> None:
    assert screening_result(told()) == "belum_lengkap"
    assert len(rk02.missing(told())) == 6
    assert screening_result(Answers.of(QUIET)) == "belum_ada_indikasi"


@pytest.mark.parametrize("name", ["usia", "proses", "c_dokumen", "c_utang", "c_sekap"])
def test_one_missing_answer_keeps_it_incomplete(name: str) -> None:
    without = Answers.of({key: value for key, value in QUIET.items() if key != name})
    assert screening_result(without) == "belum_lengkap"
    assert rk02.missing(without) == (name,)


def test_unknown_work_is_incomplete() -> None:
    unknown = Answers.of({**QUIET, "t_bentuk": ["belum_tahu"]})
    assert screening_result(unknown) == "belum_lengkap"


def test_no_item_asks_for_agreement_and_no_result_denies() -> None:
    papers = {item.name for item in PAPERS}
    for item in (item for item in ITEMS if item.name not in papers):
        words = f"{item.name} {item.label_id} {item.label_en}".lower()
        assert not any(word in words for word in ("setuju", "agree", "sukarela", "willing"))
    for label_id, label_en in rk02.RESULT_LABELS.values():
        assert "bukan" not in label_id.lower()
        assert "not a" not in label_en.lower()


@given(
    st.sampled_from(["belum", "ditetapkan", "tidak_ditetapkan", "diadili"]),
    st.sampled_from(["", "ya", "tidak"]),
)
def test_determination_and_screening_never_touch(status: str, refused: str) -> None:
    answers = told(proses=["perekrutan"], c_tipu="ya", t_tolak=refused, tetap=status)
    without = told(proses=["perekrutan"], c_tipu="ya", t_tolak=refused)
    assert screen(answers).screening == screen(without).screening
    assert screen(answers).determination.status == status


def test_determination_keeps_who_and_when() -> None:
    answers = told(tetap="ditetapkan", tetap_oleh="penyidik", tetap_tgl="2026-03-17")
    determination = screen(answers).determination
    assert (determination.by, determination.on) == ("penyidik", date(2026, 3, 17))


def test_three_red_flags_ask_for_a_deeper_look() -> None:
    two = told(f_paspor="ya", f_inbox="ya")
    assert screening_result(two) == "belum_lengkap"
    three = told(f_paspor="ya", f_inbox="ya", f_izin="ya")
    assert screening_result(three) == "indikasi_perlu_pendalaman"
    assert "SIP3MI" in screen(three).screening.sentence_id
    assert [reason.items[0] for reason in screen(three).flags] == ["f_paspor", "f_inbox", "f_izin"]


def test_every_red_flag_has_its_evidence_companion_and_it_is_not_counted() -> None:
    names = [item.name for item in ITEMS]
    assert len(rk02.FLAG_NAMES) == 11
    for name in rk02.FLAG_NAMES:
        assert names.index(f"{name}_b") == names.index(name) + 1
    assert rk02.INSTRUMENT.compute(told(f_paspor="ya", f_paspor_b="dokumen"))["bendera"] == 1


def test_eight_papers_unless_within_the_country() -> None:
    papers = screen(told(lintas="luar", d_visa="dipalsukan")).papers
    assert len(papers) == 8
    assert {paper.item: paper.state for paper in papers}["d_visa"] == "dipalsukan"
    assert screen(told(lintas="dalam")).papers == ()


def test_who_was_forced_into_crime_sees_a_lawyer_before_the_police() -> None:
    codes = [action.code for action in screen(told(t_bentuk=["penipuan_daring"])).actions]
    assert "tidak_dipidana" in codes


def test_checks_look_again() -> None:
    odd = told(
        usia="dewasa",
        proses=["perekrutan", "tidak_ada"],
        c_sekap="ya",
        t_tolak="ya",
        c_dokumen="sendiri",
        d_paspor="tidak_ada",
        tetap="ditetapkan",
    )
    assert [check.code for check in rk02.checks(odd, born_a_child=True)] == [
        "menolak_tetapi_disekap",
        "paspor_tidak_ada_tetapi_dipegang",
        "dewasa_tetapi_anak",
        "ditetapkan_tanpa_pejabat",
        "tidak_ada_bersama_lainnya",
    ]
    assert rk02.checks(Answers.of(QUIET), born_a_child=False) == ()


def test_money_is_sealed_apart_from_the_story() -> None:
    assert rk02.INSTRUMENT.item("c_utang").sealed == "finance"
    assert rk02.INSTRUMENT.item("t_upah").sealed == "finance"
    assert rk02.INSTRUMENT.item("c_tipu").sealed == "account"


def test_the_sentence_reads_as_one() -> None:
    answers = told(
        usia="anak",
        proses=["perekrutan"],
        t_bentuk=["penipuan_daring"],
        t_upah=["ditahan", "dipotong"],
        c_rentan=["miskin"],
        f_izin="ya",
    )
    assert screen(answers).screening.sentence_id == (
        "Indikasi kuat, karena: perekrutan; dipaksa atau direncanakan: penipuan daring; "
        "upah ditahan; dimanfaatkan: kemiskinan; upah dipotong; "
        "perusahaan tidak punya atau tidak menunjukkan SIP3MI."
    )
    assert screen(answers).screening.sentence_en == (
        "Strong indication, because: recruitment; forced or planned: online scams; "
        "wages withheld; made use of: poverty; wages cut; no SIP3MI licence held or shown."
    )
