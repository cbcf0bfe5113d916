"""Reports by a machine: received in one call, listed, read, taken in hand, closed, made a case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from django.http import HttpRequest
from ninja import Router, Status
from ninja.params import functions as parameter

from rangkul.api import numbers, operations
from rangkul.api.calls import (
    GONE,
    READ,
    WRITE,
    IdempotencyKey,
    ReportNumber,
    case_id_in_field,
    clocks_of_report,
    report_id_in_field,
    report_id_in_path,
)
from rangkul.api.door import caller_of, once
from rangkul.api.schemas.reports import (
    AboutSaid,
    ActionSaid,
    CaseOpened,
    CloseAsked,
    OpenCaseAsked,
    ReportAsked,
    ReporterSaid,
    ReportLine,
    ReportPage,
    ReportReceived,
    ReportReceivedKept,
    ReportSaid,
    ReportStanding,
    ReportWords,
    TriageSaid,
)
from rangkul.api.schemas.strict import REPORT
from rangkul.assessments import rk01_triase
from rangkul.cases import operations as cases
from rangkul.clocks import queries as clocks
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.network import queries as network
from rangkul.people.identity import Contact, Identity
from rangkul.reports import operations as writing
from rangkul.reports import policy
from rangkul.reports import queries as reports
from rangkul.reports.content import About, ReportContent, Reporter

if TYPE_CHECKING:
    from rangkul.reports.models import Report

router = Router(tags=["reports"])


@router.post("/reports", response={201: ReportReceived, **WRITE}, summary="Receive a report")
def receive(
    request: HttpRequest, body: ReportAsked, idempotency_key: IdempotencyKey
) -> Status[Mapping[str, Any]]:
    """Receive a report with the core answers of rk01; the first deadline starts at once.

    No report is refused for what it tells. The answer says what to tell the person and what to do
    first. With `take` the caller also takes it in hand.
    """
    caller = caller_of(request)
    content = _content(body)

    def act() -> ReportReceivedKept:
        report_id = operations.receive_at_once(
            content=content, take=body.take, by=caller.actor, at=caller.at
        )
        running = clocks.list_subject(caller.actor, "report", report_id)
        return ReportReceivedKept(
            **_standing(reports.get_report(caller.actor, report_id)),
            answer_by=running[0].due_at if running else None,
        )

    kept = once(request, idempotency_key, act)
    judged = rk01_triase.triage(
        rk01_triase.read_triage(body.given()), source=_speaker(body.reporter_kind)
    )
    return Status(201, {**kept, "triage": _triage(judged).model_dump()})


@router.get("/reports", response={200: ReportPage, **READ}, summary="List reports")
def list_reports(
    request: HttpRequest,
    before: Annotated[
        str,
        parameter.Query(
            max_length=16, description="The last number of the page before.", examples=[REPORT]
        ),
    ] = "",
    waiting: Annotated[
        bool, parameter.Query(description="Only what still waits for somebody.", examples=[True])
    ] = False,
) -> ReportPage:
    """The reports that the caller may see, newest first, without what was told."""
    caller = caller_of(request)
    following = ""
    if waiting:
        found = reports.list_open(caller.actor)
    else:
        bound = report_id_in_field(before, "before") if before else None
        found = reports.list_reports(caller.actor, before=bound)
        if len(found) > reports.PAGE:
            found = found[: reports.PAGE]
            following = reports.report_number(found[-1].id)
    visible = custody.visible_among(caller.actor, [r.case_id for r in found if r.case_id])
    return ReportPage(
        reports=[ReportLine(**_row(report, visible)) for report in found], next_before=following
    )


@router.get(
    "/reports/{number}", response={200: ReportSaid, **READ, **GONE}, summary="Read a report"
)
def read_report(request: HttpRequest, number: ReportNumber) -> ReportSaid:
    """One report. `words` is what was told, while the caller may read it; that is recorded."""
    caller = caller_of(request)
    report = reports.get_report(caller.actor, report_id_in_path(number))
    words = None
    if policy.content_open(caller.actor, report.state):
        words = _words(writing.read_report(report_id=report.id, by=caller.actor, at=caller.at))
    visible = custody.visible_among(caller.actor, [report.case_id] if report.case_id else [])
    return ReportSaid(
        **_row(report, visible), clocks=clocks_of_report(caller.actor, report.id), words=words
    )


@router.post(
    "/reports/{number}/take", response={200: ReportStanding, **WRITE}, summary="Take in hand"
)
def take(request: HttpRequest, number: ReportNumber) -> ReportStanding:
    """Somebody answers this report: its first deadline is met. 409 when a colleague has it."""
    caller = caller_of(request)
    report = writing.take_in_hand(
        report_id=report_id_in_path(number), by=caller.actor, at=caller.at
    )
    return ReportStanding(**_standing(report))


@router.post(
    "/reports/{number}/close", response={200: ReportStanding, **WRITE}, summary="Close a report"
)
def close(request: HttpRequest, number: ReportNumber, body: CloseAsked) -> ReportStanding:
    """End a report that needs no case, and say how: `saran_diberikan`, `disalurkan`,
    `tidak_dapat_dihubungi`, `ganda`, `uji`."""
    caller = caller_of(request)
    report_id = report_id_in_path(number)
    writing.close_report(report_id=report_id, outcome=body.outcome, by=caller.actor, at=caller.at)
    return ReportStanding(**_standing(reports.get_report(caller.actor, report_id)))


@router.post(
    "/reports/{number}/open-case",
    response={201: CaseOpened, **WRITE, **GONE},
    summary="Open a case",
)
def open_case(
    request: HttpRequest,
    number: ReportNumber,
    body: OpenCaseAsked,
    idempotency_key: IdempotencyKey,
) -> Status[Mapping[str, Any]]:
    """Make a case of the report: its account becomes the file's first note, its triage the first.

    Opening reads the report, which is recorded. Whoever may not see the file gets no number of it.
    """
    caller = caller_of(request)
    report_id = report_id_in_path(number)

    def act() -> CaseOpened:
        opened = writing.read_report(report_id=report_id, by=caller.actor, at=caller.at)
        file = writing.open_case(
            report_id=report_id, opening=_opening(opened, body, caller.actor), by=caller.actor,
            at=caller.at,
        )  # fmt: skip
        seen = custody.visible_among(caller.actor, [file.case_id])
        return CaseOpened(
            report=reports.report_number(report_id), state="opened",
            case=custody.case_number(file.case_id) if seen else "",
        )  # fmt: skip

    return Status(201, once(request, idempotency_key, act))


# -- between the call and the operation -------------------------------------------------------


def _content(body: ReportAsked) -> ReportContent:
    about = body.about.model_dump()
    about["contact_bans"] = tuple(about["contact_bans"])
    return ReportContent(
        channel=body.channel, reporter_kind=body.reporter_kind,
        reporter_confidential=body.reporter_confidential, happened_on=body.happened_on,
        reported_at=body.reported_at, area=body.area, account=body.account,
        reporter=Reporter(**body.reporter.model_dump()), about=About(**about),
        answers=body.given(), violence_kinds=tuple(body.violence_kinds),
    )  # fmt: skip


def _opening(opened: reports.OpenReport, body: OpenCaseAsked, by: Actor) -> cases.Opening:
    content, about = opened.content, opened.content.about

    def told(sent: str | None, known: str) -> str:
        return known if sent is None else sent

    sex = told(body.sex, about.sex)
    opening = cases.Opening(
        area=content.area, categories=tuple(body.categories), triage=opened.answers,
        triage_source=_speaker(content.reporter_kind),
        violence_kinds=content.violence_kinds
        if body.violence_kinds is None
        else tuple(body.violence_kinds),
        flags=tuple(body.flags), sex=sex if sex in ("P", "L") else "",
        birth_year=body.birth_year, age=about.age,
        age_on=(content.reported_at or opened.report.entered_at).date(),
        is_child=body.is_child, languages=tuple(body.languages),
        worker_sex=body.worker_sex, work_label=body.work_label, desk_id=opened.report.desk_id,
        incident=cases.IncidentFacts(
            happened_from=content.happened_on, area=content.area,
            place_kinds=tuple(body.place_kinds),
        ),
        identity=Identity(
            full_name=told(body.name, about.name),
            called_name=told(body.called_name, about.called_name), nik=told(body.nik, about.nik),
        ),
        contact=Contact(phone=told(body.phone, about.phone), how=about.safe_contact),
        contact_bans=about.contact_bans, companion_id=_companion(body.companion, by),
        reported_at=content.reported_at, account=content.account,
    )  # fmt: skip
    return _beside(opening, body.same_incident_as, by)


def _beside(opening: cases.Opening, number: str | None, by: Actor) -> cases.Opening:
    """As one more survivor of another file's incident; a file that nobody sees here is unknown."""
    if number is None:
        return opening
    case_id = case_id_in_field(number, "same_incident_as")
    try:
        return cases.of_same_incident(opening, case_id=case_id, by=by)
    except NotReachable as fault:
        raise InvalidInput({"same_incident_as": "unknown"}) from fault


