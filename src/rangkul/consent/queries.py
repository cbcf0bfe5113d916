"""Reading bases: those of a case, those that stand, and the words kept with them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from rangkul.consent import policy
from rangkul.consent.models import Basis
from rangkul.custody import queries as custody
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable


@dataclass(frozen=True, slots=True)
class BasisWords:
    """The free words kept with a basis; empty where none were needed."""

    why: str = ""
    best_interest: str = ""
    child_view: str = ""
    substitute: str = ""
    supporter: str = ""
    court_order: str = ""

    def to_json(self) -> str:
        """The filled words as they are sealed."""
        filled = {name: getattr(self, name) for name in self.__slots__ if getattr(self, name)}
        return json.dumps(filled, ensure_ascii=False, sort_keys=True)

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__slots__)


def words_place(basis_id: UUID) -> vault.Place:
    """Where a basis's words stand."""
    return vault.Place("consent_basis", "why_sealed", basis_id)


def open_words(basis: Basis) -> BasisWords:
    """The words of a basis, opened. Callers record the reading."""
    if basis.why_sealed is None:
        return BasisWords()
    text = vault.open_text(bytes(basis.why_sealed), words_place(basis.id))
    return BasisWords(**json.loads(text))


def list_bases(actor: Actor, case_id: int) -> list[Basis]:
    """Every basis of a visible case, newest first, the withdrawn and the ended ones included."""
    custody.get_access(actor, case_id)
    return list(Basis.objects.filter(case_id=case_id).order_by("-recorded_at", "-id"))


def get_basis(actor: Actor, basis_id: UUID) -> Basis:
    """A basis of a visible case. Raises ``NotReachable``."""
    found = Basis.objects.filter(id=basis_id).first()
    if found is None:
        raise NotReachable("no such basis")
    custody.get_access(actor, found.case_id)
    return found


def lock_basis(actor: Actor, basis_id: UUID) -> Basis:
    """The same, with the case and the row locked until the transaction ends.

    The case's lock comes first everywhere, so that sending and withdrawing cannot cross.
    """
    custody.lock_case(actor, get_basis(actor, basis_id).case_id)
    return Basis.objects.select_for_update().get(id=basis_id)


def standing(actor: Actor, case_id: int, service: str, at: datetime) -> list[Basis]:
    """The bases on which this service may be asked now: consent first, the longest first."""
    custody.get_access(actor, case_id)
    return list(
        Basis.objects.filter(policy.standing(at), case_id=case_id, service=service).order_by(
            "letter", "-valid_until"
        )
    )


def list_awaiting_review(actor: Actor, case_ids: Sequence[int], at: datetime) -> list[Basis]:
    """Bases other than consent that nobody has looked at yet, oldest first."""
    visible = custody.visible_among(actor, case_ids)
    return list(
        Basis.objects.filter(
            case_id__in=visible, approved_at__isnull=True, withdrawn_at__isnull=True,
            valid_until__gt=at,
        ).exclude(letter=policy.CONSENT).order_by("recorded_at")
    )  # fmt: skip


def lapsed(at: datetime) -> QuerySet[Basis]:
    """Bases of cases that the acting agency holds whose review is owed for longer than allowed."""
    return Basis.objects.filter(
        approved_at__isnull=True, withdrawn_at__isnull=True,
        recorded_at__lte=at - policy.REVIEW_WITHIN,
    ).exclude(letter=policy.CONSENT)  # fmt: skip
