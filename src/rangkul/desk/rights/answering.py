"""One request: what was asked, who weighs it, who decides, and what she is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.accounts import queries as accounts
from rangkul.clocks import queries as clocks
from rangkul.custody import queries as custody
from rangkul.desk.page import StaffRequest, opened_version, staff, text
from rangkul.desk.rights import wording
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.reference import queries as reference
from rangkul.reference.zones import zone_of
from rangkul.retention import operations, policy, queries, workflow
from rangkul.retention.models import Request
from rangkul.retention.operations.answering import REFUSALS
from rangkul.retention.operations.carrying_out import RESTRICTIONS
from rangkul.retention.operations.receiving import MOST_WORDS, SUBJECT
from rangkul.retention.policy import ErasureBarred

_ANY = (policy.HANDLES, policy.RECEIVES)


@staff(one_of=_ANY)
def page(request: StaffRequest, number: str) -> HttpResponse:
    """The request as this person may see it, with the acts that are hers."""
    row = _row(request, number)
    return render(request, "desk/rights/page.html", _context(request, row, number))


def _context(request: StaffRequest, row: Request, number: str) -> dict[str, Any]:
    actor = request.actor
    words = None
    if policy.may_read_words(actor, row) and (row.words_sealed or row.answer_sealed):
        words = operations.read_words(request_id=row.id, by=actor, at=request.now)
    handles = may(actor.roles, policy.HANDLES)
    sees = bool(custody.visible_among(actor, [row.case_id]))
    granted = row.state == workflow.GRANTED
    names = accounts.names_of({u for u in (row.received_by, row.refusal_by, row.decided_by) if u})
    erasure = queries.erasure_of([row.case_id]).get(row.case_id) if handles else None
    with override(row.language):
        told = wording.complain()
    found = clocks.list_subject(actor, SUBJECT, row.id)
    return {
        "row": row, "number": number, "kind": wording.kind(row.kind), "state": wording.state(row),
        "case": custody.case_number(row.case_id), "sees": sees, "handles": handles, "words": words,
        "clock": found[0] if found else None, "now": request.now,
        "zone": zone_of(request.membership.area_code),
        "by": names.get(row.received_by, ""), "proposed_by": names.get(row.refusal_by or 0, ""),
        "decided_by": names.get(row.decided_by or 0, ""),
        "asked_by": dict(wording.asked_by())[row.asked_by],
        "manner": dict(wording.manners())[row.manner],
        "reason": _reason(row), "complain": told,
        "reasons": reference.choices(REFUSALS), "restrictions": reference.choices(RESTRICTIONS),
        "may_decide": handles and row.refusal_by != actor.user_id,
        "may_copy": granted and row.kind == workflow.ACCESS and sees
        and may(actor.roles, Permission.OPEN_IDENTITY),
        "may_stop": granted and row.kind == workflow.STOP and sees
        and may(actor.roles, Permission.RECORD_CONSENT),
        "may_correct": granted and row.kind == workflow.CORRECTION and sees,
        "may_restrict": granted and row.kind == workflow.RESTRICTION and handles,
        "may_erase": granted and row.kind == workflow.DELETION and handles and erasure is None,
        "erasure": erasure, "waits": row.state in workflow.OPEN,
        "to_tell": row.state == workflow.REFUSED and row.told_at is None,
    }  # fmt: skip


def _reason(row: Request) -> str:
    """In her language: it is read to her."""
    return reference.label(REFUSALS, row.reason, row.language) if row.reason else ""


def _row(request: StaffRequest, number: str) -> Request:
    return queries.get_request(request.actor, queries.request_id_of(number))


def _act(request: StaffRequest, number: str, act: Callable[[Request, int], str]) -> HttpResponse:
    """Do it and go back to the page; what was not filled in comes back as a sentence there."""
    row = _row(request, number)
    try:
        said = act(row, opened_version(request))
    except InvalidInput as fault:
        return _refused(request, row, number, wording.fault(fault))
    except ErasureBarred as fault:
        return _refused(request, row, number, wording.obstacle(fault.why))
    messages.success(request, said)
    return redirect("rights-page", number=number)


class _Step(Protocol):
    """An act of `operations` that asks no more than which request, in which version."""

    def __call__(
        self, *, request_id: int, expected_version: int, by: Actor, at: datetime
    ) -> Request: ...


def _step(request: StaffRequest, number: str, take: _Step, said: str) -> HttpResponse:
    def act(row: Request, version: int) -> str:
        take(request_id=row.id, expected_version=version, by=request.actor, at=request.now)
        return said

    return _act(request, number, act)


def _refused(request: StaffRequest, row: Request, number: str, why: str) -> HttpResponse:
    context = _context(request, row, number) | {"fault": why, "typed": request.POST}
    return render(request, "desk/rights/page.html", context, status=422)


@staff(policy.HANDLES)
@require_POST
def grant(request: StaffRequest, number: str) -> HttpResponse:
    """Yes."""
    said = _("Granted. Now it is to be carried out.")
    return _step(request, number, operations.grant_request, said)


@staff(policy.HANDLES)
@require_POST
def propose(request: StaffRequest, number: str) -> HttpResponse:
    """A refusal is proposed, with the words that she will hear."""

    def act(row: Request, version: int) -> str:
        operations.propose_refusal(
            request_id=row.id, expected_version=version, reason=request.POST.get("reason", ""),
            words=text(request, "words", MOST_WORDS), by=request.actor, at=request.now,
        )  # fmt: skip
        return _("Proposed. A second person decides.")

    return _act(request, number, act)


@staff(policy.HANDLES)
@require_POST
def decide(request: StaffRequest, number: str) -> HttpResponse:
    """The second person's word on a proposed refusal."""
    if request.POST.get("refuse") == "1":
        said = _("Refused. Tell the person now, in these words, and where they can complain.")
        return _step(request, number, operations.refuse_request, said)
    said = _("Not refused. The request waits as it came.")
    return _step(request, number, operations.drop_refusal, said)


