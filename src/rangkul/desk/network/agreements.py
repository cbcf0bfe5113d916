"""Agreements between agencies and areas: the list, one with its terms and history, the form."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.desk.network.agreement_forms import AgreementForm, EndForm, agreement_initial
from rangkul.desk.network.directory import trail
from rangkul.desk.network.entries import answer
from rangkul.desk.network.forms import faults_into
from rangkul.desk.page import StaffRequest, posted, staff
from rangkul.network import agreements, operations, policy
from rangkul.network import queries as network
from rangkul.network.agreements import Limit
from rangkul.network.models import AgreementMember, AgreementTerm, AgreementVersion
from rangkul.reference import queries as reference
from rangkul.reference.zones import zone_of

_TONES = {"running": "good", "soon": "soon", "ended": "quiet", "coming": "low"}


def _today(request: StaffRequest) -> date:
    return request.now.astimezone(ZoneInfo(zone_of(request.membership.area_code))).date()


def _steps(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    return trail((reverse("agreement-list"), _("Agreements")), *steps)


def state_words(state: str) -> str:
    """How an agreement stands, in words."""
    return {
        "running": _("In force"), "soon": _("Ends soon"), "ended": _("No longer in force"),
        "coming": _("Not yet in force"),
    }[state]  # fmt: skip


@require_safe
@staff(Permission.SEE_DIRECTORY)
def agreement_list(request: StaffRequest) -> HttpResponse:
    """Every agreement as it stands today; or only those to which the own agency is a party."""
    ours = request.GET.get("siapa") == "kami"
    party = network.party_of(request.actor.agency_id) if ours else None
    found = network.list_agreements(on=_today(request), of=party)
    context = {
        "rows": [
            {"row": each.row, "state": state_words(each.state), "tone": _TONES[each.state],
             "kind": agreements.KINDS[each.row.kind],
             "services": [term.service for term in each.row.terms.all()]}
            for each in found
        ],
        "soon": sum(1 for each in found if each.state == "soon"),
        "ours": ours, "trail": trail(("", _("Agreements"))),
        "may_keep": may(request.actor.roles, Permission.KEEP_AGREEMENTS),
    }  # fmt: skip
    return render(request, "desk/network/agreements.html", context)


@require_safe
@staff(Permission.SEE_DIRECTORY)
def agreement_page(request: StaffRequest, agreement_id: int) -> HttpResponse:
    """Members, terms and history; ``?versi=`` shows an earlier or a later version."""
    today = _today(request)
    standing, versions = network.get_agreement(agreement_id, on=today)
    asked = request.GET.get("versi", "")
    shown = next((row for row in versions if str(row.number) == asked), standing)
    return render(
        request, "desk/network/agreement.html", _page(request, shown, standing, versions, today)
    )


def _page(
    request: StaffRequest, shown: AgreementVersion, standing: AgreementVersion,
    versions: list[AgreementVersion], today: date, end_form: forms.Form | None = None,
) -> dict[str, Any]:  # fmt: skip
    state = network.state_of(shown, today)
    newest = versions[0]
    return {
        "row": shown, "standing": standing, "versions": versions, "is_standing": shown == standing,
        "state": state_words(state), "tone": _TONES[state],
        "kind": agreements.KINDS[shown.kind], "mark": agreements.MARKS[shown.mark],
        "members": [_member_words(each) for each in shown.members.all()],
        "terms": [_term_words(each) for each in shown.terms.all()],
        "may_keep": _may_keep(request, newest),
        "may_end": standing.since <= today and state in ("running", "soon"),
        "end_form": end_form
        or EndForm(initial={"number": newest.number, "last_day": today.isoformat()}),
        "trail": _steps(("", shown.title)),
    }  # fmt: skip


def _may_keep(request: StaffRequest, newest: AgreementVersion) -> bool:
    if not may(request.actor.roles, Permission.KEEP_AGREEMENTS):
        return False
    members = operations.details_of(newest).members
    return policy.speaks_for(network.get_agency(request.actor.agency_id), members)


def _require_spokesman(request: StaffRequest, newest: AgreementVersion) -> None:
    """Go on only for a party's agency; the form is not even read for others (403)."""
    agency = network.get_agency(request.actor.agency_id)
    policy.require_spokesman(agency, operations.details_of(newest).members)


def _member_words(row: AgreementMember) -> dict[str, Any]:
    if row.member is not None:
        return {"agency": row.member}
    kinds = [reference.label("jenis_lembaga", kind) for kind in row.kinds]
    return {"area": row.area, "kinds": kinds, "among": row.among_themselves}


