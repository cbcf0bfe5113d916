"""Offers to take over a case: to and from the own agency, and their case's end."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Case, IntegerField, QuerySet, When

from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.referrals import policy, workflow
from rangkul.referrals.models import Transfer, TransferEnd
from rangkul.referrals.queries.lists import PAGE
from rangkul.referrals.queries.numbers import transfer_id_of


def get_transfer(actor: Actor, number: str) -> Transfer:
    """An offer that this person may see, by its number. Raises ``NotReachable``."""
    found = _transfers(actor).filter(id=transfer_id_of(number)).first()
    if found is None:
        raise NotReachable("no such transfer")
    return found


def list_transfers(actor: Actor, *, limit: int = PAGE) -> list[Transfer]:
    """Offers to and from this agency: those that wait first, then newest."""
    waits = Case(When(state=workflow.OFFERED, then=0), default=1, output_field=IntegerField())
    return list(_transfers(actor).order_by(waits, "-offered_at", "-id")[:limit])


def _transfers(actor: Actor) -> QuerySet[Transfer]:
    return Transfer.objects.filter(policy.transfers_visible_to(actor)).select_related(
        "sender_agency", "receiver_agency", "receiver_desk"
    )


def lock_transfer(actor: Actor, transfer_id: int) -> Transfer:
    """The visible offer, locked against a second answer. Raises ``NotReachable``."""
    found = (
        Transfer.objects.select_for_update()
        .filter(policy.transfers_visible_to(actor), id=transfer_id)
        .first()
    )
    if found is None:
        raise NotReachable("no such transfer")
    return found


def case_of_transfer(actor: Actor, transfer_id: int) -> int:
    """The case of an offer, for an agency that holds it; 0 for one that does not."""
    found = TransferEnd.objects.filter(transfer_id=transfer_id).first()
    return found.case_id if found else 0


def open_transfer_of(actor: Actor, case_id: int) -> Transfer | None:
    """The offer of a visible case that still waits for its answer."""
    custody.get_access(actor, case_id)
    found = (
        TransferEnd.objects.filter(case_id=case_id, transfer__state=workflow.OFFERED)
        .select_related("transfer__receiver_agency", "transfer__receiver_desk")
        .first()
    )
    return found.transfer if found else None


def list_offers_on(actor: Actor, basis_id: UUID) -> list[Transfer]:
    """The offers to and from this agency that wait and rest on this basis: at most one."""
    ends = TransferEnd.objects.filter(basis_id=basis_id).values("transfer_id")
    own = _transfers(actor).filter(id__in=ends, state=workflow.OFFERED)
    return list(own)
