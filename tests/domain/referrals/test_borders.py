"""What the database itself lets each side see and do, asked in plain SQL."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from tests.domain.referrals.scene import Scene, make_scene, seed_desks
from tests.people import KUPANG, NOW, SEMARANG, Cast

from rangkul.foundation.errors import StaleForm
from rangkul.foundation.scope import acting
from rangkul.referrals import operations, queries
from rangkul.referrals.models import Referral, Request

TABLES = (
    "custody_case", "custody_caseaccess", "cases_casefile", "cases_need", "people_person",
    "consent_basis", "referrals_referral", "clocks_clock",
)  # fmt: skip


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {table}")
        return int(cursor.fetchone()[0])


def test_the_receiver_learns_nothing_of_the_case(scene: Scene) -> None:
    request = scene.send(need_id=scene.need("medis"))
    with connection.cursor() as cursor:
        cursor.execute("select id from referrals_request")
        assert cursor.fetchall() == [(request.id,)]
    with acting(scene.receiver):
        assert _count("referrals_request") == _count("referrals_packet") == 1
        assert {table: _count(table) for table in TABLES} == dict.fromkeys(TABLES, 0)
        with connection.cursor() as cursor:
            cursor.execute(
                "select count(*) from trail_act where case_id is not null or detail::text like %s",
                [f'%"case"%: {scene.case_id}%'],
            )
            assert cursor.fetchone() == (0,)
            cursor.execute("select owner_kind from foundation_datakey")
            assert cursor.fetchall() == [("request",)]
            cursor.execute("select * from referrals_request")
            columns = {column.name for column in cursor.description or ()}
    assert not columns & {"case_id", "case", "referral_id", "need_id", "basis_id", "subject"}


def test_a_stranger_sees_no_row(scene: Scene) -> None:
    scene.send()
    with acting(scene.cast.andi):
        for table in ("referrals_request", "referrals_packet", "referrals_message"):
            assert _count(table) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "update referrals_request set state = 'cancelled', version = 2",
        "update referrals_request set state = 'withdrawn', version = 2",
        (
            "insert into referrals_packet (id, request_id, version, content_sealed, facts, "
            "withheld, sealed_at, expires_at, destroy_reason) select gen_random_uuid(), id, 2, "
            "'', '{}', '{}', now(), now(), '' from referrals_request"
        ),
        (
            "insert into referrals_message (id, request_id, kind, from_agency_id, from_user_id, "
            f"body_sealed, written_at) select gen_random_uuid(), id, 'answer', {SEMARANG}, 9011, "
            "'', now() from referrals_request"
        ),
    ],
)
def test_the_receiver_cannot_make_the_senders_moves(scene: Scene, statement: str) -> None:
    scene.send()
    with (
        acting(scene.receiver),
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_the_sender_cannot_answer_for_the_receiver(scene: Scene) -> None:
    scene.send()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update referrals_request set state = 'accepted', version = 2")


def _raw_request(service: str = "medis") -> int:
    """A request smuggled past the operations."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into referrals_request (sender_agency_id, sender_user_id, receiver_agency_id, "
            "receiver_desk_id, service, state, risk, is_child, basis_letter, sent_at, accept_by, "
            "first_contact_by, outcome_by, reason, outcome, risk_change, version) values "
            "(%s, 9011, %s, 9202, %s, 'sent', 'sedang', false, 'a', %s, %s, %s, %s, '', '', '', 1) "
            "returning id",
            [SEMARANG, KUPANG, service, NOW, *[NOW + timedelta(hours=n) for n in (1, 2, 3)]],
        )
        return int(cursor.fetchone()[0])


def test_a_request_without_a_ground_does_not_commit(scene: Scene) -> None:
    with pytest.raises(DatabaseError, match="without a ground"), transaction.atomic():
        _raw_request()
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")


def test_a_request_on_another_services_ground_does_not_commit(scene: Scene) -> None:
    basis = scene.consent("psikologi")
    with pytest.raises(DatabaseError, match="another one"), transaction.atomic():
        Referral.objects.create(
            id=uuid4(), case_id=scene.case_id, basis_id=basis.id, request_id=_raw_request(),
            made_at=NOW, made_by=9011,
        )  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")


def test_a_referral_cannot_name_another_cases_basis(scene: Scene) -> None:
    foreign = make_scene(scene.cast).consent()
    with pytest.raises(DatabaseError), transaction.atomic():
        Referral.objects.create(
            id=uuid4(), case_id=scene.case_id, basis_id=foreign.id, request_id=_raw_request(),
            made_at=NOW, made_by=9011,
        )  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")


def test_two_people_answer_at_once(committed_db: None, cast: Cast) -> None:
    """Two real connections: one answer stands, the other person is told that the form is old."""
    seed_desks()
    with acting(cast.ratih):
        request_id = make_scene(cast).send().id
    start, outcomes = threading.Barrier(2), []

    def decide(decision: str, reason: str) -> None:
        start.wait(timeout=10)
        try:
            with acting(cast.melki):
                operations.answer(
                    request_id=request_id, decision=decision, expected_version=1,
                    by=cast.melki, at=NOW, reason=reason,
                )  # fmt: skip
            outcomes.append("done")
        except StaleForm:
            outcomes.append("stale")
        finally:
            connection.close()

    pair = [
        threading.Thread(target=decide, args=args)
        for args in (("accept", ""), ("decline", "penuh"))
    ]
    for thread in pair:
        thread.start()
    for thread in pair:
        thread.join(timeout=20)
    assert sorted(outcomes) == ["done", "stale"]
    with acting(cast.ratih):
        assert Request.objects.get(id=request_id).version == 2


def test_one_form_sent_from_two_windows_at_once(committed_db: None, cast: Cast) -> None:
    seed_desks()
    with acting(cast.ratih):
        scene = make_scene(cast)
        asked = scene.asked(scene.consent())
    start, made, token = threading.Barrier(2), [], uuid4()

    def send() -> None:
        start.wait(timeout=10)
        try:
            with acting(cast.ratih):
                made.append(
                    operations.send_referral(asked=asked, token=token, by=cast.ratih, at=NOW).id
                )
        finally:
            connection.close()

    pair = [threading.Thread(target=send) for _ in range(2)]
    for thread in pair:
        thread.start()
    for thread in pair:
        thread.join(timeout=20)
    assert len(made) == 2 and made[0] == made[1]
    with acting(cast.ratih):
        assert len(queries.outbox(cast.ratih, now=NOW)) == 1
