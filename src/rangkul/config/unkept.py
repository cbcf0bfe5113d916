"""No answer is kept by a browser or anything on the way, unless its page says otherwise itself."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class UnkeptMiddleware:
    """``no-store`` on everything that is no file of the front end: faults, downloads and ways
    onward too. On a shared office PC the *Back* key shows nothing of the person before.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer
