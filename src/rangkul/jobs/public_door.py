"""What the public's door lets go of by itself: receipts nobody used, marks of words long ago."""

from __future__ import annotations

from rangkul.foundation import hour
from rangkul.foundation.scope import system
from rangkul.jobs.tasks import recurring
from rangkul.reports import operations as reports
from rangkul.reports import receipts
from rangkul.tidings import openings


@recurring("33 * * * *")
def let_go() -> None:
    """End receipts that slept too long and survivors' codes of yesterday; forget old marks."""
    now = hour.now()
    with system("tick"):
        receipts.end_silent(at=now)
        reports.forget_marks(at=now)
        openings.end_old(at=now)
