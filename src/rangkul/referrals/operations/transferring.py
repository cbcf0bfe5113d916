"""Pelimpahan: a case is offered to another agency, and held by the giver until it is taken."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import uuid4

from django.db import connection, transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.cases import queries as cases
from rangkul.cases import workflow as case_workflow
from rangkul.cases.models import CaseFile
from rangkul.clocks import operations as clocks
from rangkul.consent import borders
from rangkul.consent import operations as consent
from rangkul.consent.borders import Passing
from rangkul.consent.operations import Ground
from rangkul.consent.policy import HANDING_OVER
from rangkul.consent.policy import TRANSFER as WHOLE_FILE
from rangkul.custody import events as custody_events
from rangkul.custody import operations as custody
from rangkul.custody import queries as custody_queries
from rangkul.foundation import memory, outgoing, vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.ids import new_id
from rangkul.foundation.locks import check_version
from rangkul.foundation.outbox import Event, post
from rangkul.foundation.vault import DataClass, Owner
from rangkul.foundation.workflow import IllegalMove
from rangkul.network import queries as network
from rangkul.network.models import Desk
from rangkul.people import queries as people
from rangkul.reference import queries as reference
from rangkul.referrals import discretion, events, grounds, queries, workflow
from rangkul.referrals import packet as packets
from rangkul.referrals.models import Transfer, TransferEnd
from rangkul.trail.operations import record

ANSWER_CLOCK: Final = "transfer_answer"
MOST_WORDS: Final = 2000
_SUBJECT: Final = "transfer"
_WANTED: Final = frozenset(
    {case_workflow.PLANNED, case_workflow.REFERRED, case_workflow.RUNNING, case_workflow.UNMET}
)


@dataclass(frozen=True, slots=True)
class Offer:
    """What is offered to whom, on which ground, and whether the giver stays in the team.

    ``ground`` is recorded with the offer: service ``HANDING_OVER``, receiver the desk.
    """

    case_id: int
    desk_id: int
    reason: str
    words: str
    ground: Ground
    stays_until: date | None = None


@transaction.atomic
def offer_transfer(*, offer: Offer, by: Actor, at: datetime) -> Transfer:
    """Offer the case; nothing changes hands until the other agency takes it over.

    Raises ``InvalidInput``, ``IllegalMove`` (closed file, or offered already), ``NotReachable``.
    """
    require(by.roles, Permission.TRANSFER_CASE)
    custody_queries.lock_case(by, offer.case_id)
    file = cases.get_file(by, offer.case_id)
    if file.state != case_workflow.OPEN:
        raise IllegalMove("offer", file.state)
    if queries.open_transfer_of(by, offer.case_id) is not None:
        raise IllegalMove("offer", workflow.OFFERED)
    desk = network.get_desk_card(offer.desk_id, at=at).desk
    standing = grounds.Standing.of(file)
    errors = (
        _errors(offer, desk, by=by, at=at)
        | grounds.check_handing_over(
            letter=offer.ground.letter, article=offer.ground.article, standing=standing
        )
        | _secrets_in(offer, by)
    )  # fmt: skip
    if errors:
        raise InvalidInput(errors)
    known = replace(
        offer.ground, is_child=standing.is_child, guardian_excluded=standing.guardian_excluded,
        purposes=(WHOLE_FILE,),
    )  # fmt: skip
    basis = consent.record_basis(case_id=offer.case_id, ground=known, by=by, at=at)
    subject = uuid4()
    transfer = Transfer(
        sender_agency_id=by.agency_id, sender_user_id=by.user_id, receiver_agency=desk.agency,
        receiver_desk=desk, state=workflow.OFFERED, reason=offer.reason,
        basis_letter=basis.letter, risk=file.risk, is_child=file.is_child, cover=_cover(file, by),
        words_sealed=b"", subject=subject, offered_at=at, stays_until=offer.stays_until,
        answer_by=at,
    )  # fmt: skip
    clock_area = desk.agency.area_id
    transfer.answer_by = reference.due_at(ANSWER_CLOCK, start=at, area=clock_area)
    transfer.save(force_insert=True)
    passing = Passing(borders.TRANSFER, subject, desk.agency_id, desk.id, WHOLE_FILE)
    borders.cross(basis=basis, passing=passing, by=by, at=at, person=standing)
    key = vault.key_for(Owner(_SUBJECT, transfer.id), subject, DataClass.ACCOUNT)
    transfer.words_sealed = vault.seal(
        key, queries.transfer_place(transfer.id), offer.words.strip()
    )
    transfer.save(update_fields=["words_sealed"])
    TransferEnd.objects.create(
        id=new_id(), case_id=offer.case_id, basis_id=basis.id, transfer=transfer, made_at=at
    )
    clocks.start(
        procedure=ANSWER_CLOCK, subject_kind=_SUBJECT, subject_id=transfer.id, area=clock_area,
        by=by, at=at, due_at=transfer.answer_by, case_id=offer.case_id, risk=file.risk,
        against=(desk.agency_id, desk.id),
    )  # fmt: skip
    _record(
        events.TRANSFER_OFFERED, transfer, by=by, at=at, case_id=offer.case_id,
        reason=offer.reason, detail={"desk": desk.id, "basis": str(basis.id)},
    )  # fmt: skip
    post(Event(events.TRANSFER_OFFERED, _SUBJECT, str(transfer.id), desk.agency_id))
    return transfer


def _errors(offer: Offer, desk: Desk, *, by: Actor, at: datetime) -> dict[str, str]:
    errors: dict[str, str] = {}
    if desk.agency_id == by.agency_id:
        errors["desk"] = "own_agency"
    elif not network.answers(desk, at):
        errors["desk"] = "desk_closed"
    if offer.reason not in workflow.TRANSFER_REASONS:
        errors["reason"] = "unknown"
    if not offer.words.strip():
        errors["words"] = "required"
    elif len(offer.words) > MOST_WORDS:
        errors["words"] = "too_long"
    if offer.stays_until is not None and offer.stays_until <= network.day_at(by.agency_id, at):
        errors["stays_until"] = "past"
    if offer.ground.service != HANDING_OVER or offer.ground.recipient_desk_id != offer.desk_id:
        errors["ground"] = "another"
    return errors


def _secrets_in(offer: Offer, by: Actor) -> dict[str, str]:
    """The words are read before anybody has agreed to take the case: they name nobody."""
    opened = people.unseal(people.list_people(by, offer.case_id))
    secrets = packets.secrets_of(opened, set(), grounds.levels_of({}))
    return outgoing.leaving({"words": offer.words}, by) | discretion.find(
        {"words": offer.words}, secrets
    )


def _cover(file: CaseFile, by: Actor) -> dict[str, object]:
    """The codes by which an agency can decide; the regency, never a nearer place."""
    needs = Counter(
        view.need.service
        for view in cases.list_needs(by, file.case_id)
        if view.need.state in _WANTED and view.need.service
    )
    return {
        "sex": file.sex, "age_band": file.age_band, "area": ".".join(file.area.split(".")[:2]),
        "categories": list(file.categories), "languages": list(file.languages),
        "needs": dict(sorted(needs.items())),
    }  # fmt: skip


@transaction.atomic
def read_transfer(*, number: str, by: Actor, at: datetime) -> tuple[Transfer, str]:
    """An offer and its words, opened; the reading is recorded."""
    transfer = queries.get_transfer(by, number)
    if transfer.state == workflow.OFFERED:
        borders.require_open(transfer.subject, at=at)
    words = vault.open_text(bytes(transfer.words_sealed), queries.transfer_place(transfer.id))
    _record(events.TRANSFER_READ, transfer, by=by, at=at)
    return transfer, words


@transaction.atomic
def take_over(
    *, transfer_id: int, companion_id: int, expected_version: int, by: Actor, at: datetime
) -> int:
    """Take the case over and name who carries it from now on; the case's id.

    In one transaction the giver's access ends (or becomes a team member's), deadlines and open
    requests go along, and the new companion stands. Raises ``StaleForm``, ``IllegalMove``,
    ``InvalidInput``; the database refuses a withdrawn ground.
    """
    require(by.roles, Permission.TRANSFER_CASE)
    transfer = _lock(transfer_id, "take_over", expected_version, by=by)
    if transfer.receiver_agency_id != by.agency_id:
        raise IllegalMove("take_over", "sender")
    if network.get_live_actor(user_id=companion_id, agency_id=by.agency_id) is None:
        raise InvalidInput({"companion": "not_a_member"})
    with connection.cursor() as cursor:
        cursor.execute("select house.accept_transfer(%s, %s)", [transfer.id, at])
        case_id = int(cursor.fetchone()[0])
    memory.forget()
    custody.assign(case_id=case_id, user_id=companion_id, by=by, at=at)
    clocks.meet(subject_kind=_SUBJECT, subject_id=transfer.id, by=by, at=at)
    _record(
        events.TRANSFER_ACCEPTED, transfer, by=by, at=at, case_id=case_id,
        detail={"from": transfer.sender_agency_id, "companion": companion_id},
    )  # fmt: skip
    # Both agencies' search learns what it now holds, and who gave the case is told.
    post(Event(custody_events.TEAM_JOINED, "case", str(case_id), by.agency_id))
    if transfer.stays_until is not None:
        post(Event(custody_events.TEAM_JOINED, "case", str(case_id), transfer.sender_agency_id))
    post(Event(events.TRANSFER_ACCEPTED, _SUBJECT, str(transfer.id), transfer.sender_agency_id))
    # What a desk answered in between waits in the giver's queue, which reaches nothing any more.
    for request_id in queries.list_open_ids(by, case_id):
        post(Event(events.REQUEST_WENT_ALONG, "request", str(request_id), by.agency_id))
    return case_id


@transaction.atomic
def decline_transfer(
    *, transfer_id: int, reason: str, expected_version: int, by: Actor, at: datetime
) -> Transfer:
    """Say with a reason that the case stays where it is. Raises as ``take_over``."""
    require(by.roles, Permission.TRANSFER_CASE)
    transfer = _lock(transfer_id, "decline", expected_version, by=by)
    if transfer.receiver_agency_id != by.agency_id:
        raise IllegalMove("decline", "sender")
    if reason not in workflow.TRANSFER_REFUSALS:
        raise InvalidInput({"reason": "unknown"})
    transfer.answer_reason = reason
    _close(transfer, workflow.DECLINED, by=by, at=at)
    _record(events.TRANSFER_DECLINED, transfer, by=by, at=at, reason=reason)
    post(Event(events.TRANSFER_DECLINED, _SUBJECT, str(transfer.id), transfer.sender_agency_id))
    return transfer


@transaction.atomic
def cancel_transfer(
    *, transfer_id: int, expected_version: int, by: Actor, at: datetime
) -> Transfer:
    """Take the offer back before it is answered. Raises as ``take_over``."""
    require(by.roles, Permission.TRANSFER_CASE)
    transfer = _lock(transfer_id, "cancel", expected_version, by=by)
    if transfer.sender_agency_id != by.agency_id:
        raise IllegalMove("cancel", "receiver")
    _close(transfer, workflow.CANCELLED, by=by, at=at)
    clocks.void(subject_kind=_SUBJECT, subject_id=transfer.id, by=by, at=at)
    _record(
        events.TRANSFER_CANCELLED, transfer, by=by, at=at,
        case_id=queries.case_of_transfer(by, transfer.id) or None,
    )  # fmt: skip
    post(Event(events.TRANSFER_CANCELLED, _SUBJECT, str(transfer.id), transfer.receiver_agency_id))
    return transfer


@transaction.atomic
def take_up_refusal(*, transfer_id: int, by: Actor, at: datetime) -> int:
    """For the giving agency, called by the outbox: the clock of a declined offer is met."""
    transfer = queries.lock_transfer(by, transfer_id)
    if transfer.state != workflow.DECLINED:
        return 0
    return clocks.meet(
        subject_kind=_SUBJECT, subject_id=transfer.id, by=by, at=at, done_at=transfer.answered_at
    )


def _lock(transfer_id: int, move: str, expected_version: int, *, by: Actor) -> Transfer:
    transfer = queries.lock_transfer(by, transfer_id)
    check_version(expected=expected_version, found=transfer.version)
    workflow.TRANSFER_MOVES.check(move, transfer.state)
    return transfer


def _close(transfer: Transfer, state: str, *, by: Actor, at: datetime) -> None:
    """The offer ends without a hand-over: its words can be read by nobody any more."""
    transfer.state = state
    transfer.answered_at, transfer.answered_by = at, by.user_id
    transfer.version += 1
    transfer.save(update_fields=["state", "answer_reason", "answered_at", "answered_by", "version"])
    vault.destroy(transfer.subject)


def _record(
    name: str, transfer: Transfer, *, by: Actor, at: datetime, case_id: int | None = None,
    reason: str = "", detail: dict[str, object] | None = None,
) -> None:  # fmt: skip
    record(
        by=by, at=at, name=name, subject_kind=_SUBJECT, subject_id=transfer.id, case_id=case_id,
        reason=reason, detail=detail or {},
    )  # fmt: skip
