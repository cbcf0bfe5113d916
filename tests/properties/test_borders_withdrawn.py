"""Once a consent is taken back, or over, no road lets its receiver read what went out on it.

Random acts of both ends and of the house's own hands, in any order: giving, sending, lining up,
writing, showing at a conference, offering the case, taking back all or a part, letting it lapse,
the tick and the jobs that were queued before. After each, every road of reading is tried.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.domain.referrals.scene import DESK, SECOND_DESK, Scene
from tests.people import INTAKE_DESK, KUPANG, NOW

from rangkul.conferences import operations as conferences
from rangkul.conferences.policy import ShareClosed
from rangkul.conferences.sharing import Line
from rangkul.consent import borders
from rangkul.consent.policy import BasisMissing
from rangkul.foundation import draw, hour
from rangkul.foundation.errors import RangkulError
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import Scope, acting, set_scope
from rangkul.foundation.vault import KeyDestroyed
from rangkul.jobs import tasks
from rangkul.referrals import operations, queries
from rangkul.referrals.operations.turning import put_in_line
from rangkul.referrals.policy import PacketClosed

CODE = "withdrawn-closes-every-road"
SENTENCE = (
    "From the moment a consent is taken back or over, nothing that went out on it can be read by "
    "its receiver: not the packet, the thread, what was shown at a conference, the offer, nor by a "
    "job that was queued before."
)
SECRET = "Luka di lengan kiri"
_CLOSED = (PacketClosed, ShareClosed, BasisMissing, KeyDestroyed)


@dataclass
class Walk:
    """One walk: the hour, what was given, what went out on it, and every breach that was seen."""

    scene: Scene
    at: datetime = NOW
    given: dict[UUID, datetime] = field(default_factory=dict)
    back: set[UUID] = field(default_factory=set)
    requests: list[tuple[int, UUID]] = field(default_factory=list)
    shares: list[tuple[UUID, UUID]] = field(default_factory=list)
    offers: list[tuple[str, UUID]] = field(default_factory=list)
    conference: int = 0
    reads: int = 0
    refused: int = 0
    breaches: list[str] = field(default_factory=list)

    def give(self, pick: int) -> None:
        ground = self.scene.ground(
            "medis", valid_until=self.at + timedelta(days=1 + pick % 3),
            recipient_desk_id=(None, DESK)[pick % 2],
            fallback_desk_ids=[SECOND_DESK] if pick % 2 else [],
        )  # fmt: skip
        basis = operations.record_ground(
            case_id=self.scene.case_id, ground=ground, by=self.scene.sender, at=self.at
        )
        self.given[basis.id] = basis.valid_until

    def send(self, pick: int) -> None:
        basis = self._basis(pick)
        request = operations.send_referral(
            asked=self.scene.asked(_Row(basis), asked=SECRET),
            token=uuid4(), by=self.scene.sender, at=self.at, uncovered_ok=True,
        )  # fmt: skip
        self.requests.append((request.id, basis))

    def line_up(self, pick: int) -> None:
        """A referral that a job sends once the one before it is done."""
        basis = self._basis(pick)
        first = queries.get_referral(self.scene.sender, self._request(pick)[0])
        put_in_line(
            asked=self.scene.asked(_Row(basis), asked=SECRET),
            waiting_id=uuid4(), token=uuid4(), plan=uuid4(), after=first.id, seen="",
            by=self.scene.sender, at=self.at,
        )  # fmt: skip

    def finish(self, pick: int) -> None:
        request_id, receiver = self._request(pick)[0], self.scene.receiver
        with acting(receiver):
            version = queries.get_received(receiver, request_id).version
            operations.answer(
                request_id=request_id, decision="accept", expected_version=version, by=receiver,
                at=self.at,
            )  # fmt: skip
            operations.report_outcome(
                request_id=request_id, result="done", outcome="served",
                expected_version=version + 1, by=receiver, at=self.at,
            )  # fmt: skip

    def write(self, pick: int) -> None:
        operations.write_message(
            request_id=self._request(pick)[0], words=SECRET, by=self.scene.sender, at=self.at
        )

    def show(self, pick: int) -> None:
        basis, by = self._basis(pick), self.scene.sender
        showing = conferences.Showing(
            self._meeting(), KUPANG, self.scene.case_id, basis, (Line("H", 1, SECRET),)
        )
        seen = conferences.preview_share(showing=showing, by=by, at=self.at)
        share = conferences.share_facts(showing=showing, seen=seen.digest, by=by, at=self.at)
        self.shares.append((share.id, basis))

    def offer(self, pick: int) -> None:
        by = self.scene.cast.wahyuni
        ground = _handing_over(self.at + timedelta(days=1 + pick % 3))
        made = operations.Offer(
            self.scene.case_id, INTAKE_DESK[KUPANG], "lives_there", SECRET, ground
        )
        with acting(by):
            transfer = operations.offer_transfer(offer=made, by=by, at=self.at)
            basis = _basis_of_offer(transfer.id)
        self.given[basis] = ground.valid_until
        self.offers.append((queries.transfer_number(transfer.id), basis))

    def take_back(self, pick: int) -> None:
        basis = self._basis(pick)
        operations.withdraw_consent(basis_id=basis, by=self.scene.sender, at=self.at)
        self.back.add(basis)

    def take_back_all(self, pick: int) -> None:
        operations.withdraw_all(case_id=self.scene.case_id, by=self.scene.sender, at=self.at)
        self.back |= {basis for basis, until in self.given.items() if until > self.at}

    def take_a_part_back(self, pick: int) -> None:
        basis = self._basis(pick)
        operations.narrow_consent(basis_id=basis, levels={"H": 0}, by=self.scene.sender, at=self.at)
        self.back.add(basis)

    def wait(self, pick: int) -> None:
        self.at += timedelta(hours=(1, 13, 25, 49)[pick % 4])

    def tick(self, pick: int) -> None:
        operations.expire_packets(by=self.scene.sender, at=self.at)
        conferences.expire_shares(by=self.scene.sender, at=self.at)

    def work(self, pick: int) -> None:
        """Every job that was queued so far, as the worker runs it."""
        before = len(_sent_ids())
        with pytest.MonkeyPatch.context() as clock:
            clock.setattr(hour, "now", lambda: self.at)
            for event in _queued():
                tasks.deliver_event(event)
            set_scope(Scope.of(self.scene.sender))
        for request_id in _sent_ids()[before:]:
            referral = queries.get_referral(self.scene.sender, request_id)
            self.requests.append((request_id, referral.basis_id))
            if not self._carries(referral.basis_id):
                self.breaches.append("a queued job sent after the consent had gone")

    def look(self) -> None:
        """Every road of the receiver's, to everything whose consent is gone."""
        melki, marten = self.scene.cast.melki, self.scene.cast.marten
        for request_id, basis in self.requests:
            self._try(basis, "packet", melki, lambda r=request_id: operations.open_packet(
                request_id=r, by=melki, at=self.at).content.to_json())  # fmt: skip
            self._try(basis, "thread", melki, lambda r=request_id: " ".join(
                view.body for view in operations.read_messages(
                    request_id=r, by=melki, at=self.at)))  # fmt: skip
        for share_id, basis in self.shares:
            self._try(basis, "share", melki, lambda s=share_id: conferences.open_share(
                share_id=s, by=melki, at=self.at).to_json())  # fmt: skip
        for number, basis in self.offers:
            self._try(basis, "offer", marten, lambda n=number: operations.read_transfer(
                number=n, by=marten, at=self.at)[1])  # fmt: skip
        if _keys_of(self.back):
            self.breaches.append("a key outlived its consent")

    def _try(self, basis: UUID, road: str, by: Any, read: Callable[[], str]) -> None:
        if self._carries(basis):
            return
        self.reads += 1
        with acting(by):
            try:
                with transaction.atomic():
                    if SECRET in read():
                        self.breaches.append(f"{road} was read without a consent")
                        return
            except _CLOSED:
                pass
        self.refused += 1

    def _carries(self, basis: UUID) -> bool:
        return basis not in self.back and self.at < self.given[basis]

    def _basis(self, pick: int) -> UUID:
        known = list(self.given)
        if not known:
            raise _Nothing
        return known[pick % len(known)]

    def _request(self, pick: int) -> tuple[int, UUID]:
        if not self.requests:
            raise _Nothing
        return self.requests[pick % len(self.requests)]

    def _meeting(self) -> int:
        """A conference to which Melki has come; made when it is first wanted."""
        if not self.conference:
            by, melki = self.scene.sender, self.scene.cast.melki
            meeting = conferences.Meeting(
                title="Rencana bersama", starts_at=self.at + timedelta(days=9), manner="place",
                place="Ruang 2",
            )  # fmt: skip
            row = conferences.call_conference(
                calling=conferences.Calling(
                    (self.scene.case_id,), meeting, (conferences.AgendaEntry("danger", "Rencana"),)
                ),
                by=by, at=self.at,
            )  # fmt: skip
            seat = conferences.offer_seat(conference_id=row.id, desk_id=DESK, by=by, at=self.at)
            with acting(melki):
                conferences.answer_seat(seat_id=seat.id, decision="accept", by=melki, at=self.at)
            self.conference = row.id
        return self.conference


