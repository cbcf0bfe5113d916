"""Keeping a filled instrument: ordinary answers in the row, the others sealed class by class.

And the forms themselves: drawn up, tried, published, retired; and received from wherever they were
filled, each filling counted once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources
from types import MappingProxyType
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import localtime

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.assessments import baseline, events, policy, queries, second_opinion
from rangkul.assessments.advice import advise
from rangkul.assessments.answers import Answers
from rangkul.assessments.checking import Checked, check, moment_of
from rangkul.assessments.declared import declare, holding
from rangkul.assessments.instrument import Instrument, by_class
from rangkul.assessments.models import Draft, FormVersion, SealedAnswers, Submission
from rangkul.assessments.problems import FormRefused, Problem, SubmissionRefused
from rangkul.assessments.workflow import (
    CONFLICT,
    DRAFT,
    FORM_MOVES,
    KEPT,
    PUBLISHED,
    RETIRED,
    TESTING,
)
from rangkul.assessments.xform import parse
from rangkul.assessments.xlsform import read_workbook, to_xform
from rangkul.custody import queries as custody
from rangkul.custody.models import Case
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.ids import new_id
from rangkul.foundation.vault import DataClass, Owner
from rangkul.trail.operations import record

_MOST_DRAFT = 200_000
_MOST_ID: Final = 100
# A device's clock may be a little ahead, and a filling may wait long for a signal; beyond that the
# clock is wrong, and the hour of arrival counts.
_AHEAD: Final = timedelta(minutes=5)
_WAITED: Final = timedelta(days=400)
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@transaction.atomic
def record_submission(
    *,
    case: Case,
    instrument: Instrument,
    answers: Answers,
    result: Mapping[str, object],
    by: Actor,
    at: datetime,
    happened_at: datetime | None = None,
    previous: UUID | None = None,
) -> Submission:
    """Keep one filling of ``instrument``; ``result`` holds codes, computed on the server."""
    apart = by_class(instrument, answers)
    ordinary = apart.pop(None, {})
    submission = Submission.objects.create(
        id=new_id(), case=case, instrument=instrument.code, version=instrument.version,
        answers=ordinary, result=dict(result), previous=previous,
        happened_at=happened_at or at, entered_at=at, assessed_by=by.user_id,
    )  # fmt: skip
    owner = Owner("case", case.id)
    for sealed, values in apart.items():
        row_id, data_class = new_id(), DataClass(str(sealed))
        key = vault.key_for(owner, case.subject, data_class)
        SealedAnswers.objects.create(
            id=row_id, case=case, submission_id=submission.id, data_class=data_class,
            values_sealed=vault.seal(
                key, queries.place(row_id), json.dumps(values, ensure_ascii=False)
            ),
        )  # fmt: skip
    drop_draft(case_id=case.id, instrument=instrument.code, by=by)
    record(
        by=by, at=at, name=events.ASSESSED, subject_kind="submission", subject_id=submission.id,
        case_id=case.id, detail={"instrument": instrument.code, "version": instrument.version},
    )  # fmt: skip
    return submission


@transaction.atomic
def keep_draft(
    *, case_id: int, instrument: str, values: Mapping[str, Sequence[str]], by: Actor, at: datetime
) -> None:
    """Keep what is typed so far for this person alone, so that no break of the line loses it.

    Raises ``InvalidInput`` for more than any form can hold.
    """
    require(by.roles, Permission.TRIAGE)
    case = custody.lock_case(by, case_id)
    text = json.dumps({name: list(sent) for name, sent in values.items()}, ensure_ascii=False)
    if len(text) > _MOST_DRAFT:
        raise InvalidInput({"draft": "too_long"})
    known = Draft.objects.filter(case_id=case_id, user_id=by.user_id, instrument=instrument).first()
    draft = known or Draft(
        id=new_id(), case=case, user_id=by.user_id, instrument=instrument,
        audience="service", audience_agency_id=by.agency_id,
    )  # fmt: skip
    key = vault.key_for(Owner("case", case_id), case.subject, DataClass.ACCOUNT)
    draft.values_sealed = vault.seal(key, queries.draft_place(draft.id), text)
    draft.saved_at = at
    if known is None:
        draft.save(force_insert=True)
    else:
        draft.save(update_fields=["values_sealed", "saved_at"])


@transaction.atomic
def drop_draft(*, case_id: int, instrument: str, by: Actor) -> None:
    """Forget the person's own unsaved filling: it is kept for good now, or not wanted."""
    Draft.objects.filter(case_id=case_id, user_id=by.user_id, instrument=instrument).delete()


