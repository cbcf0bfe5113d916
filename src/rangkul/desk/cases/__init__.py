"""The caseload and the case file's screens."""

from __future__ import annotations

from rangkul.desk.cases import listing, notes, people, plan, summary, trail

urlpatterns = [
    *listing.urlpatterns,
    *summary.urlpatterns,
    *notes.urlpatterns,
    *people.urlpatterns,
    *plan.urlpatterns,
    *trail.urlpatterns,
]
