"""A filling changes its case as the guided page would; nothing is overwritten, a person decides."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.people import NOW, Cast
from tests.unit.assessments.shipped_filling import form as shipped_form
from tests.unit.assessments.shipped_filling import paths, random_answers, written
from tests.web.files import CALM, open_file

from rangkul.access.policy import Forbidden, OwnException
from rangkul.assessments import operations as assessments
from rangkul.assessments import proposing
from rangkul.assessments import queries as assessment_queries
from rangkul.assessments.answers import Answers
from rangkul.assessments.models import Proposal, Submission
from rangkul.cases import operations as cases
from rangkul.cases import queries as case_queries
from rangkul.cases.models import CaseFile
from rangkul.clocks import queries as clocks
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable, StaleForm
from rangkul.foundation.scope import acting
from rangkul.trail.models import Act

pytestmark = pytest.mark.usefixtures("committed_db")

TALK = {"h_privat": "ya", "h_aman": "ya", "h_setuju": "ya"}
STRONG = TALK | {
    "proses": "perekrutan", "c_tipu": "ya", "c_utang": "ya", "c_dokumen": "agen",
    "t_bentuk": "kawin", "tetap": "ditetapkan",
}  # fmt: skip
OF_FORMS = {"recommendation_answered", "reassessment"}


def xml_of(code: str, answers: Mapping[str, str], *, at: datetime, number: str) -> bytes:
    """A filling of a shipped form that ended at ``at``."""
    made, _declared = shipped_form(code)
    tree: dict[str, Any] = {"end": at.isoformat(), "meta": {"instanceID": number}}
    for name, value in answers.items():
        *groups, last = paths(code)[name].split("/")[2:]
        place = tree
        for group in groups:
            place = place.setdefault(group, {})
        place[last] = value
    return (
        f'<{made.root} id="{code}" version="{made.version}">{written(tree)}</{made.root}>'.encode()
    )


@dataclass
class Desk:
    """Ratih, one of her files, and fillings of it."""

    by: Actor
    file: CaseFile
    sent: list[bytes] = field(default_factory=list)

    def fill(
        self, code: str, answers: Mapping[str, str], *, hours: float = 1, **more: Any
    ) -> Submission:
        at = NOW + timedelta(hours=hours)
        number = more.pop("number", f"uuid:{uuid4()}")
        made = xml_of(code, answers, at=more.pop("ended", at), number=number)
        self.sent.append(made)
        with acting(self.by):
            return cases.receive_filling(
                form=assessment_queries.get_published(code), instance_xml=made,
                case=self.file.case, by=self.by, at=at, source="phone",
            )  # fmt: skip

    def now(self) -> CaseFile:
        with acting(self.by):
            return case_queries.get_file(self.by, self.file.case_id)

    def clocks(self) -> set[str]:
        with acting(self.by):
            return {clock.procedure for clock in clocks.list_case(self.by, self.file.case_id)}

    def fields(self) -> dict[str, Any]:
        with acting(self.by):
            incident = case_queries.get_incident(self.by, self.file.case_id)
        return {
            "process": sorted(incident.process), "means": sorted(incident.means),
            "purpose": sorted(incident.purpose), "legal": self.now().legal_determination,
            "categories": sorted(self.now().categories), "risk": self.now().risk,
        }  # fmt: skip

    def open(self) -> list[Proposal]:
        with acting(self.by):
            return proposing.list_open(self.by, self.file.case_id)

    def recommendation(self) -> Proposal:
        return next(row for row in self.open() if not row.field)

    def answer(
        self, level: str = "", *, follows: bool = True, why: str = "", **more: Any
    ) -> Proposal:
        keywords = {"by": self.by, "at": NOW + timedelta(hours=2)} | more
        proposal = more.pop("proposal", None) or self.recommendation()
        keywords.pop("proposal", None)
        with acting(keywords["by"]):
            return cases.answer_recommendation(
                proposal_id=proposal.id, level=level, follows=follows, why=why, **keywords
            )


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return Desk(cast.ratih, open_file(cast.ratih))


# -- the same as the guided pages ---------------------------------------------------------------


@pytest.mark.parametrize("code", ["rk01_triase", "rk02_tppo"])
def test_a_filled_form_leaves_the_file_as_the_guided_page_does(cast: Cast, code: str) -> None:
    """Twin files, one by the form and one by the page, on answers that a form allows."""
    chance, seen = random.Random(code), set()
    guided = {"rk01_triase": cases.record_triage, "rk02_tppo": cases.record_screening}[code]
    for _ in range(25):
        by_form, by_page = (
            Desk(cast.ratih, open_file(cast.ratih)),
            Desk(cast.ratih, open_file(cast.ratih)),
        )
        answered = random_answers(code, chance)
        answered.pop("tetap_tgl", None)
        row = by_form.fill(code, answered)
        with acting(cast.ratih):
            answers = assessment_queries.unseal_answers(row)
            plain = {key.rpartition("/")[2]: codes for key, codes in answers.values.items()}
            guided(
                case_id=by_page.file.case_id, answers=Answers.of(plain), by=cast.ratih,
                at=NOW + timedelta(hours=1),
            )  # fmt: skip
        assert by_form.clocks() - OF_FORMS == by_page.clocks()
        assert by_form.fields() == by_page.fields()
        with acting(cast.ratih):
            wishes = [
                case_queries.asked_lower(cast.ratih, each.now()) for each in (by_form, by_page)
            ]
        assert len({wish and wish.risk for wish in wishes}) == 1
        seen |= by_form.clocks()
    assert seen > {"assessment_completed"}


def test_sent_again_nothing_starts_twice(desk: Desk) -> None:
    first = desk.fill("rk02_tppo", STRONG, number="uuid:a")
    waiting = desk.clocks()
    with acting(desk.by):
        acts = Act.objects.count()
        again = cases.receive_filling(
            form=assessment_queries.get_published("rk02_tppo"), instance_xml=desk.sent[0],
            case=desk.file.case, by=desk.by, at=NOW + timedelta(days=3), source="phone",
        )  # fmt: skip
        assert Act.objects.count() == acts
    assert (again.id, desk.clocks()) == (first.id, waiting)


def test_a_filling_that_comes_late_ends_nothing_and_moves_no_risk(desk: Desk) -> None:
    """Yesterday's alarm, sent after today's calm triage: told and asked, not enforced."""
    desk.fill("rk01_triase", CALM, hours=48)
    unknown = desk.clocks()
    late = desk.fill(
        "rk01_triase", CALM | {"senjata": "ya"}, hours=49, ended=NOW + timedelta(hours=2)
    )
    assert desk.now().risk == "rendah"
    assert desk.clocks() >= unknown
    assert late.result["level"] == "tinggi"
    assert {row.wanted for row in desk.open()} == {"tinggi", "rendah"}


def test_a_closed_file_keeps_a_late_filling_and_changes_nothing(desk: Desk, cast: Cast) -> None:
    with acting(cast.wahyuni):
        cases.close_file(
            case_id=desk.file.case_id, by=cast.wahyuni, at=NOW,
            answers=Answers.of({"sebab": "permintaan", "tutup_ok": "setuju"}),
        )  # fmt: skip
    row = desk.fill("rk01_triase", CALM | {"senjata": "ya"})
    assert row.standing == "kept"
    assert (desk.now().risk, desk.clocks(), desk.open()) == ("rendah", set(), [])


# -- a person decides ---------------------------------------------------------------------------


def test_high_holds_at_once_and_waits_for_a_word(desk: Desk) -> None:
    desk.fill("rk01_triase", CALM | {"cekik": "ya"})
    assert desk.now().risk == "tinggi"
    row = desk.answer("tinggi")
    assert (row.answer, row.level, row.why_sealed) == ("accepted", "tinggi", None)
    with pytest.raises(StaleForm):
        desk.answer("tinggi", proposal=row)


def test_lower_needs_a_reason_and_the_supervisor(desk: Desk, cast: Cast) -> None:
    desk.fill("rk01_triase", CALM | {"cekik": "ya"})
    proposal = desk.recommendation()
    with pytest.raises(InvalidInput, match="why"):
        desk.answer("sedang")
    row = desk.answer("sedang", why="Kejadiannya dua belas tahun lalu")
    assert row.answer == "lower"
    assert desk.now().risk == "tinggi"
    assert "lower_risk_review" in desk.clocks()
    with acting(desk.by):
        assert proposing.why_of(proposing.get(desk.by, proposal.id)) == (
            "Kejadiannya dua belas tahun lalu"
        )
        wish = case_queries.asked_lower(desk.by, desk.now())
    assert wish is not None
    assert (wish.risk, wish.by) == ("sedang", cast.ratih.user_id)
    with acting(cast.wahyuni):
        cases.set_risk(
            case_id=desk.file.case_id, risk="sedang", reason="lain", by=cast.wahyuni,
            at=NOW + timedelta(hours=3),
        )  # fmt: skip
    assert "lower_risk_review" not in desk.clocks()


def test_nobody_approves_the_own_wish(desk: Desk, cast: Cast) -> None:
    desk.fill("rk01_triase", CALM | {"cekik": "ya"})
    desk.answer("sedang", why="Lama berlalu", by=cast.wahyuni)
    with acting(cast.wahyuni), pytest.raises(OwnException):
        cases.set_risk(
            case_id=desk.file.case_id, risk="sedang", reason="lain", by=cast.wahyuni,
            at=NOW + timedelta(hours=3),
        )  # fmt: skip


def test_higher_is_free_but_says_why(desk: Desk) -> None:
    desk.fill("rk01_triase", CALM | {"meningkat": "ya"})
    assert desk.now().risk == "sedang"
    assert desk.answer("tinggi", why="Ia menunggu di gerbang").answer == "raised"
    assert desk.now().risk == "tinggi"


def test_the_judgement_in_the_form_is_the_answer(desk: Desk) -> None:
    desk.fill("rk01_triase", CALM | {"cekik": "ya", "nilai_petugas": "rendah", "alasan_nilai": "x"})
    assert desk.open() == []
    assert desk.now().risk == "tinggi"
    assert "lower_risk_review" in desk.clocks()


def test_services_without_a_risk_are_followed_or_not_and_in_time(desk: Desk) -> None:
    desk.fill("rk03_bps", TALK | {"p_mati": "ya"})
    with acting(desk.by):
        [waiting] = [
            clock for clock in clocks.list_case(desk.by, desk.file.case_id)
            if clock.procedure == "recommendation_answered"
        ]  # fmt: skip
    assert waiting.due_at == NOW + timedelta(hours=1, minutes=15)
    with pytest.raises(InvalidInput, match="why"):
        desk.answer(follows=False)
    assert desk.answer(follows=False, why="Sudah di rumah sakit").answer == "declined"
    assert "recommendation_answered" not in desk.clocks()


def test_a_newer_filling_takes_the_place_of_an_open_question(desk: Desk) -> None:
    desk.fill("rk03_bps", TALK | {"p_mati": "ya"})
    desk.fill("rk03_bps", TALK | {"p_mati": "tidak", "p_tidur": "3"}, hours=5)
    assert len(desk.open()) == 1
    with acting(desk.by):
        waiting = [
            clock for clock in clocks.list_case(desk.by, desk.file.case_id)
            if clock.procedure in OF_FORMS
        ]  # fmt: skip
    assert sorted(clock.procedure for clock in waiting) == [
        "reassessment", "recommendation_answered",
    ]  # fmt: skip


def test_another_agency_answers_nothing(desk: Desk, cast: Cast) -> None:
    desk.fill("rk01_triase", CALM | {"cekik": "ya"})
    with pytest.raises((NotReachable, Forbidden)):
        desk.answer("tinggi", by=cast.yohana, proposal=desk.recommendation())


# -- fields of the case -------------------------------------------------------------------------


def test_what_is_empty_is_filled_and_what_stands_is_asked_about(desk: Desk) -> None:
    desk.fill("rk02_tppo", STRONG)
    assert desk.fields() == {
        "process": ["perekrutan"], "purpose": ["kawin_paksa"], "legal": "ditetapkan",
        "means": ["penipuan", "penjeratan_utang", "penyalahgunaan_posisi"],
        "categories": ["kpo", "ktk"], "risk": "rendah",
    }  # fmt: skip
    other = STRONG | {"c_tipu": "tidak", "t_bentuk": "kapal", "tetap": "tidak_ditetapkan"}
    desk.fill("rk02_tppo", other, hours=2)
    held = desk.fields()
    assert held["purpose"] == ["kapal", "kawin_paksa"]
    assert (held["legal"], "penipuan" in held["means"]) == ("ditetapkan", True)
    asked = {row.field: row for row in desk.open() if row.field}
    assert asked["purpose"].wanted == ["kapal"]
    with acting(desk.by):
        cases.answer_difference(
            proposal_id=asked["purpose"].id, take=True, by=desk.by, at=NOW + timedelta(hours=3)
        )
        cases.answer_difference(
            proposal_id=asked["legal_determination"].id, take=False, by=desk.by, at=NOW
        )
        with pytest.raises(StaleForm):
            cases.answer_difference(proposal_id=asked["purpose"].id, take=False, by=desk.by, at=NOW)
    assert (desk.fields()["purpose"], desk.fields()["legal"]) == (["kapal"], "ditetapkan")
    assert {row.field for row in desk.open()} == {"", "means"}


# -- two under one number -----------------------------------------------------------------------


def conflict(desk: Desk) -> tuple[Submission, Submission]:
    first = desk.fill("rk01_triase", CALM, number="uuid:one", ended=NOW)
    second = desk.fill(
        "rk01_triase", CALM | {"senjata": "ya"}, number="uuid:one", ended=NOW + timedelta(hours=1)
    )
    assert (first.standing, second.standing) == ("kept", "conflict")
    assert desk.now().risk == "rendah"
    return first, second


@pytest.mark.parametrize(
    ("choice", "standing", "risk"),
    [
        ("former", ("kept", "aside"), "rendah"),
        ("newer", ("aside", "kept"), "tinggi"),
        ("both", ("kept", "both"), "tinggi"),
    ],
)
def test_a_person_chooses_and_the_choice_is_taken_up(
    desk: Desk, choice: str, standing: tuple[str, str], risk: str
) -> None:
    first, second = conflict(desk)
    settle = {"submission_id": second.id, "by": desk.by, "at": NOW + timedelta(hours=2)}
    with acting(desk.by):
        cases.settle_conflict(choice=choice, **settle)
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.standing, second.standing) == standing
        assert assessment_queries.list_conflicts(desk.by, desk.file.case_id) == []
        with pytest.raises(StaleForm):
            cases.settle_conflict(choice="former", **settle)
        assert Act.objects.filter(name="assessment.conflict_settled").exists()
    assert desk.now().risk == risk
    with acting(desk.by):
        for sent, row in zip(desk.sent, (first, second), strict=True):
            again = assessments.receive_submission(
                form=assessment_queries.get_published("rk01_triase"), instance_xml=sent,
                case=desk.file.case, by=desk.by, at=NOW, source="phone",
            )  # fmt: skip
            assert again.id == row.id


def test_no_other_choice_is_taken(desk: Desk) -> None:
    _first, second = conflict(desk)
    with acting(desk.by), pytest.raises(InvalidInput):
        cases.settle_conflict(submission_id=second.id, choice="none", by=desk.by, at=NOW)
