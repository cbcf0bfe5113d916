"""Why a desk fits or does not: stable codes, and the sentence a companion reads in her language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from rangkul.reference import queries as reference
from rangkul.reference.services import get_service
from rangkul.reference.zones import zone_label

_NO_UPPER_BOUND: Final = 120


class ReasonCode(StrEnum):
    """What is said about a desk. The codes are stable; the words may change."""

    OFFERS_SERVICE = "offers_service"
    SERVES_HERE = "serves_here"
    TAKES_OUTSIDERS = "takes_outsiders"
    ACCESSIBLE = "accessible"
    OPEN_ALWAYS = "open_always"
    OPEN_NOW = "open_now"
    OPENS_IN_TIME = "opens_in_time"
    ON_DUTY = "on_duty"
    WORKER_SEX = "worker_sex"
    FREE_PLACES = "free_places"
    SPEAKS = "speaks"
    SAME_DISTRICT = "same_district"
    SAME_REGENCY = "same_regency"
    SAME_PROVINCE = "same_province"
    DISTANCE = "distance"
    AGREED = "agreed"
    AGREED_RESIDENCY = "agreed_residency"

    AGE_UNSURE = "age_unsure"
    SEX_UNSURE = "sex_unsure"
    RESIDENCE_UNSURE = "residence_unsure"
    SERVES_ELSEWHERE = "serves_elsewhere"
    OPENS_LATE = "opens_late"
    HOURS_UNKNOWN = "hours_unknown"
    NO_COVER = "no_cover"
    WORKER_SEX_MISSING = "worker_sex_missing"
    FULL = "full"
    LANGUAGE_MISSING = "language_missing"
    OTHER_PROVINCE = "other_province"
    UNCONFIRMED = "unconfirmed"

    WRONG_AGE = "wrong_age"
    WRONG_SEX = "wrong_sex"
    RESIDENTS_ONLY = "residents_only"
    NOT_ACCESSIBLE = "not_accessible"


_WORDS: Mapping[ReasonCode, Promise] = MappingProxyType(
    {
        ReasonCode.OFFERS_SERVICE: _("Offers %(service)s"),
        ReasonCode.SERVES_HERE: _("Serves this area"),
        ReasonCode.TAKES_OUTSIDERS: _("Takes people registered elsewhere"),
        ReasonCode.ACCESSIBLE: _("Can be reached with a disability"),
        ReasonCode.OPEN_ALWAYS: _("Open around the clock"),
        ReasonCode.OPEN_NOW: _("Open until %(hour)s"),
        ReasonCode.OPENS_IN_TIME: _("Opens %(moment)s, before an answer is due"),
        ReasonCode.ON_DUTY: _("Someone is on duty"),
        ReasonCode.SPEAKS: _("Speaks %(languages)s"),
        ReasonCode.SAME_DISTRICT: _("In the same district"),
        ReasonCode.SAME_REGENCY: _("In the same regency or city"),
        ReasonCode.SAME_PROVINCE: _("In the same province"),
        ReasonCode.DISTANCE: _("%(km)s km away"),
        ReasonCode.AGREED: _("Covered by “%(title)s”; paid by %(payer)s"),
        ReasonCode.AGREED_RESIDENCY: _("The agreement opens it to people from elsewhere"),
        ReasonCode.RESIDENCE_UNSURE: _(
            "Takes residents only; the place of registration is not known yet"
        ),
        ReasonCode.SERVES_ELSEWHERE: _("Usually serves another area"),
        ReasonCode.OPENS_LATE: _("Closed, opens %(moment)s"),
        ReasonCode.HOURS_UNKNOWN: _("Opening hours are not known"),
        ReasonCode.NO_COVER: _("No one is entered as on duty"),
        ReasonCode.FULL: _("No free place"),
        ReasonCode.LANGUAGE_MISSING: _("Does not list %(languages)s"),
        ReasonCode.OTHER_PROVINCE: _("In another province"),
        ReasonCode.UNCONFIRMED: _("Entry not confirmed by the agency yet"),
        ReasonCode.RESIDENTS_ONLY: _("Takes residents of its own area only"),
        ReasonCode.NOT_ACCESSIBLE: _("Cannot be reached with a disability yet"),
    }
)


def say_hour(moment: datetime, zone: ZoneInfo) -> str:
    """An hour with its zone's name: 16.00 WIB."""
    clock = format_date(moment.astimezone(zone), pgettext("hour of the day", "H:i"))
    return f"{clock} {zone_label(zone)}"


