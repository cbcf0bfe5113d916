"""A sheet for a notice board: numbers to call and the way here, in words for every passer-by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import segno
from django.http import HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from rangkul.portal.page import PublicRequest, answer, public, way

_STRIPS: Final = 8
# The quiet border that a reader needs around the marks, in marks.
_BORDER: Final = 2


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A QR code as one path over a square of ``side`` marks."""

    side: int
    path: str


@require_safe
@public
def leaflet(request: PublicRequest) -> HttpResponse:
    """The sheet as it will be printed; the page around it stays off the paper."""
    address = request.build_absolute_uri(way("home"))
    context = {
        "code": _drawn(address),
        "address": address.partition("://")[2].rstrip("/"),
        "strips": range(_STRIPS),
    }
    return answer(request, "portal/leaflet.html", context)


def _drawn(text: str) -> _Drawn:
    """The text as a code of middle strength: one corner may be torn off a notice board."""
    rows = list(segno.make(text, error="m", micro=False, boost_error=False).matrix)
    marks = [
        f"M{x + _BORDER} {y + _BORDER}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, dark in enumerate(row)
        if dark
    ]
    return _Drawn(len(rows) + 2 * _BORDER, "".join(marks))


urlpatterns: list[URLPattern] = [
    path("lembar/", leaflet, name="leaflet"),
]
