"""A desk's entry in the directory as one value: what an agency edits, an import brings, a change
keeps; and when an entry has grown old.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from rangkul.network.models import Desk, DeskService

OLDEST: Final = 200

# [local] Half a year: hours and telephones of offices change with the budget year and the holidays.
STALE_AFTER: Final = timedelta(days=180)

# What an agency can take back with one press: its own last act on an entry, never a beginning.
UNDOABLE: Final = frozenset({"edited", "hours", "services", "places", "imported", "confirmed"})

Standing = Literal["confirmed", "stale", "never"]


@dataclass(frozen=True, slots=True)
class DeskDetails:
    """What a desk's form says; ``serves`` holds area codes ("ID": the nation, empty: own area)."""

    name: str
    phone: str = ""
    languages: tuple[str, ...] = ()
    serves: tuple[str, ...] = ()
    accessible: bool = False
    takes_reports: bool = False
    active: bool = True
    capacity: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    whatsapp: str = ""
    website: str = ""
    address: str = ""
    access_notes: str = ""
    hours_note: str = ""
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Offer:
    """One service and whom the desk takes for it; ages in completed years, both included."""

    service: str
    sex: str = ""
    age_min: int = 0
    age_max: int = OLDEST
    residents_only: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """All that the directory says of a desk; ``hours`` as ``hours.check_hours`` leaves them."""

    details: DeskDetails
    always_open: bool = False
    hours: Mapping[str, list[list[str]]] = field(default_factory=dict)
    offers: tuple[Offer, ...] = ()

    def values(self) -> dict[str, Any]:
        """Field → value as JSON keeps it, ``services`` for the offers."""
        told: dict[str, Any] = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self.details).items()
        }
        offers = sorted(self.offers, key=lambda offer: offer.service)
        return told | {
            "always_open": self.always_open,
            "hours": dict(self.hours),
            "services": [asdict(offer) for offer in offers],
        }


def entry_from(values: Mapping[str, Any]) -> Entry:
    """The entry that ``Entry.values`` told of; a field left out takes its default."""
    known = {each.name for each in fields(DeskDetails)} & set(values)
    told: dict[str, Any] = {
        name: tuple(values[name]) if isinstance(values[name], list) else values[name]
        for name in known
    }
    return Entry(
        DeskDetails(**told),
        bool(values.get("always_open", False)),
        values.get("hours", {}),
        tuple(Offer(**offer) for offer in values.get("services", ())),
    )


def details_of(desk: Desk) -> DeskDetails:
    """A desk's row as its form says it."""
    told: dict[str, Any] = {each.name: getattr(desk, each.name) for each in fields(DeskDetails)}
    listed = {name: tuple(value) for name, value in told.items() if isinstance(value, list)}
    return DeskDetails(**told | listed)


def offer_of(row: DeskService) -> Offer:
    """A service's row as its form says it."""
    return Offer(row.service, row.sex, row.age_min, row.age_max, row.residents_only)


def entry_of(desk: Desk, offers: Iterable[DeskService] | None = None) -> Entry:
    """A desk's entry as it stands; asks for the services where ``offers`` does not bring them."""
    rows = desk.offers.filter(active=True) if offers is None else offers
    return Entry(
        details_of(desk), desk.always_open, desk.hours, tuple(offer_of(row) for row in rows)
    )


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of two tellings of values the fields that differ: as they were, as they are."""
    changed = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in changed}, {name: after[name] for name in changed}


def standing(confirmed_at: datetime | None, at: datetime) -> Standing:
    """Whether somebody of the agency has said of late that all of an entry is right."""
    if confirmed_at is None:
        return "never"
    return "confirmed" if at - confirmed_at <= STALE_AFTER else "stale"
