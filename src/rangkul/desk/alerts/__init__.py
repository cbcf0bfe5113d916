"""Pemberitahuan: what calls a person and how, what falls due at a desk, what is late elsewhere."""

from __future__ import annotations

from rangkul.desk.alerts import due, late, listing, ways

urlpatterns = [
    *listing.urlpatterns,
    *ways.urlpatterns,
    *due.urlpatterns,
    *late.urlpatterns,
]
