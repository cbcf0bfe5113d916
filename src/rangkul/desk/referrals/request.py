"""One request by its packet's number: the receiver's page or the sender's, by who looks."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from rangkul.accounts import queries as accounts
from rangkul.cases import queries as cases
from rangkul.clocks import queries as clocks
from rangkul.clocks import workflow as clock_workflow
from rangkul.consent import queries as consent
from rangkul.consent.models import Basis
from rangkul.consent.policy import obstacle
from rangkul.custody import queries as custody
from rangkul.desk.page import StaffRequest, staff
from rangkul.desk.referrals import wording
from rangkul.desk.referrals.calls import call_line
from rangkul.desk.referrals.clockwork import delays
from rangkul.desk.referrals.forms import AnswerForm, OutcomeForm, PauseForm, WordsForm
from rangkul.desk.referrals.lists import line
from rangkul.desk.referrals.versions import ExtendForm, change_labels
from rangkul.network import queries as network
from rangkul.network.agreements import PAYERS
from rangkul.reference.zones import zone_of
from rangkul.referrals import grounds, operations, queries, sheet, workflow
from rangkul.referrals.models import Packet, Request
from rangkul.referrals.packet import Content
from rangkul.referrals.policy import PacketClosed


@staff()
def request_page(request: StaffRequest, number: str) -> HttpResponse:
    """The page of either side; looking is recorded."""
    return show(request, queries.get_request(request.actor, number))


def show(
    request: StaffRequest, asked: Request, *, form: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    """The request's page, with a form that could not be taken put back where it stood."""
    if workflow.RECEIVER in queries.sides(request.actor, asked):
        context, template = _receiver(request, asked, form), "desk/inbox/request.html"
    else:
        context, template = _sender(request, asked, form), "desk/referrals/request.html"
    return render(request, template, context, status=status)


def sheet_context(content: Content) -> dict[str, Any]:
    """What the packet's sheet needs."""
    return {
        "content": content, "rows": sheet.rows(content),
        "rules": sheet.rule_words(content.service),
        "withheld": sheet.withheld_words(content.withheld, content.service),
        "sender": ", ".join(p for p in (content.from_agency, content.from_desk) if p),
        "receiver": f"{content.to_desk}, {content.to_agency}",
    }  # fmt: skip


def _shared(
    request: StaffRequest, asked: Request, form: forms.Form | None, *, side: str
) -> dict[str, Any]:
    """What both pages show: state, thread, deadlines."""
    number = queries.packet_number(asked.id)
    thread = operations.read_messages(request_id=asked.id, by=request.actor, at=request.now)
    mine = request.actor.agency_id
    fresh = {"version": asked.version}
    return line(asked, number, side=side) | {
        "asked": asked, "thread": [(m, m.message.from_agency_id == mine) for m in thread],
        "zone": zone_of(request.membership.area_code), "now": request.now,
        "outcome_words": workflow.OUTCOMES.get(asked.outcome, ""),
        "limits": wording.limit_words(asked.limits), "paused": asked.state == workflow.PAUSED,
        "pause_words": workflow.PAUSE_REASONS.get(asked.pause_reason, ""),
        "risk_words": workflow.RISK_CHANGES.get(asked.risk_change, ""),
        "words_form": form if isinstance(form, WordsForm) else WordsForm(initial=fresh),
        "unanswered": asked.state in workflow.UNANSWERED,
        "serving": asked.state in workflow.SERVING,
        "may_write": asked.state != workflow.WITHDRAWN,
        "agreement": agreed(asked),
    }  # fmt: skip


def agreed(asked: Request) -> dict[str, Any]:
    """The agreement under which the request was sent, as it was then; empty for none."""
    if asked.agreement_id is None or asked.agreement_version is None:
        return {}
    row = network.get_version(asked.agreement_id, asked.agreement_version)
    payer = next((t.payer for t in row.terms.all() if t.service == asked.service), "")
    return {"row": row, "payer": PAYERS.get(payer, "")}


def _receiver(request: StaffRequest, asked: Request, form: forms.Form | None) -> dict[str, Any]:
    fresh, number = {"version": asked.version}, queries.packet_number(asked.id)
    context = _shared(request, asked, form, side=workflow.RECEIVER) | {
        "answer_form": form if isinstance(form, AnswerForm) else AnswerForm(initial=fresh),
        "outcome_form": form if isinstance(form, OutcomeForm) else OutcomeForm(initial=fresh),
        "to_accepted": asked.state in workflow.TAKEN,
        "pause_form": form if isinstance(form, PauseForm) else PauseForm(initial=fresh),
        "trail": [(reverse("inbox-list"), _("Referrals in")), ("", number)],
    }
    try:
        opened = operations.open_packet(request_id=asked.id, by=request.actor, at=request.now)
    except PacketClosed as closed:
        return context | {"closed": wording.closed_words(closed.why)}
    return (
        context
        | sheet_context(opened.content)
        | {
            "answers_first": opened.content.answers_first and asked.state in workflow.UNANSWERED,
            "expires_at": opened.packet.expires_at,
            "changed": change_labels(opened.packet.changed),
        }
    )