@staff(one_of=_ANY)
@require_POST
def tell(request: StaffRequest, number: str) -> HttpResponse:
    """She was told."""
    return _step(request, number, operations.tell_person, _("Noted that the person was told."))


@staff(one_of=_ANY)
@require_POST
def carry_out(request: StaffRequest, number: str) -> HttpResponse:
    """What was granted is done: stopped, restricted, or corrected by the ordinary pages before."""

    def act(row: Request, version: int) -> str:
        by, at = request.actor, request.now
        if row.kind == workflow.STOP:
            count = operations.stop_processing(
                request_id=row.id, expected_version=version, by=by, at=at
            )
            said = ngettext(
                "%(count)s consent withdrawn, with all that rested on it.",
                "%(count)s consents withdrawn, with all that rested on them.",
                count,
            )
            return said % {"count": count}
        if row.kind == workflow.RESTRICTION:
            operations.restrict_file(
                case_id=row.case_id, reason=request.POST.get("reason", ""), request_id=row.id,
                expected_version=version, by=by, at=at,
            )  # fmt: skip
            return _("The file is restricted. Safety and deadlines go on.")
        if row.kind != workflow.CORRECTION:
            raise InvalidInput({"kind": "unknown"})
        operations.finish_request(
            request_id=row.id, expected_version=version, by=by, at=at,
            words=text(request, "words", MOST_WORDS),
        )  # fmt: skip
        return _("Done. Your note stays with the request.")

    return _act(request, number, act)


@staff(one_of=_ANY)
@require_POST
def drop(request: StaffRequest, number: str) -> HttpResponse:
    """She takes it back."""
    return _step(request, number, operations.drop_request, _("Taken back: nothing is done."))


@staff(policy.HANDLES)
@require_POST
def propose_erasure(request: StaffRequest, number: str) -> HttpResponse:
    """On her granted request: one proposes, another erases."""

    def act(row: Request, _version: int) -> str:
        operations.propose_erasure(
            case_id=row.case_id, request_id=row.id, by=request.actor, at=request.now
        )
        return _("Proposed. A second person erases.")

    return _act(request, number, act)


_ONE = "hak/permintaan/<str:number>/"
urlpatterns = [
    path(_ONE, page, name="rights-page"),
    path(f"{_ONE}kabulkan/", grant, name="rights-grant"),
    path(f"{_ONE}tolak/", propose, name="rights-propose"),
    path(f"{_ONE}putuskan/", decide, name="rights-decide"),
    path(f"{_ONE}sampaikan/", tell, name="rights-tell"),
    path(f"{_ONE}laksanakan/", carry_out, name="rights-carry-out"),
    path(f"{_ONE}batal/", drop, name="rights-drop"),
    path(f"{_ONE}hapus/", propose_erasure, name="rights-propose-erasure"),
]
