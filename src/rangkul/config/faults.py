"""From a fault to a sentence: what went wrong, what is safe, who can help."""

from __future__ import annotations

import logging
import sys

from django.db import DataError, InterfaceError, OperationalError
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from rangkul.access.policy import Forbidden, OwnException
from rangkul.custody.reading import ReadingSlowed, ReadingStopped
from rangkul.foundation.draw import TooManyKeys
from rangkul.foundation.errors import InvalidInput, NotReachable, StaleForm
from rangkul.foundation.keyring import KeysUnreachable
from rangkul.foundation.vault import KeyDestroyed
from rangkul.foundation.workflow import IllegalMove
from rangkul.look.wayback import page_of
from rangkul.network.policy import NotAMember
from rangkul.portal.page import fault as public_fault
from rangkul.portal.page import language_of
from rangkul.reference.policy import KeepingForbidden

log = logging.getLogger("rangkul.faults")

_TEMPLATES = {
    403: "look/errors/403.html",
    404: "look/errors/404.html",
    409: "look/errors/stale_form.html",
    410: "look/errors/404.html",
    422: "look/errors/not_taken.html",
    429: "look/errors/slowed.html",
    500: "look/errors/500.html",
    503: "look/errors/503.html",
}


def _page(request: HttpRequest, status: int, **context: object) -> HttpResponse:
    if language_of(request.path_info) is not None:
        return public_fault(request, status)
    return render(request, _TEMPLATES[status], context, status=status)


def answer(request: HttpRequest, fault: Exception) -> HttpResponse | None:
    """The page for a fault of ours, or ``None`` for one that nobody foresaw."""
    if isinstance(fault, (Forbidden, OwnException, KeepingForbidden, NotAMember)):
        english = (get_language() or "id").startswith("en")
        return _page(request, 403, helper=fault.message_en if english else fault.message_id)
    if isinstance(fault, ReadingStopped):
        english = (get_language() or "id").startswith("en")
        return _page(request, 403, helper=fault.message_en if english else fault.message_id)
    if isinstance(fault, ReadingSlowed | TooManyKeys):
        slowed = _page(request, 429, wait=fault.wait)
        slowed["Retry-After"] = str(fault.wait)
        return slowed
    if isinstance(fault, NotReachable):
        return _page(request, 404)
    if isinstance(fault, (StaleForm, IllegalMove)):
        return _page(request, 409, fresh_url=page_of(request))
    if isinstance(fault, KeyDestroyed):
        return _page(request, 410)
    if isinstance(fault, KeysUnreachable):
        # The service that keeps the ring's keys is away: nothing was saved, and it comes back.
        log.error("keys out of reach: %s", fault)
        return _page(request, 503)
    if isinstance(fault, InvalidInput | DataError):
        # What no field of the page could send, so that the view had no sentence for it; or what no
        # column can hold (NUL, a number beyond all numbers).
        log.warning("form not taken: %s", type(fault).__name__)
        return _page(request, 422, form_url=page_of(request))
    state = getattr(fault.__cause__, "sqlstate", None)
    if isinstance(fault, DatabaseError) and state == "RK404":
        return _page(request, 404)
    if isinstance(fault, DatabaseError) and state in {"RK005", "RK409"}:
        # The net under our rules: the ground went, or somebody else was first, while a page stood.
        return _page(request, 409, fresh_url=page_of(request))
    if isinstance(fault, DatabaseError) and state == "RK423":
        # A restricted file, or a legal hold: the page that is read anew says which.
        return _page(request, 409, fresh_url=page_of(request))
    if isinstance(fault, DatabaseError) and state in {"RK001", "RK002"}:
        # The membership changed under an open tab, or the request outlived its scope.
        return _page(request, 403)
    return None


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: not there, or not for you; the two look the same."""
    return _page(request, 404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 from Django itself."""
    return _page(request, 403)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's secret no longer fits: signed out elsewhere, or too long ago. Text is kept."""
    context = {"sign_in_url": page_of(request)}
    return render(request, "look/errors/session_expired.html", context, status=403)


def fault(request: HttpRequest) -> HttpResponse:
    """500, or 503 when the database is away: then nothing was saved, and the page says so."""
    cause = sys.exc_info()[1]
    if isinstance(cause, (OperationalError, InterfaceError)):
        log.error("database away: %s", type(cause).__name__)
        # Rendered without the request: the session would ask the database again.
        return _bare(request, 503)
    return _bare(request, 500)


def _bare(request: HttpRequest, status: int) -> HttpResponse:
    if language_of(request.path_info) is not None:
        return public_fault(request, status)
    from django.template.loader import render_to_string

    return HttpResponse(render_to_string(_TEMPLATES[status]), status=status)
