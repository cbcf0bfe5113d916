"""Reading forms and filled instruments."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import localtime

from rangkul.assessments import policy, rk01_triase, rk02_tppo, rk11_tutup
from rangkul.assessments.answers import Answers
from rangkul.assessments.checking import Checked, check
from rangkul.assessments.codebook import HEADINGS, codebook, row_of
from rangkul.assessments.declared import Declared, Line, declare, holding
from rangkul.assessments.form import Form
from rangkul.assessments.instrument import Instrument
from rangkul.assessments.models import Draft, FormVersion, Proposal, SealedAnswers, Submission
from rangkul.assessments.workbook import Workbook, read_sheets, to_xlsx
from rangkul.assessments.workflow import (
    ANSWERED,
    CONFLICT,
    IN_FILE,
    KEPT,
    LOWER,
    PUBLISHED,
    TESTING,
)
from rangkul.assessments.xform import parse
from rangkul.custody import queries as custody
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable

INSTRUMENTS: dict[str, Instrument] = {
    instrument.code: instrument
    for instrument in (rk01_triase.INSTRUMENT, rk02_tppo.INSTRUMENT, rk11_tutup.INSTRUMENT)
}


def list_submissions(actor: Actor, case_id: int) -> list[Submission]:
    """A case's fillings of the guided instruments, newest first; answers stay sealed."""
    custody.get_access(actor, case_id)
    return list(Submission.objects.filter(case_id=case_id, form_id=None).order_by("-entered_at"))


def list_filled(actor: Actor, case_id: int) -> list[Submission]:
    """A case's fillings of forms, newest first; what is in conflict stands in `list_conflicts`."""
    custody.get_access(actor, case_id)
    return list(_of_forms(case_id, *IN_FILE))


def list_conflicts(actor: Actor, case_id: int) -> list[Submission]:
    """Fillings that came with other content under a known id; ``previous`` is the one that stands.

    Each is whole, and waits for a person to compare the two.
    """
    custody.get_access(actor, case_id)
    return list(_of_forms(case_id, CONFLICT))


def list_titled_conflicts(actor: Actor, case_id: int) -> list[tuple[Submission, tuple[str, str]]]:
    """A case's conflicts with their forms' titles (id, en)."""
    return _titled(list_conflicts(actor, case_id))


def list_all_conflicts(actor: Actor) -> list[tuple[Submission, tuple[str, str]]]:
    """The conflicts of every case that the person may see, with their forms' titles (id, en)."""
    visible = custody.accesses(actor).order_by().values("case_id")
    rows = Submission.objects.filter(case_id__in=visible, standing=CONFLICT)
    return _titled(list(rows.exclude(form_id=None).order_by("entered_at", "id")))


def count_conflicts(actor: Actor) -> int:
    """How many conflicts wait in the cases that the person may see."""
    visible = custody.accesses(actor).order_by().values("case_id")
    return Submission.objects.filter(case_id__in=visible, standing=CONFLICT).count()


def list_received(actor: Actor, case_id: int) -> list[tuple[Submission, tuple[str, str]]]:
    """Every filling of a form that a case has, in conflict or not, with its titles (id, en)."""
    return _titled([*list_filled(actor, case_id), *list_conflicts(actor, case_id)])


def _titled(rows: list[Submission]) -> list[tuple[Submission, tuple[str, str]]]:
    if not rows:
        return []
    titles = FormVersion.objects.filter(id__in={row.form_id for row in rows if row.form_id})
    known = {form_id: (one, other) for form_id, one, other in
             titles.values_list("id", "title_id", "title_en")}  # fmt: skip
    return [(row, known[row.form_id]) for row in rows if row.form_id]


def latest_filled(actor: Actor, case_id: int, code: str) -> UUID | None:
    """The id of a case's newest filling of a form, or ``None``."""
    custody.get_access(actor, case_id)
    return _of_forms(case_id, *IN_FILE).filter(instrument=code).values_list("id", flat=True).first()


def is_overtaken(submission: Submission) -> bool:
    """Whether the case holds a filling of the same instrument of a later hour."""
    later = Submission.objects.filter(
        case_id=submission.case_id, instrument=submission.instrument, standing__in=IN_FILE,
        happened_at__gt=submission.happened_at,
    )  # fmt: skip
    return later.exclude(id=submission.id).exists()


@dataclass(frozen=True, slots=True)
class Wish:
    """A judgement below the rule: the level asked for, by whom (user id), when."""

    level: str
    by: int
    at: datetime


