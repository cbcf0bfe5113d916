"""Who acts: one person, for one agency, in the roles held there."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Actor:
    """The acting person, handed to every function that touches survivor data.

    A person acts for one agency at a time. ``membership_version`` is raised whenever the
    membership changes, so that a scope signed before the change is refused by the database.
    """

    user_id: int
    agency_id: int
    membership_id: int
    membership_version: int
    roles: frozenset[str]
    desk_ids: frozenset[int] = field(default_factory=frozenset)
    unit_id: int | None = None

    def __str__(self) -> str:
        return f"user {self.user_id} for agency {self.agency_id}"
