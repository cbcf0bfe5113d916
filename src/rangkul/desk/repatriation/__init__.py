"""The way home on screens: the board, a person, a leg from its ends, hand-over, who is with us."""

from __future__ import annotations

from rangkul.desk.repatriation import (
    adding,
    board,
    clearing,
    handover,
    importing,
    journey,
    leg,
    origins,
    person,
    planning,
    with_us,
)

urlpatterns = [
    *adding.urlpatterns,
    *importing.urlpatterns,
    *planning.urlpatterns,
    *origins.urlpatterns,
    *with_us.urlpatterns,
    *clearing.urlpatterns,
    *journey.urlpatterns,
    *person.urlpatterns,
    *handover.urlpatterns,
    *leg.urlpatterns,
    *board.urlpatterns,
]
