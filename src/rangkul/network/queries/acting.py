"""Who acts: the membership in which a person works, and short names of agencies and desks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Case, Q, Value, When

from rangkul.access.roles import NationalCoordinator, ProvinceCoordinator, Supervisor
from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.network.models import Agency, Desk, Membership
from rangkul.network.queries.directory import in_force


@dataclass(frozen=True, slots=True)
class ActingMembership:
    """The membership in which a person works now, and the words that the shell shows."""

    membership_id: int
    actor: Actor
    agency_name: str
    agency_kind: str
    area_code: str
    others: tuple[tuple[int, str], ...] = ()


def _live() -> Q:
    """Begun and not ended: a place that is promised for a later day lets nobody in before it.

    An agency that has ended lets nobody in either.
    """
    now = hour.now()
    return Q(until__isnull=True, since__lte=now) & in_force(now, prefix="agency__")


def actor_of(membership: Membership) -> Actor:
    """The actor that this membership makes of its person."""
    return Actor(
        user_id=membership.user_id,
        agency_id=membership.agency_id,
        membership_id=membership.id,
        membership_version=membership.version,
        roles=frozenset(membership.roles),
        desk_ids=frozenset(membership.desk_ids),
    )


def list_places(user_id: int) -> list[Membership]:
    """A person's live memberships, oldest first, with agency and account in the same query."""
    found = Membership.objects.filter(_live(), user_id=user_id, user__is_active=True)
    return list(found.select_related("agency", "user").order_by("id"))


def get_acting_membership(
    user_id: int, membership_id: int | None, places: Sequence[Membership] | None = None
) -> ActingMembership | None:
    """The chosen live membership of this person, else the oldest live one, else ``None``.

    ``places`` are the person's, where they have been read in this request.
    """
    mine = list_places(user_id) if places is None else places
    if not mine:
        return None
    found = next((m for m in mine if m.id == membership_id), mine[0])
    return ActingMembership(
        membership_id=found.id,
        actor=actor_of(found),
        agency_name=found.agency.short_name,
        agency_kind=found.agency.kind,
        area_code=found.agency.area_id,
        others=tuple((m.id, m.agency.short_name) for m in mine if m.id != found.id),
    )


def get_live_actor(*, user_id: int, agency_id: int) -> Actor | None:
    """The actor that a job acts for, if the membership still stands when the job runs."""
    found = Membership.objects.filter(
        _live(), user_id=user_id, agency_id=agency_id, user__is_active=True
    ).first()
    return actor_of(found) if found else None


def list_memberships(user_id: int) -> list[Membership]:
    """A person's live memberships, for the agency switch."""
    return list_memberships_of([user_id])


def list_memberships_of(user_ids: Iterable[int]) -> list[Membership]:
    """The live memberships of these people with their agencies; one query."""
    found = Membership.objects.filter(_live(), user_id__in=set(user_ids))
    return list(found.select_related("agency").order_by("id"))


def agency_names(agency_ids: Iterable[int]) -> dict[int, str]:
    """Short names of these agencies."""
    return dict(Agency.objects.filter(id__in=set(agency_ids)).values_list("id", "short_name"))


def desk_names(desk_ids: Iterable[int]) -> dict[int, str]:
    """Names of these desks."""
    return dict(Desk.objects.filter(id__in=set(desk_ids)).values_list("id", "name"))


@dataclass(frozen=True, slots=True)
class Coordinator:
    """A live coordinator's place: the agency, its province (two digits), and the roles held."""

    agency_id: int
    province: str
    roles: frozenset[str]


def list_coordinators() -> list[Coordinator]:
    """Every agency where somebody coordinates a province or the nation, one row for each person."""
    wanted = [ProvinceCoordinator.code, NationalCoordinator.code]
    found = Membership.objects.filter(_live(), roles__overlap=wanted, user__is_active=True)
    return [
        Coordinator(row.agency_id, row.agency.area_id.partition(".")[0], frozenset(row.roles))
        for row in found.select_related("agency").order_by("agency_id", "id")
    ]


def provinces_of(agency_ids: Iterable[int]) -> dict[int, str]:
    """Agency → the province in which it stands (two digits; "" for the nation's own)."""
    rows = Agency.objects.filter(id__in=set(agency_ids)).values_list("id", "area_id")
    return {agency: area.partition(".")[0] for agency, area in rows}


def list_members_of(agency_ids: Iterable[int]) -> list[Membership]:
    """The live memberships in these agencies with their people, oldest first; one query."""
    found = Membership.objects.filter(_live(), agency_id__in=set(agency_ids), user__is_active=True)
    return list(found.select_related("user", "agency").order_by("id"))


def list_supervisors(agency_id: int | None = None) -> list[Actor]:
    """The live supervisors of an agency, or of every agency (one each), for work after the page."""
    found = Membership.objects.filter(
        _live(), roles__contains=[Supervisor.code], user__is_active=True
    ).order_by("agency_id", "id")
    if agency_id is None:
        return [actor_of(row) for row in found.distinct("agency_id")]
    return [actor_of(row) for row in found.filter(agency_id=agency_id)]


def list_one_of_each() -> list[Actor]:
    """One live person of every agency, a supervisor where it has one, for work in its name."""
    leads = Case(When(roles__contains=[Supervisor.code], then=Value(0)), default=Value(1))
    found = (
        Membership.objects.filter(_live(), user__is_active=True)
        .annotate(leads=leads)
        .order_by("agency_id", "leads", "id")
        .distinct("agency_id")
    )
    return [actor_of(row) for row in found]
