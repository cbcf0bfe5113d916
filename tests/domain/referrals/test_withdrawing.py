"""Taking consent back ends everything that rests on it, in one transaction."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from tests.domain.referrals.scene import Scene
from tests.people import KUPANG, NOW

from rangkul.cases import queries as cases
from rangkul.clocks import queries as clocks
from rangkul.consent import operations as consent
from rangkul.consent import queries as consent_queries
from rangkul.custody import operations as custody
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.models import DataKey
from rangkul.foundation.scope import Scope, acting, set_scope
from rangkul.foundation.workflow import IllegalMove
from rangkul.referrals import operations, queries
from rangkul.referrals.policy import PacketClosed

LATER = NOW + timedelta(hours=1)


def _check_constraints() -> None:
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")


def _accept(scene: Scene, request_id: int) -> None:
    with acting(scene.receiver):
        operations.answer(
            request_id=request_id, decision="accept", expected_version=1, by=scene.receiver,
            at=NOW,
        )  # fmt: skip
    set_scope(Scope.of(scene.sender))


def test_open_requests_end_and_their_keys_go(scene: Scene) -> None:
    basis = scene.consent()
    need_id = scene.need("medis")
    waiting, accepted = scene.send(basis, need_id=need_id), scene.send(basis)
    other = scene.send(scene.consent("psikologi"))
    _accept(scene, accepted.id)
    ended = operations.withdraw_consent(basis_id=basis.id, by=scene.sender, at=LATER)
    _check_constraints()
    assert sorted(ended) == [waiting.id, accepted.id]
    for request in (waiting, accepted):
        request.refresh_from_db()
        assert (request.state, request.ended_at) == ("withdrawn", LATER)
        packet = queries.packet_of(request)
        assert packet.destroy_reason == "withdrawn"
        assert not DataKey.objects.filter(subject=packet.id).exists()
        assert all(
            c.state == "void"
            for c in clocks.list_subject(scene.sender, "request", request.id)
        )  # fmt: skip
    assert cases.get_need(scene.sender, need_id).state == "planned"
    assert DataKey.objects.filter(subject=queries.packet_of(other).id).exists()
    assert consent_queries.standing(scene.sender, scene.case_id, "medis", LATER) == []
    with acting(scene.receiver), pytest.raises(PacketClosed) as caught:
        operations.open_packet(request_id=accepted.id, by=scene.receiver, at=LATER)
    assert caught.value.why == "withdrawn"


def test_the_thread_goes_too(scene: Scene) -> None:
    basis = scene.consent()
    request = scene.send(basis)
    operations.write_message(request_id=request.id, words="Halo", by=scene.sender, at=NOW)
    operations.withdraw_consent(basis_id=basis.id, by=scene.sender, at=LATER)
    assert [m.body for m in queries.list_messages(request)] == [""]
    with pytest.raises(IllegalMove):
        operations.write_message(request_id=request.id, words="Lagi", by=scene.sender, at=LATER)


def test_a_finished_service_is_not_undone_but_its_packet_closes(scene: Scene) -> None:
    basis = scene.consent()
    request = scene.send(basis)
    _accept(scene, request.id)
    with acting(scene.receiver):
        operations.report_outcome(
            request_id=request.id, result="done", outcome="served", expected_version=2,
            by=scene.receiver, at=NOW,
        )  # fmt: skip
    set_scope(Scope.of(scene.sender))
    assert operations.withdraw_consent(basis_id=basis.id, by=scene.sender, at=LATER) == []
    request.refresh_from_db()
    assert request.state == "done"
    with pytest.raises(PacketClosed):
        operations.read_sent_packet(request_id=request.id, by=scene.sender, at=LATER)


def test_twice_is_once(scene: Scene) -> None:
    basis = scene.consent()
    operations.withdraw_consent(basis_id=basis.id, by=scene.sender, at=LATER)
    with pytest.raises(IllegalMove):
        operations.withdraw_consent(basis_id=basis.id, by=scene.sender, at=LATER)


def test_a_stranger_cannot_withdraw(scene: Scene) -> None:
    basis = scene.consent()
    with acting(scene.cast.yohana), pytest.raises(NotReachable):
        operations.withdraw_consent(basis_id=basis.id, by=scene.cast.yohana, at=LATER)


def test_a_joint_team_may_hear_the_withdrawal(scene: Scene) -> None:
    basis = scene.consent()
    request = scene.send(basis)
    with acting(scene.cast.wahyuni):
        custody.join_agency(case_id=scene.case_id, agency_id=KUPANG, by=scene.cast.wahyuni, at=NOW)
    with acting(scene.cast.marten):
        ended = operations.withdraw_consent(basis_id=basis.id, by=scene.cast.marten, at=LATER)
    set_scope(Scope.of(scene.sender))
    assert ended == [request.id]
    assert clocks.list_subject(scene.sender, "request", request.id)[0].state == "running"
    assert operations.take_up_answer(request_id=request.id, by=scene.sender, at=LATER)
    assert clocks.list_subject(scene.sender, "request", request.id)[0].state == "void"


def test_the_database_refuses_a_withdrawal_that_leaves_a_packet_open(scene: Scene) -> None:
    """The planted fault: only the lower half of the act is done."""
    basis = scene.consent()
    scene.send(basis)
    with pytest.raises(DatabaseError, match="withdrawn"), transaction.atomic():
        consent.withdraw_basis(basis_id=basis.id, by=scene.sender, at=LATER)
        _check_constraints()