def _companion(number: str | None, by: Actor) -> int | None:
    """The colleague whom a number names; one of another agency is nobody."""
    if number is None:
        return None
    membership_id = numbers.id_in_field(numbers.COLLEAGUE, number, "companion")
    return network.get_member(by.agency_id, membership_id).membership.user_id


def _speaker(reporter_kind: str) -> str:
    return "penyintas" if reporter_kind == "korban" else "pelapor"


# -- answers ----------------------------------------------------------------------------------


def _standing(report: Report) -> dict[str, Any]:
    reported: datetime | None = report.reported_at
    return {
        "number": reports.report_number(report.id), "state": report.state, "risk": report.risk,
        "version": report.version, "reported_at": reported, "entered_at": report.entered_at,
    }  # fmt: skip


def _row(report: Report, visible: set[int]) -> dict[str, Any]:
    seen = report.case_id is not None and report.case_id in visible
    return _standing(report) | {
        "channel": report.channel, "reporter_kind": report.reporter_kind, "area": report.area,
        "outcome": report.outcome,
        "case": custody.case_number(report.case_id) if seen and report.case_id else "",
    }  # fmt: skip


def _words(opened: reports.OpenReport) -> ReportWords:
    content = opened.content
    reporter, about = content.reporter, content.about
    return ReportWords(
        happened_on=content.happened_on, reporter_confidential=content.reporter_confidential,
        account=content.account,
        reporter=ReporterSaid(
            name=reporter.name, phone=reporter.phone, relation=reporter.relation,
            institution=reporter.institution,
        ),
        about=AboutSaid(
            name=about.name, called_name=about.called_name, phone=about.phone, nik=about.nik,
            sex=about.sex, age=about.age, place=about.place, safe_contact=about.safe_contact,
            contact_bans=list(about.contact_bans),
        ),
        answers=opened.answers.to_json(), violence_kinds=list(content.violence_kinds),
        triage=_triage(opened.triage),
    )  # fmt: skip


def _triage(judged: rk01_triase.Triage) -> TriageSaid:
    return TriageSaid(
        level=judged.level, because_id=judged.sentence_id, because_en=judged.sentence_en,
        say_id=judged.say_id, say_en=judged.say_en,
        actions=[
            ActionSaid(code=action.code, text_id=action.text_id, text_en=action.text_en)
            for action in judged.actions
        ],
        ask_again=list(judged.ask_again),
    )  # fmt: skip
