"""Find help: numbers first, then desks near a place that do what is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from rangkul.foundation import hour
from rangkul.network.finding import Who, Wish
from rangkul.network.queries import public as directory
from rangkul.portal import cards, tiles
from rangkul.portal.needs import NEEDS, WHO
from rangkul.portal.page import PublicRequest, answer, public
from rangkul.reference import gazetteer
from rangkul.reference import queries as reference
from rangkul.reference.names import squeeze, without_prefix
from rangkul.reference.queries import AreaHit

PAGE: Final = 10
_LONGEST: Final = 80
_CHOICES: Final = 8
_MOST_PAGES: Final = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """The search form as it was sent: words for a place, the area they meant, and the rest.

    ``named`` is what the place's field said when ``area`` was chosen: other words since are a new
    question.
    """

    words: str = ""
    area: str = ""
    named: str = ""
    need: str = ""
    who: Who = Who.ANYONE
    open_now: bool = False
    language: str = ""
    wheelchair: bool = False
    page: int = 1

    @property
    def narrows(self) -> bool:
        """Whether anything beside the place leaves desks out."""
        return bool(self.need or self.who or self.open_now or self.language or self.wheelchair)


def read(sent: QueryDict) -> Asked:
    """The form, with what no form could send read as not asked."""
    words = " ".join(sent.get("q", "").replace("\x00", "").split())[:_LONGEST]
    who = sent.get("who", "")
    page = sent.get("page", "")
    chosen = sent.get("choose", "")
    return Asked(
        words=words,
        area=(chosen or sent.get("area", ""))[:16],
        named=words if chosen else sent.get("named", "")[:_LONGEST],
        need=sent.get("need", "") if sent.get("need", "") in NEEDS else "",
        who=Who(who) if who in set(Who) else Who.ANYONE,
        open_now=sent.get("open", "") == "1",
        language=sent.get("lang", "")[:8],
        wheelchair=sent.get("wheel", "") == "1",
        page=int(page) if page.isascii() and page.isdigit() and 0 < int(page[:6]) <= _MOST_PAGES
        else 1,
    )  # fmt: skip


def _place(asked: Asked) -> tuple[Asked, Sequence[AreaHit]]:
    """The area that is meant, or those among which to choose; neither where no name is like it."""
    if asked.area and (not asked.words or asked.words == asked.named):
        known = gazetteer.get_place(asked.area)
        if known is not None:
            return _meant(asked, known), ()
    asked = replace(asked, area="", named="")
    if not asked.words:
        return asked, ()
    found = gazetteer.find_places(asked.words, limit=_CHOICES)
    typed = squeeze(asked.words.partition(",")[0])
    exact = [
        hit for hit in found.hits if typed in {squeeze(hit.name), squeeze(without_prefix(hit.name))}
    ]
    certain = exact or found.hits
    if len(certain) == 1 and not found.are_guesses:
        return _meant(asked, certain[0]), ()
    return asked, found.hits


def _meant(asked: Asked, hit: AreaHit) -> Asked:
    return replace(asked, area=hit.code, words=hit.full_name, named=hit.full_name)


def _wish(asked: Asked) -> Wish:
    need = NEEDS.get(asked.need)
    return Wish(
        area=asked.area,
        point=directory.middle_of(asked.area) if asked.area else None,
        services=need.services if need else frozenset(),
        who=asked.who,
        open_now=asked.open_now,
        language=asked.language,
        wheelchair=asked.wheelchair,
    )


def _form(asked: Asked) -> dict[str, Any]:
    """What the search form shows, with its choices in the reader's language."""
    return {
        "asked": asked,
        "again": _again(asked),
        "needs": NEEDS.values(),
        "whos": list(WHO.items()),
        "tongues": [
            (code, reference.label("bahasa", code)) for code in directory.spoken_languages()
        ],
    }


def _again(asked: Asked) -> dict[str, str | int]:
    """The same question once more; nothing where nothing was asked."""
    if asked == Asked():
        return {}
    sent = {
        "q": asked.words, "area": asked.area, "named": asked.named, "need": asked.need,
        "who": str(asked.who), "open": "1" if asked.open_now else "", "lang": asked.language,
        "wheel": "1" if asked.wheelchair else "", "page": asked.page if asked.page > 1 else "",
    }  # fmt: skip
    return {name: value for name, value in sent.items() if value}


def _map(*, at: datetime) -> dict[str, Any]:
    return {"drawn_map": tiles.drawn(directory.count_by_province(at=at))}


@require_safe
@public
def home(request: PublicRequest) -> HttpResponse:
    """Where everybody comes in. Without a database there are still the numbers to call."""
    try:
        at = hour.now()
        context = {**_form(Asked()), **_map(at=at)}
    except DatabaseError:
        return answer(request, "portal/home.html", {"away": True})
    return answer(request, "portal/home.html", context)


@public
def search(request: PublicRequest) -> HttpResponse:
    """Desks for a place and a need; asked by post, so that no address bears a place."""
    at = hour.now()
    if request.method != "POST":
        return answer(request, "portal/places.html", {**_form(Asked()), **_map(at=at)})
    asked, choices = _place(read(request.POST))
    context = {**_form(asked), "choices": choices}
    if choices or (asked.words and not asked.area):
        return answer(request, "portal/places.html", {**context, **_map(at=at)})
    return answer(request, "portal/places.html", {**context, **_results(asked, at=at)})


def _results(asked: Asked, *, at: datetime) -> Mapping[str, Any]:
    found = directory.find_desks(_wish(asked), at=at)
    names = directory.area_names()
    near = _short(asked.words) if asked.area else ""
    first = (asked.page - 1) * PAGE
    shown = found[first : first + PAGE]
    return {
        "searched": True,
        "near": near,
        "total": len(found),
        "cards": [cards.card(each, names, at=at, near=near) for each in shown],
        "next_page": asked.page + 1 if len(found) > first + PAGE else 0,
        "previous_page": asked.page - 1 if asked.page > 1 else 0,
        **({} if asked.area else _map(at=at)),
    }


def _short(full_name: str) -> str:
    """A place by its own name and the next wider one's: ``Menteng, Kota Jakarta Pusat``."""
    parts = full_name.split(", ")
    return parts[0] if len(parts) < 3 else ", ".join(parts[:2])


def _desk(request: HttpRequest, desk_id: int, template: str, **more: Any) -> HttpResponse:
    at = hour.now()
    found = directory.get_public_desk(desk_id, at=at)
    context = {
        "card": cards.card(found, directory.area_names(), at=at),
        "desk": found.desk,
        "lines": cards.service_lines(found.desk),
        "week": cards.week(found.desk, at=at),
        "spans": cards.hours_in_short(found.desk, at=at),
        "tongues": cards.language_words(found.desk),
        **more,
    }
    return answer(request, template, context)


@require_safe
@public
def desk(request: PublicRequest, desk_id: int) -> HttpResponse:
    """One desk: how to reach it, when, for whom; a shelter without a place."""
    return _desk(request, desk_id, "portal/desk.html")


@require_safe
@public
def folded(request: PublicRequest, desk_id: int) -> HttpResponse:
    """A card to print and fold: numbers and hours, and no word of what they are for."""
    return _desk(request, desk_id, "portal/folded.html", kinds=(False, True))


urlpatterns: list[URLPattern] = [
    path("", home, name="home"),
    path("tempat/", search, name="places"),
    path("tempat/<int:desk_id>/", desk, name="desk"),
    path("tempat/<int:desk_id>/kartu/", folded, name="folded"),
]
