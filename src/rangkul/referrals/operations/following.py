"""What the sender does after sending: taking up answers, taking the request back, moving it on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.cases import operations as case_operations
from rangkul.cases import queries as cases
from rangkul.cases import workflow as case_workflow
from rangkul.cases.operations.medical import MEDICAL
from rangkul.clocks import operations as clocks
from rangkul.consent import borders
from rangkul.consent import queries as consent
from rangkul.custody import queries as custody
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.locks import check_version
from rangkul.foundation.outbox import Event, post
from rangkul.referrals import events, policy, queries, workflow
from rangkul.referrals.models import Packet, Referral, Request
from rangkul.referrals.operations import pausing
from rangkul.referrals.operations.calling import end_calls
from rangkul.referrals.operations.sending import ACCEPT_CLOCK, Asked, draft_of, send_referral
from rangkul.referrals.operations.turning import take_turns
from rangkul.referrals.packet import Content
from rangkul.trail import queries as trail
from rangkul.trail.operations import record

CONTACT_CLOCK, OUTCOME_CLOCK = "referral_first_contact", "referral_outcome"
# Why a service was not given although it reached the person, or another's had.
_OFFERED = frozenset({"own_wish", "served_elsewhere"})


@transaction.atomic
def cancel_referral(
    *, request_id: int, expected_version: int, by: Actor, at: datetime, moved: bool = False
) -> Request:
    """Take back a request that nobody has answered; the packet's key is destroyed.

    ``moved``: another desk is asked in the same transaction, the need stays referred. Raises
    ``IllegalMove`` once answered, ``StaleForm``.
    """
    require(by.roles, Permission.SEND_REFERRAL)
    referral = queries.get_referral(by, request_id)
    custody.lock_case(by, referral.case_id)
    request = queries.lock(policy.sent_by(by), request_id)
    check_version(expected=expected_version, found=request.version)
    request.state = workflow.MOVES.check("move" if moved else "cancel", request.state).target
    request.ended_at = at
    request.version += 1
    request.save(update_fields=["state", "ended_at", "version"])
    destroy_packet(queries.packet_of(request), reason=request.state, at=at)
    clocks.void(subject_kind="request", subject_id=request.id, by=by, at=at)
    end_calls(referral=referral, by=by, at=at)
    if not moved:
        move_need(referral, "return", by=by, at=at)
    name = events.REFERRAL_MOVED if moved else events.REFERRAL_CANCELLED
    record(
        by=by, at=at, name=name, subject_kind="request",
        subject_id=request.id, case_id=referral.case_id,
    )  # fmt: skip
    post(Event(name, "request", str(request.id), request.receiver_agency_id))
    return request


@transaction.atomic
def move_referral(
    *, request_id: int, desk_id: int, token: UUID, expected_version: int, by: Actor, at: datetime,
    uncovered_ok: bool = False,
) -> Request:  # fmt: skip
    """Take an unanswered request back and ask another desk that the survivor agreed to.

    The packet moves, built anew from the same words and sealed under a new key; the first desk's
    key is destroyed. Raises ``BasisMissing`` where the basis does not reach that desk,
    ``StaleForm``, ``IllegalMove``.
    """
    referral = queries.get_referral(by, request_id)
    custody.lock_case(by, referral.case_id)
    before = queries.referral_of_token(referral.case_id, token)
    if before is not None:
        return queries.get_sent(by, before.request_id)
    content = read_sent_packet(request_id=request_id, by=by, at=at)
    old = cancel_referral(
        request_id=request_id, expected_version=expected_version, by=by, at=at, moved=True
    )
    asked = Asked(
        referral.case_id, desk_id, referral.basis_id, draft_of(content), referral.need_id,
        old.sender_desk_id,
    )  # fmt: skip
    return send_referral(
        asked=asked, token=token, by=by, at=at, uncovered_ok=uncovered_ok, follows=referral.id
    )


@transaction.atomic
def read_sent_packet(*, request_id: int, by: Actor, at: datetime) -> Content:
    """The sender looks at what was sent; the reading is recorded. Raises ``PacketClosed``."""
    referral = queries.get_referral(by, request_id)
    request = queries.get_sent(by, request_id)
    content = open_content(request, queries.packet_of(request), at=at)
    record(
        by=by, at=at, name=events.PACKET_REREAD, subject_kind="request", subject_id=request.id,
        case_id=referral.case_id,
    )  # fmt: skip
    return content


@transaction.atomic
def take_up_answer(*, request_id: int, by: Actor, at: datetime) -> bool:
    """Bring clocks, need and timeline of the sender in line with what the receiver did.

    Idempotent: the sender's clocks say what was taken up before. Returns whether anything changed.
    """
    referral = queries.get_referral(by, request_id)
    custody.lock_case(by, referral.case_id)
    request = queries.lock(policy.sent_by(by), request_id)
    changed = False
    if request.state in workflow.KEYLESS - {workflow.DECLINED}:
        ended = clocks.void(subject_kind="request", subject_id=request.id, by=by, at=at)
        return ended > 0
    if request.state not in workflow.UNANSWERED and request.answered_at is not None:
        changed |= _take_up_decision(request, referral, by=by, at=at)
    if request.paused_at is not None and request.state in workflow.SERVING:
        changed |= pausing.follow_pause(request, referral, by=by, at=at)
    if request.first_contact_at is not None and _meet(
        CONTACT_CLOCK, request, by=by, at=at, done_at=request.first_contact_at
    ):
        _record(events.REFERRAL_FIRST_CONTACT, request, referral, by=by, at=at)
        _meet_medical_window(request, referral, by=by, at=at, done_at=request.first_contact_at)
        changed = True
    if request.state in (workflow.DONE, workflow.NOT_DONE) and _meet(
        OUTCOME_CLOCK, request, by=by, at=at, done_at=request.ended_at
    ):
        _meet(CONTACT_CLOCK, request, by=by, at=at, done_at=request.ended_at)
        clocks.void(
            subject_kind="request", subject_id=request.id, by=by, at=at,
            procedures=[pausing.RESUME_CLOCK],
        )  # fmt: skip
        done = request.state == workflow.DONE
        move_need(
            referral, "meet" if done else "return", by=by, at=at,
            outcome=request.outcome or request.reason,
        )  # fmt: skip
        _record(events.REFERRAL_ENDED, request, referral, by=by, at=at)
        if done or request.reason in _OFFERED:
            _meet_medical_window(request, referral, by=by, at=at, done_at=request.ended_at)
        if done:
            take_turns(referral=referral, by=by, at=at)
        changed = True
    return changed


@transaction.atomic
def expire_packets(*, by: Actor, at: datetime, limit: int = 500) -> int:
    """Destroy the keys of the agency's sent packets whose time is over; the count destroyed."""
    over = Packet.objects.select_for_update(of=("self",)).filter(
        request__sender_agency_id=by.agency_id, destroyed_at__isnull=True, expires_at__lte=at
    )
    packets = list(over.order_by("expires_at")[:limit])
    for packet in packets:
        destroy_packet(packet, reason="expired", at=at)
        borders.close_over(packet.id, at=at)
        record(
            by=by, at=at, name=events.PACKET_EXPIRED, subject_kind="request",
            subject_id=packet.request_id,
        )  # fmt: skip
        _expire_request(packet.request_id, by=by, at=at)
    return len(packets)


