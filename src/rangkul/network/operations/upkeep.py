"""An agency keeps its desks' entries true: confirms them, brings corrections in, takes one back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, RangkulError
from rangkul.foundation.locks import check_version
from rangkul.network import events, policy
from rangkul.network.entries import UNDOABLE, DeskDetails, Entry, entry_from, entry_of
from rangkul.network.hours import UnreadableHours, check_hours
from rangkul.network.models import Desk, DeskService
from rangkul.network.operations.desks import (
    apply_details,
    check_details,
    check_inside,
    check_offers,
    lock_own_desk,
    note_change,
    offer_rows,
    save_change,
    values_of,
)
from rangkul.trail.operations import OUTSIDE, record


class NothingToUndo(RangkulError):
    """The last change was taken back already, or has been overtaken by a later one."""

    code = "nothing_to_undo"

    message_id = "Tidak ada perubahan terakhir yang dapat dikembalikan."
    message_en = "There is no last change that could be taken back."

    def __init__(self) -> None:
        super().__init__(self.message_en)


@transaction.atomic
def confirm_desk(*, desk_id: int, version: int, by: Actor, at: datetime) -> Desk:
    """Say that all of a desk's entry is right as it stands now; trail ``network.desk_confirmed``.

    Whoever sits at the desk may say it, and an agency admin. Raises ``Forbidden``, ``StaleForm``
    where it changed since it was read, ``NotReachable``.
    """
    if desk_id not in by.desk_ids:
        policy.require_edit(by)
    desk = lock_own_desk(by, desk_id)
    check_version(expected=version, found=desk.version)
    before = _said(desk)
    desk.confirmed_at, desk.confirmed_by = at, by.user_id
    desk.changed_at = at
    desk.version += 1
    desk.save()
    note_change(desk, before, _said(desk), kind="confirmed", by=by, at=at)
    record(by=by, at=at, name=events.DESK_CONFIRMED, subject_kind="desk", subject_id=desk.id)
    return desk


def _said(desk: Desk) -> dict[str, Any]:
    """What a confirmation changes, as JSON keeps it."""
    moment = desk.confirmed_at
    return {
        "confirmed_at": moment.isoformat() if moment else None, "confirmed_by": desk.confirmed_by,
    }  # fmt: skip


@transaction.atomic
def undo_change(*, desk_id: int, change_id: int, by: Actor, at: datetime) -> Desk:
    """Take the last change of a desk's entry back; the way there and back stays in its history.

    ``change_id`` is the change that was shown as the last: one that came since is not touched.
    Raises `NothingToUndo`, ``Forbidden``, ``InvalidInput``, ``NotReachable``.
    """
    policy.require_edit(by)
    desk = lock_own_desk(by, desk_id)
    last = desk.changes.order_by("-number").first()
    if last is None or last.id != change_id or last.kind not in UNDOABLE:
        raise NothingToUndo
    before = values_of(desk) | _said(desk)
    _put_back(desk, last.before, by=by, at=at)
    desk.version += 1
    desk.changed_at = at
    desk.save()
    after = values_of(desk) | _said(desk)
    note_change(
        desk, {name: before[name] for name in last.before},
        {name: after[name] for name in last.before}, kind="undone", by=by, at=at, undoes=last.id,
    )  # fmt: skip
    record(
        by=by, at=at, name=events.CHANGE_UNDONE, subject_kind="desk", subject_id=desk.id,
        detail={"change": last.id},
    )  # fmt: skip
    return desk


def _put_back(desk: Desk, values: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    if "confirmed_at" in values:
        moment = values["confirmed_at"]
        desk.confirmed_at = datetime.fromisoformat(moment) if moment else None
        desk.confirmed_by = values["confirmed_by"]
    if "free_places" in values:
        desk.free_places = values["free_places"]
        desk.free_places_at = None if values["free_places"] is None else at
    _write(desk, entry_from(entry_of(desk).values() | dict(values)), by=by)


def check_entry(entry: Entry, *, by: Actor | None) -> None:
    """Refuse a whole entry that cannot stand; raises ``InvalidInput``. ``None`` is the operator."""
    services = [offer.service for offer in entry.offers]
    check_lengths(entry.details)
    check_details(entry.details, services=services)
    check_offers(entry.offers, has_place=has_place(entry.details))
    if by is not None:
        check_inside(entry.details, by)
    try:
        check_hours(entry.hours)
    except UnreadableHours as fault:
        raise InvalidInput(
            {"hours": _("Each time needs a beginning and a later end, and times may not overlap.")}
        ) from fault


def check_lengths(details: DeskDetails) -> None:
    """Refuse words that are longer than their field, which no form has cut before."""
    errors = {}
    for each in fields(DeskDetails):
        most = getattr(Desk._meta.get_field(each.name), "max_length", None)
        if most and len(str(getattr(details, each.name))) > most:
            errors[each.name] = _("These words are longer than %(most)s signs.") % {"most": most}
    if errors:
        raise InvalidInput(errors)


def _write(desk: Desk, entry: Entry, *, by: Actor | None) -> None:
    """Check a whole entry and write it into the desk's rows; the desk itself is saved by others."""
    check_entry(entry, by=by)
    desk.hours, desk.always_open = check_hours(entry.hours), entry.always_open
    apply_details(desk, entry.details)
    if set(entry.offers) != set(entry_of(desk).offers):
        # A place leaves the row before a shelter comes in: the database watches both doors.
        desk.save()
        desk.offers.all().delete()
        rows = offer_rows(desk, entry.offers)
        DeskService.objects.using(desk._state.db).bulk_create(rows)


def has_place(details: DeskDetails) -> bool:
    """Whether these details say where a desk stands."""
    return bool(details.address.strip()) or details.latitude is not None


@transaction.atomic
def bring_entry(*, desk_id: int, entry: Entry, version: int, by: Actor, at: datetime) -> Desk:
    """Put a whole entry in place of an own desk's, as an import brings it.

    Raises ``Forbidden``, ``StaleForm``, ``InvalidInput``, ``NotReachable``.
    """
    policy.require_edit(by)
    desk = lock_own_desk(by, desk_id)
    check_version(expected=version, found=desk.version)
    before = values_of(desk)
    _write(desk, entry, by=by)
    save_change(desk, before, kind="imported", by=by, at=at)
    record(by=by, at=at, name=events.ENTRY_BROUGHT, subject_kind="desk", subject_id=desk.id)
    return desk


def bring_entry_from_outside(*, using: str, desk_id: int, entry: Entry, at: datetime) -> Desk:
    """The same by the operator, as the owner. Raises ``InvalidInput``."""
    with transaction.atomic(using=using):
        desk = Desk.objects.using(using).select_for_update().get(id=desk_id)
        before = values_of(desk)
        _write(desk, entry, by=None)
        save_change(desk, before, kind="imported", by=None, at=at)
        record(
            by=None, at=at, name=events.ENTRY_BROUGHT, purpose=OUTSIDE, using=using,
            agency_id=desk.agency_id, subject_kind="desk", subject_id=desk.id,
        )  # fmt: skip
    return desk
