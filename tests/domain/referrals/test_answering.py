"""The receiver's side: opening, answering, first contact, outcome; and what the sender takes up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from tests.domain.referrals.scene import CALLED, FULL_NAME, PHONE, SECOND_DESK, Scene
from tests.people import NOW

from rangkul.access.policy import Forbidden
from rangkul.cases import queries as cases
from rangkul.clocks import queries as clocks
from rangkul.foundation.counting import count_all
from rangkul.foundation.errors import InvalidInput, NotReachable, StaleForm
from rangkul.foundation.models import DataKey
from rangkul.foundation.scope import Scope, acting, set_scope
from rangkul.foundation.workflow import IllegalMove
from rangkul.referrals import operations, queries
from rangkul.referrals.models import Request
from rangkul.referrals.policy import PacketClosed
from rangkul.trail import queries as trail

LATER = NOW + timedelta(minutes=30)


@contextmanager
def as_receiver(scene: Scene) -> Iterator[None]:
    """Inside the test's transaction, for a while as the receiver."""
    with acting(scene.receiver):
        yield
    set_scope(Scope.of(scene.sender))


def _answer(
    scene: Scene, request: Request, decision: str, version: int = 1, **more: str
) -> Request:
    with as_receiver(scene):
        return operations.answer(
            request_id=request.id, decision=decision, expected_version=version,
            by=scene.receiver, at=LATER, **more,
        )  # fmt: skip


def test_the_receiver_reads_the_packet_and_that_is_recorded(scene: Scene) -> None:
    request = scene.send(words={"complaint": "Nyeri tangan kanan"})
    with as_receiver(scene):
        opened = operations.open_packet(request_id=request.id, by=scene.receiver, at=LATER)
        acts = trail.list_subject(scene.receiver, "request", request.id)
    facts = dict(opened.content.facts)
    assert facts["called_name"] == CALLED and facts["complaint"] == "Nyeri tangan kanan"
    assert opened.packet.opened_by == scene.receiver.user_id
    assert [act.name for act in acts] == ["packet.opened"] and acts[0].case_id is None


def test_a_colleague_at_another_desk_and_a_stranger_see_nothing(scene: Scene) -> None:
    request = scene.send(scene.consent(), desk_id=SECOND_DESK)
    for actor in (scene.receiver, scene.cast.yohana, scene.cast.andi):
        with acting(actor):
            assert queries.inbox(actor, now=NOW) == []
            with pytest.raises((NotReachable, Forbidden)):
                operations.open_packet(request_id=request.id, by=actor, at=NOW)
    with acting(scene.cast.marten), pytest.raises(NotReachable):
        queries.get_request(scene.cast.marten, queries.packet_number(request.id))


def test_yes(scene: Scene) -> None:
    need_id = scene.need("medis")
    request = scene.send(need_id=need_id)
    answered = _answer(scene, request, "accept")
    assert (answered.state, answered.answered_by) == ("accepted", scene.receiver.user_id)
    assert operations.take_up_answer(request_id=request.id, by=scene.sender, at=LATER)
    assert not operations.take_up_answer(request_id=request.id, by=scene.sender, at=LATER)
    assert cases.get_need(scene.sender, need_id).state == "running"
    states = {
        c.procedure: c.state for c in clocks.list_subject(scene.sender, "request", request.id)
    }
    assert states == {
        "referral_accept": "met", "referral_first_contact": "running",
        "referral_outcome": "running",
    }  # fmt: skip
    names = [entry.name for entry in trail.list_case(scene.sender, scene.case_id)]
    assert names.count("referral.answered") == 1


