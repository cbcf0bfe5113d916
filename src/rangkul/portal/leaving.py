"""The way out without scripts, and honest words on what a browser still remembers."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from rangkul.portal.page import PublicRequest, answer, public

# Only the store of fetched files: "storage" would take along what a field worker has written and
# not yet sent from this device (docs/decisions/0027), and the portal keeps nothing there.
_CLEARED = '"cache"'


@public
def leave(request: PublicRequest) -> HttpResponse:
    """Off to the neutral page; a post (sent by the script beside its own exit) only clears."""
    found = HttpResponse(status=204)
    if request.method != "POST":
        found = HttpResponseRedirect(settings.EXIT)
    found.headers["Clear-Site-Data"] = _CLEARED
    return found


@require_safe
@public
def history(request: PublicRequest) -> HttpResponse:
    """How to erase what the browser, and the phone, still know."""
    return answer(request, "portal/history.html", {})


urlpatterns: list[URLPattern] = [
    path("keluar/", leave, name="leave"),
    path("riwayat/", history, name="history"),
]
