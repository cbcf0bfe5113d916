"""The course of a case: its risk and state, who carries it, how it ends and begins again."""

from __future__ import annotations

from rangkul.desk.course import closing, cover, overview, same_person, team

urlpatterns = [
    *overview.urlpatterns,
    *cover.urlpatterns,
    *closing.urlpatterns,
    *team.urlpatterns,
    *same_person.urlpatterns,
]
