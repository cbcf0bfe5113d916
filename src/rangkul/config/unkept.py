"""No answer is kept by a browser or on the way, and no download can act as a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

# Whatever a download is, opened in the browser it is nobody's page: no script, no form, no origin.
_AS_MERE_BYTES: Final = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class UnkeptMiddleware:
    """``no-store`` on everything that is no file of the front end: faults, downloads and ways
    onward too. On a shared office PC the *Back* key shows nothing of the person before.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        answer.headers.setdefault("Cache-Control", "no-store")
        if answer.headers.get("Content-Disposition", "").startswith("attachment"):
            for name, value in _AS_MERE_BYTES.items():
                answer[name] = value
        return answer
