"""Receiving what a phone sends: each filling once, whole or not at all, and never lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from django.db import connection, transaction

from rangkul.assessments import operations as assessments
from rangkul.assessments import queries as assessment_queries
from rangkul.assessments.markup import Element, MarkupRefused, read_markup
from rangkul.assessments.models import FormVersion
from rangkul.assessments.policy import require_filler
from rangkul.assessments.problems import Problem, SubmissionRefused
from rangkul.cases import operations as cases
from rangkul.cases import queries as case_queries
from rangkul.cases import workflow as case_workflow
from rangkul.custody import queries as custody
from rangkul.custody.models import Case
from rangkul.field import events, phone_form, queries, refusals, sealing
from rangkul.field.models import Arrival, ArrivedFile
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import MistypedNumber, new_id
from rangkul.foundation.vault import DataClass, Owner
from rangkul.trail.operations import record

KEPT, KNOWN, WAITS, PARTIAL = "kept", "known", "waits", "partial"
SOURCE: Final = "phone"
_MOST_ID: Final = 100
_MOST_FILES: Final = 40


@dataclass(frozen=True, slots=True)
class Parcel:
    """One POST of a phone: the filling's XML, files by name, and whether nothing more comes."""

    xml: bytes
    files: Mapping[str, bytes]
    is_whole: bool = True


@transaction.atomic(savepoint=False)
def receive_parcel(*, parcel: Parcel, device_id: UUID, by: Actor, at: datetime) -> str:
    """Take in one POST: ``kept`` in its file, ``known`` already, ``waits`` for its file, or
    ``partial`` while more is to come.

    Raises ``Forbidden``; `SubmissionRefused` with every problem, and then nothing is stored.
    """
    root = _root_of(parcel.xml)
    form = _form_of(root, by)
    require_filler(by, form)
    instance_id = _instance_id(root)
    _one_at_a_time(by, instance_id)
    mark = queries.mark_of(parcel.xml)
    known = Arrival.objects.filter(
        agency_id=by.agency_id, instance_id=instance_id, mark=mark
    ).first()
    if known is not None and known.state != Arrival.PARTIAL:
        return KNOWN
    arrival = known or Arrival(
        id=new_id(), agency_id=by.agency_id, device_id=device_id, form_id=form.id,
        instance_id=instance_id, mark=mark, user_id=by.user_id, received_at=at,
    )  # fmt: skip
    if not parcel.is_whole:
        _keep_part(arrival, parcel, is_new=known is None)
        return PARTIAL
    earlier = queries.read_files(arrival) if known is not None else {}
    files = {**earlier, **parcel.files}
    xml = parcel.xml
    if sealing.is_manifest(root):
        opened = _opened(root, files, by)
        xml, files = opened.xml, dict(opened.files)
    return _take_in(arrival, known is None, form, xml, files, by=by, at=at)


def _take_in(
    arrival: Arrival, is_new: bool, form: FormVersion, xml: bytes, files: Mapping[str, bytes], *,
    by: Actor, at: datetime,
) -> str:  # fmt: skip
    """A whole filling, opened: into its file where the person can see that, else into the box."""
    content, number = phone_form.take_off(xml)
    _require_files(form, content, files)
    case = find_case(number, by)
    if case is None:
        assessments.check_filling(form=form, instance_xml=content, by=by, at=at)
        _let_wait(arrival, content, number, files, is_new=is_new, by=by, at=at)
        return WAITS
    cases.receive_filling(form=form, instance_xml=content, case=case, by=by, at=at, source=SOURCE)
    attach(files, case, arrival.instance_id, by=by, at=at)
    _note_placed(arrival, is_new=is_new, by=by, at=at)
    return KEPT


def find_case(number: str, by: Actor) -> Case | None:
    """The open case of this number among those that the person can see; the same ``None`` for no
    number, a mistyped one, one that names no case, and one of others."""
    try:
        file = case_queries.get_file(by, custody.case_id_of(number))
    except (MistypedNumber, NotReachable):
        return None
    return None if file.state == case_workflow.CLOSED else file.case


def attach(
    files: Mapping[str, bytes], case: Case, instance_id: str, *, by: Actor, at: datetime
) -> None:
    """Put the files of a filling among the case's documents, each once.

    Raises ``Forbidden``; `SubmissionRefused` for a file that is not taken in.
    """
    token = uuid5(case.subject, instance_id)
    for name, content in files.items():
        try:
            cases.add_attachment(
                case_id=case.id, name=name, content=content, by=by, at=at, token=token
            )
        except InvalidInput as fault:
            raise SubmissionRefused([refusals.file(name, fault.errors["file"])]) from fault


# -- what is in the parcel --------------------------------------------------------------------


def _root_of(xml: bytes) -> Element:
    try:
        return read_markup(xml)
    except MarkupRefused as fault:
        raise SubmissionRefused([Problem("markup", fault.text_id, fault.text_en)]) from fault


def _form_of(root: Element, by: Actor) -> FormVersion:
    form = assessment_queries.find_version(by, root.get("id"), root.get("version"))
    if form is None:
        raise SubmissionRefused([refusals.unknown_form(root.get("id"), root.get("version"))])
    return form


