"""Open calls: at the desks that were called, and at their case's end."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, When

from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.referrals import policy, workflow
from rangkul.referrals.models import CallEnd, CallOffer
from rangkul.referrals.queries.lists import PAGE


def list_calls(actor: Actor) -> list[CallOffer]:
    """Open calls at the desks where the person sits: waiting ones first, soonest on top."""
    waits = Case(When(state=workflow.CALLED, then=0), default=1, output_field=IntegerField())
    found = _offers(policy.called(actor)).order_by(waits, "answer_by", "id")
    return list(found[:PAGE])


def get_call_offer(actor: Actor, offer_id: UUID) -> CallOffer:
    """An open call at a desk where the person sits. Raises ``NotReachable``."""
    found = _offers(policy.called(actor)).filter(id=offer_id).first()
    if found is None:
        raise NotReachable("no such call for this person")
    return found


def lock_call_offer(actor: Actor, offer_id: UUID) -> CallOffer:
    """The same, locked."""
    condition = policy.called(actor) & Q(id=offer_id)
    found = CallOffer.objects.select_for_update().filter(condition).first()
    if found is None:
        raise NotReachable("no such call for this person")
    return found


def list_call(actor: Actor, referral_id: UUID) -> list[CallOffer]:
    """The offers of the call for a visible referral, in order of rank."""
    found = CallEnd.objects.filter(referral_id=referral_id).order_by("-made_at").first()
    return list_offers(actor, found.id) if found else []


def list_offers(actor: Actor, call: UUID) -> list[CallOffer]:
    """The offers of an own call, in order of rank."""
    return list(_offers(Q(call=call, sender_agency_id=actor.agency_id)).order_by("rank", "id"))


def _offers(condition: Q) -> QuerySet[CallOffer]:
    return CallOffer.objects.filter(condition).select_related(
        "sender_agency", "receiver_agency", "receiver_desk"
    )
