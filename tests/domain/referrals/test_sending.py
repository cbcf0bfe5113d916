"""Sending: what comes into being in one transaction, and what stops it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from tests.domain.referrals.scene import DESK, Scene, make_scene
from tests.people import NOW, SERVICE_DESK

from rangkul.access.policy import Forbidden
from rangkul.cases import operations as case_operations
from rangkul.cases import queries as cases
from rangkul.clocks import queries as clocks
from rangkul.consent.policy import BasisMissing
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.models import DataKey
from rangkul.foundation.scope import acting
from rangkul.foundation.workflow import IllegalMove
from rangkul.referrals import operations, queries
from rangkul.referrals.models import Packet, Referral, Request
from rangkul.referrals.packet import Deadlines
from rangkul.referrals.policy import NoCover, PreviewChanged
from rangkul.trail import queries as trail

MAKASSAR_DESK = SERVICE_DESK[9003]


def _check_constraints() -> None:
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")


def test_everything_comes_into_being_at_once(scene: Scene) -> None:
    need_id = scene.need("medis")
    request = scene.send(need_id=need_id)
    _check_constraints()
    referral = queries.get_referral(scene.sender, request.id)
    packet = queries.packet_of(request)
    assert (request.state, request.basis_letter, request.risk) == ("sent", "a", "sedang")
    assert referral.case_id == scene.case_id and referral.need_id == need_id
    assert referral.levels == {"I": 1, "C": 0, "L": 1, "A": 1, "H": 1, "G": 0}
    assert cases.get_need(scene.sender, need_id).state == "referred"
    clock = clocks.list_subject(scene.sender, "request", request.id)[0]
    assert (clock.procedure, clock.due_at) == ("referral_accept", request.accept_by)
    keys = DataKey.objects.filter(owner_kind="request", owner_id=request.id)
    assert [key.subject for key in keys] == [packet.id]
    names = [entry.name for entry in trail.list_case(scene.sender, scene.case_id)]
    assert "referral.sent" in names and "consent.recorded" in names
    with connection.cursor() as cursor:
        cursor.execute("select args->>'name' from procrastinate_jobs")
        assert ("referral.sent",) in cursor.fetchall()


def test_the_preview_is_what_is_sealed(scene: Scene) -> None:
    asked = scene.asked(scene.consent())
    shown = operations.preview(asked=asked, by=scene.sender, at=NOW).built.content
    request = operations.send_referral(
        asked=asked, token=uuid4(), by=scene.sender, at=NOW, seen=shown.digest
    )
    assert operations.read_sent_packet(request_id=request.id, by=scene.sender, at=NOW) == shown


def test_a_changed_file_asks_for_another_look(scene: Scene) -> None:
    asked = scene.asked(scene.consent())
    shown = operations.preview(asked=asked, by=scene.sender, at=NOW).built.content
    changed = replace(asked, draft=replace(asked.draft, asked="Sesuatu yang lain"))
    with pytest.raises(PreviewChanged):
        operations.send_referral(
            asked=changed, token=uuid4(), by=scene.sender, at=NOW, seen=shown.digest
        )


def test_the_same_form_twice_makes_one_request(scene: Scene) -> None:
    asked, token = scene.asked(scene.consent()), uuid4()
    sent = [
        operations.send_referral(asked=asked, token=token, by=scene.sender, at=NOW).id
        for _ in range(2)
    ]
    assert sent[0] == sent[1]
    assert Request.objects.count() == Packet.objects.count() == Referral.objects.count() == 1


def test_two_packets_share_no_number_and_no_key(scene: Scene) -> None:
    basis = scene.consent()
    first, second = scene.send(basis), scene.send(basis)
    numbers = {queries.packet_number(r.id) for r in (first, second)}
    assert len(numbers) == 2 and all(n.startswith("PK-") for n in numbers)
    subjects = {key.subject for key in DataKey.objects.filter(owner_kind="request")}
    assert len(subjects) == 2


@pytest.mark.parametrize("hours", [0, -1])
def test_no_packet_without_a_live_basis(scene: Scene, hours: int) -> None:
    basis = scene.consent(valid_until=NOW + timedelta(hours=2))
    asked = scene.asked(basis)
    with pytest.raises(BasisMissing):
        operations.send_referral(
            asked=asked, token=uuid4(), by=scene.sender,
            at=NOW + timedelta(hours=2 - hours),
        )  # fmt: skip


def test_a_basis_for_another_desk_does_not_carry(scene: Scene) -> None:
    basis = scene.consent(recipient_desk_id=MAKASSAR_DESK)
    with pytest.raises(BasisMissing):
        scene.send(basis)


def test_a_desk_that_does_not_offer_the_service(scene: Scene) -> None:
    with pytest.raises(InvalidInput) as caught:
        scene.send(scene.consent(), desk_id=MAKASSAR_DESK)
    assert caught.value.errors == {"desk": "not_offered"}
    with pytest.raises(NotReachable):
        scene.send(scene.consent(), desk_id=424_242)


def test_nobody_on_duty_must_be_said(scene: Scene) -> None:
    asked = scene.asked(scene.consent(valid_until=NOW + timedelta(days=366)))
    late = NOW - timedelta(days=40)
    basis = operations.record_ground(
        case_id=scene.case_id, ground=scene.ground(), by=scene.sender, at=late
    )
    asked = replace(asked, basis_id=basis.id)
    with pytest.raises(NoCover):
        operations.send_referral(asked=asked, token=uuid4(), by=scene.sender, at=late)
    assert operations.send_referral(
        asked=asked, token=uuid4(), by=scene.sender, at=late, uncovered_ok=True
    ).id


def test_foreign_case_need_and_basis_do_not_exist(scene: Scene) -> None:
    other = make_scene(scene.cast)
    basis, need_id = scene.consent(), other.need("medis")
    with pytest.raises(NotReachable):
        operations.send_referral(
            asked=replace(scene.asked(basis), case_id=other.case_id), token=uuid4(),
            by=scene.sender, at=NOW,
        )  # fmt: skip
    with pytest.raises(NotReachable):
        scene.send(basis, need_id=need_id)
    with pytest.raises(NotReachable), acting(scene.cast.yohana):
        operations.send_referral(
            asked=scene.asked(basis), token=uuid4(), by=scene.cast.yohana, at=NOW
        )


def test_a_colleague_without_the_case_and_the_desk_cannot_send(scene: Scene) -> None:
    asked = scene.asked(scene.consent())
    with pytest.raises(NotReachable):
        operations.send_referral(asked=asked, token=uuid4(), by=scene.cast.nining, at=NOW)
    with pytest.raises(Forbidden):
        operations.send_referral(asked=asked, token=uuid4(), by=scene.cast.laras, at=NOW)


def test_deadlines_must_come_in_order(scene: Scene) -> None:
    hour = timedelta(hours=1)
    wrong = Deadlines(NOW - hour, NOW + hour, NOW + 2 * hour)
    with pytest.raises(InvalidInput):
        operations.send_referral(
            asked=scene.asked(scene.consent()), token=uuid4(), by=scene.sender, at=NOW,
            deadlines=wrong,
        )  # fmt: skip


def test_working_days_are_read_from_the_calendar(scene: Scene) -> None:
    due = operations.default_deadlines("bantuan_hukum", at=NOW, area="33.74").accept_by
    assert due.date().isoformat() == "2026-03-05"


def test_a_closed_file_sends_nothing(scene: Scene) -> None:
    basis = scene.consent()
    case_operations.set_state(case_id=scene.case_id, move="died", by=scene.sender, at=NOW)
    with pytest.raises(IllegalMove):
        scene.send(basis)


def test_moving_an_unanswered_request(scene: Scene) -> None:
    from tests.domain.referrals.scene import SECOND_DESK

    basis = scene.consent(recipient_desk_id=DESK, fallback_desk_ids=(SECOND_DESK,))
    first = scene.send(basis, need_id=scene.need("medis"))
    moved = operations.move_referral(
        request_id=first.id, desk_id=SECOND_DESK, token=uuid4(), expected_version=1,
        by=scene.sender, at=NOW,
    )  # fmt: skip
    _check_constraints()
    first.refresh_from_db()
    assert first.state == "moved" and moved.receiver_desk_id == SECOND_DESK
    old, new = queries.packet_of(first), queries.packet_of(moved)
    assert not DataKey.objects.filter(subject=old.id).exists()
    assert DataKey.objects.filter(subject=new.id).exists()
    follows = queries.get_referral(scene.sender, moved.id).follows
    assert follows == queries.get_referral(scene.sender, first.id).id


def test_a_request_does_not_move_where_she_did_not_agree(scene: Scene) -> None:
    from tests.domain.referrals.scene import SECOND_DESK

    request = scene.send(scene.consent(recipient_desk_id=DESK))
    with pytest.raises(BasisMissing):
        operations.move_referral(
            request_id=request.id, desk_id=SECOND_DESK, token=uuid4(), expected_version=1,
            by=scene.sender, at=NOW,
        )  # fmt: skip
