"""All addresses, with those of the demonstration's entrance, which the settings otherwise omit."""

from __future__ import annotations

from django.urls import include, path

from rangkul.config.urls import handler403, handler404, handler500
from rangkul.config.urls import urlpatterns as ordinary

urlpatterns = [*ordinary, path("demo/", include("rangkul.desk.demo_urls"))]

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]
