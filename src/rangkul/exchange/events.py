"""What the trail calls the acts on recipients and exports."""

from __future__ import annotations

RECIPIENT_ADDED = "recipient.added"
RECIPIENT_CONFIRMED = "recipient.confirmed"
RECIPIENT_ENDED = "recipient.ended"

EXPORT_ASKED = "export.asked"
# Told to the supervisors; no act of its own.
EXPORT_WAITS = "export.waits"
EXPORT_APPROVED = "export.approved"
EXPORT_MADE = "export.made"
EXPORT_FETCHED = "export.fetched"
EXPORT_DESTROYED = "export.destroyed"
