"""A thousand deadlines under a clock that jumps: none is missed early, none is overlooked.

The due moments are counted a second time here, day by day, by another way than the product's.
"""

from __future__ import annotations

import random
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from tests.people import Cast

from rangkul.alerts.models import Alert
from rangkul.clocks import ladder, operations
from rangkul.clocks.models import Clock
from rangkul.clocks.tick import tick
from rangkul.foundation.scope import acting, system
from rangkul.reference import queries as reference
from rangkul.reference.queries import Rule

CASES = 1_000
ZONES = {
    "33.74": ZoneInfo("Asia/Jakarta"), "53.71": ZoneInfo("Asia/Makassar"),
    "81.71": ZoneInfo("Asia/Jayapura"), "91.71": ZoneInfo("Asia/Jayapura"),
}  # fmt: skip
# Days on which counting goes wrong: leap day, both ends of a year, Lebaran, month ends.
EDGES = (
    date(2028, 2, 28), date(2028, 2, 29), date(2027, 12, 31), date(2028, 1, 1), date(2027, 1, 31),
    date(2028, 8, 31), date(2027, 3, 9), date(2026, 3, 18), date(2026, 12, 24), date(2027, 2, 28),
)  # fmt: skip
_FREE = holidays.country_holidays(
    "ID", years=range(2026, 2031), categories=("public", "government")
)


def _due(rule: Rule, start: datetime, zone: ZoneInfo) -> datetime:
    """The deadline counted step by step."""
    if rule.kind == "working_days":
        day, left = start.astimezone(zone).date(), rule.amount
        while left:
            day += timedelta(days=1)
            left -= day.weekday() < 5 and day not in _FREE
        return datetime.combine(day, time(23, 59, 59), tzinfo=zone)
    if rule.unit == "months":
        local = start.astimezone(zone)
        year, month = local.year, local.month
        for _ in range(rule.amount):
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        day = min(local.day, monthrange(year, month)[1])
        return local.replace(year=year, month=month, day=day)
    seconds = {"minutes": 60, "hours": 3_600, "days": 86_400}[rule.unit]
    return start + timedelta(seconds=rule.amount * seconds)


def _start(rng: random.Random) -> datetime:
    day = (
        rng.choice(EDGES)
        if rng.random() < 0.5
        else date(2027, 1, 1) + timedelta(days=rng.randrange(700))
    )
    at = rng.choice([time(0, 0), time(23, 59, 59), time(rng.randrange(24), rng.randrange(60))])
    return datetime.combine(day, at, tzinfo=rng.choice(list(ZONES.values()))).astimezone(UTC)


@pytest.mark.parametrize("seed", [1])
def test_a_thousand_deadlines_under_a_jumping_clock(db: None, cast: Cast, seed: int) -> None:
    rng = random.Random(seed)
    with acting(cast.joko):
        rules = [
            rule
            for rule in reference.list_rules(on=date(2027, 1, 1))
            if rule.meaning in ("act_within", "lasts_at_most")
        ]
        due: dict[object, datetime] = {}
        for number in range(CASES):
            rule, area, start = rng.choice(rules), rng.choice(list(ZONES)), _start(rng)
            clock = operations.start(
                procedure=rule.code, subject_kind="probe", subject_id=number, area=area,
                by=cast.joko, at=start, desk_id=9101,
            )  # fmt: skip
            due[clock.id] = _due(rule, start, ZONES[area])
            assert clock.due_at == due[clock.id], (rule.code, start, area)

    # The worker looks at odd hours, stands still for weeks, and its machine's clock leaps a day
    # and an hour to and fro; each look is at the hour that the database tells.
    last = max(due.values()) + timedelta(days=40)
    now, missed_at = min(due.values()) - timedelta(days=1), {}
    while now < last:
        now += timedelta(seconds=rng.choice([60, 3_600, 90_000, 604_800]) * rng.random() * 3)
        looked = now + rng.choice([timedelta(0), timedelta(hours=-25)])
        _look(looked)
        with acting(cast.joko):
            states = dict(Clock.objects.filter(id__in=due).values_list("id", "state"))
        for clock_id, state in states.items():
            if state == "missed" and clock_id not in missed_at:
                missed_at[clock_id] = looked
        overlooked = {c for c, at in due.items() if at <= looked and states[c] != "missed"}
        early = {c for c in missed_at if due[c] > max(looked, missed_at[c])}
        assert not overlooked
        assert not early
    assert set(missed_at) == set(due)
    _every_rung_was_called_once(set(due))


def _look(at: datetime) -> None:
    with system("tick"):
        while tick(at=at).more:
            continue


def _every_rung_was_called_once(clocks: set[object]) -> None:
    with system("tick"):
        tops = dict(Clock.objects.filter(id__in=clocks).values_list("id", "top"))
        steps = dict(Clock.objects.filter(id__in=clocks).values_list("id", "step"))
        called: dict[str, list[int]] = {}
        for subject, step in Alert.objects.values_list("subject_id", "step"):
            called.setdefault(subject, []).append(step)
    assert steps == tops
    for clock_id, top in tops.items():
        assert sorted(called[str(clock_id)]) == list(ladder.RUNGS[:top])
