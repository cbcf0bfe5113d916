"""A desk in words for the public: how it stands now, how near, for whom, and how to reach it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from rangkul.look import times
from rangkul.network.finding import Found, PublicDesk, PublicOffer, Who
from rangkul.network.ranking import NATION
from rangkul.portal.needs import WHO, words_of
from rangkul.portal.numbers import dialled, international
from rangkul.portal.page import is_english
from rangkul.reference import queries as reference
from rangkul.reference.services import get_service

# Distances from the middle of a place are no more exact than this.
_KM_STEP = 5


@dataclass(frozen=True, slots=True)
class Card:
    """One desk as a page shows it; every text is in the reader's language, "" for nothing."""

    id: int
    name: str
    agency: str
    opening: str
    today: str
    is_open: bool
    offers: str
    where: str
    welcome: str
    phone: str
    dial: str
    whatsapp: str
    checked: str
    is_stale: bool
    has_place: bool


def card(found: Found, names: Mapping[str, str], *, at: datetime, near: str = "") -> Card:
    """The card of one desk; ``names`` are areas' by code, ``near`` the place that was asked for."""
    desk = found.desk
    return Card(
        id=desk.id,
        name=desk.name,
        agency=desk.agency_name,
        opening=opening_words(found, at=at),
        today=today_words(found),
        is_open=found.opening.is_open,
        offers=", ".join(words_of(desk.services)),
        where=where_words(found, names, near=near),
        welcome=welcome_words(desk),
        phone=desk.phone,
        dial=dialled(desk.phone),
        whatsapp=international(desk.whatsapp),
        checked=checked_words(desk),
        is_stale=found.is_stale,
        has_place=bool(desk.address or desk.point),
    )


def today_words(found: Found) -> str:
    """The hours of the day it is there, or the holiday for which it is closed; "" otherwise."""
    desk = found.desk
    if desk.always_open or not desk.tells_hours:
        return ""
    if found.opening.holiday and not desk.is_shelter:
        return _("Holiday: %(name)s") % {"name": found.opening.holiday}
    if not found.today:
        return ""
    spans = ", ".join(
        f"{times.hour(span.starts_at)}–{_end(span.ends_at, span.starts_at)}" for span in found.today
    )
    return _("Today %(hours)s") % {"hours": f"{spans} {times.zone_name(found.today[0].starts_at)}"}


def _end(ends: datetime, starts: datetime) -> str:
    """Midnight as the end of this day, not as the beginning of the next."""
    return _clock("24:00") if ends.date() > starts.date() else times.hour(ends)


def opening_words(found: Found, *, at: datetime) -> str:
    """How the desk stands now, in its own zone."""
    desk, now = found.desk, found.opening
    if desk.always_open:
        return _("Open day and night")
    if not desk.hours:
        return _("Hours not known")
    if not desk.tells_hours:
        return _("Open now") if now.is_open else _("Closed now")
    if now.until is not None:
        return _("Open until %(hour)s") % {"hour": _hour(now.until, desk)}
    if now.opens_at is None:
        return _("Closed now")
    opens = now.opens_at.astimezone(desk.zone)
    today = at.astimezone(desk.zone).date()
    if opens.date() == today:
        return _("Opens at %(hour)s") % {"hour": _hour(opens, desk)}
    if opens.date() - today < timedelta(days=7):
        told = {"day": format_date(opens, "l"), "hour": _hour(opens, desk)}
        return _("Opens %(day)s at %(hour)s") % told
    return _("Opens on %(day)s") % {"day": times.day(opens.date())}


def _hour(moment: datetime, desk: PublicDesk) -> str:
    local = moment.astimezone(desk.zone)
    return f"{times.hour(local)} {times.zone_name(local)}"


def where_words(found: Found, names: Mapping[str, str], *, near: str = "") -> str:
    """How near, said no more exactly than it is known; of a shelter only what it serves."""
    desk = found.desk
    serves = _serves_words(desk, names)
    if not desk.area_code or NATION in desk.serves:
        return serves
    place = names.get(desk.area_code, desk.area_name)
    if found.km is not None and near:
        km = max(_KM_STEP, round(found.km / _KM_STEP) * _KM_STEP)
        place = _("%(place)s, about %(km)s km from %(near)s") % {
            "place": place, "km": km, "near": near,
        }  # fmt: skip
    return place if found.serves_here else f"{place} · {serves}"


