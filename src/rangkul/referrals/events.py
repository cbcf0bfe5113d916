"""What the trail calls the acts on referrals. The receiver's acts name no case: it knows none."""

# The sender's side, on the case.
REFERRAL_SENT = "referral.sent"
REFERRAL_ANSWERED = "referral.answered"
REFERRAL_FIRST_CONTACT = "referral.first_contact"
REFERRAL_ENDED = "referral.ended"
REFERRAL_CANCELLED = "referral.cancelled"
REFERRAL_WITHDRAWN = "referral.withdrawn"
PACKET_REREAD = "referral.packet_read"
LETTER_PRINTED = "letter.printed"

# The receiver's side, on the request.
PACKET_OPENED = "packet.opened"
REQUEST_ACCEPTED = "request.accepted"
REQUEST_ASKED = "request.asked"
REQUEST_DECLINED = "request.declined"
FIRST_CONTACT_MADE = "request.first_contact"
OUTCOME_REPORTED = "request.outcome"
FULL_LETTER_PRINTED = "request.letter_printed"

# Either side.
MESSAGE_WRITTEN = "request.message"
MESSAGES_READ = "request.messages_read"
PACKET_EXPIRED = "packet.expired"
