"""A referral that is not ready: kept sealed on the case, gone on with, thrown away."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from tests.domain.referrals.scene import Scene
from tests.people import NOW

from rangkul.access.policy import Forbidden
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.scope import acting
from rangkul.referrals import drafts, operations
from rangkul.referrals.models import ReferralDraft

VALUES = {"asked": ["Periksa luka"], "bans": ["telepon", "surat"]}


def _keep(scene: Scene, **more: object) -> ReferralDraft:
    given = {"service": "medis", "values": VALUES} | more
    return operations.keep_draft(
        case_id=scene.case_id, by=scene.sender, at=NOW, **given
    )  # fmt: skip


def test_what_is_kept_comes_back_and_is_sealed(scene: Scene) -> None:
    row = _keep(scene)
    assert b"luka" not in bytes(row.form_sealed)
    found, values = operations.read_draft(draft_id=row.id, by=scene.sender, at=NOW)
    assert (found.service, values) == ("medis", VALUES)


def test_kept_again_it_is_the_same_draft_and_another_service_a_new_one(scene: Scene) -> None:
    row = _keep(scene)
    again = _keep(scene, draft_id=row.id, values={"asked": ["Lain"]})
    other = _keep(scene, draft_id=row.id, service="psikologi")
    assert again.id == row.id and other.id != row.id
    listed = drafts.list_drafts(scene.sender, scene.case_id)
    assert {each.id for each in listed} == {row.id, other.id}


def test_thrown_away_it_is_gone(scene: Scene) -> None:
    row = _keep(scene)
    operations.discard_draft(draft_id=row.id, by=scene.sender, at=NOW + timedelta(hours=1))
    assert drafts.list_drafts(scene.sender, scene.case_id) == []
    with pytest.raises(NotReachable):
        operations.read_draft(draft_id=row.id, by=scene.sender, at=NOW)


@pytest.mark.parametrize("more", [{"service": "pesta"}, {"values": {"asked": ["x" * 50_000]}}])
def test_what_cannot_be_kept_is_said(scene: Scene, more: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        _keep(scene, **more)


def test_nobody_elses_draft_and_nobody_elses_need(scene: Scene) -> None:
    row = _keep(scene)
    with pytest.raises(NotReachable):
        _keep(scene, need_id=uuid4())
    for stranger in (scene.cast.andi, scene.cast.yohana):
        with acting(stranger), pytest.raises(NotReachable):
            operations.read_draft(draft_id=row.id, by=stranger, at=NOW)
    with acting(scene.cast.joko), pytest.raises((Forbidden, NotReachable)):
        operations.discard_draft(draft_id=row.id, by=scene.cast.joko, at=NOW)
