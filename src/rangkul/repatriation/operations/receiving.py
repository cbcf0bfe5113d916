"""What the receiving desk does before anybody travels: reading, answering, looking at home."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.workflow import IllegalMove
from rangkul.referrals import operations as referrals
from rangkul.referrals import queries as referral_queries
from rangkul.referrals.packet import Content
from rangkul.referrals.policy import PacketClosed
from rangkul.repatriation import events, queries, workflow
from rangkul.repatriation.models import Leg, Traveller
from rangkul.repatriation.policy import ShelterDecides, SomeRefused, by_admission, received_by
from rangkul.trail.operations import record


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer for one person: ``accept``, or ``decline`` with a reason code."""

    decision: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A traveller's packet as the desk may read it; ``closed`` says why it may not."""

    traveller: Traveller
    content: Content | None
    closed: str = ""


@transaction.atomic
def read_leg(*, leg_id: int, by: Actor, at: datetime) -> list[Opened]:
    """The packets of a leg at its receiving desk; each reading is recorded.

    A shelter reads them at its own admission, after the conflict check. Raises ``ShelterDecides``.
    """
    require(by.roles, Permission.ANSWER_PACKETS)
    leg = _received(leg_id, by)
    if by_admission(leg):
        raise ShelterDecides
    opened = []
    for traveller in queries.list_travellers(leg):
        if traveller.asked_request is None or traveller.state == workflow.PLANNED:
            continue
        try:
            packet = referrals.open_packet(request_id=traveller.asked_request, by=by, at=at)
        except PacketClosed as closed:
            opened.append(Opened(traveller, None, closed.why))
        else:
            opened.append(Opened(traveller, packet.content))
    return opened


@transaction.atomic
def answer_leg(*, leg_id: int, decisions: Mapping[UUID, Decision], by: Actor, at: datetime) -> int:
    """Answer for some or all of a leg, all of it or nothing; how many were accepted.

    Of two colleagues at once the second meets what the first decided (``SomeRefused``:
    ``answered``). Raises ``InvalidInput``, ``NotReachable``, and ``ShelterDecides`` where the
    receiver is a shelter: it answers by a bed, or with another way, on its own pages.
    """
    require(by.roles, Permission.ANSWER_PACKETS)
    leg = _received(leg_id, by)
    if by_admission(leg):
        raise ShelterDecides
    if not decisions:
        raise InvalidInput({"people": "nobody"})
    known = {
        t.id: t for t in Traveller.objects.filter(leg=leg, id__in=list(decisions)).order_by("id")
    }
    if set(known) != set(decisions):
        raise NotReachable("not on this leg")
    faults: dict[str, dict[str, str]] = {}
    for traveller_id, decision in sorted(decisions.items()):
        traveller = known[traveller_id]
        if traveller.asked_request is None:
            raise NotReachable("nobody has asked yet")
        request = referral_queries.get_received(by, traveller.asked_request)
        try:
            with transaction.atomic():
                referrals.answer(
                    request_id=request.id, decision=decision.decision, reason=decision.reason,
                    expected_version=request.version, by=by, at=at,
                )  # fmt: skip
        except InvalidInput as fault:
            faults[str(traveller_id)] = dict(fault.errors)
            continue
        except IllegalMove:
            faults[str(traveller_id)] = {"decision": "answered"}
            continue
        record(
            by=by, at=at, name=events.LEG_ANSWERED, subject_kind="traveller",
            subject_id=traveller_id, reason=decision.reason,
            detail={"leg": leg.id, "decision": decision.decision},
        )  # fmt: skip
    if faults:
        raise SomeRefused(faults)
    return sum(d.decision == "accept" for d in decisions.values())


@transaction.atomic
def note_findings(
    *, leg_id: int, traveller_ids: Collection[UUID], by: Actor, at: datetime, match: str = "",
    safety: str = "",
) -> int:  # fmt: skip
    """What the desk at the origin found of some people: known there, and whether it is safe.

    One act, all or none, one record each; how many. The organiser's own rows take it up at once.
    Raises ``InvalidInput``, ``NotReachable``, and ``ShelterDecides`` where a shelter receives.
    """
    require(by.roles, Permission.ANSWER_PACKETS)
    leg = _received(leg_id, by)
    if by_admission(leg):
        raise ShelterDecides
    if not leg.homeward:
        raise NotReachable("not a leg towards home")
    errors = {}
    if not traveller_ids:
        errors["people"] = "nobody"
    if match and match not in ("confirmed", "not_found"):
        errors["match"] = "unknown"
    if safety and safety not in workflow.SAFETIES:
        errors["safety"] = "unknown"
    if not match and not safety:
        errors["match"] = "required"
    if errors:
        raise InvalidInput(errors)
    travellers = list(
        Traveller.objects.select_for_update()
        .filter(leg=leg, id__in=list(traveller_ids))
        .order_by("id")
    )
    if len(travellers) != len(set(traveller_ids)):
        raise NotReachable("not on this leg")
    for traveller in travellers:
        traveller.match = match or traveller.match
        traveller.safety = safety or traveller.safety
        traveller.save(update_fields=["match", "safety"])
        record(
            by=by, at=at, name=events.TRAVELLER_MATCHED, subject_kind="traveller",
            subject_id=traveller.id, detail={"match": match, "safety": safety},
        )  # fmt: skip
    return len(travellers)


def _received(leg_id: int, by: Actor) -> Leg:
    leg = Leg.objects.filter(received_by(by), id=leg_id).first()
    if leg is None:
        raise NotReachable("no such leg for this person")
    return leg
