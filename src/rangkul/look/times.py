"""Local times in words: Indonesia's three zones named, months in the reader's language."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import get_language

# Keppres 41/1987: western, central and eastern Indonesian time.
ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
_NAMES = {timedelta(hours=7): "WIB", timedelta(hours=8): "WITA", timedelta(hours=9): "WIT"}


def zone(name: str | tzinfo | None) -> tzinfo:
    """The zone for "WITA", "Asia/Makassar" or a tzinfo; None is the zone of the request."""
    if name is None or name == "":
        return timezone.get_current_timezone()
    if isinstance(name, tzinfo):
        return name
    return ZoneInfo(ZONES.get(name, name))


def zone_name(moment: datetime) -> str:
    """WIB, WITA or WIT for an Indonesian offset; elsewhere the offset itself, as "+03:00"."""
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError("a local time needs a zone")
    return _NAMES.get(offset) or moment.strftime("%z")[:3] + ":" + moment.strftime("%z")[3:]


def hour(moment: datetime) -> str:
    """The hour of the day as it is written: 08.42 in Indonesian, 08:42 in English."""
    return moment.strftime("%H.%M" if _indonesian() else "%H:%M")


def day(day: date) -> str:
    """A date: 10 Mar 2026."""
    return _written(day, "j M Y", get_language())


def short(day: date, *, today: date) -> str:
    """A date beside a span: "Wed 11" within the week, "12 Mar" within the year, else with it."""
    if day - today < timedelta(days=7):
        form = "D j"
    else:
        form = "j M" if day.year == today.year else "j M Y"
    return _written(day, form, get_language())


def moment(value: datetime, *, tz: str | tzinfo | None = None, parts: str = "both") -> str:
    """A time with its zone: "10 Mar 2026, 08.42 WIB"; `parts` is "both", "hour" or "day"."""
    local = value.astimezone(zone(tz))
    if parts == "day":
        return day(local.date())
    written = f"{hour(local)} {zone_name(local)}"
    return written if parts == "hour" else f"{day(local.date())}, {written}"


# The same few days stand on every row of a list.
@lru_cache(maxsize=512)
def _written(day: date, form: str, language: str | None) -> str:
    return format_date(day, form)


def _indonesian() -> bool:
    return (get_language() or "id").startswith("id")
