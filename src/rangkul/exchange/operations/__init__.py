"""Writing recipients and exports: one act each, one transaction, one line of the trail."""

from rangkul.exchange.operations.exporting import (
    Asking,
    approve_export,
    ask_export,
    fetch_export,
    take_back_export,
)
from rangkul.exchange.operations.making import (
    begin_export,
    end_exports,
    finish_export,
    note_progress,
)
from rangkul.exchange.operations.recipients import (
    NewRecipient,
    add_recipient,
    confirm_recipient,
    end_recipient,
)

__all__ = [
    "Asking",
    "NewRecipient",
    "add_recipient",
    "approve_export",
    "ask_export",
    "begin_export",
    "confirm_recipient",
    "end_exports",
    "end_recipient",
    "fetch_export",
    "finish_export",
    "note_progress",
    "take_back_export",
]
