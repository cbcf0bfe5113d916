"""Guessing is slowed to a crawl, and nobody shuts somebody else out by it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from rangkul.accounts import tries
from rangkul.accounts.models import Tries
from rangkul.accounts.tries import ADDRESS, OWN, STRANGERS, Knock, Pace

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
HOME = "198.51.100.7"
SLOW = (
    "Ten thousand guesses at one account take more than a hundred days, from however many "
    "addresses they come."
)
OPEN = "Whoever guesses from elsewhere, as often as he likes, keeps nobody out of her own account."


def days_for(guesses: int, pace: Pace) -> float:
    """How long so many guesses take for somebody who tries the very second it is allowed."""
    count, at = 0.0, NOW
    for _ in range(guesses):
        count += 1
        pause = pace.wait_after(count)
        at += pause
        count = pace.left(count, pause)
    return (at - NOW) / timedelta(days=1)


def guess(knock: Knock, at: datetime) -> datetime:
    """One guess as soon as it is let through; when that was."""
    while wait := tries.admit(knock, at=at):
        at += wait
    return at


@pytest.mark.promise("slow-guesses", chapter="sign-in", sentence=SLOW)
def test_ten_thousand_guesses_take_months(figure: Any) -> None:
    from_one, from_many = days_for(10_000, OWN), days_for(10_000, STRANGERS)
    assert min(from_one, from_many) > 100
    # The rows agree with the rule: a hundred guesses, each from an address of its own.
    at = NOW
    for number in range(100):
        at = guess(Knock("ratih", f"203.0.113.{number}"), at)
    assert at - NOW > timedelta(hours=15)
    hours = (at - NOW) / timedelta(hours=1)
    figure(
        f"10,000 guesses take {from_one:.0f} days from one address, {from_many:.0f} from any "
        f"number of addresses; 100 guesses from 100 addresses took {hours:.1f} hours"
    )


@pytest.mark.planted("slow-guesses")
def test_planted_without_the_common_count_many_addresses_are_fast(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tries, "STRANGERS", Pace(10**6, STRANGERS.most, STRANGERS.leak))
    at = NOW
    for number in range(100):
        at = guess(Knock("ratih", f"203.0.113.{number}"), at)
    assert at - NOW < timedelta(minutes=1)


@pytest.mark.planted("slow-guesses")
def test_planted_a_pause_of_two_seconds_is_too_fast() -> None:
    assert days_for(10_000, Pace(5, timedelta(seconds=2), timedelta(hours=1))) < 100


def attack(name: str, at: datetime, *, places: int = 40, rounds: int = 5) -> datetime:
    """Somebody elsewhere tries all the time, from many addresses."""
    for number in range(places * rounds):
        tries.admit(Knock(name, f"203.0.113.{number % places}"), at=at)
        at += timedelta(seconds=1)
    return at


@pytest.mark.promise("nobody-shut-out", chapter="sign-in", sentence=OPEN)
def test_an_attack_from_elsewhere_keeps_nobody_out(figure: Any) -> None:
    cookie = tries.remember("", "ratih")
    device = tries.device_of(cookie, "ratih")
    tries.came_in(Knock("ratih", HOME), at=NOW)
    at = attack("ratih", NOW)
    # From her own device anywhere, and from where she came in before with any device.
    for knock in (Knock("ratih", "192.0.2.99", device), Knock("ratih", HOME)):
        for _ in range(4):
            assert tries.admit(knock, at=at) == timedelta(0)
    # From somewhere quite new she waits for minutes, not for ever.
    wait = tries.admit(Knock("ratih", "192.0.2.50"), at=at)
    assert timedelta(0) < wait <= timedelta(minutes=15)
    figure(
        "after 200 guesses from 40 addresses: no wait on her own device or at her usual address; "
        f"{wait.total_seconds() / 60:.0f} minutes at most elsewhere"
    )


@pytest.mark.planted("nobody-shut-out")
def test_planted_one_count_for_all_shuts_her_out(monkeypatch: pytest.MonkeyPatch) -> None:
    tries.came_in(Knock("ratih", HOME), at=NOW)
    monkeypatch.setattr(tries, "_is_known_address", lambda knock, at: False)
    at = attack("ratih", NOW)
    assert tries.admit(Knock("ratih", HOME), at=at) > timedelta(0)


def test_somebody_in_the_same_office_does_not_slow_her_device() -> None:
    device = tries.device_of(tries.remember("", "ratih"), "ratih")
    at = NOW
    for _ in range(30):
        tries.admit(Knock("ratih", HOME), at=at)
        at += timedelta(seconds=1)
    assert tries.admit(Knock("ratih", HOME), at=at)
    assert not tries.admit(Knock("ratih", HOME, device), at=at)


def test_a_few_slips_cost_nothing_and_the_right_password_wipes_them() -> None:
    knock = Knock("ratih", HOME)
    for _ in range(4):
        assert not tries.admit(knock, at=NOW)
    tries.fitted(knock, at=NOW)
    for _ in range(4):
        assert not tries.admit(knock, at=NOW)
    for row in Tries.objects.all():
        assert row.wait_until is None


def test_pauses_double_up_to_fifteen_minutes_and_leak_away() -> None:
    pauses = [OWN.wait_after(n).total_seconds() for n in range(4, 20)]
    assert pauses[:4] == [0, 2, 4, 8]
    assert pauses[-1] == 900
    assert OWN.left(10, timedelta(hours=4)) == 6
    assert OWN.left(10, timedelta(days=4)) == 0


def test_one_address_that_tries_every_name_is_slowed() -> None:
    waits = [tries.admit(Knock(f"orang-{number}", "203.0.113.9"), at=NOW) for number in range(80)]
    assert not any(waits[: ADDRESS.free - 1])
    assert waits[-1]


def test_rows_name_nobody_and_no_place() -> None:
    tries.admit(Knock("ratih.wulandari", "203.0.113.9"), at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("select * from accounts_tries")
        told = str(cursor.fetchall())
    assert "ratih" not in told
    assert "203.0.113" not in told


def test_a_cookie_that_we_did_not_sign_knows_nobody() -> None:
    cookie = tries.remember("", "ratih")
    assert tries.device_of(cookie, "ratih")
    assert not tries.device_of(cookie, "sinta")
    assert not tries.device_of(cookie + "x", "ratih")
    assert not tries.device_of("ratih", "ratih")
    several = cookie
    for number in range(12):
        several = tries.remember(several, f"orang-{number}")
    assert not tries.device_of(several, "ratih")
    assert tries.device_of(several, "orang-11")
    assert "ratih" not in several


def test_rows_that_nobody_touched_are_dropped() -> None:
    tries.admit(Knock("lama", HOME), at=NOW - timedelta(days=100))
    tries.admit(Knock("baru", HOME), at=NOW)
    assert tries.forget_old(at=NOW) >= 1
    assert Tries.objects.filter(touched_at__lt=NOW - timedelta(days=90)).count() == 0


@pytest.fixture
def committed(committed_db: None) -> Iterator[None]:
    """Rows that other connections see."""
    yield


@pytest.mark.usefixtures("committed")
def test_many_at_once_gain_nothing() -> None:
    def one(_number: int) -> bool:
        try:
            return not tries.admit(Knock("serentak", HOME), at=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        admitted = sum(pool.map(one, range(40)))
    assert admitted == OWN.free
