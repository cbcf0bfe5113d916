"""Whether the application answers and its database too; tells nothing else."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path


def health(request: HttpRequest) -> HttpResponse:
    """200 "ok" when a query comes back; a fault becomes the 503 page."""
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


urlpatterns = [path("sehat", health, name="health")]
