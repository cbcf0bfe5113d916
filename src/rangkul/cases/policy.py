"""Who may do what in a case file that they see."""

from __future__ import annotations

from rangkul.access.permissions import Permission
from rangkul.access.policy import Forbidden, may, require
from rangkul.cases.models import Attachment, CaseFile, Note
from rangkul.foundation.actor import Actor

LEVELS = ("rendah", "sedang", "tinggi")


def require_may_set_risk(actor: Actor, file: CaseFile, risk: str) -> None:
    """Anyone who assesses may raise; lowering is the supervisor's, and never one's own request."""
    if LEVELS.index(risk) < LEVELS.index(file.risk):
        require(actor.roles, Permission.APPROVE_LOWER_RISK)
    else:
        require(actor.roles, Permission.ASSESS)


def require_may_withdraw(actor: Actor, note: Note) -> None:
    """One's own note only: a colleague's stays as it was written."""
    require(actor.roles, Permission.WITHDRAW_NOTE)
    if note.written_by != actor.user_id:
        raise Forbidden(Permission.WITHDRAW_NOTE)


def require_may_withdraw_file(actor: Actor, attachment: Attachment) -> None:
    """What one received oneself; a colleague's evidence only as the unit's supervisor."""
    require(actor.roles, Permission.WITHDRAW_NOTE)
    if attachment.received_by != actor.user_id:
        require(actor.roles, Permission.SEE_UNIT_CASES)


def may_close(actor: Actor) -> bool:
    """Whether the person may close cases."""
    return may(actor.roles, Permission.CLOSE_CASE)
