"""Hak atas data: what survivors ask about their own data, holds, and what is to be erased."""

from __future__ import annotations

from rangkul.desk.rights import answering, copying, erasing, listing, receiving

urlpatterns = [
    # Fixed words stand before the patterns that take a number.
    *listing.urlpatterns,
    *receiving.urlpatterns,
    *erasing.urlpatterns,
    *copying.urlpatterns,
    *answering.urlpatterns,
]
