"""Sending: everything checked, the packet sealed under its own key, all in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.accounts import queries as accounts
from rangkul.cases import operations as case_operations
from rangkul.cases import queries as cases
from rangkul.cases import workflow as case_workflow
from rangkul.cases.models import CaseFile
from rangkul.clocks import operations as clocks
from rangkul.consent import borders
from rangkul.consent import policy as consent_policy
from rangkul.consent import queries as consent
from rangkul.consent.borders import Passing
from rangkul.consent.models import Basis
from rangkul.custody import queries as custody
from rangkul.foundation import outgoing, vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import new_id
from rangkul.foundation.outbox import Event, post
from rangkul.foundation.vault import DataClass, Owner
from rangkul.foundation.workflow import IllegalMove
from rangkul.network import queries as network
from rangkul.network.agreements import Covering
from rangkul.network.models import Desk
from rangkul.people import operations as people_operations
from rangkul.people import queries as people
from rangkul.people.queries import OpenPerson
from rangkul.reference import calendar
from rangkul.reference import queries as reference
from rangkul.reference.services import ServiceClock, get_service
from rangkul.reference.zones import zone_of
from rangkul.referrals import events, grounds, packet, policy, queries, workflow
from rangkul.referrals.ceilings.bases import PACKET_ENDS_AFTER_OUTCOME
from rangkul.referrals.models import Packet, Referral, Request
from rangkul.referrals.packet import Built, Content, Deadlines, Draft, Sender
from rangkul.trail.operations import record

ACCEPT_CLOCK = "referral_accept"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of whom, on which basis; ``need_id`` is the need in the plan it answers."""

    case_id: int
    desk_id: int
    basis_id: UUID
    draft: Draft
    need_id: UUID | None = None
    from_desk_id: int | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A packet as it would go, with everything that was looked at on the way."""

    file: CaseFile
    basis: Basis
    desk: Desk
    built: Built


def default_deadlines(
    service: str, *, at: datetime, area: str, covering: Covering | None = None
) -> Deadlines:
    """The agreed limits, else the service's own, from ``at``; working days by the area's calendar.

    In order whatever was agreed: contact never falls due before the answer, nor outcome before it.
    """
    found = get_service(service)
    limits = (found.accept_by, found.first_contact_by, found.outcome_by)
    if covering is not None and covering.terms.service == service:
        limits = covering.clocks()

    def due(clock: ServiceClock) -> datetime:
        if not clock.working_days:
            return at + clock.within
        zone = reference.zone_for(area)
        last = calendar.add_working_days(
            at.astimezone(zone).date(), clock.within.days, reference.working_calendar(area)
        )
        return datetime.combine(last, time(23, 59, 59), tzinfo=zone)

    accept, contact, outcome = (due(limit) for limit in limits)
    contact = max(contact, accept)
    return Deadlines(accept, contact, max(outcome, contact))


def covering_of(desk: Desk, service: str, *, area: str, by: Actor, at: datetime) -> Covering | None:
    """The agreement between the sender and the desk's agency on the day in the area, the closest.

    None inside one agency, or where nothing is agreed for the service.
    """
    day = at.astimezone(ZoneInfo(zone_of(area))).date()
    found = network.agreements_between(by.agency_id, desk.agency_id, service, day)
    return found[0] if found else None


def prepare(asked: Asked, opened: list[OpenPerson], *, by: Actor, at: datetime) -> Prepared:
    """The packet for this request, after every rule has been asked.

    Raises ``NotReachable`` (foreign case, need, basis or desk), ``BasisMissing``,
    ``InvalidInput``, ``IllegalMove`` (closed file).
    """
    file = cases.get_file(by, asked.case_id)
    if file.state != case_workflow.OPEN:
        raise IllegalMove("refer", file.state)
    basis = consent.get_basis(by, asked.basis_id)
    if basis.case_id != asked.case_id:
        raise NotReachable("the basis is another case's")
    card = network.get_desk_card(asked.desk_id, at=at)
    if not card.desk.active or basis.service not in card.services:
        raise InvalidInput({"desk": "not_offered"})
    standing = grounds.Standing.of(file)
    consent_policy.require_basis(
        basis, service=basis.service, desk_id=card.desk.id, at=at, person=standing,
        purpose=consent_policy.SERVICE,
    )  # fmt: skip
    levels = grounds.allowed(basis, standing)
    if kept := outgoing.leaving(asked.draft.texts(), by):
        raise InvalidInput(kept)
    built = packet.build(
        file=file, people=opened, draft=asked.draft, basis=basis, levels=levels, desk=card.desk,
        sender=_sender(asked, by),
    )  # fmt: skip
    return Prepared(file, basis, card.desk, built)


@transaction.atomic
def preview(*, asked: Asked, by: Actor, at: datetime) -> Prepared:
    """What the receiver would get, for the sender's eyes; opening the identity is recorded."""
    require(by.roles, Permission.DRAFT_REFERRAL)
    opened = people_operations.open_identity(
        case_id=asked.case_id, reason="menyusun_rujukan", by=by, at=at
    )
    return prepare(asked, opened, by=by, at=at)