def test_no_destroys_the_key_and_frees_the_need(scene: Scene) -> None:
    need_id = scene.need("medis")
    request = scene.send(need_id=need_id)
    _answer(scene, request, "decline", reason="penuh", words="Coba RSUD, ada tempat.")
    packet = queries.packet_of(request)
    assert packet.destroy_reason == "declined"
    assert not DataKey.objects.filter(subject=packet.id, data_class="packet").exists()
    with pytest.raises(PacketClosed):
        operations.read_sent_packet(request_id=request.id, by=scene.sender, at=LATER)
    with as_receiver(scene), pytest.raises(PacketClosed) as caught:
        operations.open_packet(request_id=request.id, by=scene.receiver, at=LATER)
    assert caught.value.why == "declined"
    assert operations.take_up_answer(request_id=request.id, by=scene.sender, at=LATER)
    assert cases.get_need(scene.sender, need_id).state == "planned"
    read = operations.read_messages(request_id=request.id, by=scene.sender, at=LATER)
    assert [m.body for m in read] == ["Coba RSUD, ada tempat."]


def test_a_question_and_its_answer(scene: Scene) -> None:
    request = scene.send()
    assert _answer(scene, request, "ask", words="Apakah puasa?").state == "asked"
    assert count_all(queries.waiting_counts(scene.sender)) == {"questions": 1}
    replied = operations.reply(
        request_id=request.id, words="Tidak.", expected_version=2, by=scene.sender, at=LATER
    )
    assert replied.state == "sent"
    with as_receiver(scene):
        thread = operations.read_messages(request_id=request.id, by=scene.receiver, at=LATER)
    assert [(m.message.kind, m.body) for m in thread] == [
        ("question", "Apakah puasa?"), ("answer", "Tidak."),
    ]  # fmt: skip
    assert _answer(scene, request, "accept", version=3).state == "accepted"


@pytest.mark.parametrize("words", [FULL_NAME, PHONE, "berkas RK-7F3K-9QXT", ""])
def test_a_reply_tells_no_more_than_the_packet(scene: Scene, words: str) -> None:
    request = scene.send()
    _answer(scene, request, "ask", words="Siapa?")
    with pytest.raises(InvalidInput):
        operations.reply(
            request_id=request.id, words=words, expected_version=2, by=scene.sender, at=LATER
        )


@pytest.mark.parametrize(
    ("decision", "more"),
    [("decline", {}), ("decline", {"reason": "bosan"}), ("ask", {}), ("forward", {}),
     ("ask", {"words": "x" * 1001})],
)  # fmt: skip
def test_bad_answers(scene: Scene, decision: str, more: dict[str, str]) -> None:
    request = scene.send()
    with pytest.raises(InvalidInput):
        _answer(scene, request, decision, **more)


def test_the_second_answer_meets_a_stale_form(scene: Scene) -> None:
    request = scene.send()
    _answer(scene, request, "accept")
    with pytest.raises(StaleForm):
        _answer(scene, request, "decline", reason="penuh")
    with pytest.raises(IllegalMove):
        _answer(scene, request, "decline", version=2, reason="penuh")


def test_outcome(scene: Scene) -> None:
    need_id = scene.need("medis")
    request = scene.send(need_id=need_id)
    _answer(scene, request, "accept")
    with as_receiver(scene):
        operations.first_contact(
            request_id=request.id, expected_version=2, by=scene.receiver, at=LATER
        )
        done = operations.report_outcome(
            request_id=request.id, result="done", outcome="served", expected_version=3,
            next_on=(NOW + timedelta(days=14)).date(), risk_change="higher",
            words="Hadir, kontrol dua minggu lagi.", by=scene.receiver, at=LATER,
        )  # fmt: skip
    assert (done.state, done.outcome, done.risk_change) == ("done", "served", "higher")
    assert operations.take_up_answer(request_id=request.id, by=scene.sender, at=LATER)
    assert cases.get_need(scene.sender, need_id).state == "met"
    open_clocks = [
        c for c in clocks.list_subject(scene.sender, "request", request.id) if c.state != "met"
    ]
    assert open_clocks == []
    timeline = [e.name for e in trail.list_case(scene.sender, scene.case_id)]
    assert {"referral.answered", "referral.first_contact", "referral.ended"} <= set(timeline)