@transaction.atomic
def read_answers(*, submission_id: UUID, by: Actor, at: datetime) -> tuple[Submission, Answers]:
    """Open a filling's answers; the reading is recorded."""
    submission = queries.get_submission(by, submission_id)
    record(
        by=by, at=at, name=events.ASSESSMENT_READ, subject_kind="submission",
        subject_id=submission.id, case_id=submission.case_id,
    )  # fmt: skip
    return submission, queries.unseal_answers(submission)


# -- forms ------------------------------------------------------------------------------------


@transaction.atomic
def upload_form(*, data: bytes, name: str, by: Actor, at: datetime) -> FormVersion:
    """Take an XLSForm as a draft of the acting agency; a draft of that version makes room for it.

    Raises ``Forbidden``; `FormRefused` with every problem in both languages, and then nothing is
    stored.
    """
    policy.require_keeper(by)
    form = _drawn(data, name)
    form.agency_id, form.uploaded_by, form.uploaded_at = by.agency_id, by.user_id, at
    if FormVersion.objects.filter(agency_id=None, code=form.code).exists():
        raise FormRefused([_code_of_the_house(form.code)])
    if settings.ODK_VALIDATE and second_opinion.is_here():
        form.warnings = [*form.warnings, *second_opinion.ask(form.xform)]
    own = FormVersion.objects.filter(agency_id=by.agency_id, code=form.code, version=form.version)
    for former in own.select_for_update():
        if former.state not in (DRAFT, TESTING):
            raise FormRefused([_version_taken(form)])
        former.delete()
    form.save(force_insert=True)
    _record_form(events.FORM_UPLOADED, form, by=by, at=at)
    return form


@transaction.atomic
def start_test(*, form_id: UUID, by: Actor, at: datetime) -> FormVersion:
    """Let the agency fill a draft for trial; nothing that is filled then is kept."""
    form = _lock_form(form_id, by)
    form.state = FORM_MOVES.check("test", form.state).target
    form.tested_at, form.tested_by = at, by.user_id
    form.save(update_fields=["state", "tested_at", "tested_by"])
    _record_form(events.FORM_TESTED, form, by=by, at=at)
    return form


@transaction.atomic
def publish_form(*, form_id: UUID, by: Actor, at: datetime) -> FormVersion:
    """Put a tried version into use, for good as it is. Former ones stay open for late fillings.

    It is read once more before: what this release does not understand is refused, `FormRefused`.
    """
    form = _lock_form(form_id, by)
    target = FORM_MOVES.check("publish", form.state).target
    declare(queries.read_workbook_of(form), parse(form.xform))
    form.state, form.published_at, form.published_by = target, at, by.user_id
    form.save(update_fields=["state", "published_at", "published_by"])
    _record_form(events.FORM_PUBLISHED, form, by=by, at=at)
    return form


@transaction.atomic
def retire_form(*, form_id: UUID, by: Actor, at: datetime) -> FormVersion:
    """Take a version out of use: nothing filled with it is taken any more, what is kept stays."""
    form = _lock_form(form_id, by)
    form.state = FORM_MOVES.check("retire", form.state).target
    form.retired_at, form.retired_by = at, by.user_id
    form.save(update_fields=["state", "retired_at", "retired_by"])
    _record_form(events.FORM_RETIRED, form, by=by, at=at)
    return form


def load_forms(*, using: str, at: datetime) -> int:
    """Bring in the forms of this release as the owner, published; the count of new versions.

    Raises `FormRefused` for a form that says something else under a version that stands already: a
    changed word is a new version.
    """
    made = 0
    folder = resources.files("rangkul.assessments").joinpath("instruments", "forms")
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if not file.name.endswith(".csv"):
            continue
        data = file.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        if FormVersion.objects.using(using).filter(
            agency_id=None, workbook_sha256=digest
        ).exists():  # fmt: skip
            continue
        form = _drawn(data, file.name)
        form.state, form.uploaded_at, form.published_at = PUBLISHED, at, at
        if FormVersion.objects.using(using).filter(
            agency_id=None, code=form.code, version=form.version
        ).exists():  # fmt: skip
            raise FormRefused([_version_taken(form)])
        form.save(using=using, force_insert=True)
        made += 1
    return made


