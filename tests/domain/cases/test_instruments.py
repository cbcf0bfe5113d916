"""What a filled instrument changes in the file, and what an unasked question must leave alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.people import NOW, Cast
from tests.web.files import CALM, open_file

from rangkul.access.policy import OwnException
from rangkul.assessments import operations as assessment_operations
from rangkul.assessments import queries as assessments
from rangkul.assessments.answers import Answers
from rangkul.cases import operations as cases
from rangkul.cases import queries as case_queries
from rangkul.clocks import queries as clocks
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.scope import acting

pytestmark = pytest.mark.usefixtures("committed_db")

TALK: dict[str, str | list[str]] = {"h_privat": "ya", "h_aman": "ya", "h_setuju": "ya"}
FULL = TALK | {
    "proses": ["perekrutan"], "c_tipu": "ya", "c_utang": "ya", "c_dokumen": "agen",
    "t_bentuk": ["kawin"], "tetap": "ditetapkan", "tetap_oleh": "penyidik",
}  # fmt: skip


def screen(actor: Actor, case_id: int, answers: dict[str, str | list[str]], hours: int = 0) -> None:
    """Keep an rk02."""
    with acting(actor):
        cases.record_screening(
            case_id=case_id, answers=Answers.of(answers), by=actor,
            at=NOW + timedelta(hours=hours),
        )  # fmt: skip


def triage(actor: Actor, case_id: int, **answers: str) -> None:
    """Keep an rk01, an hour after the file was opened."""
    with acting(actor):
        cases.record_triage(
            case_id=case_id, answers=Answers.of(CALM | answers), by=actor,
            at=NOW + timedelta(hours=1),
        )  # fmt: skip


def procedures(actor: Actor, case_id: int) -> set[str]:
    """The clocks that are open on a case."""
    with acting(actor):
        return {clock.procedure for clock in clocks.list_case(actor, case_id)}


def test_a_screening_carries_its_elements_to_the_incident(cast: Cast) -> None:
    file = open_file(cast.ratih)
    screen(cast.ratih, file.case_id, FULL)
    with acting(cast.ratih):
        incident = case_queries.get_incident(cast.ratih, file.case_id)
        assert incident.process == ["perekrutan"]
        assert incident.means == ["penipuan", "penjeratan_utang", "penyalahgunaan_posisi"]
        assert incident.purpose == ["kawin_paksa"]
        held = case_queries.get_file(cast.ratih, file.case_id)
        assert held.legal_determination == "ditetapkan"
    assert "police_report_tppo" in procedures(cast.ratih, file.case_id)


def test_a_later_talk_that_asks_little_wipes_out_nothing(cast: Cast) -> None:
    """Planted fault: a second screening with one answer used to empty the elements."""
    file = open_file(cast.ratih)
    screen(cast.ratih, file.case_id, FULL)
    screen(cast.ratih, file.case_id, TALK | {"c_ancam": "ya"}, hours=1)
    with acting(cast.ratih):
        incident = case_queries.get_incident(cast.ratih, file.case_id)
        assert incident.process == ["perekrutan"]
        assert incident.purpose == ["kawin_paksa"]
        assert incident.means == [
            "ancaman_kekerasan", "penipuan", "penjeratan_utang", "penyalahgunaan_posisi",
        ]  # fmt: skip
        held = case_queries.get_file(cast.ratih, file.case_id)
        assert held.legal_determination == "ditetapkan"


def test_a_no_takes_back_what_was_a_yes(cast: Cast) -> None:
    file = open_file(cast.ratih)
    screen(cast.ratih, file.case_id, FULL)
    screen(
        cast.ratih, file.case_id,
        TALK | {"c_utang": "tidak", "c_dokumen": "sendiri", "c_rentan": ["tidak_ada"]}, hours=1,
    )  # fmt: skip
    with acting(cast.ratih):
        assert case_queries.get_incident(cast.ratih, file.case_id).means == ["penipuan"]


def test_the_result_counts_signs_and_names_none_in_the_clear(cast: Cast) -> None:
    file = open_file(cast.ratih)
    screen(cast.ratih, file.case_id, FULL | {"f_biaya": "ya"})
    with acting(cast.ratih):
        kept = assessments.latest(cast.ratih, file.case_id, "rk02_tppo")
        assert kept is not None
        assert kept.result["indications"] == 6
        assert kept.result["red_flags"] == 1
        for sealed in ("c_tipu", "c_utang", "f_biaya", "t_bentuk"):
            assert sealed not in str(kept.result)
            assert sealed not in str(kept.answers)


def test_a_talk_that_did_not_begin_has_screened_nobody(cast: Cast) -> None:
    file = open_file(cast.ratih, triage=CALM | {"tanda_tppo": "utang"})
    assert "tppo_screening" in procedures(cast.ratih, file.case_id)
    screen(cast.ratih, file.case_id, {"h_privat": "ya", "h_aman": "ya", "h_setuju": "tidak"})
    assert "tppo_screening" in procedures(cast.ratih, file.case_id)
    screen(cast.ratih, file.case_id, TALK | {"usia": "dewasa"}, hours=1)
    assert "tppo_screening" not in procedures(cast.ratih, file.case_id)


def test_a_lower_judgement_starts_the_supervisors_clock_and_lowers_nothing(cast: Cast) -> None:
    file = open_file(cast.ratih, triage={"senjata": "ya"})
    triage(cast.ratih, file.case_id, senjata="ya", nilai_petugas="rendah", alasan_nilai="Pindah")
    assert "lower_risk_review" in procedures(cast.ratih, file.case_id)
    with acting(cast.wahyuni):
        held = case_queries.get_file(cast.wahyuni, file.case_id)
        assert held.risk == "tinggi"
        asked = case_queries.asked_lower(cast.wahyuni, held)
        assert asked is not None
        assert (asked.risk, asked.by) == ("rendah", cast.ratih.user_id)
        cases.set_risk(
            case_id=file.case_id, risk="rendah", reason="tempat_aman", by=cast.wahyuni,
            at=NOW + timedelta(hours=2),
        )  # fmt: skip
        lowered = case_queries.get_file(cast.wahyuni, file.case_id)
        assert lowered.risk == "rendah"
        assert case_queries.asked_lower(cast.wahyuni, lowered) is None
    assert "lower_risk_review" not in procedures(cast.wahyuni, file.case_id)


def test_nobody_lowers_on_the_own_wish(cast: Cast) -> None:
    file = open_file(cast.ratih, triage={"senjata": "ya"})
    triage(cast.wahyuni, file.case_id, senjata="ya", nilai_petugas="sedang", alasan_nilai="Pindah")
    with pytest.raises(OwnException), acting(cast.wahyuni):
        cases.set_risk(
            case_id=file.case_id, risk="sedang", reason="tempat_aman", by=cast.wahyuni,
            at=NOW + timedelta(hours=2),
        )  # fmt: skip


def test_the_first_assessment_is_begun_and_completed(cast: Cast) -> None:
    file = open_file(cast.ratih, is_child=True)
    begun = {"assessment_begun", "assessment_completed", "child_first_assessment"}
    assert begun <= procedures(cast.ratih, file.case_id)
    triage(cast.ratih, file.case_id)
    assert procedures(cast.ratih, file.case_id) == begun - {"assessment_begun"}
    with acting(cast.ratih):
        assert cases.complete_assessment(case_id=file.case_id, by=cast.ratih, at=NOW) == 2
        assert cases.complete_assessment(case_id=file.case_id, by=cast.ratih, at=NOW) == 0
    assert procedures(cast.ratih, file.case_id) == set()


# -- drafts -----------------------------------------------------------------------------------


def keep(actor: Actor, case_id: int, values: dict[str, list[str]]) -> None:
    """Keep a draft of rk01."""
    with acting(actor):
        assessment_operations.keep_draft(
            case_id=case_id, instrument="rk01_triase", values=values, by=actor, at=NOW
        )


def test_a_draft_is_replaced_and_goes_with_the_filling(cast: Cast) -> None:
    file = open_file(cast.ratih)
    keep(cast.ratih, file.case_id, {"kontak_aman": ["pagi"]})
    keep(cast.ratih, file.case_id, {"kontak_aman": ["sore"]})
    with acting(cast.ratih):
        draft = assessments.get_draft(cast.ratih, file.case_id, "rk01_triase")
        assert draft is not None
        assert draft.values == {"kontak_aman": ["sore"]}
    triage(cast.ratih, file.case_id)
    with acting(cast.ratih):
        assert assessments.get_draft(cast.ratih, file.case_id, "rk01_triase") is None


def test_a_draft_is_its_writers_alone(cast: Cast) -> None:
    file = open_file(cast.ratih)
    keep(cast.ratih, file.case_id, {"kontak_aman": ["pagi"]})
    for other in (cast.wahyuni, cast.nining, cast.yohana):
        with acting(other):
            assert assessments.get_draft(other, file.case_id, "rk01_triase") is None
    with pytest.raises(NotReachable):
        keep(cast.nining, file.case_id, {})


def test_whoever_no_longer_carries_the_case_has_no_draft_of_it(cast: Cast) -> None:
    from rangkul.custody import operations as custody

    file = open_file(cast.ratih)
    keep(cast.ratih, file.case_id, {"kontak_aman": ["pagi"]})
    with acting(cast.wahyuni):
        custody.assign(case_id=file.case_id, user_id=cast.nining.user_id, by=cast.wahyuni, at=NOW)
        custody.unassign(case_id=file.case_id, user_id=cast.ratih.user_id, by=cast.wahyuni, at=NOW)
    with acting(cast.ratih):
        assert assessments.get_draft(cast.ratih, file.case_id, "rk01_triase") is None


def test_a_draft_has_an_end(cast: Cast) -> None:
    file = open_file(cast.ratih)
    with pytest.raises(InvalidInput):
        keep(cast.ratih, file.case_id, {"kontak_aman": ["x" * 300_000]})
