"""Reading alerts: what calls this person now, what is late where, how people wish to be called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from rangkul.alerts import hours, policy
from rangkul.alerts.channels import Browser
from rangkul.alerts.models import Alert, PushSubscription, Seen, Ways
from rangkul.foundation.actor import Actor

PAGE: Final = 60
# Older calls are history: the trail tells of them.
SHOWN_FOR: Final = timedelta(days=30)
# What a coordinator's page reads at most; the oldest deadlines are among them.
LATE: Final = 500


def _called(actor: Actor, now: datetime) -> QuerySet[Alert]:
    return Alert.objects.filter(policy.visible_to(actor), at__gte=now - SHOWN_FOR)


@dataclass(frozen=True, slots=True)
class Call:
    """An alert as it calls one person, who has seen it or has not."""

    alert: Alert
    is_seen: bool


def list_alerts(actor: Actor, *, now: datetime) -> list[Call]:
    """The calls of the last thirty days, waiting ones first, then newest."""
    mine = Seen.objects.filter(alert_id=OuterRef("id"), user_id=actor.user_id)
    found = _called(actor, now).select_related("about_agency").annotate(is_seen=Exists(mine))
    ordered = found.order_by(F("ended_at").asc(nulls_first=True), "-at")[:PAGE]
    return [Call(alert, alert.is_seen) for alert in ordered]


def count_unseen(actor: Actor, *, now: datetime) -> int:
    """How many things call this person unseen; one that calls on two rungs counts once."""
    mine = Seen.objects.filter(alert_id=OuterRef("id"), user_id=actor.user_id)
    waiting = _called(actor, now).filter(~Exists(mine), ended_at__isnull=True)
    return waiting.order_by().values("subject_kind", "subject_id", "kind").distinct().count()


def open_subjects(subject_kind: str) -> list[str]:
    """What calls of this sort are still about; under the scope of the tick."""
    waiting = Alert.objects.filter(subject_kind=subject_kind, ended_at__isnull=True)
    return sorted(set(waiting.values_list("subject_id", flat=True)))


def visible_among(actor: Actor, alert_ids: Iterable[object], *, now: datetime) -> list[Alert]:
    """Those of these alerts that call this person."""
    return list(_called(actor, now).filter(id__in=list(alert_ids)))


def list_unseen(actor: Actor, *, now: datetime) -> list[UUID]:
    """The calls that this person has not seen, ended ones too."""
    mine = Seen.objects.filter(alert_id=OuterRef("id"), user_id=actor.user_id)
    return list(_called(actor, now).filter(~Exists(mine)).values_list("id", flat=True))


def list_late(actor: Actor, *, now: datetime) -> list[Alert]:
    """What is late, as a coordinator is told of it: open calls to the role, oldest deadline first.

    Longer ago than thirty days too: what nobody did stays late.
    """
    roles = [Alert.PROVINCE, Alert.NATION]
    found = Alert.objects.filter(
        policy.visible_to(actor), audience__in=roles, ended_at__isnull=True, due_at__lt=now
    )
    return list(found.select_related("agency", "about_agency").order_by("due_at", "id")[:LATE])


# -- how people are called --------------------------------------------------------------------


def defaults(user_id: int) -> Ways:
    """What holds for a person who never said how; not saved."""
    return Ways(user_id=user_id, quiet_from=hours.QUIET_FROM, quiet_until=hours.QUIET_UNTIL)


def ways_of(user_ids: Collection[int]) -> dict[int, Ways]:
    """How each of these people wishes to be called; one query."""
    said = {ways.user_id: ways for ways in Ways.objects.filter(user_id__in=user_ids)}
    return {user: said.get(user) or defaults(user) for user in user_ids}


def browsers_of(user_ids: Collection[int]) -> dict[int, list[Browser]]:
    """The browsers of these people that agreed to be called; one query."""
    found: dict[int, list[Browser]] = defaultdict(list)
    rows = PushSubscription.objects.filter(user_id__in=user_ids).order_by("made_at", "id")
    for row in rows:
        found[row.user_id].append(Browser(row.id, row.endpoint, row.p256dh, row.auth))
    return found


def seen_by(user_ids: Collection[int], alert_ids: Collection[UUID]) -> set[tuple[UUID, int]]:
    """(alert, user) of those among these who have seen it on the screen."""
    found = Seen.objects.filter(alert_id__in=alert_ids, user_id__in=user_ids)
    return set(found.values_list("alert_id", "user_id"))


def count_calls(*, desk_id: int, kind: str, since: datetime) -> int:
    """How often a desk was called for this kind since then, under the running scope."""
    return Alert.objects.filter(desk_id=desk_id, kind=kind, at__gte=since).count()
