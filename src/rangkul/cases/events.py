"""What the trail calls the acts on a case file."""

FILE_OPENED = "file.opened"
FILE_READ = "file.read"
COVER_CHANGED = "file.cover_changed"
RISK_RAISED = "file.risk_raised"
RISK_LOWERED = "file.risk_lowered"
RISK_KEPT = "file.risk_kept"
STATE_CHANGED = "file.state_changed"
FILE_CLOSED = "file.closed"
FILE_REOPENED = "file.reopened"
INCIDENT_CHANGED = "incident.changed"
NOTE_WRITTEN = "note.written"
NOTE_WITHDRAWN = "note.withdrawn"
NOTE_REFILED = "note.refiled"
NOTES_READ = "notes.read"
NEED_STATED = "need.stated"
NEED_CHANGED = "need.changed"
FILE_RECEIVED = "attachment.received"
FILE_REFUSED = "attachment.refused"
FILE_SCANNED = "attachment.scanned"
ATTACHMENT_READ = "attachment.read"
ATTACHMENT_WITHDRAWN = "attachment.withdrawn"
ASSESSMENT_COMPLETED = "assessment.completed"
LIST_IMPORTED = "file.imported"

# Said by the outbox alone: a file was received while the scanner was away.
FILE_WAITS = "attachment.waits"

# Said by the outbox to the other agencies of a joint team; the trail knows it as the clock's end.
MEDICAL_CARE_SETTLED = "case.medical_care_settled"

# What the timeline shows; the rest stands in the access trail.
TIMELINE = (
    FILE_OPENED, RISK_RAISED, RISK_LOWERED, STATE_CHANGED, FILE_CLOSED,
    FILE_REOPENED, INCIDENT_CHANGED, NEED_STATED, NEED_CHANGED, FILE_RECEIVED,
    ATTACHMENT_WITHDRAWN, LIST_IMPORTED, "person.added", "person.removed", "person.files_linked",
    "person.files_unlinked", "identity.opened", "custody.assigned", "custody.assignment_ended",
    "custody.caseload_handed_over", "custody.team_joined", "custody.team_end_set",
    "custody.access_ended",
    "assessment.recorded", ASSESSMENT_COMPLETED, RISK_KEPT, "consent.recorded",
    "consent.withdrawn", "referral.sent", "referral.answered", "referral.first_contact",
    "referral.ended", "referral.cancelled", "referral.review_lapsed", "referral.moved",
    "referral.expired", "referral.packet_renewed", "referral.person_told", "call.made",
    "transfer.offered", "transfer.cancelled", "transfer.accepted",
    "letter.printed", "conference.called", "conference.moved", "conference.cancelled",
    "conference.held", "conference.decision_made", "conference.minutes_signed",
    "conference.chair_passed", "shelter.place_asked", "shelter.placed", "shelter.refused",
    "shelter.taken_off_list", "shelter.arrived", "shelter.stay_ended", "shelter.search_ended",
    "clock.paused", "clock.resumed",
)  # fmt: skip
