"""What every role states, and the refusal of one that contradicts itself."""

from __future__ import annotations

from typing import ClassVar

from rangkul.access.permissions import Permission
from rangkul.foundation.errors import RangkulError


class NeverGranted(RangkulError):
    """An agency tried to configure into a role what this role never does."""

    code = "never_granted"


class Role:
    """What every role states: its code, its names, what it may do, what it never does."""

    code: ClassVar[str]
    label_id: ClassVar[str]
    label_en: ClassVar[str]
    permissions: ClassVar[frozenset[Permission]]
    never: ClassVar[frozenset[Permission]]

    def __init_subclass__(cls) -> None:
        """Refuse, at import, a role that grants what it says it never does."""
        super().__init_subclass__()
        contradiction = cls.permissions & cls.never
        if contradiction:
            raise NeverGranted(f"{cls.code} grants and forbids {sorted(contradiction)}")
