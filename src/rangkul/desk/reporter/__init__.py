"""The registered reporter's own rooms: sending a report, and whether it is in hand."""

from __future__ import annotations

from rangkul.desk.reporter.pages import urlpatterns

__all__ = ["urlpatterns"]
