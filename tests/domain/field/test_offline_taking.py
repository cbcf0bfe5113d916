"""What arrives from an installed page is done as at the desk, once, and nothing of it is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from tests.domain.cases.test_fillings import xml_of
from tests.domain.referrals.scene import make_scene
from tests.offline_items import Phone
from tests.people import NOW, Cast
from tests.unit.assessments.forms import RISK, SETTINGS, filling, workbook

from rangkul.assessments import operations as assessments
from rangkul.assessments import queries as assessment_queries
from rangkul.assessments.models import FormVersion, Submission
from rangkul.cases import queries as case_queries
from rangkul.custody import queries as custody
from rangkul.field import offline_taking
from rangkul.field.offline_seal import key_number, person_mark, public_point
from rangkul.field.offline_taking import Outcome, take
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.reports import queries as reports
from rangkul.reports.models import Report
from rangkul.reports.operations import arriving

pytestmark = pytest.mark.django_db

ONCE = (
    "What was written without a network is counted once, however often its sending is doubled, "
    "cut off or repeated; other content under a known number is kept beside it for a person."
)
STORY = "Ia disekap di gudang beras"
SAID: dict[str, Any] = {
    "channel": "telepon", "reporter_kind": "tetangga", "account": STORY, "area": "33.74",
    "terkurung": "ya", "cekik": "", "place": "Gudang", "name": "Bayi Uji", "age": 0, "sex": "L",
    "happened_on": "2026-03-01", "reported_at": "2026-03-02T01:30:00.000Z",
    "violence_kinds": ["fisik", "tidak-ada"], "contact_bans": ["telepon"],
    "reporter_confidential": False, "reporter_name": "Tetangga Uji",
}  # fmt: skip
ANSWERS: dict[str, Any] = {
    "setuju": "ya", "g": {"senjata": "tidak", "cekik": "ya", "cerita": STORY, "takut": "1"},
    "anak": [{"nama": "Uji Kecil", "umur": "3"}],
}  # fmt: skip


def phone_of(by: Actor) -> Phone:
    number = key_number(NOW)
    point = public_point(settings.KEY_RING, agency_id=by.agency_id, number=number)
    return Phone(person_mark(settings.KEY_RING, by), number, point)


def sealed_report(by: Actor, item: UUID | None = None, **changed: Any) -> bytes:
    said = {"kind": "report", "made": "2026-03-02T01:45:00.000Z", "report": SAID | changed}
    return phone_of(by).seal(said, item)


@dataclass
class Place:
    """A published form, a case of Semarang, and Ratih, who carries it."""

    cast: Cast
    form: FormVersion
    number: str
    by: Actor

    def sealed(self, answers: dict[str, Any] | None = None, **changed: Any) -> bytes:
        instance = filling(answers or ANSWERS).decode()
        said = {"kind": "form", "form": str(self.form.id), "case": self.number,
                "instance": instance}  # fmt: skip
        return phone_of(self.by).seal(said | changed)

    def take(self, data: bytes, **more: Any) -> Outcome:
        return take(data, by=self.by, at=more.get("at", NOW))

    @property
    def rows(self) -> list[Submission]:
        return list(Submission.objects.filter(instance_id="uuid:7d3c").order_by("entered_at"))


@pytest.fixture
def place(db: None, cast: Cast) -> Iterator[Place]:
    with acting(cast.sinta):
        form = assessments.upload_form(
            data=workbook(RISK, settings=SETTINGS), name="uji.xlsx", by=cast.sinta, at=NOW
        )
        assessments.start_test(form_id=form.id, by=cast.sinta, at=NOW)
        form = assessments.publish_form(form_id=form.id, by=cast.sinta, at=NOW)
    with acting(cast.ratih):
        number = custody.case_number(make_scene(cast).case_id)
        yield Place(cast, form, number, cast.ratih)


# -- reports ----------------------------------------------------------------------------------


def test_a_report_is_received_and_in_its_writers_hands(cast: Cast, db: None) -> None:
    with acting(cast.joko):
        outcome = take(sealed_report(cast.joko), by=cast.joko, at=NOW)
        [report] = Report.objects.filter(taken_by=cast.joko.user_id)
        content = reports.unseal(report).content
    assert (outcome.state, report.state, report.handled_by) == (
        "taken", "in_hand", cast.joko.user_id,
    )  # fmt: skip
    assert reports.report_number(report.id) in outcome.address
    assert (content.account, content.area, content.channel) == (STORY, "33.74", "telepon")
    assert content.violence_kinds == ("fisik",)
    assert content.about.age == 0
    assert content.reported_at == NOW - timedelta(minutes=30)
    assert {"terkurung", "posisi"} <= set(content.answers or {})


def test_without_an_hour_of_its_own_the_hour_of_writing_counts(cast: Cast, db: None) -> None:
    with acting(cast.joko):
        take(sealed_report(cast.joko, reported_at=""), by=cast.joko, at=NOW)
        [report] = Report.objects.filter(taken_by=cast.joko.user_id)
    assert report.reported_at == NOW - timedelta(minutes=15)


def test_a_clock_that_runs_ahead_reports_now(cast: Cast, db: None) -> None:
    with acting(cast.joko):
        said = sealed_report(cast.joko, reported_at="2031-01-01T00:00:00Z")
        assert take(said, by=cast.joko, at=NOW).state == "taken"
        assert Report.objects.get(taken_by=cast.joko.user_id).reported_at == NOW


def arrivals(by: Actor, item: UUID) -> int:
    """How many reports one item makes that arrives three times, sealed anew each time."""
    with acting(by):
        before = Report.objects.count()
        for _ in range(3):
            assert take(sealed_report(by, item), by=by, at=NOW).state == "taken"
        return Report.objects.count() - before


@pytest.mark.promise("offline-once", chapter="web", sentence=ONCE)
def test_a_report_is_counted_once(cast: Cast, db: None, figure: Any) -> None:
    assert arrivals(cast.joko, uuid4()) == 1
    figure("3 arrivals of one report, 1 report")


@pytest.mark.planted("offline-once")
def test_without_its_number_it_would_be_counted_each_time(
    cast: Cast, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arriving, "uuid5", lambda *_said: uuid4())
    assert arrivals(cast.joko, uuid4()) == 3


@pytest.mark.parametrize(
    "changed",
    [{"account": " "}, {"area": "99.99"}, {"channel": "burung"}, {"account": "x" * 20_001}],
    ids=["no words", "no such place", "no such way", "too many words"],
)
def test_what_is_not_complete_waits_as_a_draft_with_every_word(
    cast: Cast, db: None, changed: dict[str, str]
) -> None:
    item = uuid4()
    with acting(cast.joko):
        first = take(sealed_report(cast.joko, item, **changed), by=cast.joko, at=NOW)
        again = take(sealed_report(cast.joko, item, **changed), by=cast.joko, at=NOW)
        [report] = Report.objects.filter(taken_by=cast.joko.user_id)
        content = reports.unseal(report).content
    assert (first.state, report.state, again) == ("waits", "draft", first)
    assert "/isi/" in first.address
    assert content.about.name == "Bayi Uji"
    assert content.account == changed.get("account", STORY).strip()


def test_whoever_takes_no_reports_is_told_so_and_nothing_is_stored(cast: Cast, db: None) -> None:
    with acting(cast.bagas):
        outcome = take(sealed_report(cast.bagas), by=cast.bagas, at=NOW)
        assert Report.objects.count() == 0
    assert outcome.state == "refused"
    assert "Peran Anda" in outcome.said[0]


# -- forms ------------------------------------------------------------------------------------


def test_a_filling_is_kept_as_one_that_came_from_here(place: Place) -> None:
    outcome = place.take(place.sealed())
    [row] = place.rows
    assert (outcome.state, row.standing, row.source) == ("taken", "kept", "offline")
    assert str(row.id) in outcome.address


@pytest.mark.promise("offline-once", chapter="web", sentence=ONCE)
def test_a_filling_is_counted_once_and_another_beside_it_is_shown(
    place: Place, figure: Any
) -> None:
    outcomes = [place.take(place.sealed()) for _ in range(3)]
    assert {each.state for each in outcomes} == {"taken"}
    assert len(place.rows) == 1
    other = place.sealed(ANSWERS | {"lahir": "2001-02-03"})
    conflict = [place.take(other) for _ in range(2)]
    assert [each.state for each in conflict] == ["waits", "waits"]
    assert conflict[0].said == offline_taking.CONFLICTS
    kept, beside = place.rows
    assert str(beside.id) in conflict[0].address
    assert (kept.standing, beside.standing, beside.previous) == ("kept", "conflict", kept.id)
    case_id = custody.case_id_of(place.number)
    assert [row.id for row in assessment_queries.list_conflicts(place.by, case_id)] == [beside.id]
    figure("3 arrivals of one filling, 1 row; 2 of another under its number, 1 conflict shown")


def test_what_does_not_fit_goes_on_as_a_draft_at_the_desk(place: Place) -> None:
    wrong = ANSWERS | {"g": ANSWERS["g"] | {"senjata": "mungkin"}}
    first, again = (place.take(place.sealed(wrong)) for _ in range(2))
    assert (first.state, again.state) == ("waits", "waits")
    assert first.address.endswith("/asesmen/isi/uji/")
    assert place.rows == []
    case_id = custody.case_id_of(place.number)
    draft = assessment_queries.get_draft(place.by, case_id, "uji")
    assert draft is not None
    assert draft.values == {"instance": [filling(wrong).decode()], "version": ["1"]}
    # Mended and kept at the desk: the phone hears that it is done, and no draft comes back.
    assert place.take(place.sealed()).state == "taken"
    assessments.drop_draft(case_id=case_id, instrument="uji", by=place.by)
    assert place.take(place.sealed(wrong)).state == "taken"
    assert assessment_queries.get_draft(place.by, case_id, "uji") is None


def test_another_draft_at_the_desk_is_not_written_over(place: Place) -> None:
    case_id = custody.case_id_of(place.number)
    values = {"instance": ["<data/>"], "version": ["1"]}
    assessments.keep_draft(case_id=case_id, instrument="uji", values=values, by=place.by, at=NOW)
    wrong = ANSWERS | {"g": ANSWERS["g"] | {"senjata": "mungkin"}}
    outcome = place.take(place.sealed(wrong))
    assert (outcome.state, outcome.said) == ("refused", offline_taking.DRAFT_THERE)
    draft = assessment_queries.get_draft(place.by, case_id, "uji")
    assert draft is not None
    assert draft.values == values


def test_a_triage_raises_the_risk_and_one_that_does_not_fit_stays_on_the_phone(
    place: Place,
) -> None:
    form = assessment_queries.get_published("rk01_triase")
    answers = {"h_privat": "ya", "h_aman": "ya", "h_setuju": "ya", "bahaya_kini": "ya"}

    def sealed(answers: dict[str, str], number: str) -> bytes:
        made = xml_of("rk01_triase", answers, at=NOW, number=number)
        return place.sealed(form=str(form.id), instance=made.decode())

    wrong = place.take(sealed(answers | {"bahaya_kini": "mungkin"}, "uuid:wrong"))
    assert wrong.state == "refused"
    assert wrong.address == ""
    case_id = custody.case_id_of(place.number)
    # What was begun on the desk's guided page is of another kind, and is left alone.
    assert assessment_queries.get_draft(place.by, case_id, "rk01_triase") is None
    assert case_queries.get_file(place.by, case_id).risk != "tinggi"
    assert place.take(sealed(answers, "uuid:right")).state == "taken"
    assert case_queries.get_file(place.by, case_id).risk == "tinggi"


def test_a_retired_form_is_refused_unless_its_filling_stands_already(place: Place) -> None:
    assert place.take(place.sealed()).state == "taken"
    with acting(place.cast.sinta):
        assessments.retire_form(form_id=place.form.id, by=place.cast.sinta, at=NOW)
    with acting(place.by):
        assert place.take(place.sealed()).state == "taken"
        late = filling(ANSWERS).decode().replace("uuid:7d3c", "uuid:late")
        outcome = place.take(place.sealed(instance=late))
    assert (outcome.state, outcome.said) == ("refused", offline_taking.NOT_IN_USE)
    assert Submission.objects.filter(instance_id="uuid:late").count() == 0


def test_a_foreign_file_and_no_file_at_all_look_the_same(place: Place) -> None:
    stranger = place.cast.andi
    data = phone_of(stranger).seal(
        {"kind": "form", "form": str(place.form.id), "case": place.number, "instance": "<x/>"}
    )
    with acting(stranger):
        foreign = take(data, by=stranger, at=NOW)
    with acting(place.by):
        none = place.take(place.sealed(case="RK-0000-0000"))
    assert foreign == none == Outcome("refused", offline_taking.NO_FILE)
    assert place.rows == []


def test_another_persons_item_is_not_sent_as_ones_own(place: Place) -> None:
    with acting(place.cast.nining):
        outcome = take(place.sealed(), by=place.cast.nining, at=NOW)
    assert outcome == Outcome("refused", offline_taking.OF_ANOTHER)
    elsewhere = replace(place.by, agency_id=place.cast.yohana.agency_id)
    assert take(place.sealed(), by=elsewhere, at=NOW).said == offline_taking.OF_ANOTHER


@pytest.mark.parametrize(
    "content",
    [
        {}, {"kind": "song"}, {"kind": "report"}, {"kind": "report", "report": "words"},
        {"kind": "form", "form": "none"}, {"kind": "form", "form": 7, "case": [], "instance": {}},
    ],
)  # fmt: skip
def test_what_is_not_an_item_of_ours_is_refused_with_a_sentence(
    place: Place, content: dict[str, Any]
) -> None:
    outcome = place.take(phone_of(place.by).seal(content))
    assert outcome == Outcome("refused", offline_taking.DAMAGED)


def test_hostile_values_are_left_out_and_the_words_stay(cast: Cast, db: None) -> None:
    hostile: dict[str, Any] = {
        "channel": {"a": 1}, "age": True, "sex": 4, "violence_kinds": "fisik", "name": ["x"],
        "happened_on": "yesterday", "reported_at": "2026-03-02", "terkurung": "maybe",
        "place": "x" * 5_000, "area": "33.74" * 9,
    }  # fmt: skip
    with acting(cast.joko):
        outcome = take(sealed_report(cast.joko, **hostile), by=cast.joko, at=NOW)
        [report] = Report.objects.filter(taken_by=cast.joko.user_id)
        assert reports.unseal(report).content.account == STORY
    assert outcome.state == "waits"
