"""On which ground a packet may go, and how much of it: bases, articles, levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rangkul.cases.models import CaseFile
from rangkul.consent.models import Basis as BasisRow
from rangkul.consent.policy import CONSENT, BasisMissing
from rangkul.reference.services import ServiceCode
from rangkul.referrals import ceilings
from rangkul.referrals.ceilings import Basis, BasisOption, DataClass, Levels

GUARDIAN_SUSPECTED = "wali_diduga"


@dataclass(frozen=True, slots=True)
class Standing:
    """What the file knows that bears on every basis: a child, and a guardian who is left out."""

    is_child: bool
    guardian_excluded: bool

    @classmethod
    def of(cls, file: CaseFile) -> Standing:
        """Read from the cover; an adult has no guardian to leave out."""
        return cls(file.is_child, file.is_child and GUARDIAN_SUSPECTED in file.flags)


def levels_of(stored: Mapping[str, int]) -> Levels:
    """Levels from their stored form (class letter → level); a class not named is 0."""
    return Levels.parse(" ".join(f"{letter}{level}" for letter, level in stored.items()))


def stored(levels: Levels) -> dict[str, int]:
    """The stored form: class letter → level."""
    return {data_class.letter: levels[data_class] for data_class in DataClass}


def options(service: ServiceCode, standing: Standing) -> tuple[BasisOption, ...]:
    """The bases other than consent that this service accepts for this person."""
    return ceilings.bases_for(
        service, child=standing.is_child, guardian_excluded=standing.guardian_excluded
    )


def may_consent(standing: Standing) -> bool:
    """Whether consent can be the ground: not while the guardian may be the suspect."""
    return not standing.guardian_excluded


def highest(service: ServiceCode, letter: str, standing: Standing) -> Levels:
    """The most that a basis of this letter lets through. Raises ``BasisNotOffered``."""
    return ceilings.ceiling_for(
        service, Basis.of_letter(letter), child=standing.is_child,
        guardian_excluded=standing.guardian_excluded,
    )  # fmt: skip


def check_ground(
    *,
    service: ServiceCode,
    letter: str,
    article: str,
    levels: Levels,
    standing: Standing,
) -> dict[str, str]:
    """What is wrong with a ground before it is put down, by field; empty when nothing is."""
    if letter == CONSENT:
        errors = {} if may_consent(standing) else {"letter": "guardian_excluded"}
        over = not levels.within(ceilings.ceiling_for(service))
        return errors | ({"levels": "over_ceiling"} if over else {})
    for option in options(service, standing):
        if option.basis.letter != letter:
            continue
        if article not in {known.code for known in option.articles}:
            return {"article": "not_for_service"}
        top = highest(service, letter, standing)
        return {} if levels.within(top) else {"levels": "over_ceiling"}
    return {"letter": "not_offered"}


def allowed(basis: BasisRow, standing: Standing) -> Levels:
    """What a packet on this basis may hold: the ceiling, and never more than was put down.

    Raises ``BasisMissing`` where the person's circumstances rule the basis out, and
    ``BasisNotOffered`` where the service does.
    """
    service, put_down = ServiceCode(basis.service), levels_of(basis.levels)
    if standing.guardian_excluded and not basis.guardian_excluded:
        raise BasisMissing("guardian_excluded")
    if standing.is_child and basis.letter != "d" and not basis.best_interest:
        raise BasisMissing("best_interest")
    errors = check_ground(
        service=service, letter=basis.letter, article=basis.article, levels=Levels(),
        standing=standing,
    )  # fmt: skip
    if errors:
        raise BasisMissing(next(iter(errors.values())))
    top = ceilings.allowed_levels(
        service, put_down, Basis.of_letter(basis.letter), child=standing.is_child,
        guardian_excluded=standing.guardian_excluded,
    )  # fmt: skip
    return top.meet(put_down)
