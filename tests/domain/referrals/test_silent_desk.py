"""A desk that lets its deadline pass: agreed desks in turn, else a call that the first takes."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from tests.domain.referrals.scene import DESK, SECOND_DESK, Scene, make_scene, seed_desks
from tests.people import KUPANG, MAKASSAR, NOW, SEMARANG, SERVICE_DESK, Cast
from tests.rows import app_as, as_owner

from rangkul.alerts.models import Alert
from rangkul.cases import queries as cases
from rangkul.clocks import queries as clocks
from rangkul.clocks.tick import tick
from rangkul.foundation import hour
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.models import DataKey
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting, system
from rangkul.foundation.vault import DataClass
from rangkul.foundation.workflow import IllegalMove
from rangkul.jobs import referral_alerts, silent_desks
from rangkul.referrals import events, operations, queries
from rangkul.referrals.models import CallOffer, Packet, Request
from rangkul.referrals.policy import PacketClosed

THIRD_DESK = SERVICE_DESK[MAKASSAR]
DAY = timedelta(days=1)


@pytest.fixture
def third(scene: Scene) -> int:
    """A desk of a third agency that offers medical care too."""
    with as_owner() as owner:
        owner.execute(
            "insert into network_deskservice (agency_id, desk_id, service, sex, age_min, age_max, "
            "residents_only, active) select %s, %s, 'medis', '', 0, 200, false, true where not "
            "exists (select 1 from network_deskservice where desk_id = %s)",
            [MAKASSAR, THIRD_DESK, THIRD_DESK],
        )
    return THIRD_DESK


def _late(request: Request) -> datetime:
    return request.accept_by + timedelta(minutes=1)


def _pass_on(scene: Scene, request: Request, **more: datetime) -> operations.PassedOn:
    return operations.pass_on(
        request_id=request.id, by=scene.sender, at=more.get("at", _late(request))
    )


def _live_keys(request: Request) -> int:
    packets = Packet.objects.filter(request_id=request.id).values_list("id", flat=True)
    return DataKey.objects.filter(subject__in=list(packets), data_class=DataClass.PACKET).count()


def _agreed(scene: Scene) -> Request:
    basis = scene.consent(recipient_desk_id=DESK, fallback_desk_ids=(SECOND_DESK, THIRD_DESK))
    return scene.send(basis, need_id=scene.need("medis"))


def test_before_its_deadline_nothing_goes_on(scene: Scene) -> None:
    first = _agreed(scene)
    assert _pass_on(scene, first, at=first.accept_by - timedelta(minutes=1)).moved is None
    first.refresh_from_db()
    assert first.state == "sent"


def test_the_agreed_desk_gets_the_packet_and_the_first_key_is_gone(
    scene: Scene, third: int
) -> None:
    first = _agreed(scene)
    moved = _pass_on(scene, first).moved
    assert moved is not None and moved.receiver_desk_id == SECOND_DESK
    first.refresh_from_db()
    assert (first.state, _live_keys(first), _live_keys(moved)) == ("moved", 0, 1)
    assert moved.sent_at == _late(first) and moved.accept_by > _late(first)
    connection.check_constraints()
    with acting(scene.receiver), pytest.raises(PacketClosed, match="moved"):
        operations.open_packet(request_id=first.id, by=scene.receiver, at=_late(first))
    names = {c.procedure for c in clocks.list_subject(scene.sender, "request", moved.id)}
    assert names == {"referral_accept", "referral_moved_told"}
    assert _pass_on(scene, first).moved is None


def test_each_agreed_desk_once_and_then_a_call(scene: Scene, third: int) -> None:
    first = _agreed(scene)
    second = _pass_on(scene, first).moved
    assert second is not None
    last = _pass_on(scene, second).moved
    assert last is not None and last.receiver_desk_id == third
    found = _pass_on(scene, last)
    assert found.moved is None
    # Nobody is asked twice: the silent agency is left out, and Kupang's two desks are called.
    assert {offer.receiver_desk_id for offer in found.called} == {DESK, SECOND_DESK}
    last.refresh_from_db()
    assert (last.state, _live_keys(last)) == ("sent", 1)
    assert _pass_on(scene, last).called == ()


def test_she_is_told_and_the_duty_ends(scene: Scene, third: int) -> None:
    moved = _pass_on(scene, _agreed(scene)).moved
    assert moved is not None
    operations.tell_of_move(request_id=moved.id, by=scene.sender, at=_late(moved))
    with pytest.raises(IllegalMove):
        operations.tell_of_move(request_id=moved.id, by=scene.sender, at=_late(moved))


def test_a_desk_that_asked_is_not_silent(scene: Scene, third: int) -> None:
    first = _agreed(scene)
    with acting(scene.receiver):
        operations.answer(
            request_id=first.id, decision="ask", expected_version=1, words="Jam berapa?",
            by=scene.receiver, at=NOW,
        )  # fmt: skip
    assert _pass_on(scene, first) == operations.PassedOn()


def test_a_withdrawn_or_closed_fallback_is_passed_over(scene: Scene, third: int) -> None:
    first = _agreed(scene)
    with as_owner() as owner:
        owner.execute("update network_desk set active = false where id = %s", [SECOND_DESK])
    try:
        moved = _pass_on(scene, first).moved
    finally:
        with as_owner() as owner:
            owner.execute("update network_desk set active = true where id = %s", [SECOND_DESK])
    assert moved is not None and moved.receiver_desk_id == third


# -- an open call -----------------------------------------------------------------------------


def _called(scene: Scene, third: int) -> tuple[Request, CallOffer]:
    request = scene.send(scene.consent(recipient_desk_id=DESK))
    offers = _pass_on(scene, request).called
    assert [offer.receiver_desk_id for offer in offers] == [third]
    return request, offers[0]


def test_a_call_tells_service_regency_and_hour_only(scene: Scene, third: int) -> None:
    _request, offer = _called(scene, third)
    with acting(scene.cast.andi):
        row = CallOffer.objects.filter(id=offer.id).values().get()
    assert (row["service"], row["area"]) == ("medis", "33.74")
    assert not {"risk", "case_id", "request_id", "referral_id"} & row.keys()
    with acting(scene.cast.melki), pytest.raises(NotReachable):
        queries.get_call_offer(scene.cast.melki, offer.id)


def test_the_desk_that_can_is_asked_with_a_packet_of_its_own(scene: Scene, third: int) -> None:
    request, offer = _called(scene, third)
    operations.call_desks(
        request_id=request.id, desk_ids=[SECOND_DESK], by=scene.sender, at=_late(request)
    )
    with acting(scene.receiver):
        waiting = [o for o in queries.list_calls(scene.receiver) if o.call == offer.call]
    assert waiting == []
    basis = scene.consent(recipient_desk_id=third)
    sent = operations.replace_referral(
        request_id=request.id, asked=scene.asked(basis, desk_id=third), token=uuid4(),
        uncovered_ok=True, by=scene.sender, at=_late(request),
    )  # fmt: skip
    connection.check_constraints()
    request.refresh_from_db()
    assert (request.state, _live_keys(request), _live_keys(sent)) == ("moved", 0, 1)
    assert {o.state for o in queries.list_offers(scene.sender, offer.call)} == {"over"}


def test_an_answer_after_all_ends_the_call(scene: Scene, third: int) -> None:
    request, offer = _called(scene, third)
    with acting(scene.receiver):
        operations.answer(
            request_id=request.id, decision="accept", expected_version=1, by=scene.receiver,
            at=_late(request),
        )  # fmt: skip
    operations.take_up_answer(request_id=request.id, by=scene.sender, at=_late(request))
    assert {o.state for o in queries.list_offers(scene.sender, offer.call)} == {"over"}
    found = clocks.list_subject(scene.sender, "call", offer.call)
    assert [clock.state for clock in found] == ["void"]


def test_an_answered_request_calls_nobody(scene: Scene, third: int) -> None:
    request = scene.send()
    operations.cancel_referral(request_id=request.id, expected_version=1, by=scene.sender, at=NOW)
    with pytest.raises(IllegalMove):
        operations.call_desks(request_id=request.id, by=scene.sender, at=NOW)


# -- the coordinator --------------------------------------------------------------------------


def test_the_coordinator_sees_numbers_and_has_a_desk_called(scene: Scene, third: int) -> None:
    request = scene.send(scene.consent(recipient_desk_id=DESK))
    late, filmon = _late(request), scene.cast.filmon
    number = queries.packet_number(request.id)
    with acting(filmon):
        found = queries.unanswered(filmon, late)
        assert [(u.number, u.service, u.desk_id) for u in found] == [(number, "medis", DESK)]
        assert not Request.objects.exists() and not Packet.objects.exists()
        operations.reassign_unanswered(number=number, desk_id=third, by=filmon, at=late)
        with pytest.raises(InvalidInput):
            operations.reassign_unanswered(number=number, desk_id=SECOND_DESK, by=filmon, at=late)
    event = Event(
        events.REASSIGNMENT_ASKED, "request", f"{request.id}:{third}", SEMARANG
    )  # fmt: skip
    for _ in range(2):
        silent_desks.call_the_coordinators_desk(event)
    referral = queries.get_referral(scene.sender, request.id)
    assert [o.receiver_desk_id for o in queries.list_call(scene.sender, referral.id)] == [third]


@pytest.mark.parametrize("login", ["retno", "hendra", "wahyuni", "marten", "sinta"])
def test_another_province_and_other_roles_see_none(scene: Scene, login: str) -> None:
    request = scene.send()
    actor = scene.cast.everyone()[login]
    with acting(actor):
        assert queries.unanswered(actor, _late(request)) == []


def test_delays_are_told_of_five_and_more(scene: Scene) -> None:
    for _ in range(4):
        scene.send()
    window = {"since": NOW - DAY, "until": NOW + DAY}
    with acting(scene.cast.filmon):
        assert queries.delays_between(scene.cast.filmon, **window) == []
    scene.send()
    for actor, seen in ((scene.cast.filmon, 1), (scene.cast.hendra, 1), (scene.cast.wahyuni, 0)):
        with acting(actor):
            found = queries.delays_between(actor, **window)
        assert len(found) == seen
        assert all((row.sender_id, row.receiver_id) == (SEMARANG, KUPANG) for row in found)


# -- the whole way, by the tick ---------------------------------------------------------------


def test_the_tick_moves_it_once_and_everyone_is_called(
    scene: Scene, third: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _agreed(scene)
    late = _late(first)
    with system("tick"):
        assert tick(at=late).missed >= 1
    clock = next(
        c for c in clocks.list_subject(scene.sender, "request", first.id)
        if c.procedure == "referral_accept"
    )  # fmt: skip
    event = Event("clock.missed", "clock", str(clock.id), SEMARANG)
    monkeypatch.setattr(hour, "now", lambda: late)
    for _ in range(3):
        silent_desks.pass_on(event)
    chain = Request.objects.filter(sender_agency_id=SEMARANG).order_by("id")
    found = [(each.state, each.receiver_desk_id) for each in chain]
    assert found == [("moved", DESK), ("sent", SECOND_DESK)]
    referral_alerts.tell_receiver(Event(events.REFERRAL_MOVED, "request", str(first.id), KUPANG))
    with acting(scene.receiver):
        told = Alert.objects.filter(kind=events.REFERRAL_MOVED)
        assert [(a.audience, a.desk_id) for a in told] == [("desk", DESK)]
    need = cases.list_needs(scene.sender, scene.case_id)[0].need
    assert need.state == "referred"


# -- two at once, in SQL ----------------------------------------------------------------------


@pytest.fixture
def committed(committed_db: None, cast: Cast) -> tuple[Scene, list[CallOffer]]:
    """An open call at two desks of two agencies, seen from other connections."""
    seed_desks()
    with acting(cast.ratih):
        scene = make_scene(cast)
        request = scene.send(scene.consent(recipient_desk_id=DESK))
        operations.call_desks(request_id=request.id, desk_ids=[SECOND_DESK], by=cast.ratih, at=NOW)
        referral = queries.get_referral(cast.ratih, request.id)
        return scene, queries.list_call(cast.ratih, referral.id)


def test_of_two_answers_one_is_first(committed: tuple[Scene, list[CallOffer]], cast: Cast) -> None:
    offer = committed[1][0]
    with app_as(cast.melki) as one:
        won = one.execute("select house.take_call(%s, %s)", [offer.id, NOW]).fetchone()
    with app_as(cast.melki) as two:
        again = two.execute("select house.take_call(%s, %s)", [offer.id, NOW]).fetchone()
    assert (won, again) == ((True,), (False,))
    for stranger in (cast.ratih, cast.andi):
        with app_as(stranger) as app, pytest.raises(Exception, match="not reachable"):
            app.execute("select house.take_call(%s, %s)", [offer.id, NOW])
