"""Who decides for whom: the survivor, a safe guardian, who stands in for one; and with what help.

UU 27/2022 art. 25 (a child's data: the parent's or guardian's agreement) and 26 (people with a
disability are asked in their own way of communicating). A guardian who may be the suspect is not
asked; a disability takes nobody's decision away unless a court has said so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rangkul.consent.policy import Circumstances

# The mark in the case file that says so; until it is cleared the guardian decides nothing.
GUARDIAN_SUSPECTED: Final = "wali_diduga"

SURVIVOR, GUARDIAN, PROXY, LAW = "penyintas", "wali", "kuasa", "hukum"
COURT_GUARDIAN, SOCIAL_WORKER, LPSK, CURATOR = "wali_hakim", "peksos", "lpsk", "pengampu"

DECIDERS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        SURVIVOR: _("The survivor"),
        GUARDIAN: _("A safe parent or guardian"),
        PROXY: _("Somebody with the survivor's power of attorney"),
        COURT_GUARDIAN: _("A guardian named by the court"),
        SOCIAL_WORKER: _("A social worker, since no safe guardian can be asked"),
        LPSK: _("LPSK, since no safe guardian can be asked"),
        CURATOR: _("A curator named by a court order"),
        LAW: _("The law, not a person"),
    }
)
"""Who gave the ground."""

STAND_INS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        COURT_GUARDIAN: ("uu35_2014_33",),
        SOCIAL_WORKER: ("uu11_2012_23",),
        LPSK: ("uu31_2014_29a",),
    }
)
"""Who may stand in for a guardian, each with the articles that say so (`ARTICLES`)."""

ARTICLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "uu35_2014_33": "UU 23/2002 jo. 35/2014 ps 33",
        "uu11_2012_23": "UU 11/2012 ps 23(2)–(3)",
        "uu31_2014_29a": "UU 13/2006 jo. 31/2014 ps 29A",
        "uu8_2016_32": "UU 8/2016 ps 32–33",
    }
)
"""The closed list of articles on who decides; from memory, to be read by a jurist (unverified)."""
CURATOR_ARTICLE: Final = "uu8_2016_32"

RELATIONS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "ibu": _("Mother"),
        "ayah": _("Father"),
        "nenek_kakek": _("Grandparent"),
        "paman_bibi": _("Aunt or uncle"),
        "kakak": _("Grown brother or sister"),
        "wali_lain": _("Another guardian"),
    }
)
"""What a safe guardian is to the child."""

CHILD_SAYS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "ya": _("Agrees too"),
        "tidak": _("Does not want it"),
        "bimbang": _("Is unsure, or would rather not say"),
        "belum_bisa": _("Is too young to say"),
    }
)
"""What the child says about it; a child who can speak is asked."""
# [local] From this age a child is never "too young to say".
SPEAKS_FROM: Final = 4
GROWN: Final = 18

SUPPORTS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "kata_mudah": _("Easy words"),
        "gambar": _("Pictures"),
        "isyarat": _("Sign language interpreter"),
        "braille": _("Braille or a screen reader"),
        "waktu": _("More time, in several talks"),
        "orang": _("A trusted person sat beside"),
    }
)
"""How a person was helped to decide for herself."""
# These are given by somebody, whose name is kept.
BY_SOMEBODY: Final = frozenset({"isyarat", "orang"})


@dataclass(frozen=True, slots=True)
class Deciding:
    """Who decided besides ``given_by``: a guardian's relation, the child's age and view, support.

    ``stand_in`` and ``article``: who stands in for a guardian, or the curator, and by which law.
    """

    relation: str = ""
    child_age: int | None = None
    child_says: str = ""
    stand_in: str = ""
    article: str = ""
    support: Sequence[str] = ()


def offered(person: Circumstances) -> tuple[str, ...]:
    """Who can agree for this person, the one to ask first; nobody while a guardian is left out."""
    if person.guardian_excluded:
        return ()
    if person.is_child:
        return (GUARDIAN, COURT_GUARDIAN, SOCIAL_WORKER, LPSK)
    return (SURVIVOR, PROXY, CURATOR)


def faults(
    deciding: Deciding, *, given_by: str, person: Circumstances, supporter: str, court_order: str,
) -> dict[str, str]:  # fmt: skip
    """What is wrong with who decided, by field; empty when nothing is.

    ``supporter`` and ``court_order`` are the words that are sealed beside the basis.
    """
    errors: dict[str, str] = {}
    if given_by != LAW and given_by not in offered(person):
        errors["given_by"] = _why_not_offered(given_by, person)
    if given_by == GUARDIAN and deciding.relation not in RELATIONS:
        errors["relation"] = "unknown" if deciding.relation else "required"
    errors |= _child_faults(deciding) if person.is_child else _adult_faults(deciding)
    errors |= _law_faults(deciding, given_by=given_by, court_order=court_order, person=person)
    if not set(deciding.support) <= SUPPORTS.keys():
        errors["support"] = "unknown"
    elif BY_SOMEBODY & set(deciding.support) and not supporter.strip():
        errors["supporter"] = "required"
    return errors


def _why_not_offered(given_by: str, person: Circumstances) -> str:
    if given_by not in DECIDERS:
        return "unknown"
    if person.guardian_excluded:
        return "guardian_excluded"
    return "child_not_alone" if person.is_child else "adult_decides"


def _child_faults(deciding: Deciding) -> dict[str, str]:
    errors = {}
    age = deciding.child_age
    if age is None or not 0 <= age < GROWN:
        errors["child_age"] = "required" if age is None else "out_of_range"
    if deciding.child_says not in CHILD_SAYS:
        errors["child_says"] = "unknown" if deciding.child_says else "required"
    elif deciding.child_says == "belum_bisa" and age is not None and age >= SPEAKS_FROM:
        errors["child_says"] = "old_enough"
    return errors


def _adult_faults(deciding: Deciding) -> dict[str, str]:
    of_child = {"child_age": deciding.child_age is not None, "child_says": deciding.child_says}
    return {name: "adult" for name, told in of_child.items() if told}


def _law_faults(
    deciding: Deciding, *, given_by: str, court_order: str, person: Circumstances
) -> dict[str, str]:
    """Nobody stands in for anybody without the article that lets them, a curator not without an
    order.
    """
    errors: dict[str, str] = {}
    standing_in = given_by if given_by in STAND_INS else deciding.stand_in
    if person.guardian_excluded and given_by == LAW and not standing_in:
        errors["stand_in"] = "required"
    elif standing_in and (standing_in not in STAND_INS or not person.is_child):
        errors["stand_in"] = "unknown" if standing_in not in STAND_INS else "adult_decides"
    elif standing_in and deciding.article not in STAND_INS[standing_in]:
        errors["decider_article"] = "unknown" if deciding.article else "required"
    if given_by == CURATOR:
        if deciding.article != CURATOR_ARTICLE:
            errors["decider_article"] = "unknown" if deciding.article else "required"
        if not court_order.strip():
            errors["court_order"] = "required"
    return errors
