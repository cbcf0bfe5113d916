"""Agreements are entered, changed by a new version from a day on, and ended early with a reason."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from importlib import resources
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext as _

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.foundation import memory
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.locks import check_version
from rangkul.network import agreements, events, policy
from rangkul.network.agreements import Limit, Member, Terms
from rangkul.network.models import (
    Agency,
    Agreement,
    AgreementMember,
    AgreementTerm,
    AgreementVersion,
)
from rangkul.network.queries import agreements as queries
from rangkul.network.queries.directory import day_at
from rangkul.reference import queries as reference
from rangkul.reference.services import SERVICES
from rangkul.trail.operations import record

# What a member enters is known to the member; what a release brought waits for one to confirm it.
_MARK: Final = "local"


@dataclass(frozen=True, slots=True)
class AgreementDetails:
    """What an agreement's form says; ``since`` is the first day of what is entered."""

    title: str
    kind: str
    since: date
    source: str
    members: tuple[Member, ...]
    terms: tuple[Terms, ...]
    until: date | None = None
    paper_number: str = ""
    notes: str = ""


@transaction.atomic
def enter_agreement(*, details: AgreementDetails, by: Actor, at: datetime) -> AgreementVersion:
    """Enter an agreement of which the acting agency is a member. Trail: ``agreement_entered``.

    Raises ``Forbidden``, ``InvalidInput``, `policy.NotAMember`.
    """
    require(by.roles, Permission.KEEP_AGREEMENTS)
    check_agreement(details)
    policy.require_spokesman(_speaker(by), details.members)
    made = Agreement.objects.create(agency_id=by.agency_id)
    version = _write(made, 1, details, mark=_MARK, by=by, at=at)
    _record(events.AGREEMENT_ENTERED, version, by=by, at=at)
    return version


@transaction.atomic
def change_agreement(
    *, agreement_id: int, details: AgreementDetails, expected_number: int, by: Actor, at: datetime
) -> AgreementVersion:
    """Agree anew from ``details.since`` on, today at the earliest: what was stays as it was.

    Raises ``Forbidden``, ``InvalidInput``, ``NotReachable``, `policy.NotAMember`, ``StaleForm``.
    """
    before = _lock(agreement_id, expected_number, by, at)
    check_agreement(details)
    if details.since < day_at(by.agency_id, at):
        raise InvalidInput({"since": _("A change begins today at the earliest.")})
    version = _write(before.agreement, before.number + 1, details, mark=_MARK, by=by, at=at)
    _record(events.AGREEMENT_CHANGED, version, by=by, at=at)
    return version


@transaction.atomic
def end_agreement(
    *, agreement_id: int, last_day: date, reason: str, expected_number: int, by: Actor,
    at: datetime,
) -> AgreementVersion:  # fmt: skip
    """Let it end early: ``last_day`` is the last on which it counts, today at the earliest.

    Raises what ``change_agreement`` raises.
    """
    newest = _lock(agreement_id, expected_number, by, at)
    today = day_at(by.agency_id, at)
    # What is planned for a later day ends with it: the version of today is what goes on till then.
    standing, _rows = queries.get_agreement(agreement_id, on=today)
    errors = {}
    if not reason.strip():
        errors["reason"] = _("Please say why it ends.")
    if standing.since > today:
        errors["last_day"] = _("It has not begun. Please change it instead.")
    elif last_day < today or (standing.until is not None and last_day > standing.until):
        errors["last_day"] = _("The last day lies between today and the agreed end.")
    if errors:
        raise InvalidInput(errors)
    version = _write(
        newest.agreement, newest.number + 1,
        replace(details_of(standing), since=today, until=last_day),
        mark=standing.mark, by=by, at=at, end_reason=reason.strip(),
    )  # fmt: skip
    _record(events.AGREEMENT_ENDED, version, by=by, at=at)
    return version


def details_of(row: AgreementVersion) -> AgreementDetails:
    """A version's row, members and terms as its form holds them."""
    return AgreementDetails(
        title=row.title, kind=row.kind, since=row.since, until=row.until, source=row.source,
        paper_number=row.paper_number, notes=row.notes,
        members=tuple(queries.member_of(each) for each in row.members.all()),
        terms=tuple(queries.terms_of(each) for each in row.terms.all()),
    )  # fmt: skip


def _speaker(by: Actor) -> Agency:
    return Agency.objects.get(id=by.agency_id)


def _lock(agreement_id: int, expected_number: int, by: Actor, at: datetime) -> AgreementVersion:
    """The newest version, once the person may speak for a member; others wait their turn."""
    require(by.roles, Permission.KEEP_AGREEMENTS)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(3, %s)", [agreement_id])
    _standing, rows = queries.get_agreement(agreement_id, on=day_at(by.agency_id, at))
    newest = rows[0]
    policy.require_spokesman(_speaker(by), details_of(newest).members)
    check_version(expected=expected_number, found=newest.number)
    return newest


def check_agreement(details: AgreementDetails) -> None:
    """Refuse what cannot stand; raises ``InvalidInput`` with a sentence for each field."""
    errors: dict[str, str] = {}
    for name in ("title", "source"):
        if not getattr(details, name).strip():
            errors[name] = _("Please fill this in.")
    if details.kind not in agreements.KINDS:
        errors["kind"] = _("Please choose from the list.")
    if details.until is not None and details.until < details.since:
        errors["until"] = _("The last day lies before the first.")
    errors |= _check_members(details.members)
    errors |= _check_terms(details.terms)
    if errors:
        raise InvalidInput(errors)


