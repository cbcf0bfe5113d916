"""Reading reports."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Case, F, Q, When

from rangkul.assessments import rk01_triase
from rangkul.assessments.answers import Answers
from rangkul.custody import queries as custody
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.counting import Named, named_count
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.numbers import number_of, read_number
from rangkul.people import queries as people
from rangkul.people.tokens import REPORT
from rangkul.reports import policy, workflow
from rangkul.reports.content import About, ReportContent, Reporter
from rangkul.reports.events import REPORT_SENT
from rangkul.reports.models import DoorReport, EarlierContact, Report
from rangkul.trail import queries as trail

PAGE = 25
MOST_OPEN = 100


def report_number(report_id: int) -> str:
    """The public number of a report, such as ``LP-2K5W-07G8``."""
    return number_of("LP", report_id)


def report_id_of(number: str) -> int:
    """The report that ``number`` names; ``MistypedNumber`` without asking the database."""
    return read_number("LP", number)


def get_report(actor: Actor, report_id: int) -> Report:
    """A visible report. Raises ``NotReachable``."""
    found = Report.objects.filter(policy.visible_to(actor), id=report_id).first()
    if found is None:
        raise NotReachable("no such report")
    return found


def list_open(actor: Actor) -> list[Report]:
    """Every visible report that waits for somebody: unanswered danger, then the others.

    Each newest first, no more than ``MOST_OPEN``. What stands under a group is in its line.
    """
    found = Report.objects.filter(policy.visible_to(actor), state__in=workflow.OPEN)
    # Danger that nobody has answered is never pushed out of the list by what came after it.
    danger = Case(When(state=workflow.RECEIVED, risk="tinggi", then=0), default=1)
    alone = found.exclude(door__held=True).select_related("door")
    return list(alone.order_by(danger, "-entered_at", "-id")[:MOST_OPEN])


def list_reports(actor: Actor, *, before: int | None = None) -> list[Report]:
    """A page of all visible reports, newest first; one row more than ``PAGE`` tells of another.

    ``before`` is the id of the last report of the page before; one that cannot be seen is no bound.
    """
    found = Report.objects.filter(policy.visible_to(actor)).select_related("door")
    bound = found.filter(id=before).first() if before else None
    if bound is not None:
        earlier = Q(entered_at=bound.entered_at, id__lt=bound.id)
        found = found.filter(Q(entered_at__lt=bound.entered_at) | earlier)
    return list(found.order_by("-entered_at", "-id")[: PAGE + 1])


def unread_in(report: Report) -> int:
    """Messages from outside that nobody here has opened, of a report that a list gave out."""
    row: DoorReport | None = getattr(report, "door", None)
    return row.unread if row is not None else 0


def waiting_counts(actor: Actor) -> list[Named]:
    """``reports``: those received that nobody took in hand, groups aside; for ``count_all``."""
    found = Report.objects.filter(policy.visible_to(actor), state=workflow.RECEIVED)
    found = found.exclude(door__held=True)
    return [named_count("reports", found)]


def place(report_id: int, column: str) -> vault.Place:
    """Where a report's seal stands."""
    return vault.Place("reports_report", column, report_id)


def contact_place(report_id: int) -> vault.Place:
    """Where the seal of a safe-contact choice stands."""
    return vault.Place("reports_doorreport", "contact_sealed", report_id)


def message_place(message_id: UUID) -> vault.Place:
    """Where the seal of a message stands."""
    return vault.Place("reports_message", "body_sealed", message_id)


def file_place(file_id: UUID) -> vault.Place:
    """Where the seal of a file that came with a report stands."""
    return vault.Place("reports_reportfile", "content_sealed", file_id)


@dataclass(frozen=True, slots=True)
class Receipt:
    """All that a registered reporter keeps of a report that she sent."""

    number: str
    sent_at: datetime
    in_hand: bool


def list_receipts(actor: Actor, *, since: datetime, limit: int = 50) -> list[Receipt]:
    """What this person has sent, newest first: received, or in hand; never anything else."""
    acts = trail.list_own(actor, names=(REPORT_SENT,), since=since, limit=limit)
    sent = {int(act.subject_id): act.at for act in acts}
    with connection.cursor() as cursor:
        cursor.execute("select house.reports_in_hand(%s)", [list(sent)])
        in_hand = {row[0] for row in cursor.fetchall()}
    return [Receipt(report_number(id_), at, id_ in in_hand) for id_, at in sent.items()]


