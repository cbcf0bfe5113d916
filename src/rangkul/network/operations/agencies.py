"""An agency corrects its own entry and its other names."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.locks import check_version
from rangkul.network import events, policy
from rangkul.network.models import Agency, AgencyAlias
from rangkul.network.queries.directory import day_at
from rangkul.reference import queries as reference
from rangkul.trail.operations import record


def lock_own_agency(by: Actor) -> Agency:
    """The acting agency's row, locked until the transaction ends."""
    found = Agency.objects.select_for_update().filter(id=by.agency_id).first()
    if found is None:
        raise NotReachable("agency")
    return found


@transaction.atomic
def edit_agency(
    *,
    name: str,
    short_name: str,
    kind: str,
    area: str,
    confirmed: bool,
    version: int,
    by: Actor,
    at: datetime,
) -> Agency:
    """Correct the acting agency's entry; ``confirmed`` says that all of it is right as of today.

    ``area`` is a code. Raises ``Forbidden``, ``StaleForm``, ``InvalidInput``, ``NotReachable``.
    """
    policy.require_edit(by)
    agency = lock_own_agency(by)
    check_version(expected=version, found=agency.version)
    errors = {}
    if not name.strip():
        errors["name"] = _("Please write the agency's name.")
    if not short_name.strip():
        errors["short_name"] = _("Please write a short name.")
    if kind != agency.kind and not reference.is_code("jenis_lembaga", kind):
        errors["kind"] = _("Please choose the kind of agency.")
    if errors:
        raise InvalidInput(errors)
    agency.name, agency.short_name, agency.kind = name.strip(), short_name.strip(), kind
    agency.area_id = reference.get_area(area).code
    agency.confirmed_on = day_at(agency.id, at) if confirmed else None
    agency.version += 1
    agency.save()
    record(
        by=by, at=at, name=events.AGENCY_EDITED, subject_kind="agency", subject_id=agency.id,
        detail={"confirmed": confirmed},
    )  # fmt: skip
    return agency


@transaction.atomic
def add_alias(
    *, name: str, valid_from: date | None, valid_until: date | None, by: Actor, at: datetime
) -> AgencyAlias:
    """Add another name, past or present, with the days it was in use where they are known."""
    policy.require_edit(by)
    agency = lock_own_agency(by)
    if not name.strip():
        raise InvalidInput({"alias": _("Please write the other name.")})
    if valid_from and valid_until and valid_until < valid_from:
        raise InvalidInput({"valid_until": _("The last day lies before the first.")})
    alias = AgencyAlias.objects.create(
        agency=agency, name=name.strip(), valid_from=valid_from, valid_until=valid_until
    )
    record(
        by=by, at=at, name=events.ALIAS_ADDED, subject_kind="agency", subject_id=agency.id,
        detail={"alias": alias.id},
    )  # fmt: skip
    return alias


@transaction.atomic
def remove_alias(*, alias_id: int, by: Actor, at: datetime) -> None:
    """Take a name away that was never one; a former name keeps its row and gets a last day."""
    policy.require_edit(by)
    gone, _rows = AgencyAlias.objects.filter(agency_id=by.agency_id, id=alias_id).delete()
    if not gone:
        raise NotReachable("alias")
    record(
        by=by, at=at, name=events.ALIAS_REMOVED, subject_kind="agency", subject_id=by.agency_id,
        detail={"alias": alias_id},
    )  # fmt: skip
