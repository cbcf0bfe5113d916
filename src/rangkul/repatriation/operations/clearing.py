"""The investigators' clearance: asked of a police agency, answered there, and holding nobody."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import uuid4

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.clocks import operations as clocks
from rangkul.foundation import outgoing, vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.locks import check_version
from rangkul.foundation.outbox import Event, post
from rangkul.foundation.vault import DataClass, Owner
from rangkul.foundation.workflow import IllegalMove
from rangkul.network import queries as network
from rangkul.people import queries as people
from rangkul.people.models import Person
from rangkul.repatriation import events, follow_up, policy, queries, workflow
from rangkul.repatriation.models import Clearance, Returnee
from rangkul.trail.operations import record

CLEARANCE_CLOCK: Final = "investigator_clearance"
MOST_WORDS: Final = 600
_FURTHEST: Final = timedelta(days=60)


@transaction.atomic
def ask_clearance(
    *, returnee_ids: Sequence[int], agency_id: int, by: Actor, at: datetime, words: str = ""
) -> list[Returnee]:
    """Ask the investigators for each of these people; the clock that starts runs against them.

    They read how she is called and ``words`` (their own report's number), never the case. Asking
    again leaves the first day in force. Raises ``InvalidInput``, ``NotReachable``.
    """
    require(by.roles, Permission.ORGANISE_RETURNS)
    if len(words) > MOST_WORDS:
        raise InvalidInput({"words": "too_long"})
    if kept := outgoing.leaving({"words": words}, by):
        raise InvalidInput(kept)
    agency = network.get_agency(agency_id)
    asked = queries.lock_returnees(by, returnee_ids)
    for person in asked:
        asked_at = person.clearance_asked_at or at
        if person.clearance_agency_id not in (None, agency.id):
            end_asking(person, by=by, at=at)
        person.clearance, person.clearance_agency_id = "asked", agency.id
        person.clearance_asked_at = asked_at
        person.version += 1
        person.save(
            update_fields=["clearance", "clearance_agency_id", "clearance_asked_at", "version"]
        )
        clock = clocks.start(
            procedure=CLEARANCE_CLOCK, subject_kind="returnee", subject_id=person.id,
            area=agency.area_id, by=by, at=at, since=asked_at, case_id=person.case_id,
        )  # fmt: skip
        _put_asking(person, agency.id, words, asked_at, clock.due_at, by=by)
        record(
            by=by, at=at, name=events.CLEARANCE_ASKED, subject_kind="returnee",
            subject_id=person.id, case_id=person.case_id, detail={"agency": agency.id},
        )  # fmt: skip
    if asked:
        post(Event(events.CLEARANCE_ASKED, "agency", str(agency.id), agency.id))
    return asked


@transaction.atomic
def read_clearances(*, by: Actor, at: datetime) -> list[queries.Asked]:
    """What is asked of the own agency's investigators, opened; the reading is recorded."""
    require(by.roles, Permission.ANSWER_PACKETS)
    found = queries.list_clearances(by)
    for each in found:
        record(
            by=by, at=at, name=events.CLEARANCE_READ, subject_kind="clearance",
            subject_id=each.row.id,
        )  # fmt: skip
    return found


@transaction.atomic
def answer_as_investigator(
    *, clearance_id: int, answer: str, expected_version: int, by: Actor, at: datetime,
    until: date | None = None, because: str = "",
) -> Clearance:  # fmt: skip
    """Cleared, or still needed until a day, with the reason. It holds nobody, whatever is said.

    Raises ``InvalidInput``, ``StaleForm``, ``IllegalMove`` (no longer asked), ``NotReachable``.
    """
    require(by.roles, Permission.ANSWER_PACKETS)
    row = (
        Clearance.objects.select_for_update()
        .filter(policy.investigated_by(by), id=clearance_id)
        .first()
    )
    if row is None:
        raise NotReachable("nothing asked of these investigators")
    check_version(expected=expected_version, found=row.version)
    if row.ended_at is not None:
        raise IllegalMove("answer_clearance", "ended")
    errors = {}
    needed = answer == workflow.NEEDED
    if answer not in workflow.CLEARANCE_ANSWERS:
        errors["answer"] = "unknown" if answer else "required"
    if needed and not because.strip():
        errors["because"] = "required"
    today = follow_up.day_of(at, network.get_agency(row.agency_id).area_id)
    if needed and (until is None or not today < until <= today + _FURTHEST):
        errors["until"] = "required" if until is None else "too_far"
    if len(because) > MOST_WORDS:
        errors["because"] = "too_long"
    errors |= outgoing.leaving({"because": because}, by)
    if errors:
        raise InvalidInput(errors)
    key = vault.key_for(Owner("clearance", row.id), row.subject, DataClass.PACKET)
    place = queries.clearance_place(row.subject, "answer_sealed")
    row.answer, row.needed_until = answer, until if needed else None
    row.answer_sealed = vault.seal(key, place, because.strip()) if needed else None
    row.answered_at, row.answered_by = at, by.user_id
    row.version += 1
    row.save(
        update_fields=[
            "answer", "needed_until", "answer_sealed", "answered_at", "answered_by", "version",
        ]
    )  # fmt: skip
    name = events.CLEARANCE_NEEDED if needed else events.CLEARANCE_GIVEN
    record(by=by, at=at, name=name, subject_kind="clearance", subject_id=row.id)
    post(Event(name, "returnee", str(row.returnee_id), row.organiser_agency_id))
    return row


@transaction.atomic
def take_up_clearance(*, returnee_id: int, by: Actor, at: datetime) -> bool:
    """Meet the investigators' clock as of the hour of their answer; for the outbox. Idempotent.

    "Still needed" is no clearance: the clock against them runs on.
    """
    [person] = queries.lock_returnees(by, [returnee_id])
    if person.clearance != "given":
        return False
    answered = Clearance.objects.filter(
        organiser_agency_id=by.agency_id, returnee_id=person.id, answer="given"
    ).order_by("-answered_at")
    met = clocks.meet(
        subject_kind="returnee", subject_id=person.id, by=by, at=at, procedures=[CLEARANCE_CLOCK],
        done_at=answered.values_list("answered_at", flat=True).first(),
    )  # fmt: skip
    return met > 0


def end_asking(person: Returnee, *, by: Actor, at: datetime) -> None:
    """Nothing is asked of the investigators for this person any more."""
    rows = Clearance.objects.filter(
        organiser_agency_id=by.agency_id, returnee_id=person.id, ended_at__isnull=True
    )
    for row in rows:
        row.ended_at = at
        row.version += 1
        row.save(update_fields=["ended_at", "version"])


def _put_asking(
    person: Returnee, agency_id: int, words: str, asked_at: datetime, due_at: datetime, *,
    by: Actor,
) -> None:  # fmt: skip
    open_row = Clearance.objects.filter(
        returnee_id=person.id, agency_id=agency_id, ended_at__isnull=True
    ).exists()
    if open_row:
        return
    opened = people.unseal(people.list_people(by, person.case_id))
    called = next((p.identity.called_name for p in opened if p.person.part == Person.SURVIVOR), "")
    row = Clearance.objects.create(
        subject=uuid4(), organiser_agency_id=by.agency_id, agency_id=agency_id,
        returnee_id=person.id, is_child=person.is_child, words_sealed=b"\x00", asked_at=asked_at,
        asked_by=by.user_id, due_at=due_at,
    )  # fmt: skip
    # The key hangs on the row, so the words are sealed when it stands.
    key = vault.key_for(Owner("clearance", row.id), row.subject, DataClass.PACKET)
    text = json.dumps({"called": called, "words": words.strip()}, ensure_ascii=False)
    row.words_sealed = vault.seal(key, queries.clearance_place(row.subject, "words_sealed"), text)
    row.save(update_fields=["words_sealed"])
