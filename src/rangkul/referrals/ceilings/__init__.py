"""What a packet may hold: the service's ceiling, lowered by consent or by another legal basis.

Levels and ceilings are our judgement, to be tested with each profession. Nothing here reads a
person's data: these functions say which facts may be put in, the packet puts them in.
"""

from __future__ import annotations

from functools import reduce

from rangkul.foundation.errors import RangkulError
from rangkul.reference.services import ServiceCode
from rangkul.referrals.ceilings.bases import (
    GUARDIAN_EXCLUDED,
    REDUCED,
    Article,
    Basis,
    BasisOption,
)
from rangkul.referrals.ceilings.facts import ENVELOPE, FACTS, EnvelopeLine, Fact
from rangkul.referrals.ceilings.levels import (
    HIGHEST,
    LEVELS,
    DataClass,
    Level,
    Levels,
    describe_level,
)
from rangkul.referrals.ceilings.rows import ROWS, Row, Withheld
from rangkul.referrals.ceilings.rules import OVER_ALL_ROWS, SpecialRule

__all__ = [
    "ENVELOPE",
    "FACTS",
    "GUARDIAN_EXCLUDED",
    "HIGHEST",
    "LEVELS",
    "OVER_ALL_ROWS",
    "REDUCED",
    "ROWS",
    "Article",
    "Basis",
    "BasisNotOffered",
    "BasisOption",
    "ConsentMissing",
    "DataClass",
    "EnvelopeLine",
    "Fact",
    "Level",
    "Levels",
    "Row",
    "SpecialRule",
    "Withheld",
    "allowed_levels",
    "bases_for",
    "ceiling_for",
    "describe_level",
    "facts_allowed",
    "proposed_for",
    "rules_for",
    "withheld",
]


class BasisNotOffered(RangkulError):
    """This service does not accept this legal basis, or not for this person."""

    code = "basis_not_offered"

    def __init__(self, service: ServiceCode, basis: Basis) -> None:
        self.message_id = (
            f"{basis.label_id} bukan dasar yang berlaku untuk layanan ini. "
            "Bicarakan dengan penyintas atau penyelia; ia tetap dapat datang sendiri."
        )
        self.message_en = (
            f"{basis.label_en} is no basis for this service. "
            "Talk with the survivor or the supervisor; going there in person is still possible."
        )
        super().__init__(f"{service}: {basis} is not offered")


class ConsentMissing(RangkulError):
    """Consent is named as the basis, and none is recorded."""

    code = "consent_missing"
    message_id = "Persetujuan penyintas untuk layanan ini belum tercatat."
    message_en = "The survivor's consent to this service is not recorded yet."

    def __init__(self) -> None:
        super().__init__(self.message_en)


def bases_for(
    service: ServiceCode,
    *,
    child: bool = False,
    guardian_excluded: bool = False,
    serving: ServiceCode | None = None,
) -> tuple[BasisOption, ...]:
    """The bases other than consent that a packet to this service may rest on.

    `child`: under 18 or in doubt. `guardian_excluded`: the child's guardian is not known to be
    safe; then vital interest and legal duty are offered everywhere and public task nowhere.
    `serving`: for an interpreter, the service he interprets for; without it he has no other basis.
    """
    row = ROWS[service]
    options = row.bases
    if row.as_served and serving is not None and serving != service:
        options = ROWS[serving].bases
    options = tuple(option for option in options if child or not option.child_only)
    if not (child and guardian_excluded):
        return options
    own = tuple(option for option in options if option.basis is not Basis.PUBLIC_TASK)
    offered = {option.basis for option in own}
    return own + tuple(option for option in GUARDIAN_EXCLUDED if option.basis not in offered)


def _option_levels(service: ServiceCode, option: BasisOption) -> Levels:
    """An option's levels under its service's ceiling, unless the row itself says it lifts it."""
    if option.raises and option in ROWS[service].bases:
        return option.levels
    return option.levels.meet(ROWS[service].ceiling)


def ceiling_for(
    service: ServiceCode,
    basis: Basis = Basis.CONSENT,
    *,
    child: bool = False,
    guardian_excluded: bool = False,
    serving: ServiceCode | None = None,
) -> Levels:
    """The most that this basis lets through to this service; raises `BasisNotOffered`."""
    if basis is Basis.CONSENT:
        return ROWS[service].ceiling
    for option in bases_for(
        service, child=child, guardian_excluded=guardian_excluded, serving=serving
    ):
        if option.basis is basis:
            return _option_levels(service, option)
    raise BasisNotOffered(service, basis)


def proposed_for(service: ServiceCode) -> Levels:
    """Where the consent screen starts; it stands below the ceiling where more must be asked for."""
    return ROWS[service].proposed


def allowed_levels(
    service: ServiceCode,
    consent: Levels | None,
    basis: Basis = Basis.CONSENT,
    *,
    child: bool = False,
    guardian_excluded: bool = False,
    serving: ServiceCode | None = None,
) -> Levels:
    """What a packet may hold: the basis's ceiling, and with consent no more than was agreed.

    On another basis than consent the person was not asked or her answer does not decide, so
    `consent` is not read. Raises `ConsentMissing`, `BasisNotOffered`.
    """
    ceiling = ceiling_for(
        service, basis, child=child, guardian_excluded=guardian_excluded, serving=serving
    )
    if basis is not Basis.CONSENT:
        return ceiling
    if consent is None:
        raise ConsentMissing
    return ceiling.meet(consent)


def _outermost(service: ServiceCode) -> Levels:
    """The union of all ceilings of a service: beyond it no fact travels, whatever is handed in."""
    row = ROWS[service]
    return reduce(
        Levels.join, (_option_levels(service, option) for option in row.bases), row.ceiling
    )


def facts_allowed(service: ServiceCode, levels: Levels) -> tuple[Fact, ...]:
    """Exactly the facts that may be put into a packet to this service at these levels."""
    effective = levels.meet(_outermost(service))
    return tuple(
        fact
        for fact in FACTS.values()
        if (fact.services is None or service in fact.services)
        and (fact.data_class is None or fact.level <= effective[fact.data_class])
    )


def withheld(service: ServiceCode, levels: Levels) -> tuple[Withheld, ...]:
    """What stays behind: the row's standing list, then each level that was not let through.

    The standing list never depends on the person, so that its lines betray nothing about her.
    """
    ceiling = ROWS[service].ceiling
    lowered = tuple(
        _not_let_through(describe_level(data_class, level))
        for data_class in DataClass
        for level in range(levels[data_class] + 1, ceiling[data_class] + 1)
    )
    return ROWS[service].withheld + lowered


def _not_let_through(step: Level) -> Withheld:
    return Withheld(
        f"{step.data_class}:{step.level}",
        step.label_id,
        step.label_en,
        "Tidak termasuk dalam persetujuan atau dasar hukum yang dipakai.",
        "Not part of the consent or of the legal basis used.",
    )


def rules_for(service: ServiceCode) -> frozenset[SpecialRule]:
    """The special rules of a service's row together with those over all rows."""
    return ROWS[service].rules | OVER_ALL_ROWS
