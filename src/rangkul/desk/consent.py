"""Persetujuan: what the survivor agreed to, recorded and taken back with equal ease."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.accounts import queries as accounts
from rangkul.cases.models import CaseFile
from rangkul.consent import notice, policy, queries
from rangkul.consent import operations as consent
from rangkul.consent.models import Basis
from rangkul.custody import queries as custody
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.page import StaffRequest, posted, staff
from rangkul.desk.referrals import wording
from rangkul.desk.referrals.forms import GroundForm
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.network import queries as network
from rangkul.reference.services import SERVICES, ServiceCode
from rangkul.referrals import ceilings, grounds, operations, sheet


@staff()
def consent_page(request: StaffRequest, number: str) -> HttpResponse:
    """Every ground of the case, and the form that adds one."""
    file = get_file(request, number)
    sent = request.POST if request.method == "POST" else request.GET
    service = sent.get("service", "") or sent.get("layanan", "")
    form = None
    if service in set(ServiceCode):
        bound = posted(request)
        form = GroundForm(bound, service=ServiceCode(service), standing=grounds.Standing.of(file))
        if bound is not None and form.is_valid():
            answer = _record(request, file, form)
            if answer is not None:
                return answer
    bases = queries.list_bases(request.actor, file.case_id)
    names = accounts.names_of(
        {b.recorded_by for b in bases} | {b.approved_by for b in bases if b.approved_by}
    )
    desks = network.desk_names(b.recipient_desk_id for b in bases if b.recipient_desk_id)
    roles = request.actor.roles
    context = frame(file, request, section="consent-list", counts={"consent-list": len(bases)}) | {
        "lines": [_line(request, basis, names, desks) for basis in bases],
        "form": form, "chosen": service,
        "services": [(str(c), wording.short_service(c), s.icon) for c, s in SERVICES.items()],
        "notice": notice.NOTICE, "may_record": may(roles, Permission.RECORD_CONSENT),
    }  # fmt: skip
    # What was recorded has gone on: a post that comes this far was refused.
    status = 422 if request.method == "POST" else 200
    return render(request, "desk/consent/page.html", context, status=status)


def _record(request: StaffRequest, file: CaseFile, form: GroundForm) -> HttpResponse | None:
    try:
        operations.record_ground(
            case_id=file.case_id, ground=form.ground(at=request.now, desk_id=None),
            by=request.actor, at=request.now,
        )  # fmt: skip
    except InvalidInput as fault:
        wording.put_faults(form, fault)
        return None
    messages.success(request, _("Recorded. It can be taken back at any time."))
    return redirect("consent-list", number=custody.case_number(file.case_id))


@staff(Permission.RECORD_CONSENT)
@require_POST
def withdraw(request: StaffRequest, number: str, basis_id: UUID) -> HttpResponse:
    """Take consent back: no reason is asked, everything that rests on it ends."""
    _basis_of(request, number, basis_id)
    ended = operations.withdraw_consent(basis_id=basis_id, by=request.actor, at=request.now)
    words = ngettext(
        "Taken back. %(count)s request ended, its packet can no longer be opened.",
        "Taken back. %(count)s requests ended, their packets can no longer be opened.",
        len(ended),
    )
    messages.success(request, words % {"count": len(ended)} if ended else _("Taken back."))
    return redirect("consent-list", number=number)


@staff(Permission.APPROVE_OTHER_BASIS)
@require_POST
def approve(request: StaffRequest, number: str, basis_id: UUID) -> HttpResponse:
    """A second person's look at a ground that is not consent."""
    _basis_of(request, number, basis_id)
    consent.approve_basis(basis_id=basis_id, by=request.actor, at=request.now)
    messages.success(request, _("Approved."))
    return redirect("consent-list", number=number)


@staff(Permission.RECORD_CONSENT)
@require_POST
def told(request: StaffRequest, number: str, basis_id: UUID) -> HttpResponse:
    """The person was told of a ground that is not her consent."""
    _basis_of(request, number, basis_id)
    consent.tell_person(basis_id=basis_id, by=request.actor, at=request.now)
    messages.success(request, _("Noted that the person was told."))
    return redirect("consent-list", number=number)


def _basis_of(request: StaffRequest, number: str, basis_id: UUID) -> Basis:
    """The basis, if it is this case's: a number and an id that do not fit are nothing at all."""
    file = get_file(request, number)
    basis = queries.get_basis(request.actor, basis_id)
    if basis.case_id != file.case_id:
        raise NotReachable("the basis is another case's")
    return basis


def _line(
    request: StaffRequest, basis: Basis, names: dict[int, str], desks: dict[int, str]
) -> dict[str, Any]:
    why = policy.obstacle(basis, service=basis.service, desk_id=None, at=request.now)
    kind = ceilings.Basis.of_letter(basis.letter)
    levels = [
        ceilings.describe_level(c, n)
        for c in ceilings.DataClass
        if (n := basis.levels.get(c.letter, 0))
    ]
    other = basis.letter != policy.CONSENT
    open_now = basis.withdrawn_at is None and basis.valid_until > request.now
    own = basis.recorded_by == request.actor.user_id
    return {
        "basis": basis, "service": sheet.service_name(basis.service),
        "kind": sheet.said(kind.label_id, kind.label_en), "standing": not why,
        "obstacle": wording.basis_words(why) if why else "",
        "levels": [sheet.said(step.label_id, step.label_en) for step in levels],
        "article": sheet.article_words(basis.article) if basis.article else "",
        "desk": desks.get(basis.recipient_desk_id or 0, ""),
        "by": names.get(basis.recorded_by, ""),
        "approved_by": names.get(basis.approved_by or 0, ""),
        "given_by": notice.GIVEN_BY.get(basis.given_by, basis.given_by),
        "may_withdraw": open_now and may(request.actor.roles, Permission.RECORD_CONSENT),
        "to_approve": other and open_now and basis.approved_at is None,
        "may_approve": not own and may(request.actor.roles, Permission.APPROVE_OTHER_BASIS),
        "to_tell": other and open_now and basis.told_at is None,
    }  # fmt: skip


_BASE = "kasus/<str:number>/persetujuan/"
urlpatterns = [
    path(_BASE, consent_page, name="consent-list"),
    path(f"{_BASE}<uuid:basis_id>/cabut/", withdraw, name="consent-withdraw"),
    path(f"{_BASE}<uuid:basis_id>/setujui/", approve, name="consent-approve"),
    path(f"{_BASE}<uuid:basis_id>/diberi-tahu/", told, name="consent-told"),
]
