"""The order of a plan holds: what comes after another goes when that one is done, not before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from tests.domain.referrals.scene import DESK, SECOND_DESK, Scene
from tests.people import NOW
from tests.rows import app_as

from rangkul.alerts.models import Alert
from rangkul.cases import operations as case_operations
from rangkul.cases import queries as cases
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting
from rangkul.foundation.workflow import IllegalMove
from rangkul.jobs import held_back
from rangkul.referrals import operations, queries, waiting
from rangkul.referrals.models import Request, WaitingReferral
from rangkul.referrals.operations import Planned, Step
from rangkul.referrals.policy import PreviewChanged
from rangkul.trail.models import Act

LATER = NOW + timedelta(hours=3)
TALK = "Ia ingin bicara dengan seorang ibu"


def _plan(scene: Scene, *, three: bool = False, token: object = None) -> Planned:
    """First the clinic, then the psychologist, then (``three``) legal aid."""
    medical = scene.asked(scene.consent("medis"))
    talk = scene.asked(scene.consent("psikologi"), desk_id=SECOND_DESK)
    talk = replace(talk, draft=replace(talk.draft, asked=TALK))
    legal = scene.asked(scene.consent("bantuan_hukum"), desk_id=SECOND_DESK)
    steps = [
        Step(replace(medical, need_id=scene.need("medis"))),
        Step(replace(talk, need_id=scene.need("psikologi")), after=0),
        Step(replace(legal, need_id=scene.need("bantuan_hukum")), after=1),
    ][: 3 if three else 2]
    return operations.send_plan(
        steps=steps,
        token=token or uuid4(),
        by=scene.sender,
        at=NOW,
    )


def _answer(scene: Scene, request: Request, result: str, **more: str) -> None:
    """The desk carries it through, and the sender takes that up."""
    with acting(scene.receiver):
        for decision in ("accept",):
            request.refresh_from_db()
            operations.answer(
                request_id=request.id, decision=decision, expected_version=request.version,
                by=scene.receiver, at=LATER,
            )  # fmt: skip
    with acting(scene.sender):
        operations.take_up_answer(request_id=request.id, by=scene.sender, at=LATER)
    with acting(scene.receiver):
        request.refresh_from_db()
        operations.report_outcome(
            request_id=request.id, result=result, expected_version=request.version,
            by=scene.receiver, at=LATER, **more,
        )  # fmt: skip
    with acting(scene.sender):
        operations.take_up_answer(request_id=request.id, by=scene.sender, at=LATER)


def _done(scene: Scene, request: Request) -> None:
    _answer(scene, request, "done", outcome="served")


def _states(scene: Scene) -> dict[str, str]:
    """Service → how it stands: a request's state, or that it waits."""
    with acting(scene.sender):
        found = {r.service: r.state for _x, r in queries.list_case(scene.sender, scene.case_id)}
        return found | {
            row.service: f"waits{row.stuck and ' ' + row.stuck}"
            for row in waiting.list_waiting(scene.sender, scene.case_id)
        }


def test_what_comes_after_is_sealed_and_nobody_is_asked(scene: Scene) -> None:
    planned = _plan(scene)
    connection.check_constraints()
    assert ([r.service for r in planned.sent], [w.service for w in planned.waiting]) == (
        ["medis"], ["psikologi"],
    )  # fmt: skip
    (row,) = planned.waiting
    assert TALK.encode() not in bytes(row.draft_sealed)
    assert waiting.draft_of(row).asked == TALK
    states = {v.need.service: v.need.state for v in cases.list_needs(scene.sender, scene.case_id)}
    assert (states["medis"], states["psikologi"]) == ("referred", "planned")
    with acting(scene.receiver):
        assert [e.request.service for e in queries.inbox(scene.receiver, now=NOW)] == ["medis"]
    with app_as(scene.receiver) as app:
        assert app.execute("select * from referrals_waitingreferral").fetchall() == []


def test_sent_twice_nothing_is_doubled(scene: Scene) -> None:
    token = uuid4()
    first, second = _plan(scene, token=token), None
    with acting(scene.sender):
        steps = [
            Step(scene.asked(scene.consent("medis"))),
            Step(scene.asked(scene.consent("psikologi"), desk_id=SECOND_DESK), after=0),
        ]
        second = operations.send_plan(steps=steps, token=token, by=scene.sender, at=NOW)
    assert [r.id for r in second.sent] == [r.id for r in first.sent]
    assert [w.id for w in second.waiting] == [w.id for w in first.waiting]


def test_done_the_next_goes_and_then_the_one_after_that(scene: Scene) -> None:
    planned = _plan(scene, three=True)
    assert _states(scene) == {"medis": "sent", "psikologi": "waits", "bantuan_hukum": "waits"}
    _done(scene, planned.sent[0])
    assert _states(scene) == {"medis": "done", "psikologi": "sent", "bantuan_hukum": "waits"}
    with acting(scene.sender):
        second = Request.objects.get(service="psikologi")
        referral = queries.get_referral(scene.sender, second.id)
        assert (referral.id, second.sent_at) == (planned.waiting[0].id, LATER)
        assert second.receiver_desk_id == SECOND_DESK
        text = operations.read_sent_packet(request_id=second.id, by=scene.sender, at=LATER)
        assert text.asked == TALK
        connection.check_constraints()
        # Taken up again, as a job that was killed would: it went once.
        operations.take_up_answer(request_id=planned.sent[0].id, by=scene.sender, at=LATER)
        assert Request.objects.filter(service="psikologi").count() == 1


