"""Reading agreements: the list, one with its history, and which covers a hand-off on a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from rangkul.foundation import memory
from rangkul.foundation.errors import NotReachable
from rangkul.network.agreements import (
    Covering,
    Limit,
    Member,
    Party,
    Terms,
    Version,
    coverings,
    expires_soon,
    of_the_day,
)
from rangkul.network.models import (
    Agency,
    AgreementMember,
    AgreementTerm,
    AgreementVersion,
)
from rangkul.reference import queries as reference
from rangkul.reference.services import get_service

# What the memory of a scope calls the agreements it has read.
AGREEMENTS = "agreements"


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """An agreement on the list, as it stands on the day; ``state`` tells in which way."""

    row: AgreementVersion
    state: str


RUNNING, SOON, ENDED, COMING = "running", "soon", "ended", "coming"


def agreements_between(
    sender_agency: int, receiver_agency: int, service: str, on: date
) -> list[Covering]:
    """What covers a hand-off of ``service`` between two agencies on a day, the closest first.

    Raises ``ValueError`` for a service that is none, ``NotReachable`` for an unknown agency.
    """
    get_service(service)
    sides = {
        row["id"]: Party(row["id"], row["area_id"], row["kind"])
        for row in Agency.objects.filter(id__in=[sender_agency, receiver_agency]).values(
            "id", "area_id", "kind"
        )
    }
    if sender_agency not in sides or receiver_agency not in sides:
        raise NotReachable("agency")
    sender, receiver = sides[sender_agency], sides[receiver_agency]
    return coverings(_versions_of(sender, on), sender, receiver, service, on)


def covering_each(
    sender_agency: int, receivers: Iterable[Party], service: str, on: date
) -> dict[int, Covering]:
    """Receiver (agency id) → the closest agreement that covers the service; in four queries."""
    found = Agency.objects.filter(id=sender_agency).values("area_id", "kind").first()
    if found is None:
        return {}
    sender = Party(sender_agency, found["area_id"], found["kind"])
    versions = _versions_of(sender, on)
    if not versions:
        return {}
    return {
        receiver.agency_id: covered[0]
        for receiver in set(receivers)
        if (covered := coverings(versions, sender, receiver, service, on))
    }


def _names(party: Party) -> Q:
    """A condition on ``AgreementMember``: it may name this agency, itself or by an area."""
    areas = reference.ancestor_codes(party.area)
    return Q(member_id=party.agency_id) | Q(area_id__in=areas)


def _versions_of(party: Party, on: date) -> list[Version]:
    """The version of the day of every agreement that ever named the agency; asked once."""
    return memory.once((AGREEMENTS, party, on), lambda: _read_versions(party, on))


def _read_versions(party: Party, on: date) -> list[Version]:
    naming = AgreementMember.objects.filter(_names(party)).values("version__agreement_id")
    return of_the_day(read(_rows().filter(agreement_id__in=naming, since__lte=on)), on)


def _rows() -> QuerySet[AgreementVersion]:
    return AgreementVersion.objects.prefetch_related(
        Prefetch("members", AgreementMember.objects.order_by("id")),
        Prefetch("terms", AgreementTerm.objects.order_by("id")),
    )


def read(rows: Iterable[AgreementVersion]) -> list[Version]:
    """Rows with members and terms as values."""
    return [
        Version(
            agreement_id=row.agreement_id, number=row.number, title=row.title, since=row.since,
            until=row.until, paper_number=row.paper_number, kind=row.kind, mark=row.mark,
            members=tuple(member_of(each) for each in row.members.all()),
            terms=tuple(terms_of(each) for each in row.terms.all()),
        )
        for row in rows
    ]  # fmt: skip


def member_of(row: AgreementMember) -> Member:
    """A member's row as a value."""
    return Member(row.member_id, row.area_id or "", tuple(row.kinds), row.among_themselves)


def terms_of(row: AgreementTerm) -> Terms:
    """A term's row as a value."""

    def limit(amount: int | None, unit: str) -> Limit | None:
        return Limit(amount, unit) if amount is not None else None

    return Terms(
        service=row.service, residency=row.residency, payer=row.payer, fallback=row.fallback,
        notes=row.notes, accept=limit(row.accept, row.accept_unit),
        contact=limit(row.contact, row.contact_unit),
        outcome=limit(row.outcome, row.outcome_unit),
    )  # fmt: skip


def state_of(row: AgreementVersion, on: date) -> str:
    """How a version stands on the day: running, soon over, over, or still to come."""
    if row.since > on:
        return COMING
    if row.until is not None and row.until < on:
        return ENDED
    return SOON if expires_soon(row.until, on) else RUNNING


def _standing(versions: Sequence[AgreementVersion], on: date) -> AgreementVersion:
    """The version of the day among one agreement's, newest first; before its time the first."""
    begun = [row for row in versions if row.since <= on]
    return begun[0] if begun else versions[-1]


def list_agreements(*, on: date, of: Party | None = None) -> list[AgreementRow]:
    """Every agreement as it stands on the day, running ones first; or only those naming ``of``."""
    found = _rows().order_by("agreement_id", "-number")
    if of is not None:
        naming = AgreementMember.objects.filter(_names(of)).values("version__agreement_id")
        found = found.filter(agreement_id__in=naming)
    grouped: dict[int, list[AgreementVersion]] = {}
    for row in found:
        grouped.setdefault(row.agreement_id, []).append(row)
    order = {SOON: 0, RUNNING: 1, COMING: 2, ENDED: 3}
    rows = [
        AgreementRow(row, state_of(row, on))
        for row in (_standing(versions, on) for versions in grouped.values())
        if of is None or any(member_of(m).closeness(of) for m in row.members.all())
    ]
    return sorted(rows, key=lambda each: (order[each.state], each.row.title, each.row.id))


def get_agreement(
    agreement_id: int, *, on: date
) -> tuple[AgreementVersion, list[AgreementVersion]]:
    """The version of the day and all versions, newest first. Raises ``NotReachable``."""
    rows = list(
        _rows()
        .select_related("agency", "agreement")
        .prefetch_related("members__member", "members__area")
        .filter(agreement_id=agreement_id)
        .order_by("-number")
    )
    if not rows:
        raise NotReachable("agreement")
    return _standing(rows, on), rows


def get_version(agreement_id: int, number: int) -> AgreementVersion:
    """One version, as a request names it. Raises ``NotReachable``."""
    found = _rows().filter(agreement_id=agreement_id, number=number).first()
    if found is None:
        raise NotReachable("agreement")
    return found


def party_of(agency_id: int) -> Party:
    """An agency as membership asks about it. Raises ``NotReachable``."""
    found = Agency.objects.filter(id=agency_id).values("area_id", "kind").first()
    if found is None:
        raise NotReachable("agency")
    return Party(agency_id, found["area_id"], found["kind"])


def find_agency(name: str) -> int | None:
    """The agency of this full or short name, when exactly one bears it."""
    found = Agency.objects.filter(Q(name__iexact=name) | Q(short_name__iexact=name))
    ids = list(found.values_list("id", flat=True)[:2])
    return ids[0] if len(ids) == 1 else None
