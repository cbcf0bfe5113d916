"""Rujukan baru: need, desk, ground and packet on one page; the packet is shown as it will be read.

The page works as a plain form: every press of a button posts all of it and gets it back. With
htmx the same answers replace the part that changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.cases import queries as cases
from rangkul.cases.models import CaseFile
from rangkul.consent import queries as consent
from rangkul.consent.models import Basis
from rangkul.consent.policy import BasisMissing, obstacle
from rangkul.custody import queries as custody
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.page import StaffRequest, staff
from rangkul.desk.referrals import other_desks, wording
from rangkul.desk.referrals.forms import DraftForm, GroundForm
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.network import queries as network
from rangkul.network.agreements import Covering
from rangkul.network.queries import Suggestion, Suggestions
from rangkul.people import queries as people
from rangkul.reference import queries as reference
from rangkul.reference.services import SERVICES, ServiceCode
from rangkul.referrals import ceilings, grounds, operations, queries, sheet
from rangkul.referrals.operations import Asked, Prepared
from rangkul.referrals.packet import Deadlines
from rangkul.referrals.policy import NoCover, PreviewChanged

WITHIN: Final = {"1": timedelta(hours=1), "4": timedelta(hours=4), "24": timedelta(hours=24),
                 "72": timedelta(hours=72)}  # fmt: skip
_UNANSWERED_NEEDS: Final = ("planned", "unmet", "referred")
_ICONS: Final = {str(code): service.icon for code, service in SERVICES.items()}


@dataclass(slots=True)
class Chosen:
    """What stands on the form, from the address or from the last post."""

    service: str = ""
    need_id: UUID | None = None
    desk_id: int | None = None
    basis_id: UUID | None = None
    token: UUID = field(default_factory=uuid4)
    step: str = ""
    within: str = ""
    near: str | None = None
    replaces: str = ""
    draft_id: UUID | None = None

    @classmethod
    def read(cls, request: StaffRequest, kept: QueryDict | None = None) -> Chosen:
        """Codes that are none of ours are read as not chosen; ``kept`` is a draft's form."""
        sent = request.POST if request.method == "POST" else kept or request.GET
        service = sent.get("service", "") or sent.get("layanan", "")
        desk = sent.get("desk", "")
        return cls(
            service=service if service in set(ServiceCode) else "",
            need_id=_uuid(sent.get("need", "") or sent.get("kebutuhan", "")),
            desk_id=int(desk) if desk.isdecimal() and len(desk) < 10 else None,
            basis_id=_uuid(sent.get("basis", "")),
            token=_uuid(sent.get("token", "")) or uuid4(),
            step=request.POST.get("step", ""),
            within=sent.get("within", "") if sent.get("within", "") in WITHIN else "",
            near=sent.get("near"),
            replaces=sent.get("ganti", "")[:16],
            draft_id=_uuid((request.POST or request.GET).get("draf", "")),
        )


@dataclass(slots=True)
class Page:
    """Everything the page shows, gathered in the order in which it is decided."""

    file: CaseFile
    chosen: Chosen
    suggestions: Suggestions = field(default_factory=Suggestions)
    found: tuple[Suggestion, ...] = ()
    places: list[tuple[str, str]] = field(default_factory=list)
    bases: list[Basis] = field(default_factory=list)
    basis: Basis | None = None
    draft: DraftForm | None = None
    ground: GroundForm | None = None
    prepared: Prepared | None = None
    deadlines: Deadlines | None = None
    covering: Covering | None = None
    notes: list[str] = field(default_factory=list)
    kept: QueryDict | None = None

    @property
    def desks(self) -> tuple[Suggestion, ...]:
        """Every desk that can be chosen here: the offered, then those searched for."""
        return (*self.suggestions.ranked, *self.found)

    @property
    def is_refused(self) -> bool:
        """Whether a button was pressed and something has to be mended first."""
        forms = [form for form in (self.draft, self.ground) if form is not None]
        faulty = bool(self.notes) or any(form.is_bound and form.errors for form in forms)
        return self.chosen.step == "send" or (bool(self.chosen.step) and faulty)


