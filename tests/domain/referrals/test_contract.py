"""The contract's newer answers: yes to a part, a rest with its day, an end without an answer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.domain.referrals.scene import Scene
from tests.people import NOW

from rangkul.cases import queries as cases
from rangkul.clocks import queries as clocks
from rangkul.clocks.models import Clock
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.scope import acting
from rangkul.foundation.workflow import IllegalMove
from rangkul.referrals import operations
from rangkul.referrals.models import Request
from rangkul.referrals.policy import PacketClosed

LATER = NOW + timedelta(hours=2)


def _answer(scene: Scene, request: Request, decision: str, **more: object) -> Request:
    with acting(scene.receiver):
        return operations.answer(
            request_id=request.id, decision=decision, expected_version=request.version,
            by=scene.receiver, at=LATER, **more,
        )  # fmt: skip


def _clocks(scene: Scene, request: Request) -> dict[str, Clock]:
    return {c.procedure: c for c in clocks.list_subject(scene.sender, "request", request.id)}


def _pause(scene: Scene, request: Request, *, until: date, reason: str = "ill") -> Request:
    with acting(scene.receiver):
        return operations.pause(
            request_id=request.id, reason=reason, until=until, expected_version=request.version,
            by=scene.receiver, at=LATER,
        )  # fmt: skip


def test_a_part_is_accepted_and_the_rest_stands_in_the_plan_again(scene: Scene) -> None:
    request = scene.send(need_id=scene.need("medis"))
    found = _answer(scene, request, "accept_partly", limits=["no_transport", "first_step"])
    assert (found.state, found.limits) == ("partly_accepted", ["first_step", "no_transport"])
    for _ in range(2):
        operations.take_up_answer(request_id=request.id, by=scene.sender, at=LATER)
    needs = cases.list_needs(scene.sender, scene.case_id)
    states = sorted((view.need.state, view.need.service) for view in needs)
    assert states == [("planned", "medis"), ("running", "medis")]
    rest = next(view for view in needs if view.need.state == "planned")
    assert "pengantaran" in rest.words or "transport" in rest.words


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({}, "limits"), ({"limits": ["half"]}, "limits"), ({"limits": ["other_part"]}, "words"),
    ],
)  # fmt: skip
def test_a_part_says_what_stays_open(scene: Scene, more: dict[str, object], field: str) -> None:
    request = scene.send()
    with pytest.raises(InvalidInput) as fault:
        _answer(scene, request, "accept_partly", **more)
    assert field in fault.value.errors


def test_a_pause_stops_the_senders_deadlines_and_its_end_moves_them(scene: Scene) -> None:
    request = scene.send()
    accepted = _answer(scene, request, "accept")
    operations.take_up_answer(request_id=request.id, by=scene.sender, at=LATER)
    before = {name: clock.due_at for name, clock in _clocks(scene, request).items()}
    until = (NOW + timedelta(days=10)).date()
    paused = _pause(scene, accepted, until=until)
    operations.take_up_answer(request_id=request.id, by=scene.sender, at=LATER)
    found = _clocks(scene, request)
    assert found["referral_first_contact"].state == found["referral_outcome"].state == "paused"
    assert found["referral_resume"].state == "running"
    assert found["referral_resume"].due_at.astimezone().date() >= until
    back = LATER + timedelta(days=3)
    with acting(scene.receiver):
        resumed = operations.resume(
            request_id=request.id, expected_version=paused.version, by=scene.receiver, at=back
        )
    assert resumed.state == "accepted"
    operations.take_up_answer(request_id=request.id, by=scene.sender, at=back + timedelta(hours=5))
    found = _clocks(scene, request)
    assert found["referral_resume"].state == "met"
    for name, due in (("referral_first_contact", resumed.first_contact_by),
                      ("referral_outcome", resumed.outcome_by)):  # fmt: skip
        assert found[name].state == "running"
        assert found[name].due_at == due == before[name] + timedelta(days=3)


def test_both_taken_up_at_once_give_the_same_hours(scene: Scene) -> None:
    """The worker stood still while a service rested and went on: nothing is lost."""
    request = scene.send()
    paused = _pause(scene, _answer(scene, request, "accept"), until=date(2026, 3, 9))
    with acting(scene.receiver):
        resumed = operations.resume(
            request_id=request.id, expected_version=paused.version, by=scene.receiver,
            at=LATER + timedelta(days=2),
        )  # fmt: skip
    operations.take_up_answer(request_id=request.id, by=scene.sender, at=LATER + timedelta(days=4))
    found = _clocks(scene, request)
    assert found["referral_outcome"].due_at == resumed.outcome_by
    assert found["referral_outcome"].state == "running"


@pytest.mark.parametrize(
    ("reason", "until", "field"),
    [
        ("", date(2026, 3, 9), "reason"), ("tired", date(2026, 3, 9), "reason"),
        ("ill", NOW.date(), "until"), ("ill", date(2027, 3, 9), "until"),
    ],
)  # fmt: skip
def test_a_rest_has_a_reason_and_a_day(scene: Scene, reason: str, until: date, field: str) -> None:
    accepted = _answer(scene, scene.send(), "accept")
    with pytest.raises(InvalidInput) as fault:
        _pause(scene, accepted, until=until, reason=reason)
    assert field in fault.value.errors


def test_nobody_pauses_what_was_not_accepted(scene: Scene) -> None:
    with pytest.raises(IllegalMove):
        _pause(scene, scene.send(), until=date(2026, 3, 9))


def test_a_packet_that_ends_unanswered_ends_the_request(scene: Scene) -> None:
    need = scene.need("medis")
    request = scene.send(scene.consent(valid_until=NOW + timedelta(days=3)), need_id=need)
    supervisor = scene.cast.wahyuni
    with acting(supervisor):
        later = NOW + timedelta(days=4)
        assert operations.expire_packets(by=supervisor, at=later) == 1
        assert operations.expire_packets(by=supervisor, at=later) == 0
    request.refresh_from_db()
    assert request.state == "expired" and request.ended_at == later
    assert cases.get_need(scene.sender, need).state == "planned"
    assert _clocks(scene, request)["referral_accept"].state == "void"
    with acting(scene.receiver), pytest.raises(PacketClosed, match="expired"):
        operations.open_packet(request_id=request.id, by=scene.receiver, at=later)


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_the_days_of_a_pause_are_the_desks_own(scene: Scene, hour: int) -> None:
    """Kupang's day begins eight hours before Greenwich's: its yesterday is no day to come back."""
    at = NOW.replace(hour=hour)
    here = (at + timedelta(hours=8)).date()
    request = scene.send()
    with acting(scene.receiver):
        operations.answer(
            request_id=request.id, decision="accept", expected_version=1, by=scene.receiver, at=at
        )
        for day in (here, here - timedelta(days=1)):
            with pytest.raises(InvalidInput):
                operations.pause(
                    request_id=request.id, reason="ill", until=day, expected_version=2,
                    by=scene.receiver, at=at,
                )  # fmt: skip
        paused = operations.pause(
            request_id=request.id, reason="ill", until=here + timedelta(days=1),
            expected_version=2, by=scene.receiver, at=at,
        )  # fmt: skip
        assert paused.state == "paused"
