"""A request's and a transfer's public numbers, and the places where their sealed words stand."""

from __future__ import annotations

from uuid import UUID

from rangkul.foundation import vault
from rangkul.foundation.numbers import number_of, row_of
from rangkul.referrals.models import Packet


def packet_number(request_id: int) -> str:
    """The packet's own public number, such as ``PK-8RDM-3TXW``."""
    return number_of("PK", request_id)


def request_id_of(number: str) -> int:
    """The request that ``number`` names. Raises ``NotReachable`` for what cannot be one."""
    return row_of("PK", number)


def transfer_number(transfer_id: int) -> str:
    """The offer's own public number, such as ``PL-7F3K-9QXT``."""
    return number_of("PL", transfer_id)


def transfer_id_of(number: str) -> int:
    """The offer that ``number`` names. Raises ``NotReachable`` for what cannot be one."""
    return row_of("PL", number)


def packet_place(packet: Packet) -> vault.Place:
    """Where a packet's content stands."""
    return vault.Place("referrals_packet", "content_sealed", packet.id, packet.version)


def message_place(message_id: UUID) -> vault.Place:
    """Where a message's words stand."""
    return vault.Place("referrals_message", "body_sealed", message_id)


def transfer_place(transfer_id: int) -> vault.Place:
    """Where an offer's words stand."""
    return vault.Place("referrals_transfer", "words_sealed", transfer_id)
