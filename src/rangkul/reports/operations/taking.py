"""Taking reports: begun, kept while typed, received, taken in hand. None refuses a person."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from uuid import UUID, uuid4, uuid5

from django.db import connection, transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.alerts import operations as alerts
from rangkul.assessments import rk01_triase
from rangkul.assessments.instrument import by_class
from rangkul.clocks import operations as clocks
from rangkul.foundation import outbox, vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.locks import check_version
from rangkul.foundation.scope import WORK, Scope, within
from rangkul.foundation.vault import DataClass, Owner
from rangkul.network import queries as network
from rangkul.people import tokens
from rangkul.people.identity import Contact, Identity
from rangkul.reference import queries as reference
from rangkul.reports import content as contents
from rangkul.reports import events, queries, workflow
from rangkul.reports.content import ReportContent
from rangkul.reports.models import Report
from rangkul.trail.operations import record

FIRST_RESPONSE = {
    "tinggi": "first_response_high",
    "sedang": "first_response_medium",
    "rendah": "first_response_low",
}


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
    return new_draft(by=by, at=at, desk_id=desk_id)


def new_draft(
    *, by: Actor, at: datetime, desk_id: int | None = None, act_id: UUID | None = None
) -> Report:
    """An empty draft of its own, recorded under ``act_id`` where it is to be known again."""
    report = Report.objects.create(
        subject=uuid4(), agency_id=by.agency_id, desk_id=desk_id or _own_desk(by),
        state=workflow.DRAFT, entered_at=at, taken_by=by.user_id,
    )  # fmt: skip
    record(
        by=by, at=at, name=events.REPORT_BEGUN, subject_kind="report", subject_id=report.id,
        act_id=act_id,
    )  # fmt: skip
    return report


@transaction.atomic
def open_draft(*, report_id: int, by: Actor) -> queries.OpenReport:
    """Take the pen: this page may write now, and an older tab's next save is refused as stale.

    Raises ``IllegalMove`` once the report was received.
    """
    report = lock(by, report_id)
    workflow.MOVES.check("receive", report.state)
    report.version += 1
    report.save(update_fields=["version"])
    return queries.unseal(report)


@transaction.atomic
def save_draft(
    *, report_id: int, expected_version: int, content: ReportContent, by: Actor, at: datetime
) -> Report:
    """Keep what is typed so far, for autosave. Raises ``StaleForm`` for a tab without the pen.

    A draft is kept whole however long it is; only receiving it asks for less. The version stays,
    so that the page which holds the pen may save again and again.
    """
    report = lock(by, report_id)
    workflow.MOVES.check("receive", report.state)
    check_version(expected=expected_version, found=report.version)
    _write(report, content)
    report.save(update_fields=[*_WRITTEN])
    return report


def write_draft(report: Report, content: ReportContent) -> None:
    """Put the content into a draft's row; its writer has been asked about before."""
    _write(report, content)
    report.save(update_fields=[*_WRITTEN])


@transaction.atomic
def receive_report(
    *, report_id: int, expected_version: int, content: ReportContent, by: Actor, at: datetime
) -> Report:
    """Receive the report: triage sets the risk, the clocks start, earlier contact is asked.

    Raises ``InvalidInput`` (field → code), ``StaleForm``, ``IllegalMove`` (sent twice).
    """
    require(by.roles, Permission.TAKE_REPORT)
    report = lock(by, report_id)
    workflow.MOVES.check("receive", report.state)
    check_version(expected=expected_version, found=report.version)
    check_content(content, at=at)
    receive_in(report, content, by=by, at=at)
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
    check_content(content, at=at)
    one_form_at_a_time(by)
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
        receive_in(report, content, by=guest, at=at, purpose=INTAKE)
    record(
        by=by, at=at, name=events.REPORT_SENT, subject_kind="report", subject_id=report.id,
        act_id=act_id, detail={"desk": desk.id},
    )  # fmt: skip
    return report.id


def one_form_at_a_time(by: Actor) -> None:
    """Pressed twice: the second waits for the first's end, and then finds what it made."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(3, %s)", [by.user_id])


def receive_in(
    report: Report, content: ReportContent, *, by: Actor, at: datetime, purpose: str = WORK,
    clocked: bool = True,
) -> None:  # fmt: skip
    """Everything that happens to a report when it is received, whoever brings it.

    One that stands under a group of alike ones is not ``clocked``: the group's clocks run.
    """
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
    if clocked:
        start_clocks(report, by=by, at=at, purpose=purpose)
    record(
        by=by, at=at, name=events.REPORT_RECEIVED, subject_kind="report", subject_id=report.id,
        detail={"channel": report.channel, "risk": report.risk}, purpose=purpose,
    )  # fmt: skip


def start_clocks(report: Report, *, by: Actor, at: datetime, purpose: str = WORK) -> None:
    """The clock of the first answer and that of what follows it, from when it was reported."""
    since = report.reported_at or at
    clocks.start(
        procedure=FIRST_RESPONSE[report.risk], subject_kind="report", subject_id=report.id,
        area=report.area, by=by, at=at, since=since, desk_id=report.desk_id, risk=report.risk,
        purpose=purpose,
    )  # fmt: skip
    follow_up(report, since=since, by=by, at=at, purpose=purpose)


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
    report = lock(by, report_id)
    report.state = workflow.MOVES.check("take", report.state).target
    report.handled_by = by.user_id
    report.version += 1
    report.save(update_fields=["state", "handled_by", "version"])
    clocks.meet(
        subject_kind="report", subject_id=report.id, by=by, at=at,
        procedures=[*FIRST_RESPONSE.values()],
    )  # fmt: skip
    alerts.end_alerts(subject_kind="report", subject_ids=[str(report.id)], at=at)
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


# -- how it is kept ---------------------------------------------------------------------------

_WRITTEN = (
    "channel", "reporter_kind", "reporter_confidential", "happened_on", "reported_at", "area",
    "answers", "violence_kinds", "account_sealed", "reporter_sealed", "survivor_sealed",
    "answers_sealed",
)  # fmt: skip


def lock(by: Actor, report_id: int) -> Report:
    """The visible report, locked. Raises ``NotReachable``."""
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


def check_content(content: ReportContent, *, at: datetime) -> None:
    """What any report needs to be received. Raises ``InvalidInput`` (field → code)."""
    contents.check(content, at=at)
    if not reference.get_areas([content.area]):
        raise InvalidInput({"area": "unknown"})


def follow_up(
    report: Report, *, since: datetime, by: Actor, at: datetime, purpose: str = WORK
) -> None:
    """Start the clock of what comes after the first answer."""
    clocks.start(
        procedure="report_follow_up", subject_kind="report", subject_id=report.id,
        area=report.area, by=by, at=at, since=since, desk_id=report.desk_id, risk=report.risk,
        purpose=purpose,
    )  # fmt: skip


def answered(report: Report, *, by: Actor, at: datetime) -> None:
    """Meet every clock that the report still has."""
    clocks.meet(
        subject_kind="report", subject_id=report.id, by=by, at=at,
        procedures=[*FIRST_RESPONSE.values(), "report_follow_up"],
    )  # fmt: skip
    alerts.end_alerts(subject_kind="report", subject_ids=[str(report.id)], at=at)