def _expire_request(request_id: int, *, by: Actor, at: datetime) -> None:
    """A request that nobody answered while its packet could be opened is over."""
    request = queries.lock(Q(sender_agency_id=by.agency_id), request_id)
    if request.state not in workflow.UNANSWERED:
        return
    request.state = workflow.MOVES.check("expire", request.state).target
    request.ended_at = at
    request.version += 1
    request.save(update_fields=["state", "ended_at", "version"])
    clocks.void(subject_kind="request", subject_id=request.id, by=by, at=at)
    try:
        referral = queries.get_referral(by, request_id)
    except NotReachable:
        # The agency has left the team since: the plan is no longer its own.
        return
    end_calls(referral=referral, by=by, at=at)
    move_need(referral, "return", by=by, at=at)
    _record(events.REFERRAL_EXPIRED, request, referral, by=by, at=at)
    post(Event(events.REFERRAL_EXPIRED, "request", str(request.id), request.sender_agency_id))


@transaction.atomic
def note_lapsed_reviews(*, by: Actor, at: datetime, limit: int = 500) -> list[int]:
    """Hold back the packets that the agency sent on grounds nobody reviewed in time; the ids noted.

    The database keeps their keys from the receiver until a second person has looked, and the trail
    tells it once for each. Besides, every reading asks for itself (``grounds.review_lapsed``).
    """
    found = Referral.objects.filter(
        basis_id__in=consent.lapsed(at).values("id"), request__sender_agency_id=by.agency_id,
        request__packets__destroyed_at__isnull=True, request__packets__expires_at__gt=at,
    ).select_related("request")  # fmt: skip
    lapsed = list(found.order_by("made_at", "id")[:limit])
    for referral in lapsed:
        _hold_back(referral.request_id, at)
    referrals = [each for each in lapsed if not _noted(each.request_id, by)]
    for referral in referrals:
        record(
            by=by, at=at, name=events.REVIEW_LAPSED, subject_kind="request",
            subject_id=referral.request_id, case_id=referral.case_id,
            detail={"basis": str(referral.basis_id)},
        )  # fmt: skip
        receiver = referral.request.receiver_agency_id
        post(Event(events.REVIEW_LAPSED, "request", str(referral.request_id), receiver))
    return [referral.request_id for referral in referrals]