def _drawn(data: bytes, name: str) -> FormVersion:
    """A version that is not saved yet, understood in all its parts."""
    book = read_workbook(data, name)
    drawn = to_xform(book)
    form = parse(drawn.xml)
    declare(book, form)
    title_id, _slash, title_en = form.title.partition(" / ")
    return FormVersion(
        id=new_id(), code=form.code, version=form.version, state=DRAFT,
        title_id=title_id.strip()[:200] or form.code,
        title_en=(title_en or title_id).strip()[:200] or form.code,
        format="xlsx" if data.startswith(b"PK") else "csv", workbook=data,
        workbook_sha256=hashlib.sha256(data).hexdigest(), xform=drawn.xml,
        xform_sha256=hashlib.sha256(drawn.xml.encode()).hexdigest(), warnings=list(drawn.warnings),
    )  # fmt: skip


def _lock_form(form_id: UUID, by: Actor) -> FormVersion:
    """One of the agency's own versions, locked. Raises ``NotReachable``, ``Forbidden``."""
    policy.require_keeper(by, queries.get_form(by, form_id))
    return FormVersion.objects.select_for_update().get(id=form_id)


def _record_form(name: str, form: FormVersion, *, by: Actor, at: datetime) -> None:
    record(
        by=by, at=at, name=name, subject_kind="form", subject_id=form.id,
        detail={"code": form.code, "version": form.version, "xform": form.xform_sha256},
    )  # fmt: skip


def _code_of_the_house(code: str) -> Problem:
    return Problem(
        "code_of_the_house",
        f"Kode {code} milik formulir bawaan Rangkul. Pakai kode (form_id) lain.",
        f"The code {code} belongs to a form that comes with Rangkul. Use another form_id.",
    )


def _version_taken(form: FormVersion) -> Problem:
    return Problem(
        "version_taken",
        f"Versi {form.version} sudah terbit dan tidak berubah lagi. Naikkan versinya di settings.",
        f"Version {form.version} is published and never changes. Raise the version in settings.",
        form.code,
    )


# -- receiving --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Received:
    """A filling with what was read in it; ``is_new`` unless the same letters were here before."""

    submission: Submission
    checked: Checked
    read: queries.ReadForm
    is_new: bool


def receive_submission(
    *, form: FormVersion, instance_xml: bytes, case: Case, by: Actor, at: datetime, source: str
) -> Submission:
    """Keep a filling and change nothing else; a case takes it up by ``cases.receive_filling``."""
    return receive(
        form=form, instance_xml=instance_xml, case=case, by=by, at=at, source=source
    ).submission


@transaction.atomic
def receive(
    *, form: FormVersion, instance_xml: bytes, case: Case, by: Actor, at: datetime, source: str,
    assessed_by: int | None = None,
) -> Received:  # fmt: skip
    """Keep a filling of ``form`` as it came from the page or a phone (``source``), counted once.

    The same filling sent again gives the row that stands. Other content under an id that is known
    is kept too, as a row whose ``standing`` is ``conflict``, for a person to look at.
    ``assessed_by`` is who filled it in, where somebody else gives it its file.

    Raises ``Forbidden``, ``NotReachable`` for a foreign case or form; `SubmissionRefused` with
    every problem, and then nothing is stored.
    """
    policy.require_filler(by, form)
    case = custody.lock_case(by, case.id)
    given = baseline.of_case(by, case.id, form)
    read, checked, moment, trusted = _examined(form, instance_xml, at, given)
    _one_at_a_time(by, checked.instance_id)
    known = queries.find_received(by, checked.instance_id)
    for row in known:
        if row.case_id == case.id and queries.received_xml(row) == instance_xml:
            return Received(row, checked, read, is_new=False)
    result: dict[str, object] = {
        "values": {
            key: value for key, value in checked.computed.items()
            if read.form.sealed(checked.items[key]) is None
        },
        "reasons": list(holding(read.declared.reasons, checked.setting)),
        "contradictions": list(holding(read.declared.contradictions, checked.setting)),
        "dropped": [note.item for note in checked.notes if note.item not in checked.computed],
        "clock": "device" if trusted else "server",
    } | advise(read.declared, checked).to_json()  # fmt: skip
    submission = _new_filling(form, case, checked, known, by=by, at=at)
    submission.source, submission.result = source, result
    submission.happened_at = moment
    submission.assessed_by = by.user_id if assessed_by is None else assessed_by
    _keep_apart(submission, case, queries.apart(read.form, checked), instance_xml)
    record(
        by=by, at=at, name=events.SUBMISSION_CONFLICT if known else events.ASSESSED,
        subject_kind="submission", subject_id=submission.id, case_id=case.id,
        detail={"instrument": form.code, "version": form.version, "source": source},
    )  # fmt: skip
    return Received(submission, checked, read, is_new=True)


