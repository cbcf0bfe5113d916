"""Referrals that are being prepared: read by whoever carries the case, sealed like its notes."""

from __future__ import annotations

from uuid import UUID

from rangkul.custody import queries as custody
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.referrals.models import ReferralDraft


def list_drafts(actor: Actor, case_id: int) -> list[ReferralDraft]:
    """The drafts of a visible case, newest first."""
    custody.get_access(actor, case_id)
    return list(ReferralDraft.objects.filter(case_id=case_id).order_by("-kept_at", "id"))


def get_draft(actor: Actor, draft_id: UUID) -> ReferralDraft:
    """A draft of a case that the person may see. Raises ``NotReachable``."""
    found = ReferralDraft.objects.filter(id=draft_id).first()
    if found is None:
        raise NotReachable("no such draft")
    custody.get_access(actor, found.case_id)
    return found


def draft_place(draft_id: UUID) -> vault.Place:
    """Where what stands on its form is sealed."""
    return vault.Place("referrals_referraldraft", "form_sealed", draft_id)
