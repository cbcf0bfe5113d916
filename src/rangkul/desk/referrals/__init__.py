"""Referrals as the sender sees them: the new one, those on their way, each by its number."""

from __future__ import annotations

from rangkul.desk.referrals import acts, lists, new, request

urlpatterns = [*new.urlpatterns, *lists.urlpatterns, *acts.urlpatterns, *request.urlpatterns]