def test_not_done_nothing_goes_by_itself(scene: Scene) -> None:
    planned = _plan(scene)
    _answer(scene, planned.sent[0], "not_done", reason="not_reached")
    assert _states(scene) == {"medis": "not_done", "psikologi": "waits"}


def test_by_hand_it_goes_with_a_word_before_its_turn(scene: Scene) -> None:
    (row,) = _plan(scene).waiting
    for words in ("", " ", "x" * 601):
        with acting(scene.sender), pytest.raises(InvalidInput):
            operations.send_before_turn(waiting_id=row.id, words=words, by=scene.sender, at=LATER)
    with acting(scene.sender):
        operations.send_before_turn(
            waiting_id=row.id, words="Ia minta sekarang", by=scene.sender, at=LATER
        )
        kept = WaitingReferral.objects.get(id=row.id)
        assert (kept.state, kept.ended_by) == ("sent", scene.sender.user_id)
        assert kept.words_sealed is not None and b"Ia minta" not in bytes(kept.words_sealed)
        for again in (operations.send_before_turn, operations.let_go):
            with pytest.raises(IllegalMove):
                again(waiting_id=row.id, words="Lagi", by=scene.sender, at=LATER)
    assert _states(scene) == {"medis": "sent", "psikologi": "sent"}


def test_let_go_it_is_never_sent_and_the_need_stands(scene: Scene) -> None:
    planned = _plan(scene)
    with acting(scene.sender):
        operations.let_go(
            waiting_id=planned.waiting[0].id, words="Tidak mau lagi", by=scene.sender, at=LATER
        )
    _done(scene, planned.sent[0])
    assert _states(scene) == {"medis": "done"}


def test_a_consent_that_is_gone_stops_it_and_says_so(scene: Scene) -> None:
    planned = _plan(scene, three=True)
    with acting(scene.sender):
        operations.withdraw_consent(basis_id=planned.waiting[0].basis_id, by=scene.sender, at=NOW)
    _done(scene, planned.sent[0])
    assert _states(scene) == {
        "medis": "done", "psikologi": "waits withdrawn", "bantuan_hukum": "waits",
    }  # fmt: skip
    with acting(scene.cast.wahyuni):
        assert Act.objects.filter(name="referral.stuck", case_id=scene.case_id).count() == 1


def test_a_need_answered_meanwhile_is_not_asked_for_twice(scene: Scene) -> None:
    planned = _plan(scene)
    with acting(scene.sender):
        need = planned.waiting[0].need_id
        assert need is not None
        case_operations.set_need_state(need_id=need, move="run", by=scene.sender, at=NOW)
    _done(scene, planned.sent[0])
    assert _states(scene) == {"medis": "done", "psikologi": "waits need_answered"}


def test_it_follows_the_first_to_another_desk(scene: Scene) -> None:
    planned = _plan(scene)
    first = planned.sent[0]
    with acting(scene.sender):
        moved = operations.move_referral(
            request_id=first.id, desk_id=SECOND_DESK, token=uuid4(),
            expected_version=first.version, by=scene.sender, at=NOW, uncovered_ok=True,
        )  # fmt: skip
    seated = replace(scene.receiver, desk_ids=frozenset({DESK, SECOND_DESK}))
    with acting(seated):
        operations.answer(
            request_id=moved.id, decision="accept", expected_version=1, by=seated, at=LATER
        )
    with acting(scene.sender):
        operations.take_up_answer(request_id=moved.id, by=scene.sender, at=LATER)
    with acting(seated):
        operations.report_outcome(
            request_id=moved.id, result="done", outcome="served", expected_version=2, by=seated,
            at=LATER,
        )  # fmt: skip
    with acting(scene.sender):
        operations.take_up_answer(request_id=moved.id, by=scene.sender, at=LATER)
        assert Request.objects.filter(service="psikologi", state="sent").exists()


def test_it_is_checked_when_it_is_put_in_line(scene: Scene) -> None:
    medical = Step(scene.asked(scene.consent("medis")))
    talk = scene.asked(scene.consent("psikologi"), desk_id=SECOND_DESK)
    with pytest.raises(PreviewChanged):
        operations.send_plan(
            steps=[medical, Step(talk, seen="0" * 64, after=0)], token=uuid4(), by=scene.sender,
            at=NOW,
        )  # fmt: skip
    bad = replace(talk, draft=replace(talk.draft, asked=" "))
    with pytest.raises(InvalidInput) as fault:
        operations.send_plan(
            steps=[medical, Step(bad, after=0)], token=uuid4(), by=scene.sender, at=NOW
        )
    assert fault.value.errors == {"1.asked": "required"}
    assert not Request.objects.exists()


def test_strangers_touch_nothing(scene: Scene) -> None:
    (row,) = _plan(scene).waiting
    for stranger in (scene.receiver, scene.cast.yohana, scene.cast.andi):
        with acting(stranger):
            for act in (operations.send_before_turn, operations.let_go):
                with pytest.raises(Exception) as fault:
                    act(waiting_id=row.id, words="x", by=stranger, at=NOW)
                assert isinstance(fault.value, NotReachable) or "forbidden" in str(
                    getattr(fault.value, "code", "")
                )


def test_who_made_the_plan_is_called_when_it_cannot_go_on(scene: Scene) -> None:
    who = scene.sender
    for _ in range(2):
        held_back.tell_planner(
            Event("referral.stuck", "case", str(scene.case_id), who.agency_id, actor_id=who.user_id)
        )
    with acting(scene.cast.wahyuni):
        told = Alert.objects.filter(kind="referral.stuck").values_list("audience", "user_id")
        assert sorted(told, key=str) == [("penyelia", None), ("person", who.user_id)]
