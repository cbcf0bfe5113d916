"""A basis other than consent that nobody reviews in a day holds the packet back until one does."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from tests.domain.referrals.scene import Scene
from tests.people import NOW, SEMARANG

from rangkul.clocks import queries as clocks
from rangkul.consent import operations as consent
from rangkul.consent.models import Basis
from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import Scope, acting, set_scope
from rangkul.foundation.vault import KeyDestroyed
from rangkul.jobs import held_back
from rangkul.jobs.referral_answers import note_lapsed_reviews
from rangkul.referrals import grounds, operations
from rangkul.referrals.events import REVIEW_LAPSED
from rangkul.referrals.models import Request
from rangkul.referrals.policy import PacketClosed
from rangkul.trail.models import Act

DAY = timedelta(hours=24)
IN_TIME = NOW + DAY - timedelta(seconds=1)


def urgent(scene: Scene) -> tuple[Basis, Request]:
    """A packet on its way because of danger to life; nobody has reviewed that yet."""
    basis = operations.record_ground(
        case_id=scene.case_id, ground=scene.other_ground("d", "medis"), by=scene.sender, at=NOW
    )
    return basis, scene.send(basis)


def opens(scene: Scene, request: Request, at: datetime) -> str:
    """Why the receiver cannot open the packet at this hour; "" when the receiver can."""
    with acting(scene.receiver):
        try:
            operations.open_packet(request_id=request.id, by=scene.receiver, at=at)
        except PacketClosed as closed:
            return closed.why
    return ""


def review(scene: Scene, basis: Basis, at: datetime) -> None:
    """The supervisor looks at the basis."""
    with acting(scene.cast.wahyuni):
        consent.approve_basis(basis_id=basis.id, by=scene.cast.wahyuni, at=at)


def lapses(scene: Scene, at: datetime) -> list[int]:
    """What the hourly work notes for the sender's agency."""
    with acting(scene.cast.wahyuni):
        return operations.note_lapsed_reviews(by=scene.cast.wahyuni, at=at)


def test_it_opens_for_a_day_and_again_after_the_review(scene: Scene) -> None:
    basis, request = urgent(scene)
    assert opens(scene, request, NOW) == ""
    assert opens(scene, request, IN_TIME) == ""
    assert opens(scene, request, NOW + DAY) == "not_reviewed"
    assert opens(scene, request, NOW + 2 * DAY) == "not_reviewed"
    review(scene, basis, NOW + 2 * DAY)
    assert opens(scene, request, NOW + 2 * DAY) == ""


def test_a_review_in_time_lets_nothing_lapse(scene: Scene) -> None:
    basis, request = urgent(scene)
    review(scene, basis, IN_TIME)
    assert opens(scene, request, NOW + 3 * DAY) == ""
    assert lapses(scene, NOW + 3 * DAY) == []


def test_consent_owes_no_review(scene: Scene) -> None:
    request = scene.send()
    assert opens(scene, request, NOW + 2 * DAY) == ""
    assert lapses(scene, NOW + 2 * DAY) == []


def test_the_sender_still_reads_what_was_sent(scene: Scene) -> None:
    _, request = urgent(scene)
    set_scope(Scope.of(scene.sender))
    content = operations.read_sent_packet(request_id=request.id, by=scene.sender, at=NOW + DAY)
    assert content.basis_letter == "d"


def test_what_ended_otherwise_is_said_first(scene: Scene) -> None:
    _, request = urgent(scene)
    with acting(scene.receiver):
        operations.answer(
            request_id=request.id, decision="decline", expected_version=1, by=scene.receiver,
            at=NOW, reason="penuh",
        )  # fmt: skip
    assert opens(scene, request, NOW + DAY) == "declined"
    assert lapses(scene, NOW + DAY) == []


def test_both_sides_and_nobody_else_learn_that_a_review_is_owed(scene: Scene) -> None:
    _, request = urgent(scene)
    told = {}
    for login in ("wahyuni", "marten", "besse"):
        with acting(scene.cast.everyone()[login]):
            told[login] = grounds.review_lapsed(request, at=NOW + DAY)
    assert told == {"wahyuni": True, "marten": True, "besse": False}