@staff(Permission.DRAFT_REFERRAL)
def new_referral(request: StaffRequest, number: str) -> HttpResponse:
    """The page, its refreshes, and the sending."""
    file = get_file(request, number)
    kept = _kept(request, file)
    page = Page(file, Chosen.read(request, kept), kept=kept)
    if page.chosen.step == "draft" and page.chosen.service:
        return _keep(page, request)
    if page.chosen.service:
        sending = page.chosen.step == "send" and page.chosen.desk_id is not None
        if not sending:
            _choose_desk(page, request)
        recorded = _choose_basis(page, request)
        _fill_draft(page, request, recorded=recorded)
        if sending:
            answer = _send(page, request)
            if answer is not None:
                return answer
            # Only a page that comes back needs the desks; a packet that has left needs none.
            _choose_desk(page, request)
            page.ground = _ground_form(page)
        _look(page, request)
    return render(
        request, "desk/referrals/new.html", _context(page, request),
        status=422 if page.is_refused else 200,
    )  # fmt: skip


def _kept(request: StaffRequest, file: CaseFile) -> QueryDict | None:
    """What stood on the form of the draft that is gone on with."""
    draft_id = _uuid(request.GET.get("draf", ""))
    if request.method == "POST" or draft_id is None:
        return None
    row, values = operations.read_draft(draft_id=draft_id, by=request.actor, at=request.now)
    if row.case_id != file.case_id:
        raise NotReachable("the draft is another case's")
    sent = QueryDict(mutable=True)
    for name, each in values.items():
        sent.setlist(name, each)
    return sent


def _keep(page: Page, request: StaffRequest) -> HttpResponse:
    """Keep the form as it stands, and leave."""
    chosen = page.chosen
    names = request.POST.keys() - {"csrfmiddlewaretoken", "step", "seen", "token", "draf"}
    operations.keep_draft(
        case_id=page.file.case_id, service=chosen.service, need_id=chosen.need_id,
        desk_id=chosen.desk_id, draft_id=chosen.draft_id,
        values={name: request.POST.getlist(name) for name in sorted(names)},
        by=request.actor, at=request.now,
    )  # fmt: skip
    messages.success(request, _("Kept as a draft. Nothing has left this agency."))
    return redirect("referral-list", number=custody.case_number(page.file.case_id))


def _choose_desk(page: Page, request: StaffRequest) -> None:
    """The desks in order; the first is chosen until the person chooses."""
    file = page.file
    _choose_place(page, request)
    page.suggestions = network.suggest_desks(
        request.actor, service=page.chosen.service, at=request.now,
        near_area=page.chosen.near or file.area, survivor=operations.survivor_of(file),
    )  # fmt: skip
    offered = [each.desk_id for each in page.suggestions.ranked]
    searched = None if page.chosen.desk_id in offered else page.chosen.desk_id
    page.found = tuple(
        each
        for each in other_desks.found(
            request, file, service=page.chosen.service, near=page.chosen.near or "",
            chosen=searched,
        )
        if each.desk_id not in offered
    )  # fmt: skip
    known = [each.desk_id for each in page.desks]
    if page.chosen.desk_id not in known:
        page.chosen.desk_id = known[0] if known else None


def _choose_place(page: Page, request: StaffRequest) -> None:
    """Near which place of the road to look; for the care at home, home comes first."""
    incident = cases.get_incident(request.actor, page.file.case_id)
    road = (page.file.area, incident.origin_area, *incident.transit_areas,
            incident.destination_area)  # fmt: skip
    codes = [code for code in dict.fromkeys(road) if code]
    if len(codes) > 1:
        names = reference.get_areas(codes)
        page.places = [(code, names[code].full_name) for code in codes if code in names]
    if page.chosen.near not in codes:
        goes_home = page.chosen.service == ServiceCode.LAYANAN_ASAL
        page.chosen.near = incident.origin_area if goes_home else page.file.area


def _choose_basis(page: Page, request: StaffRequest) -> bool:
    """The standing grounds; records a new one when that was asked. Whether one was recorded."""
    chosen, actor = page.chosen, request.actor
    asked = chosen.step == "record"
    page.ground = _ground_form(page, request.POST if asked else None)
    recorded = False
    if asked and page.ground.is_valid():
        ground = page.ground.ground(at=request.now, desk_id=chosen.desk_id)
        try:
            basis = operations.record_ground(
                case_id=page.file.case_id, ground=ground, by=actor, at=request.now
            )
        except InvalidInput as fault:
            wording.put_faults(page.ground, fault)
        else:
            chosen.basis_id, recorded = basis.id, True
            page.ground = _ground_form(page)
    page.bases = consent.standing(actor, page.file.case_id, chosen.service, request.now)
    page.basis = next((b for b in page.bases if b.id == chosen.basis_id), None) or next(
        (b for b in page.bases if _carries(b, page, request)), None
    )
    return recorded


