"""The house answers three methods; whatever else is tried is refused before anything is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from rangkul.config.machines import BY_TOKEN

METHODS: Final = ("GET", "HEAD", "POST")


class MethodMiddleware:
    """405 for TRACE, OPTIONS, PUT and all others: no address of ours has a meaning for them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Calls of machines are told so in their own words, about each address by itself.
        if request.method in METHODS or request.path.startswith(BY_TOKEN):
            return self.get_response(request)
        return HttpResponseNotAllowed(METHODS)
