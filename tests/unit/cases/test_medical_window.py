"""From when the 72 hours of medical care count: never later than the truth, never before it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.cases.operations.medical import window_opened

JAYAPURA, JAKARTA = ZoneInfo("Asia/Jayapura"), ZoneInfo("Asia/Jakarta")
# Tuesday 3 March 2026, 10:00 in Jakarta.
HEARD = datetime(2026, 3, 3, 3, tzinfo=UTC)
WINDOW = timedelta(hours=72)


@pytest.mark.parametrize(
    ("last_day", "zone", "opened"),
    [
        (None, JAKARTA, HEARD),
        (date(2026, 3, 2), JAKARTA, datetime(2026, 3, 1, 17, tzinfo=UTC)),
        (date(2026, 3, 2), JAYAPURA, datetime(2026, 3, 1, 15, tzinfo=UTC)),
        (date(2026, 3, 3), JAKARTA, datetime(2026, 3, 2, 17, tzinfo=UTC)),
        # That Saturday began more than 72 hours ago, and they say that it is less.
        (date(2026, 2, 28), JAKARTA, HEARD - WINDOW),
        # These days contradict what was told: what was told counts.
        (date(2026, 2, 27), JAKARTA, HEARD),
        (date(2026, 3, 4), JAKARTA, HEARD),
        (date(2024, 2, 29), JAKARTA, HEARD),
    ],
)
def test_it_counts_from_the_day_else_from_hearing(
    last_day: date | None, zone: ZoneInfo, opened: datetime
) -> None:
    assert window_opened(heard_at=HEARD, last_day=last_day, zone=zone) == opened


@given(
    happened=st.timedeltas(timedelta(0), WINDOW),
    zone=st.sampled_from([JAKARTA, ZoneInfo("Asia/Makassar"), JAYAPURA]),
    known=st.booleans(),
)
def test_told_truly_it_is_never_due_after_the_truth_where_the_day_is_known(
    happened: timedelta, zone: ZoneInfo, known: bool
) -> None:
    truth = HEARD - happened
    day = truth.astimezone(zone).date() if known else None
    opened = window_opened(heard_at=HEARD, last_day=day, zone=zone)
    assert opened <= HEARD
    assert opened + WINDOW >= HEARD
    if known:
        assert opened <= truth