class _Nothing(RangkulError):
    """There is nothing yet to do this to."""

    code = "nothing"


@dataclass(frozen=True)
class _Row:
    id: UUID


def _handing_over(until: datetime) -> Any:
    from rangkul.consent.operations import Ground
    from rangkul.consent.policy import HANDING_OVER

    return Ground(
        letter="a", service=HANDING_OVER, levels={}, given_by="penyintas", manner="lisan",
        valid_until=until, recipient_desk_id=INTAKE_DESK[KUPANG],
    )  # fmt: skip


def _rows(statement: str, *values: object) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        return list(cursor.fetchall())


def _basis_of_offer(transfer_id: int) -> UUID:
    found = _rows("select basis_id from referrals_transferend where transfer_id = %s", transfer_id)
    return UUID(str(found[0][0]))


def _sent_ids() -> list[int]:
    return [row[0] for row in _rows("select id from referrals_request order by id")]


def _keys_of(bases: set[UUID]) -> int:
    """Keys under which something still stands that crossed on one of these; the sender sees all."""
    return int(_rows(
        "select count(*) from foundation_datakey k join consent_crossing c on "
        "c.subject = k.subject where c.basis_id = any(%s)", list(bases),
    )[0][0])  # fmt: skip


def _queued() -> Iterator[Event]:
    """What waits in the outbox, taken from it."""
    found = _rows(
        "delete from procrastinate_jobs where queue_name = 'events' and status = 'todo' "
        "returning id, args"
    )
    for _id, args in sorted(found):
        yield Event(**(json.loads(args) if isinstance(args, str) else args))


