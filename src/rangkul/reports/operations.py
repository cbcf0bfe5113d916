"""Taking reports, and their way into a case. No operation here refuses a person."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from uuid import UUID, uuid4, uuid5

from django.db import connection, transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.assessments import rk01_triase
from rangkul.assessments.instrument import by_class
from rangkul.cases import operations as cases
from rangkul.cases.models import CaseFile
from rangkul.clocks import operations as clocks
from rangkul.foundation import outbox, vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.locks import check_version
from rangkul.foundation.scope import WORK, Scope, within
from rangkul.foundation.vault import DataClass, Owner
from rangkul.foundation.workflow import IllegalMove
from rangkul.network import queries as network
from rangkul.people import tokens
from rangkul.people.identity import Contact, Identity
from rangkul.reference import queries as reference
from rangkul.reports import content as contents
from rangkul.reports import earlier_contact, events, queries, workflow
from rangkul.reports.content import ReportContent
from rangkul.reports.models import EarlierContact, Report
from rangkul.trail.operations import record

FIRST_RESPONSE = {
    "tinggi": "first_response_high",
    "sedang": "first_response_medium",
    "rendah": "first_response_low",
}
OUTCOMES = frozenset({"saran_diberikan", "disalurkan", "tidak_dapat_dihubungi", "ganda", "uji"})


# Under whose name a person from outside brings a report in: the receiving agency's own intake.
INTAKE = "intake"

# An empty draft left behind is taken up again; a fresh one may be another tab's.
_LEFT_BEHIND = timedelta(minutes=10)


@transaction.atomic
def begin_report(*, by: Actor, at: datetime, desk_id: int | None = None) -> Report:
    """An empty draft, so that nothing typed from now on can be lost."""
    require(by.roles, Permission.TAKE_REPORT)
    left = (
        Report.objects.select_for_update(skip_locked=True)
        .filter(
            agency_id=by.agency_id, taken_by=by.user_id, state=workflow.DRAFT,
            account_sealed=None, survivor_sealed=None, reporter_sealed=None, answers_sealed=None,
            answers={}, channel="", entered_at__lt=at - _LEFT_BEHIND,
        )
        .first()
    )  # fmt: skip
    if left is not None:
        left.entered_at, left.desk_id = at, desk_id or _own_desk(by)
        left.save(update_fields=["entered_at", "desk_id"])
        return left
    report = Report.objects.create(
        subject=uuid4(), agency_id=by.agency_id, desk_id=desk_id or _own_desk(by),
        state=workflow.DRAFT, entered_at=at, taken_by=by.user_id,
    )  # fmt: skip
    record(by=by, at=at, name=events.REPORT_BEGUN, subject_kind="report", subject_id=report.id)
    return report


@transaction.atomic
def open_draft(*, report_id: int, by: Actor) -> queries.OpenReport:
    """Take the pen: this page may write now, and an older tab's next save is refused as stale.

    Raises ``IllegalMove`` once the report was received.
    """
    report = _lock(by, report_id)
    workflow.MOVES.check("receive", report.state)
    report.version += 1
    report.save(update_fields=["version"])
    return queries.unseal(report)


@transaction.atomic
def save_draft(
    *, report_id: int, expected_version: int, content: ReportContent, by: Actor, at: datetime
) -> Report:
    """Keep what is typed so far, for autosave. Raises ``StaleForm`` for a tab without the pen.

    The version stays, so that the page which holds the pen may save again and again.
    """
    report = _lock(by, report_id)
    workflow.MOVES.check("receive", report.state)
    check_version(expected=expected_version, found=report.version)
    _write(report, content.trimmed())
    report.save(update_fields=[*_WRITTEN])
    return report


@transaction.atomic
def receive_report(
    *, report_id: int, expected_version: int, content: ReportContent, by: Actor, at: datetime
) -> Report:
    """Receive the report: triage sets the risk, the clocks start, earlier contact is asked.

    Raises ``InvalidInput`` (field → code), ``StaleForm``, ``IllegalMove`` (sent twice).
    """
    require(by.roles, Permission.TAKE_REPORT)
    report = _lock(by, report_id)
    workflow.MOVES.check("receive", report.state)
    check_version(expected=expected_version, found=report.version)
    _check(content, at=at)
    _receive(report, content, by=by, at=at)
    _post(report, by)
    return report


@transaction.atomic
def send_report(*, content: ReportContent, token: UUID, by: Actor, at: datetime) -> int:
    """A registered reporter sends a report to the desk that receives it for this place; its id.

    It is received there at once: triage, first clock, trail, as for any report, done by her under
    the purpose *intake* of that agency. She keeps a line in her own agency's trail and never sees
    the row. The same ``token`` again returns the report that it made. Raises ``InvalidInput``
    (``area``: ``no_desk`` when nobody receives reports for it).
    """
    require(by.roles, Permission.SEND_REGISTERED_REPORT)
    _check(content, at=at)
    _one_form_at_a_time(by)
    act_id = uuid5(token, str(by.user_id))
    before = queries.report_sent_by(by, act_id)
    if before is not None:
        return before
    desk = network.receiving_desk(content.area, own_agency_id=by.agency_id, at=at)
    if desk is None:
        raise InvalidInput({"area": "no_desk"})
    guest = Actor(by.user_id, desk.agency_id, 0, 0, frozenset())
    with within(Scope(desk.agency_id, by.user_id, 0, 0, INTAKE)):
        report = Report.objects.create(
            subject=uuid4(), agency_id=desk.agency_id, desk_id=desk.id, state=workflow.DRAFT,
            entered_at=at, taken_by=by.user_id,
        )  # fmt: skip
        _receive(report, content, by=guest, at=at, purpose=INTAKE)
    record(
        by=by, at=at, name=events.REPORT_SENT, subject_kind="report", subject_id=report.id,
        act_id=act_id, detail={"desk": desk.id},
    )  # fmt: skip
    return report.id


def _one_form_at_a_time(by: Actor) -> None:
    """Pressed twice: the second waits for the first's end, and then finds what it made."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(3, %s)", [by.user_id])


