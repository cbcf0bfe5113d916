"""What is stored of checked offers: with noise, once, and read as sums that say how far off."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from django.db import OperationalError, connection
from tests.rows import as_owner

from rangkul.assessments import job_offer, offer_counts
from rangkul.assessments.job_offer import Road, weigh
from rangkul.assessments.models import OfferCount
from rangkul.assessments.offer_counts import SCALE, Keeper, Tally, cells, cells_of, counted, store

DAY, NEXT = date(2026, 11, 23), date(2026, 11, 24)
CHECKS = 7_411
_TOLD = "No exact count of checked job offers stands anywhere: not in the database, not in the log."


def _worst(road: Road) -> job_offer.Finding:
    return weigh(road, {one.code: str(one.sign) for one in job_offer.questions(road)})


def _checked(tally: Tally, day: date = DAY) -> None:
    for _ in range(CHECKS):
        tally.add(_worst(Road.ABROAD), day)


def _exact_values(text: str) -> int:
    """How often the exact number of checks stands in a text, as a whole number."""
    padded = "".join(sign if sign.isdigit() else " " for sign in text).split()
    return padded.count(str(CHECKS))


def _everything_at_rest() -> str:
    """Every row of every table of the house, as the owner reads it."""
    with as_owner() as owner:
        names = owner.execute(
            "select format('%I.%I', schemaname, tablename) from pg_tables "
            "where schemaname in ('public', 'house')"
        ).fetchall()
        rows = [owner.execute(f"select t::text from {name} t").fetchall() for (name,) in names]
    return "\n".join(row[0] or "" for table in rows for row in table)


# The chance that noise is nought is 1 in 52 for each of the thirteen: five are met once in 300,000.
_BY_CHANCE = 4


@pytest.mark.promise("offers-no-exact-count", chapter="web", sentence=_TOLD)
def test_no_exact_count_stands_anywhere(
    committed_db: None, figure: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tally = Tally()
    _checked(tally)
    tally.turn_to(NEXT)
    store(tally)
    found = _exact_values(_everything_at_rest())
    told = _exact_values(caplog.text)
    figure(
        f"{CHECKS:,} checks with twelve signs each: of 13 counts no more than chance leaves stand "
        f"exactly in the database (at most {_BY_CHANCE}: noise is nought once in 52 draws), {told} "
        "in the log"
    )
    assert found <= _BY_CHANCE
    assert told == 0


@pytest.mark.planted("offers-no-exact-count")
def test_planted_a_count_without_noise_is_found(committed_db: None) -> None:
    tally = Tally(scale=Fraction(1, 100))
    _checked(tally)
    tally.turn_to(NEXT)
    store(tally)
    assert _exact_values(_everything_at_rest()) > _BY_CHANCE


def test_a_day_is_stored_once_however_often_it_is_tried(committed_db: None) -> None:
    tally = Tally()
    _checked(tally)
    tally.turn_to(NEXT)
    again = Tally()
    again._waiting = list(tally.waiting())
    store(tally)
    store(again)
    assert OfferCount.objects.count() == 1
    assert tally.waiting() == again.waiting() == ()


def test_the_app_cannot_change_or_take_away_a_row(committed_db: None) -> None:
    tally = Tally()
    tally.turn_to(DAY)
    tally.finish()
    store(tally)
    with connection.cursor() as cursor:
        cursor.execute(
            "select has_table_privilege(current_user, 'assessments_offercount', 'update'), "
            "has_table_privilege(current_user, 'assessments_offercount', 'delete')"
        )
        assert cursor.fetchone() == (False, False)


def test_without_the_database_the_day_waits(
    committed_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    tally = Tally()
    tally.turn_to(DAY)
    tally.finish()
    whole = offer_counts.store

    def away(_tally: Tally) -> None:
        raise OperationalError("the server is away")

    monkeypatch.setattr(offer_counts, "store", away)
    keeper = Keeper(tally)
    keeper.look()
    assert len(tally.waiting()) == 1
    monkeypatch.setattr(offer_counts, "store", whole)
    keeper.look()
    assert tally.waiting() == ()
    assert OfferCount.objects.count() == 1


def test_a_process_that_stops_leaves_its_day_with_noise(committed_db: None) -> None:
    tally = Tally()
    keeper = Keeper(tally)
    keeper.look()
    tally.add(_worst(Road.HOME), DAY)
    keeper.stop()
    (row,) = OfferCount.objects.all()
    assert set(row.noisy) == set(cells())
    assert row.epsilon == "1/2"


def test_sums_say_how_far_they_may_be_off(committed_db: None) -> None:
    days: list[Any] = [date(2026, 10, day) for day in range(1, 11)]
    for day in days:
        tally = Tally()
        for _ in range(200):
            tally.add(_worst(Road.ABROAD), day)
        tally.finish()
        store(tally)
    found = counted(since=days[0], until=days[-1])
    assert 110 < found.spread < 120, "√10 days of √2·26"
    for cell in cells_of(_worst(Road.ABROAD)):
        assert abs(found.sums[cell] - 2000) < 6 * found.spread
    assert all(found.sums[cell] >= 0 for cell in cells())
    nothing = counted(since=date(2020, 1, 1), until=date(2020, 1, 2))
    assert (set(nothing.sums.values()), nothing.spread) == ({0}, 0)
    assert SCALE == 26
