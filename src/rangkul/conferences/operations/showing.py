"""What each agency at the table is shown: previewed, sealed for it alone, ended with its ground."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.cases import queries as cases
from rangkul.cases.models import CaseFile
from rangkul.conferences import events, policy, queries, sharing, workflow
from rangkul.conferences.models import Conference, Seat, Share, ShareGround
from rangkul.conferences.operations.calling import destroy_shares
from rangkul.conferences.sharing import Content, Line
from rangkul.consent import borders
from rangkul.consent import policy as consent_policy
from rangkul.consent import queries as consent
from rangkul.consent.borders import Passing
from rangkul.consent.deciding import GUARDIAN_SUSPECTED
from rangkul.consent.models import Basis
from rangkul.consent.policy import CONFERENCE, Circumstances
from rangkul.foundation import outgoing, vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import new_id
from rangkul.foundation.outbox import Event, post
from rangkul.foundation.vault import DataClass, Owner
from rangkul.network import queries as network
from rangkul.trail.operations import record

# [local] What was shown stays readable this long after the conference, to carry out its decisions.
ENDS_AFTER = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Showing:
    """What the form says: to which agency, of which case, on which basis, which lines."""

    conference_id: int
    agency_id: int
    case_id: int
    basis_id: UUID
    lines: tuple[Line, ...]


def fitting_bases(
    *, conference_id: int, agency_id: int, case_id: int, by: Actor, at: datetime
) -> list[Basis]:
    """The standing bases of the case on which this agency may be shown something.

    A basis that names its desk carries that desk and its fallbacks; one that names none carries
    every invited desk that offers its service.
    """
    desks = list(
        Seat.objects.filter(
            conference_id=conference_id,
            agency_id=agency_id,
            desk__isnull=False,
            left_at__isnull=True,
        ).values_list("desk_id", flat=True)
    )
    services: set[str] = set()
    for desk_id in desks:
        services |= set(network.get_desk_card(desk_id, at=at).services)
    found = []
    person = _person(cases.get_file(by, case_id))
    for basis in consent.list_bases(by, case_id):
        named = {basis.recipient_desk_id, *basis.fallback_desk_ids} - {None}
        fits = bool(named & set(desks)) if basis.recipient_desk_id else basis.service in services
        if fits and not consent_policy.obstacle(
            basis, service=basis.service, desk_id=None, at=at, purpose=CONFERENCE, person=person
        ):
            found.append(basis)
    return found


def _person(file: CaseFile) -> Circumstances:
    return Circumstances(file.is_child, file.is_child and GUARDIAN_SUSPECTED in file.flags)


def _prepare(showing: Showing, *, by: Actor, at: datetime) -> tuple[Conference, Basis, Content]:
    """The share as it would go, after every rule has been asked."""
    row = queries.get_led(by, showing.conference_id)
    workflow.CONFERENCE.check("hold", row.state)
    if showing.case_id not in queries.case_ids_of(by, row.id):
        raise NotReachable("the case is not this conference's")
    if showing.agency_id == by.agency_id:
        raise InvalidInput({"agency": "own"})
    bases = fitting_bases(
        conference_id=row.id, agency_id=showing.agency_id, case_id=showing.case_id, by=by, at=at
    )
    basis = next((each for each in bases if each.id == showing.basis_id), None)
    if basis is None:
        raise consent_policy.BasisMissing("other_desk")
    naming = [
        index
        for index, line in enumerate(showing.lines)
        if cases.names_survivor(by, showing.case_id, line.words)
    ]
    words = {f"lines.{index}": line.words for index, line in enumerate(showing.lines)}
    errors = sharing.faults(showing.lines, basis.levels, naming) | outgoing.leaving(words, by)
    if errors:
        raise InvalidInput(errors)
    names = network.agency_names([by.agency_id, showing.agency_id])
    content = sharing.build(
        file=cases.get_file(by, showing.case_id), basis=basis, lines=showing.lines,
        from_agency=names[by.agency_id], to_agency=names[showing.agency_id],
    )  # fmt: skip
    return row, basis, content


def preview_share(*, showing: Showing, by: Actor, at: datetime) -> Content:
    """What that agency would read, line by line. Raises what ``share_facts`` raises."""
    require(by.roles, Permission.CALL_CONFERENCE)
    _row, _basis, content = _prepare(showing, by=by, at=at)
    return content


@transaction.atomic
def share_facts(*, showing: Showing, seen: str, by: Actor, at: datetime) -> Share:
    """Seal what was previewed for that agency; an earlier share of the same case to it ends.

    ``seen`` is the preview's digest. It ends with its basis, or thirty days after the conference.
    Raises ``Forbidden``, ``NotReachable``, ``BasisMissing``, ``InvalidInput``, ``PreviewChanged``.
    """
    require(by.roles, Permission.CALL_CONFERENCE)
    queries.lock_led(by, showing.conference_id)
    row, basis, content = _prepare(showing, by=by, at=at)
    if seen != content.digest:
        raise policy.PreviewChanged
    before = ShareGround.objects.filter(
        case_id=showing.case_id, share__conference=row,
        share__receiver_agency_id=showing.agency_id, share__destroyed_at__isnull=True,
    )  # fmt: skip
    destroy_shares(before.values_list("share_id", flat=True), "replaced", at)
    share = Share(
        id=new_id(), conference=row, sender_agency_id=by.agency_id,
        receiver_agency_id=showing.agency_id, classes=content.classes, sealed_at=at,
        expires_at=min(basis.valid_until, row.starts_at + ENDS_AFTER),
    )  # fmt: skip
    passing = Passing(borders.SHARE, share.id, showing.agency_id, purpose=CONFERENCE)
    person = _person(cases.get_file(by, showing.case_id))
    borders.cross(basis=basis, passing=passing, by=by, at=at, person=person)
    owner = Owner("conference", row.id, "shared", showing.agency_id)
    key = vault.key_for(owner, share.id, DataClass.PACKET)
    share.content_sealed = vault.seal(key, queries.share_place(share.id), content.to_json())
    share.save(force_insert=True)
    ShareGround.objects.create(
        id=new_id(), case_id=showing.case_id, share=share, basis_id=basis.id
    )  # fmt: skip
    record(
        by=by, at=at, name=events.FACTS_SHARED, subject_kind="conference", subject_id=row.id,
        case_id=showing.case_id,
        detail={"agency": showing.agency_id, "basis": str(basis.id), "classes": content.classes,
                "share": str(share.id), "lines": len(content.lines)},
    )  # fmt: skip
    post(Event(events.FACTS_SHARED, "conference", str(row.id), showing.agency_id))
    return share


@transaction.atomic
def open_share(*, share_id: UUID, by: Actor, at: datetime) -> Content:
    """Read a share: at its agency those who have taken a seat, at the lead who may see the case.

    Recorded. Raises ``Forbidden``, ``NotReachable``, ``ShareClosed``.
    """
    require(by.roles, Permission.READ_SHOWN)
    share = queries.get_share(by, share_id)
    ground = queries.ground_of(by, share.id)
    if share.receiver_agency_id == by.agency_id:
        seated = Seat.objects.filter(policy.sits(by), conference_id=share.conference_id)
        if not seated.exists():
            raise NotReachable("no seat taken")
        if share.opened_at is None and share.destroyed_at is None:
            Share.objects.filter(id=share.id).update(opened_at=at, opened_by=by.user_id)
    elif ground is None:
        raise NotReachable("not this person's case")
    if share.destroyed_at is not None:
        raise policy.ShareClosed(share.destroy_reason)
    if share.expires_at <= at:
        raise policy.ShareClosed("expired")
    if share.receiver_agency_id == by.agency_id and (why := borders.obstacle(share.id, at=at)):
        raise policy.ShareClosed(why)
    record(
        by=by, at=at, name=events.SHARE_OPENED, subject_kind="conference",
        subject_id=share.conference_id, case_id=ground.case_id if ground else None,
        detail={"share": str(share.id)},
    )  # fmt: skip
    text = vault.open_text(bytes(share.content_sealed), queries.share_place(share.id))
    return Content.from_json(text)


@transaction.atomic
def end_share(*, share_id: UUID, by: Actor, at: datetime) -> None:
    """Take back what was shown: its key is destroyed at once. The lead's act."""
    require(by.roles, Permission.CALL_CONFERENCE)
    share = queries.get_share(by, share_id)
    ground = queries.ground_of(by, share.id)
    if ground is None:
        raise NotReachable("not this person's case")
    if destroy_shares([share.id], "taken_back", at):
        record(
            by=by, at=at, name=events.FACTS_SHARED, subject_kind="conference",
            subject_id=share.conference_id, case_id=ground.case_id, reason="taken_back",
            detail={"share": str(share.id)},
        )  # fmt: skip


@transaction.atomic
def expire_shares(*, by: Actor, at: datetime) -> int:
    """Destroy the keys of the agency's shares whose time is over; the count. Runs by night."""
    over: Sequence[UUID] = list(
        Share.objects.filter(
            sender_agency_id=by.agency_id, destroyed_at__isnull=True, expires_at__lte=at,
            sealed_at__lt=F("expires_at"),
        ).values_list("id", flat=True)
    )  # fmt: skip
    return destroy_shares(over, "expired", at)