def _receive(
    report: Report, content: ReportContent, *, by: Actor, at: datetime, purpose: str = WORK
) -> None:
    """Everything that happens to a report when it is received, whoever brings it."""
    move = workflow.MOVES.check("receive", report.state)
    _write(report, content)
    triage = queries.unseal(report).triage
    judgement = rk01_triase.judge(rk01_triase.read_triage(content.answers or {}))
    report.state, report.risk = move.target, judgement.in_force
    report.reported_at = content.reported_at or at
    report.entered_at = at
    report.result = {"level": triage.level, "flags": sorted(str(flag) for flag in triage.flags)}
    report.version += 1
    report.save(update_fields=[*_WRITTEN, "state", "risk", "entered_at", "result", "version"])
    _index(report, content)
    clocks.start(
        procedure=FIRST_RESPONSE[report.risk], subject_kind="report", subject_id=report.id,
        area=report.area, by=by, at=at, since=report.reported_at, desk_id=report.desk_id,
        risk=report.risk, purpose=purpose,
    )  # fmt: skip
    _follow_up(report, since=report.reported_at, by=by, at=at, purpose=purpose)
    record(
        by=by, at=at, name=events.REPORT_RECEIVED, subject_kind="report", subject_id=report.id,
        detail={"channel": report.channel, "risk": report.risk}, purpose=purpose,
    )  # fmt: skip


def _post(report: Report, by: Actor) -> None:
    """Let the desks that know the person hear of it; the job opens the report as ``by``."""
    outbox.post(
        outbox.Event(
            events.REPORT_RECEIVED,
            "report",
            str(report.id),
            by.agency_id,
            by.user_id,
            by.membership_id,
        )
    )


def _post_if_sent_in(report: Report, by: Actor) -> None:
    """A report from outside: only now there is somebody here who may open it for the question."""
    here = network.get_live_actor(user_id=report.taken_by, agency_id=report.agency_id)
    if here is None:
        _post(report, by)


@transaction.atomic
def begin_helping(
    *, report_id: int, expected_version: int, content: ReportContent, by: Actor, at: datetime
) -> Report:
    """Receive the report and take it in hand at once: whoever listened also answers.

    Raises as ``receive_report`` does.
    """
    receive_report(
        report_id=report_id, expected_version=expected_version, content=content, by=by, at=at
    )
    return take_in_hand(report_id=report_id, by=by, at=at)


@transaction.atomic
def take_in_hand(*, report_id: int, by: Actor, at: datetime) -> Report:
    """Somebody answers: the first-response clock is met, the follow-up's runs on."""
    require(by.roles, Permission.TAKE_REPORT)
    report = _lock(by, report_id)
    report.state = workflow.MOVES.check("take", report.state).target
    report.handled_by = by.user_id
    report.version += 1
    report.save(update_fields=["state", "handled_by", "version"])
    clocks.meet(
        subject_kind="report", subject_id=report.id, by=by, at=at,
        procedures=[*FIRST_RESPONSE.values()],
    )  # fmt: skip
    record(by=by, at=at, name=events.REPORT_TAKEN, subject_kind="report", subject_id=report.id)
    _post_if_sent_in(report, by)
    return report


@transaction.atomic
def read_report(*, report_id: int, by: Actor, at: datetime) -> queries.OpenReport:
    """Open a report's words; the reading is recorded, except of one's own draft."""
    report = queries.get_report(by, report_id)
    if report.state != workflow.DRAFT:
        record(by=by, at=at, name=events.REPORT_READ, subject_kind="report", subject_id=report.id)
    return queries.unseal(report)


