"""Agencies, desks and memberships made from outside, as the owner: first start, loaders, synth.

No person acts yet, so the trail holds nothing of these; each is idempotent by its code.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from rangkul.access.roles import check_roles
from rangkul.foundation.errors import InvalidInput
from rangkul.network.entries import DeskDetails, Offer
from rangkul.network.hours import check_hours
from rangkul.network.models import Agency, AgencyAlias, Desk, DeskService, DutyShift, Membership
from rangkul.network.operations.desks import (
    apply_details,
    check_details,
    check_offers,
    offer_rows,
)
from rangkul.reference import queries as reference

Alias = tuple[str, date | None, date | None]


def create_agency(
    *,
    using: str,
    code: str,
    name: str,
    short_name: str,
    kind: str,
    level: str,
    area: str,
    parent_id: int | None = None,
    confirmed_on: date | None = None,
    aliases: Iterable[Alias] = (),
) -> Agency:
    """Make the agency of this code, or leave it as its own people have kept it since.

    ``using`` is the owner's connection, ``area`` a code, an alias (name, first day, last day).
    Raises ``InvalidInput`` for a kind, level or area that no list holds.
    """
    _check_codes(kind=kind, level=level, area=area, using=using)
    with transaction.atomic(using=using):
        agency, made = Agency.objects.using(using).get_or_create(
            code=code,
            defaults={
                "name": name,
                "short_name": short_name,
                "kind": kind,
                "level": level,
                "area_id": area,
                "parent_id": parent_id,
                "confirmed_on": confirmed_on,
            },
        )
        if made:
            AgencyAlias.objects.using(using).bulk_create(
                AgencyAlias(agency=agency, name=words, valid_from=first, valid_until=last)
                for words, first, last in aliases
            )
    return agency


def _check_codes(*, kind: str, level: str, area: str, using: str) -> None:
    errors = {}
    if not reference.is_code("jenis_lembaga", kind):
        errors["kind"] = _("%(code)s is no kind of agency.") % {"code": kind}
    if not reference.is_code("tingkat_lembaga", level):
        errors["level"] = _("%(code)s is no level of an agency.") % {"code": level}
    if not reference.is_area(area, using=using):
        errors["area"] = _("There is no area with the code %(code)s.") % {"code": area}
    if errors:
        raise InvalidInput(errors)


def create_desk(
    *,
    using: str,
    agency: Agency,
    code: str,
    details: DeskDetails,
    offers: Sequence[Offer] = (),
    always_open: bool = False,
    hours: Mapping[str, Sequence[Sequence[str]]] | None = None,
    free_places: int | None = None,
    free_places_at: datetime | None = None,
    confirmed_at: datetime | None = None,
) -> Desk:
    """Make the desk of this code with its services and hours, or leave it as it is kept.

    Raises ``InvalidInput``, `hours.UnreadableHours`.
    """
    known = Desk.objects.using(using).filter(code=code).first()
    if known is not None:
        return known
    check_details(details, services=[offer.service for offer in offers])
    check_offers(offers, has_place=bool(details.address) or details.latitude is not None)
    desk = Desk(
        agency=agency, code=code, always_open=always_open, hours=check_hours(hours or {}),
        free_places=free_places, free_places_at=free_places_at, confirmed_at=confirmed_at,
    )  # fmt: skip
    apply_details(desk, details)
    with transaction.atomic(using=using):
        desk.save(using=using, force_insert=True)
        DeskService.objects.using(using).bulk_create(offer_rows(desk, offers))
    return desk


def create_membership(
    *,
    using: str,
    agency_id: int,
    user_id: int,
    roles: Collection[str],
    since: datetime,
    desk_ids: Collection[int] = (),
    sex: str = "",
) -> Membership:
    """Make a person's live membership in an agency, or return the one that stands.

    Any role may be given, those from outside too. Raises ``RolesConflict``, ``UnknownRole``.
    """
    check_roles(roles)
    membership, _made = Membership.objects.using(using).get_or_create(
        agency_id=agency_id,
        user_id=user_id,
        until=None,
        defaults={
            "roles": sorted(set(roles)),
            "desk_ids": sorted(set(desk_ids)),
            "sex": sex,
            "since": since,
        },
    )
    return membership


def create_shifts(
    *,
    using: str,
    desk_id: int,
    agency_id: int,
    turns: Sequence[tuple[int, datetime, datetime]],
) -> int:
    """Put turns (membership, begin, end) on a desk's roster; those that stand there stay single."""
    known = set(
        DutyShift.objects.using(using)
        .filter(desk_id=desk_id)
        .values_list("membership_id", "starts_at", "ends_at")
    )
    made = DutyShift.objects.using(using).bulk_create(
        DutyShift(
            agency_id=agency_id, desk_id=desk_id, membership_id=member, starts_at=start, ends_at=end
        )
        for member, start, end in turns
        if (member, start, end) not in known
    )
    return len(made)
