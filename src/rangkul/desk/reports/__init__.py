"""The screens of a report: written while one listens, listed, read, and led into a case."""

from __future__ import annotations

from rangkul.desk.reports import another, door, leading, notices, reading, writing

urlpatterns = [
    # Fixed words stand before the patterns that take a number.
    *writing.urlpatterns,
    *notices.urlpatterns,
    *reading.urlpatterns,
    *leading.urlpatterns,
    *another.urlpatterns,
    *door.urlpatterns,
]