@transaction.atomic
def open_case(*, report_id: int, opening: cases.Opening, by: Actor, at: datetime) -> CaseFile:
    """Make a case of the report; its account becomes the file's first note.

    Two people pressing at once: the second finds it opened (``IllegalMove``).
    """
    require(by.roles, Permission.OPEN_CASE)
    report = _lock(by, report_id)
    move = workflow.MOVES.check("open_case", report.state)
    file = cases.open_file(opening=opening, by=by, at=at)
    report.state, report.case_id, report.handled_by = move.target, file.case_id, by.user_id
    report.version += 1
    report.save(update_fields=["state", "case_id", "handled_by", "version"])
    _answered(report, by=by, at=at)
    record(
        by=by, at=at, name=events.CASE_OPENED, subject_kind="report", subject_id=report.id,
        case_id=file.case_id,
    )  # fmt: skip
    return file


@transaction.atomic
def join_case(*, report_id: int, case_id: int, by: Actor, at: datetime) -> None:
    """The report speaks of a person whose file is open: its account becomes a note there."""
    report = _lock(by, report_id)
    move = workflow.MOVES.check("join_case", report.state)
    opened = queries.unseal(report)
    cases.write_note(
        case_id=case_id, body=opened.content.account, kind="report", by=by, at=at,
        happened_at=report.reported_at or report.entered_at,
    )  # fmt: skip
    report.state, report.case_id, report.handled_by = move.target, case_id, by.user_id
    report.version += 1
    report.save(update_fields=["state", "case_id", "handled_by", "version"])
    _answered(report, by=by, at=at)
    record(
        by=by, at=at, name=events.CASE_JOINED, subject_kind="report", subject_id=report.id,
        case_id=case_id,
    )  # fmt: skip


@transaction.atomic
def close_report(*, report_id: int, outcome: str, by: Actor, at: datetime) -> None:
    """End a report that needs no case: advice given, passed on, a duplicate … and why."""
    require(by.roles, Permission.TRIAGE)
    report = _lock(by, report_id)
    if outcome not in OUTCOMES:
        raise InvalidInput({"outcome": "required"})
    was_draft = report.state == workflow.DRAFT
    report.state = workflow.MOVES.check("close", report.state).target
    report.outcome, report.handled_by = outcome, by.user_id
    report.version += 1
    if was_draft:
        # A draft that is let go was never received; the table wants its three values all the same.
        report.reported_at = report.reported_at or at
        report.risk, report.channel = report.risk or "rendah", report.channel or "lainnya"
    report.save(
        update_fields=[
            "state", "outcome", "handled_by", "version", "reported_at", "risk", "channel",
        ]
    )  # fmt: skip
    _answered(report, by=by, at=at)
    record(
        by=by, at=at, name=events.REPORT_CLOSED, subject_kind="report", subject_id=report.id,
        reason=outcome,
    )  # fmt: skip


@transaction.atomic
def take_up_again(*, report_id: int, by: Actor, at: datetime) -> None:
    """Undo a closing: the report is in hand again, and its follow-up has a clock again."""
    require(by.roles, Permission.TRIAGE)
    report = _lock(by, report_id)
    report.state = workflow.MOVES.check("take_up", report.state).target
    report.outcome = ""
    report.version += 1
    report.save(update_fields=["state", "outcome", "version"])
    if report.area:
        _follow_up(report, since=at, by=by, at=at)
    record(by=by, at=at, name=events.REPORT_TAKEN_UP, subject_kind="report", subject_id=report.id)


# -- earlier contact --------------------------------------------------------------------------


@transaction.atomic
def ask_earlier_contact(*, report_id: int, by: Actor, at: datetime) -> earlier_contact.Question:
    """Open who the report is about, for the job that compares; recorded whatever will be found."""
    report = queries.get_report(by, report_id)
    about = queries.unseal_about(report)
    record(
        by=by, at=at, name=events.EARLIER_CONTACT_ASKED, subject_kind="report",
        subject_id=report.id,
    )  # fmt: skip
    return earlier_contact.Question(
        report.id, report.subject, report.agency_id, report.desk_id, earlier_contact.keys_of(about)
    )


