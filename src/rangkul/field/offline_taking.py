"""Items that arrive from an installed page: opened, done as at the desk, and each counted once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from rangkul.access.policy import Forbidden
from rangkul.assessments import operations as assessments
from rangkul.assessments import queries as assessment_queries
from rangkul.assessments.models import FormVersion, Submission
from rangkul.assessments.problems import SubmissionRefused
from rangkul.assessments.workflow import CONFLICT, RETIRED
from rangkul.cases import operations as case_operations
from rangkul.cases import queries as cases
from rangkul.cases.models import CaseFile
from rangkul.custody import queries as custody
from rangkul.field import offline_report
from rangkul.field.offline_seal import Item, ItemDamaged, ItemOfAnother, open_item
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import MistypedNumber
from rangkul.reports import operations as reports
from rangkul.reports import queries as report_queries
from rangkul.reports import workflow as report_workflow

_INSTANCE_ID: Final = re.compile(r"<(?:\w+:)?instanceID>([^<]+)</")

State = Literal["taken", "waits", "refused"]

Said = tuple[str, str]
"""A sentence in Indonesian and in English."""

TAKEN: Final[Said] = ("Sudah diterima Rangkul.", "Rangkul has taken it.")
TO_MEND: Final[Said] = (
    "Sudah aman di Rangkul, tetapi belum lengkap. Buka dan lengkapi di sana.",
    "Safe in Rangkul, but not complete yet. Open it there and complete it.",
)
CONFLICTS: Final[Said] = (
    "Isian yang sama sudah ada dengan jawaban lain. Keduanya disimpan; bandingkan lalu pilih.",
    "The same filling is there with other answers. Both are kept; compare them and choose.",
)
DAMAGED: Final[Said] = (
    "Isinya tidak dapat dibuka di Rangkul ini. Hubungi pengelola sistem sebelum menghapusnya.",
    "It cannot be opened in this Rangkul. Ask who keeps the system before you delete it.",
)
OF_ANOTHER: Final[Said] = (
    "Ini ditulis orang lain, atau untuk lembaga lain. Penulisnya perlu masuk untuk mengirimnya.",
    "Somebody else wrote this, or it was for another agency. Its writer signs in to send it.",
)
NO_FILE: Final[Said] = (
    "Berkas atau formulirnya tidak dapat Anda buka lagi. Minta koordinator, lalu kirim lagi.",
    "You can no longer open the file or form. Ask your coordinator, then send it again.",
)
NOT_IN_USE: Final[Said] = (
    "Versi formulir ini tidak dipakai lagi. Tanyakan pengelola formulir; ini tetap tersimpan.",
    "This version of the form is no longer in use. Ask who keeps the forms; this stays kept.",
)
DRAFT_THERE: Final[Said] = (
    "Belum lengkap, dan di meja ada isian lain yang belum selesai. Selesaikan itu, lalu kirim ini.",
    "Not complete, and the desk holds another unfinished filling. Finish that one, then send this.",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an item: its state, a sentence, and where a person goes on, if anywhere.

    *taken* and *waits* are safe in the house; *refused* stays on the phone, sealed as it is.
    """

    state: State
    said: Said
    address: str = ""


def take(data: bytes, *, by: Actor, at: datetime) -> Outcome:
    """Do what one item says, once. Nothing of a refused one is stored."""
    try:
        item = open_item(settings.KEY_RING, data, by=by, at=at)
        return _take_report(item, by, at) if _kind(item) == "report" else _take_form(item, by, at)
    except ItemOfAnother:
        return Outcome("refused", OF_ANOTHER)
    except ItemDamaged:
        return Outcome("refused", DAMAGED)
    except Forbidden as fault:
        return Outcome("refused", (fault.message_id, fault.message_en))
    except NotReachable:
        return Outcome("refused", NO_FILE)


def _kind(item: Item) -> str:
    kind = item.content.get("kind")
    if kind not in ("report", "form"):
        raise ItemDamaged("of no known kind")
    return str(kind)