def lower_wish(actor: Actor, case_id: int) -> Wish | None:
    """The wish for a lower risk that the newest triage, or the newest answer to one, holds."""
    custody.get_access(actor, case_id)
    newest = (
        Submission.objects.filter(case_id=case_id, standing__in=IN_FILE, result__level__gt="")
        .order_by("-entered_at", "-id")
        .first()
    )
    said = (
        Proposal.objects.filter(case_id=case_id, field="", answer__in=ANSWERED)
        .order_by("-answered_at", "-id")
        .first()
    )
    if newest is None:
        return None
    if said and said.answered_by and said.answered_at and said.answered_at >= newest.entered_at:
        return (
            Wish(said.level, said.answered_by, said.answered_at) if said.answer == LOWER else None
        )
    asked = newest.result.get("asked_lower")
    return Wish(asked, newest.assessed_by, newest.entered_at) if asked else None


def fillings_of(case_id: int, code: str) -> QuerySet[Submission]:
    """A case's fillings of one form that are part of the file; callers ask for the access."""
    return _of_forms(case_id, *IN_FILE).filter(instrument=code)


def _of_forms(case_id: int, *standing: str) -> QuerySet[Submission]:
    found = Submission.objects.filter(case_id=case_id, standing__in=standing)
    return found.exclude(form_id=None).order_by("-entered_at", "-id")


def find_received(actor: Actor, instance_id: str) -> list[Submission]:
    """What the acting agency has received under a device's id: the kept one first."""
    rows = Submission.objects.filter(agency_id=actor.agency_id, instance_id=instance_id)
    return sorted(rows, key=lambda row: (row.standing != KEPT, row.entered_at))


def received_xml(submission: Submission) -> bytes:
    """A filling as it came, letter by letter; empty where nothing of the kind is kept."""
    row = SealedAnswers.objects.filter(submission_id=submission.id, part="received").first()
    if row is None:
        return b""
    return vault.open_bytes([(bytes(row.values_sealed), place(row.id))])[0]


def latest(actor: Actor, case_id: int, instrument: str) -> Submission | None:
    """The newest filling of one guided instrument in a case, or ``None``."""
    custody.get_access(actor, case_id)
    return (
        Submission.objects.filter(case_id=case_id, instrument=instrument, form_id=None)
        .order_by("-entered_at")
        .first()
    )


def get_submission(actor: Actor, submission_id: UUID) -> Submission:
    """One filled instrument of a visible case. Raises ``NotReachable``."""
    found = Submission.objects.filter(id=submission_id).first()
    if found is None:
        raise NotReachable("no such assessment")
    custody.get_access(actor, found.case_id)
    return found


def unseal_answers(submission: Submission) -> Answers:
    """All answers of a filling. Reading them is an act: callers record it."""
    values: dict[str, Any] = dict(submission.answers)
    rows = list(SealedAnswers.objects.filter(submission_id=submission.id, part="answers"))
    texts = vault.open_texts([(bytes(row.values_sealed), place(row.id)) for row in rows])
    for text in texts:
        values.update(json.loads(text))
    return Answers.of(values)


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """What a person typed and has not saved: the values as sent, and when they were kept."""

    values: dict[str, list[str]]
    saved_at: datetime


def get_draft(actor: Actor, case_id: int, instrument: str) -> KeptDraft | None:
    """The person's own unsaved filling of a form, or ``None``; nobody else's is ever shown."""
    visible = custody.accesses(actor).order_by().values("case_id")
    found = Draft.objects.filter(
        case_id=case_id, case_id__in=visible, user_id=actor.user_id, instrument=instrument
    ).first()
    if found is None:
        return None
    text = vault.open_text(bytes(found.values_sealed), draft_place(found.id))
    return KeptDraft(json.loads(text), found.saved_at)


def draft_place(row_id: UUID) -> vault.Place:
    """Where a draft stands."""
    return vault.Place("assessments_draft", "values_sealed", row_id)


def place(row_id: UUID) -> vault.Place:
    """Where one class's sealed answers stand."""
    return vault.Place("assessments_sealedanswers", "values_sealed", row_id)


# -- forms ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReadForm:
    """A version that was read and compiled: its form, and what it declares beside its questions."""

    form: Form
    declared: Declared


def list_forms(actor: Actor) -> list[FormVersion]:
    """Every version that the person's agency may use or keeps, by code, the newest first.

    Without the workbook and the XForm, which are fetched when they are asked for.
    """
    found = FormVersion.objects.filter(policy.seen_by(actor)).defer("workbook", "xform")
    return list(found.order_by("code", "-uploaded_at"))