def _ground_form(page: Page, sent: QueryDict | None = None) -> GroundForm:
    """The form for a new ground, or what was ``sent`` with it."""
    desks = [
        (each.desk_id, f"{each.candidate.desk_name}, {each.candidate.agency_name}")
        for each in page.desks
    ]
    return GroundForm(
        sent, service=ServiceCode(page.chosen.service), standing=grounds.Standing.of(page.file),
        desks=desks,
    )  # fmt: skip


def _carries(basis: Basis, page: Page, request: StaffRequest) -> bool:
    return not obstacle(
        basis, service=page.chosen.service, desk_id=page.chosen.desk_id, at=request.now
    )


def _fill_draft(page: Page, request: StaffRequest, *, recorded: bool) -> None:
    """The form for what the desk is told, as far as the ground lets it be told."""
    if page.basis is None:
        return
    service = ServiceCode(page.chosen.service)
    try:
        levels = grounds.allowed(page.basis, grounds.Standing.of(page.file))
    except BasisMissing as fault:
        page.notes.append(wording.basis_words(fault.why))
        page.basis = None
        return
    facts = ceilings.facts_allowed(service, levels)
    if request.method == "POST" and "asked" in request.POST:
        page.draft = DraftForm(_within(request.POST, {f.code for f in facts}), facts=facts)
        return
    if page.kept is not None and "asked" in page.kept:
        page.draft = DraftForm(_within(page.kept, {f.code for f in facts}), facts=facts)
        return
    companion = request.user.display_name
    page.draft = DraftForm(
        facts=facts,
        initial={
            "reach": _("%(name)s, through this application") % {"name": companion},
            "languages": list(page.file.languages), "worker_sex": page.file.worker_sex,
            "bans": _bans(page, request),
        },
    )  # fmt: skip


def _bans(page: Page, request: StaffRequest) -> list[str]:
    survivor = people.get_survivor(request.actor, page.file.case_id)
    return list(survivor.contact_bans)


def _within(sent: QueryDict, facts: set[str]) -> QueryDict:
    """The post without choices that only another service's form had."""
    kept = sent.copy()
    kept.setlist("left_out", [code for code in sent.getlist("left_out") if code in facts])
    return kept


def _asked(page: Page) -> Asked | None:
    """What the form asks for, once desk, ground and words are there and valid."""
    if page.basis is None or page.chosen.desk_id is None or page.draft is None:
        return None
    if not page.draft.is_bound or not page.draft.is_valid():
        return None
    return Asked(
        page.file.case_id, page.chosen.desk_id, page.basis.id, page.draft.draft(),
        page.chosen.need_id,
    )  # fmt: skip


def _look(page: Page, request: StaffRequest) -> None:
    """The packet as the receiver will see it, when enough is known to make one."""
    page.deadlines = _deadlines(page, request)
    asked = _asked(page)
    if asked is None or page.draft is None:
        return
    try:
        page.prepared = operations.preview(asked=asked, by=request.actor, at=request.now)
    except BasisMissing as fault:
        page.notes.append(wording.basis_words(fault.why))
    except InvalidInput as fault:
        wording.put_faults(page.draft, fault)


def _deadlines(page: Page, request: StaffRequest) -> Deadlines:
    area = page.file.area or request.membership.area_code
    if page.chosen.desk_id is not None:
        page.covering = operations.covering_of(
            network.get_desk(page.chosen.desk_id), page.chosen.service, area=area,
            by=request.actor, at=request.now,
        )  # fmt: skip
    due = operations.default_deadlines(
        page.chosen.service, at=request.now, area=area, covering=page.covering
    )
    if not page.chosen.within:
        return due
    accept = request.now + WITHIN[page.chosen.within]
    contact = max(due.first_contact_by, accept)
    return Deadlines(accept, contact, max(due.outcome_by, contact))


