"""What coordinators learn of checked job offers: noisy sums, and how far off they may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from rangkul.assessments import job_offer, offer_counts
from rangkul.assessments.job_offer import Road
from rangkul.assessments.offer_counts import CHECKED, Counted
from rangkul.desk.wording import in_language

DAYS: Final = 90
_SHOWN: Final = 4
# A sum is told once it stands well out of its noise: of 26 none does so by chance, 19 times in 20.
_ABOVE: Final = 4.0
# Twice the standard deviation: a sum is off by less, 19 times in 20.
_OFF: Final = 2.0


@dataclass(frozen=True, slots=True)
class Checked:
    """The checks of one road and the signs met most often; numbers in tens, never exact."""

    road: str
    checks: int
    signs: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Offers:
    """Both roads, where there is anything to tell; ``spread`` is how far a sum may be off."""

    roads: list[Checked]
    spread: int


def offers(*, at: datetime) -> Offers:
    """The last ninety days; one query."""
    found = offer_counts.last_days(DAYS, at=at)
    told = [_of(road, found) for road in Road]
    return Offers([one for one in told if one.checks], _in_tens(_OFF * found.spread))


def _of(road: Road, found: Counted) -> Checked:
    told = {
        name: _in_tens(found.sums[f"{road}/{name}"])
        for name in (CHECKED, *(one.code for one in job_offer.questions(road)))
        if found.sums[f"{road}/{name}"] > _ABOVE * found.spread
    }
    titles = {
        one.code: in_language(one.words["id"].title, one.words["en"].title)
        for one in job_offer.questions(road)
    }
    signs = sorted(
        ((titles[name], count) for name, count in told.items() if name != CHECKED),
        key=lambda pair: -pair[1],
    )
    names = {Road.ABROAD: _("Work abroad"), Road.HOME: _("Work in Indonesia")}
    return Checked(names[road], told.get(CHECKED, 0), signs[:_SHOWN])


def _in_tens(number: float) -> int:
    return round(number / 10) * 10
