"""Addresses of the staff's screens: each area brings its own."""

from __future__ import annotations

from rangkul.desk import (
    assessments,
    cases,
    consent,
    course,
    documents,
    entrance,
    health,
    imports,
    inbox,
    letters,
    network,
    referrals,
    reports,
    search,
    today,
)

urlpatterns = [
    *health.urlpatterns,
    *today.urlpatterns,
    *entrance.urlpatterns,
    *search.urlpatterns,
    *reports.urlpatterns,
    *inbox.urlpatterns,
    *referrals.urlpatterns,
    *letters.urlpatterns,
    *network.urlpatterns,
    *consent.urlpatterns,
    *assessments.urlpatterns,
    *course.urlpatterns,
    *documents.urlpatterns,
    *imports.urlpatterns,
    *cases.urlpatterns,
]
