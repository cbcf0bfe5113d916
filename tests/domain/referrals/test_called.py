"""Who is called when a hand-off moves: the desk that is asked, the sender who has to act."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from tests.domain.referrals.scene import DESK, Scene
from tests.people import KUPANG, NOW, SEMARANG

from rangkul.alerts.models import Alert
from rangkul.cases.models import CaseFile
from rangkul.foundation.scope import acting, system
from rangkul.jobs import tasks
from rangkul.referrals import operations
from rangkul.referrals.models import Request


def _deliver() -> None:
    """What the worker does with the line; all of it, twice: nobody is called twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select args from procrastinate_jobs where queue_name = 'events' order by id"
        )
        found = [row[0] for row in cursor.fetchall()]
        cursor.execute("delete from procrastinate_jobs where queue_name = 'events'")
    for args in found:
        for _ in range(2):
            tasks.deliver(**(json.loads(args) if isinstance(args, str) else args))


def _called(kind: str, *, waiting: bool = True) -> list[tuple[int, str, bool]]:
    """Agency, audience and urgency of the calls of one kind that wait (or do not any more)."""
    with system("tick"):
        found = Alert.objects.filter(kind=kind, ended_at__isnull=waiting)
        return sorted(found.values_list("agency_id", "audience", "urgent"))


def _answer(scene: Scene, request: Request, decision: str, version: int, **more: str) -> None:
    with acting(scene.receiver):
        operations.answer(
            request_id=request.id, decision=decision, expected_version=version,
            by=scene.receiver, at=NOW, **more,
        )  # fmt: skip


def test_the_desk_that_is_asked_is_called_until_it_answers(scene: Scene) -> None:
    request = scene.send()
    _deliver()
    assert _called("referral.sent") == [(KUPANG, "desk", False)]
    with acting(scene.receiver):
        (call,) = Alert.objects.filter(kind="referral.sent")
        assert (call.desk_id, call.about_kind, call.about_id) == (DESK, "request", str(request.id))
    _answer(scene, request, "accept", 1)
    _deliver()
    assert _called("referral.sent") == []
    assert _called("referral.sent", waiting=False) == [(KUPANG, "desk", False)]


def test_what_was_answered_before_the_worker_came_calls_nobody(scene: Scene) -> None:
    request = scene.send()
    _answer(scene, request, "accept", 1)
    _deliver()
    assert _called("referral.sent") == _called("referral.sent", waiting=False) == []


def test_high_danger_calls_at_any_hour(scene: Scene) -> None:
    CaseFile.objects.filter(case_id=scene.case_id).update(risk="tinggi")
    scene.send()
    _deliver()
    assert _called("referral.sent") == [(KUPANG, "desk", True)]


def test_each_question_calls_the_sender_and_each_answer_the_desk(scene: Scene) -> None:
    request = scene.send()
    _answer(scene, request, "ask", 1, words="Jam berapa?")
    _deliver()
    both = [(SEMARANG, "penyelia", False), (SEMARANG, "person", False)]
    assert sorted(_called("request.asked")) == sorted(both)
    operations.reply(
        request_id=request.id, words="Pagi.", expected_version=2, by=scene.sender, at=NOW
    )
    _deliver()
    assert _called("request.asked") == []
    assert _called("request.message") == [(KUPANG, "desk", False)]
    # A second question is news again.
    _answer(scene, request, "ask", 3, words="Hari apa?")
    _deliver()
    assert sorted(_called("request.asked")) == sorted(both)
    assert len(_called("request.asked", waiting=False)) == 2


@pytest.mark.parametrize(
    ("result", "danger", "called", "urgent"),
    [
        ("done", "same", 0, False), ("done", "higher", 2, True), ("not_done", "same", 2, False),
        ("not_done", "higher", 2, True),
    ],
)  # fmt: skip
def test_an_outcome_that_asks_for_an_act_calls_the_sender(
    scene: Scene, result: str, danger: str, called: int, urgent: bool
) -> None:
    request = scene.send()
    _answer(scene, request, "accept", 1)
    with acting(scene.receiver):
        operations.report_outcome(
            request_id=request.id, result=result, expected_version=2, by=scene.receiver, at=NOW,
            outcome="served" if result == "done" else "", risk_change=danger,
            reason="" if result == "done" else "not_reached",
        )  # fmt: skip
    _deliver()
    found = _called("request.outcome")
    assert len(found) == called
    assert all(agency == SEMARANG and loud == urgent for agency, _who, loud in found)


def test_a_second_pause_is_told_too(scene: Scene) -> None:
    request = scene.send()
    _answer(scene, request, "accept", 1)
    for version in (2, 4):
        with acting(scene.receiver):
            operations.pause(
                request_id=request.id, reason="ill", until=NOW.date().replace(day=20),
                expected_version=version, by=scene.receiver, at=NOW,
            )  # fmt: skip
        _deliver()
        with acting(scene.receiver):
            operations.resume(
                request_id=request.id, expected_version=version + 1, by=scene.receiver, at=NOW
            )
        _deliver()
    assert len(_called("request.paused")) == 4


def test_nobody_beside_the_two_agencies_is_called(scene: Scene) -> None:
    request = scene.send()
    _answer(scene, request, "decline", 1, reason="penuh", words="Maaf")
    _deliver()
    with system("tick"):
        assert set(Alert.objects.values_list("agency_id", flat=True)) <= {SEMARANG, KUPANG}