def get_form(actor: Actor, form_id: UUID) -> FormVersion:
    """One version of the house's or of the own agency's. Raises ``NotReachable``."""
    found = FormVersion.objects.filter(policy.seen_by(actor), id=form_id).first()
    if found is None:
        raise NotReachable("no such form")
    return found


def find_version(actor: Actor, code: str, version: str) -> FormVersion | None:
    """The version that a filling says it is of, whatever its state; ``None`` for none.

    Without the workbook and the XForm, which are fetched where they have not been read yet.
    """
    found = FormVersion.objects.filter(policy.seen_by(actor), code=code, version=version)
    return found.defer("workbook", "xform").first()


def get_published(code: str, *, agency_id: int | None = None) -> FormVersion:
    """The version in use of a form of the house, or of the agency's own.

    Raises ``NotReachable`` where there is none.
    """
    found = (
        FormVersion.objects.filter(code=code, state=PUBLISHED, agency_id__isnull=True)
        | FormVersion.objects.filter(code=code, state=PUBLISHED, agency_id=agency_id)
    ).order_by("-published_at", "-uploaded_at", "-id").first()  # fmt: skip
    if found is None:
        raise NotReachable("no such form in use")
    return found


def form_of(submission: Submission) -> FormVersion:
    """The version that a filling was made with, whoever published it. Raises ``NotReachable``."""
    form_id = submission.form_id
    found = FormVersion.objects.filter(id=form_id).first() if form_id is not None else None
    if found is None:
        raise NotReachable("not a filling of a form")
    return found


def read_workbook_of(row: FormVersion) -> Workbook:
    """The sheets of a version, as they were uploaded."""
    return read_sheets(bytes(row.workbook), f"{row.code}.{row.format}")


def read_form(row: FormVersion) -> ReadForm:
    """A version ready for checking; read once in each process, as its content never changes."""
    return _read(_Source(row.xform_sha256, row.workbook_sha256, row))


@dataclass(frozen=True, slots=True)
class Trial:
    """What a filling on trial comes to: nothing of it is kept."""

    checked: Checked
    reasons: tuple[Line, ...]
    contradictions: tuple[Line, ...]


def try_filling(row: FormVersion, instance_xml: bytes, *, at: datetime) -> Trial:
    """Check a filling as if it were received, and keep nothing.

    Raises ``NotReachable`` unless the version is on trial.
    """
    if row.state != TESTING:
        raise NotReachable("not on trial")
    read, moment = read_form(row), localtime(at)
    checked = check(read.form, instance_xml, today=moment.date(), now=moment)
    if not checked.fits:
        return Trial(checked, (), ())
    held = {*holding(read.declared.reasons, checked.setting)}
    odd = {*holding(read.declared.contradictions, checked.setting)}
    return Trial(
        checked,
        tuple(line for line in read.declared.reasons if line.name in held),
        tuple(line for line in read.declared.contradictions if line.name in odd),
    )


@dataclass(frozen=True, slots=True)
class _Source:
    """What a version is known by; the row itself is only where its text comes from."""

    xform_sha256: str
    workbook_sha256: str
    row: FormVersion = field(compare=False, repr=False)


@lru_cache(maxsize=64)
def _read(source: _Source) -> ReadForm:
    form = parse(source.row.xform)
    return ReadForm(form, declare(read_workbook_of(source.row), form))


def apart(form: Form, checked: Checked) -> dict[str | None, dict[str, list[str]]]:
    """A filling's answers by vault class, ``None`` for what is not sealed.

    What the server worked out stands in the result, unless its author had it sealed; what the
    device noted by itself (its own id, the hours) is kept with the answers.
    """
    found: dict[str | None, dict[str, list[str]]] = {}
    for key, codes in checked.values.items():
        found.setdefault(form.sealed(checked.items[key]), {})[key] = list(codes)
    for key, text in {**checked.stamps, **checked.computed}.items():
        sealed = form.sealed(checked.items[key])
        if key in checked.stamps or sealed is not None:
            found.setdefault(sealed, {})[key] = [text]
    return found


def workbook_file(row: FormVersion) -> bytes:
    """A version as an .xlsx: the one that was uploaded, or one made of the shipped sheets."""
    if row.format == "xlsx":
        return bytes(row.workbook)
    sheets = read_workbook_of(row).sheets
    return to_xlsx(
        {
            name: (sheet.header, (each for _line, each in sheet.rows))
            for name, sheet in sheets.items()
        }
    )


def codebook_file(row: FormVersion) -> bytes:
    """The codebook of a version as an .xlsx."""
    form = read_form(row).form
    lines = [row_of(entry, form.default_language) for entry in codebook(form)]
    return to_xlsx({"codebook": (HEADINGS, lines)})
