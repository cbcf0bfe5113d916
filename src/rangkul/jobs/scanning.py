"""After a file was received while the scanner was away: it is scanned once clamd is back."""

from __future__ import annotations

import logging
from uuid import UUID

from rangkul.cases import operations as cases
from rangkul.cases.events import FILE_WAITS
from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.foundation.outbox import Event
from rangkul.jobs.hands import by_first_who_may, hands_of
from rangkul.jobs.tasks import subscribe

log = logging.getLogger("rangkul.jobs")


@subscribe(FILE_WAITS)
def scan_waiting(event: Event) -> None:
    """Raises ``ScannerAway`` while there is no verdict, so that the job is tried again."""

    def scan(by: Actor) -> None:
        cases.scan_attachment(attachment_id=UUID(event.subject_id), by=by, at=hour.now())

    if not by_first_who_may(hands_of(event.agency_id), scan):
        log.info("scan: withdrawn, or nobody may any more; scanned when opened")