@pytest.mark.parametrize(
    "wrong",
    [
        {"result": "great"}, {"result": "done", "outcome": "cured"},
        {"result": "not_done"}, {"result": "not_done", "reason": "bosan"},
        {"result": "done", "outcome": "served", "next_on": (NOW - timedelta(days=1)).date()},
        {"result": "done", "outcome": "served", "next_on": (NOW + timedelta(days=999)).date()},
        {"result": "done", "outcome": "served", "risk_change": "gone"},
    ],
)  # fmt: skip
def test_bad_outcomes(scene: Scene, wrong: dict[str, object]) -> None:
    request = scene.send()
    _answer(scene, request, "accept")
    with as_receiver(scene), pytest.raises(InvalidInput):
        operations.report_outcome(
            request_id=request.id,
            expected_version=2,
            by=scene.receiver,
            at=LATER,
            **wrong,
        )


def test_cancelling_while_unanswered(scene: Scene) -> None:
    need_id = scene.need("medis")
    request = scene.send(need_id=need_id)
    operations.cancel_referral(request_id=request.id, expected_version=1, by=scene.sender, at=LATER)
    assert cases.get_need(scene.sender, need_id).state == "planned"
    assert clocks.list_subject(scene.sender, "request", request.id)[0].state == "void"
    with pytest.raises(StaleForm):
        _answer(scene, request, "accept")


def test_an_expired_packet_does_not_open_and_its_key_goes(scene: Scene) -> None:
    request = scene.send(scene.consent(valid_until=NOW + timedelta(days=2)))
    late = NOW + timedelta(days=2)
    with as_receiver(scene), pytest.raises(PacketClosed) as caught:
        operations.open_packet(request_id=request.id, by=scene.receiver, at=late)
    assert caught.value.why == "expired"
    assert operations.expire_packets(by=scene.sender, at=late) == 1
    assert operations.expire_packets(by=scene.sender, at=late) == 0
    assert not DataKey.objects.filter(subject=queries.packet_of(request).id).exists()


def test_a_conflict_check_comes_before_the_name(scene: Scene) -> None:
    request = scene.send(
        scene.consent("hunian"), words={"admission_criterion": "Tidak aman di rumah"}
    )
    with as_receiver(scene):
        before = operations.open_packet(request_id=request.id, by=scene.receiver, at=LATER)
    assert CALLED not in before.content.to_json()
    assert "Tidak aman di rumah" in before.content.to_json()
    _answer(scene, request, "accept")
    with as_receiver(scene):
        after = operations.open_packet(request_id=request.id, by=scene.receiver, at=LATER)
    assert dict(after.content.facts)["called_name"] == CALLED


def test_lists_and_counts(scene: Scene, django_assert_num_queries) -> None:
    basis = scene.consent()
    for wanted in (1, 3):
        while Request.objects.count() < wanted:
            scene.send(basis)
        with django_assert_num_queries(2):
            assert len(queries.outbox(scene.sender, now=NOW)) == wanted
        with django_assert_num_queries(1):
            assert count_all(queries.waiting_counts(scene.sender)).get("requests", 0) == 0
        with as_receiver(scene):
            with django_assert_num_queries(1):
                assert len(queries.inbox(scene.receiver, now=NOW)) == wanted
            assert count_all(queries.waiting_counts(scene.receiver)).get("requests", 0) == wanted


def test_the_unanswered_come_first_the_soonest_on_top(scene: Scene) -> None:
    first = scene.send(scene.consent("psikologi"))
    answered, soonest = scene.send(), scene.send()
    _answer(scene, answered, "accept")
    with as_receiver(scene):
        order = [entry.request.id for entry in queries.inbox(scene.receiver, now=NOW)]
    assert order == [soonest.id, first.id, answered.id]