def check_filling(*, form: FormVersion, instance_xml: bytes, by: Actor, at: datetime) -> None:
    """Check a filling as if it were received, and keep nothing: its file is not known yet.

    Raises ``Forbidden``, ``NotReachable`` for a foreign form; `SubmissionRefused`.
    """
    policy.require_filler(by, form)
    _examined(form, instance_xml, at)


def _examined(
    form: FormVersion, instance_xml: bytes, at: datetime, given: Mapping[str, str] = _NOTHING
) -> tuple[queries.ReadForm, Checked, datetime, bool]:
    """What a filling comes to, its moment, and whether that is the device's own.

    Raises `SubmissionRefused`.
    """
    if form.state != PUBLISHED:
        raise SubmissionRefused([_not_open(form)])
    read = queries.read_form(form)
    local = localtime(at)
    filled = moment_of(read.form, instance_xml, zone=local.tzinfo)
    trusted = filled is not None and at - _WAITED <= filled <= at + _AHEAD
    moment = filled if filled is not None and trusted else local
    checked = check(
        read.form, instance_xml, today=moment.date(), now=moment, fresh=f"uuid:{new_id()}",
        given=given,
    )  # fmt: skip
    problems = [*checked.problems, *_wrong_id(checked)]
    if problems:
        raise SubmissionRefused(problems)
    return read, checked, moment, trusted


def _new_filling(
    form: FormVersion, case: Case, checked: Checked, known: Sequence[Submission], *, by: Actor,
    at: datetime,
) -> Submission:  # fmt: skip
    """A row that is not saved yet; beside a known one it is a conflict with that."""
    former = known[0].id if known else queries.latest_filled(by, case.id, form.code)
    return Submission(
        id=new_id(), case=case, instrument=form.code, version=form.version, form_id=form.id,
        agency_id=by.agency_id, instance_id=checked.instance_id,
        standing=CONFLICT if known else KEPT, previous=former, entered_at=at,
    )  # fmt: skip


def _keep_apart(
    submission: Submission, case: Case, apart: dict[str | None, dict[str, list[str]]], xml: bytes
) -> None:
    """Save the row with what is not sealed, then each class sealed, then the filling as it came."""
    submission.answers = apart.pop(None, {})
    try:
        with transaction.atomic():
            submission.save(force_insert=True)
    except IntegrityError as fault:
        # A row of this agency that this person may not see: nothing is said of it but that.
        raise SubmissionRefused([_kept_elsewhere()]) from fault
    texts: list[tuple[str, str, str | bytes]] = [
        (str(data_class), "answers", json.dumps(values, ensure_ascii=False))
        for data_class, values in apart.items()
    ]
    owner = Owner("case", case.id)
    rows = []
    for data_class, part, text in [*texts, (DataClass.ACCOUNT, "received", xml)]:
        row_id = new_id()
        key = vault.key_for(owner, case.subject, DataClass(data_class))
        rows.append(
            SealedAnswers(
                id=row_id, case=case, submission_id=submission.id, data_class=data_class,
                part=part, values_sealed=vault.seal(key, queries.place(row_id), text),
            )
        )  # fmt: skip
    SealedAnswers.objects.bulk_create(rows)


def _one_at_a_time(by: Actor, instance_id: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(5, hashtext(%s))", [f"{by.agency_id}|{instance_id}"]
        )


def _wrong_id(checked: Checked) -> list[Problem]:
    if 0 < len(checked.instance_id) <= _MOST_ID or checked.problems:
        return []
    return [
        Problem(
            "no_instance_id",
            "Isian ini tidak membawa nomor pengenalnya (instanceID).",
            "This filling does not bear its own number (instanceID).",
            "meta/instanceID",
        )
    ]


def _not_open(form: FormVersion) -> Problem:
    if form.state == RETIRED:
        return Problem(
            "retired",
            f"Formulir “{form.title_id}” versi {form.version} tidak dipakai lagi. "
            "Isi versi yang baru; jawaban ini belum disimpan.",
            f"The form “{form.title_en}” version {form.version} is no longer in use. "
            "Fill in the newer one; these answers were not kept.",
        )
    return Problem(
        "not_published",
        f"Formulir “{form.title_id}” versi {form.version} belum terbit; isian uji tidak disimpan.",
        f"The form “{form.title_en}” version {form.version} is not published; trial fillings are "
        "not kept.",
    )


def _kept_elsewhere() -> Problem:
    return Problem(
        "kept_elsewhere",
        "Isian dengan nomor pengenal ini sudah disimpan di tempat lain.",
        "A filling with this number is already kept elsewhere.",
    )
