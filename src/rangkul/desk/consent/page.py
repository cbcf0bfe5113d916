"""Persetujuan: what the survivor agreed to, recorded and taken back with equal ease."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.accounts import queries as accounts
from rangkul.cases.models import CaseFile
from rangkul.consent import borders, deciding, notice, policy, proofs, queries
from rangkul.consent import operations as consent
from rangkul.consent.models import Basis, Crossing
from rangkul.custody import queries as custody
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.page import StaffRequest, posted, staff
from rangkul.desk.referrals import wording
from rangkul.desk.referrals.forms import GroundForm
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.network import queries as network
from rangkul.reference.services import SERVICES, ServiceCode
from rangkul.referrals import ceilings, grounds, operations, sheet

# [local] The page shows the newest; the trail holds all of it.
MOST_WENT: Final = 50
# Digits: what is longer names no level and no desk.
_LONGEST_NUMBER: Final = 9


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
    return render(
        request, "desk/consent/page.html",
        _context(request, file) | {"form": form, "chosen": service},
        # What was recorded has gone on: a post that comes this far was refused.
        status=422 if request.method == "POST" else 200,
    )  # fmt: skip


def _context(request: StaffRequest, file: CaseFile) -> dict[str, Any]:
    bases = queries.list_bases(request.actor, file.case_id)
    names = accounts.names_of(
        {b.recorded_by for b in bases} | {b.approved_by for b in bases if b.approved_by}
    )
    crossings = borders.list_crossings(request.actor, file.case_id)
    named = [d for b in bases for d in (b.recipient_desk_id, *b.fallback_desk_ids) if d]
    desks = network.desk_names([*named, *(c.desk_id for c in crossings if c.desk_id)])
    proven: dict[UUID, list[str]] = {}
    for each in proofs.list_evidence(request.actor, file.case_id):
        proven.setdefault(each.basis_id, []).append(str(proofs.KINDS[each.kind]))
    may_record = may(request.actor.roles, Permission.RECORD_CONSENT)
    lines = [
        _line(request, basis, names, desks) | {"proofs": proven.get(basis.id, [])}
        for basis in bases
    ]
    return frame(file, request, section="consent-list", counts={"consent-list": len(bases)}) | {
        "lines": lines, "went": _went(request, crossings, desks), "may_record": may_record,
        "services": [(str(c), wording.short_service(c), s.icon) for c, s in SERVICES.items()],
        "to_take_back": may_record and sum(
            line["standing"] and line["basis"].letter == policy.CONSENT for line in lines
        ),
    }  # fmt: skip


def _went(
    request: StaffRequest, crossings: Sequence[Crossing], desks: dict[int, str]
) -> list[dict[str, Any]]:
    """What left, as the person is told it: when, to whom, for what, whether it still opens."""
    newest = crossings[:MOST_WENT]
    agencies = network.agency_names({each.to_agency_id for each in newest})
    closed = borders.obstacles([each.subject for each in newest], at=request.now)
    kinds = {
        borders.PACKET: _("A packet"), borders.SHARE: _("Shown at a conference"),
        borders.TRANSFER: _("The offer of the case"),
        borders.TRAVELLER: _("A name on the way home"),
    }  # fmt: skip
    return [
        {
            "at": each.crossed_at, "what": kinds[each.kind],
            "to": ": ".join(filter(None, (
                agencies.get(each.to_agency_id, ""), desks.get(each.desk_id or 0, "")
            ))),
            "service": sheet.service_name(each.service), "purpose": policy.PURPOSES[each.purpose],
            "closed": closed[each.subject] and wording.basis_words(closed[each.subject]),
        }
        for each in newest
    ]  # fmt: skip


def _record(request: StaffRequest, file: CaseFile, form: GroundForm) -> HttpResponse | None:
    try:
        basis = operations.record_ground(
            case_id=file.case_id, ground=form.ground(at=request.now, desk_id=None),
            by=request.actor, at=request.now,
        )  # fmt: skip
    except InvalidInput as fault:
        wording.put_faults(form, fault)
        return None
    messages.success(request, _("Recorded. It can be taken back at any time."))
    number = custody.case_number(file.case_id)
    if basis.letter == policy.CONSENT and request.POST.get("next") == "proof":
        return redirect("consent-proof", number=number, basis_id=basis.id)
    return redirect("consent-list", number=number)


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


@staff(Permission.RECORD_CONSENT)
@require_POST
def withdraw_all(request: StaffRequest, number: str) -> HttpResponse:
    """Take everything back that was agreed to, in one press and without a reason."""
    file = get_file(request, number)
    taken, ended = operations.withdraw_all(case_id=file.case_id, by=request.actor, at=request.now)
    told = _("All taken back: %(taken)s agreements, %(ended)s requests ended.")
    messages.success(request, told % {"taken": taken, "ended": ended})
    return redirect("consent-list", number=number)


@staff(Permission.RECORD_CONSENT)
@require_POST
def narrow(request: StaffRequest, number: str, basis_id: UUID) -> HttpResponse:
    """Take a part back: lower what may be known, or leave one recipient out."""
    basis = _basis_of(request, number, basis_id)
    levels = {
        letter: min(level, int(sent))
        for letter, level in basis.levels.items()
        if _is_small(sent := request.POST.get(f"level_{letter}", str(level)))
    }
    without = {int(each) for each in request.POST.getlist("without") if _is_small(each)}
    try:
        ended = operations.narrow_consent(
            basis_id=basis.id, levels=levels, without_desks=without, by=request.actor,
            at=request.now,
        )  # fmt: skip
    except InvalidInput:
        messages.error(request, _("Nothing was made smaller. Lower a level or leave a desk out."))
    else:
        messages.success(
            request,
            _(
                "Now less is allowed. %(count)s requests ended; what may still "
                "be told can be asked for anew."
            )
            % {"count": len(ended)},
        )
    return redirect("consent-list", number=number)


def _is_small(text: str) -> bool:
    """Whether this is a number that a level or a desk can have."""
    return text.isdecimal() and len(text) <= _LONGEST_NUMBER


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
    steps = [
        {
            "letter": c.letter, "name": sheet.said(c.label_id, c.label_en), "level": n,
            "lower": [
                (m, sheet.said(s.label_id, s.label_en))
                for m in range(n, -1, -1)
                for s in [ceilings.describe_level(c, m)]
            ],
        }
        for c in ceilings.DataClass
        if (n := basis.levels.get(c.letter, 0))
    ]  # fmt: skip
    recipients = [
        (desk_id, desks[desk_id])
        for desk_id in (basis.recipient_desk_id, *basis.fallback_desk_ids)
        if desk_id in desks
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
        "recipients": recipients, "steps": steps,
        "purposes": [policy.PURPOSES[each] for each in basis.purposes],
        "decided": _decided(basis), "told": notice.TOLD_HOW.get(basis.told_how, ""),
        "understood": [notice.TEACH_BACK[each] for each in basis.understood],
        "may_narrow": not other and open_now and may(
            request.actor.roles, Permission.RECORD_CONSENT
        ),
        "by": names.get(basis.recorded_by, ""),
        "approved_by": names.get(basis.approved_by or 0, ""),
        "may_withdraw": open_now and may(request.actor.roles, Permission.RECORD_CONSENT),
        "to_approve": other and open_now and basis.approved_at is None,
        "may_approve": not own and may(request.actor.roles, Permission.APPROVE_OTHER_BASIS),
        "to_tell": other and open_now and basis.told_at is None,
    }  # fmt: skip


def _decided(basis: Basis) -> list[str]:
    """Who decided, in the order in which it is asked: person, article, child, help."""
    told = [str(notice.GIVEN_BY.get(basis.given_by, basis.given_by))]
    if basis.relation:
        told[0] += f" ({deciding.RELATIONS[basis.relation]})"
    if basis.stand_in:
        told.append(str(notice.GIVEN_BY[basis.stand_in]))
    if basis.decider_article:
        told.append(deciding.ARTICLES[basis.decider_article])
    if basis.child_age is not None:
        says = deciding.CHILD_SAYS[basis.child_says]
        told.append(_("child of %(age)s: %(says)s") % {"age": basis.child_age, "says": says})
    told += [str(deciding.SUPPORTS[each]) for each in basis.support]
    return told
