"""What an agreement says about a hand-off: who is bound, when, by which deadlines, who pays.

Plain rules over values; nothing here asks the database or the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rangkul.reference.services import ServiceClock, get_service

HOURS, WORKING_DAYS = "hours", "working_days"
RESIDENTS, EVERYONE = "residents", "everyone"
EXPIRES_SOON: Final = timedelta(days=90)
MOST_HOURS: Final = 24 * 366
MOST_DAYS: Final = 366

KINDS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "bilateral": _("Agreement between two"),
        "forum": _("Forum of several areas"),
        "mou": _("Memorandum of understanding"),
    }
)
PAYERS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "origin": _("the area of origin"),
        "finder": _("the area where the person was found"),
        "sender": _("the sender"),
        "receiver": _("the receiver"),
        "free": _("nobody: it is free of charge"),
    }
)
RESIDENCY: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        RESIDENTS: _("Residents only"),
        EVERYONE: _("Non-residents too"),
    }
)
UNITS: Final[Mapping[str, Promise]] = MappingProxyType(
    {HOURS: _("hours"), WORKING_DAYS: _("working days")}
)
MARKS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "law": _("Read in the law"),
        "src": _("Read in a published source"),
        "local": _("Entered by a member"),
        "unverified": _("Not confirmed yet"),
    }
)


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit as the agreement words it."""

    amount: int
    unit: str = HOURS

    def clock(self, title: str) -> ServiceClock:
        """The limit as a service's clock, with the agreement as its source."""
        days = self.unit == WORKING_DAYS
        within = timedelta(days=self.amount) if days else timedelta(hours=self.amount)
        return ServiceClock(within, source=title, working_days=days)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is agreed for one service; ``None`` limits are the service's own."""

    service: str
    residency: str = EVERYONE
    payer: str = "free"
    accept: Limit | None = None
    contact: Limit | None = None
    outcome: Limit | None = None
    fallback: bool = False
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """An agency as membership asks about it; ``area`` is a code."""

    agency_id: int
    area: str
    kind: str


@dataclass(frozen=True, slots=True)
class Member:
    """A member as agreed: an agency (id), or an area (code) with the kinds that it binds."""

    agency_id: int | None = None
    area: str = ""
    kinds: tuple[str, ...] = ()
    among_themselves: bool = False

    def closeness(self, party: Party) -> int:
        """How exactly it names the agency: 0 not at all, higher for a narrower name."""
        if self.agency_id is not None:
            return 100 if self.agency_id == party.agency_id else 0
        within = party.area == self.area or party.area.startswith(f"{self.area}.")
        if not within or (self.kinds and party.kind not in self.kinds):
            return 0
        return 2 * len(self.area.split(".")) + bool(self.kinds)


@dataclass(frozen=True, slots=True)
class Version:
    """One version with its members and terms, as read."""

    agreement_id: int
    number: int
    title: str
    since: date
    until: date | None
    members: tuple[Member, ...]
    terms: tuple[Terms, ...]
    paper_number: str = ""
    kind: str = "bilateral"
    mark: str = "unverified"

    def in_force(self, on: date) -> bool:
        """Whether this version's own days hold ``on``, both ends included."""
        return self.since <= on and (self.until is None or on <= self.until)

    def for_service(self, service: str) -> Terms | None:
        """What is agreed for the service, if anything."""
        return next((each for each in self.terms if each.service == service), None)

    def closeness(self, sender: Party, receiver: Party) -> int:
        """How exactly the two are named as members bound to each other; 0 when they are not."""
        best = 0
        for one in self.members:
            here = one.closeness(sender)
            if not here:
                continue
            for other in self.members:
                if one is other and not one.among_themselves:
                    continue
                if there := other.closeness(receiver):
                    best = max(best, here + there)
        return best


@dataclass(frozen=True, slots=True)
class Covering:
    """An agreement in force between two agencies for one service."""

    agreement_id: int
    version: int
    title: str
    terms: Terms
    since: date
    until: date | None
    mark: str
    closeness: int

    def clocks(self) -> tuple[ServiceClock, ServiceClock, ServiceClock]:
        """The limits to answer, to make contact, to report: the agreed, else the service's own."""
        own = get_service(self.terms.service)
        agreed = (self.terms.accept, self.terms.contact, self.terms.outcome)
        usual = (own.accept_by, own.first_contact_by, own.outcome_by)
        first, second, third = (
            limit.clock(self.title) if limit else clock
            for limit, clock in zip(agreed, usual, strict=True)
        )
        return first, second, third

    @property
    def payer(self) -> str:
        """Who pays, in words."""
        return str(PAYERS[self.terms.payer])


def of_the_day(versions: Iterable[Version], on: date) -> list[Version]:
    """Of each agreement the version that speaks on the day, where it is in force.

    The last one entered among those that have begun speaks, even to say that all is over: an
    older one does not return.
    """
    newest: dict[int, Version] = {}
    for version in versions:
        known = newest.get(version.agreement_id)
        if version.since <= on and (known is None or version.number > known.number):
            newest[version.agreement_id] = version
    return [version for version in newest.values() if version.in_force(on)]


def coverings(
    versions: Iterable[Version], sender: Party, receiver: Party, service: str, on: date
) -> list[Covering]:
    """What covers a hand-off on a day: the most exactly named first, then the newest.

    Inside one agency there is nothing to agree.
    """
    if sender.agency_id == receiver.agency_id:
        return []
    found = [
        Covering(
            version.agreement_id, version.number, version.title, terms, version.since,
            version.until, version.mark, closeness,
        )
        for version in of_the_day(versions, on)
        if (terms := version.for_service(service)) is not None
        and (closeness := version.closeness(sender, receiver))
    ]  # fmt: skip
    return sorted(found, key=lambda c: (-c.closeness, -c.since.toordinal(), -c.agreement_id))


def expires_soon(until: date | None, on: date) -> bool:
    """Whether its last day is near enough to speak about a new one."""
    return until is not None and on <= until <= on + EXPIRES_SOON


def in_order(limits: Sequence[Limit | None]) -> bool:
    """Whether limits of one unit that follow each other do not run backwards."""
    by_unit: dict[str, int] = {}
    for limit in limits:
        if limit is None:
            continue
        if limit.amount < by_unit.get(limit.unit, 0):
            return False
        by_unit[limit.unit] = limit.amount
    return True
