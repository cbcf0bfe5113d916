"""Who may correct the reference data: whoever keeps the standards for the whole nation.

`access` stands on this floor and cannot be asked; a test holds these role codes equal to the
roles that carry its permission ``keep_standards``.
"""

from __future__ import annotations

from typing import Final

from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import RangkulError

KEEPERS: Final = frozenset({"koordinator_nasional"})


class KeepingForbidden(RangkulError):
    """Reference data is seen by all and corrected by the national coordinator."""

    code = "forbidden"
    message_id = (
        "Daftar rujukan, kalender, dan prosedur dapat Anda lihat. "
        "Yang dapat mengubahnya: koordinator nasional."
    )
    message_en = (
        "You can see reference lists, calendar, and procedures. "
        "Who can change them: the national coordinator."
    )

    def __init__(self) -> None:
        super().__init__(self.message_en)


def may_keep(actor: Actor) -> bool:
    """Whether the person may correct calendar, local procedures and unverified entries."""
    return not KEEPERS.isdisjoint(actor.roles)


def require_keeper(actor: Actor) -> None:
    """Go on only if `may_keep`; raises `KeepingForbidden`."""
    if not may_keep(actor):
        raise KeepingForbidden
