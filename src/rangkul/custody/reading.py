"""How much a person reads: slowed, then stopped, until somebody else has looked at it.

Whoever opens identities, notes or packets says so here first. The database (``reading_sql``) counts
different files and packets in an hour and a day, those carried apart from all others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from rangkul.access.permissions import Permission
from rangkul.access.policy import Forbidden, OwnException, may
from rangkul.custody import events
from rangkul.custody.models import Reading, ReadingStop
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable, RangkulError
from rangkul.foundation.outbox import Event, post
from rangkul.trail.operations import record

CASE, PACKET = "case", "packet"
JUSTIFIED, UNJUSTIFIED = "justified", "unjustified"
_SUBJECT: Final = "stop"


class ReadingSlowed(RangkulError):
    """Many files were read: the next may be opened after a pause of ``wait`` seconds (429)."""

    code = "reading_slowed"
    message_id = (
        "Hari ini Anda sudah membuka banyak berkas. Ambil napas sebentar: berkas berikutnya dapat "
        "dibuka satu per satu, setelah jeda singkat."
    )
    message_en = (
        "You have opened many files today. Take a short breath: the next can be opened one at a "
        "time, after a short pause."
    )

    def __init__(self, wait: int) -> None:
        super().__init__(f"reading is slowed for {wait} seconds")
        self.wait = wait


class ReadingStopped(RangkulError):
    """So many files were read that somebody else looks at it first (403)."""

    code = "reading_stopped"
    message_id = (
        "Anda telah membuka lebih banyak berkas daripada biasanya, jadi pembukaan berkas berhenti "
        "sementara. Penyelia lembaga Anda sudah diberi tahu dan dapat membukanya kembali. Bila "
        "seseorang dalam bahaya, hubungi penyelia sekarang."
    )
    message_en = (
        "You have opened more files than usual, so the opening of files rests for now. The "
        "supervisors of your agency have been told and can open it again. If somebody is in "
        "danger, call a supervisor now."
    )

    def __init__(self) -> None:
        super().__init__("reading is stopped until somebody has looked")


def note_reading(*, refs: Iterable[int], by: Actor, at: datetime, kind: str = CASE) -> None:
    """Count that these files (or packets) are about to be opened by ``by``.

    Raises ``ReadingSlowed``, ``ReadingStopped``. The reading that fills the measure is still
    allowed; with it the stop is written down, and supervisors are told by the outbox.
    """
    wanted = sorted(set(refs))
    if not wanted:
        return
    with connection.cursor() as cursor:
        cursor.execute("select * from house.take_reading(%s, %s)", [kind, wanted])
        verdict, wait, stop = cursor.fetchone()
    if verdict == "slowed":
        raise ReadingSlowed(wait)
    if verdict == "stopped":
        raise ReadingStopped
    if verdict == "last":
        record(
            by=by, at=at, name=events.READING_STOPPED, subject_kind=_SUBJECT, subject_id=stop,
        )  # fmt: skip
        post(Event(events.READING_STOPPED, _SUBJECT, str(stop), by.agency_id))


# -- looking at a stop ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read in the stretch before a stop: how many files, how many of them not carried."""

    files: int
    others: int
    packets: int
    case_ids: tuple[int, ...]


def looks_at(actor: Actor) -> Q:
    """A condition on ``ReadingStop``: whose stops the person may look at; never the own.

    Supervisors at everybody's; an agency's admin, who sees how often and never what, at the
    supervisors' where nobody else could.
    """
    if not (may(actor.roles, Permission.REVIEW_EMERGENCY_ACCESS) or _keeps_staff(actor)):
        return Q(pk__in=())
    return Q(agency_id=actor.agency_id) & ~Q(user_id=actor.user_id)


def _keeps_staff(actor: Actor) -> bool:
    return may(actor.roles, Permission.MANAGE_STAFF)


def list_stops(actor: Actor, *, at: datetime) -> list[ReadingStop]:
    """The stops of the last thirty days and all that wait, those that wait first."""
    lately = Q(stopped_at__gte=at - timedelta(days=30)) | Q(verdict="")
    found = ReadingStop.objects.filter(looks_at(actor), lately)
    return sorted(found.order_by("-stopped_at")[:100], key=lambda stop: stop.verdict != "")


def get_stop(actor: Actor, stop_id: UUID) -> ReadingStop:
    """One stop that the person may look at. Raises ``NotReachable``."""
    found = ReadingStop.objects.filter(looks_at(actor), id=stop_id).first()
    if found is None:
        raise NotReachable("no such stop")
    return found


def own_stop(actor: Actor) -> ReadingStop | None:
    """The stop that holds the acting person now, or ``None``."""
    return (
        ReadingStop.objects.filter(agency_id=actor.agency_id, user_id=actor.user_id)
        .exclude(verdict=JUSTIFIED)
        .order_by("-stopped_at")
        .first()
    )


def seen_before(actor: Actor, stop: ReadingStop) -> Seen:
    """What the stopped person read in the hours of the measure; the files' ids for supervisors."""
    rows = list(
        Reading.objects.filter(
            agency_id=actor.agency_id, user_id=stop.user_id, at__lte=stop.stopped_at,
            at__gt=stop.stopped_at - timedelta(hours=stop.hours),
        ).order_by("-at")
    )  # fmt: skip
    files = [row for row in rows if row.kind == CASE]
    shown = files if may(actor.roles, Permission.SEE_UNIT_CASES) else []
    return Seen(
        files=len(files), others=sum(not row.carried for row in files),
        packets=len(rows) - len(files), case_ids=tuple(row.ref for row in shown),
    )  # fmt: skip


@transaction.atomic
def decide_stop(*, stop_id: UUID, verdict: str, by: Actor, at: datetime) -> ReadingStop:
    """Say whether so much reading was justified: then the measure begins anew, else it stays.

    Raises ``OwnException`` for one's own, ``InvalidInput``, ``NotReachable``.
    """
    if ReadingStop.objects.filter(id=stop_id, user_id=by.user_id).exists():
        raise OwnException
    if not (may(by.roles, Permission.REVIEW_EMERGENCY_ACCESS) or _keeps_staff(by)):
        raise Forbidden(Permission.REVIEW_EMERGENCY_ACCESS)
    stop = get_stop(by, stop_id)
    if verdict not in (JUSTIFIED, UNJUSTIFIED):
        raise InvalidInput({"verdict": "unknown" if verdict else "required"})
    if stop.verdict == JUSTIFIED:
        raise InvalidInput({"verdict": "decided"})
    stop.verdict = verdict
    stop.save(update_fields=["verdict"])
    name = events.READING_ALLOWED if verdict == JUSTIFIED else events.READING_KEPT_STOPPED
    record(
        by=by, at=at, name=name, subject_kind=_SUBJECT, subject_id=stop.id,
        detail={"user": stop.user_id},
    )  # fmt: skip
    post(Event(name, _SUBJECT, str(stop.id), by.agency_id))
    return stop


def stopped_user(stop_id: str) -> int | None:
    """Whom a stop holds; for the tick's scope."""
    return ReadingStop.objects.filter(id=UUID(stop_id)).values_list("user_id", flat=True).first()