@transaction.atomic
def send_referral(
    *, asked: Asked, token: UUID, by: Actor, at: datetime, seen: str = "",
    deadlines: Deadlines | None = None, uncovered_ok: bool = False, follows: UUID | None = None,
    plan: UUID | None = None, after: UUID | None = None, referral_id: UUID | None = None,
) -> Request:  # fmt: skip
    """Send what was previewed. The same ``token`` again returns the request that it made.

    ``seen`` is the digest of the previewed content, ``referral_id`` the id under which it waited in
    a plan. Side effects: request, sealed packet, the
    sender's end, the need's state, the sender's clock, trail, outbox. Raises what ``prepare``
    raises, ``PreviewChanged``, ``NoCover``.
    """
    require(by.roles, Permission.SEND_REFERRAL)
    custody.lock_case(by, asked.case_id)
    before = queries.referral_of_token(asked.case_id, token)
    if before is not None:
        return queries.get_sent(by, before.request_id)
    opened = people.unseal(people.list_people(by, asked.case_id))
    prepared = prepare(asked, opened, by=by, at=at)
    if seen and seen != prepared.built.content.digest:
        raise policy.PreviewChanged
    if not uncovered_ok and not network.cover_of([asked.desk_id], at)[asked.desk_id].is_covered:
        raise policy.NoCover
    request = _open_request(prepared, asked, deadlines, by=by, at=at)
    sealed = _seal(request, prepared, by=by, at=at)
    _refer_need(asked, prepared, by=by, at=at)
    Referral.objects.create(
        id=referral_id or new_id(), case_id=asked.case_id, need_id=asked.need_id,
        basis_id=prepared.basis.id, request=request, token=token,
        levels=grounds.stored(prepared.built.levels), follows=follows, plan=plan, after=after,
        made_at=at, made_by=by.user_id,
    )  # fmt: skip
    clocks.start(
        procedure=ACCEPT_CLOCK, subject_kind="request", subject_id=request.id,
        area=prepared.file.area or prepared.desk.agency.area_id, by=by, at=at,
        due_at=request.accept_by, case_id=asked.case_id, risk=request.risk,
        against=(request.receiver_agency_id, request.receiver_desk_id),
    )  # fmt: skip
    record(
        by=by, at=at, name=events.REFERRAL_SENT, subject_kind="request", subject_id=request.id,
        case_id=asked.case_id,
        detail={"desk": request.receiver_desk_id, "service": request.service,
                "basis": str(prepared.basis.id), "facts": sealed.facts,
                "withheld": sealed.withheld, "agreement": request.agreement_id,
                "agreement_version": request.agreement_version},
    )  # fmt: skip
    post(Event(events.REFERRAL_SENT, "request", str(request.id), request.receiver_agency_id))
    return request


