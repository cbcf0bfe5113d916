"""The 72 hours after sexual violence end with care reached or declined; else they run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.domain.referrals.scene import Scene
from tests.people import KUPANG, NOW

from rangkul.assessments.answers import Answers
from rangkul.cases import operations as cases
from rangkul.cases.events import MEDICAL_CARE_SETTLED
from rangkul.clocks import queries as clocks
from rangkul.custody import operations as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting
from rangkul.jobs.joint_clocks import meet_medical_window
from rangkul.referrals import operations
from rangkul.referrals.models import Request

LATER = NOW + timedelta(hours=5)


@pytest.fixture(autouse=True)
def window(scene: Scene) -> None:
    """The clock runs: sexual violence less than 72 hours ago."""
    start_window(scene, scene.sender)


def start_window(scene: Scene, by: Actor) -> None:
    """A triage that sets the clock for this person's agency."""
    answers = Answers.of({"waktu_seksual": "kurang_72_jam", "jenis": ["seksual"]})
    with acting(by):
        cases.record_triage(case_id=scene.case_id, answers=answers, by=by, at=NOW)
    assert state(scene, by) == "running"


def state(scene: Scene, actor: Actor) -> str:
    """How the clock of this person's agency stands."""
    with acting(actor):
        (found,) = [
            clock.state
            for clock in clocks.list_subject(actor, "case", scene.case_id)
            if clock.procedure == "medical_window"
        ]
    return found


def contacted(scene: Scene, service: str) -> Request:
    """A referral whose desk has met the person; the sender took that up."""
    request = scene.send(scene.consent(service))
    with acting(scene.receiver):
        operations.answer(
            request_id=request.id, decision="accept", expected_version=1, by=scene.receiver,
            at=LATER,
        )  # fmt: skip
    take_up(scene, request)
    assert state(scene, scene.sender) == "running"
    with acting(scene.receiver):
        operations.first_contact(
            request_id=request.id, expected_version=2, by=scene.receiver, at=LATER
        )
    take_up(scene, request)
    return request


def take_up(scene: Scene, request: Request) -> None:
    """What the sender's job does."""
    with acting(scene.sender):
        operations.take_up_answer(request_id=request.id, by=scene.sender, at=LATER)


@pytest.mark.parametrize(
    ("service", "after"), [("medis", "met"), ("visum", "met"), ("psikologi", "running")]
)
def test_the_first_contact_of_a_medical_desk_meets_it(
    scene: Scene, service: str, after: str
) -> None:
    contacted(scene, service)
    assert state(scene, scene.sender) == after


@pytest.mark.parametrize(
    ("result", "why", "after"),
    [
        ("done", {"outcome": "served"}, "met"),
        ("not_done", {"reason": "own_wish"}, "met"),
        ("not_done", {"reason": "served_elsewhere"}, "met"),
        ("not_done", {"reason": "not_reached"}, "running"),
        ("not_done", {"reason": "no_means"}, "running"),
    ],
)
def test_an_outcome_without_a_noted_contact(
    scene: Scene, result: str, why: dict[str, str], after: str
) -> None:
    request = scene.send(scene.consent("medis"))
    with acting(scene.receiver):
        operations.answer(
            request_id=request.id, decision="accept", expected_version=1, by=scene.receiver,
            at=LATER,
        )  # fmt: skip
        operations.report_outcome(
            request_id=request.id, result=result, expected_version=2, by=scene.receiver, at=LATER,
            **why,
        )  # fmt: skip
    take_up(scene, request)
    assert state(scene, scene.sender) == after


@pytest.mark.parametrize(
    ("service", "move", "outcome", "after"),
    [
        ("medis", "meet", "", "met"),
        ("visum", "drop", "atas_permintaan", "met"),
        ("medis", "drop", "keliru", "running"),
        ("medis", "run", "", "running"),
        ("medis", "fail", "", "running"),
        ("hunian", "meet", "", "running"),
        ("hunian", "drop", "atas_permintaan", "running"),
    ],
)
def test_what_the_companion_notes_in_the_plan(
    scene: Scene, service: str, move: str, outcome: str, after: str
) -> None:
    with acting(scene.sender):
        need_id = scene.need(service)
        cases.set_need_state(need_id=need_id, move=move, outcome=outcome, by=scene.sender, at=LATER)
    assert state(scene, scene.sender) == after


def test_it_was_in_time_when_the_care_was_however_late_one_hears_of_it(scene: Scene) -> None:
    request = scene.send(scene.consent("medis"))
    with acting(scene.receiver):
        operations.answer(
            request_id=request.id, decision="accept", expected_version=1, by=scene.receiver,
            at=LATER,
        )  # fmt: skip
        operations.first_contact(
            request_id=request.id, expected_version=2, by=scene.receiver, at=LATER
        )
    with acting(scene.sender):
        operations.take_up_answer(
            request_id=request.id, by=scene.sender, at=NOW + timedelta(days=9)
        )
        (clock,) = [
            clock
            for clock in clocks.list_subject(scene.sender, "case", scene.case_id)
            if clock.procedure == "medical_window"
        ]
    assert (clock.state, clock.ended_at) == ("met", LATER)


def test_a_joint_team_hears_of_it(scene: Scene) -> None:
    wahyuni, marten = scene.cast.wahyuni, scene.cast.marten
    with acting(wahyuni):
        custody.join_agency(case_id=scene.case_id, agency_id=KUPANG, by=wahyuni, at=NOW)
    start_window(scene, marten)
    contacted(scene, "medis")
    assert (state(scene, wahyuni), state(scene, marten)) == ("met", "running")
    told = [
        Event(**job.args)
        for job in ProcrastinateJob.objects.filter(task_name="rangkul.deliver")
        if job.args["name"] == MEDICAL_CARE_SETTLED
    ]
    assert {event.agency_id for event in told} == {KUPANG}
    for event in (*told, *told):
        meet_medical_window(event)
    assert state(scene, marten) == "met"


def test_it_counts_from_the_report_not_from_the_opening_of_the_file(scene: Scene) -> None:
    by, reported = scene.sender, NOW - timedelta(hours=9)
    opening = cases.Opening(
        area="33.74", categories=("ktk",), reported_at=reported,
        triage=Answers.of({"waktu_seksual": "kurang_72_jam", "jenis": ["seksual"]}),
    )  # fmt: skip
    with acting(by):
        file = cases.open_file(opening=opening, by=by, at=NOW)
        (clock,) = [
            c for c in clocks.list_case(by, file.case_id) if c.procedure == "medical_window"
        ]
        assert (clock.started_at, clock.due_at) == (reported, reported + timedelta(hours=72))


def test_it_counts_from_the_day_of_the_violence_where_that_is_known(scene: Scene) -> None:
    by = scene.sender
    opening = cases.Opening(
        area="33.74", categories=("ktk",), reported_at=NOW - timedelta(hours=1),
        incident=cases.IncidentFacts(happened_from=NOW.date() - timedelta(days=1)),
        triage=Answers.of({"waktu_seksual": "kurang_72_jam", "jenis": ["seksual"]}),
    )  # fmt: skip
    with acting(by):
        file = cases.open_file(opening=opening, by=by, at=NOW)
        (clock,) = [
            c for c in clocks.list_case(by, file.case_id) if c.procedure == "medical_window"
        ]
        # The first of March began in Semarang at 17:00 UTC of the day before.
        assert clock.started_at == datetime(2026, 2, 28, 17, tzinfo=UTC)
