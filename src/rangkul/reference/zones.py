"""The three Indonesian time zones: which province keeps which, and what people call them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

WIB: Final = "Asia/Jakarta"
WITA: Final = "Asia/Makassar"
WIT: Final = "Asia/Jayapura"

LABELS: Final = {WIB: "WIB", WITA: "WITA", WIT: "WIT"}

_PROVINCES: Final = {
    WIB: "11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 61 62",
    WITA: "51 52 53 63 64 65 71 72 73 74 75 76",
    WIT: "81 82 91 92 93 94 95 96",
}
_ZONE_OF_PROVINCE: Final = {
    code: zone for zone, codes in _PROVINCES.items() for code in codes.split()
}


class UnknownProvince(LookupError):
    """A province code for which no time zone is known; a new province must be added here."""


def zone_of(area_code: str) -> str:
    """The zone name kept in an area of any kind, by its province (the first two digits).

    Raises `UnknownProvince`: a wrong hour would be a missed deadline, so none is guessed.
    """
    province = area_code.partition(".")[0]
    if province not in _ZONE_OF_PROVINCE:
        raise UnknownProvince(province)
    return _ZONE_OF_PROVINCE[province]


def zone_label(zone: ZoneInfo | str) -> str:
    """WIB, WITA or WIT; raises `KeyError` for a zone outside Indonesia."""
    return LABELS[str(zone)]


def local_date(at: datetime, area_code: str) -> date:
    """The day that people in this area write when it is ``at``: from midnight on it is the next,
    though in UTC it still is the one before for seven to nine hours.
    """
    return at.astimezone(ZoneInfo(zone_of(area_code))).date()


def latest_date(at: datetime) -> date:
    """The furthest day that anybody in Indonesia writes at this hour: beyond it lies the future."""
    return at.astimezone(ZoneInfo(WIT)).date()


def earliest_date(at: datetime) -> date:
    """The day that the west of Indonesia writes: before it lies the past, everywhere."""
    return at.astimezone(ZoneInfo(WIB)).date()
