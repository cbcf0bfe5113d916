"""The short way to the public portal: no cookie is read, no session opened, nothing is set."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.urls import resolve
from django.utils import translation

from rangkul.portal.page import language_of

Way = Callable[[HttpRequest], HttpResponseBase]


class PublicMiddleware:
    """Stands before the session: a public address never meets what knows people.

    Who asked there is not to be known even by accident: the cookies of a signed-in colleague, who
    opens the portal in the same browser, are taken off before any view could see them. The
    language is the address's.
    """

    def __init__(self, get_response: Way) -> None:
        self.get_response = get_response
        views = XFrameOptionsMiddleware(convert_exception_to_response(_view))
        self._common = CommonMiddleware(views)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = language_of(request.path_info)
        if language is None:
            return self.get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        request.COOKIES = {}
        with translation.override(language):
            request.LANGUAGE_CODE = language
            answer = cast(HttpResponseBase, self._common(request))
        answer.headers.setdefault("Content-Language", language)
        answer.cookies.clear()
        return answer


def _view(request: HttpRequest) -> HttpResponse:
    """The view behind the address, with nothing around it."""
    found = resolve(request.path_info)
    request.resolver_match = found
    answer: HttpResponse = found.func(request, *found.args, **found.kwargs)
    return answer
