"""What every public page has in common: its language by the address, and no trace of its visitor.

The contract for whoever adds a page here:

- A view is ``@public`` and takes a ``PublicRequest``; the hour is ``foundation.hour.now()``, asked
  only where it is needed (it asks the database, and numbers to call must stand without one). It
  answers with ``answer(request, "portal/x.html", {…})``.
- The same urlconf stands under ``/info/`` (Indonesian) and ``/en/info/`` (English). Addresses are
  made by ``way(name, *args)``, in templates ``{% load portal %}{% way "name" arg %}``, and lead to
  the page in the language that is being read. An address says nothing: no place, no word, no code.
- Nothing of a visitor is remembered. Cookies are taken off the request before the view
  (``config.public``) and must not be set; there is no session, no ``request.user``, no messages,
  and no ``{% csrf_token %}``: forms carry nothing that another site could ride on. What must
  survive from step to step stands in hidden fields.
- Templates extend ``portal/base.html`` and fill the blocks ``content`` and, below it, ``foot``.
  Icons: ``{% sign "phone" %}``, by the names in ``frontend/portal-icons.txt``. Classes: the comment
  at the head of ``frontend/src/styles/portal.scss``. The title is never changed. Numbers to call:
  ``{% include "portal/numbers.html" %}``.
- Every page works without scripts. With them (``frontend/src/portal.ts``) links and forms inside
  the portal are fetched and put in the page's place: the body is exchanged, the history keeps one
  entry. A link or form with ``data-whole`` is left to the browser (downloads, for example). After
  each exchange the document hears the event ``portal:shown``: modules set up their parts there too.
- A page that answers a post hands on in ``again`` the fields that show the same page in the other
  language; without them its language link leads to where the page begins.
- Inputs carry ``autocomplete="off"``: a browser must not offer the next person what was typed.
- ``InvalidInput`` and what no column can hold are answered 422, ``NotReachable`` and ``Http404``
  404, in the portal's own neutral words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, wraps
from typing import Any, Concatenate, Final, ParamSpec, cast

from csp.constants import NONE, SELF
from csp.utils import build_policy
from django.conf import settings
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.keyring import KeysUnreachable

Rest = ParamSpec("Rest")

_OWN_NAMES: Final[Mapping[str, str]] = {"id": "Bahasa Indonesia", "en": "English"}
PLACES: Final[Mapping[str, str]] = {"id": "/info/", "en": "/en/info/"}
"""Where the portal stands in each language."""

# The portal's own: stricter than the house's, and one named policy for what is put in place.
POLICY: Final = build_policy(
    config={
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["portal"],
    }
)

_FAULTS: Final[Mapping[int, tuple[Promise, Promise]]] = {
    403: (_("This page is not open"), _("Nothing was sent. Go back to the start and try again.")),
    404: (
        _("This page is not here"),
        _("The address may be old. From the start you can find everything."),
    ),
    422: (
        _("That could not be read"),
        _("Nothing was kept. Go back and try once more, with fewer or plainer signs."),
    ),
    429: (
        _("Please wait a moment"),
        _("Many people are writing just now. Try again in a minute, or call."),
    ),
    500: (
        _("Something went wrong here"),
        _("It is not your fault, and nothing was kept. Try again, or call."),
    ),
    503: (
        _("This page rests for a moment"),
        _("Nothing was kept. Try again in a few minutes, or call."),
    ),
}


class PublicRequest(HttpRequest):
    """A request that has passed ``public``."""

    LANGUAGE_CODE: str


PublicView = Callable[Concatenate[PublicRequest, Rest], HttpResponse]


def language_of(path: str) -> str | None:
    """The language of a public address; ``None`` for one that is not the portal's."""
    for language, place in PLACES.items():
        if path.startswith(place) or f"{path}/" == place:
            return language
    return None


def is_english() -> bool:
    """Whether the page is read in English."""
    return (get_language() or "id").startswith("en")


def public(view: PublicView[Rest]) -> Callable[Concatenate[HttpRequest, Rest], HttpResponse]:
    """A page for everybody: its headers, its faults in neutral words."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        asked = cast(PublicRequest, request)
        try:
            found = view(asked, *args, **kwargs)
        except NotReachable:
            found = fault(request, 404)
        except (InvalidInput, DataError):
            found = fault(request, 422)
        except KeysUnreachable:
            found = fault(request, 503)
        return _untraced(found)

    vars(guarded)["is_public"] = True
    return guarded


def _untraced(found: HttpResponse) -> HttpResponse:
    """Nothing set, nothing kept, nothing told to the next page."""
    found.cookies.clear()
    found.headers.setdefault("Content-Security-Policy", POLICY)
    found.headers.setdefault("Cache-Control", "no-store")
    found.headers.setdefault("Referrer-Policy", "no-referrer")
    return found


def answer(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page of the portal. Rendered without the request: no processor looks for a session."""
    language = "en" if is_english() else "id"
    other = "id" if language == "en" else "en"
    path = request.path_info
    own = path.removeprefix(PLACES[language]) if path.startswith(PLACES[language]) else ""
    frame = {
        "language": language,
        "other_language": other,
        "other_name": _OWN_NAMES[other],
        "other_address": PLACES[other] + own,
        "demo": settings.DEMO,
        "trial": settings.TRIAL,
        "exit": settings.EXIT,
    }
    page = get_template(template).render({**frame, **context})
    return HttpResponse(page, status=status)


def fault(request: HttpRequest, status: int) -> HttpResponse:
    """What went wrong, in words that fit whoever looks over the shoulder."""
    title, text = _FAULTS.get(status, _FAULTS[500])
    context = {"heading": title, "text": text}
    return _untraced(answer(request, "portal/fault.html", context, status=status))


def way(name: str, *args: int | str) -> str:
    """The address of a page of the portal in the language that is being read."""
    return _address(name, args, is_english())


@cache
def _address(name: str, args: tuple[int | str, ...], english: bool) -> str:
    return reverse(f"portal:{name}", args=args, current_app="portal-en" if english else "portal")