def _term_words(row: AgreementTerm) -> dict[str, Any]:
    limits = [
        limit_words(Limit(amount, unit) if amount else None)
        for amount, unit in (
            (row.accept, row.accept_unit), (row.contact, row.contact_unit),
            (row.outcome, row.outcome_unit),
        )
    ]  # fmt: skip
    return {
        "row": row, "accept": limits[0], "contact": limits[1], "outcome": limits[2],
        "residency": agreements.RESIDENCY[row.residency], "payer": agreements.PAYERS[row.payer],
    }  # fmt: skip


def limit_words(limit: Limit | None) -> str:
    """A limit in words; what is not agreed is the service's own."""
    if limit is None:
        return _("the service's own")
    if limit.unit == agreements.WORKING_DAYS:
        words = ngettext("%(n)d working day", "%(n)d working days", limit.amount)
    else:
        words = ngettext("%(n)d hour", "%(n)d hours", limit.amount)
    return words % {"n": limit.amount}


@require_http_methods(["GET", "POST"])
@staff(Permission.KEEP_AGREEMENTS)
def new_agreement(request: StaffRequest) -> HttpResponse:
    """Enter an agreement to which the own agency is a party."""
    agency = network.get_agency(request.actor.agency_id)
    start = {"agencies": agency.short_name, "since": _today(request).isoformat()}
    form = AgreementForm(posted(request), initial=start)
    if form.is_valid():
        with faults_into(form):
            made = operations.enter_agreement(
                details=form.details, by=request.actor, at=request.now
            )
            messages.success(request, _("The agreement is entered."))
            return redirect("agreement-page", made.agreement_id)
    here = _steps(("", _("New agreement")))
    return answer(
        request, "agreement_form", form, {"trail": here, "cancel": reverse("agreement-list")}
    )


@require_http_methods(["GET", "POST"])
@staff(Permission.KEEP_AGREEMENTS)
def change_agreement(request: StaffRequest, agreement_id: int) -> HttpResponse:
    """A new version, from a day on; what was agreed before stays readable."""
    today = _today(request)
    _standing, versions = network.get_agreement(agreement_id, on=today)
    newest = versions[0]
    _require_spokesman(request, newest)
    start = agreement_initial(operations.details_of(newest), newest.number)
    form = AgreementForm(
        posted(request), initial=start | {"since": max(today, newest.since).isoformat()}
    )
    if form.is_valid():
        with faults_into(form):
            operations.change_agreement(
                agreement_id=agreement_id, details=form.details,
                expected_number=form.cleaned_data["number"] or 0, by=request.actor, at=request.now,
            )  # fmt: skip
            messages.success(request, _("The new version is kept. It counts from its first day."))
            return redirect("agreement-page", agreement_id)
    address = reverse("agreement-page", args=[agreement_id])
    here = _steps((address, newest.title), ("", _("Change")))
    return answer(
        request, "agreement_form", form, {"trail": here, "cancel": address, "changes": True}
    )


@require_http_methods(["POST"])
@staff(Permission.KEEP_AGREEMENTS)
def end_agreement(request: StaffRequest, agreement_id: int) -> HttpResponse:
    """End it before its time, with the reason."""
    today = _today(request)
    standing, versions = network.get_agreement(agreement_id, on=today)
    _require_spokesman(request, versions[0])
    form = EndForm(request.POST)
    if form.is_valid():
        with faults_into(form):
            operations.end_agreement(
                agreement_id=agreement_id, last_day=form.cleaned_data["last_day"],
                reason=form.cleaned_data["reason"], expected_number=form.cleaned_data["number"],
                by=request.actor, at=request.now,
            )  # fmt: skip
            messages.success(request, _("The end is kept, with its reason."))
            return redirect("agreement-page", agreement_id)
    context = _page(request, standing, standing, versions, today, form)
    return render(request, "desk/network/agreement.html", context, status=422)


urlpatterns = [
    path("jaringan/perjanjian/", agreement_list, name="agreement-list"),
    path("jaringan/perjanjian/baru/", new_agreement, name="agreement-new"),
    path("jaringan/perjanjian/<int:agreement_id>/", agreement_page, name="agreement-page"),
    path("jaringan/perjanjian/<int:agreement_id>/ubah/", change_agreement, name="agreement-change"),
    path("jaringan/perjanjian/<int:agreement_id>/akhiri/", end_agreement, name="agreement-end"),
]
