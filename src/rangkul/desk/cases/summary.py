"""The file's first page: what prevents harm, next steps, the timeline; opening identity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.accounts import queries as accounts
from rangkul.cases import events
from rangkul.cases import operations as cases
from rangkul.cases import queries as case_queries
from rangkul.cases.models import CaseFile
from rangkul.clocks import queries as clocks
from rangkul.clocks import resting
from rangkul.clocks.events import CLOCK_PAUSED
from rangkul.clocks.models import Clock
from rangkul.custody import queries as custody
from rangkul.desk import pauses, wording
from rangkul.desk.cases.frame import case_id_or_404, frame, get_file
from rangkul.desk.cases.holder import holding_of
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.people import operations as people
from rangkul.people import queries as people_queries
from rangkul.people.models import Person
from rangkul.reference import queries as reference
from rangkul.reference.zones import zone_of
from rangkul.trail import queries as trail

# How much of the timeline stands on the page, and how much where everything is asked for.
_ACTS, _ALL = 60, 2_000
_MOST_OPENINGS = 500


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the timeline: an act of the trail, or a note with its words."""

    at: datetime
    title: str
    icon: str
    by: str
    tone: str = ""
    body: str = ""
    detail: str = ""
    note_id: str = ""
    withdrawn: str = ""
    mine: bool = False


@dataclass(slots=True)
class Day:
    """The moments of one local day."""

    on: date
    moments: list[Moment] = field(default_factory=list)


@staff()
def case_page(request: StaffRequest, number: str) -> HttpResponse:
    """The whole of a file at a glance. Reading the notes is recorded with the page."""
    case_id = case_id_or_404(number)
    file = case_queries.get_file(request.actor, case_id)
    everything = request.GET.get("linimasa") == "semua"
    most_notes, most_acts = (_ALL, _ALL) if everything else (case_queries.MOST_NOTES, _ACTS)
    # One more than is shown tells whether something is left out.
    notes = cases.read_notes(
        case_id=case_id, by=request.actor, at=request.now, limit=most_notes + 1
    )
    acts = trail.list_case(request.actor, case_id, names=events.TIMELINE, limit=most_acts + 1)
    openings = trail.list_case(
        request.actor, case_id, names=("identity.opened",), limit=_MOST_OPENINGS
    )
    is_cut = len(notes) > most_notes or len(acts) > most_acts
    notes, acts = notes[:most_notes], acts[:most_acts]
    team = custody.list_assignments(request.actor, case_id)
    needs = case_queries.list_needs(request.actor, case_id)
    names = accounts.names_of(
        {
            *(note.note.written_by for note in notes),
            *(act.actor_id for act in (*acts, *openings) if act.actor_id),
            *(member.user_id for member in team),
            *(view.need.by_user_id for view in needs if view.need.by_user_id),
        }
    )
    around = people_queries.list_people(request.actor, case_id)
    # What rests comes after what runs: the first is the next deadline.
    open_clocks = sorted(
        clocks.list_case(request.actor, case_id), key=lambda clock: clock.state == "paused"
    )
    # The elements are shown where trafficking is in question.
    incident = (
        case_queries.get_incident(request.actor, case_id) if "kpo" in file.categories else None
    )
    survivor = next((p for p in around if p.part == Person.SURVIVOR), None)
    context = frame(file, request, section="case-page") | {
        "survivor": survivor,
        "bans": _bans(survivor),
        "reasons": identity_reasons(),
        "last_opened": _last_opened(openings, names),
        "may_open": may(request.actor.roles, Permission.OPEN_IDENTITY),
        "may_write": may(request.actor.roles, Permission.WRITE_NOTE),
        "may_refer": may(request.actor.roles, Permission.DRAFT_REFERRAL),
        "clocks": [
            _deadline(request, clock) for clock in open_clocks
        ],
        "companions": [names.get(member.user_id, "") for member in team],
        "holding": holding_of(request, file),
        "days": _days(_moments(notes, acts, names, request), file, request),
        "around": [_around(p) for p in around if p.part != Person.SURVIVOR],
        "needs": [_need(view, names) for view in needs],
        "remember": _remember(file),
        "elements": _elements(incident) if incident else [],
        "readers": _readers(openings, names),
        "is_cut": is_cut,
        "everything": everything,
        "kinds": [reference.label("jenis_kekerasan", code) for code in file.violence_kinds],
        "age": reference.label("kelompok_usia", file.age_band) if file.age_band else "",
    }  # fmt: skip
    return render(request, "desk/cases/page.html", context)


