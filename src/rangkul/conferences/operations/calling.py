"""Calling a conference, offering seats, answering them; moving it and calling it off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.cases import queries as cases
from rangkul.cases import workflow as case_workflow
from rangkul.conferences import events, queries, workflow
from rangkul.conferences.models import (
    AgendaItem,
    Conference,
    ConferenceCase,
    Seat,
    Share,
)
from rangkul.conferences.operations.words import check_words, common_key
from rangkul.conferences.queries import Details
from rangkul.custody import queries as custody
from rangkul.custody.models import CaseAccess
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import new_id
from rangkul.foundation.locks import check_version
from rangkul.foundation.outbox import Event, post
from rangkul.network import queries as network
from rangkul.trail.operations import record

MOST_ITEMS = 12


@dataclass(frozen=True, slots=True)
class AgendaEntry:
    """One thing to speak about: its kind (``workflow.AGENDA``) and a line of words."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """When and where; ``lasts_minutes`` from 10 to 600."""

    title: str
    starts_at: datetime
    manner: str
    lasts_minutes: int = 60
    place: str = ""
    link: str = ""

    @property
    def details(self) -> Details:
        """What is sealed of it."""
        online = self.manner == "online"
        return Details(
            self.title.strip(), "" if online else self.place.strip(),
            self.link.strip() if online else "",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Calling:
    """What the form says: the cases, the hour, the agenda."""

    case_ids: tuple[int, ...]
    meeting: Meeting
    agenda: tuple[AgendaEntry, ...]


@transaction.atomic
def call_conference(*, calling: Calling, by: Actor, at: datetime) -> Conference:
    """Call a conference about one case, or several of one incident, that the agency leads.

    The caller takes the first seat and the chair. Raises ``Forbidden``, ``NotReachable``,
    ``InvalidInput`` (field → code).
    """
    require(by.roles, Permission.CALL_CONFERENCE)
    _check_cases(calling.case_ids, by)
    errors = _check_meeting(calling.meeting, calling.case_ids, by=by, at=at)
    errors |= _check_agenda(calling.agenda, calling.case_ids, by=by)
    if errors:
        raise InvalidInput(errors)
    meeting = calling.meeting
    row = Conference.objects.create(
        lead_agency_id=by.agency_id, subject=uuid4(), starts_at=meeting.starts_at,
        lasts_minutes=meeting.lasts_minutes, manner=meeting.manner, details_sealed=b"",
        called_at=at, called_by=by.user_id, chair_user_id=by.user_id,
    )  # fmt: skip
    _seal_details(row, meeting)
    ConferenceCase.objects.bulk_create(
        ConferenceCase(id=new_id(), conference=row, case_id=case_id) for case_id in calling.case_ids
    )
    Seat.objects.create(
        id=new_id(), conference=row, agency_id=by.agency_id, user_id=by.user_id,
        state=workflow.ACCEPTED, offered_at=at, answered_at=at,
    )  # fmt: skip
    _write_agenda(row, calling.agenda)
    for case_id in calling.case_ids:
        record(
            by=by, at=at, name=events.CONFERENCE_CALLED, subject_kind="conference",
            subject_id=row.id, case_id=case_id, detail={"items": len(calling.agenda)},
        )  # fmt: skip
    return row


def _check_cases(case_ids: Sequence[int], by: Actor) -> None:
    if not case_ids or len(set(case_ids)) != len(case_ids):
        raise InvalidInput({"cases": "required"})
    files = [cases.get_file(by, case_id) for case_id in case_ids]
    for case_id in case_ids:
        if custody.get_access(by, case_id).basis != CaseAccess.LEAD:
            raise InvalidInput({"cases": "not_led"})
    if any(file.state == case_workflow.CLOSED for file in files):
        raise InvalidInput({"cases": "closed"})
    if len({file.incident_key for file in files}) > 1:
        raise InvalidInput({"cases": "other_incident"})


def _check_meeting(
    meeting: Meeting, case_ids: Sequence[int], *, by: Actor, at: datetime
) -> dict[str, str]:
    where = "link" if meeting.manner == "online" else "place"
    texts = {"title": meeting.title, where: getattr(meeting, where)}
    errors = check_words(texts, case_ids, by=by, most=200)
    if meeting.manner not in workflow.MANNERS:
        errors["manner"] = "unknown"
    if meeting.starts_at <= at:
        errors["starts_at"] = "past"
    if not 10 <= meeting.lasts_minutes <= 600:
        errors["lasts_minutes"] = "out_of_range"
    return errors


def _check_agenda(
    agenda: Sequence[AgendaEntry], case_ids: Sequence[int], *, by: Actor
) -> dict[str, str]:
    if not agenda:
        return {"agenda": "required"}
    if len(agenda) > MOST_ITEMS:
        return {"agenda": "too_many"}
    texts = {f"agenda.{index}": item.words for index, item in enumerate(agenda)}
    errors = check_words(texts, case_ids, by=by)
    for index, item in enumerate(agenda):
        if item.kind not in workflow.AGENDA:
            errors[f"agenda.{index}"] = "unknown"
    return errors


def _seal_details(row: Conference, meeting: Meeting) -> None:
    row.details_sealed = vault.seal(
        common_key(row), queries.details_place(row), meeting.details.to_json()
    )
    row.save(update_fields=["details_sealed"])


def _write_agenda(row: Conference, agenda: Sequence[AgendaEntry]) -> None:
    key = common_key(row)
    items = []
    for position, entry in enumerate(agenda, start=1):
        item_id = new_id()
        words = vault.seal(key, queries.item_place(item_id), entry.words.strip())
        items.append(
            AgendaItem(
                id=item_id, conference=row, position=position, kind=entry.kind, words_sealed=words
            )
        )
    AgendaItem.objects.bulk_create(items)


@transaction.atomic
def move_conference(
    *, conference_id: int, meeting: Meeting, expected_version: int, by: Actor, at: datetime
) -> Conference:
    """Another hour or place, or another chair's words for it; all invited are told.

    Raises ``Forbidden``, ``NotReachable``, ``InvalidInput``, ``IllegalMove``, ``StaleForm``.
    """
    require(by.roles, Permission.CALL_CONFERENCE)
    row = queries.lock_led(by, conference_id)
    check_version(expected=expected_version, found=row.version)
    # A conference that was held or called off is not moved any more.
    workflow.CONFERENCE.check("hold", row.state)
    case_ids = queries.case_ids_of(by, row.id)
    errors = _check_meeting(meeting, case_ids, by=by, at=at)
    if errors:
        raise InvalidInput(errors)
    row.starts_at, row.lasts_minutes = meeting.starts_at, meeting.lasts_minutes
    row.manner = meeting.manner
    row.version += 1
    row.save(update_fields=["starts_at", "lasts_minutes", "manner", "version"])
    _seal_details(row, meeting)
    _tell(events.CONFERENCE_MOVED, row, case_ids, by=by, at=at)
    return row


@transaction.atomic
def cancel_conference(
    *, conference_id: int, reason: str, expected_version: int, by: Actor, at: datetime
) -> Conference:
    """Call it off with a coded reason: what was shared can no longer be opened by anyone."""
    require(by.roles, Permission.CALL_CONFERENCE)
    row = queries.lock_led(by, conference_id)
    check_version(expected=expected_version, found=row.version)
    row.state = workflow.CONFERENCE.check("cancel", row.state).target
    if reason not in workflow.CANCEL_REASONS:
        raise InvalidInput({"reason": "required"})
    row.reason, row.version = reason, row.version + 1
    row.save(update_fields=["state", "reason", "version"])
    destroy_shares(
        Share.objects.filter(conference=row).values_list("id", flat=True), "cancelled", at
    )
    case_ids = queries.case_ids_of(by, row.id)
    _tell(events.CONFERENCE_CANCELLED, row, case_ids, by=by, at=at, reason=reason)
    return row


def _tell(
    name: str, row: Conference, case_ids: Sequence[int], *, by: Actor, at: datetime,
    reason: str = "",
) -> None:  # fmt: skip
    """One record for each case, and one event for each agency at the table."""
    for case_id in case_ids:
        record(
            by=by, at=at, name=name, subject_kind="conference", subject_id=row.id,
            case_id=case_id, reason=reason,
        )  # fmt: skip
    for agency_id in sorted(set(queries.seats_at(row).values_list("agency_id", flat=True))):
        post(Event(name, "conference", str(row.id), agency_id))


@transaction.atomic
def offer_seat(
    *, conference_id: int, by: Actor, at: datetime, desk_id: int | None = None,
    user_id: int | None = None,
) -> Seat:  # fmt: skip
    """Invite a desk of any agency, or (``user_id``) a colleague; again, it returns the same seat.

    From now on that agency sees the conference, and of no case anything before something is shared
    with it. Raises ``Forbidden``, ``NotReachable``, ``InvalidInput``, ``IllegalMove``.
    """
    require(by.roles, Permission.CALL_CONFERENCE)
    row = queries.lock_led(by, conference_id)
    workflow.CONFERENCE.check("hold", row.state)
    agency_id, desk = by.agency_id, None
    if desk_id is not None:
        desk = network.get_desk(desk_id)
        if not network.answers(desk, at):
            raise InvalidInput({"desk": "closed"})
        agency_id, user_id = desk.agency_id, None
        known = queries.seats_at(row).filter(desk=desk).first()
    elif user_id is not None:
        if network.get_live_actor(user_id=user_id, agency_id=by.agency_id) is None:
            raise NotReachable("no colleague")
        known = queries.seats_at(row).filter(user_id=user_id).first()
    else:
        raise InvalidInput({"desk": "required"})
    if known is not None:
        return known
    seat = Seat.objects.create(
        id=new_id(), conference=row, agency_id=agency_id, desk=desk, user_id=user_id, offered_at=at
    )
    for case_id in queries.case_ids_of(by, row.id):
        record(
            by=by, at=at, name=events.SEAT_OFFERED, subject_kind="conference", subject_id=row.id,
            case_id=case_id, detail={"agency": agency_id, "desk": desk_id, "user": user_id},
        )  # fmt: skip
    post(Event(events.SEAT_OFFERED, "seat", str(seat.id), agency_id, actor_id=user_id))
    return seat


@transaction.atomic
def answer_seat(*, seat_id: UUID, decision: str, by: Actor, at: datetime, reason: str = "") -> Seat:
    """Take the seat (``accept``) or refuse it (``decline``, with a reason).

    When nobody of an agency comes any more, what was shared with it ends. Raises ``Forbidden``,
    ``NotReachable``, ``IllegalMove``, ``InvalidInput``.
    """
    require(by.roles, Permission.JOIN_CONFERENCE)
    queries.get_seat(by, seat_id)
    seat = Seat.objects.select_for_update().get(id=seat_id)
    row = queries.get_conference(by, seat.conference_id)
    workflow.CONFERENCE.check("hold", row.state)
    if seat.user_id not in (None, by.user_id):
        raise NotReachable("somebody else sits here")
    move = workflow.SEAT.check(decision, seat.state)
    if move.needs_reason and reason not in workflow.DECLINE_REASONS:
        raise InvalidInput({"reason": "required"})
    seat.state, seat.answered_at = move.target, at
    seat.reason = reason if move.needs_reason else ""
    if move.target == workflow.ACCEPTED:
        seat.user_id = by.user_id
    elif seat.desk_id is not None:
        seat.user_id = None
    seat.save(update_fields=["state", "answered_at", "reason", "user_id"])
    if move.target == workflow.DECLINED:
        _end_shares_of_absent(row, by, at)
    record(
        by=by, at=at, name=events.SEAT_ANSWERED, subject_kind="conference", subject_id=row.id,
        reason=seat.reason, detail={"seat": str(seat.id), "state": seat.state},
    )  # fmt: skip
    post(Event(events.SEAT_ANSWERED, "seat", str(seat.id), row.lead_agency_id))
    return seat


def _end_shares_of_absent(row: Conference, by: Actor, at: datetime) -> None:
    if by.agency_id == row.lead_agency_id:
        return
    coming = queries.seats_at(row).filter(agency_id=by.agency_id).exclude(state=workflow.DECLINED)
    if not coming.exists():
        shares = Share.objects.filter(conference=row, receiver_agency_id=by.agency_id)
        destroy_shares(shares.values_list("id", flat=True), "declined", at)


def destroy_shares(share_ids: Iterable[UUID], why: str, at: datetime) -> int:
    """Destroy the keys of these shares and note why; the count of those that still stood."""
    standing = Share.objects.filter(id__in=list(share_ids), destroyed_at__isnull=True)
    ended = 0
    for share in standing:
        vault.destroy(share.id)
        share.destroyed_at, share.destroy_reason = at, why
        share.save(update_fields=["destroyed_at", "destroy_reason"])
        ended += 1
    return ended
