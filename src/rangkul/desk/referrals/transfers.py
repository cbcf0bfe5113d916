"""Pelimpahan: offering a case to another agency, and answering such an offer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.accounts import queries as accounts
from rangkul.cases import workflow as case_workflow
from rangkul.cases.models import CaseFile
from rangkul.custody import queries as custody
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.course.team import colleagues_of
from rangkul.desk.page import StaffRequest, opened_version, posted, staff
from rangkul.desk.referrals import wording
from rangkul.desk.referrals.clockwork import RequestClock
from rangkul.desk.referrals.transfer_forms import OfferForm, RefusalForm, TakeOverForm
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.vault import KeyDestroyed
from rangkul.foundation.workflow import IllegalMove
from rangkul.network import queries as network
from rangkul.network.models import Desk
from rangkul.reference import queries as reference
from rangkul.reference.zones import zone_of
from rangkul.referrals import grounds, operations, queries, sheet, workflow
from rangkul.referrals.ceilings import Basis
from rangkul.referrals.models import Transfer
from rangkul.referrals.operations import Offer

_FOUND = 12


@dataclass(frozen=True, slots=True)
class Place:
    """A desk that could take the case over."""

    desk: Desk
    area: str


@staff(Permission.TRANSFER_CASE)
def offer(request: StaffRequest, number: str) -> HttpResponse:
    """First the desk, then reason, words and ground; sent, the case waits for the answer."""
    file = get_file(request, number)
    waiting = queries.open_transfer_of(request.actor, file.case_id)
    if waiting is not None:
        return redirect("transfer-page", number=queries.transfer_number(waiting.id))
    if file.state != case_workflow.OPEN or file.case.lead_agency_id != request.actor.agency_id:
        messages.warning(request, _("Only an open case that your agency leads can be handed over."))
        return redirect("course-page", number=number)
    place = _chosen(request)
    if place is None:
        return _offer_page(request, file, None, None)
    form = OfferForm(posted(request), standing=grounds.Standing.of(file))
    if request.method != "POST" or not form.is_valid():
        return _offer_page(request, file, place, form)
    clean = form.cleaned_data
    try:
        made = operations.offer_transfer(
            offer=Offer(
                file.case_id, place.desk.id, clean["reason"], clean["words"],
                form.ground(at=request.now, desk_id=place.desk.id), clean["stays_until"],
            ),
            by=request.actor, at=request.now,
        )  # fmt: skip
    except InvalidInput as fault:
        wording.put_faults(form, fault)
        return _offer_page(request, file, place, form)
    messages.success(request, _("Offered. Your agency holds the case until they take it over."))
    return redirect("transfer-page", number=queries.transfer_number(made.id))


def _chosen(request: StaffRequest) -> Place | None:
    sent = request.POST.get("unit", "") or request.GET.get("unit", "")
    if not sent.isdecimal() or len(sent) > 9:
        return None
    card = network.get_desk_card(int(sent), at=request.now)
    return Place(card.desk, card.desk.agency.area.full_name)


def _offer_page(
    request: StaffRequest, file: CaseFile, place: Place | None, form: OfferForm | None
) -> HttpResponse:
    context = frame(file, request, section="course-page")
    number = context["number"]
    above = (reverse("course-page", args=[number]), _("Course & team"))
    words = " ".join(request.GET.get("cari", "").split())[:80]
    context |= {
        "trail": [*context["trail"][:2], above, ("", _("Hand the case over"))],
        "title": _("Hand the case over"), "place": place, "form": form, "words": words,
        "found": _places(request, words) if words and place is None else [],
    }  # fmt: skip
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "desk/referrals/transfer_offer.html", context, status=status)


def _places(request: StaffRequest, words: str) -> list[Place]:
    """Desks that take cases, in other agencies in which somebody can answer the offer."""
    rows = network.search_directory(at=request.now, words=words, limit=_FOUND).rows
    cards = network.list_desks_of(
        [row.id for row in rows if row.id != request.actor.agency_id], at=request.now
    )
    areas = {row.id: row.area_name for row in rows}
    answering = {
        each.agency_id for agency_id in areas for each in network.list_supervisors(agency_id)
    }
    return [
        Place(card.desk, areas[card.desk.agency_id])
        for card in cards
        if card.desk.takes_reports and card.desk.agency_id in answering
    ]


@staff(Permission.TRANSFER_CASE)
def list_page(request: StaffRequest) -> HttpResponse:
    """Offers to and from this agency, the waiting ones first."""
    mine = request.actor.agency_id
    lines = [_line(row, mine) for row in queries.list_transfers(request.actor)]
    context = {"lines": lines, "zone": zone_of(request.membership.area_code), "now": request.now}
    return render(request, "desk/referrals/transfers.html", context)


def _line(row: Transfer, mine: int) -> dict[str, Any]:
    received = row.receiver_agency_id == mine
    waits = row.state == workflow.OFFERED
    return {
        "row": row, "number": queries.transfer_number(row.id), "received": received,
        "other": row.sender_agency if received else row.receiver_agency,
        "state": wording.transfer_words(row.state, received=received),
        "tone": wording.transfer_tone(row.state, received=received),
        "clock": RequestClock(row.offered_at, row.answer_by) if waits else None,
        "reason": workflow.TRANSFER_REASONS.get(row.reason, ""),
        "refusal": workflow.TRANSFER_REFUSALS.get(row.answer_reason, ""),
    }  # fmt: skip


@staff(Permission.TRANSFER_CASE)
def page(request: StaffRequest, number: str) -> HttpResponse:
    """One offer as either side sees it; opening its words is recorded."""
    return _show(request, queries.get_transfer(request.actor, number))


def _show(
    request: StaffRequest, row: Transfer, *, take: TakeOverForm | None = None,
    refuse: RefusalForm | None = None,
) -> HttpResponse:  # fmt: skip
    line = _line(row, request.actor.agency_id)
    fresh = {"version": row.version}
    case_id = queries.case_of_transfer(request.actor, row.id)
    context = line | {
        "zone": zone_of(request.membership.area_code), "now": request.now,
        "cover": _cover(row), "words": _words(request, row),
        "basis": _basis(row),
        "who": accounts.names_of({row.sender_user_id}).get(row.sender_user_id, ""),
        "take": take or TakeOverForm(initial=fresh, colleagues=_colleagues(request)),
        "refuse": refuse or RefusalForm(initial=fresh),
        "on_duty": {c.user_id for c in colleagues_of(request) if c.on_duty},
        "may_answer": line["received"] and row.state == workflow.OFFERED,
        "may_cancel": not line["received"] and row.state == workflow.OFFERED,
        "case_number": custody.case_number(case_id) if _still_reaches(request, case_id) else "",
        "trail": [(reverse("transfer-list"), _("Hand-overs")), ("", line["number"])],
    }  # fmt: skip
    status = 422 if take is not None or refuse is not None else 200
    return render(request, "desk/referrals/transfer.html", context, status=status)


def _still_reaches(request: StaffRequest, case_id: int) -> bool:
    return case_id in custody.visible_among(request.actor, [case_id]) if case_id else False


def _words(request: StaffRequest, row: Transfer) -> str:
    number = queries.transfer_number(row.id)
    try:
        _row, words = operations.read_transfer(number=number, by=request.actor, at=request.now)
    except KeyDestroyed:
        return ""
    return words


def _basis(row: Transfer) -> str:
    found = Basis.of_letter(row.basis_letter)
    return sheet.said(found.label_id, found.label_en)


def _cover(row: Transfer) -> list[tuple[str, str]]:
    """The codes of the offer in words."""
    cover = row.cover

    def said(name: str, codes: Any) -> str:
        return ", ".join(reference.label(name, code) for code in codes if code)

    area = str(cover.get("area", ""))
    needs = cover.get("needs") or {}
    services = [
        f"{sheet.service_name(code)} ({count})" if count > 1 else sheet.service_name(code)
        for code, count in needs.items()
    ]
    rows = [
        (_("Person"), ", ".join(filter(None, [
            said("kelompok_usia", [cover.get("age_band", "")]),
            said("jenis_kelamin", [cover.get("sex", "")]),
            _("child") if row.is_child else "",
        ]))),
        (_("Lives in"), reference.get_area(area).full_name if area else ""),
        (_("Kind"), said("kategori", [c.upper() for c in cover.get("categories", [])])),
        (_("Languages"), said("bahasa", cover.get("languages", []))),
        (_("Services still wanted"), ", ".join(services)),
    ]  # fmt: skip
    return [(label, value) for label, value in rows if value]


def _colleagues(request: StaffRequest) -> list[tuple[int, str]]:
    return [
        (each.user_id, f"{each.name} · {_('on duty now')}" if each.on_duty else each.name)
        for each in colleagues_of(request)
    ]


@staff(Permission.TRANSFER_CASE)
@require_POST
def take_over(request: StaffRequest, number: str) -> HttpResponse:
    """Take the case over and name who carries it."""
    row = queries.get_transfer(request.actor, number)
    form = TakeOverForm(request.POST, colleagues=_colleagues(request))
    if not form.is_valid():
        return _show(request, row, take=form)
    try:
        case_id = operations.take_over(
            transfer_id=row.id, companion_id=form.cleaned_data["companion"],
            expected_version=form.cleaned_data["version"], by=request.actor, at=request.now,
        )  # fmt: skip
    except InvalidInput:
        form.add_error("companion", wording.fault_words("unknown"))
        return _show(request, row, take=form)
    messages.success(request, _("The case is with your agency now. Its companion sees it at once."))
    return redirect("case-page", number=custody.case_number(case_id))


@staff(Permission.TRANSFER_CASE)
@require_POST
def decline(request: StaffRequest, number: str) -> HttpResponse:
    """Say with a reason that the case stays where it is."""
    row = queries.get_transfer(request.actor, number)
    form = RefusalForm(request.POST)
    if not form.is_valid():
        return _show(request, row, refuse=form)
    operations.decline_transfer(
        transfer_id=row.id, reason=form.cleaned_data["reason"],
        expected_version=form.cleaned_data["version"], by=request.actor, at=request.now,
    )  # fmt: skip
    messages.success(request, _("Answered. The case stays where it is, and they look further."))
    return redirect("transfer-list")


@staff(Permission.TRANSFER_CASE)
@require_POST
def cancel(request: StaffRequest, number: str) -> HttpResponse:
    """Take an unanswered offer back."""
    row = queries.get_transfer(request.actor, number)
    try:
        operations.cancel_transfer(
            transfer_id=row.id, expected_version=opened_version(request), by=request.actor,
            at=request.now,
        )  # fmt: skip
    except IllegalMove:
        messages.warning(request, _("It was answered a moment ago. This is how it stands."))
    else:
        messages.success(request, _("Taken back. The words can be read by nobody any more."))
    return redirect("transfer-page", number=number)


urlpatterns = [
    path("kasus/<str:number>/limpahkan/", offer, name="transfer-offer"),
    path("pelimpahan/", list_page, name="transfer-list"),
    path("pelimpahan/<str:number>/", page, name="transfer-page"),
    path("pelimpahan/<str:number>/terima/", take_over, name="transfer-take"),
    path("pelimpahan/<str:number>/tolak/", decline, name="transfer-decline"),
    path("pelimpahan/<str:number>/batal/", cancel, name="transfer-cancel"),
]