def _check_members(members: Sequence[Member]) -> dict[str, str]:
    known = reference.get_areas(m.area for m in members if m.area)
    agencies = {m.agency_id for m in members if m.agency_id is not None}
    if any(m.area not in known for m in members if m.agency_id is None):
        return {"areas": _("One of the areas is not in the list.")}
    if any(not reference.is_code("jenis_lembaga", kind) for m in members for kind in m.kinds):
        return {"areas": _("One of the kinds of agency is not in the list.")}
    if Agency.objects.filter(id__in=agencies).count() != len(agencies):
        return {"agencies": _("One of the agencies is not in the directory.")}
    if len(members) < 2 and not any(m.among_themselves for m in members):
        return {"agencies": _("An agreement needs two members.")}
    return {}


def _check_terms(terms: Sequence[Terms]) -> dict[str, str]:
    errors: dict[str, str] = {}
    for each in terms:
        limits = (each.accept, each.contact, each.outcome)
        if each.service not in set(SERVICES):
            errors[each.service] = _("This service is not in the list.")
        elif each.payer not in agreements.PAYERS or each.residency not in agreements.RESIDENCY:
            errors[each.service] = _("Please choose from the list.")
        elif any(limit is not None and not _fits(limit) for limit in limits):
            errors[each.service] = _("A time limit lies between one hour and one year.")
        elif not agreements.in_order(limits):
            errors[each.service] = _("The answer comes before contact, and contact before outcome.")
    if not terms:
        errors["terms"] = _("Please choose at least one service.")
    if len({each.service for each in terms}) != len(terms):
        errors["terms"] = _("A service stands twice.")
    return errors


def _fits(limit: Limit) -> bool:
    most = agreements.MOST_DAYS if limit.unit == agreements.WORKING_DAYS else agreements.MOST_HOURS
    return limit.unit in agreements.UNITS and 1 <= limit.amount <= most


def _write(
    agreement: Agreement, number: int, details: AgreementDetails, *, mark: str, by: Actor | None,
    at: datetime, end_reason: str = "", using: str = "default",
) -> AgreementVersion:  # fmt: skip
    agency_id = by.agency_id if by else None
    version = AgreementVersion.objects.using(using).create(
        agreement=agreement, agency_id=agency_id, number=number, title=details.title.strip(),
        paper_number=details.paper_number.strip(), kind=details.kind, since=details.since,
        until=details.until, end_reason=end_reason, notes=details.notes.strip(),
        source=details.source.strip(), mark=mark, entered_at=at,
        entered_by=by.user_id if by else None,
    )  # fmt: skip
    memory.forget(queries.AGREEMENTS)
    AgreementMember.objects.using(using).bulk_create(
        AgreementMember(
            agency_id=agency_id, version=version, member_id=each.agency_id,
            area_id=each.area or None, kinds=list(each.kinds),
            among_themselves=each.among_themselves,
        )
        for each in details.members
    )  # fmt: skip
    AgreementTerm.objects.using(using).bulk_create(
        AgreementTerm(
            agency_id=agency_id, version=version, service=each.service,
            residency=each.residency, payer=each.payer, fallback=each.fallback,
            notes=each.notes.strip(), **_columns("accept", each.accept),
            **_columns("contact", each.contact), **_columns("outcome", each.outcome),
        )
        for each in details.terms
    )  # fmt: skip
    return version


def _columns(name: str, limit: Limit | None) -> dict[str, Any]:
    if limit is None:
        return {name: None}
    return {name: limit.amount, f"{name}_unit": limit.unit}


def _record(name: str, version: AgreementVersion, *, by: Actor, at: datetime) -> None:
    record(
        by=by, at=at, name=name, subject_kind="agreement", subject_id=version.agreement_id,
        detail={"version": version.number},
    )  # fmt: skip


# -- what a release brings ----------------------------------------------------------------------


def load_agreements(*, using: str) -> int:
    """Bring in the agreements of this release as the owner, each not confirmed; the count made.

    One that stands already, in whatever version its members have made of it, is left alone.
    """
    text = resources.files("rangkul.network").joinpath("data", "agreements.json").read_text("utf-8")
    made = 0
    for raw in json.loads(text):
        with transaction.atomic(using=using):
            agreement, fresh = Agreement.objects.using(using).get_or_create(code=raw["code"])
            if fresh:
                details = _released(raw)
                at = datetime.combine(details.since, datetime.min.time(), tzinfo=UTC)
                _write(
                    agreement, 1, details, mark="unverified", by=None, at=at, using=using
                )  # fmt: skip
                made += 1
    return made


def _released(raw: dict[str, Any]) -> AgreementDetails:
    return AgreementDetails(
        title=raw["title"], kind=raw["kind"], since=date.fromisoformat(raw["since"]),
        until=date.fromisoformat(raw["until"]) if raw["until"] else None, source=raw["source"],
        paper_number=raw["paper_number"], notes=raw["notes"],
        members=tuple(Member(area=code) for code in raw["areas"]),
        terms=tuple(
            Terms(
                service=each["service"], residency=each["residency"], payer=each["payer"],
                fallback=each["fallback"], notes=each.get("notes", ""),
            )
            for each in raw["terms"]
        ),
    )  # fmt: skip
