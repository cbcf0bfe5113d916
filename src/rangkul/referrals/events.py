"""What the trail calls the acts on referrals. The receiver's acts name no case: it knows none."""

# The sender's side, on the case.
REFERRAL_SENT = "referral.sent"
REFERRAL_ANSWERED = "referral.answered"
REFERRAL_FIRST_CONTACT = "referral.first_contact"
REFERRAL_ENDED = "referral.ended"
REFERRAL_CANCELLED = "referral.cancelled"
REFERRAL_WITHDRAWN = "referral.withdrawn"
REVIEW_LAPSED = "referral.review_lapsed"
PACKET_REREAD = "referral.packet_read"
LETTER_PRINTED = "letter.printed"
REFERRAL_MOVED = "referral.moved"
REFERRAL_EXPIRED = "referral.expired"
PACKET_RENEWED = "referral.packet_renewed"
PACKET_EXTENDED = "referral.packet_extended"
PERSON_TOLD_OF_MOVE = "referral.person_told"
DRAFT_KEPT = "referral.draft_kept"
DRAFT_READ = "referral.draft_read"
DRAFT_DISCARDED = "referral.draft_discarded"
REFERRAL_PUT_IN_LINE = "referral.put_in_line"
REFERRAL_STUCK = "referral.stuck"
REFERRAL_LET_GO = "referral.let_go"
CALL_MADE = "call.made"
CALL_ENDED = "call.ended"

TRANSFER_OFFERED = "transfer.offered"
TRANSFER_CANCELLED = "transfer.cancelled"

# The receiver's side, on the request or the transfer.
TRANSFER_READ = "transfer.read"
TRANSFER_ACCEPTED = "transfer.accepted"
TRANSFER_DECLINED = "transfer.declined"
PACKET_OPENED = "packet.opened"
REQUEST_ACCEPTED = "request.accepted"
REQUEST_PARTLY_ACCEPTED = "request.partly_accepted"
REQUEST_ASKED = "request.asked"
REQUEST_PAUSED = "request.paused"
REQUEST_RESUMED = "request.resumed"
REQUEST_DECLINED = "request.declined"
FIRST_CONTACT_MADE = "request.first_contact"
OUTCOME_REPORTED = "request.outcome"
FULL_LETTER_PRINTED = "request.letter_printed"

# Said by the outbox to the agency that took a case over: its open requests came along.
REQUEST_WENT_ALONG = "request.went_along"

# A called desk's answer, and the coordinator's act; neither knows of a case.
CALL_TAKEN = "call.taken"
CALL_REFUSED = "call.refused"
REASSIGNMENT_ASKED = "request.reassignment_asked"

# Either side.
MESSAGE_WRITTEN = "request.message"
MESSAGES_READ = "request.messages_read"
PACKET_EXPIRED = "packet.expired"