def test_the_lapse_is_noted_once_in_the_senders_trail(scene: Scene) -> None:
    basis, request = urgent(scene)
    assert lapses(scene, IN_TIME) == []
    assert lapses(scene, NOW + DAY) == [request.id]
    assert lapses(scene, NOW + 2 * DAY) == []
    with acting(scene.cast.wahyuni):
        (act,) = Act.objects.filter(name=REVIEW_LAPSED)
        assert (act.case_id, act.subject_id) == (scene.case_id, str(request.id))
        assert act.detail["basis"] == str(basis.id)


def test_the_hourly_work_asks_every_agency(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    _, request = urgent(scene)
    monkeypatch.setattr("rangkul.foundation.hour.now", lambda: NOW + DAY)
    note_lapsed_reviews()
    note_lapsed_reviews()
    with acting(scene.cast.wahyuni):
        (act,) = Act.objects.filter(name=REVIEW_LAPSED)
    assert act.subject_id == str(request.id)


def test_withdrawing_after_the_lapse_still_ends_all(scene: Scene) -> None:
    basis, request = urgent(scene)
    with acting(scene.sender):
        operations.withdraw_consent(basis_id=basis.id, by=scene.sender, at=NOW + DAY)
    assert opens(scene, request, NOW + DAY) == "withdrawn"


# -- in SQL, as the app: the rule above is the application's, this the net under it -----------


def keys(request: Request, actor: Actor) -> int:
    """How many keys of the request's packet the database gives this person's agency."""
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from foundation_datakey k join referrals_packet p on p.id = k.subject "
            "where p.request_id = %s and k.data_class = 'packet'",
            [request.id],
        )
        return int(cursor.fetchone()[0])


def hold(request: Request, actor: Actor, at: datetime) -> int:
    """What the function answers this person's hand: how many keys were taken from the receiver."""
    with acting(actor), connection.cursor() as cursor:
        cursor.execute("select house.hold_back_packet(%s, %s)", [request.id, at])
        return int(cursor.fetchone()[0])


def test_the_database_keeps_the_key_from_the_receiver_until_the_review(scene: Scene) -> None:
    basis, request = urgent(scene)
    # The fault planted: nothing has held the packet back, and the receiver's SQL gets the key.
    assert keys(request, scene.receiver) == 1
    assert lapses(scene, IN_TIME) == []
    assert keys(request, scene.receiver) == 1
    lapses(scene, NOW + DAY)
    assert (keys(request, scene.receiver), keys(request, scene.sender)) == (0, 1)
    # Even at an hour at which the application would let it: there is no key.
    with acting(scene.receiver), pytest.raises(KeyDestroyed):
        operations.open_packet(request_id=request.id, by=scene.receiver, at=NOW)
    review(scene, basis, NOW + 2 * DAY)
    assert keys(request, scene.receiver) == 1
    assert opens(scene, request, NOW + 2 * DAY) == ""


def test_a_held_key_is_held_again_though_it_was_noted_before(scene: Scene) -> None:
    _basis, request = urgent(scene)
    assert lapses(scene, NOW + DAY) == [request.id]
    assert hold(request, scene.sender, NOW + DAY) == 0
    assert lapses(scene, NOW + 2 * DAY) == []
    assert keys(request, scene.receiver) == 0


def test_nobody_holds_back_what_owes_no_review_or_is_not_theirs(scene: Scene) -> None:
    _basis, request = urgent(scene)
    agreed = scene.send()
    late = NOW + 3 * DAY
    assert hold(agreed, scene.sender, late) == 0
    assert hold(request, scene.cast.andi, late) == 0
    assert hold(request, scene.receiver, IN_TIME) == 0
    assert keys(request, scene.receiver) == 1
    # The receiver may give up what is no longer its to read, and cannot take it back.
    assert hold(request, scene.receiver, late) == 1
    assert keys(request, scene.receiver) == 0


def test_the_missed_review_holds_the_packet_back_at_once(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    basis, request = urgent(scene)
    late = NOW + DAY + timedelta(minutes=1)
    with acting(scene.cast.wahyuni):
        (clock,) = [
            c for c in clocks.list_subject(scene.cast.wahyuni, "basis", basis.id)
            if c.procedure == "other_basis_review"
        ]  # fmt: skip
    assert clock.due_at == NOW + DAY
    monkeypatch.setattr(hour, "now", lambda: late)
    for _ in range(2):
        held_back.hold_back(Event("clock.missed", "clock", str(clock.id), SEMARANG))
    assert keys(request, scene.receiver) == 0
