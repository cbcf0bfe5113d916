"""What a shelter seals: where a house stands, what a newcomer needs, what was said with a refusal.

Every key belongs to the agency that keeps the house (owner kind ``shelter``), whoever leads the
resident's case.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any, Self
from uuid import UUID

from rangkul.foundation import vault
from rangkul.foundation.vault import DataClass, Owner, Place
from rangkul.shelter.models import Admission, DayNote, House, Intake, Stay


@dataclass(frozen=True, slots=True)
class HousePlace:
    """Where a house stands and how one reaches it; told to its own officers only."""

    address: str = ""
    latitude: str = ""
    longitude: str = ""
    phone: str = ""
    way: str = ""

    def to_json(self) -> str:
        """As it is sealed."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """As it was sealed."""
        raw: dict[str, Any] = json.loads(text)
        known = {each.name for each in fields(cls)}
        return cls(**{name: str(value) for name, value in raw.items() if name in known})


@dataclass(frozen=True, slots=True)
class Needs:
    """What a newcomer needs, in the words of whoever asked; and what was seen to so far."""

    health: str = ""
    medicine: str = ""
    clothing: str = ""
    meals: str = ""
    access: str = ""
    may_know: str = ""
    own_room: bool = False
    doctor_tonight: bool = False
    not_alone: bool = False
    traceable: bool = False
    health_checked: bool = False
    companion_named: bool = False
    rules_told: bool = False
    bedding_given: bool = False

    def to_json(self) -> str:
        """As it is sealed."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """As it was sealed."""
        raw: dict[str, Any] = json.loads(text)
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in raw.items() if name in known})


def seal(agency_id: int, subject: UUID, data_class: DataClass, place: Place, text: str) -> bytes:
    """Seal ``text`` under the subject's key of this class, which only the agency reaches."""
    key = vault.key_for(Owner("shelter", agency_id), subject, data_class)
    return vault.seal(key, place, text)


def house_name_place(house: House) -> Place:
    """Where a house's name stands. The subject stands for the row: it is known before the id."""
    return Place("shelter_house", "name_sealed", house.subject)


def house_place_place(house: House) -> Place:
    """Where a house's whereabouts stand."""
    return Place("shelter_house", "place_sealed", house.subject, house.place_version)


def admission_note_place(admission: Admission) -> Place:
    """Where the words of a refusal stand."""
    return Place("shelter_admission", "note_sealed", admission.subject)


def needs_place(intake: Intake) -> Place:
    """Where a newcomer's needs stand."""
    return Place("shelter_intake", "needs_sealed", intake.id, intake.version)


def belongings_place(intake: Intake) -> Place:
    """Where the list of what was handed over for keeping stands."""
    return Place("shelter_intake", "belongings_sealed", intake.id, intake.version)


def note_place(note: DayNote) -> Place:
    """Where a day's note stands."""
    return Place("shelter_daynote", "body_sealed", note.id)


def whereto_place(stay: Stay) -> Place:
    """Where the words on a leaving stand."""
    return Place("shelter_stay", "whereto_sealed", stay.id)


def house_names(houses: list[House]) -> dict[int, str]:
    """House id → name, with one look into the key store."""
    sealed = [(bytes(house.name_sealed), house_name_place(house)) for house in houses]
    return dict(zip([h.id for h in houses], vault.open_texts(sealed), strict=True))


def open_place(house: House) -> HousePlace:
    """Where a house stands. Opening it is an act: callers record it, or compare and forget it."""
    if house.place_sealed is None:
        return HousePlace()
    return HousePlace.from_json(
        vault.open_text(bytes(house.place_sealed), house_place_place(house))
    )
