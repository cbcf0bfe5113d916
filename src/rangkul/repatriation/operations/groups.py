"""Taking in a group by name: every person a file of her own, all of the list or none of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final
from uuid import UUID

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.cases import operations as case_operations
from rangkul.cases import queries as cases
from rangkul.cases import workflow as case_workflow
from rangkul.custody import queries as custody
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.vault import DataClass, Owner
from rangkul.network import queries as network
from rangkul.reference import queries as reference
from rangkul.repatriation import events, queries, workflow
from rangkul.repatriation.imports import ReturnRow
from rangkul.repatriation.models import Group, Returnee
from rangkul.repatriation.policy import SomeRefused
from rangkul.trail.operations import record

MOST_PEOPLE: Final = 300
"""One list is one transaction; opening a file takes some 45 ms."""
BASES: Final = ("pp9_2008_17", "pp9_2008_19", "uu21_2007_51")
OLD: Final = 60
_OLD_BAND: Final = "60_plus"


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is known of a group as a whole; ``area`` is where they arrive."""

    label: str
    source: str
    area: str
    arrives_at: datetime
    basis: str = BASES[0]
    list_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a list says of one person's return, beside who she is."""

    nationality: str = "ID"
    origin_area: str = ""
    destination_desk_id: int | None = None
    marks: tuple[str, ...] = ()
    means: str = ""
    payer: str = ""
    clearance: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a list: the group, (line, case) of each new file and of each known one."""

    group: Group
    opened: tuple[tuple[int, int], ...]
    known: tuple[tuple[int, int], ...]


@transaction.atomic
def open_group(*, arrival: Arrival, by: Actor, at: datetime) -> Group:
    """A group; the same list makes it once. Raises ``InvalidInput``."""
    require(by.roles, Permission.ORGANISE_RETURNS)
    errors = {}
    if not arrival.label.strip():
        errors["label"] = "required"
    if len(arrival.label) > 80:
        errors["label"] = "too_long"
    if arrival.source not in workflow.SOURCES:
        errors["source"] = "unknown"
    if not arrival.area or not reference.get_areas([arrival.area]):
        errors["area"] = "unknown"
    if arrival.basis not in BASES:
        errors["basis"] = "unknown"
    if errors:
        raise InvalidInput(errors)
    if arrival.list_id is not None:
        before = Group.objects.filter(agency_id=by.agency_id, list_id=arrival.list_id).first()
        if before is not None:
            return before
    group = Group.objects.create(
        agency_id=by.agency_id, label_sealed=b"\x00", source=arrival.source,
        area=arrival.area, arrives_at=arrival.arrives_at, basis=arrival.basis,
        list_id=arrival.list_id, made_at=at, made_by=by.user_id,
    )  # fmt: skip
    # The key hangs on the group's row, so the label is sealed when it stands.
    key = vault.key_for(Owner("group", group.id), group.subject, DataClass.PACKET)
    place = queries.group_label_place(group.subject)
    group.label_sealed = vault.seal(key, place, arrival.label.strip())
    group.save(update_fields=["label_sealed"])
    record(
        by=by, at=at, name=events.GROUP_OPENED, subject_kind="group", subject_id=group.id,
        detail={"source": group.source, "list": str(group.list_id or "")},
    )  # fmt: skip
    return group


@transaction.atomic
def import_group(
    *, arrival: Arrival, rows: Sequence[ReturnRow], zone: tzinfo, by: Actor, at: datetime
) -> Imported:
    """A list by name as a group: files, identities and people on the way home, all or nothing.

    ``arrival.list_id`` makes a row sent again find its file. Raises ``RowRefused``,
    ``InvalidInput``.
    """
    require(by.roles, Permission.ORGANISE_RETURNS)
    if arrival.list_id is None or not rows:
        raise InvalidInput({"rows": "required"})
    if len(rows) > MOST_PEOPLE:
        raise InvalidInput({"rows": "too_many"})
    group = open_group(arrival=arrival, by=by, at=at)
    outcome = case_operations.import_rows(
        rows=[row.row for row in rows], list_id=arrival.list_id, zone=zone, by=by, at=at
    )
    facts = {row.row.line: row.facts for row in rows}
    for line, case_id in (*outcome.opened, *outcome.known):
        add_returnee(
            group_id=group.id, case_id=case_id, facts=Facts(**facts[line]), line=line, by=by, at=at
        )
    return Imported(group, outcome.opened, outcome.known)


@transaction.atomic
def add_returnee(
    *, group_id: int, case_id: int, facts: Facts, by: Actor, at: datetime, line: int = 0
) -> Returnee:
    """Put a person whose case the agency leads on the way home; the agency holds her from now.

    Somebody who is on the way already stays as she is; who had left or was missing is found again.
    Raises ``NotReachable``, ``InvalidInput`` (``case``: ``not_lead``, ``closed``, ``died``).
    """
    require(by.roles, Permission.ORGANISE_RETURNS)
    case = custody.lock_case(by, case_id)
    if case.lead_agency_id != by.agency_id:
        raise InvalidInput({"case": "not_lead"})
    before = Returnee.objects.filter(case_id=case_id, state__in=workflow.HELD).first()
    if before is not None:
        return before
    errors = fact_errors(facts)
    if errors:
        raise InvalidInput(errors)
    group = Group.objects.get(id=group_id, agency_id=by.agency_id)
    file = cases.get_file(by, case_id)
    if file.state in (case_workflow.CLOSED, case_workflow.DIED):
        raise InvalidInput({"case": file.state})
    if file.state != case_workflow.OPEN:
        case_operations.set_state(case_id=case_id, move="found", by=by, at=at)
    marks = workflow.with_computed(
        facts.marks, age=OLD if file.age_band == _OLD_BAND else None, is_child=file.is_child,
        sex=file.sex,
    )  # fmt: skip
    returnee = Returnee.objects.create(
        case_id=case_id, audience="service", audience_agency_id=by.agency_id, group=group,
        organiser_agency_id=by.agency_id, line=line, nationality=facts.nationality or "ID",
        origin_area=facts.origin_area, destination_desk_id=facts.destination_desk_id,
        marks=marks, priority=workflow.priority(marks), is_child=file.is_child,
        means=facts.means, payer=facts.payer, clearance=facts.clearance, state_at=at,
    )  # fmt: skip
    record(
        by=by, at=at, name=events.RETURNEE_ADDED, subject_kind="returnee", subject_id=returnee.id,
        case_id=case_id, detail={"group": group.id, "number": queries.group_number(group.id)},
    )  # fmt: skip
    return returnee


@transaction.atomic
def add_people(
    *, group_id: int, case_ids: Sequence[int], by: Actor, at: datetime
) -> list[Returnee]:  # fmt: skip
    """Put people whose files stand already on the way home: all of them or none.

    The origin is read from the incident, where it stands there. Raises ``SomeRefused`` (case →
    ``case``: ``on_the_way``, ``not_lead``, ``closed``, ``died``), ``NotReachable``.
    """
    require(by.roles, Permission.ORGANISE_RETURNS)
    faults: dict[str, dict[str, str]] = {}
    made = []
    for case_id in dict.fromkeys(case_ids):
        custody.lock_case(by, case_id)
        if Returnee.objects.filter(case_id=case_id, state__in=workflow.HELD).exists():
            faults[str(case_id)] = {"case": "on_the_way"}
            continue
        origin = cases.get_incident(by, case_id).origin_area
        known = origin if origin and reference.get_areas([origin]) else ""
        try:
            with transaction.atomic():
                made.append(
                    add_returnee(
                        group_id=group_id, case_id=case_id, facts=Facts(origin_area=known), by=by,
                        at=at,
                    )
                )  # fmt: skip
        except InvalidInput as fault:
            faults[str(case_id)] = dict(fault.errors)
    if faults:
        raise SomeRefused(faults)
    return made


def fact_errors(facts: Facts) -> dict[str, str]:
    """What of these cannot be taken, by field."""
    errors = {}
    if facts.nationality and not reference.is_code("negara", facts.nationality):
        errors["nationality"] = "unknown"
    if facts.origin_area and not reference.get_areas([facts.origin_area]):
        errors["origin_area"] = "unknown"
    if facts.destination_desk_id is not None and not network.get_desks([facts.destination_desk_id]):
        errors["destination_desk_id"] = "unknown"
    for name, known in (
        ("means", workflow.MEANS),
        ("payer", workflow.PAYERS),
        ("clearance", workflow.CLEARANCES),
    ):
        if getattr(facts, name) and getattr(facts, name) not in known:
            errors[name] = "unknown"
    if not set(facts.marks) <= set(workflow.MARKS):
        errors["marks"] = "unknown"
    return errors