def report_sent_by(actor: Actor, act_id: UUID) -> int | None:
    """The report that a registered reporter's act made, or ``None``: the form was not sent yet."""
    found = trail.subject_of_own(actor, act_id=act_id, name=REPORT_SENT)
    return int(found) if found else None


@dataclass(frozen=True, slots=True)
class OpenReport:
    """A report with its seals opened; reading it is recorded by the operation that asked."""

    report: Report
    content: ReportContent

    @property
    def answers(self) -> Answers:
        """rk01's answers as they stand."""
        return Answers.of(self.content.answers or {})

    @property
    def triage(self) -> rk01_triase.Triage:
        """What rk01 says of them."""
        source = "penyintas" if self.report.reporter_kind == "korban" else "pelapor"
        return rk01_triase.triage(self.answers, source=source)


def unseal(report: Report) -> OpenReport:
    """Open all seals of a report with one look into the key store."""
    columns = ("account_sealed", "reporter_sealed", "survivor_sealed", "answers_sealed")
    held = [(c, getattr(report, c)) for c in columns if getattr(report, c) is not None]
    texts = vault.open_texts([(bytes(value), place(report.id, c)) for c, value in held])
    opened = dict(zip((c for c, _ in held), texts, strict=True))
    answers = dict(report.answers) | json.loads(opened.get("answers_sealed", "{}"))
    return OpenReport(
        report,
        ReportContent(
            channel=report.channel,
            reporter_kind=report.reporter_kind,
            reporter_confidential=report.reporter_confidential,
            happened_on=report.happened_on,
            reported_at=report.reported_at,
            area=report.area,
            account=opened.get("account_sealed", ""),
            reporter=Reporter.from_json(opened.get("reporter_sealed", "{}")),
            about=About.from_json(opened.get("survivor_sealed", "{}")),
            answers=answers,
            violence_kinds=tuple(report.violence_kinds),
        ),
    )


def unseal_about(report: Report) -> About:
    """Open only the seal that says whom a report is about."""
    if report.survivor_sealed is None:
        return About()
    sealed = bytes(report.survivor_sealed)
    return About.from_json(vault.open_text(sealed, place(report.id, "survivor_sealed")))


@dataclass(frozen=True, slots=True)
class Earlier:
    """A possible earlier contact inside the own agency: how many, without who."""

    cases: int
    reports: int


def earlier_contact(actor: Actor, about: About, *, besides: int | None = None) -> Earlier:
    """How many cases and reports of the own agency speak of such a person; no identity."""
    names = [name for name in (about.name, about.called_name) if name]
    numbers = [number for number in (about.nik, about.phone) if number]
    cases = people.count_known(actor, names, numbers)
    reports = people.count_known(actor, names, numbers, kind=REPORT, besides=besides)
    return Earlier(cases, reports)


def list_earlier_contacts(actor: Actor, *, since: datetime) -> list[EarlierContact]:
    """Notices on visible cases: the unanswered, then those this agency wished to follow up.

    Of the latter only what was answered after ``since``.
    """
    wanted = Q(answered_at__isnull=True) | Q(answer=EarlierContact.CONTACT, answered_at__gte=since)
    rows = list(
        EarlierContact.objects.filter(wanted, agency_id=actor.agency_id).order_by(
            F("answered_at").desc(nulls_first=True), "-noticed_at"
        )[:50]
    )
    visible = custody.visible_among(actor, [row.case_id for row in rows])
    return [row for row in rows if row.case_id in visible]


def get_earlier_contact(actor: Actor, notice_id: UUID) -> EarlierContact:
    """One notice about a visible case. Raises ``NotReachable``."""
    found = EarlierContact.objects.filter(id=notice_id, agency_id=actor.agency_id).first()
    if found is None or not custody.visible_among(actor, [found.case_id]):
        raise NotReachable("no such notice")
    return found


def is_noticed(notice_id: UUID) -> bool:
    """Whether this notice stands; for the matching job."""
    return EarlierContact.objects.filter(id=notice_id).exists()
