"""Legal hold, and erasing by destroying keys: proposed by one, done by another, said when true."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection, connections, transaction
from django.db.backends.utils import CursorWrapper

from rangkul.access.policy import require, require_second_person
from rangkul.clocks import operations as clocks
from rangkul.foundation import memory, tombstones, vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.ids import new_id
from rangkul.foundation.outbox import Event, post
from rangkul.reference import queries as reference
from rangkul.retention import events, policy, queries, workflow
from rangkul.retention.models import Erasure, Hold, Request
from rangkul.retention.operations.receiving import SUBJECT
from rangkul.trail.operations import OUTSIDE, record

HOLDS = "alasan_tahan_hapus"
MOST_REFERENCE = 80


@transaction.atomic
def set_hold(*, case_id: int, reason: str, reference_number: str, by: Actor, at: datetime) -> Hold:
    """Nothing of the case is erased while a legal process needs it (UU 27/2022 art. 42–44).

    ``reference_number`` is the process's own number, no name. Raises ``InvalidInput``.
    """
    require(by.roles, policy.HANDLES)
    errors = {} if reference.is_code(HOLDS, reason) else {"reason": "unknown"}
    if len(reference_number) > MOST_REFERENCE:
        errors["reference"] = "too_long"
    if errors:
        raise InvalidInput(errors)
    hold = Hold.objects.create(
        id=new_id(), agency_id=by.agency_id, case_id=case_id, reason=reason,
        reference=reference_number, since=at, since_by=by.user_id,
    )  # fmt: skip
    record(
        by=by, at=at, name=events.HOLD_SET, subject_kind="case", subject_id=case_id,
        case_id=case_id, reason=reason, detail={"hold": str(hold.id)},
    )  # fmt: skip
    return hold


@transaction.atomic
def lift_hold(*, hold_id: UUID, by: Actor, at: datetime) -> Hold:
    """Let go of a hold that somebody else set. Raises ``OwnException``, ``NotReachable``."""
    require(by.roles, policy.HANDLES)
    hold = queries.lock_hold(by, hold_id)
    require_second_person(requested_by=hold.since_by, approved_by=by.user_id)
    hold.until, hold.until_by = at, by.user_id
    hold.save(update_fields=["until", "until_by"])
    record(
        by=by, at=at, name=events.HOLD_LIFTED, subject_kind="case", subject_id=hold.case_id,
        case_id=hold.case_id, detail={"hold": str(hold.id)},
    )  # fmt: skip
    return hold


@transaction.atomic
def propose_erasure(
    *, case_id: int, by: Actor, at: datetime, request_id: int | None = None, schedule: str = ""
) -> Erasure:
    """One person says that this case should be erased; nothing happens before another does it.

    On her granted request, or because the schedule's time is over. Raises ``ErasureBarred``,
    ``InvalidInput``.
    """
    require(by.roles, policy.HANDLES)
    if (request_id is None) == (schedule == ""):
        raise InvalidInput({"ground": "required"})
    if schedule and not reference.is_code(queries.SCHEDULE, schedule):
        raise InvalidInput({"schedule": "unknown"})
    if request_id is not None:
        row = queries.lock_request(by, request_id)
        if row.kind != workflow.DELETION or row.case_id != case_id:
            raise InvalidInput({"ground": "another_request"})
        if row.state != workflow.GRANTED:
            raise policy.ErasureBarred("not_granted")
    elif case_id not in {ripe.case_id for ripe in queries.list_ripe(by, at=at)}:
        raise policy.ErasureBarred("not_ripe")
    why = queries.obstacle(case_id)
    if why:
        raise policy.ErasureBarred(why)
    known = queries.erasure_of([case_id]).get(case_id)
    if known is not None:
        return known
    erasure = Erasure.objects.create(
        id=new_id(), agency_id=by.agency_id, case_id=case_id, request_id=request_id,
        schedule=schedule, proposed_at=at, proposed_by=by.user_id,
    )  # fmt: skip
    record(
        by=by, at=at, name=events.ERASURE_PROPOSED, subject_kind="case", subject_id=case_id,
        case_id=case_id, detail={"erasure": str(erasure.id), "schedule": schedule},
    )  # fmt: skip
    return erasure


@transaction.atomic
def drop_erasure(*, erasure_id: UUID, by: Actor, at: datetime) -> None:
    """Take a proposal back, whoever made it."""
    erasure = queries.lock_erasure(by, erasure_id)
    erasure.state = workflow.ERASURE.check("take_back", erasure.state).target
    erasure.save(update_fields=["state"])
    record(
        by=by, at=at, name=events.ERASURE_DROPPED, subject_kind="case",
        subject_id=erasure.case_id, case_id=erasure.case_id, detail={"erasure": str(erasure.id)},
    )  # fmt: skip


@transaction.atomic
def destroy_keys(*, erasure_id: UUID, by: Actor, at: datetime) -> Erasure:
    """The second person erases: all keys of the case, its packets, conferences and records.

    What stood unsealed is emptied, all access ends; the trail stays whole. It is not *erased* yet:
    see ``end_erasures``. Raises ``OwnException``, ``ErasureBarred``, ``IllegalMove``.
    """
    erasure = queries.lock_erasure(by, erasure_id)
    workflow.ERASURE.check("destroy", erasure.state)
    require_second_person(requested_by=erasure.proposed_by, approved_by=by.user_id)
    why = queries.obstacle(erasure.case_id)
    if why:
        raise policy.ErasureBarred(why)
    # While the agency still has access: an act on a case that is nobody's could not be written.
    record(
        by=by, at=at, name=events.KEYS_DESTROYED, subject_kind="case",
        subject_id=erasure.case_id, case_id=erasure.case_id, detail={"erasure": str(erasure.id)},
    )  # fmt: skip
    if erasure.request_id is not None:
        _answer(erasure.request_id, by=by, at=at)
    with connection.cursor() as cursor:
        cursor.execute("select house.erase_case(%s, %s)", [erasure.id, at])
    vault.forget_keys()
    memory.forget()
    erasure.refresh_from_db()
    for agency_id in erasure.told_agencies:
        post(Event(events.RECEIVER_TOLD, "erasure", str(erasure.id), agency_id))
    return erasure


def _answer(request_id: int, *, by: Actor, at: datetime) -> None:
    """Her request has its answer; its words are gone with the rest."""
    row = Request.objects.select_for_update().get(id=request_id, agency_id=by.agency_id)
    row.state = workflow.MOVES.check("finish", row.state).target
    row.ended_at = at
    row.version += 1
    row.save(update_fields=["state", "ended_at", "version"])
    clocks.meet(subject_kind=SUBJECT, subject_id=row.id, by=by, at=at)
    record(
        by=by, at=at, name=events.REQUEST_DONE, subject_kind=SUBJECT, subject_id=row.id,
        case_id=row.case_id, detail={"kind": row.kind},
    )  # fmt: skip


def end_erasures(*, at: datetime) -> tuple[int, int]:
    """Move erasures on that may be called more: (newly listed, newly *erased*).

    Called inside ``scope.system("retention")``, after ``tombstones.carry_over``: a destroyed case
    is listed once the list beside the ring knows it, and erased once no backup of the key store
    from before is kept any more.
    """
    known = set(tombstones.erased_cases())
    listed = 0
    for erasure in _waiting(workflow.DESTROYED):
        listed_as = tombstones.Erased(erasure.case_id, erasure.mark)
        if listed_as not in known or erasure.destroyed_at is None:
            continue
        erasure.state = workflow.ERASURE.check("list", erasure.state).target
        erasure.listed_at = at
        # The day after the last backup from before is over, wherever somebody reads it.
        erasure.erased_on = (erasure.destroyed_at + workflow.KEYS_KEPT).date()
        erasure.save(update_fields=["state", "listed_at", "erased_on"])
        _record(erasure, events.ERASURE_LISTED, at)
        listed += 1
    ended = 0
    for erasure in _waiting(workflow.LISTED):
        if erasure.destroyed_at is None or at < erasure.destroyed_at + workflow.KEYS_KEPT:
            continue
        erasure.state = workflow.ERASURE.check("end", erasure.state).target
        erasure.ended_at = at
        erasure.save(update_fields=["state", "ended_at"])
        _record(erasure, events.ERASED, at)
        ended += 1
    return listed, ended


def _waiting(state: str) -> list[Erasure]:
    found = Erasure.objects.select_for_update(skip_locked=True).filter(state=state)
    return list(found.order_by("destroyed_at")[:500])


def _record(erasure: Erasure, name: str, at: datetime) -> None:
    record(
        by=None, at=at, name=name, subject_kind="erasure", subject_id=erasure.id,
        purpose="retention", detail={"agency": erasure.agency_id},
    )  # fmt: skip


def destroy_again(*, using: str, at: datetime) -> tuple[int, int]:
    """As the owner: destroy what an older database has brought back; (keys, cases).

    The list beside the ring says what. Recorded in the trail as an act of those who keep the
    machine, where there was anything.
    """
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        tombstones.bring_back(using=using)
        cursor.execute(
            "with gone as (delete from foundation_datakey k using house.tombstone t "
            "where t.kind = 'k' and t.name = "
            "encode(substr(sha256(uuid_send(k.id)), 1, 16), 'hex') returning 1) "
            "select count(*) from gone"
        )
        keys = int(cursor.fetchone()[0])
        cases = [each.case_id for each in tombstones.erased_cases() if _came_back(cursor, each)]
        for case_id in cases:
            cursor.execute("select house.clear_case(%s, %s)", [case_id, at])
        if keys or cases:
            record(
                by=None, at=at, name=events.DESTROYED_AGAIN, subject_kind="database",
                subject_id="keys", purpose=OUTSIDE, detail={"keys": keys, "cases": len(cases)},
                using=using,
            )  # fmt: skip
    return keys, len(cases)


def _came_back(cursor: CursorWrapper, erased: tombstones.Erased) -> bool:
    """Whether this case stands here with access again; an id alone may be another's by now."""
    cursor.execute(
        "select c.subject from custody_case c where c.id = %s and (c.reach <> '{}' or exists "
        "(select 1 from custody_caseaccess a where a.case_id = c.id and a.until is null))",
        [erased.case_id],
    )
    found = cursor.fetchone()
    return bool(found) and tombstones.digest_of(found[0]) == erased.subject
