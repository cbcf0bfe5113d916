"""The directory: agencies, desks, and which desks fit a need."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from rangkul.api.schemas.strict import (
    AGENCY,
    CASE,
    COLLEAGUE,
    DESK,
    AreaCode,
    Asked,
    Code,
    Keepable,
    Labelled,
    Number,
    Place,
    Said,
    example,
)

Query = Annotated[str, Field(max_length=80), Keepable]
Cursor = Annotated[str, Field(max_length=24), Keepable]


class AgenciesWanted(Asked):
    """How the directory is narrowed."""

    q: Query = ""
    kind: Code = ""
    area: AreaCode = ""
    service: Code = ""
    after: Cursor = ""


class DesksWanted(Asked):
    """How desks are looked for."""

    q: Query = ""
    area: AreaCode = ""
    service: Code = ""
    after: Cursor = ""


class SuggestionsWanted(Asked):
    """For which case, which service, near which place (the file's own when left out)."""

    case: Annotated[Number, Field(examples=[CASE])]
    service: Annotated[Code, Field(examples=["medis"])]
    area: AreaCode = ""


_AGENCY: dict[str, Any] = {
    "number": AGENCY, "name": "UPTD PPA Uji Kota Semarang", "short_name": "UPTD Uji Semarang",
    "kind": "uptd_ppa", "area_name": "Kota Semarang, Jawa Tengah", "confirmed": True,
    "desk_count": 2, "services": ["medis", "psikologi"],
}  # fmt: skip


class AgencyRow(Said):
    """One agency of the directory."""

    model_config = ConfigDict(json_schema_extra=example(**_AGENCY))

    number: str
    name: str
    short_name: str
    kind: str
    area_name: str
    confirmed: bool
    desk_count: int
    services: list[str]


class AgencyPage(Said):
    """A page of agencies; ``next_after`` opens the next one, "" on the last."""

    model_config = ConfigDict(json_schema_extra=example(agencies=[_AGENCY], next_after=""))

    agencies: list[AgencyRow]
    next_after: str


class OfferSaid(Said):
    """One service that a desk offers, and to whom."""

    service: str
    sex: str
    age_min: int
    age_max: int
    residents_only: bool


_DESK: dict[str, Any] = {
    "number": DESK, "code": "uji-semarang-layanan", "name": "Layanan",
    "place": {
        "agency": AGENCY, "agency_name": "UPTD Uji Semarang", "desk": DESK,
        "desk_name": "Layanan",
    },
    "area": "33.74", "offers": [
        {"service": "medis", "sex": "", "age_min": 0, "age_max": 200, "residents_only": False}
    ],
    "is_open": True, "open_until": None, "opens_at": None, "phone": "", "languages": ["ind"],
    "accessible": True, "takes_reports": False, "capacity": None, "free_places": None,
    "free_places_at": None,
}  # fmt: skip


class DeskSaid(Said):
    """One desk and how it stands now. Where a shelter stands is told to nobody."""

    model_config = ConfigDict(json_schema_extra=example(**_DESK))

    number: str
    code: str
    name: str
    place: Place
    area: str
    offers: list[OfferSaid]
    is_open: bool
    open_until: datetime | None
    opens_at: datetime | None
    phone: str
    languages: list[str]
    accessible: bool
    takes_reports: bool
    capacity: int | None
    free_places: int | None
    free_places_at: datetime | None


class DeskPage(Said):
    """The desks of a page of agencies; ``next_after`` opens the next one, "" on the last."""

    model_config = ConfigDict(json_schema_extra=example(desks=[_DESK], next_after=""))

    desks: list[DeskSaid]
    next_after: str


class ReasonSaid(Said):
    """One thing said about a desk; ``is_for`` says which way it speaks."""

    code: str
    is_for: bool
    text_id: str
    text_en: str


class SuggestionSaid(Said):
    """A desk that fits, with why; ``behind_by``: in which step it falls behind the one above."""

    place: int
    desk: Place
    reasons: list[ReasonSaid]
    behind_by: str
    covered: bool
    opens_at: datetime | None
    distance_km: float | None


class HiddenSaid(Said):
    """A desk that cannot take this person, with why."""

    desk: Place
    reasons: list[ReasonSaid]


class SuggestionsSaid(Said):
    """Desks for a need, the most fitting first. The order is a rule that can be read out."""

    model_config = ConfigDict(
        json_schema_extra=example(case=CASE, service="medis", suggestions=[], hidden=[])
    )

    case: str
    service: str
    suggestions: list[SuggestionSaid]
    hidden: list[HiddenSaid]


class ColleagueSaid(Said):
    """A colleague who can carry cases."""

    number: str
    name: str


class ColleaguesSaid(Said):
    """Those of the own agency who can carry cases."""

    model_config = ConfigDict(
        json_schema_extra=example(colleagues=[{"number": COLLEAGUE, "name": "Ratih Wulandari Uji"}])
    )

    colleagues: list[ColleagueSaid]


class CodesSaid(Said):
    """One code list in its order."""

    model_config = ConfigDict(
        json_schema_extra=example(
            name="saluran_laporan",
            codes=[{"code": "telepon", "label_id": "Telepon", "label_en": "Telephone"}],
        )
    )

    name: str
    codes: list[Labelled]
