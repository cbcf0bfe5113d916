"""Reading clocks: what is due, for whom, soonest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from rangkul.clocks import policy, workflow
from rangkul.clocks.models import Clock
from rangkul.foundation.actor import Actor


def due(actor: Actor, *, until: datetime, whole_unit: bool = False) -> QuerySet[Clock]:
    """Clocks that wait and fall due before ``until``, the missed ones too, soonest first."""
    whose = policy.visible_to(actor) if whole_unit else policy.mine(actor)
    return Clock.objects.filter(whose, state__in=workflow.WAITING, due_at__lt=until).order_by(
        "due_at", "id"
    )


@dataclass(frozen=True, slots=True)
class Falling:
    """One deadline in the light: enough to count it, place it, and read it whole if it is shown."""

    due_at: datetime
    id: UUID
    desk_id: int | None
    case_id: int | None


def fall_due(actor: Actor, *, until: datetime, whole_unit: bool = False) -> list[Falling]:
    """Every waiting clock until then, soonest first; all of them, to be counted honestly."""
    found = due(actor, until=until, whole_unit=whole_unit)
    return [Falling(*row) for row in found.values_list("due_at", "id", "desk_id", "case_id")]


def list_clocks(actor: Actor, clock_ids: Iterable[UUID]) -> dict[UUID, Clock]:
    """These clocks of the agency, by id; one query."""
    return Clock.objects.filter(agency_id=actor.agency_id).in_bulk(list(clock_ids))


def list_due(
    actor: Actor, *, until: datetime, whole_unit: bool = False, limit: int = 60
) -> list[Clock]:
    """The waiting clocks until then, soonest first, no more than ``limit``."""
    return list(due(actor, until=until, whole_unit=whole_unit)[:limit])


def list_paused(actor: Actor, *, whole_unit: bool = False, limit: int = 60) -> list[Clock]:
    """Clocks that stand still, whoever paused them; what runs on soonest first."""
    whose = policy.visible_to(actor) if whole_unit else policy.mine(actor)
    found = Clock.objects.filter(whose, state=workflow.PAUSED)
    return list(found.order_by(F("pause_until").asc(nulls_last=True), "due_at", "id")[:limit])


def rested(at: datetime) -> QuerySet[Clock]:
    """Clocks of every agency whose pause ends by ``at``, soonest first; the tick's scope."""
    return Clock.objects.filter(state=workflow.PAUSED, pause_until__lte=at).order_by("pause_until")


def list_case(actor: Actor, case_id: int) -> list[Clock]:
    """The open clocks of one case in this agency, soonest first."""
    return list(
        Clock.objects.filter(
            agency_id=actor.agency_id, case_id=case_id, state__in=workflow.OPEN
        ).order_by("due_at", "id")
    )


def find_clock(actor: Actor, clock_id: UUID) -> Clock | None:
    """A clock of the agency by its id, or ``None``: for work after a deadline was missed."""
    return Clock.objects.filter(agency_id=actor.agency_id, id=clock_id).first()


def list_soon(procedure: str, *, after: datetime, until: datetime) -> list[Clock]:
    """Running clocks of one procedure, of every agency, due in between; for the tick's scope."""
    found = Clock.objects.filter(
        procedure=procedure, state=workflow.RUNNING, due_at__gt=after, due_at__lte=until
    )
    return list(found.order_by("due_at", "id"))


def falling_due(at: datetime) -> QuerySet[Clock]:
    """Clocks of every agency with a rung to climb by ``at``, soonest first; the tick's scope."""
    return (
        Clock.objects.annotate(tick_at=Coalesce("next_at", "due_at"))
        .filter(workflow.waits(), step__lt=F("top"), tick_at__lte=at)
        .order_by("tick_at")
    )


def list_falling_due(at: datetime, *, limit: int) -> list[tuple[int, str, str]]:
    """What the next of these are about: agency, kind and id."""
    found = falling_due(at).values_list("agency_id", "subject_kind", "subject_id")
    return list(found[:limit])


def list_subject(actor: Actor, kind: str, subject_id: object) -> list[Clock]:
    """All clocks of the agency about one thing, soonest first."""
    return list(
        Clock.objects.filter(
            agency_id=actor.agency_id, subject_kind=kind, subject_id=str(subject_id)
        ).order_by("due_at", "id")
    )


def next_due(actor: Actor, case_ids: Iterable[int]) -> dict[int, Clock]:
    """For each case its soonest open clock: one query for a page of cases."""
    found = (
        Clock.objects.filter(
            agency_id=actor.agency_id, case_id__in=list(case_ids), state__in=workflow.WAITING
        )
        .order_by("case_id", "due_at")
        .distinct("case_id")
    )
    return {clock.case_id: clock for clock in found if clock.case_id is not None}


def soonest_of(actor: Actor, kind: str, subject_ids: Iterable[object]) -> dict[str, Clock]:
    """For each thing (its id as text) the soonest open clock: one query for a page of things."""
    found = (
        Clock.objects.filter(
            agency_id=actor.agency_id, subject_kind=kind, state__in=workflow.OPEN,
            subject_id__in=[str(subject_id) for subject_id in subject_ids],
        )
        .order_by("subject_id", "due_at")
        .distinct("subject_id")
    )  # fmt: skip
    return {clock.subject_id: clock for clock in found}
