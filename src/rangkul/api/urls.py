"""Addresses of the API. What is no address, and no method of one, is answered in JSON too."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from rangkul.api import description, faults


def _in_json(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def asked(request: HttpRequest, **parts: object) -> HttpResponse:
        try:
            found = view(request, **parts)
        except Http404 as fault:
            return faults.answer(request, fault)
        if found.status_code == 405:
            refused = faults.known(405, "method_not_allowed")
            refused["Allow"] = found["Allow"]
            return refused
        return found

    return asked


@require_safe
def describe(request: HttpRequest) -> HttpResponse:
    """The description of the API (OpenAPI 3.1); it holds no data and needs no token."""
    return HttpResponse(description.text(), content_type="application/json")


@csrf_exempt
def nowhere(request: HttpRequest, rest: str = "") -> HttpResponse:
    """What is no address of ours."""
    return faults.known(404, "not_found")


_patterns, _app, _namespace = description.api.urls
for _pattern in _patterns:
    if _pattern.callback is not None:
        _pattern.callback = _in_json(_pattern.callback)

urlpatterns = [
    path("v1/openapi.json", describe, name="api-description"),
    path("v1/", (_patterns, _app, _namespace)),
    # The directory as open data, by the standard's own description; it is no part of v1.
    path("hsds/v3/", include("rangkul.api.hsds")),
    # A line break too is part of an address that is none.
    re_path(r"^(?P<rest>[\s\S]+)$", nowhere),
]
