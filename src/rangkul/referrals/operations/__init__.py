"""Writing referrals; each function is one act, one transaction, one trail record.

The sender's clocks belong to the sender: what the receiver answers reaches them when
``take_up_answer`` runs for somebody of the sending agency (the outbox's subscriber calls it).
"""

from rangkul.referrals.operations.answering import (
    OpenPacket,
    answer,
    first_contact,
    open_packet,
    report_outcome,
)
from rangkul.referrals.operations.consenting import record_ground, withdraw_consent
from rangkul.referrals.operations.following import (
    cancel_referral,
    expire_packets,
    move_referral,
    read_sent_packet,
    take_up_answer,
)
from rangkul.referrals.operations.sending import (
    Asked,
    Prepared,
    default_deadlines,
    prepare,
    preview,
    send_referral,
)
from rangkul.referrals.operations.talking import read_messages, reply, write_message

__all__ = [
    "Asked",
    "OpenPacket",
    "Prepared",
    "answer",
    "cancel_referral",
    "default_deadlines",
    "expire_packets",
    "first_contact",
    "move_referral",
    "open_packet",
    "prepare",
    "preview",
    "read_messages",
    "read_sent_packet",
    "record_ground",
    "reply",
    "report_outcome",
    "send_referral",
    "take_up_answer",
    "withdraw_consent",
    "write_message",
]
