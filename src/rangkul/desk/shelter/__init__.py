"""Papan hunian: houses and beds, who asks, who stays, who leaves."""

from __future__ import annotations

from rangkul.desk.shelter import acts, board, case, deciding, houses, moving, place, stay, together

urlpatterns = [
    *board.urlpatterns,
    *houses.urlpatterns,
    *place.urlpatterns,
    *deciding.urlpatterns,
    *together.urlpatterns,
    *moving.urlpatterns,
    *stay.urlpatterns,
    *acts.urlpatterns,
    *case.urlpatterns,
]
