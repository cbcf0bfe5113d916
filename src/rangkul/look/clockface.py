"""What a clock shows: time left or overdue, in figures and a word, and the share of time used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from rangkul.look import times

Tone = Literal["calm", "soon", "late", "paused", "met"]

# From this share of the time used a running clock turns amber.
SOON_FROM = 0.85

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class ClockFace:
    """One clock at one moment, ready to draw; `used` is a whole percentage from 0 to 100."""

    figure: str
    word: str
    spoken: str
    tone: Tone
    icon: str
    used: int
    due_at: datetime
    started_at: datetime
    now: datetime
    running: bool


def face(
    clock: Any, *, now: datetime | None = None, show: str = "left", tz: str | tzinfo | None = None
) -> ClockFace:
    """Read a clock, an object or a mapping with `due_at`, `started_at`, `state` and perhaps `now`.

    `state` is "running", "paused" (since `paused_at`), "met" or "missed"; `show` is "left" (3 h
    18 m left) or "due" (3 h 18 m, at 12:00). Raises ValueError when nobody says what time it is.
    """
    due_at: datetime = _part(clock, "due_at")
    started_at: datetime = _part(clock, "started_at")
    state: str = _part(clock, "state")
    now = now or _part(clock, "now")
    if now is None:
        raise ValueError("a clock needs to be told the time")
    # A clock that rests shows what was left when it began to.
    seen: datetime = (state == "paused" and _part(clock, "paused_at")) or now
    left = due_at - seen
    used = _used(started_at, due_at, seen)
    due_local = due_at.astimezone(times.zone(tz))
    figure, word = figures(left), pgettext("clock", "left")
    tone: Tone = "calm"
    icon = "clock"
    if state == "met":
        figure, word = pgettext("clock", "Done"), pgettext("clock", "in time")
        tone, icon = "met", "clock-check"
    elif state == "paused":
        word, tone, icon = pgettext("clock", "paused"), "paused", "clock-pause"
    elif state == "missed" or left < timedelta(0):
        word, tone, icon, used = pgettext("clock", "overdue"), "late", "alarm", 1.0
    else:
        if left >= _DAY:
            word = times.short(due_local.date(), today=now.astimezone(times.zone(tz)).date())
        elif show == "due":
            word = pgettext("hour of the day", "at %(hour)s") % {"hour": times.hour(due_local)}
        if used >= SOON_FROM:
            tone, icon = "soon", "clock-exclamation"
    return ClockFace(
        figure=figure,
        word=word,
        spoken=pgettext("clock", "due %(moment)s") % {"moment": times.moment(due_at, tz=tz)},
        tone=tone,
        icon=icon,
        used=round(used * 100),
        due_at=due_at,
        started_at=started_at,
        now=now,
        running=state == "running",
    )


def figures(span: timedelta) -> str:
    """A span as a person says it: 6 min, 3 h 18 m, 2 days; the sign is left to the word beside."""
    span = abs(span)
    if span < _HOUR:
        minutes = max(1, int(span.total_seconds() // 60))
        return ngettext("%(count)d min", "%(count)d min", minutes) % {"count": minutes}
    if span < _DAY:
        minutes = int(span.total_seconds() // 60)
        if minutes % 60 == 0:
            return ngettext("%(count)d hour", "%(count)d hours", minutes // 60) % {
                "count": minutes // 60
            }
        return _("%(hours)d h %(minutes)d m") % {"hours": minutes // 60, "minutes": minutes % 60}
    return ngettext("%(count)d day", "%(count)d days", span.days) % {"count": span.days}


def tells_time(clock: Any) -> bool:
    """Whether the clock brings its own `now`."""
    return _part(clock, "now") is not None


def _part(clock: Any, name: str) -> Any:
    if isinstance(clock, Mapping):
        return clock.get(name)
    return getattr(clock, name, None)


def _used(started_at: datetime, due_at: datetime, now: datetime) -> float:
    whole = (due_at - started_at).total_seconds()
    if whole <= 0:
        return 1.0
    return min(1.0, max(0.0, (now - started_at).total_seconds() / whole))
