"""A desk that stays silent: the agreed desk is asked instead, or other desks are called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.cases import queries as cases
from rangkul.clocks import operations as clocks
from rangkul.consent import policy as consent_policy
from rangkul.consent import queries as consent
from rangkul.consent.models import Basis
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.vault import KeyDestroyed
from rangkul.foundation.workflow import IllegalMove
from rangkul.network import queries as network
from rangkul.referrals import events, policy, queries, workflow
from rangkul.referrals.models import CallOffer, Referral, Request
from rangkul.referrals.operations.calling import CALLED_AT_ONCE, call_desks, survivor_of
from rangkul.referrals.operations.following import cancel_referral, move_referral
from rangkul.referrals.operations.sending import Asked, send_referral
from rangkul.referrals.packet import Deadlines
from rangkul.trail.operations import record

TOLD_CLOCK: Final = "referral_moved_told"
# Names the one form by which the house passes a request on, so that trying again sends nothing.
_PASSED_ON: Final = UUID("7e1a3a0c-3d0c-4c55-9b3e-5a3f8d2f4b10")


@dataclass(frozen=True, slots=True)
class PassedOn:
    """Where an unanswered request went: to an agreed desk, or out as a call; or nowhere."""

    moved: Request | None = None
    called: tuple[CallOffer, ...] = ()


@transaction.atomic
def pass_on(*, request_id: int, by: Actor, at: datetime) -> PassedOn:
    """Let a request go on whose desk has let its deadline pass; nothing where it need not.

    With its packet only to a desk that the survivor agreed to when consent was taken, then to one
    that steps in by the agreement of the day where the ground is the law's; each of them once: the
    first packet's key is destroyed and the words are sealed anew. Else desks are called without a
    packet, those of the agreement first. A desk that asked something is not silent: there the
    sender owes the answer.
    """
    referral = queries.get_referral(by, request_id)
    custody.lock_case(by, referral.case_id)
    request = queries.lock(policy.sent_by(by), request_id)
    if request.state != workflow.SENT or request.accept_by > at:
        return PassedOn()
    asked = {each.receiver_desk_id for each in queries.chain_of(by, referral)}
    stand_ins = [d for d in _by_agreement(referral, request, by=by, at=at) if d not in asked]
    basis = consent.get_basis(by, referral.basis_id)
    agreed = [d for d in dict.fromkeys(basis.fallback_desk_ids) if d not in asked]
    for desk_id in _covered([*agreed, *stand_ins], basis, request, at=at):
        try:
            moved = move_referral(
                request_id=request.id, desk_id=desk_id, by=by, at=at,
                token=uuid5(_PASSED_ON, str(request.id)), expected_version=request.version,
                uncovered_ok=True,
            )  # fmt: skip
        except (consent_policy.BasisMissing, InvalidInput, KeyDestroyed):
            # That desk may not have it any more, or the words may not go: the next one, or a call.
            continue
        _owe_telling(moved, referral.case_id, by=by, at=at)
        return PassedOn(moved=moved)
    called = call_desks(request_id=request.id, by=by, at=at, first=stand_ins)
    return PassedOn(called=tuple(called))


def _by_agreement(referral: Referral, request: Request, *, by: Actor, at: datetime) -> list[int]:
    """The desks that the agreement of the day lets step in for this one, the best placed first."""
    file = cases.get_file(by, referral.case_id)
    found = network.suggest_stand_ins(
        by, service=request.service, at=at, survivor=survivor_of(file), near_area=file.area,
        silent_agency=request.receiver_agency_id, limit=CALLED_AT_ONCE,
    ).ranked  # fmt: skip
    return [each.desk_id for each in found]


def _covered(
    desk_ids: Sequence[int], basis: Basis, request: Request, *, at: datetime
) -> Iterator[int]:
    """Those of the desks to which the packet may go and who still offer the service, those with
    somebody on duty first.

    An agreement between agencies is not the survivor's: a consent reaches the desks it names.
    """
    fitting = []
    for desk_id in dict.fromkeys(desk_ids):
        named = desk_id in basis.fallback_desk_ids or basis.letter != consent_policy.CONSENT
        if not named or consent_policy.obstacle(
            basis, service=request.service, desk_id=desk_id, at=at
        ):
            continue
        try:
            card = network.get_desk_card(desk_id, at=at)
        except NotReachable:
            continue
        if card.desk.active and request.service in card.services:
            fitting.append(desk_id)
    cover = network.cover_of(fitting, at) if fitting else {}
    yield from sorted(fitting, key=lambda desk_id: not cover[desk_id].is_covered)


def _owe_telling(request: Request, case_id: int, *, by: Actor, at: datetime) -> None:
    file = cases.get_file(by, case_id)
    clocks.start(
        procedure=TOLD_CLOCK, subject_kind="request", subject_id=request.id,
        area=file.area or request.receiver_agency.area_id, by=by, at=at, case_id=case_id,
        risk=request.risk,
    )  # fmt: skip


@transaction.atomic
def tell_of_move(*, request_id: int, by: Actor, at: datetime) -> None:
    """The companion has told the person that another desk is asked now."""
    require(by.roles, Permission.SEND_REFERRAL)
    referral = queries.get_referral(by, request_id)
    request = queries.get_sent(by, request_id)
    told = clocks.meet(
        subject_kind="request", subject_id=request.id, by=by, at=at, procedures=[TOLD_CLOCK]
    )
    if not told:
        raise IllegalMove("tell", "told")
    record(
        by=by, at=at, name=events.PERSON_TOLD_OF_MOVE, subject_kind="request",
        subject_id=request.id, case_id=referral.case_id,
    )  # fmt: skip


@transaction.atomic
def replace_referral(
    *, request_id: int, asked: Asked, token: UUID, by: Actor, at: datetime, seen: str = "",
    deadlines: Deadlines | None = None, uncovered_ok: bool = False,
) -> Request:  # fmt: skip
    """Send to another desk what stands unanswered at a first, which ends in the same act.

    With a ground that names the new desk: for a desk that said "we can", the survivor was asked.
    Raises what ``send_referral`` raises, ``IllegalMove`` once the first has answered.
    """
    referral = queries.get_referral(by, request_id)
    custody.lock_case(by, referral.case_id)
    before = queries.referral_of_token(referral.case_id, token)
    if before is not None:
        return queries.get_sent(by, before.request_id)
    if referral.case_id != asked.case_id:
        raise NotReachable("the request is another case's")
    request = queries.get_sent(by, request_id)
    cancel_referral(
        request_id=request_id, expected_version=request.version, by=by, at=at, moved=True
    )
    return send_referral(
        asked=asked, token=token, seen=seen, deadlines=deadlines, uncovered_ok=uncovered_ok,
        follows=referral.id, by=by, at=at,
    )  # fmt: skip
