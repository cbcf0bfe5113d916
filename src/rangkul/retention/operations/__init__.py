"""What is done about a person's rights: receiving, answering, carrying out, holding, erasing."""

from __future__ import annotations

from rangkul.retention.operations.answering import (
    drop_refusal,
    drop_request,
    finish_request,
    grant_request,
    propose_refusal,
    read_words,
    refuse_request,
    tell_person,
)
from rangkul.retention.operations.carrying_out import (
    lift_restriction,
    restrict_file,
    stop_processing,
)
from rangkul.retention.operations.erasing import (
    destroy_again,
    destroy_keys,
    drop_erasure,
    end_erasures,
    lift_hold,
    propose_erasure,
    set_hold,
)
from rangkul.retention.operations.receiving import Asking, note_turned_away, receive_request

__all__ = [
    "Asking",
    "destroy_again",
    "destroy_keys",
    "drop_erasure",
    "drop_refusal",
    "drop_request",
    "end_erasures",
    "finish_request",
    "grant_request",
    "lift_hold",
    "lift_restriction",
    "note_turned_away",
    "propose_erasure",
    "propose_refusal",
    "read_words",
    "receive_request",
    "refuse_request",
    "restrict_file",
    "set_hold",
    "stop_processing",
    "tell_person",
]
