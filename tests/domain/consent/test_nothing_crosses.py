"""Whatever is recorded, withdrawn, left to expire and sent, in any order: no packet goes out, and
none opens, without a basis that stands at that moment for that service and desk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.domain.referrals.scene import DESK, SECOND_DESK, Scene
from tests.people import NOW

from rangkul.consent import operations as consent
from rangkul.consent.policy import BasisMissing
from rangkul.foundation.scope import Scope, acting, set_scope
from rangkul.foundation.workflow import IllegalMove
from rangkul.referrals import operations
from rangkul.referrals.policy import PacketClosed

SERVICES = ("medis", "psikologi")


@dataclass
class Agreement:
    """What the test itself remembers of a basis, told by the steps and by nothing else."""

    service: str
    desk: int | None
    start: datetime
    end: datetime
    needs_review: bool
    reviewed: bool = False
    withdrawn: bool = False

    def carries(self, service: str, desk: int, at: datetime) -> bool:
        return (
            not self.withdrawn
            and self.service == service
            and self.desk in (None, desk)
            and self.start <= at < self.end
            and (not self.needs_review or self.reviewed or at < self.start + timedelta(hours=24))
        )


@dataclass
class Walk:
    """One walk: the hour, the bases, the packets sent on them, and every breach seen."""

    scene: Scene
    at: datetime = NOW
    bases: dict[UUID, Agreement] = field(default_factory=dict)
    sent: list[tuple[int, UUID]] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)

    def record(self, pick: int) -> None:
        service, days = SERVICES[pick % 2], 1 + pick % 3
        end, desk = self.at + timedelta(days=days), (None, DESK, SECOND_DESK)[pick % 3]
        other = pick % 5 == 0
        changes = {"valid_until": end, "recipient_desk_id": desk}
        ground = (
            self.scene.other_ground("d", service, **changes)
            if other
            else self.scene.ground(service, **changes)
        )
        basis = operations.record_ground(
            case_id=self.scene.case_id, ground=ground, by=self.scene.sender, at=self.at
        )
        self.bases[basis.id] = Agreement(service, desk, self.at, end, other)

    def withdraw(self, pick: int) -> None:
        basis_id = self._basis(pick)
        if basis_id is None:
            return
        try:
            operations.withdraw_consent(basis_id=basis_id, by=self.scene.sender, at=self.at)
        except IllegalMove:
            if not self.bases[basis_id].withdrawn:
                self.breaches.append("a standing basis could not be withdrawn")
        self.bases[basis_id].withdrawn = True

    def review(self, pick: int) -> None:
        basis_id = self._basis(pick)
        if basis_id is None:
            return
        supervisor = self.scene.cast.wahyuni
        with acting(supervisor):
            try:
                consent.approve_basis(basis_id=basis_id, by=supervisor, at=self.at)
                self.bases[basis_id].reviewed = True
            except IllegalMove:
                pass
        set_scope(Scope.of(self.scene.sender))

    def wait(self, pick: int) -> None:
        self.at += timedelta(hours=(1, 13, 25, 49)[pick % 4])

    def send(self, pick: int) -> None:
        basis_id = self._basis(pick)
        if basis_id is None:
            return
        agreed, desk = self.bases[basis_id], (DESK, SECOND_DESK)[pick % 2]
        asked = self.scene.asked(_Row(basis_id), desk_id=desk)
        try:
            request = operations.send_referral(
                asked=asked, token=uuid4(), by=self.scene.sender, at=self.at
            )
        except BasisMissing:
            if agreed.carries(agreed.service, desk, self.at):
                self.breaches.append("a standing basis did not carry")
            return
        self.sent.append((request.id, basis_id))
        if not agreed.carries(agreed.service, desk, self.at):
            self.breaches.append("sent without a basis")

    def open(self, pick: int) -> None:
        if not self.sent:
            return
        request_id, basis_id = self.sent[pick % len(self.sent)]
        agreed = self.bases[basis_id]
        opened = True
        try:
            operations.read_sent_packet(request_id=request_id, by=self.scene.sender, at=self.at)
        except PacketClosed:
            opened = False
        if opened and (agreed.withdrawn or self.at >= agreed.end):
            self.breaches.append("opened without a basis")

    def _basis(self, pick: int) -> UUID | None:
        known = list(self.bases)
        return known[pick % len(known)] if known else None


@dataclass(frozen=True)
class _Row:
    """What ``Scene.asked`` needs of a basis."""

    id: UUID


STEPS: tuple[Callable[[Walk, int], None], ...] = (
    Walk.record, Walk.withdraw, Walk.review, Walk.wait, Walk.send, Walk.open,
)  # fmt: skip
Path = list[tuple[int, int]]
WITHDRAWN_THEN_SENT: Path = [(0, 1), (1, 0), (4, 0)]
SENT_THEN_WITHDRAWN: Path = [(0, 6), (4, 0), (5, 0), (1, 0), (5, 0)]
EXPIRED_THEN_OPENED: Path = [(0, 6), (4, 0), (3, 3), (3, 3), (5, 0), (4, 0)]
NEVER_REVIEWED: Path = [(0, 5), (3, 2), (4, 1)]


def _undone_walk(scene: Scene, path: Path) -> list[str]:
    """A walk with a fault planted; undone, since the database's own net would refuse it."""
    with transaction.atomic():
        breaches = _walk(scene, path)
        transaction.set_rollback(True)
    return breaches


def _walk(scene: Scene, path: Path) -> list[str]:
    walk = Walk(scene)
    for step, pick in path:
        STEPS[step](walk, pick)
    return walk.breaches


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 29)), min_size=3, max_size=14))
@example(WITHDRAWN_THEN_SENT)
@example(SENT_THEN_WITHDRAWN)
@example(EXPIRED_THEN_OPENED)
@example(NEVER_REVIEWED)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_nothing_crosses_a_border_without_a_basis(scene: Scene, path: Path) -> None:
    assert _walk(scene, path) == []


@pytest.mark.parametrize("path", [WITHDRAWN_THEN_SENT, EXPIRED_THEN_OPENED, NEVER_REVIEWED])
def test_the_property_fails_without_the_rule(
    scene: Scene, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: the one place that enforces the basis lets everything through."""
    monkeypatch.setattr("rangkul.consent.policy.require_basis", lambda basis, **asked: None)
    monkeypatch.setattr("rangkul.consent.borders.cross", lambda **asked: None)
    assert "sent without a basis" in _undone_walk(scene, path)


def test_the_property_fails_when_a_withdrawal_ends_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: consent is taken back on the screen alone."""
    monkeypatch.setattr("rangkul.referrals.operations.withdraw_consent", lambda **asked: [])
    assert "opened without a basis" in _undone_walk(scene, SENT_THEN_WITHDRAWN)