@staff(Permission.OPEN_IDENTITY)
@require_POST
def open_identity(request: StaffRequest, number: str) -> HttpResponse:
    """Who the survivor is, for one minute, with the reason recorded."""
    file = get_file(request, number)
    reason = text(request, "reason", 48)
    words = text(request, "words", 200)
    known = {code for code, _label in identity_reasons()}
    if reason == "other":
        reason = "lain" if words else ""
    if reason not in known | {"lain"}:
        return redirect("case-page", number=number)
    opened = people.open_identity(
        case_id=file.case_id, reason=reason, note=words, by=request.actor, at=request.now
    )
    survivor = next((p for p in opened if p.person.part == Person.SURVIVOR), None)
    context = {
        "rows": _identity_rows(survivor) if survivor else [],
        "cover_url": reverse("case-covered", args=[number]),
        "seconds": 60,
        "key": "identity",
        "number": number,
        "file": file,
    }
    if request.headers.get("HX-Request"):
        return render(request, "look/parts/revealed_identity.html", context)
    return render(
        request, "desk/cases/identity.html", frame(file, request, section="case-page") | context
    )


@staff(Permission.OPEN_IDENTITY)
def covered(request: StaffRequest, number: str) -> HttpResponse:
    """The covered identity again, after its minute."""
    file = get_file(request, number)
    context = {"number": number, "file": file, "reasons": identity_reasons(), "may_open": True}
    return render(request, "desk/cases/covered.html", context)


def identity_reasons() -> list[tuple[str, str]]:
    """The coded reasons for opening an identity; writing one's own is offered beside them."""
    return [pair for pair in reference.choices("alasan_buka_identitas") if pair[0] != "lain"]


def _identity_rows(opened: people_queries.OpenPerson) -> list[tuple[str, str]]:
    identity, contact, location = opened.identity, opened.contact, opened.location
    born = identity.birth_date.strftime("%d-%m-%Y") if identity.birth_date else ""
    rows = [
        (_("Full name"), identity.full_name),
        (_("Called"), identity.called_name),
        (_("Other names"), ", ".join(identity.aliases)),
        (_("Born"), born),
        ("NIK", identity.nik),
        (_("Passport"), identity.passport),
        (_("Phone"), contact.phone),
        (_("Reach by"), contact.how),
        (_("Code word"), contact.code_word),
        (_("Address"), location.address),
    ]
    return [(term, value) for term, value in rows if value] or [
        (_("Identity"), _("Not recorded yet"))
    ]


def _moments(
    notes: Sequence[case_queries.NoteView], acts: Sequence[trail.Entry], names: dict[int, str],
    request: StaffRequest,
) -> list[Moment]:  # fmt: skip
    moments = [
        Moment(
            at=view.note.happened_at,
            title=_note_title(view.note.kind),
            icon="message-report" if view.note.kind == "report" else "pencil",
            by=names.get(view.note.written_by, ""),
            body=view.body,
            note_id=str(view.note.id),
            withdrawn=_withdrawn(view, names),
            mine=view.note.written_by == request.actor.user_id,
        )
        for view in notes
    ]
    for act in acts:
        reason = act.reason
        if act.name == "identity.opened" and reason:
            reason = reference.label("alasan_buka_identitas", reason)
        elif act.name == CLOCK_PAUSED:
            reason = str(pauses.REASONS.get(reason, reason))
        moments.append(
            Moment(
                at=act.at,
                title=wording.act_title(act.name),
                icon=wording.act_icon(act.name),
                by=names.get(act.actor_id or 0, ""),
                detail=reason if act.name in ("identity.opened", CLOCK_PAUSED) else "",
                tone="high" if act.name == "file.risk_raised" else "",
            )
        )
    return _folded(sorted(moments, key=lambda moment: moment.at, reverse=True))


def _folded(moments: Sequence[Moment]) -> list[Moment]:
    """The same act by the same person several times in a row becomes one line with its count."""
    folded: list[Moment] = []
    counts: list[int] = []
    for moment in moments:
        last = folded[-1] if folded else None
        same = (
            last is not None
            and not moment.body
            and (last.title, last.by, last.detail) == (moment.title, moment.by, moment.detail)
            and last.at - moment.at < timedelta(hours=1)
        )
        if same:
            counts[-1] += 1
        else:
            folded.append(moment)
            counts.append(1)
    return [
        replace(moment, title=f"{moment.title} ({count}×)") if count > 1 else moment
        for moment, count in zip(folded, counts, strict=True)
    ]


