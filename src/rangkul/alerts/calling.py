"""From an alert to the people it calls: who is on duty, who stands in, by which way and when.

Each alert is gone through once, under a lock and in one transaction with the rows it makes; a
worker that dies leaves it as it was. The rows are unique by alert, person and channel besides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from rangkul.accounts import queries as accounts
from rangkul.alerts import channels, hours, kinds, operations, queries
from rangkul.alerts.models import Alert, Delivery, Ways
from rangkul.alerts.operations import Call
from rangkul.alerts.policy import ROLES
from rangkul.foundation.ids import new_id
from rangkul.network import queries as network
from rangkul.network.models import Membership
from rangkul.reference.zones import zone_of

BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Planned:
    """What one round did; no alert gone through means that none waits."""

    alerts: int
    deliveries: int


@transaction.atomic
def call_people(*, at: datetime, batch: int = BATCH) -> Planned:
    """Put the messages of up to ``batch`` new alerts in line, oldest alert first.

    Called inside ``scope.system("tick")``.
    """
    alerts = list(
        Alert.objects.filter(called_at__isnull=True, ended_at__isnull=True)
        .select_related("agency")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("at")[:batch]
    )
    if not alerts:
        return Planned(0, 0)
    standing = _Standing(alerts, at)
    called = [(alert, standing.called(alert)) for alert in alerts]
    operations.raise_alerts(calls=standing.calls, at=at)
    rows = _rows([pair for pair in called if pair[0].kind not in kinds.ON_SCREEN_ONLY], at)
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    Alert.objects.filter(id__in=[alert.id for alert in alerts]).update(called_at=at)
    return Planned(len(alerts), len(rows))


class _Standing:
    """Who stands where around these alerts; three queries whatever their number."""

    def __init__(self, alerts: Sequence[Alert], at: datetime) -> None:
        self._members: dict[int, list[Membership]] = defaultdict(list)
        members = network.list_members_of(alert.agency_id for alert in alerts)
        for member in members:
            self._members[member.agency_id].append(member)
        self._covers = network.cover_of({a.desk_id for a in alerts if a.desk_id}, at)
        named = {(a.agency_id, a.user_id) for a in alerts if a.audience == Alert.PERSON}
        self._away = network.stand_ins(
            [m for m in members if (m.agency_id, m.user_id) in named], at
        )
        self.calls: list[Call] = []

    def called(self, alert: Alert) -> list[int]:
        """The users to be told, each a live member; calls for those who stand in are added."""
        members = self._members[alert.agency_id]
        if alert.audience == Alert.PERSON:
            return self._person(alert, members)
        if alert.audience == Alert.DESK:
            return self._desk(alert, members)
        return _with_role(members, ROLES[alert.audience])

    def _person(self, alert: Alert, members: list[Membership]) -> list[int]:
        mine = next((m for m in members if m.user_id == alert.user_id), None)
        if mine is not None and mine.id not in self._away:
            return [mine.user_id]
        # On leave, or no longer there: the stand-in is called in her place, else the supervisors.
        stand_in = self._away.get(mine.id) if mine else None
        self.calls.append(_in_place_of(alert, stand_in))
        return []

    def _desk(self, alert: Alert, members: list[Membership]) -> list[int]:
        live = {m.user_id for m in members}
        cover = self._covers[alert.desk_id or 0]
        on_duty = [one.user_id for one in cover.on_duty if one.user_id in live]
        sitting = [m.user_id for m in members if alert.desk_id in m.desk_ids]
        return on_duty or sitting or _with_role(members, ROLES[Alert.SUPERVISOR])


def _with_role(members: Iterable[Membership], role: str) -> list[int]:
    return [m.user_id for m in members if role in m.roles]


def _in_place_of(alert: Alert, stand_in: int | None) -> Call:
    """The same call for whoever comes instead; it ends with the same thing."""
    return Call(
        token=alert.token.removesuffix(f":{Alert.PERSON}:{alert.user_id}"),
        agency_id=alert.agency_id,
        audience=Alert.PERSON if stand_in else Alert.SUPERVISOR,
        kind=alert.kind,
        code=alert.code,
        subject_kind=alert.subject_kind,
        subject_id=alert.subject_id,
        user_id=stand_in,
        about=(alert.about_kind, alert.about_id),
        about_agency_id=alert.about_agency_id,
        step=alert.step,
        urgent=alert.urgent,
        due_at=alert.due_at,
    )


# -- by which way, and when -------------------------------------------------------------------


def _rows(called: Sequence[tuple[Alert, list[int]]], at: datetime) -> list[Delivery]:
    people = {user for _alert, users in called for user in users}
    addresses = Addresses(people)
    return [
        Delivery(
            id=new_id(), agency_id=alert.agency_id, alert=alert, user_id=user, channel=channel,
            not_before=_moment(alert, addresses.ways(user), at),
        )
        for alert, users in called
        for user in dict.fromkeys(users)
        for channel in addresses.channels(user)
    ]  # fmt: skip


def _moment(alert: Alert, ways: Ways, at: datetime) -> datetime:
    """When this may be told: urgent now, else after the quiet hours or at the digest's hour."""
    if alert.urgent:
        return at
    zone = ZoneInfo(zone_of(alert.agency.area_id))
    if ways.digest_at is not None:
        return hours.next_digest(at, zone=zone, hour=ways.digest_at)
    return hours.after_quiet(at, zone=zone, start=ways.quiet_from, end=ways.quiet_until)


class Addresses:
    """By which ways these people can be called, and wish to be; three queries."""

    def __init__(self, user_ids: Iterable[int]) -> None:
        asked = set(user_ids)
        self.users = accounts.list_active(asked)
        self._ways = queries.ways_of(asked)
        self.browsers = queries.browsers_of(asked)

    def ways(self, user_id: int) -> Ways:
        """What the person wishes; the defaults where she never said."""
        return self._ways[user_id]

    def channels(self, user_id: int) -> list[str]:
        """The channels by which something would arrive now."""
        user, ways = self.users.get(user_id), self._ways[user_id]
        if user is None:
            return []
        wished = {
            channels.EMAIL: ways.email and bool(user.email) and settings.LETTERS_LEAVE,
            channels.PUSH: ways.push and bool(self.browsers.get(user_id)),
            channels.TEXT: ways.text and bool(ways.phone) and settings.TEXTS_LEAVE,
        }
        return [channel for channel, there in wished.items() if there]

    def address(self, user_id: int, channel: str) -> str:
        """Where a letter or a text message goes; "" for the others."""
        if channel == channels.EMAIL:
            return self.users[user_id].email
        return self._ways[user_id].phone if channel == channels.TEXT else ""
