"""The installed page for where no line is: its shell, its worker, and three doors it knocks at.

``config.urls`` puts the desk's guard around the doors: no face of the house imports another.
Shell, worker and manifest are the same bytes for everybody, and tell nothing of anybody.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Protocol, cast

from csp.constants import NONE, SELF
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from rangkul.field import offline_build
from rangkul.field.offline_build import Build
from rangkul.field.offline_given import given, present
from rangkul.field.offline_seal import MOST
from rangkul.field.offline_taking import take
from rangkul.foundation.actor import Actor
from rangkul.network.queries import ActingMembership

_PAGE_POLICY: Final = build_policy(
    config={
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "base-uri": [NONE],
        "form-action": [NONE],
        "frame-ancestors": [NONE],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["default"],
    }
)
# The worker fetches what it keeps, and nothing else.
_WORKER_POLICY: Final = build_policy(
    config={
        "default-src": [NONE],
        "connect-src": [SELF],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": [NONE],
    }
)


class _Guarded(Protocol):
    """What the guard has put on the request."""

    actor: Actor
    membership: ActingMembership
    now: datetime


def _build() -> Build:
    return offline_build.build(
        reverse("offline-page"), reverse("offline-frame"), reverse("offline-manifest")
    )


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The shell: no name, no data, no language of anybody; what it shows lies on the phone."""
    answer = HttpResponse(_build().page)
    answer["Content-Security-Policy"] = _PAGE_POLICY
    return answer


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker; another build has another version in it, and so replaces this one.

    It stands under the page's own address: it is asked for this page and its frame alone, and
    never sees a page of the desk.
    """
    answer = HttpResponse(_build().worker, content_type="text/javascript; charset=utf-8")
    answer["Content-Security-Policy"] = _WORKER_POLICY
    return answer


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What the phone calls the page and shows for it: a word and a picture that say nothing."""
    home = reverse("offline-page")
    svg = {"src": static(offline_build.ICON), "sizes": "any", "type": "image/svg+xml"}
    png = {"src": static(offline_build.PICTURE), "sizes": "512x512", "type": "image/png"}
    told = {
        "id": home, "start_url": home, "scope": home, "name": "Catatan", "short_name": "Catatan",
        "display": "standalone", "background_color": "#f4f7f6", "theme_color": "#f4f7f6",
        "icons": [
            {**each, "purpose": purpose} for each in (png, svg) for purpose in ("any", "maskable")
        ],
    }  # fmt: skip
    return JsonResponse(told, content_type="application/manifest+json")


@require_safe
def who(request: HttpRequest) -> HttpResponse:
    """Who is signed in here, by mark, and the token that a sending needs."""
    asked = cast(_Guarded, request)
    return JsonResponse({**present(by=asked.actor, at=asked.now), "token": get_token(request)})


@require_safe
def prepare(request: HttpRequest) -> HttpResponse:
    """All that is taken along."""
    asked = cast(_Guarded, request)
    language = "en" if (get_language() or "id").startswith("en") else "id"
    told = given(by=asked.actor, area=asked.membership.area_code, language=language, at=asked.now)
    return JsonResponse({**told, "token": get_token(request)})


@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """One sealed item; what became of it."""
    asked = cast(_Guarded, request)
    data = request.body if int(request.headers.get("Content-Length") or 0) <= MOST else b""
    outcome = take(data, by=asked.actor, at=asked.now)
    told: dict[str, Any] = {
        "state": outcome.state, "said": outcome.said, "address": outcome.address,
    }  # fmt: skip
    return JsonResponse(told)
