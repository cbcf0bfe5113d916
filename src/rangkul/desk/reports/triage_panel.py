"""What the page answers while one listens: risk, first clock, the sentence to say, what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from rangkul.assessments import rk01_triase
from rangkul.assessments.answers import Action
from rangkul.desk import wording
from rangkul.foundation.actor import Actor
from rangkul.reports import queries as reports
from rangkul.reports.content import About


@dataclass(frozen=True, slots=True)
class FirstClock:
    """The clock that will run, as the look draws clocks."""

    started_at: datetime
    due_at: datetime
    state: str = "running"


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything the panel shows; ``begun`` is false until a first answer was given."""

    begun: bool
    risk: str
    sentence: str
    say: str
    actions: Sequence[str]
    clock: FirstClock
    earlier: str


def panel(
    triage: rk01_triase.Triage,
    *,
    begun: bool,
    reported_at: datetime,
    earlier: str = "",
) -> Panel:
    """Word a triage in the reader's language."""
    return Panel(
        begun=begun,
        risk=triage.level,
        sentence=wording.in_language(triage.sentence_id, triage.sentence_en),
        say=wording.in_language(triage.say_id, triage.say_en),
        actions=actions(triage.actions),
        clock=FirstClock(reported_at, reported_at + triage.first_clock.within),
        earlier=earlier,
    )


def actions(wanted: Sequence[Action]) -> list[str]:
    """What to do first, most urgent first."""
    return [wording.in_language(action.text_id, action.text_en) for action in wanted]


def earlier_words(actor: Actor, about: About, *, besides: int | None) -> str:
    """That there may have been an earlier contact with the own agency; never with whom.

    Other agencies are not asked here, so that the page is the same whatever they know.
    """
    found = reports.earlier_contact(actor, about, besides=besides)
    if found.cases and found.reports:
        return _("Perhaps known here already (cases: %(cases)d, reports: %(reports)d).") % {
            "cases": found.cases,
            "reports": found.reports,
        }
    if found.cases:
        return _("Perhaps known here already (cases: %(cases)d).") % {"cases": found.cases}
    if found.reports:
        return _("Perhaps reported here before (reports: %(reports)d).") % {
            "reports": found.reports
        }
    return ""


def lag(span: timedelta) -> str:
    """A span between two of a report's times, in words; under a minute there is none."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return _("at once")
    if minutes < 60:
        return _("after %(count)d min") % {"count": minutes}
    if minutes < 48 * 60:
        return _("after %(count)d h") % {"count": minutes // 60}
    return _("after %(count)d days") % {"count": minutes // (24 * 60)}
