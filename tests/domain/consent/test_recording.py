"""Putting consent and the other bases down; the second person's look; telling the person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from tests.domain.referrals.scene import Scene
from tests.people import NOW

from rangkul.access.policy import Forbidden, OwnException
from rangkul.clocks import queries as clocks
from rangkul.consent import operations as consent
from rangkul.consent import policy, queries
from rangkul.consent.models import Basis
from rangkul.consent.notice import NOTICE_VERSION
from rangkul.consent.queries import BasisWords
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.scope import Scope, acting, set_scope
from rangkul.foundation.workflow import IllegalMove
from rangkul.referrals import operations
from rangkul.trail import queries as trail

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def _other(scene: Scene, letter: str = "d", **changes: object) -> Basis:
    return consent.record_basis(
        case_id=scene.case_id, ground=scene.other_ground(letter, "medis", **changes),
        by=scene.sender, at=NOW,
    )  # fmt: skip


def test_consent_keeps_the_notice_it_was_given_under(scene: Scene) -> None:
    basis = scene.consent(language="tet")
    assert (basis.letter, basis.notice_version, basis.language) == ("a", NOTICE_VERSION, "tet")
    assert clocks.list_subject(scene.sender, "basis", basis.id) == []
    acts = trail.list_subject(scene.sender, "basis", basis.id)
    assert [act.name for act in acts] == ["consent.recorded"]
    assert acts[0].detail["levels"] == basis.levels


def test_another_basis_starts_two_clocks_and_seals_its_words(scene: Scene) -> None:
    basis = _other(scene, words=BasisWords(why="Ia belum sadar dan sendirian."))
    due = {c.procedure for c in clocks.list_subject(scene.sender, "basis", basis.id)}
    assert due == {"other_basis_review", "other_basis_told"}
    assert b"sadar" not in bytes(basis.why_sealed or b"")
    words = consent.read_words(basis_id=basis.id, by=scene.sender, at=NOW)
    assert words.why == "Ia belum sadar dan sendirian."
    names = [act.name for act in trail.list_subject(scene.sender, "basis", basis.id)]
    assert "consent.words_read" in names


def test_a_second_person_looks(scene: Scene) -> None:
    basis = _other(scene)
    with pytest.raises(Forbidden):
        consent.approve_basis(basis_id=basis.id, by=scene.sender, at=NOW)
    supervisor = scene.cast.wahyuni
    with acting(supervisor):
        waiting = queries.list_awaiting_review(supervisor, [scene.case_id], NOW)
        assert [b.id for b in waiting] == [basis.id]
        approved = consent.approve_basis(basis_id=basis.id, by=supervisor, at=NOW + HOUR)
        assert approved.approved_by == supervisor.user_id
        with pytest.raises(IllegalMove):
            consent.approve_basis(basis_id=basis.id, by=supervisor, at=NOW + HOUR)
        states = {c.procedure: c.state for c in clocks.list_subject(supervisor, "basis", basis.id)}
    assert states == {"other_basis_review": "met", "other_basis_told": "running"}


def test_nobody_approves_her_own(scene: Scene) -> None:
    supervisor = scene.cast.wahyuni
    with acting(supervisor):
        basis = consent.record_basis(
            case_id=scene.case_id, ground=scene.other_ground("d", "medis"), by=supervisor, at=NOW
        )
        with pytest.raises(OwnException):
            consent.approve_basis(basis_id=basis.id, by=supervisor, at=NOW)
        with pytest.raises(DatabaseError), transaction.atomic():
            Basis.objects.filter(id=basis.id).update(
                approved_at=NOW, approved_by=supervisor.user_id
            )


def test_consent_needs_nobodys_approval(scene: Scene) -> None:
    basis = scene.consent()
    with acting(scene.cast.wahyuni), pytest.raises(IllegalMove):
        consent.approve_basis(basis_id=basis.id, by=scene.cast.wahyuni, at=NOW)


def test_the_person_is_told(scene: Scene) -> None:
    basis = _other(scene)
    assert consent.tell_person(basis_id=basis.id, by=scene.sender, at=NOW + HOUR).told_at
    with pytest.raises(IllegalMove):
        consent.tell_person(basis_id=basis.id, by=scene.sender, at=NOW + HOUR)


@pytest.mark.parametrize(
    ("change", "after", "why"),
    [
        ({}, timedelta(0), ""),
        ({"valid_until": NOW + DAY}, DAY - timedelta(seconds=1), ""),
        ({"valid_until": NOW + DAY}, DAY, "expired"),
        ({}, -HOUR, "not_yet"),
    ],
)
def test_consent_stands_from_its_hour_to_its_end(
    scene: Scene, change: dict[str, object], after: timedelta, why: str
) -> None:
    basis, at = scene.consent(**change), NOW + after
    assert policy.obstacle(basis, service="medis", desk_id=None, at=at) == why
    listed = queries.standing(scene.sender, scene.case_id, "medis", at)
    assert [b.id for b in listed] == ([] if why else [basis.id])


def test_an_unreviewed_basis_falls_after_a_day(scene: Scene) -> None:
    basis = _other(scene)
    before, after = NOW + DAY - timedelta(seconds=1), NOW + DAY
    assert queries.standing(scene.sender, scene.case_id, "medis", before) == [basis]
    assert queries.standing(scene.sender, scene.case_id, "medis", after) == []
    assert policy.obstacle(basis, service="medis", desk_id=1, at=after) == "not_reviewed"
    with acting(scene.cast.wahyuni):
        consent.approve_basis(basis_id=basis.id, by=scene.cast.wahyuni, at=before)
    set_scope(Scope.of(scene.sender))
    assert queries.standing(scene.sender, scene.case_id, "medis", after) == [basis]


def test_the_list_and_the_rule_agree(scene: Scene) -> None:
    """``standing`` (SQL) and ``obstacle`` (Python) say the same of every basis at every hour."""
    bases = [
        scene.consent(), scene.consent(valid_until=NOW + HOUR), scene.consent("psikologi"),
        _other(scene),
    ]  # fmt: skip
    withdrawn = scene.consent()
    operations.withdraw_consent(basis_id=withdrawn.id, by=scene.sender, at=NOW)
    withdrawn.refresh_from_db()
    for at in (NOW - HOUR, NOW, NOW + HOUR, NOW + DAY, NOW + 100 * DAY):
        listed = {b.id for b in queries.standing(scene.sender, scene.case_id, "medis", at)}
        ruled = {
            b.id
            for b in (*bases, withdrawn)
            if not policy.obstacle(b, service="medis", desk_id=None, at=at)
        }
        assert listed == ruled


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"service": "memasak"}, "service"), ({"levels": {"I": 9}}, "levels"),
        ({"levels": {"Q": 1}}, "levels"), ({"valid_until": NOW}, "valid_until"),
        ({"valid_until": NOW + 400 * DAY}, "valid_until"), ({"language": "klingon"}, "language"),
        ({"given_by": "tetangga"}, "given_by"), ({"given_by": "hukum"}, "given_by"),
        ({"manner": "firasat"}, "manner"), ({"article": "uu1"}, "article"),
        ({"is_child": True}, "best_interest"), ({"guardian_excluded": True}, "letter"),
        ({"words": BasisWords(best_interest="x" * 1001)}, "best_interest"),
    ],
)  # fmt: skip
def test_what_cannot_be_consent(scene: Scene, change: dict[str, object], field: str) -> None:
    from dataclasses import replace

    with pytest.raises(InvalidInput) as caught:
        consent.record_basis(
            case_id=scene.case_id, ground=replace(scene.ground(), **change), by=scene.sender,
            at=NOW,
        )  # fmt: skip
    assert field in caught.value.errors


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"letter": "b"}, "letter"), ({"letter": "f"}, "letter"), ({"article": ""}, "article"),
        ({"why": ""}, "why"), ({"why": "malas"}, "why"), ({"words": BasisWords()}, "why_words"),
        ({"given_by": "penyintas"}, "given_by"), ({"told_at": NOW + HOUR}, "told_at"),
        ({"guardian_excluded": True}, "substitute"),
        ({"letter": "e", "guardian_excluded": True}, "letter"),
        ({"letter": "c", "is_child": True}, "best_interest"),
    ],
)  # fmt: skip
def test_what_cannot_be_another_basis(scene: Scene, change: dict[str, object], field: str) -> None:
    from dataclasses import replace

    ground = replace(scene.other_ground("d", "medis"), **change)
    with pytest.raises(InvalidInput) as caught:
        consent.record_basis(case_id=scene.case_id, ground=ground, by=scene.sender, at=NOW)
    assert field in caught.value.errors


def test_only_those_of_the_case(scene: Scene) -> None:
    basis = scene.consent()
    for actor in (scene.cast.yohana, scene.cast.nining):
        with acting(actor), pytest.raises(NotReachable):
            queries.get_basis(actor, basis.id)
        with acting(actor), pytest.raises(NotReachable):
            consent.record_basis(case_id=scene.case_id, ground=scene.ground(), by=actor, at=NOW)
    with acting(scene.receiver), pytest.raises(Forbidden):
        consent.record_basis(
            case_id=scene.case_id, ground=scene.ground(), by=scene.receiver, at=NOW
        )


def test_a_basis_is_never_rewritten(scene: Scene) -> None:
    basis = scene.consent()
    for change in ({"levels": {"I": 2}}, {"valid_until": NOW + 300 * DAY}, {"service": "polisi"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Basis.objects.filter(id=basis.id).update(**change)
