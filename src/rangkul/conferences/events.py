"""What the trail calls the acts on conferences. Participants' acts name no case: they know none."""

# The lead's side, on the case.
CONFERENCE_CALLED = "conference.called"
CONFERENCE_MOVED = "conference.moved"
CONFERENCE_CANCELLED = "conference.cancelled"
SEAT_OFFERED = "conference.seat_offered"
FACTS_SHARED = "conference.facts_shared"
CONFERENCE_HELD = "conference.held"
DECISION_MADE = "conference.decision_made"
MINUTES_SIGNED = "conference.minutes_signed"
ADDENDUM_SIGNED = "conference.addendum_signed"
CHAIR_PASSED = "conference.chair_passed"
CHAIR_TAKEN = "conference.chair_taken"
PROPOSAL_RECEIVED = "conference.proposal_received"
PROPOSAL_REFUSED = "conference.proposal_refused"
PROPOSAL_ANSWERED = "conference.proposal_answered"

# A coordinator's, who knows a case by its number only.
CONFERENCE_PROPOSED = "conference.proposed"

# Any participant's.
SEAT_ANSWERED = "conference.seat_answered"
SHARE_OPENED = "conference.share_opened"
DECISION_ENDED = "conference.decision_ended"
MINUTES_PRINTED = "conference.minutes_printed"
CONFERENCE_READ = "conference.read"
