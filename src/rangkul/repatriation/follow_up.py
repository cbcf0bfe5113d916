"""When the visits of months one, three and six open and fall due, by the days of the area."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Final

from rangkul.reference import queries as reference
from rangkul.repatriation import workflow
from rangkul.repatriation.models import Hold, Visit

PROCEDURES: Final = {month: f"follow_up_month_{month}" for month in workflow.VISIT_MONTHS}
"""The clock of each month's visit."""
LAST: Final = workflow.VISIT_MONTHS[-1]


def open_months(visits: Iterable[Visit]) -> list[int]:
    """The months still to be visited, of all the visits of one hold.

    Where nobody was found or a visit was put off it is still to be made; where it was not safe, the
    next month's visit follows, and after the last one more.
    """
    results: dict[int, set[str]] = {month: set() for month in workflow.VISIT_MONTHS}
    for visit in visits:
        results[visit.month].add(visit.result)
    return [
        month
        for month, found in results.items()
        if "safe" not in found and ("not_safe" not in found or month == LAST)
    ]


def opens_on(hold: Hold, month: int, area: str) -> date:
    """From which day a month's visit counts: the day on which the one before it was due."""
    began = hold.state_at or hold.since
    before = [each for each in workflow.VISIT_MONTHS if each < month]
    if before:
        began = reference.due_at(PROCEDURES[before[-1]], start=began, area=area)
    return day_of(began, area)


def due_at(hold: Hold, month: int, visits: Iterable[Visit], area: str) -> datetime:
    """When a month's visit falls due: as the procedure says, as it was put off, or once more."""
    began = hold.state_at or hold.since
    made = [visit for visit in visits if visit.month == month and visit.recorded_at >= began]
    if not made:
        return reference.due_at(PROCEDURES[month], start=began, area=area)
    newest = max(made, key=lambda visit: visit.recorded_at)
    if newest.result == workflow.POSTPONED:
        return end_of_day(newest.visited_on, area)
    return once_more(newest.recorded_at, area)


def once_more(at: datetime, area: str) -> datetime:
    """By when somebody for whom it was not safe in the last month is visited again."""
    return reference.due_at(PROCEDURES[workflow.VISIT_MONTHS[0]], start=at, area=area)


def end_of_day(day: date, area: str) -> datetime:
    """The moment at which a day ends in an area."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=reference.zone_for(area))


def day_of(at: datetime, area: str) -> date:
    """The day of a moment in an area."""
    return at.astimezone(reference.zone_for(area)).date()
