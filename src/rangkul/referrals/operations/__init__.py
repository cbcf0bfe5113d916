"""Writing referrals; each function is one act, one transaction, one trail record.

The sender's clocks belong to the sender: what the receiver answers reaches them when
``take_up_answer`` runs for somebody of the sending agency (the outbox's subscriber calls it).
"""

from rangkul.referrals.operations.answering import (
    OpenPacket,
    answer,
    first_contact,
    open_packet,
    pause,
    report_outcome,
    resume,
)
from rangkul.referrals.operations.calling import (
    Answered,
    answer_call,
    call_desks,
    end_calls,
    reassign_unanswered,
    survivor_of,
    take_up_call,
)
from rangkul.referrals.operations.consenting import (
    narrow_consent,
    record_ground,
    withdraw_all,
    withdraw_consent,
)
from rangkul.referrals.operations.drafting import discard_draft, keep_draft, read_draft
from rangkul.referrals.operations.following import (
    cancel_referral,
    expire_packets,
    move_referral,
    note_lapsed_reviews,
    read_sent_packet,
    take_up_answer,
)
from rangkul.referrals.operations.planning import Planned, Step, send_plan
from rangkul.referrals.operations.renewing import (
    Renewal,
    extend_packet,
    list_changes,
    preview_renewal,
    renew_packet,
)
from rangkul.referrals.operations.sending import (
    Asked,
    Prepared,
    covering_of,
    default_deadlines,
    prepare,
    preview,
    send_referral,
)
from rangkul.referrals.operations.silence import (
    TOLD_CLOCK,
    PassedOn,
    pass_on,
    replace_referral,
    tell_of_move,
)
from rangkul.referrals.operations.talking import read_messages, reply, write_message
from rangkul.referrals.operations.transferring import (
    Offer,
    cancel_transfer,
    decline_transfer,
    offer_transfer,
    read_transfer,
    take_over,
    take_up_refusal,
)
from rangkul.referrals.operations.turning import let_go, send_before_turn, take_turns

__all__ = [
    "TOLD_CLOCK",
    "Answered",
    "Asked",
    "Offer",
    "OpenPacket",
    "PassedOn",
    "Planned",
    "Prepared",
    "Renewal",
    "Step",
    "answer",
    "answer_call",
    "call_desks",
    "cancel_referral",
    "cancel_transfer",
    "covering_of",
    "decline_transfer",
    "default_deadlines",
    "discard_draft",
    "end_calls",
    "expire_packets",
    "extend_packet",
    "first_contact",
    "keep_draft",
    "let_go",
    "list_changes",
    "move_referral",
    "narrow_consent",
    "note_lapsed_reviews",
    "offer_transfer",
    "open_packet",
    "pass_on",
    "pause",
    "prepare",
    "preview",
    "preview_renewal",
    "read_draft",
    "read_messages",
    "read_sent_packet",
    "read_transfer",
    "reassign_unanswered",
    "record_ground",
    "renew_packet",
    "replace_referral",
    "reply",
    "report_outcome",
    "resume",
    "send_before_turn",
    "send_plan",
    "send_referral",
    "survivor_of",
    "take_over",
    "take_turns",
    "take_up_answer",
    "take_up_call",
    "take_up_refusal",
    "tell_of_move",
    "withdraw_all",
    "withdraw_consent",
    "write_message",
]
