"""Referrals as the sender sees them: the new one, those on their way, each by its number."""

from __future__ import annotations

from rangkul.desk.referrals import (
    acts,
    calls,
    lists,
    new,
    other_desks,
    request,
    together,
    transfers,
    turns,
    unanswered,
    versions,
)

urlpatterns = [
    *new.urlpatterns,
    *other_desks.urlpatterns,
    *lists.urlpatterns,
    *acts.urlpatterns,
    *calls.urlpatterns,
    *together.urlpatterns,
    *unanswered.urlpatterns,
    *versions.urlpatterns,
    *transfers.urlpatterns,
    *turns.urlpatterns,
    *request.urlpatterns,
]
