"""Rapat kasus: the list of invitations, a case's conferences, the form, the page at the table."""

from __future__ import annotations

from rangkul.desk.conferences import acts, calling, lists, page, proposing, showing

urlpatterns = [
    *lists.urlpatterns,
    *calling.urlpatterns,
    *proposing.urlpatterns,
    *showing.urlpatterns,
    *acts.urlpatterns,
    *page.urlpatterns,
]
