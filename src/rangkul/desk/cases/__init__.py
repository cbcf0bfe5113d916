"""The caseload and the case file's screens."""

from __future__ import annotations

from rangkul.desk.cases import (
    deadline,
    incident,
    listing,
    need,
    notes,
    people,
    plan,
    relation,
    summary,
    tidings,
    trail,
)

urlpatterns = [
    *listing.urlpatterns,
    *summary.urlpatterns,
    *notes.urlpatterns,
    *people.urlpatterns,
    *incident.urlpatterns,
    *plan.urlpatterns,
    *need.urlpatterns,
    *deadline.urlpatterns,
    *trail.urlpatterns,
    *relation.urlpatterns,
    *tidings.urlpatterns,
]
