"""Exports are made by the worker in the name of whoever asked, and end when their time is over."""

from __future__ import annotations

import logging
from typing import Final

from rangkul.alerts import operations as alerts
from rangkul.alerts.models import Alert
from rangkul.alerts.operations import Call
from rangkul.exchange import events, operations, queries
from rangkul.exchange.columns import Facts
from rangkul.foundation import hour
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting, system
from rangkul.jobs.tasks import recurring, subscribe
from rangkul.network import queries as network

log = logging.getLogger("rangkul.jobs")

# Cases that one scope describes: far below its ninety seconds, and a step that a page can show.
SLICE: Final = 500
_EXPORT: Final = "export"


@subscribe(events.EXPORT_ASKED, events.EXPORT_APPROVED)
def make_export(event: Event) -> None:
    """Membership and permission are asked again; what is described stays in memory until sealed."""
    actor = network.get_live_actor(user_id=event.actor_id or 0, agency_id=event.agency_id)
    if actor is None:
        log.info("export %s: whoever asked has left; the tick ends it", event.subject_id)
        return
    with acting(actor):
        begun = operations.begin_export(export_id=int(event.subject_id), by=actor, at=hour.now())
    if begun is None:
        return
    facts: list[Facts] = []
    wanted = begun.weighed.case_ids
    for start in range(0, len(wanted), SLICE):
        with acting(actor):
            part = wanted[start : start + SLICE]
            facts += queries.describe(actor, part, at=hour.now())
            operations.note_progress(export_id=begun.export_id, done=start + len(part), by=actor)
    with acting(actor):
        operations.finish_export(begun=begun, facts=facts, by=actor, at=hour.now())


@subscribe(events.EXPORT_WAITS)
def tell_second(event: Event) -> None:
    """A large export waits: another supervisor of the agency lets it go, or does not."""
    call = Call(
        token=f"{event.name}:{event.subject_id}", agency_id=event.agency_id,
        audience=Alert.SUPERVISOR, kind=event.name, subject_kind=_EXPORT,
        subject_id=event.subject_id, about=(_EXPORT, event.subject_id),
    )  # fmt: skip
    with system("tick"):
        alerts.raise_alerts(calls=[call], at=hour.now())


@subscribe(events.EXPORT_APPROVED, events.EXPORT_DESTROYED)
def let_rest(event: Event) -> None:
    """It was let go, or is gone: nobody is called about it any more."""
    with system("tick"):
        alerts.end_alerts(subject_kind=_EXPORT, subject_ids=[event.subject_id], at=hour.now())


@recurring("* * * * *")
def end_exports() -> None:
    """Every minute: what nobody fetched in time, or lost its ground, is destroyed and noted."""
    with system("retention"):
        ended = operations.end_exports(at=hour.now())
    if ended:
        log.info("exports that ended: %s", ended)
