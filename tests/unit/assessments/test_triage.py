"""rk01 on the stories: what is not known is never safe, and every level names its answers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.assessments import rk01_triase as rk01
from rangkul.assessments.answers import Answers
from rangkul.assessments.instrument import clean
from rangkul.assessments.instruments.rk01_words import SAYINGS, Flag
from rangkul.assessments.rk01_triase import LEVELS, TRIAGE, triage

CALM = dict.fromkeys(
    (
        "bahaya_kini",
        "luka",
        "senjata",
        "cekik",
        "ancam_bunuh",
        "terkurung",
        "bunuh_diri",
        "tinggal_pelaku",
        "meningkat",
        "anak_ada",
    ),
    "tidak",
)
YES_OR_NOT = [item.name for item in TRIAGE.items if len(item.choices) == 3]


def calm(**changed: str | list[str]) -> Answers:
    return Answers.of({**CALM, **changed})


def test_the_core_is_the_starred_items_and_the_72_hours() -> None:
    assert [item.name for item in TRIAGE.items] == [
        "bahaya_kini",
        "posisi",
        "luka",
        "senjata",
        "cekik",
        "ancam_bunuh",
        "terkurung",
        "bunuh_diri",
        "tinggal_pelaku",
        "meningkat",
        "anak_ada",
        "takut",
        "waktu_seksual",
        "kontak_aman",
    ]
    for name in YES_OR_NOT:
        codes = [choice.code for choice in TRIAGE.item(name).choices]
        assert codes == ["ya", "tidak", "tidak_tahu"]


def test_a_calm_call_is_low_and_still_gets_a_companion() -> None:
    result = triage(calm())
    assert result.level == "rendah"
    assert result.sentence_id == "Rendah."
    assert result.first_clock.within == timedelta(hours=24)
    assert result.first_clock.mark == "unverified"
    assert result.flags == {Flag.COMPANION_NOW}


@pytest.mark.parametrize(
    "name",
    ["bahaya_kini", "luka", "senjata", "cekik", "ancam_bunuh", "terkurung", "bunuh_diri"],
)
def test_one_red_answer_is_enough(name: str) -> None:
    result = triage(calm(**{name: "ya"}))
    assert result.level == "tinggi"
    assert [reason.items for reason in result.causes] == [(name,)]
    assert result.first_clock.within == timedelta(minutes=15)


def test_the_sentence_names_the_answers_that_caused_it() -> None:
    result = triage(calm(cekik="ya", senjata="ya", anak_ada="ya", tinggal_pelaku="ya"))
    assert result.sentence_id == (
        "Tinggi, karena: ada senjata atau ancaman memakainya; pernah dicekik atau dibekap; "
        "ada anak, dan serumah atau sekerja dengan terduga."
    )
    assert result.sentence_en == (
        "High, because: a weapon, or the threat of one; has been choked or smothered; "
        "a child, and the same house or workplace as the suspect."
    )
    assert Flag.MEDICAL_CHECK in result.flags
    assert Flag.CHILD_RULE in result.flags


def test_a_teacher_who_knows_little_is_never_low() -> None:
    told = Answers.of({"h_sumber": "pelapor", "meningkat": "tidak_tahu", "anak_ada": "tidak_tahu"})
    result = triage(told)
    assert result.level == "sedang"
    assert len(result.ask_again) == 8
    assert all(reason.weight == "gelap" for reason in result.causes)
    again = next(action for action in result.actions if action.code == Flag.ASK_AGAIN)
    assert again.within == timedelta(hours=6)
    assert "ketahui" in result.say_id


@given(st.dictionaries(st.sampled_from(YES_OR_NOT), st.sampled_from(["tidak", "tidak_tahu"])))
def test_three_unknowns_are_never_low(told: dict[str, str]) -> None:
    result = triage(Answers.of(told))
    assert (result.level == "rendah") is (len(result.dark) < 3)


@given(
    st.dictionaries(
        st.sampled_from([item.name for item in TRIAGE.items if item.name in CALM]),
        st.sampled_from(["ya", "tidak", "tidak_tahu", "menolak"]),
    ),
    st.sampled_from(sorted(CALM)),
)
def test_a_yes_never_lowers_the_level(told: dict[str, str], name: str) -> None:
    before = triage(Answers.of({**told, name: "tidak"})).level
    after = triage(Answers.of({**told, name: "ya"})).level
    assert LEVELS.index(after) >= LEVELS.index(before)


@given(st.dictionaries(st.sampled_from(sorted(CALM)), st.sampled_from(["ya", "tidak"])))
def test_blank_unknown_and_declined_weigh_the_same(told: dict[str, str]) -> None:
    for name in told:
        blank = triage(Answers.of({key: value for key, value in told.items() if key != name}))
        for word in ("tidak_tahu", "menolak"):
            other = triage(Answers.of({**told, name: word}))
            assert (blank.level, len(blank.dark)) == (other.level, len(other.dark))


@given(st.fixed_dictionaries({name: st.sampled_from(["ya", "tidak"]) for name in CALM}))
def test_every_level_above_low_has_its_reasons(told: dict[str, str]) -> None:
    result = triage(Answers.of(told))
    assert bool(result.causes) is (result.level != "rendah")
    for reason in result.causes:
        assert all(told[name] == "ya" for name in reason.items)


def test_medical_window_speaks_of_health_before_police() -> None:
    result = triage(calm(waktu_seksual="kurang_72_jam"))
    assert result.level == "tinggi"
    assert Flag.MEDICAL_WINDOW in result.flags
    assert "tanpa laporan polisi" in result.say_id
    assert "no police report" in result.say_en
    later = triage(calm(waktu_seksual="sampai_120_jam"))
    assert later.level == "rendah"
    assert Flag.CONTRACEPTION_WINDOW in later.flags


def test_a_declined_question_on_dying_returns_within_a_day() -> None:
    result = triage(calm(bunuh_diri="menolak"))
    again = next(action for action in result.actions if action.code == Flag.ASK_SUICIDE_AGAIN)
    assert again.within == timedelta(hours=24)
    assert Flag.NOT_ALONE not in result.flags
    assert Flag.NOT_ALONE in triage(calm(bunuh_diri="ya")).flags


def test_signs_of_trafficking_call_for_a_screening_within_a_day() -> None:
    result = triage(calm(tanda_tppo=["dokumen_ditahan"]))
    action = next(a for a in result.actions if a.code == Flag.TRAFFICKING_SCREENING)
    assert action.within == timedelta(hours=24)


def test_contact_bans_travel_with_the_result() -> None:
    result = triage(calm(larangan_kontak=["telepon", "hubungi_polisi"]))
    assert result.contact_bans == ("telepon", "hubungi_polisi")
    assert Flag.EXPLAIN_POLICE_DUTY in result.flags


def test_danger_now_is_answered_first_and_asks_before_calling() -> None:
    result = triage(calm(bahaya_kini="ya", luka="ya", larangan_kontak=["hubungi_polisi"]))
    assert result.say_id.startswith("Saya tetap di sini")
    assert "Bolehkah" in result.say_id
    about = triage(calm(bahaya_kini="ya"), source="pelapor")
    assert about.say_id != result.say_id


@pytest.mark.parametrize("level", LEVELS)
def test_no_sentence_promises_an_hour(level: str) -> None:
    for saying in SAYINGS.values():
        for text in (saying.say_id, saying.say_en, saying.about_id, saying.about_en):
            assert text
            assert not any(word in text for word in ("menit", "jam", "minute", "hour", "besok"))
    assert level in SAYINGS


def test_four_yellow_answers_are_high() -> None:
    three = calm(meningkat="ya", berpisah="ya", takut="3")
    assert triage(three).level == "sedang"
    four = calm(meningkat="ya", berpisah="ya", takut="3", rentan=["hamil", "bayi"])
    assert triage(four).level == "tinggi"
    assert "perlu perhatian khusus: hamil, bersama bayi" in triage(four).sentence_id


def test_own_fear_counts_from_often() -> None:
    assert triage(calm(takut="2")).level == "rendah"
    assert triage(calm(takut="3")).level == "sedang"


def test_raising_holds_at_once_and_lowering_waits() -> None:
    raised = rk01.judge(calm(nilai_petugas="tinggi"))
    assert (raised.in_force, raised.is_lowering) == ("tinggi", False)
    lowered = rk01.judge(calm(senjata="ya", nilai_petugas="rendah"))
    assert (lowered.in_force, lowered.is_lowering) == ("tinggi", True)
    assert lowered.reason_missing
    reasoned = rk01.judge(calm(senjata="ya", nilai_petugas="rendah", alasan_nilai="sudah pergi"))
    assert not reasoned.reason_missing
    assert rk01.judge(calm()).in_force == "rendah"


def test_triage_repeats_until_it_was_low_twice() -> None:
    assert rk01.must_repeat([])
    assert rk01.must_repeat(["rendah"])
    assert rk01.must_repeat(["rendah", "sedang", "rendah"])
    assert not rk01.must_repeat(["tinggi", "rendah", "rendah"])


def test_the_form_may_say_not_known_yet() -> None:
    told = rk01.read_triage(
        {"senjata": ["belum_tahu"], "waktu_seksual": ["belum_tahu"], "takut": ["2"]}
    )
    assert told.one("senjata") == "tidak_tahu"
    assert not told.given("waktu_seksual")
    assert told.one("takut") == "2"


def test_checks_look_again() -> None:
    told = calm(terkurung="ya", larangan_kontak=["telepon"])
    found = rk01.checks(told, came_alone=True, child_named=True, call_planned=True)
    assert [check.code for check in found] == [
        "terkurung_tetapi_datang",
        "anak_tetapi_tidak_ada",
        "telepon_dilarang",
    ]
    assert rk01.checks(told) == ()
    unknown = Answers.of({})
    assert rk01.checks(unknown, came_alone=True, child_named=True, call_planned=True) == ()


def test_the_whole_form_begins_without_gates() -> None:
    assert clean(rk01.INSTRUMENT, {"luka": ["ya"]}).is_yes("luka")


def test_a_reporter_is_asked_about_the_person() -> None:
    for item in TRIAGE.items:
        for label in item.wording("pelapor")[:1]:
            words = label.replace("Jika Anda tahu", "").replace("Menurut Anda", "")
            words = words.replace("orang itu, atau Anda,", "")
            assert "Anda" not in words, item.name
        assert item.wording("")[0] == item.label_id