def _sender(request: StaffRequest, asked: Request, form: forms.Form | None) -> dict[str, Any]:
    referral = queries.get_referral(request.actor, asked.id)
    basis = consent.get_basis(request.actor, referral.basis_id)
    packet = queries.packet_of(asked)
    who = accounts.names_of(
        {asked.sender_user_id, asked.answered_by or 0, packet.opened_by or 0} - {0}
    )
    case_number = custody.case_number(referral.case_id)
    context = _shared(request, asked, form, side=workflow.SENDER) | {
        "trail": [
            (reverse("case-page", args=[case_number]), case_number),
            (reverse("referral-list", args=[case_number]), _("Referrals")),
            ("", queries.packet_number(asked.id)),
        ],
        "file": cases.get_file(request.actor, referral.case_id),
        "case_number": case_number, "basis": basis, "packet": packet,
        "who": who, "answered_by": who.get(asked.answered_by or 0, ""),
        "opened_by": who.get(packet.opened_by or 0, ""),
        "fallbacks": _fallbacks(asked, basis, packet, request.now),
        "token": uuid4(), "asked_back": asked.state == workflow.ASKED,
        "open": asked.state in workflow.OPEN,
        "overdue": asked.state == workflow.SENT and asked.accept_by <= request.now,
        "calls": _calls(request, referral.id),
        "owes_telling": _owes_telling(request, asked),
        "named": asked.receiver_desk_id in basis.fallback_desk_ids,
        "next": next(
            (
                (queries.packet_number(each.id), each)
                for each in queries.followers_of(request.actor, referral)
            ),
            None,
        ),
        "delays": delays(asked),
        "changes": change_labels(
            operations.list_changes(request_id=asked.id, by=request.actor, at=request.now)
        ),
        "may_extend": asked.state in workflow.OPEN
        and not basis.withdrawn_at
        and request.now < packet.expires_at < basis.valid_until,
        "extend_form": ExtendForm(),
        "review_lapsed": asked.state not in workflow.KEYLESS
        and grounds.review_lapsed(asked, at=request.now),
    }  # fmt: skip
    if request.GET.get("paket") == "lihat":
        try:
            content = operations.read_sent_packet(
                request_id=asked.id, by=request.actor, at=request.now
            )
        except PacketClosed as closed:
            return context | {"closed": wording.closed_words(closed.why)}
        context |= sheet_context(content)
    return context


def _calls(request: StaffRequest, referral_id: UUID) -> list[dict[str, Any]]:
    """The desks that were called, each with the agreement by which it steps in, if by one."""
    offers = queries.list_call(request.actor, referral_id)
    if not offers:
        return []
    first = offers[0]
    day = first.offered_at.astimezone(ZoneInfo(zone_of(first.area))).date()
    parties = {network.party_of(each.receiver_agency_id) for each in offers}
    agreed = network.covering_each(request.actor.agency_id, parties, first.service, day)
    titles = {
        agency: covering.title for agency, covering in agreed.items() if covering.terms.fallback
    }
    return [call_line(o) | {"agreement": titles.get(o.receiver_agency_id, "")} for o in offers]


def _fallbacks(
    asked: Request, basis: Basis, packet: Packet, at: datetime
) -> list[tuple[int, str, bool, bool]]:
    """The other agreed desks by name, whether the packet may go there now, and who would answer.

    Where it may not (the ground is over, the packet's time is), the person is asked again first.
    The last says whether anybody is entered as on duty there.
    """
    cover = network.cover_of(basis.fallback_desk_ids, at)
    named = sorted(network.desk_names(basis.fallback_desk_ids).items(), key=lambda each: each[1])
    return [
        (
            desk_id, name,
            packet.expires_at > at
            and not obstacle(basis, service=asked.service, desk_id=desk_id, at=at),
            cover[desk_id].is_covered,
        )
        for desk_id, name in named
        if desk_id != asked.receiver_desk_id
    ]  # fmt: skip


def _owes_telling(request: StaffRequest, asked: Request) -> bool:
    """Whether the person has still to hear that another desk is asked."""
    return any(
        clock.procedure == operations.TOLD_CLOCK and clock.state in clock_workflow.OPEN
        for clock in clocks.list_subject(request.actor, "request", asked.id)
    )


@staff()
def open_by_number(request: StaffRequest, number: str) -> HttpResponse:
    """Where a letter's QR code leads: sign-in first, then the request, if it is this person's."""
    asked = queries.get_request(request.actor, number)
    return redirect("inbox-page", number=queries.packet_number(asked.id))


urlpatterns = [
    path("rujukan/<str:number>/", request_page, name="inbox-page"),
    path("p/<str:number>/", open_by_number, name="letter-open"),
]
