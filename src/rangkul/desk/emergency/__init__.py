"""Akses darurat: borrowing one case for an hour at most, judging it, and stopped reading."""

from __future__ import annotations

from rangkul.desk.emergency import borrowing, judging, stops

urlpatterns = [*borrowing.urlpatterns, *judging.urlpatterns, *stops.urlpatterns]
