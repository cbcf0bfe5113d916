"""Referrals of a plan whose turn has not come, and where what they will ask is sealed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from uuid import UUID

from rangkul.consent.models import Basis
from rangkul.custody import queries as custody
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.referrals.models import Referral, WaitingReferral
from rangkul.referrals.packet import Draft
from rangkul.referrals.workflow import WAITS


def list_waiting(actor: Actor, case_id: int) -> list[WaitingReferral]:
    """What waits in the plans of a visible case, oldest first. Raises ``NotReachable``."""
    custody.get_access(actor, case_id)
    found = WaitingReferral.objects.filter(case_id=case_id, state=WAITS)
    return list(found.order_by("made_at", "id"))


def get_waiting(actor: Actor, waiting_id: UUID) -> WaitingReferral:
    """One on a case that the person may see. Raises ``NotReachable``."""
    found = WaitingReferral.objects.filter(id=waiting_id).first()
    if found is None:
        raise NotReachable("no such waiting referral")
    custody.get_access(actor, found.case_id)
    return found


def lock_waiting(actor: Actor, waiting_id: UUID) -> WaitingReferral:
    """The same, with the case and the row locked: a second hand waits here."""
    found = get_waiting(actor, waiting_id)
    custody.lock_case(actor, found.case_id)
    return WaitingReferral.objects.select_for_update().get(id=found.id)


def next_in_turn(referral: Referral) -> list[UUID]:
    """The ids of what waits for this referral, or for one that it replaced."""
    rows = dict(Referral.objects.filter(case_id=referral.case_id).values_list("id", "follows"))
    chain = []
    at: UUID | None = referral.id
    while at is not None:
        chain.append(at)
        at = rows.get(at)
    found = WaitingReferral.objects.filter(
        case_id=referral.case_id, after__in=chain, state=WAITS
    ).order_by("made_at", "id")
    return list(found.values_list("id", flat=True))


def list_on_basis(basis: Basis) -> list[UUID]:
    """The ids of what waits for its turn on this basis."""
    found = WaitingReferral.objects.filter(case_id=basis.case_id, basis_id=basis.id, state=WAITS)
    return list(found.order_by("made_at", "id").values_list("id", flat=True))


def by_token(case_id: int, token: UUID) -> WaitingReferral | None:
    """What this form put in line before, if it was sent twice."""
    return WaitingReferral.objects.filter(case_id=case_id, token=token).first()


def of_ids(actor: Actor, case_id: int, ids: Iterable[UUID]) -> dict[UUID, WaitingReferral]:
    """These of a visible case, whatever became of them."""
    custody.get_access(actor, case_id)
    return WaitingReferral.objects.filter(case_id=case_id).in_bulk(list(ids))


def draft_place(waiting_id: UUID) -> vault.Place:
    """Where what will be asked stands."""
    return vault.Place("referrals_waitingreferral", "draft_sealed", waiting_id)


def words_place(waiting_id: UUID) -> vault.Place:
    """Where the reason stands for which it went before its turn, or does not go."""
    return vault.Place("referrals_waitingreferral", "words_sealed", waiting_id)


def draft_text(draft: Draft) -> str:
    """A draft as it is sealed."""
    return json.dumps(asdict(draft) | {"left_out": sorted(draft.left_out)}, ensure_ascii=False)


def draft_of(row: WaitingReferral) -> Draft:
    """What will be asked, opened."""
    told = json.loads(vault.open_text(bytes(row.draft_sealed), draft_place(row.id)))
    told["left_out"] = frozenset(told["left_out"])
    told["bans"], told["languages"] = tuple(told["bans"]), tuple(told["languages"])
    return Draft(**told)