def _deadline(request: StaffRequest, clock: Clock) -> dict[str, Any]:
    day = localdate(request.now)
    rule = wording.rule(clock.procedure, day)
    return {
        "clock": clock,
        "title": wording.procedure_title(clock.procedure, day),
        "source": wording.procedure_source(clock.procedure, day),
        "paused": pauses.said(clock, zone_of(request.membership.area_code)),
        "may_rest": clock.due_at > request.now and resting.may_rest(request.actor, clock, rule),
        "may_run_on": resting.may_run_on(request.actor, clock),
    }


def _withdrawn(view: case_queries.NoteView, names: dict[int, str]) -> str:
    if view.note.withdrawn_at is None:
        return ""
    who = names.get(view.note.withdrawn_by or 0, "")
    reasons = dict(withdraw_reasons())
    reason = reasons.get(view.note.withdraw_reason, view.note.withdraw_reason)
    return _("Withdrawn by %(who)s: %(reason)s") % {"who": who, "reason": reason}


def withdraw_reasons() -> list[tuple[str, str]]:
    """Why a note is taken back."""
    return [
        ("salah_berkas", _("Wrong file")),
        ("keliru", _("A mistake in it")),
        ("berlebih", _("More than the file needs")),
        ("permintaan", _("The survivor asked for it")),
    ]


def _note_title(kind: str) -> str:
    return {
        "report": _("Report"),
        "visit": _("Visit"),
        "call": pgettext("kind of note", "Call"),
        "message": _("Message"),
        "meeting": _("Meeting"),
    }.get(kind, _("Companion's note"))


def _days(moments: Sequence[Moment], file: CaseFile, request: StaffRequest) -> list[Day]:
    zone = ZoneInfo(zone_of(request.membership.area_code))
    days: list[Day] = []
    for moment in moments:
        on = moment.at.astimezone(zone).date()
        if not days or days[-1].on != on:
            days.append(Day(on))
        days[-1].moments.append(moment)
    return days


def _bans(survivor: Person | None) -> list[str]:
    if survivor is None:
        return []
    return [reference.label("larangan_kontak", code) for code in survivor.contact_bans]


def _last_opened(openings: Sequence[trail.Entry], names: dict[int, str]) -> str:
    if not openings:
        return _("Nobody has opened it yet.")
    last = openings[0]
    return _("Last opened by %(who)s.") % {"who": names.get(last.actor_id or 0, "")}


def _around(person: Person) -> dict[str, Any]:
    part = {
        Person.SUSPECT: _("Suspect"), Person.KIN: _("Family"), Person.GUARDIAN: _("Guardian"),
    }.get(person.part, _("Other"))  # fmt: skip
    relation = reference.label("hubungan_rinci", person.relation) if person.relation else ""
    return {"person": person, "part": part, "relation": relation}


def _need(view: case_queries.NeedView, names: dict[int, str]) -> dict[str, Any]:
    return {
        "view": view,
        "service": wording.service_label(view.need.service),
        "who": names.get(view.need.by_user_id or 0, ""),
    }


def _remember(file: CaseFile) -> list[str]:
    remembered = [reference.label("penanda_kasus", code) for code in file.flags]
    remembered += [
        _("Language: %(language)s") % {"language": reference.label("bahasa", code)}
        for code in file.languages
        if code != "ind"
    ]
    if file.worker_sex == "P":
        remembered.append(_("Prefers to speak with a woman"))
    if file.worker_sex == "L":
        remembered.append(_("Prefers to speak with a man"))
    return remembered


def _elements(incident: Any) -> list[dict[str, Any]]:
    return [
        {"label": _("Act"), "values": _labels("tppo_proses", incident.process)},
        {"label": _("Means"), "values": _labels("tppo_cara", incident.means)},
        {"label": _("Purpose"), "values": _labels("tppo_bentuk", incident.purpose)},
    ]


def _labels(list_name: str, codes: Sequence[str]) -> list[str]:
    return [reference.label(list_name, code) for code in codes]


def _readers(openings: Sequence[trail.Entry], names: dict[int, str]) -> list[tuple[str, int]]:
    counted: dict[str, int] = {}
    for act in openings:
        who = names.get(act.actor_id or 0, "")
        counted[who] = counted.get(who, 0) + 1
    return sorted(counted.items(), key=lambda pair: -pair[1])


urlpatterns = [
    path("kasus/<str:number>/", case_page, name="case-page"),
    path("kasus/<str:number>/identitas/", open_identity, name="case-identity"),
    path("kasus/<str:number>/tertutup/", covered, name="case-covered"),
]
