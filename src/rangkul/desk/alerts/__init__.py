"""Pemberitahuan: what calls a person, how she is called, and what is late in a province."""

from __future__ import annotations

from rangkul.desk.alerts import late, listing, ways

urlpatterns = [
    *listing.urlpatterns,
    *ways.urlpatterns,
    *late.urlpatterns,
]