def _send(page: Page, request: StaffRequest) -> HttpResponse | None:
    """Send, or say on the page what stands in the way."""
    asked = _asked(page)
    if asked is None or page.draft is None:
        return None
    replaced = page.chosen.replaces
    more: dict[str, Any] = (
        {"request_id": queries.get_request(request.actor, replaced).id} if replaced else {}
    )
    send = operations.replace_referral if replaced else operations.send_referral
    try:
        sent = send(
            asked=asked, token=page.chosen.token, by=request.actor, at=request.now,
            seen=request.POST.get("seen", "") or "unseen", deadlines=_deadlines(page, request),
            uncovered_ok=request.POST.get("uncovered_ok") == "on", **more,
        )  # fmt: skip
    except BasisMissing as fault:
        page.notes.append(wording.basis_words(fault.why))
    except NoCover:
        page.notes.append(_("Nobody is on duty there now. Tick the box if you send all the same."))
    except PreviewChanged:
        page.notes.append(_("The packet has changed. Please look at it once more, then send."))
    except InvalidInput as fault:
        wording.put_faults(page.draft, fault)
    else:
        if page.chosen.draft_id is not None:
            operations.discard_draft(
                draft_id=page.chosen.draft_id, by=request.actor, at=request.now
            )
        messages.success(request, _("Sent. You see here when it is answered."))
        return redirect("inbox-page", number=queries.packet_number(sent.id))
    return None


def _context(page: Page, request: StaffRequest) -> dict[str, Any]:
    chosen, prepared = page.chosen, page.prepared
    desk = next((each for each in page.desks if each.desk_id == chosen.desk_id), None)
    needs = [
        (view.need, view.words)
        for view in cases.list_needs(request.actor, page.file.case_id)
        if view.need.service == chosen.service and view.need.state in _UNANSWERED_NEEDS
    ]
    if chosen.need_id is None and len(needs) == 1:
        chosen.need_id = needs[0][0].id
    context = frame(page.file, request, section="referral-list") | {
        "page": page, "chosen": chosen, "desk": desk, "needs": needs,
        "services": [(str(c), wording.short_service(c), _ICONS[str(c)]) for c in SERVICES],
        "ranked": page.suggestions.ranked, "found": page.found,
        "find": other_desks.words_of(request), "hidden": page.suggestions.hidden,
        "order": page.suggestions.steps,
        "bases": [_basis_line(basis, page, request) for basis in page.bases],
        "fallbacks": network.desk_names(page.basis.fallback_desk_ids) if page.basis else {},
        "deadlines": page.deadlines,
        "withins": [("", _("The service's own limit")), ("1", _("1 hour")), ("4", _("4 hours")),
                    ("24", _("24 hours")), ("72", _("3 days"))],
        "may_send": may(request.actor.roles, Permission.SEND_REFERRAL),
        "may_consent": may(request.actor.roles, Permission.RECORD_CONSENT),
        "uncovered": desk is not None and not desk.cover.is_covered,
        "needed": _needed(chosen.service),
        "rules": sheet.rule_words(chosen.service) if chosen.service else [],
    }  # fmt: skip
    if prepared is not None:
        content = prepared.built.content
        context |= {
            "rows": sheet.rows(content), "content": content, "seen": content.digest,
            "withheld": sheet.withheld_words(content.withheld, content.service),
            "kept": sheet.kept_rows(prepared.built.kept),
            "sent_count": len(content.facts), "kept_count": len(content.withheld),
            "sender": ", ".join(p for p in (content.from_agency, content.from_desk) if p),
            "receiver": f"{content.to_desk}, {content.to_agency}",
        }  # fmt: skip
    return context


def _needed(service: str) -> str:
    if not service:
        return ""
    row = ceilings.ROWS[ServiceCode(service)]
    return sheet.said(row.needed_id, row.needed_en)


def _basis_line(basis: Basis, page: Page, request: StaffRequest) -> dict[str, Any]:
    why = obstacle(basis, service=page.chosen.service, desk_id=page.chosen.desk_id, at=request.now)
    words = [
        sheet.said(ceilings.describe_level(c, n).label_id, ceilings.describe_level(c, n).label_en)
        for c in ceilings.DataClass
        if (n := basis.levels.get(c.letter, 0))
    ]
    basis_class = ceilings.Basis.of_letter(basis.letter)
    return {
        "basis": basis, "label": sheet.said(basis_class.label_id, basis_class.label_en),
        "article": sheet.article_words(basis.article) if basis.article else "",
        "levels": words, "obstacle": wording.basis_words(why) if why else "",
        "checked": page.basis is not None and page.basis.id == basis.id,
    }  # fmt: skip


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


urlpatterns = [path("kasus/<str:number>/rujukan/baru/", new_referral, name="referral-new")]
