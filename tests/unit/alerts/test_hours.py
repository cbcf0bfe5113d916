"""Quiet hours and the digest's hour, in the three zones and across midnight."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from rangkul.alerts import hours
from rangkul.reference.zones import WIB, WIT, WITA

NIGHT = {"start": time(21), "end": time(6)}


def _local(zone: str, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize("zone", [WIB, WITA, WIT])
@pytest.mark.parametrize(
    ("hour", "minute", "quiet"),
    [(20, 59, False), (21, 0, True), (23, 59, True), (0, 0, True), (5, 59, True), (6, 0, False)],
)
def test_the_night_goes_across_midnight_in_each_zone(
    zone: str, hour: int, minute: int, quiet: bool
) -> None:
    at = _local(zone, 3, hour, minute)
    assert hours.is_quiet(at, zone=ZoneInfo(zone), **NIGHT) is quiet
    until = hours.after_quiet(at, zone=ZoneInfo(zone), **NIGHT)
    expected = at if not quiet else _local(zone, 4 if hour >= 21 else 3, 6)
    assert until == expected


def test_one_moment_is_quiet_in_the_east_and_not_in_the_west() -> None:
    at = datetime(2026, 3, 3, 13, 0, tzinfo=UTC)
    found = [hours.is_quiet(at, zone=ZoneInfo(zone), **NIGHT) for zone in (WIB, WITA, WIT)]
    assert found == [False, True, True]


def test_a_rest_at_noon_does_not_cross_midnight() -> None:
    noon = {"start": time(12), "end": time(13)}
    zone = ZoneInfo(WIB)
    assert hours.after_quiet(_local(WIB, 3, 12, 30), zone=zone, **noon) == _local(WIB, 3, 13)
    assert not hours.is_quiet(_local(WIB, 3, 23), zone=zone, **noon)


@pytest.mark.parametrize("span", [(None, None), (time(6), None), (None, time(6)), (time(6),) * 2])
def test_without_two_different_hours_nothing_is_quiet(
    span: tuple[time | None, time | None],
) -> None:
    at = _local(WIB, 3, 3)
    assert hours.after_quiet(at, zone=ZoneInfo(WIB), start=span[0], end=span[1]) == at


def test_the_digest_is_the_next_one() -> None:
    zone = ZoneInfo(WIT)
    digest = {"zone": zone, "hour": time(7, 30)}
    assert hours.next_digest(_local(WIT, 3, 7, 29), **digest) == _local(WIT, 3, 7, 30)
    assert hours.next_digest(_local(WIT, 3, 7, 30), **digest) == _local(WIT, 3, 7, 30)
    assert hours.next_digest(_local(WIT, 3, 7, 31), **digest) == _local(WIT, 4, 7, 30)
