"""Several needs, several desks, one act: each a referral of its own, none without the others."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from django.db import connection
from tests.domain.referrals.scene import DESK, SECOND_DESK, Scene
from tests.people import NOW

from rangkul.cases import queries as cases
from rangkul.foundation.errors import InvalidInput
from rangkul.referrals import events, operations, queries
from rangkul.referrals.models import Referral, Request
from rangkul.referrals.operations import Step
from rangkul.trail.models import Act


def _steps(scene: Scene) -> list[Step]:
    medical = scene.asked(scene.consent("medis"))
    talk = scene.asked(scene.consent("psikologi"), desk_id=SECOND_DESK)
    return [
        Step(replace(medical, need_id=scene.need("medis"))),
        Step(replace(talk, need_id=scene.need("psikologi")), after=0),
    ]


def _send(scene: Scene, steps: list[Step], token: UUID) -> list[Request]:
    """Both at once: nothing waits for anything."""
    together = [replace(step, after=None) for step in steps]
    return list(operations.send_plan(steps=together, token=token, by=scene.sender, at=NOW).sent)


def test_one_act_sends_both(scene: Scene) -> None:
    token, steps = uuid4(), _steps(scene)
    sent = _send(scene, steps, token)
    connection.check_constraints()
    assert [(r.service, r.receiver_desk_id) for r in sent] == [
        ("medis", DESK), ("psikologi", SECOND_DESK),
    ]  # fmt: skip
    first, second = (queries.get_referral(scene.sender, r.id) for r in sent)
    assert first.plan == second.plan is not None
    assert (first.after, second.after) == (None, None)
    assert {v.need.state for v in cases.list_needs(scene.sender, scene.case_id)} == {"referred"}
    acts = Act.objects.filter(name=events.REFERRAL_SENT, case_id=scene.case_id)
    assert acts.count() == 2
    assert [r.id for r in _send(scene, steps, token)] == [r.id for r in sent]


def test_no_packet_tells_of_the_other(scene: Scene) -> None:
    sent = _send(scene, _steps(scene), uuid4())
    numbers = [queries.packet_number(r.id) for r in sent]
    for request in sent:
        text = operations.read_sent_packet(request_id=request.id, by=scene.sender, at=NOW).to_json()
        assert not any(number in text for number in numbers)


def test_all_or_none(scene: Scene) -> None:
    good, other = _steps(scene)
    bad = replace(other, asked=replace(other.asked, draft=replace(other.asked.draft, asked=" ")))
    with pytest.raises(InvalidInput) as fault:
        _send(scene, [good, bad], uuid4())
    assert fault.value.errors == {"1.asked": "required"}
    assert not Referral.objects.filter(case_id=scene.case_id).exists()


def test_nothing_comes_after_itself_or_what_is_later(scene: Scene) -> None:
    first, second = _steps(scene)
    for wrong in (replace(first, after=0), replace(first, after=1)):
        with pytest.raises(InvalidInput):
            operations.send_plan(
                steps=[wrong, second], token=uuid4(), by=scene.sender, at=NOW
            )  # fmt: skip
    with pytest.raises(InvalidInput):
        _send(scene, [], uuid4())
