"""Forms that ODK's engine shows: its frame, the page of a case around it, what was filled in."""

from __future__ import annotations

from rangkul.desk.forms import engine, filling, reading

urlpatterns = [*engine.urlpatterns, *filling.urlpatterns, *reading.urlpatterns]