@transaction.atomic
def notice_earlier_contact(*, question: earlier_contact.Question, at: datetime) -> None:
    """Tell the desks that know the person, and only them. Runs under the scope *matching*.

    Nothing is returned: whoever asked has nothing to learn from it. Asking twice tells once.
    """
    for agency_id, case_id in earlier_contact.list_holders(question):
        notice_id = question.notice_id(agency_id, case_id)
        if queries.is_noticed(notice_id):
            continue
        made = EarlierContact.objects.bulk_create(
            [
                EarlierContact(
                    id=notice_id, agency_id=agency_id, case_id=case_id, noticed_at=at,
                    asking_agency_id=question.agency_id, asking_desk_id=question.desk_id,
                )
            ],
            ignore_conflicts=True,
        )  # fmt: skip
        if queries.is_noticed(made[0].id):
            record(
                by=None, at=at, name=events.EARLIER_CONTACT_NOTICED,
                subject_kind="earlier_contact", subject_id=notice_id, case_id=case_id,
                purpose="matching",
            )  # fmt: skip


@transaction.atomic
def answer_earlier_contact(
    *, notice_id: UUID, answer: str, by: Actor, at: datetime
) -> EarlierContact:
    """The holding desk decides: get in touch with the asking desk, or keep silent.

    Raises ``IllegalMove`` when a colleague has answered already.
    """
    if answer not in (EarlierContact.CONTACT, EarlierContact.SILENT):
        raise InvalidInput({"answer": "unknown"})
    queries.get_earlier_contact(by, notice_id)
    notice = EarlierContact.objects.select_for_update().get(id=notice_id)
    if notice.answered_at is not None:
        raise IllegalMove("answer", notice.answer)
    notice.answered_at, notice.answered_by, notice.answer = at, by.user_id, answer
    notice.save(update_fields=["answered_at", "answered_by", "answer"])
    record(
        by=by, at=at, name=events.EARLIER_CONTACT_ANSWERED, subject_kind="earlier_contact",
        subject_id=notice.id, case_id=notice.case_id, reason=answer,
    )  # fmt: skip
    return notice


# -- how it is kept ---------------------------------------------------------------------------

_WRITTEN = (
    "channel", "reporter_kind", "reporter_confidential", "happened_on", "reported_at", "area",
    "answers", "violence_kinds", "account_sealed", "reporter_sealed", "survivor_sealed",
    "answers_sealed",
)  # fmt: skip


def _lock(by: Actor, report_id: int) -> Report:
    queries.get_report(by, report_id)
    return Report.objects.select_for_update().get(id=report_id)


def _own_desk(by: Actor) -> int | None:
    return min(by.desk_ids) if by.desk_ids else None


def _write(report: Report, content: ReportContent) -> None:
    """Put the content into the row, each class of words under its own key."""
    report.channel, report.reporter_kind = content.channel, content.reporter_kind
    report.reporter_confidential = content.reporter_confidential
    report.happened_on, report.reported_at = content.happened_on, content.reported_at
    report.area, report.violence_kinds = content.area, list(content.violence_kinds)
    answers = rk01_triase.read_triage(content.answers or {})
    apart = by_class(rk01_triase.TRIAGE, answers)
    report.answers = apart.pop(None, {})
    sealed_answers = {name: values for part in apart.values() for name, values in part.items()}
    for column, data_class, text in (
        ("account_sealed", DataClass.ACCOUNT, content.account),
        ("reporter_sealed", DataClass.CONTACT, content.reporter.to_json()),
        ("survivor_sealed", DataClass.IDENTITY, content.about.to_json()),
        ("answers_sealed", DataClass.HEALTH, json.dumps(sealed_answers, ensure_ascii=False)),
    ):
        value = None
        if text and text != "{}":
            key = vault.key_for(Owner("report", report.id), report.subject, data_class)
            value = vault.seal(key, queries.place(report.id, column), text)
        setattr(report, column, value)


def _index(report: Report, content: ReportContent) -> None:
    about = content.about
    phone = next((v for k, v in tokens.exact_keys(about.phone) if k == "phone"), "")
    nik = next((v for k, v in tokens.exact_keys(about.nik) if k == "nik"), "")
    tokens.replace_tokens(
        agency_id=report.agency_id, subject=report.subject, kind=tokens.REPORT, ref=report.id,
        identity=Identity(full_name=about.name, called_name=about.called_name, nik=nik),
        contact=Contact(phone=phone),
    )  # fmt: skip


def _check(content: ReportContent, *, at: datetime) -> None:
    contents.check(content, at=at)
    if not reference.get_areas([content.area]):
        raise InvalidInput({"area": "unknown"})


def _follow_up(
    report: Report, *, since: datetime, by: Actor, at: datetime, purpose: str = WORK
) -> None:
    clocks.start(
        procedure="report_follow_up", subject_kind="report", subject_id=report.id,
        area=report.area, by=by, at=at, since=since, desk_id=report.desk_id, risk=report.risk,
        purpose=purpose,
    )  # fmt: skip


def _answered(report: Report, *, by: Actor, at: datetime) -> None:
    clocks.meet(
        subject_kind="report", subject_id=report.id, by=by, at=at,
        procedures=[*FIRST_RESPONSE.values(), "report_follow_up"],
    )  # fmt: skip
