"""Enrolling phones, keeping the agency's form key, receiving what phones send, settling it."""

from rangkul.field.operations.devices import enrol_device, note_use, withdraw_device
from rangkul.field.operations.keys import end_key, make_key
from rangkul.field.operations.receiving import (
    KEPT,
    KNOWN,
    PARTIAL,
    WAITS,
    Parcel,
    receive_parcel,
)
from rangkul.field.operations.settling import discard_arrival, place_arrival

__all__ = [
    "KEPT",
    "KNOWN",
    "PARTIAL",
    "WAITS",
    "Parcel",
    "discard_arrival",
    "end_key",
    "enrol_device",
    "make_key",
    "note_use",
    "place_arrival",
    "receive_parcel",
    "withdraw_device",
]
