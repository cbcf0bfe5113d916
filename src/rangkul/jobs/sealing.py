"""Every twenty seconds: what was committed since is sealed, and written outside the database."""

from __future__ import annotations

from django.conf import settings

from rangkul.foundation import hour
from rangkul.jobs.tasks import recurring
from rangkul.trail import seals
from rangkul.trail.sealing import seal_acts


@recurring("* * * * * */20")
def seal_trail() -> None:
    """A fault is an error in the log each time; nothing is lost by it, and nothing sealed."""
    seal_acts(
        at=hour.now(), key=seals.private_key(settings.KEY_RING), files=settings.TRAIL_CHECKPOINTS
    )
