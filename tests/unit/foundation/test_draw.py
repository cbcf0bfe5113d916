"""The cap on keys: by each person, by the process, by named work; two tabs share one measure."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from rangkul.foundation import draw
from rangkul.foundation.draw import Drawer, Tap, TooManyKeys

CAP = (
    "No person and no process opens more data keys in a minute than it was given; work of the "
    "house has measures of its own."
)


class _Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


def _drain(tap: Tap, name: str, *, most: int = 10_000) -> int:
    """How many keys ``name`` gets until it is refused."""
    for taken in range(50_000):
        try:
            tap.take(Drawer(name), most=most)
        except TooManyKeys:
            return taken
    raise AssertionError("nothing ever stopped it")


@pytest.mark.promise("keys-per-minute", chapter="vault", sentence=CAP)
def test_a_person_gets_so_many_and_no_more(clock: _Clock, figure: Callable[[str], None]) -> None:
    tap = Tap(clock)
    got = _drain(tap, "17")
    assert got == Drawer("17").most == 600
    # A colleague is not held up by it.
    assert _drain(tap, "18") == 600
    clock.now += 61
    assert _drain(tap, "17") == 600
    figure(f"{got} keys in a minute for a person who asks for 50,000")


@pytest.mark.promise("keys-per-minute", chapter="vault", sentence=CAP)
def test_two_tabs_share_one_measure(clock: _Clock, figure: Callable[[str], None]) -> None:
    tap = Tap(clock)

    def tab(_number: int) -> int:
        return _drain(tap, "17")

    with ThreadPoolExecutor(4) as pool:
        together = sum(pool.map(tab, range(4)))
    assert together == 600
    figure(f"{together} keys for four tabs at once")


@pytest.mark.planted("keys-per-minute")
def test_planted_a_measure_that_forgets_is_found(clock: _Clock) -> None:
    class Forgetful(Tap):
        def take(self, drawer: Drawer | None, *, most: int) -> None:
            self._each.clear()
            super().take(drawer, most=most)

    assert _drain(Forgetful(clock), "17", most=40_000) > 600


def test_the_process_has_a_measure_that_named_work_does_not_wait_for(clock: _Clock) -> None:
    tap = Tap(clock)
    persons = [_drain(tap, str(number), most=1_500) for number in range(4)]
    assert persons == [600, 600, 300, 0]
    assert _drain(tap, "jobs", most=1_500) == draw.NAMED["jobs"]


def test_the_wait_says_when_the_oldest_is_a_minute_old(clock: _Clock) -> None:
    tap = Tap(clock)
    _drain(tap, "17")
    clock.now += 20
    with pytest.raises(TooManyKeys) as refused:
        tap.take(Drawer("17"), most=10_000)
    assert refused.value.wait == 40


def test_a_measure_slides(clock: _Clock) -> None:
    tap = Tap(clock)
    for _ in range(300):
        tap.take(Drawer("17"), most=10_000)
    clock.now += 40
    assert _drain(tap, "17") == 300
    clock.now += 21
    assert _drain(tap, "17") == 300


def test_nobody_s_measure_stays_for_ever(clock: _Clock) -> None:
    tap = Tap(clock)
    for number in range(5_000):
        tap.take(Drawer(str(number)), most=10_000)
    clock.now += 61
    tap.take(Drawer("last"), most=10_000)
    assert len(tap._each) < 5_000


def test_work_of_an_unknown_name_is_refused() -> None:
    with pytest.raises(ValueError, match="no work of the house"), draw.work("curiosity"):
        pass
