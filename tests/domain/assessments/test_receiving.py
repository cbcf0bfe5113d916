"""A filling that comes from a page or a phone is checked, counted once, and sealed by its class."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.domain.referrals.scene import make_scene
from tests.people import NOW, Cast
from tests.unit.assessments.forms import RISK, SETTINGS, filling, workbook
from tests.unit.assessments.test_checking import hundred

from rangkul.access.policy import Forbidden
from rangkul.assessments import events, operations, queries
from rangkul.assessments.models import FormVersion, SealedAnswers, Submission
from rangkul.assessments.problems import SubmissionRefused
from rangkul.custody.models import Case
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.scope import acting
from rangkul.trail.models import Act

STORY = "Ia disekap di gudang beras"
ANSWERS: dict[str, Any] = {
    "setuju": "ya", "g": {"senjata": "tidak", "cekik": "ya", "cerita": STORY, "takut": "1"},
    "anak": [{"nama": "Uji Kecil", "umur": "3"}],
}  # fmt: skip


@dataclass
class Place:
    """A published form, a case of Semarang, and Ratih, who carries it."""

    cast: Cast
    form: FormVersion
    case: Case
    by: Actor

    def receive(self, xml: bytes, **more: Any) -> Submission:
        keywords = {"form": self.form, "case": self.case, "by": self.by, "at": NOW,
                    "source": "collect"} | more  # fmt: skip
        return operations.receive_submission(instance_xml=xml, **keywords)


def publish(cast: Cast, rows: Any = RISK, **settings: str) -> FormVersion:
    with acting(cast.sinta):
        form = operations.upload_form(
            data=workbook(rows, settings=SETTINGS | settings), name="uji.xlsx", by=cast.sinta,
            at=NOW,
        )  # fmt: skip
        operations.start_test(form_id=form.id, by=cast.sinta, at=NOW)
        return operations.publish_form(form_id=form.id, by=cast.sinta, at=NOW)


@pytest.fixture
def place(db: None, cast: Cast) -> Iterator[Place]:
    form = publish(cast)
    with acting(cast.ratih):
        scene = make_scene(cast)
        yield Place(cast, form, Case.objects.get(id=scene.case_id), cast.ratih)


def with_id(name: str, answers: dict[str, Any] = ANSWERS) -> bytes:
    return filling(answers).replace(b"uuid:7d3c", name.encode())


def test_what_is_kept_and_where(place: Place) -> None:
    row = place.receive(with_id("uuid:a"))
    assert (row.instrument, row.version, row.form_id, row.standing, row.source) == (
        "uji", "1", place.form.id, "kept", "collect",
    )  # fmt: skip
    row.refresh_from_db()
    assert row.answers == {"setuju": ["ya"], "g/senjata": ["tidak"], "g/takut": ["1"],
                           "anak[1]/umur": ["3"], "meta/instanceID": ["uuid:a"]}  # fmt: skip
    assert row.result["values"]["saran"] == "tinggi"
    assert STORY not in json.dumps([row.answers, row.result])
    sealed = SealedAnswers.objects.filter(submission_id=row.id)
    assert {(each.data_class, each.part) for each in sealed} == {
        ("health", "answers"), ("account", "answers"), ("identity", "answers"),
        ("account", "received"),
    }  # fmt: skip
    assert not any(STORY.encode() in bytes(each.values_sealed) for each in sealed)
    answers = queries.unseal_answers(row)
    assert answers.one("g/cerita") == STORY
    assert answers.one("anak[1]/nama") == "Uji Kecil"
    assert queries.received_xml(row) == with_id("uuid:a")
    assert [each.id for each in queries.list_filled(place.by, place.case.id)] == [row.id]
    assert row.id not in {e.id for e in queries.list_submissions(place.by, place.case.id)}


def test_sent_again_it_is_the_same_row(place: Place) -> None:
    first = place.receive(with_id("uuid:a"))
    acts = Act.objects.count()
    again = [place.receive(with_id("uuid:a"), at=NOW + timedelta(days=n)) for n in range(3)]
    assert {row.id for row in again} == {first.id}
    assert Submission.objects.filter(instance_id="uuid:a").count() == 1
    assert Act.objects.count() == acts


def test_other_content_under_a_known_id_is_kept_for_a_person_to_see(place: Place) -> None:
    first = place.receive(with_id("uuid:a"))
    other = with_id("uuid:a", ANSWERS | {"lahir": "2001-02-03"})
    second = place.receive(other)
    assert (second.standing, second.previous) == ("conflict", first.id)
    assert place.receive(other).id == second.id
    assert [row.id for row in queries.list_filled(place.by, place.case.id)] == [first.id]
    assert [row.id for row in queries.list_conflicts(place.by, place.case.id)] == [second.id]
    assert queries.unseal_answers(second).one("lahir") == "2001-02-03"
    received = queries.list_received(place.by, place.case.id)
    assert [(row.id, titles) for row, titles in received] == [
        (first.id, ("Formulir uji", "Formulir uji")), (second.id, ("Formulir uji", "Formulir uji")),
    ]  # fmt: skip
    assert Act.objects.filter(name=events.SUBMISSION_CONFLICT, subject_id=second.id).exists()


def test_a_new_look_is_a_new_row_that_names_the_former(place: Place) -> None:
    first = place.receive(with_id("uuid:a"))
    second = place.receive(with_id("uuid:b"), at=NOW + timedelta(days=30))
    assert second.previous == first.id


def test_what_does_not_apply_is_noted_by_its_name_alone(place: Place) -> None:
    calm = ANSWERS | {"g": {"senjata": "tidak", "cekik": "tidak", "cerita": STORY}}
    row = place.receive(with_id("uuid:a", calm))
    assert row.result["dropped"] == ["g/cerita"]
    assert not queries.unseal_answers(row).given("g/cerita")


@pytest.mark.parametrize(
    ("ended", "clock"),
    [("2026-03-01T20:00:00.000+07:00", "device"), ("2019-01-01T00:00:00.000+07:00", "server"),
     ("2031-01-01T00:00:00.000+07:00", "server"), ("kemarin", ""), ("", "server")],
)  # fmt: skip
def test_a_clock_set_wrong_is_not_believed(place: Place, ended: str, clock: str) -> None:
    sent = with_id("uuid:a", ANSWERS | {"end": ended})
    if not clock:
        with pytest.raises(SubmissionRefused):
            place.receive(sent)
        return
    row = place.receive(sent)
    assert row.result["clock"] == clock
    assert (row.happened_at == NOW) is (clock == "server")


def test_what_is_refused_leaves_nothing(place: Place) -> None:
    before = Submission.objects.count(), SealedAnswers.objects.count(), Act.objects.count()
    for xml, code in (
        (with_id("uuid:a", {}), "required"),
        (with_id("uuid:a", ANSWERS | {"asing": "1"}), "unknown_element"),
        (with_id(""), "no_instance_id"),
        (with_id("x" * 101), "no_instance_id"),
        (filling(ANSWERS, version="2"), "other_version"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><data/>', "markup"),
    ):
        with pytest.raises(SubmissionRefused) as refused:
            place.receive(xml)
        assert [problem.code for problem in refused.value.problems] == [code]
    after = Submission.objects.count(), SealedAnswers.objects.count(), Act.objects.count()
    assert after == before


def test_forms_out_of_use_and_foreign_cases(place: Place) -> None:
    late = with_id("uuid:late")
    with acting(place.cast.sinta):
        newer = publish(place.cast, version="2")
    with acting(place.by):
        assert place.receive(late).version == "1"
    with acting(place.cast.sinta):
        retired = operations.retire_form(form_id=place.form.id, by=place.cast.sinta, at=NOW)
    with acting(place.by):
        with pytest.raises(SubmissionRefused) as refused:
            place.receive(with_id("uuid:b"), form=retired)
        assert [problem.code for problem in refused.value.problems] == ["retired"]
        foreign = Case(id=place.case.id + 999)
        with pytest.raises(NotReachable):
            place.receive(with_id("uuid:c"), form=newer, case=foreign)
    with acting(place.cast.joko), pytest.raises(Forbidden):
        place.receive(with_id("uuid:d"), by=place.cast.joko)
    with acting(place.cast.yohana), pytest.raises(NotReachable):
        place.receive(with_id("uuid:e"), by=place.cast.yohana)
    assert not Submission.objects.filter(instance_id__in=["uuid:b", "uuid:c", "uuid:d"]).exists()


def test_nobody_takes_another_agencys_numbers(place: Place) -> None:
    row = place.receive(with_id("uuid:a"))
    with (
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "insert into assessments_submission (id, case_id, audience, instrument, version, "
            "answers, result, happened_at, entered_at, assessed_by, agency_id, instance_id, source,"
            " standing) select gen_random_uuid(), case_id, audience, instrument, version, answers, "
            "result, happened_at, entered_at, assessed_by, %s, 'uuid:x', source, standing "
            "from assessments_submission where id = %s",
            [place.cast.dorce.agency_id, row.id],
        )


def test_a_form_made_elsewhere_keeps_nothing_in_the_clear(db: None, cast: Cast) -> None:
    rows = [
        {"type": "text", "name": "prs_First_Name", "label": "First Name"},
        {"type": "calculate", "name": "copy", "calculation": "${prs_First_Name}"},
    ]
    with acting(cast.sinta):
        form = operations.upload_form(
            data=workbook(rows, settings={"version": "v"}), name="lain.xlsx", by=cast.sinta, at=NOW
        )
        operations.start_test(form_id=form.id, by=cast.sinta, at=NOW)
        form = operations.publish_form(form_id=form.id, by=cast.sinta, at=NOW)
    with acting(cast.ratih):
        case = Case.objects.get(id=make_scene(cast).case_id)
        row = operations.receive_submission(
            form=form, case=case, by=cast.ratih, at=NOW, source="page",
            instance_xml=filling({"prs_First_Name": "Kusuma"}, code="lain", version="v"),
        )  # fmt: skip
        row.refresh_from_db()
        assert "Kusuma" not in json.dumps([row.answers, row.result])
        assert queries.unseal_answers(row).one("copy") == "Kusuma"


def test_storing_a_hundred_answers_takes_some_milliseconds(place: Place) -> None:
    """Of our own time: what the database and other work of the machine take is the bench's."""
    form = publish(place.cast, hundred(), form_id="panjang")
    with acting(place.by):
        sent = filling({f"q{n}": "ya" for n in range(100)}, code="panjang")
        times = []
        for n in range(60):
            began = time.process_time()
            place.receive(sent.replace(b"uuid:7d3c", f"uuid:{n}".encode()), form=form)
            times.append(time.process_time() - began)
        with CaptureQueriesContext(connection) as queried:
            place.receive(sent.replace(b"uuid:7d3c", b"uuid:last"), form=form)
    assert sorted(times)[56] < 0.06
    assert len(queried) <= 13