# -- a report ---------------------------------------------------------------------------------


def _take_report(item: Item, by: Actor, at: datetime) -> Outcome:
    said = item.content.get("report")
    if not isinstance(said, dict):
        raise ItemDamaged("a report without one")
    made = offline_report.read_moment(item.content.get("made"))
    content = offline_report.content_of(said, made=made, at=at)
    report = reports.arrive_report(content=content, item=item.id, by=by, at=at)
    number = report_queries.report_number(report.id)
    if report.state == report_workflow.DRAFT:
        return Outcome("waits", TO_MEND, reverse("report-edit", args=[number]))
    return Outcome("taken", TAKEN, reverse("report-page", args=[number]))


# -- a form -----------------------------------------------------------------------------------


def _take_form(item: Item, by: Actor, at: datetime) -> Outcome:
    form = assessment_queries.get_form(by, _uuid(item.content.get("form")))
    instance = item.content.get("instance")
    file = cases.get_file(by, _case_id(item.content.get("case")))
    if not isinstance(instance, str):
        raise ItemDamaged("a filling without one")
    if (known := _known(instance, file, by)) is not None:
        return _kept(known)
    try:
        submission = case_operations.receive_filling(
            form=form, instance_xml=instance.encode(), case=file.case, by=by, at=at,
            source="offline",
        )  # fmt: skip
    except SubmissionRefused as refused:
        return _to_mend(refused, form, file, instance, by, at)
    return _kept(submission)


def _kept(submission: Submission) -> Outcome:
    number = custody.case_number(submission.case_id)
    if submission.standing == CONFLICT:
        return Outcome("waits", CONFLICTS, reverse("form-conflict", args=[number, submission.id]))
    return Outcome("taken", TAKEN, reverse("form-read", args=[number, submission.id]))


def _known(instance: str, file: CaseFile, by: Actor) -> Submission | None:
    """The row that this very filling has made already, whatever became of its form since."""
    same = instance.encode()
    for row in _rows(instance, by):
        if row.case_id == file.case_id and assessment_queries.received_xml(row) == same:
            return row
    return None


def _rows(instance: str, by: Actor) -> list[Submission]:
    found = _INSTANCE_ID.search(instance)
    return assessment_queries.find_received(by, found[1]) if found else []


def _to_mend(
    refused: SubmissionRefused, form: FormVersion, file: CaseFile, instance: str, by: Actor,
    at: datetime,
) -> Outcome:  # fmt: skip
    """A filling that does not fit goes on as its writer's draft at the desk, once."""
    if form.state == RETIRED:
        return Outcome("refused", NOT_IN_USE)
    mended = [row for row in _rows(instance, by) if row.case_id == file.case_id]
    if mended:
        return _kept(mended[0])
    first: Any = refused.problems[0]
    if form.code in assessment_queries.INSTRUMENTS:
        # The desk fills these on guided pages, whose drafts are of another kind.
        return Outcome("refused", (first.text_id, first.text_en))
    draft = assessment_queries.get_draft(by, file.case_id, form.code)
    if draft is not None and draft.values.get("instance") != [instance]:
        return Outcome("refused", DRAFT_THERE)
    said = (f"{TO_MEND[0]} {first.text_id}", f"{TO_MEND[1]} {first.text_en}")
    try:
        assessments.keep_draft(
            case_id=file.case_id, instrument=form.code, by=by, at=at,
            values={"instance": [instance], "version": [form.version]},
        )  # fmt: skip
    except InvalidInput:
        return Outcome("refused", (first.text_id, first.text_en))
    number = custody.case_number(file.case_id)
    return Outcome("waits", said, reverse("form-fill", args=[number, form.code]))


def _uuid(value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError as fault:
        raise ItemDamaged("a filling of no form") from fault


def _case_id(value: object) -> int:
    try:
        return custody.case_id_of(str(value))
    except MistypedNumber as fault:
        raise NotReachable("no such number") from fault
