"""Forms that ODK's engine shows: its frame, the page of a case around it, what was filled in."""

from __future__ import annotations

from rangkul.desk.forms import answering, conflicts, engine, filling, obstacles, outcome, reading

urlpatterns = [
    *engine.urlpatterns, *filling.urlpatterns, *reading.urlpatterns, *answering.urlpatterns,
    *conflicts.urlpatterns, *outcome.urlpatterns,
    *obstacles.urlpatterns,
]  # fmt: skip
