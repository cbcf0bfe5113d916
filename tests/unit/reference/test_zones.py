"""The day that people write: it turns at their midnight, not at that of Greenwich."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from rangkul.reference.zones import earliest_date, latest_date, local_date

NEW_YEAR = datetime(2028, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(("area", "hours"), [("33.74", 7), ("53.71", 8), ("91.71", 9)])
def test_the_day_turns_at_the_areas_midnight(area: str, hours: int) -> None:
    midnight = NEW_YEAR - timedelta(hours=hours)
    assert local_date(midnight, area) == date(2028, 1, 1)
    assert local_date(midnight - timedelta(seconds=1), area) == date(2027, 12, 31)


def test_every_areas_day_lies_between_the_earliest_and_the_latest() -> None:
    for minutes in range(0, 48 * 60, 7):
        at = datetime(2028, 2, 28, tzinfo=UTC) + timedelta(minutes=minutes)
        for area in ("11", "33.74", "53.71", "81", "91.71"):
            assert earliest_date(at) <= local_date(at, area) <= latest_date(at)
        assert latest_date(at) - earliest_date(at) <= timedelta(days=1)
