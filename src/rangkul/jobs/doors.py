"""Every night: what the door no longer needs to remember is forgotten."""

from __future__ import annotations

import logging

from rangkul.accounts import tries
from rangkul.accounts.sessions import SessionStore
from rangkul.foundation import hour
from rangkul.jobs.tasks import recurring

log = logging.getLogger("rangkul.jobs")


@recurring("40 19 * * *")
def forget() -> None:
    """Drop ended sessions, and counts of tries that nobody touched for ninety days."""
    SessionStore.clear_expired()
    log.info("doors: %d counts of tries forgotten", tries.forget_old(at=hour.now()))