def say_span(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> str:
    """From an hour to an hour: 07.00–19.00 WIB; an end at midnight is 24.00."""
    style = pgettext("hour of the day", "H:i")
    start = format_date(starts_at.astimezone(zone), style)
    end = format_date(ends_at.astimezone(zone), style)
    if end[:2] + end[-2:] == "0000":
        end = end.replace("00", "24", 1)
    return f"{start}–{end} {zone_label(zone)}"


def say_moment(moment: datetime, zone: ZoneInfo) -> str:
    """A near moment with weekday and zone: Mon 24 Nov, 08.00 WIB."""
    return f"{format_date(moment.astimezone(zone), 'D j M')}, {say_hour(moment, zone)}"


def say_languages(codes: tuple[str, ...]) -> str:
    """The names of languages, in the given order."""
    return ", ".join(reference.label("bahasa", code) for code in codes)


def _sexed(code: ReasonCode, sex: str) -> str:
    female = sex == "P"
    if code is ReasonCode.WORKER_SEX:
        return gettext("A woman is on duty") if female else gettext("A man is on duty")
    if code is ReasonCode.WORKER_SEX_MISSING:
        return (
            gettext("No woman is entered as on duty")
            if female
            else gettext("No man is entered as on duty")
        )
    return gettext("Takes women and girls only") if female else gettext("Takes men and boys only")


def say_ages(age_min: int, age_max: int) -> str:
    """Which ages a desk takes, in words; "" for all."""
    bounds = {"age_min": age_min, "age_max": age_max}
    if age_max >= _NO_UPPER_BOUND:
        return gettext("Takes people of %(age_min)s and over") % bounds if age_min else ""
    if age_min == 0:
        return gettext("Takes people up to the age of %(age_max)s") % bounds
    return gettext("Takes ages %(age_min)s to %(age_max)s") % bounds


def _aged(code: ReasonCode, params: Mapping[str, object]) -> str:
    words = say_ages(int(str(params["age_min"])), int(str(params["age_max"])))
    if code is ReasonCode.AGE_UNSURE:
        return gettext("%(ages)s; the age is not certain yet") % {"ages": words}
    return words


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing said about a desk; ``is_for`` says which way it speaks."""

    code: ReasonCode
    is_for: bool
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The sentence, in the present language."""
        params = dict(self.params)
        if self.code is ReasonCode.FREE_PLACES:
            count = int(str(params["count"]))
            words = ngettext("%(count)s free place", "%(count)s free places", count)
            return words % {"count": count}
        if "sex" in params:
            return _sexed(self.code, str(params["sex"]))
        if "age_min" in params:
            return _aged(self.code, params)
        moment, zone = params.get("at"), params.get("zone")
        if isinstance(moment, datetime) and isinstance(zone, ZoneInfo):
            params |= {"hour": say_hour(moment, zone), "moment": say_moment(moment, zone)}
        languages = params.get("languages")
        if isinstance(languages, tuple):
            params["languages"] = say_languages(languages)
        service = params.get("service")
        if service is not None:
            params["service"] = service_name(str(service))
        return str(_WORDS[self.code]) % params

    def __str__(self) -> str:
        return self.text


def service_name(code: str) -> str:
    """The name of a service in the present language."""
    found = get_service(code)
    return found.label_en if (get_language() or "id").startswith("en") else found.label_id


def say_offer(*, sex: str, age_min: int, age_max: int, residents_only: bool) -> str:
    """Whom a desk takes for a service, in words; "" for everyone."""
    said = [
        _sexed(ReasonCode.WRONG_SEX, sex) if sex else "",
        say_ages(age_min, age_max),
        str(_WORDS[ReasonCode.RESIDENTS_ONLY]) if residents_only else "",
    ]
    return "; ".join(words for words in said if words)
