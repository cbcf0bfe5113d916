"""So many requests a minute for each person and each token: whoever asks for more has to wait."""

from __future__ import annotations

import hashlib
import logging
import math
import time
from collections.abc import Callable
from threading import Lock
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from rangkul.api import faults
from rangkul.config.machines import API, BY_TOKEN, PHONES
from rangkul.field import openrosa, refusals
from rangkul.field.door import language_of

log = logging.getLogger("rangkul.pace")

_MINUTE: Final = 60.0
_MOST_KEPT: Final = 4_096


class Pace:
    """A store of requests for each caller, which fills again evenly within a minute.

    One process's: with two of them the measure is at most doubled. Kept in memory, because a
    request that is to be refused must not cost a write.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, caller: str, *, most: int) -> int:
        """Take one request of this caller's; zero, or after how many seconds the next is there."""
        with self._lock:
            now = self._clock()
            left, since = self._left.get(caller, (float(most), now))
            left = min(float(most), left + (now - since) * most / _MINUTE)
            if left < 1:
                self._left[caller] = (left, now)
                return max(1, math.ceil((1 - left) * _MINUTE / most))
            self._left[caller] = (left - 1, now)
            if len(self._left) > _MOST_KEPT:
                self._forget_rested(now, most)
            return 0

    def _forget_rested(self, now: float, most: int) -> None:
        """Whoever's store is full again is as good as unknown."""
        self._left = {
            caller: (left, since)
            for caller, (left, since) in self._left.items()
            if left + (now - since) * most / _MINUTE < most
        }


class PacingMiddleware:
    """429 with ``Retry-After`` for whoever is signed in, or shows a token, and asks too fast.

    Whoever is neither meets the pace of the sign-in (``accounts.tries``) and nothing else to read.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.pace = Pace()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        most: int = settings.REQUESTS_PER_MINUTE
        caller = _caller(request) if most else ""
        wait = self.pace.take(caller, most=most) if caller else 0
        if not wait:
            return self.get_response(request)
        log.warning("too fast: %s waits %s s", caller[:24], wait)
        answer = _too_fast(request, wait)
        answer["Retry-After"] = str(wait)
        return answer


def _caller(request: HttpRequest) -> str:
    """The person, or the token by its digest; empty for whoever shows neither."""
    if request.path.startswith(BY_TOKEN):
        shown = request.headers.get("Authorization", "")
        return "token " + hashlib.sha256(shown.encode()).hexdigest() if shown else ""
    return f"person {request.user.pk}" if request.user.is_authenticated else ""


def _too_fast(request: HttpRequest, wait: int) -> HttpResponse:
    """Said without the request: nobody acts in it yet."""
    if request.path.startswith(API):
        return faults.known(429, "too_fast")
    if request.path.startswith(PHONES):
        return openrosa.refused(429, [refusals.SLOWED], language_of(request))
    return HttpResponse(render_to_string("look/errors/too_fast.html", {"wait": wait}), status=429)
