"""Messages on their way: claimed in small batches, sent outside transactions, settled one by one.

At least once. Claiming takes a message out of the line for ``LEASE`` and counts the try, in a
transaction of its own; a worker that dies after that leaves it claimed, and when the lease is over
it is sent again under the same id. So nothing is lost, and the only thing ever sent twice is the
one message that a dying worker had handed over and not yet noted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Q, QuerySet

from rangkul.alerts import channels, events, hours, kinds, operations, queries, wishes
from rangkul.alerts.calling import Addresses
from rangkul.alerts.channels import Message, Outcome
from rangkul.alerts.models import Alert, Delivery
from rangkul.alerts.operations import Call
from rangkul.network import queries as network
from rangkul.reference.zones import zone_of
from rangkul.trail.operations import record

BATCH: Final = 20
# [local] Longer than a batch can take with every server hanging.
LEASE: Final = timedelta(minutes=15)
# [local] How long after each try the next one comes; after the last, somebody else is told.
WAITS: Final = (
    timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1),
    timedelta(hours=4),
)  # fmt: skip
MOST_TRIES: Final = len(WAITS) + 1


@dataclass(frozen=True, slots=True)
class Claimed:
    """Messages to be sent now; ``looked`` counts the deliveries gone through, 0 when none waits."""

    messages: tuple[Message, ...]
    looked: int


@transaction.atomic
def claim(*, at: datetime, batch: int = BATCH, without: Collection[str] = ()) -> Claimed:
    """Take what is due out of the line, all of a person's and channel's together as one message.

    What nobody needs any more is dropped here: the alert ended or was seen, the person left the
    agency, the way is not wished. What fell into quiet hours meanwhile is held back. ``without``
    names channels that do not answer now. Called inside ``scope.system("tick")``.
    """
    due = list(_due(at, without).order_by("not_before")[:batch])
    if not due:
        return Claimed((), 0)
    # The same people's other deliveries go along: one message for each person and channel.
    people = Q(user_id__in={row.user_id for row in due}, channel__in={row.channel for row in due})
    known = {row.id for row in due}
    due += [row for row in _due(at, without).filter(people) if row.id not in known]
    judge = _Judge(due)
    groups: dict[tuple[int, str], list[Delivery]] = defaultdict(list)
    for row in sorted(due, key=lambda each: each.id):
        fault = judge.drops(row)
        if fault:
            _put(row.id, state=Delivery.DROPPED, fault=fault)
        elif (later := judge.later(row, at)) > at:
            _put(row.id, not_before=later)
        elif row.tries >= MOST_TRIES:
            _give_up([row], "never_settled", at)
        else:
            groups[row.user_id, row.channel].append(row)
    taken = [row.id for rows in groups.values() for row in rows]
    Delivery.objects.filter(id__in=taken).update(tries=F("tries") + 1, not_before=at + LEASE)
    return Claimed(tuple(judge.message(rows) for rows in groups.values()), len(due))


def _due(at: datetime, without: Collection[str]) -> QuerySet[Delivery]:
    return (
        Delivery.objects.filter(state=Delivery.WAITING, not_before__lte=at)
        .exclude(channel__in=list(without))
        .select_related("alert__agency")
        .select_for_update(skip_locked=True, of=("self",))
    )


class _Judge:
    """What is true of these deliveries at this hour; six queries whatever their number."""

    def __init__(self, rows: Sequence[Delivery]) -> None:
        users = {row.user_id for row in rows}
        self._addresses = Addresses(users)
        self._live = {(m.user_id, m.agency_id) for m in network.list_memberships_of(users)}
        self._seen = queries.seen_by(users, {row.alert_id for row in rows})

    def drops(self, row: Delivery) -> str:
        """Why this need not be sent any more, as a code; "" when it is."""
        trial = row.alert.kind == kinds.TRIAL
        if (row.user_id, row.agency_id) not in self._live:
            return "left"
        if row.alert.ended_at is not None and not trial:
            return "ended"
        if (row.alert_id, row.user_id) in self._seen and not trial:
            return "seen"
        return "" if row.channel in self._addresses.channels(row.user_id) else "no_way"

    def later(self, row: Delivery, at: datetime) -> datetime:
        """``at``, or the end of the quiet hours that it fell into while it waited."""
        if row.alert.urgent:
            return at
        ways = self._addresses.ways(row.user_id)
        zone = ZoneInfo(zone_of(row.alert.agency.area_id))
        return hours.after_quiet(at, zone=zone, start=ways.quiet_from, end=ways.quiet_until)

    def message(self, rows: Sequence[Delivery]) -> Message:
        """One message for deliveries of one person and channel, oldest first."""
        first = rows[0]
        return Message(
            id=first.id,
            channel=first.channel,
            user_id=first.user_id,
            agency_id=first.agency_id,
            language=self._addresses.users[first.user_id].language,
            deliveries=tuple(row.id for row in rows),
            tries=max(row.tries for row in rows) + 1,
            address=self._addresses.address(first.user_id, first.channel),
            browsers=tuple(self._addresses.browsers.get(first.user_id, ())),
        )


def _put(delivery_id: UUID, **values: object) -> None:
    Delivery.objects.filter(id=delivery_id).update(**values)


# -- afterwards -------------------------------------------------------------------------------


@transaction.atomic
def settle(message: Message, outcome: Outcome, *, at: datetime) -> None:
    """Note how a try ended; what cannot be sent at all becomes a call to the supervisors.

    Called inside ``scope.system("tick")``. Trail: ``alert.sent``.
    """
    wishes.forget_browsers(outcome.gone)
    mine = Delivery.objects.filter(id__in=message.deliveries, state=Delivery.WAITING)
    if outcome.state == channels.SENT:
        mine.update(state=Delivery.SENT, sent_at=at, fault="")
        _reached(message, at)
    elif outcome.state == channels.GONE:
        mine.update(state=Delivery.DROPPED, fault=outcome.fault)
    elif outcome.state == channels.REFUSED or message.tries >= MOST_TRIES:
        _give_up(list(mine), outcome.fault, at)
    else:
        mine.update(not_before=at + WAITS[message.tries - 1], fault=outcome.fault)


def _reached(message: Message, at: datetime) -> None:
    record(
        by=None, at=at, name=events.ALERT_SENT, subject_kind="user", subject_id=message.user_id,
        purpose="tick",
        detail={"channel": message.channel, "message": str(message.id),
                "calls": len(message.deliveries), "agency": message.agency_id},
    )  # fmt: skip
    operations.end_alerts(
        subject_kind=kinds.REACH, subject_ids=[_way(message.user_id, message.channel)], at=at
    )


def _give_up(rows: Iterable[Delivery], fault: str, at: datetime) -> None:
    """Whoever leads the agency is told on the screen, once a day for each person and way."""
    failed = list(rows)
    Delivery.objects.filter(id__in=[row.id for row in failed]).update(
        state=Delivery.FAILED, fault=fault
    )
    ways = {(row.agency_id, row.user_id, row.channel) for row in failed}
    operations.raise_alerts(
        calls=[
            Call(
                token=f"reach:{user}:{channel}:{at:%Y%m%d}", agency_id=agency,
                audience=Alert.SUPERVISOR, kind=kinds.UNREACHED, code=channel, user_id=user,
                subject_kind=kinds.REACH, subject_id=_way(user, channel),
            )
            for agency, user, channel in sorted(ways)
        ],
        at=at,
    )  # fmt: skip


def _way(user_id: int, channel: str) -> str:
    return f"{user_id}:{channel}"
