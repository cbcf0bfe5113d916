"""The minutes of a hand-over and their two signatures: only both of them move a person."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from rangkul.accounts import queries as accounts
from rangkul.foundation import outgoing, vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import new_id
from rangkul.foundation.outbox import Event, post
from rangkul.foundation.vault import DataClass, Owner
from rangkul.referrals import operations as referrals
from rangkul.referrals import queries as referral_queries
from rangkul.referrals import workflow as referral_workflow
from rangkul.repatriation import events, policy, queries, workflow
from rangkul.repatriation.models import Handover, Leg, Traveller
from rangkul.trail.operations import record

DRAWN, PASSWORD = "drawn", "password"
_MOST_WORDS: Final = 300
_MOST_STROKES: Final = 20_000
# Pen down, pen on: what our own pad writes, and nothing that could be anything else.
_STROKES: Final = re.compile(r"(?:M\d{1,4} \d{1,4}(?:L\d{1,4} \d{1,4})*)+")
_CLOCKS_DIFFER: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Item:
    """One person in the minutes: there or not, how, with what."""

    traveller_id: UUID
    present: bool
    condition: str = ""
    luggage: str = ""
    papers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Minutes:
    """What one end writes down, at the place and in the hour in which it happened."""

    place: str
    happened_at: datetime
    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class Mark:
    """A signature: strokes drawn on the screen (an SVG path), or a password checked at the door.

    ``signed_at`` is the device's hour; ours is kept beside it.
    """

    how: str
    signed_at: datetime
    strokes: str = ""


@transaction.atomic
def write_minutes(
    *, leg_id: int, token: UUID, minutes: Minutes, by: Actor, at: datetime,
    mark: Mark | None = None,
) -> Handover:  # fmt: skip
    """Write minutes at one end, and sign them at once when ``mark`` is given.

    The same ``token`` again returns what it made. Raises ``InvalidInput``, ``NotReachable``.
    """
    leg = _end(leg_id, by)
    before = Handover.objects.filter(leg=leg, token=token).first()
    if before is None:
        try:
            with transaction.atomic():
                before = _write(leg, token, minutes, by=by, at=at)
        except IntegrityError:
            # The same press, a moment earlier, on another line.
            before = Handover.objects.get(leg=leg, token=token)
    if mark is not None:
        sign_minutes(handover_id=before.id, mark=mark, by=by, at=at)
        before.refresh_from_db()
    return before


@transaction.atomic
def sign_minutes(*, handover_id: UUID, mark: Mark, by: Actor, at: datetime) -> int:
    """Sign for the own end; how many people changed hands by it.

    Signing again changes nothing. Where both ends are of one agency, two people sign. A signature
    that comes late, or before that of an earlier leg, is kept and counts in the people's order.
    Raises ``InvalidInput`` (``present``: ``not_accepted``; ``mark``), ``NotReachable``.
    """
    found = Handover.objects.select_for_update().filter(id=handover_id).first()
    if found is None:
        raise NotReachable("no such minutes")
    leg = _end(found.leg_id, by)
    side = _side(leg, found, by)
    if side == "":
        return 0
    present = list(Traveller.objects.filter(leg=leg, id__in=found.present).order_by("id"))
    errors = mark_errors(mark, at)
    ready = workflow.BEHIND | {workflow.ACCEPTED}
    if any(t.state not in ready for t in present):
        errors["present"] = "not_accepted"
    if errors:
        raise InvalidInput(errors)
    _put_signature(found, leg, side, mark, by=by, at=at)
    record(
        by=by, at=at, name=events.MINUTES_SIGNED, subject_kind="handover", subject_id=found.id,
        reason=mark.how,
        detail={"side": side, "digest": bytes(found.digest).hex(), "leg": leg.id,
                "signed_at": mark.signed_at.isoformat()},
    )  # fmt: skip
    return tell_signed(leg, [settle(t, leg, side, by=by, at=at) for t in present])


def _end(leg_id: int, by: Actor) -> Leg:
    """A leg of which the person stands at one of the two ends."""
    rule = policy.given_by(by) | policy.received_by(by)
    leg = Leg.objects.filter(rule, id=leg_id).first()
    if leg is None:
        raise NotReachable("no such leg for this person")
    return leg


def _side(leg: Leg, handover: Handover, by: Actor) -> str:
    """The end for which the person signs now; empty when it is signed."""
    stands = policy.sides(by, leg) & {workflow.GIVER, workflow.RECEIVER}
    open_sides = [
        side
        for side in (workflow.GIVER, workflow.RECEIVER)
        if side in stands and getattr(handover, f"{side}_signed_at") is None
    ]
    if by.user_id in (handover.giver_user_id, handover.receiver_user_id):
        return ""
    return open_sides[0] if open_sides else ""


def _write(leg: Leg, token: UUID, minutes: Minutes, *, by: Actor, at: datetime) -> Handover:
    known = {t.id: t for t in Traveller.objects.filter(leg=leg)}
    errors = _minutes_errors(minutes, known, at) | outgoing.leaving(_texts(minutes), by)
    if errors:
        raise InvalidInput(errors)
    handover_id = new_id()
    content = {
        "place": minutes.place.strip(),
        "happened_at": minutes.happened_at.isoformat(),
        "items": [
            asdict(item) | {"traveller_id": str(item.traveller_id)} for item in minutes.items
        ],
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    key = vault.key_for(Owner("leg", leg.id), leg.subject, DataClass.PACKET)
    handover = Handover.objects.create(
        id=handover_id, leg=leg, token=token,
        present=[i.traveller_id for i in minutes.items if i.present],
        absent=[i.traveller_id for i in minutes.items if not i.present],
        minutes_sealed=vault.seal(key, queries.handover_place(handover_id, "minutes_sealed"), text),
        digest=hashlib.sha256(text.encode()).digest(), happened_at=minutes.happened_at,
        recorded_at=at, written_by=by.user_id,
    )  # fmt: skip
    record(
        by=by, at=at, name=events.MINUTES_WRITTEN, subject_kind="handover",
        subject_id=handover.id,
        detail={"leg": leg.id, "digest": handover.digest.hex(),
                "present": [str(t) for t in handover.present],
                "absent": [str(t) for t in handover.absent]},
    )  # fmt: skip
    return handover


def _texts(minutes: Minutes) -> dict[str, str]:
    """What both ends of a leg read, by field."""
    return {
        "place": minutes.place, "luggage": "\n".join(item.luggage for item in minutes.items),
    }  # fmt: skip


def _minutes_errors(minutes: Minutes, known: dict[UUID, Traveller], at: datetime) -> dict[str, str]:
    errors = {}
    ids = [item.traveller_id for item in minutes.items]
    if not ids or len(set(ids)) != len(ids) or not set(ids) <= set(known):
        return {"items": "unknown"}
    if not minutes.place.strip():
        errors["place"] = "required"
    if minutes.happened_at > at + _CLOCKS_DIFFER:
        errors["happened_at"] = "future"
    there = [known[item.traveller_id] for item in minutes.items if item.present]
    if any(t.state not in (workflow.ACCEPTED, *workflow.BEHIND) for t in there):
        errors["present"] = "not_accepted"
    elif any(t.hold_back and t.state == workflow.ACCEPTED for t in there):
        errors["present"] = "held_back"
    for item in minutes.items:
        if item.condition and item.condition not in workflow.CONDITIONS:
            errors["condition"] = "unknown"
        if not set(item.papers) <= set(workflow.PAPERS):
            errors["papers"] = "unknown"
        if len(item.luggage) > _MOST_WORDS:
            errors["luggage"] = "too_long"
    if len(minutes.place) > _MOST_WORDS:
        errors["place"] = "too_long"
    return errors


def mark_errors(mark: Mark, at: datetime) -> dict[str, str]:
    """What is wrong with a signature, by field; empty when nothing is."""
    if mark.how not in (DRAWN, PASSWORD):
        return {"mark": "unknown"}
    if mark.signed_at > at + _CLOCKS_DIFFER:
        return {"signed_at": "future"}
    drawn = len(mark.strokes) <= _MOST_STROKES and _STROKES.fullmatch(mark.strokes)
    if mark.how == DRAWN and not drawn:
        return {"mark": "required"}
    return {}


def _put_signature(
    handover: Handover, leg: Leg, side: str, mark: Mark, *, by: Actor, at: datetime
) -> None:
    name = accounts.names_of([by.user_id]).get(by.user_id, "")
    key = vault.key_for(Owner("leg", leg.id), leg.subject, DataClass.PACKET)
    text = json.dumps({"name": name, "strokes": mark.strokes if mark.how == DRAWN else ""})
    values = {
        "user_id": by.user_id, "signed_at": min(mark.signed_at, at), "recorded_at": at,
        "how": mark.how,
        "sealed": vault.seal(key, queries.handover_place(handover.id, f"{side}_sealed"), text),
    }  # fmt: skip
    for field, value in values.items():
        setattr(handover, f"{side}_{field}", value)
    handover.save(update_fields=[f"{side}_{field}" for field in values])


def settle(traveller: Traveller, leg: Leg, side: str, *, by: Actor, at: datetime) -> int:
    """Let the hold follow, tell the others; the receiver's signature is also its first contact.

    A number that was typed on the giver's screen is no act of the receiver's desk on its request:
    its contact is noted in its own house (``note_contact``).
    """
    with connection.cursor() as cursor:
        cursor.execute("select house.settle_traveller(%s)", [traveller.id])
        moved: int = cursor.fetchone()[0]
    own = by.agency_id == leg.receiver_agency_id
    if side == workflow.RECEIVER and own and traveller.asked_request is not None:
        report(traveller.asked_request, leg, by=by, at=at)
    if moved:
        record(
            by=by, at=at, name=events.TAKEN_OVER, subject_kind="traveller",
            subject_id=traveller.id, detail={"leg": leg.id, "holder": leg.receiver_agency_id},
        )  # fmt: skip
        for agency_id in {leg.organiser_agency_id, leg.giver_agency_id}:
            post(Event(events.TAKEN_OVER, "traveller", str(traveller.id), agency_id))
    return 1 if moved else 0


def tell_signed(leg: Leg, moved: Sequence[int]) -> int:
    """The receiving desk's deadline follows every signature; how many people changed hands."""
    post(Event(events.SET_OUT, "leg", str(leg.id), leg.receiver_agency_id))
    return sum(moved)


def report(request_id: int, leg: Leg, *, by: Actor, at: datetime) -> None:
    """Meeting the person is first contact; a stretch of road ends with it, care at home begins."""
    request = referral_queries.get_received(by, request_id)
    if request.state == referral_workflow.ACCEPTED:
        request = referrals.first_contact(
            request_id=request_id, expected_version=request.version, by=by, at=at
        )
    if leg.service == "pemulangan" and request.state in referral_workflow.SERVING:
        referrals.report_outcome(
            request_id=request_id, result=referral_workflow.DONE, outcome="served",
            expected_version=request.version, by=by, at=at,
        )  # fmt: skip