def draft_of(content: Content) -> Draft:
    """The words of a packet as a draft again; what the file fills is read from the file anew."""
    words = {code: text for code, text in content.facts if code not in packet.FROM_FILE}
    left_out = frozenset(c.removeprefix("fact:") for c in content.withheld if c.startswith("fact:"))
    return Draft(
        asked=content.asked, reach=content.reach, words=words, left_out=left_out,
        risk_note=content.risk_note, bans=content.bans, ban_note=content.ban_note,
        languages=content.languages, interpreter=content.interpreter,
        access_note=content.access_note, worker_sex=content.worker_sex,
    )  # fmt: skip


def _sender(asked: Asked, by: Actor) -> Sender:
    agency = network.get_agency(by.agency_id)
    desk = ""
    if asked.from_desk_id is not None:
        found = network.get_desk(asked.from_desk_id)
        if found.agency_id != by.agency_id:
            raise NotReachable("the desk is another agency's")
        desk = found.name
    return Sender(agency.short_name, desk, accounts.names_of([by.user_id]).get(by.user_id, ""))


def _open_request(
    prepared: Prepared, asked: Asked, deadlines: Deadlines | None, *, by: Actor, at: datetime
) -> Request:
    area = prepared.file.area or prepared.desk.agency.area_id
    covering = covering_of(prepared.desk, prepared.basis.service, area=area, by=by, at=at)
    due = deadlines or default_deadlines(
        prepared.basis.service, at=at, area=area, covering=covering
    )
    if not at < due.accept_by <= due.first_contact_by <= due.outcome_by:
        raise InvalidInput({"accept_by": "not_in_order"})
    return Request.objects.create(
        sender_agency_id=by.agency_id, sender_desk_id=asked.from_desk_id,
        sender_user_id=by.user_id, receiver_agency=prepared.desk.agency,
        receiver_desk=prepared.desk, service=prepared.basis.service, state=workflow.SENT,
        risk=prepared.file.risk, is_child=prepared.file.is_child,
        basis_letter=prepared.basis.letter, sent_at=at, accept_by=due.accept_by,
        first_contact_by=due.first_contact_by, outcome_by=due.outcome_by,
        agreement_id=covering.agreement_id if covering else None,
        agreement_version=covering.version if covering else None,
    )  # fmt: skip


def cross_border(
    request: Request, subject: UUID, basis: Basis, file: CaseFile, *, by: Actor, at: datetime
) -> None:
    """Let one version of a packet, and the thread beside it, over to its desk."""
    passing = Passing(borders.PACKET, subject, request.receiver_agency_id, request.receiver_desk_id)
    borders.cross(basis=basis, passing=passing, by=by, at=at, person=grounds.Standing.of(file))


def _seal(request: Request, prepared: Prepared, *, by: Actor, at: datetime) -> Packet:
    """Seal under a key of the packet's own; it ends with its basis, or some time after the end."""
    built, basis = prepared.built, prepared.basis
    row = Packet(
        id=new_id(), request=request, facts=[code for code, _ in built.content.facts],
        withheld=list(built.content.withheld), sealed_at=at,
        expires_at=min(basis.valid_until, request.outcome_by + PACKET_ENDS_AFTER_OUTCOME),
    )  # fmt: skip
    cross_border(request, row.id, basis, prepared.file, by=by, at=at)
    key = vault.key_for(Owner("request", request.id), row.id, DataClass.PACKET)
    row.content_sealed = vault.seal(key, queries.packet_place(row), built.content.to_json())
    row.save(force_insert=True)
    return row


def _refer_need(asked: Asked, prepared: Prepared, *, by: Actor, at: datetime) -> None:
    if asked.need_id is None:
        return
    need = cases.get_need(by, asked.need_id)
    if need.case_id != asked.case_id:
        raise NotReachable("the need is another case's")
    if need.service != prepared.basis.service:
        raise InvalidInput({"need": "other_service"})
    case_operations.set_need_state(
        need_id=need.id, move="refer", by=by, at=at, by_desk_id=asked.desk_id
    )
