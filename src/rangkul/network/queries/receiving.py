"""Where a report from outside arrives: the nearest desk at which somebody receives."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db.models import Q

from rangkul.access.permissions import Permission
from rangkul.access.roles import roles_with
from rangkul.network.models import Desk, Membership
from rangkul.network.queries.directory import in_force, opening
from rangkul.reference import queries as reference

_NATION: Final = "ID"
_RECEIVERS: Final = frozenset(role.code for role in roles_with(Permission.TAKE_REPORT))

# [local] Of two desks that serve the same place, the one made for this work goes first.
_KINDS: Final = ("uptd_ppa", "p2tp2a", "dinas_ppa", "dinas_sosial")


def receiving_desk(area: str, *, own_agency_id: int, at: datetime) -> Desk | None:
    """The own agency's desk that takes reports, else the one that serves the area (code) closest.

    Only desks at which somebody sits who may receive a report; ``None`` when there is none. Two
    queries.
    """
    codes = reference.ancestor_codes(area)
    here = Q(serves__overlap=[*codes, _NATION]) | Q(serves=[], agency__area__in=codes)
    desks = list(
        Desk.objects.filter(
            in_force(at, prefix="agency__") & (here | Q(agency_id=own_agency_id)),
            takes_reports=True,
            active=True,
        ).select_related("agency")
    )
    staffed = _staffed({desk.agency_id for desk in desks}, at)

    def order(desk: Desk) -> tuple[bool, int, int, int]:
        kind = desk.agency.kind
        rank = _KINDS.index(kind) if kind in _KINDS else len(_KINDS)
        return desk.agency_id != own_agency_id, -_closeness(desk, codes), rank, desk.id

    return min((desk for desk in desks if desk.id in staffed), key=order, default=None)


def public_desk(
    area: str, *, needs: Collection[str], at: datetime, besides: Collection[int] = ()
) -> Desk | None:
    """Where what the public writes arrives: a desk that is open now, as near as there is one.

    The one of the place before that of the province and of the nation; of equals the one that
    offers what is needed (``needs``, codes of services). Where all are closed, the nearest.
    Never one of the agencies in ``besides``: the reporter says that the suspect works there.
    """
    codes = reference.ancestor_codes(area)
    here = Q(serves__overlap=[*codes, _NATION]) | Q(serves=[], agency__area__in=codes)
    desks = list(
        Desk.objects.filter(in_force(at, prefix="agency__") & here, takes_reports=True, active=True)
        .exclude(agency_id__in=list(besides))
        .select_related("agency")
        .prefetch_related("offers")
    )
    staffed = _staffed({desk.agency_id for desk in desks}, at)

    def order(desk: Desk) -> tuple[int, bool, int, int]:
        kind = desk.agency.kind
        rank = _KINDS.index(kind) if kind in _KINDS else len(_KINDS)
        offers = any(offer.service in needs and offer.active for offer in desk.offers.all())
        return -_closeness(desk, codes), not offers, rank, desk.id

    near = sorted((desk for desk in desks if desk.id in staffed), key=order)
    # A calendar is asked for each desk: the first that is open ends the asking.
    return next((desk for desk in near if opening(desk, at).is_open), near[0] if near else None)


def _staffed(agency_ids: Collection[int], at: datetime) -> set[int]:
    """The desks of these agencies at which somebody sits who may receive a report."""
    places = Membership.objects.filter(
        Q(until=None) | Q(until__gt=at), agency_id__in=agency_ids, since__lte=at,
        roles__overlap=sorted(_RECEIVERS), user__is_active=True,
    )  # fmt: skip
    return {desk_id for place in places for desk_id in place.desk_ids}


def _closeness(desk: Desk, codes: Collection[str]) -> int:
    """How narrow the area is by which the desk serves this place: 0 for the whole nation."""
    served = desk.serves or [desk.agency.area_id]
    return max((len(code.split(".")) for code in served if code in codes), default=0)
