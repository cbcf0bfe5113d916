"""What a clock says: figures, word, tone and share, in both languages."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from rangkul.look import clockface

NOW = datetime(2026, 3, 10, 8, 42, tzinfo=ZoneInfo("Asia/Jakarta"))


def clock(*, left: int, gone: int = 60, state: str = "running") -> dict[str, object]:
    """A clock due in `left` minutes, started `gone` minutes ago."""
    return {
        "due_at": NOW + timedelta(minutes=left),
        "started_at": NOW - timedelta(minutes=gone),
        "state": state,
    }


@pytest.mark.parametrize(
    ("left", "gone", "figure", "word", "tone"),
    [
        (-6, 21, "6 menit", "lewat", "late"),
        (-72, 1440, "1 j 12 m", "lewat", "late"),
        (-2881, 60, "2 hari", "lewat", "late"),
        (0, 15, "1 menit", "lagi", "soon"),
        (40, 240, "40 menit", "lagi", "soon"),
        (198, 1300, "3 j 18 m", "lagi", "soon"),
        (230, 300, "3 j 50 m", "lagi", "calm"),
        (120, 60, "2 jam", "lagi", "calm"),
        (1878, 60, "1 hari", "Rab 11", "calm"),
        (50 * 1440, 60, "50 hari", "29 Apr", "calm"),
        (300 * 1440, 60, "300 hari", "4 Jan 2027", "calm"),
    ],
)
def test_a_running_clock_in_indonesian(
    left: int, gone: int, figure: str, word: str, tone: str
) -> None:
    with override("id"):
        face = clockface.face(clock(left=left, gone=gone), now=NOW, tz="WIB")
    assert (face.figure, face.word, face.tone) == (figure, word, tone)


def test_the_same_clock_in_english() -> None:
    with override("en"):
        face = clockface.face(clock(left=198), now=NOW, show="due", tz="WITA")
    assert (face.figure, face.word) == ("3 h 18 m", "at 13:00")
    assert face.spoken == "due 10 Mar 2026, 13:00 WITA"


def test_amber_begins_where_85_of_100_are_used() -> None:
    assert clockface.face(clock(left=16, gone=84), now=NOW).tone == "calm"
    assert clockface.face(clock(left=15, gone=85), now=NOW).tone == "soon"


def test_the_bar_is_full_once_overdue_and_never_beyond() -> None:
    assert clockface.face(clock(left=-500, gone=600), now=NOW).used == 100
    assert clockface.face(clock(left=75, gone=25), now=NOW).used == 25


def test_a_clock_not_yet_started_has_used_nothing() -> None:
    assert clockface.face(clock(left=90, gone=-30), now=NOW).used == 0


@pytest.mark.parametrize(
    ("state", "tone", "icon"),
    [
        ("paused", "paused", "clock-pause"),
        ("met", "met", "clock-check"),
        ("missed", "late", "alarm"),
    ],
)
def test_states_have_their_own_icon_and_stand_still(state: str, tone: str, icon: str) -> None:
    face = clockface.face(clock(left=30, state=state), now=NOW)
    assert (face.tone, face.icon, face.running) == (tone, icon, False)


def test_a_clock_may_be_an_object_that_tells_the_time_itself() -> None:
    class Clock:
        due_at = NOW + timedelta(hours=2)
        started_at = NOW
        state = "running"
        now = NOW

    assert clockface.tells_time(Clock())
    with override("en"):
        assert clockface.face(Clock()).figure == "2 hours"


def test_without_a_time_it_refuses() -> None:
    with pytest.raises(ValueError, match="told the time"):
        clockface.face(clock(left=5))
