"""Raising an alert once, ending it with its reason, and noting that it was seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from rangkul.alerts import kinds, queries
from rangkul.alerts.models import Alert, Seen
from rangkul.foundation.actor import Actor
from rangkul.foundation.ids import new_id


@dataclass(frozen=True, slots=True)
class Call:
    """Whom to call about what. ``token`` makes the same call once for an agency and audience."""

    token: str
    agency_id: int
    audience: str
    kind: str
    subject_kind: str
    subject_id: str
    code: str = ""
    desk_id: int | None = None
    user_id: int | None = None
    about: tuple[str, str] = ("", "")
    about_agency_id: int | None = None
    step: int = 0
    urgent: bool = False
    due_at: datetime | None = None


@transaction.atomic
def raise_alerts(*, calls: Iterable[Call], at: datetime) -> int:
    """Write these calls under the running scope; those told before are left as they are.

    A person's scope calls within the own agency only; the tick and the outbox's jobs call others.
    Returns how many were new.
    """
    rows = [
        Alert(
            id=new_id(), token=_token(call), agency_id=call.agency_id, audience=call.audience,
            desk_id=call.desk_id, user_id=call.user_id, kind=call.kind, code=call.code,
            subject_kind=call.subject_kind, subject_id=call.subject_id,
            about_kind=call.about[0], about_id=call.about[1],
            about_agency_id=call.about_agency_id, step=call.step, urgent=call.urgent,
            due_at=call.due_at, at=at,
        )
        for call in calls
    ]  # fmt: skip
    if not rows:
        return 0
    known = set(
        Alert.objects.filter(token__in=[row.token for row in rows]).values_list(
            "agency_id", "token"
        )
    )
    Alert.objects.bulk_create(rows, ignore_conflicts=True)
    return len({(row.agency_id, row.token) for row in rows} - known)


def _token(call: Call) -> str:
    """The call's name within its agency: the same news to two people is two calls."""
    whom = call.user_id or call.desk_id or ""
    return f"{call.token}:{call.audience}:{whom}"


@transaction.atomic
def end_alerts(*, subject_kind: str, subject_ids: Sequence[str], at: datetime) -> int:
    """What these were about has been done, or is not wanted any more; the count ended."""
    return Alert.objects.filter(
        subject_kind=subject_kind, subject_id__in=list(subject_ids), ended_at__isnull=True
    ).update(ended_at=at)


@transaction.atomic
def see_alerts(*, alert_ids: Iterable[object], by: Actor, at: datetime) -> int:
    """Note that this person has seen these; the count newly seen. Not an act for the trail."""
    found = queries.visible_among(by, alert_ids, now=at)
    before = set(
        Seen.objects.filter(alert__in=found, user_id=by.user_id).values_list("alert_id", flat=True)
    )
    fresh = [
        Seen(id=new_id(), agency_id=by.agency_id, alert=alert, user_id=by.user_id, at=at)
        for alert in found
        if alert.id not in before
    ]
    Seen.objects.bulk_create(fresh, ignore_conflicts=True)
    trials = [a.id for a in found if a.kind == kinds.TRIAL and a.called_at and not a.ended_at]
    if trials:
        # A trial whose messages stand in line is over when it was seen; they are sent all the same.
        Alert.objects.filter(id__in=trials).update(ended_at=at)
    return len(fresh)