def _instance_id(root: Element) -> str:
    meta = root.child("meta")
    found = meta.child("instanceID") if meta else None
    text = found.text.strip() if found else ""
    if not 0 < len(text) <= _MOST_ID or "\x00" in text:
        raise SubmissionRefused([refusals.NO_ID])
    return text


def _require_files(form: FormVersion, content: bytes, files: Mapping[str, bytes]) -> None:
    """Every picture and recording that the answers name has come along."""
    known = assessment_queries.read_form(form).form
    wanted = {item.name for item in known.items.values() if item.type == "binary"}
    if not wanted:
        return
    named = {each.text.strip() for each in _within(_root_of(content)) if each.name in wanted}
    missing = sorted(named - {""} - files.keys())
    if missing:
        raise SubmissionRefused([refusals.missing_file(name) for name in missing[:5]])


def _within(element: Element) -> Iterator[Element]:
    for child in element.children:
        yield child
        yield from _within(child)


def _opened(root: Element, files: Mapping[str, bytes], by: Actor) -> sealing.OpenedRecord:
    """An encrypted record, opened, if the answers inside are those that it says they are."""
    try:
        manifest = sealing.read_manifest(root)
        opened = sealing.open_record(manifest, files, queries.open_privates(by))
    except sealing.NotOpened as fault:
        raise SubmissionRefused([refusals.not_opened(fault.why)]) from fault
    inner = _root_of(opened.xml)
    same = (inner.get("id"), inner.get("version")) == (manifest.form_id, manifest.version)
    if not same or _instance_id(inner) != manifest.instance_id:
        raise SubmissionRefused([refusals.not_opened("signature")])
    return opened


def _one_at_a_time(by: Actor, instance_id: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(6, hashtext(%s))", [f"{by.agency_id}|{instance_id}"]
        )


# -- keeping ----------------------------------------------------------------------------------


def _key(arrival: Arrival) -> vault.OpenKey:
    owner = Owner("field", arrival.agency_id)
    return vault.key_for(owner, arrival.id, DataClass.ACCOUNT)


def _keep_part(arrival: Arrival, parcel: Parcel, *, is_new: bool) -> None:
    key = _key(arrival)
    if is_new:
        arrival.state = Arrival.PARTIAL
        arrival.content_sealed = vault.seal(key, queries.content_place(arrival.id), parcel.xml)
        arrival.save(force_insert=True)
    _keep_files(arrival, parcel.files, key)


def _keep_files(arrival: Arrival, files: Mapping[str, bytes], key: vault.OpenKey) -> None:
    kept = ArrivedFile.objects.filter(arrival_id=arrival.id).count()
    if kept + len(files) > _MOST_FILES:
        raise SubmissionRefused([refusals.TOO_MANY_FILES])
    rows = []
    for name, content in files.items():
        row_id = new_id()
        rows.append(
            ArrivedFile(
                id=row_id, agency_id=arrival.agency_id, arrival_id=arrival.id,
                mark=queries.mark_of(name.encode() + b"\x00" + content),
                name_sealed=vault.seal(key, queries.file_place(row_id, "name"), name),
                content_sealed=vault.seal(key, queries.file_place(row_id, "content"), content),
            )
        )  # fmt: skip
    ArrivedFile.objects.bulk_create(rows, ignore_conflicts=True)


def _let_wait(
    arrival: Arrival, content: bytes, number: str, files: Mapping[str, bytes], *, is_new: bool,
    by: Actor, at: datetime,
) -> None:  # fmt: skip
    key = _key(arrival)
    arrival.state, arrival.received_at = Arrival.WAITING, at
    arrival.content_sealed = vault.seal(key, queries.content_place(arrival.id), content)
    if number:
        arrival.number_sealed = vault.seal(key, queries.number_place(arrival.id), number[:40])
    save(arrival, is_new=is_new)
    # The parts as they were sealed by the phone make room for what they hold.
    ArrivedFile.objects.filter(arrival_id=arrival.id).delete()
    _keep_files(arrival, files, key)
    record(
        by=by, at=at, name=events.FILLING_WAITS, subject_kind="arrival", subject_id=arrival.id,
        detail={"form": str(arrival.form_id), "files": len(files)},
    )  # fmt: skip


def _note_placed(arrival: Arrival, *, is_new: bool, by: Actor, at: datetime) -> None:
    """Straight into its file: the row is what the same filling is known by."""
    settle(arrival, Arrival.PLACED, is_new=is_new, by=by, at=at)


def settle(arrival: Arrival, state: str, *, is_new: bool, by: Actor, at: datetime) -> None:
    """Nothing of it waits any more: what was sealed here goes, the row stays."""
    if not is_new:
        ArrivedFile.objects.filter(arrival_id=arrival.id).delete()
    arrival.state, arrival.settled_at, arrival.settled_by = state, at, by.user_id
    arrival.content_sealed = arrival.number_sealed = None
    save(arrival, is_new=is_new)


def save(arrival: Arrival, *, is_new: bool) -> None:
    """A row that is new, or the columns of a known one that may change."""
    if is_new:
        arrival.save(force_insert=True)
    else:
        arrival.save(
            update_fields=[
                "state", "received_at", "number_sealed", "content_sealed", "settled_at",
                "settled_by", "reason",
            ]
        )  # fmt: skip