ACTS: tuple[Callable[[Walk, int], None], ...] = (
    Walk.give, Walk.send, Walk.line_up, Walk.finish, Walk.write, Walk.show, Walk.offer,
    Walk.take_back, Walk.take_back_all, Walk.take_a_part_back, Walk.wait, Walk.tick, Walk.work,
)  # fmt: skip
Path = list[tuple[int, int]]
EVERYTHING: Path = [
    (0, 0), (1, 0), (4, 0), (5, 0), (6, 2), (2, 0), (3, 0), (7, 0), (12, 0), (8, 0), (12, 0),
]  # fmt: skip
LAPSED: Path = [(0, 0), (1, 0), (4, 0), (5, 0), (6, 0), (10, 3), (11, 0), (12, 0)]
IN_PART: Path = [(0, 0), (1, 0), (4, 0), (5, 0), (9, 0), (12, 0), (1, 0)]


def walk(scene: Scene, path: Path) -> Walk:
    """Take the path; an act that is refused changes nothing."""
    # Days pass in a walk: what is opened in them is not one minute's.
    draw.forget()
    made = Walk(scene)
    for act, pick in path:
        set_scope(Scope.of(scene.sender))
        try:
            with transaction.atomic():
                ACTS[act](made, pick)
                _rows_at_commit()
        except RangkulError:
            pass
        set_scope(Scope.of(scene.sender))
        made.look()
        set_scope(Scope.of(scene.sender))
    return made


def _rows_at_commit() -> None:
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")


def _undone(scene: Scene, path: Path) -> list[str]:
    with transaction.atomic():
        breaches = walk(scene, path).breaches
        transaction.set_rollback(True)
    return breaches


def test_a_walk_that_knows_the_way_reads_and_is_then_refused(scene: Scene) -> None:
    """Without this the walks below could pass by never sending anything."""
    made = walk(scene, EVERYTHING)
    assert made.breaches == []
    assert made.requests and made.shares and made.offers
    assert made.refused == made.reads >= 12


@pytest.mark.promise(CODE, chapter="consent", sentence=SENTENCE)
def test_no_road_is_open_after_consent_has_gone(
    scene: Scene, figure: Callable[[str], None]
) -> None:
    told = {"walks": 0, "acts": 0, "reads": 0}

    @settings(
        max_examples=30, deadline=None, database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )  # fmt: skip
    @given(
        st.lists(st.tuples(st.integers(0, len(ACTS) - 1), st.integers(0, 11)),
                 min_size=4, max_size=14)
    )  # fmt: skip
    @example(EVERYTHING)
    @example(LAPSED)
    @example(IN_PART)
    def look(path: Path) -> None:
        with transaction.atomic():
            made = walk(scene, [(0, 0), (1, 0), *path])
            transaction.set_rollback(True)
        assert made.breaches == []
        told["walks"] += 1
        told["acts"] += len(path) + 2
        told["reads"] += made.reads

    look()
    figure(
        f"0 breaches in {told['walks']} random walks of {told['acts']} acts: "
        f"{told['reads']} attempts to read after the end, none succeeded"
    )


@pytest.mark.planted(CODE)
@pytest.mark.parametrize("path", [LAPSED, EVERYTHING])
def test_planted_the_receiver_is_not_asked_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, path: Path
) -> None:
    """The gate at reading lets everything through, and nothing is destroyed when it is over."""
    monkeypatch.setattr(borders, "obstacle", lambda subject, *, at: "")
    monkeypatch.setattr(borders, "require_open", lambda subject, *, at: None)
    monkeypatch.setattr(borders, "close_over", lambda subject, *, at: False)
    monkeypatch.setattr("rangkul.referrals.operations.withdraw_consent", lambda **asked: [])
    monkeypatch.setattr("rangkul.referrals.operations.withdraw_all", lambda **asked: (0, 0))
    assert any("was read without" in each for each in _undone(scene, path))


@pytest.mark.planted(CODE)
def test_planted_a_queued_job_does_not_ask(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The turn of a plan is taken without looking whether its consent stands."""
    monkeypatch.setattr("rangkul.referrals.operations.withdraw_consent", lambda **asked: [])
    path: Path = [(0, 0), (1, 0), (2, 0), (3, 0), (7, 0), (12, 0)]
    assert "a queued job sent after the consent had gone" in _undone(scene, path)
