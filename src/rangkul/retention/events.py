"""What the trail calls the acts on a person's rights over the data kept on her."""

from __future__ import annotations

REQUEST_RECEIVED = "right.received"
REFUSAL_PROPOSED = "right.refusal_proposed"
REFUSAL_DROPPED = "right.refusal_dropped"
REQUEST_REFUSED = "right.refused"
REQUEST_GRANTED = "right.granted"
REQUEST_DONE = "right.done"
REQUEST_DROPPED = "right.dropped"
PERSON_TOLD = "right.person_told"
COPY_HANDED_OVER = "right.copy_handed_over"
WORDS_READ = "right.words_read"
GUARDIAN_TURNED_AWAY = "right.guardian_turned_away"
RESTRICTED = "right.restricted"
RESTRICTION_LIFTED = "right.restriction_lifted"

HOLD_SET = "hold.legal_set"
HOLD_LIFTED = "hold.legal_lifted"

ERASURE_PROPOSED = "erasure.proposed"
ERASURE_DROPPED = "erasure.dropped"
KEYS_DESTROYED = "erasure.keys_destroyed"
ERASURE_LISTED = "erasure.listed"
ERASED = "erasure.erased"
RECEIVER_TOLD = "erasure.receiver_told"

# Of those who keep the machine.
DESTROYED_AGAIN = "erasure.destroyed_again"
BREACH_PACKED = "breach.packed"
BACKUP_MADE = "backup.made"
BACKUP_RESTORED = "backup.restored"
