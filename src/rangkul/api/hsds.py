"""The directory as open data: the API of HSDS 3.0, for everybody, without token or cookie.

It stands beside the house's own API and is no part of it: its description is the standard's, its
answers are the standard's objects (docs/decisions/0028).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Final, TypeVar, cast

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.cache import get_conditional_response
from django.utils.dateparse import parse_datetime
from django.utils.http import quote_etag
from django.views.decorators.csrf import csrf_exempt

from rangkul.api import faults, hsds_description
from rangkul.api.hsds_sentences import SENTENCES
from rangkul.exchange.hsds import catalogue as shelf
from rangkul.exchange.hsds import package, terms
from rangkul.exchange.hsds.catalogue import MOST, USUAL, Asked, Catalogue, page_of
from rangkul.exchange.hsds.mapping import Said
from rangkul.foundation import hour

Thing = TypeVar("Thing")

_JSON: Final = "application/json"
_LINES: Final = "application/x-ndjson"
_FOR_ALL: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Last-Modified",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_FLAGS: Final = {"true": True, "1": True, "false": False, "0": False, "": False}


class _Unreadable(ValueError):
    """A parameter that cannot be read; ``code`` names the sentence."""

    def __init__(self, parameter: str, code: str) -> None:
        super().__init__(parameter)
        self.parameter, self.code = parameter, code


@dataclass(frozen=True, slots=True)
class _Question:
    """What was asked of which state of the directory."""

    request: HttpRequest
    catalogue: Catalogue

    def text(self, name: str) -> str:
        """A parameter as it was written."""
        return self.request.GET.get(name, "").strip()

    def flag(self, name: str) -> bool:
        """True or false; raises `_Unreadable`."""
        try:
            return _FLAGS[self.text(name).casefold()]
        except KeyError:
            raise _Unreadable(name, "no_flag") from None

    def number(self, name: str, usual: int) -> int:
        """A whole number from one on; raises `_Unreadable`."""
        written = self.text(name)
        if not written:
            return usual
        if not (written.isascii() and written.isdecimal()) or len(written) > 9 or int(written) < 1:
            raise _Unreadable(name, "no_number")
        return int(written)

    def moment(self, name: str) -> datetime | None:
        """A date or a date with its time, in UTC where no zone is said; raises `_Unreadable`."""
        written = self.text(name)
        if not written:
            return None
        try:
            found = parse_datetime(written.replace(" ", "+")) or parse_datetime(written)
            if found is None:
                found = datetime.fromisoformat(written)
            return found if found.tzinfo else found.replace(tzinfo=UTC)
        except ValueError:
            raise _Unreadable(name, "no_moment") from None

    def asked(self) -> Asked:
        """The filters that lists of services have in common."""
        return Asked(
            search=self.text("search"),
            organization_id=self.text("organization_id").lower(),
            taxonomy_id=self.text("taxonomy_id").lower(),
            taxonomy_term_id=self.text("taxonomy_term_id").lower(),
            modified_after=self.moment("modified_after"),
        )

    def listed(self, found: Sequence[Thing], say: Callable[[Thing], Said]) -> HttpResponseBase:
        """One page of what was found, or all of it line by line."""
        page, size = self.number("page", 1), min(self.number("per_page", USUAL), MOST)
        form = self.text("format").casefold()
        if form == "ndjson":
            return StreamingHttpResponse(_lines(found, say), content_type=_LINES)
        if form not in {"", "json"}:
            raise _Unreadable("format", "no_format")
        return _said(page_of(found, page=page, size=size, say=say))


def _lines(found: Sequence[Thing], say: Callable[[Thing], Said]) -> Iterator[bytes]:
    return (json.dumps(say(each), ensure_ascii=False).encode() + b"\n" for each in found)


def _said(content: Said) -> HttpResponse:
    return JsonResponse(content, json_dumps_params={"ensure_ascii": False})


def _missing() -> HttpResponse:
    return faults.say(404, "not_found", SENTENCES["not_found"])


_View = Callable[..., HttpResponseBase]


def _opened(answer: _View) -> _View:
    """Around every address: GET and HEAD alone, the headers of open data, 304 for what is known."""

    @csrf_exempt
    @wraps(answer)
    def view(request: HttpRequest, **parts: str) -> HttpResponseBase:
        if request.method == "OPTIONS":
            found: HttpResponseBase = HttpResponse(status=204)
            found["Access-Control-Allow-Methods"] = found["Allow"] = "GET, HEAD, OPTIONS"
            found["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since"
        elif request.method not in {"GET", "HEAD"}:
            found = faults.known(405, "method_not_allowed")
            found["Allow"] = "GET, HEAD, OPTIONS"
        else:
            found = _answered(request, answer, parts)
        for name, value in _FOR_ALL.items():
            found[name] = value
        return found

    return cast(_View, view)


def _answered(request: HttpRequest, answer: _View, parts: dict[str, str]) -> HttpResponseBase:
    try:
        catalogue = shelf.catalogue(at=hour.now())
        etag, last = _etag(request, catalogue), catalogue.stamp.changed_at
        seconds = int(last.timestamp()) if last else None
        known = get_conditional_response(request, etag=etag, last_modified=seconds)
        if known is not None:
            return known
        found = answer(_Question(request, catalogue), **parts)
    except _Unreadable as fault:
        field = {"field": fault.parameter, "code": fault.code} | _sentence(fault.code)
        return faults.say(400, "unreadable_parameter", SENTENCES["unreadable"], fields=[field])
    except DatabaseError as fault:
        return faults.answer(request, fault)
    if found.status_code == 200:
        found["ETag"] = etag
        if last:
            found["Last-Modified"] = last.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    return found


def _sentence(code: str) -> dict[str, str]:
    return {"message_id": SENTENCES[code].id, "message_en": SENTENCES[code].en}


def _etag(request: HttpRequest, catalogue: Catalogue) -> str:
    """The state of the directory, and what was asked of it."""
    told = f"{package.FORMAT}|{catalogue.stamp.mark}|{request.build_absolute_uri()}"
    return quote_etag(hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32])


# -- the addresses of the standard ------------------------------------------------------------


@_opened
def about(question: _Question) -> HttpResponseBase:
    """What this is, after which version of the standard, and where it is described."""
    here = question.request.build_absolute_uri
    return _said(
        {
            "version": "3.0",
            "profile": here(f"{question.request.path}profile"),
            "openapi_url": here(f"{question.request.path}openapi.json"),
            "package_url": here(f"{question.request.path}package.zip"),
        }
    )


@_opened
def services(question: _Question) -> HttpResponseBase:
    """Services at their desks, narrowed and page by page."""
    found = question.catalogue.find(question.asked())
    minimal, full = question.flag("minimal"), question.flag("full")
    if minimal:
        return question.listed(found, shelf.Row.minimal)
    return question.listed(found, shelf.Row.full if full else shelf.Row.service)


@_opened
def service(question: _Question, identifier: str) -> HttpResponseBase:
    """One service with all that hangs on it."""
    row = question.catalogue.by_service.get(identifier.lower())
    return _said(row.full()) if row else _missing()


@_opened
def at_locations(question: _Question) -> HttpResponseBase:
    """Services with their desks."""
    for name in ("postcode", "proximity"):
        if question.text(name):
            raise _Unreadable(name, "no_postcodes")
    found = question.catalogue.find(question.asked())
    full = question.flag("full")
    return question.listed(found, shelf.Row.full_at_location if full else shelf.Row.at_location)


@_opened
def at_location(question: _Question, identifier: str) -> HttpResponseBase:
    """One service with its desk and all that hangs on both."""
    row = question.catalogue.by_link.get(identifier.lower())
    return _said(row.full_at_location()) if row else _missing()


def _depth(question: _Question) -> str:
    return "full" if question.flag("full_service") else "short"


@_opened
def organizations(question: _Question) -> HttpResponseBase:
    """The agencies that keep a listed desk."""
    found = question.catalogue.find_organizations(question.text("search"))
    depth = _depth(question)
    if not question.flag("full") and depth == "short":
        return question.listed(found, lambda said: said)
    return question.listed(
        found, lambda said: question.catalogue.full_organization(said["id"], services=depth)
    )


@_opened
def organization(question: _Question, identifier: str) -> HttpResponseBase:
    """One agency with its desks and services."""
    depth = _depth(question)
    if identifier.lower() not in question.catalogue.agencies:
        return _missing()
    return _said(question.catalogue.full_organization(identifier.lower(), services=depth))


@_opened
def taxonomies(question: _Question) -> HttpResponseBase:
    """Our taxonomies."""
    words = shelf.words_of(question.text("search"))
    found = [each for each in terms.taxonomies() if _holds(each, words)]
    return question.listed(found, lambda said: said)


@_opened
def taxonomy(question: _Question, identifier: str) -> HttpResponseBase:
    """One taxonomy."""
    for each in terms.taxonomies():
        if each["id"] == identifier.lower():
            return _said(each)
    return _missing()


@_opened
def taxonomy_terms(question: _Question) -> HttpResponseBase:
    """Terms in both languages; none stands below another, so all of them are on top."""
    words = shelf.words_of(question.text("search"))
    wanted = question.text("taxonomy_id").lower()
    question.flag("top_only")
    found = [
        said
        for said in (each.said() for each in terms.terms())
        if _holds(said, words)
        and (not wanted or said["taxonomy_id"] == wanted)
        and not question.text("parent_id")
    ]
    return question.listed(found, lambda said: said)


@_opened
def taxonomy_term(question: _Question, identifier: str) -> HttpResponseBase:
    """One term in one language."""
    found = terms.named(identifier.lower())
    return _said(found.said()) if found else _missing()


def _holds(said: Said, words: Sequence[str]) -> bool:
    told = f"{said['name']} {said['description']} {said.get('code', '')}".casefold()
    return all(word in told for word in words)


# -- what stands beside it --------------------------------------------------------------------


@_opened
def described(question: _Question) -> HttpResponseBase:
    """The official description with our name, our licence and our refusals."""
    base = question.request.build_absolute_uri(question.request.path.removesuffix("/openapi.json"))
    return _said(hsds_description.described(base))


@_opened
def profile(question: _Question) -> HttpResponseBase:
    """What we do with the standard where it leaves a choice."""
    return _said(hsds_description.profile())


@_opened
def whole(question: _Question) -> HttpResponseBase:
    """The whole directory as the standard's tables in one archive."""
    found = HttpResponse(shelf.archive_of(question.catalogue), content_type="application/zip")
    found["Content-Disposition"] = 'attachment; filename="rangkul-hsds-3.0.zip"'
    return found


urlpatterns: list[URLPattern] = [
    path("", about, name="hsds-about"),
    path("openapi.json", described, name="hsds-description"),
    path("profile", profile, name="hsds-profile"),
    path("package.zip", whole, name="hsds-package"),
    path("services", services, name="hsds-services"),
    path("services/<str:identifier>", service, name="hsds-service"),
    path("service_at_locations", at_locations, name="hsds-links"),
    path("service_at_locations/<str:identifier>", at_location, name="hsds-link"),
    path("organizations", organizations, name="hsds-organizations"),
    path("organizations/<str:identifier>", organization, name="hsds-organization"),
    path("taxonomies", taxonomies, name="hsds-taxonomies"),
    path("taxonomies/<str:identifier>", taxonomy, name="hsds-taxonomy"),
    path("taxonomy_terms", taxonomy_terms, name="hsds-terms"),
    path("taxonomy_terms/<str:identifier>", taxonomy_term, name="hsds-term"),
]
