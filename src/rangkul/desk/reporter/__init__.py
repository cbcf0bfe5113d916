"""The registered reporter's own rooms, and what a desk does about where her report came from."""

from __future__ import annotations

from rangkul.desk.reporter import handling, pages

urlpatterns = [*pages.urlpatterns, *handling.urlpatterns]