def _hold_back(request_id: int, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select house.hold_back_packet(%s, %s)", [request_id, at])
    vault.forget_keys()


def _noted(request_id: int, by: Actor) -> bool:
    acts = trail.list_subject(by, "request", request_id, limit=1000)
    return any(act.name == events.REVIEW_LAPSED for act in acts)


def open_content(
    request: Request, packet: Packet, *, at: datetime, for_receiver: bool = False
) -> Content:
    """A packet's content while it may be read. Raises ``PacketClosed``.

    The receiver's reading rests on a basis that was reviewed in time; the sender's on the case.
    """
    if request.state in workflow.KEYLESS:
        raise policy.PacketClosed(request.state)
    if packet.destroyed_at is not None or packet.expires_at <= at:
        raise policy.PacketClosed(packet.destroy_reason or "expired")
    why = borders.obstacle(packet.id, at=at) if for_receiver else ""
    if why:
        raise policy.PacketClosed(why)
    text = vault.open_text(bytes(packet.content_sealed), queries.packet_place(packet))
    return Content.from_json(text)


def destroy_packet(packet: Packet, *, reason: str, at: datetime) -> None:
    """Destroy a packet's key; the thread beside it has its own, which ends with consent only."""
    vault.destroy(packet.id, vault.DataClass.PACKET)
    if packet.destroyed_at is None:
        packet.destroyed_at, packet.destroy_reason = at, reason
        packet.save(update_fields=["destroyed_at", "destroy_reason"])


def move_need(referral: Referral, move: str, *, by: Actor, at: datetime, outcome: str = "") -> None:
    """Move the need that the referral answers, unless the plan has gone on without it."""
    if referral.need_id is None:
        return
    need = cases.get_need(by, referral.need_id)
    if move in {legal.name for legal in case_workflow.NEED.open_from(need.state)}:
        case_operations.set_need_state(
            need_id=need.id, move=move, by=by, at=at, outcome=outcome[:24]
        )


def _take_up_decision(request: Request, referral: Referral, *, by: Actor, at: datetime) -> bool:
    if not _meet(ACCEPT_CLOCK, request, by=by, at=at, done_at=request.answered_at):
        return False
    end_calls(referral=referral, by=by, at=at)
    if request.state == workflow.DECLINED:
        move_need(referral, "return", by=by, at=at, outcome=request.reason)
    else:
        move_need(referral, "run", by=by, at=at)
        if request.limits:
            _plan_the_rest(request, referral, by=by, at=at)
        file = cases.get_file(by, referral.case_id)
        for procedure, due in (
            (CONTACT_CLOCK, request.first_contact_by),
            (OUTCOME_CLOCK, request.outcome_by),
        ):
            clocks.start(
                procedure=procedure, subject_kind="request", subject_id=request.id,
                area=file.area or request.sender_agency.area_id, by=by, at=at,
                since=request.answered_at, due_at=due, case_id=referral.case_id,
                risk=request.risk,
                against=(request.receiver_agency_id, request.receiver_desk_id),
            )  # fmt: skip
    _record(events.REFERRAL_ANSWERED, request, referral, by=by, at=at)
    return True


def _plan_the_rest(request: Request, referral: Referral, *, by: Actor, at: datetime) -> None:
    """What the desk leaves open stands in the plan again, as a need that nobody has been asked."""
    parts = "; ".join(str(workflow.LIMITS[code]) for code in request.limits)
    words = _("Still open: %(parts)s") % {"parts": parts}
    case_operations.state_need(
        case_id=referral.case_id, words=words, service=request.service, by=by, at=at
    )


def _meet_medical_window(
    request: Request, referral: Referral, *, by: Actor, at: datetime, done_at: datetime | None
) -> None:
    if request.service in MEDICAL:
        case_operations.meet_medical_window(case_id=referral.case_id, by=by, at=at, done_at=done_at)


def _meet(
    procedure: str, request: Request, *, by: Actor, at: datetime, done_at: datetime | None
) -> bool:
    """Met at the hour of the receiver's act, whenever it is taken up."""
    ended = clocks.meet(
        subject_kind="request", subject_id=request.id, by=by, at=at, procedures=[procedure],
        done_at=done_at,
    )  # fmt: skip
    return ended > 0


def _record(name: str, request: Request, referral: Referral, *, by: Actor, at: datetime) -> None:
    record(
        by=by, at=at, name=name, subject_kind="request", subject_id=request.id,
        case_id=referral.case_id, reason=request.reason,
        detail={"state": request.state, "desk": request.receiver_desk_id,
                "outcome": request.outcome},
    )  # fmt: skip
