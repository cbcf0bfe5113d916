"""What the reference pages have in common: their tabs, and who may keep them."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from rangkul.desk.page import StaffRequest
from rangkul.reference.policy import may_keep

UNREADABLE = 422


def frame(request: StaffRequest, here: str) -> dict[str, Any]:
    """Tabs (address, words, whether it is the page) and whether the person keeps the standards."""
    tabs = (
        ("reference-days", _("Working days")),
        ("reference-procedures", _("Deadlines")),
        ("reference-unconfirmed", _("To confirm")),
    )
    return {
        "tabs": [(reverse(name), words, name == here) for name, words in tabs],
        "keeps": may_keep(request.actor),
    }
