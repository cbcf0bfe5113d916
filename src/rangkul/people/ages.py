"""How old somebody is at least, from what is known: a birth date, a stated age, a year of birth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rangkul.reference.ages import ADULT_AT, age_group


@dataclass(frozen=True, slots=True)
class Age:
    """What is known of an age. The surest counts: the birth date, then the stated age, the year.

    ``years`` were completed on ``stated_on``, as somebody said. A ``birth_year`` that no person of
    that age can have is a correction, and the stated age counts no more.
    """

    birth_date: date | None = None
    years: int | None = None
    stated_on: date | None = None
    birth_year: int | None = None

    def least(self, on: date) -> int | None:
        """The completed years on this day of the youngest person it may be; ``None`` unknown.

        On the day on which an age is stated it is that very age; it grows on that day's return.
        """
        if self.birth_date is not None:
            return completed_years(self.birth_date, on)
        if self.years is not None and self.stated_on is not None and self._stands():
            return self.years + completed_years(self.stated_on, on)
        if self.birth_year is not None:
            # Born on the last day of that year, for all we know: the younger age protects.
            return max(on.year - self.birth_year - 1, 0)
        return None

    def band(self, on: date) -> str:
        """The code of the age group on this day, "" when nothing is known."""
        years = self.least(on)
        return "" if years is None else age_group(years)

    def may_be_child(self, on: date) -> bool:
        """Whether the person may be under 18 on this day; not so when nothing is known."""
        years = self.least(on)
        return years is not None and years < ADULT_AT

    def _stands(self) -> bool:
        if self.birth_year is None or self.years is None or self.stated_on is None:
            return True
        return 0 <= self.stated_on.year - self.years - self.birth_year <= 1


def completed_years(since: date, on: date) -> int:
    """Whole years from one day to another, never below 0; who is born on 29 February ages in March
    of a common year."""
    years = on.year - since.year - ((on.month, on.day) < (since.month, since.day))
    return max(years, 0)
