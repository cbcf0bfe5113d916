"""Jejak akses: who opened what in this file, when and why; narrowed by person, kind and day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rangkul.accounts import queries as accounts
from rangkul.custody import events as custody_events
from rangkul.desk import wording
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.page import StaffRequest, staff
from rangkul.desk.reasons import reason_words
from rangkul.network import queries as network
from rangkul.reference import queries as reference
from rangkul.trail import queries as trail
from rangkul.trail.queries import Doer, Entry, Wanted

_MOST: Final = 300
_FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_READINGS: Final = (
    "opened", "read", "names_shown", "messages_read", "packet_read", "downloaded", "printed",
    "notes_read", "letter_printed", "fetched",
)  # fmt: skip


def _reads(name: str) -> bool:
    return name.rpartition(".")[2] in _READINGS and name not in ("case.opened", "file.opened")


def _emergency(name: str) -> bool:
    return name.startswith("emergency.")


def _hands(name: str) -> bool:
    return name.startswith(("custody.", "transfer.", "case."))


_KINDS: Final[Mapping[str, Callable[[str], bool]]] = {
    "baca": _reads, "darurat": _emergency, "tangan": _hands,
}  # fmt: skip


@staff()
@require_safe
def case_trail(request: StaffRequest, number: str) -> HttpResponse:
    """The acts on the file by whichever agency, the newest first, as far as they are asked for."""
    file = get_file(request, number)
    doers = trail.list_doers(request.actor, file.case_id)
    kind = request.GET.get("apa", "")
    who = _number(request.GET.get("siapa", ""))
    day = _day(request.GET.get("hari", ""))
    names = _names_of(kind, doers)
    acts: list[Entry] = []
    if names is not None:
        since, until = _stretch(day, request)
        wanted = Wanted(since, until, who, names)
        acts = trail.list_acts(request.actor, file.case_id, wanted, limit=_MOST)
    people = accounts.names_of({d.actor_id for d in doers if d.actor_id})
    agencies = network.agency_names({d.agency_id for d in doers})
    context = frame(file, request, section="case-trail") | {
        "acts": [_row(act, people, agencies) for act in acts],
        "most": _MOST, "cut": len(acts) == _MOST, "total": sum(d.acts for d in doers),
        "emergencies": sum(d.acts for d in doers if d.name == custody_events.EMERGENCY_OPENED),
        "kinds": [
            ("", _("Everything")), ("baca", _("Reading")), ("darurat", _("Emergency access")),
            ("tangan", _("Hands and access")),
        ],
        "people": _people(doers, people), "kind": kind if kind in _KINDS else "",
        "who": who, "day": day.isoformat() if day else "",
        "narrowed": bool(kind in _KINDS or who or day),
    }  # fmt: skip
    return render(request, "desk/cases/trail.html", context)


def _row(act: Entry, people: Mapping[int, str], agencies: Mapping[int, str]) -> dict[str, Any]:
    return {
        "at": act.at,
        "title": wording.act_title(act.name),
        "icon": wording.act_icon(act.name),
        "who": people.get(act.actor_id, "") if act.actor_id else _("Rangkul, by itself"),
        "agency": agencies.get(act.agency_id, ""),
        "reason": reason_words(act.name, act.reason),
        "is_emergency": _emergency(act.name),
    }


def _people(doers: Iterable[Doer], names: Mapping[int, str]) -> list[tuple[int, str]]:
    """Who did anything, whoever did most first."""
    counts: Counter[int] = Counter()
    for doer in doers:
        if doer.actor_id:
            counts[doer.actor_id] += doer.acts
    return [(user, f"{names.get(user, '')} ({count})") for user, count in counts.most_common()]


def _names_of(kind: str, doers: Sequence[Doer]) -> list[str] | None:
    """The acts of a kind that stand in this trail; none at all where there is none of it."""
    judge = _KINDS.get(kind)
    if judge is None:
        return []
    return sorted({doer.name for doer in doers if judge(doer.name)}) or None


def _stretch(day: date | None, request: StaffRequest) -> tuple[datetime, datetime]:
    """The chosen day as it is where the person stands; without one, all time."""
    if day is None:
        return _FIRST, request.now + timedelta(days=1)
    zone = reference.zone_for(request.membership.area_code)
    start = datetime(day.year, day.month, day.day, tzinfo=zone)
    return start, start + timedelta(days=1)


def _day(value: str) -> date | None:
    try:
        found = date.fromisoformat(value)
    except ValueError:
        return None
    return found if 1971 <= found.year <= 9000 else None


def _number(value: str) -> int:
    return int(value) if value.isdecimal() and value.isascii() and len(value) < 10 else 0


urlpatterns = [path("kasus/<str:number>/jejak/", case_trail, name="case-trail")]
