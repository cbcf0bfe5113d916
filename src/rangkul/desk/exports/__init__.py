"""Ekspor: tables of cases for one recipient, and the recipients to whom they may be sealed."""

from __future__ import annotations

from rangkul.desk.exports import asking, recipients, showing

urlpatterns = [
    # Fixed words stand before the patterns that take a number.
    *asking.urlpatterns,
    *recipients.urlpatterns,
    *showing.urlpatterns,
]
