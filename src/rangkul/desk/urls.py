"""Addresses of the staff's screens: each area brings its own."""

from __future__ import annotations

from rangkul.desk import (
    alerts,
    assessments,
    cases,
    conferences,
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
    repatriation,
    reporter,
    reports,
    search,
    shelter,
    today,
)

urlpatterns = [
    *health.urlpatterns,
    *today.urlpatterns,
    *alerts.urlpatterns,
    *entrance.urlpatterns,
    *search.urlpatterns,
    *reports.urlpatterns,
    *reporter.urlpatterns,
    *inbox.urlpatterns,
    *referrals.urlpatterns,
    *repatriation.urlpatterns,
    *letters.urlpatterns,
    *network.urlpatterns,
    *consent.urlpatterns,
    *assessments.urlpatterns,
    *course.urlpatterns,
    *documents.urlpatterns,
    *imports.urlpatterns,
    *conferences.urlpatterns,
    *shelter.urlpatterns,
    *cases.urlpatterns,
]
