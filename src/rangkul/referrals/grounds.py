"""On which ground a packet may go, and how much of it: bases, articles, levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from rangkul.cases.models import CaseFile
from rangkul.consent.deciding import GUARDIAN_SUSPECTED
from rangkul.consent.models import Basis as BasisRow
from rangkul.consent.policy import (
    CONSENT,
    REVIEW_WITHIN,
    BasisMissing,
    Circumstances,
    person_obstacle,
)
from rangkul.reference.services import ServiceCode
from rangkul.referrals import ceilings
from rangkul.referrals.ceilings import Basis, BasisOption, DataClass, Levels
from rangkul.referrals.ceilings.bases import (
    CHILD,
    GUARDIAN_EXCLUDED,
    PROTECTION_AT_ORIGIN,
    REHABILITATION,
    RETURN,
    VITAL,
)
from rangkul.referrals.models import Request


@dataclass(frozen=True, slots=True)
class Standing(Circumstances):
    """What the file knows that bears on every basis, read from the file itself."""

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


# What the whole file may rest on where it goes without consent; never more than one sentence of law
# away from the task: rehabilitation, the region of origin's duty, danger, protection of a child.
_HANDING_OVER: Final = (
    BasisOption(
        Basis.PUBLIC_TASK, (REHABILITATION, RETURN, PROTECTION_AT_ORIGIN),
        "Lembaga penerima berwenang menurut tugasnya; kasus tidak dapat dilayani di sini.",
        "The receiving agency is competent by its task; the case cannot be served here.",
    ),
    BasisOption(
        Basis.VITAL_INTEREST, (VITAL,),
        "Nyawa atau keselamatannya terancam bila kasus tetap di sini.",
        "Life or safety is in danger while the case stays here.",
    ),
    BasisOption(
        Basis.LEGAL_DUTY, (CHILD,), "Pelindungan khusus anak.", "Special protection of a child.",
        child_only=True,
    ),
)  # fmt: skip


def handing_over_options(standing: Standing) -> tuple[BasisOption, ...]:
    """The bases other than consent on which a case may move to another agency."""
    if standing.guardian_excluded:
        return GUARDIAN_EXCLUDED
    return tuple(o for o in _HANDING_OVER if standing.is_child or not o.child_only)


def check_handing_over(*, letter: str, article: str, standing: Standing) -> dict[str, str]:
    """What is wrong with the ground of a transfer, by field; empty when nothing is."""
    if letter == CONSENT:
        return {} if may_consent(standing) else {"letter": "guardian_excluded"}
    for option in handing_over_options(standing):
        if option.basis.letter == letter:
            known = {each.code for each in option.articles}
            return {} if article in known else {"article": "not_for_service"}
    return {"letter": "not_offered"}


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
    if why := person_obstacle(basis, standing):
        raise BasisMissing(why)
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


def review_lapsed(request: Request, *, at: datetime) -> bool:
    """Whether the basis of a request went a day without the review that it owes.

    Then nothing more is read on it until a supervisor of the sender's has looked. Asked at each
    reading, by either side; consent owes no review.
    """
    if request.basis_letter == CONSENT:
        return False
    with connection.cursor() as cursor:
        cursor.execute("select house.review_owed_since(%s)", [request.id])
        since: datetime | None = cursor.fetchone()[0]
    return since is not None and since <= at - REVIEW_WITHIN