def _serves_words(desk: PublicDesk, names: Mapping[str, str]) -> str:
    if NATION in desk.serves:
        return _("Serves all of Indonesia")
    places = ", ".join(names.get(code, code) for code in desk.serves[:4])
    if len(desk.serves) > 4:
        places += " …"
    return _("Serves %(places)s") % {"places": places}


def welcome_words(desk: PublicDesk) -> str:
    """Who is welcome, and what makes coming easier."""
    offers = desk.offers
    parts = []
    if offers:
        takes = [who for who in (Who.WOMAN, Who.MAN, Who.CHILD) if _takes(offers, who)]
        if len(takes) == 3:
            parts.append(_("for everybody"))
        elif takes:
            parts.append(_("for: %(who)s") % {"who": ", ".join(_plain(who) for who in takes)})
        if all(offer.residents_only for offer in offers):
            parts.append(_("residents only"))
    if desk.accessible:
        parts.append(_("wheelchairs can enter"))
    return " · ".join(parts)


def _takes(offers: tuple[PublicOffer, ...], who: Who) -> bool:
    return any(offer.takes(who) for offer in offers)


def _plain(who: Who) -> str:
    return str(WHO[who]).casefold()


def checked_words(desk: PublicDesk) -> str:
    """When the agency last said that the entry is right."""
    if desk.confirmed_at is None:
        return _("Not confirmed yet")
    day = times.day(desk.confirmed_at.astimezone(desk.zone).date())
    return _("Confirmed on %(day)s") % {"day": day}


@dataclass(frozen=True, slots=True)
class Line:
    """A service of a desk and for whom it is."""

    words: str
    terms: str


def service_lines(desk: PublicDesk) -> list[Line]:
    """Each service with its terms, by its official name."""
    english = is_english()
    found = []
    for offer in desk.offers:
        service = get_service(offer.service)
        words = service.label_en if english else service.label_id
        found.append(Line(words, _terms(offer)))
    return found


def _terms(offer: PublicOffer) -> str:
    parts = []
    if offer.sex:
        parts.append(_plain(Who.WOMAN if offer.sex == "P" else Who.MAN))
    if offer.age_min > 0 and offer.age_max < 120:
        parts.append(_("%(least)s to %(most)s years") % {
            "least": offer.age_min, "most": offer.age_max,
        })  # fmt: skip
    elif offer.age_min > 0:
        parts.append(_("from %(least)s years") % {"least": offer.age_min})
    elif offer.age_max < 120:
        parts.append(_("up to %(most)s years") % {"most": offer.age_max})
    if offer.residents_only:
        parts.append(_("residents only"))
    return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Day:
    """A weekday and its hours in words."""

    name: str
    hours: str
    is_today: bool


def week(desk: PublicDesk, *, at: datetime) -> list[Day]:
    """The week's hours from Monday on, in the desk's own zone; none where they are not told."""
    if desk.always_open or not desk.hours or not desk.tells_hours:
        return []
    local = at.astimezone(desk.zone)
    monday = local - timedelta(days=local.isoweekday() - 1)
    zone = times.zone_name(local)
    found = []
    for weekday in range(7):
        day = monday + timedelta(days=weekday)
        spans = desk.hours.get(str(weekday + 1), ())
        hours = ", ".join(f"{_clock(start)}–{_clock(end)}" for start, end in spans)
        words = f"{hours} {zone}" if hours else _("closed")
        found.append(Day(format_date(day, "l"), words, weekday + 1 == local.isoweekday()))
    return found


def hours_in_short(desk: PublicDesk, *, at: datetime) -> list[str]:
    """The week on a few lines: days with the same hours together."""
    if desk.always_open:
        return [_("Open day and night")]
    lines: list[tuple[list[str], str]] = []
    for day in week(desk, at=at):
        if lines and lines[-1][1] == day.hours:
            lines[-1][0].append(day.name)
        else:
            lines.append(([day.name], day.hours))
    return [
        f"{days[0]}–{days[-1]}: {hours}" if len(days) > 1 else f"{days[0]}: {hours}"
        for days, hours in lines
    ]


def _clock(clock: str) -> str:
    return clock if is_english() else clock.replace(":", ".")


def language_words(desk: PublicDesk) -> str:
    """The languages that are spoken there."""
    return ", ".join(reference.label("bahasa", code) for code in desk.languages)
