"""The versions of a packet: which facts each held and how long it could be opened; no content."""

from __future__ import annotations

from rangkul.foundation.actor import Actor
from rangkul.referrals import queries
from rangkul.referrals.models import Packet


def list_versions(actor: Actor, number: str) -> list[Packet]:
    """The versions of a visible request's packet, newest first. Raises ``NotReachable``."""
    request = queries.get_request(actor, number)
    return list(Packet.objects.filter(request=request).defer("content_sealed").order_by("-version"))
