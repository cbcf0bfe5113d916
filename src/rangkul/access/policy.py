"""Who may: the one question every operation asks before it asks about the row."""

from __future__ import annotations

from collections.abc import Collection, Hashable

from rangkul.access.permissions import Permission
from rangkul.access.roles import get_role, roles_with
from rangkul.foundation.errors import RangkulError


class Forbidden(RangkulError):
    """Visible, but not for this role (403): the message says, in both languages, who can help."""

    code = "forbidden"

    def __init__(self, permission: Permission) -> None:
        self.permission = permission
        helpers = roles_with(permission)
        self.message_id = (
            f"Peran Anda saat ini tidak dapat {permission.prose_id}. "
            f"Yang dapat membantu: {', '.join(role.label_id for role in helpers)}."
        )
        self.message_en = (
            f"Your present role cannot {permission.prose_en}. "
            f"Who can help: {', '.join(role.label_en for role in helpers)}."
        )
        super().__init__(self.message_en)


class OwnException(RangkulError):
    """Someone would approve what she herself asked for (403)."""

    code = "own_exception"

    message_id = (
        "Anda sendiri yang mengajukan ini, jadi orang lain yang perlu menyetujuinya. "
        "Mintalah penyelia lain di lembaga Anda."
    )
    message_en = (
        "You asked for this yourself, so someone else needs to approve it. "
        "Please ask another supervisor of your agency."
    )

    def __init__(self) -> None:
        super().__init__(self.message_en)


def may(roles: Collection[str], permission: Permission) -> bool:
    """Whether any of these role codes carries the permission; raises `UnknownRole`.

    No roles, no rights. Whether the act fits this case, desk or hour is the caller's policy.
    """
    return any(permission in get_role(code).permissions for code in roles)


def require(roles: Collection[str], permission: Permission) -> None:
    """Go on only if `may`; raises `Forbidden`, `UnknownRole`."""
    if not may(roles, permission):
        raise Forbidden(permission)


def require_second_person(*, requested_by: Hashable, approved_by: Hashable) -> None:
    """Nobody approves the own exception (a packet without consent, a lowered risk, an emergency).

    The two are the persons' ids, of one type; raises `OwnException` when they are the same.
    """
    if requested_by == approved_by:
        raise OwnException
