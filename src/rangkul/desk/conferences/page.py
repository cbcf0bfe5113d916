"""The page at the table: agenda, seats, what was shown, decisions, minutes, and the acts."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.conferences import operations, policy, queries, workflow
from rangkul.conferences.models import Share
from rangkul.conferences.queries import ConferenceView, DecisionView
from rangkul.custody import queries as custody
from rangkul.desk.conferences import wording
from rangkul.desk.conferences.forms import AnswerForm, DecisionForm, EndForm, MinutesForm
from rangkul.desk.page import StaffRequest, staff
from rangkul.network import queries as network
from rangkul.reference.zones import zone_of

_FOUND_AGENCIES = 6
_MOST_TYPED = 80


@require_safe
@staff(Permission.JOIN_CONFERENCE)
def conference_page(request: StaffRequest, number: str) -> HttpResponse:
    """The conference as this person may see it; the reading is recorded."""
    return show(request, number)


def show(
    request: StaffRequest, number: str, *, form: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    """The page, with a form that has to be mended where there is one."""
    view = operations.open_conference(
        conference_id=queries.conference_id_of(number), by=request.actor, at=request.now
    )
    row = view.conference
    leads = view.is_lead and may(request.actor.roles, Permission.CALL_CONFERENCE)
    context: dict[str, Any] = {
        "view": view, "row": row, "number": view.number, "leads": leads,
        "state": wording.state_words(row.state), "tone": wording.STATE_TONES[row.state],
        "zone": zone_of(request.membership.area_code),
        "open": row.state == workflow.CALLED, "held": row.state == workflow.HELD,
        "signed": row.state == workflow.MINUTED,
        "reason": workflow.CANCEL_REASONS.get(row.reason, ""),
        "chair": view.names.get(row.chair_user_id, ""),
        "is_chair": row.chair_user_id == request.actor.user_id,
        "may_take_chair": row.state != workflow.CANCELLED
        and row.chair_user_id != request.actor.user_id
        and policy.may_take_chair(request.actor, row),
        "agenda": [(workflow.AGENDA[item.kind], words) for item, words in view.agenda],
        "seats": _seats(view), "cases": [custody.case_number(c) for c in view.case_ids],
        "decisions": [_decision(request, each) for each in view.decisions],
        "shares": [_share(each) for each in view.shares],
        "trail": [(reverse("conference-list"), _("Case conferences")), ("", view.details.title)],
        "answer_form": form if isinstance(form, AnswerForm) else AnswerForm(),
        "end_form": EndForm(), "begun": request.now >= row.starts_at,
    } | _own_seat(request, view)  # fmt: skip
    if leads:
        context |= _lead_context(request, view, form)
    return render(request, "desk/conferences/page.html", context, status=status)


def _own_seat(request: StaffRequest, view: ConferenceView) -> dict[str, Any]:
    seat = queries.seat_of(request.actor, view.conference.id)
    if seat is None:
        return {"seat": None}
    mine = seat.user_id == request.actor.user_id and seat.state == workflow.ACCEPTED
    return {
        "seat": seat, "sits": mine,
        # A colleague who was asked to come answers like any guest; who chairs comes anyhow.
        "may_answer": view.conference.state == workflow.CALLED
        and view.conference.chair_user_id != request.actor.user_id,
    }  # fmt: skip


def _seats(view: ConferenceView) -> list[dict[str, Any]]:
    return [
        {
            "view": each, "seat": each.seat,
            "words": wording.seat_words(
                each.seat.state, attended=each.seat.attended, left=each.seat.left_at is not None
            ),
            "tone": "quiet" if each.seat.left_at else wording.SEAT_TONES[each.seat.state],
            "reason": workflow.DECLINE_REASONS.get(each.seat.reason, ""),
            "accepted": each.seat.state == workflow.ACCEPTED and each.seat.left_at is None,
        }
        for each in view.seats
    ]  # fmt: skip


def _decision(request: StaffRequest, each: DecisionView) -> dict[str, Any]:
    row = each.decision
    return {
        "view": each, "row": row, "state": wording.decision_words(row.state),
        "tone": wording.DECISION_TONES[row.state],
        "reason": workflow.NOT_DONE_REASONS.get(row.reason, ""),
        "may_end": row.state == workflow.OPEN and policy.may_end(request.actor, row),
    }  # fmt: skip


def _share(share: Share) -> dict[str, Any]:
    return {
        "row": share,
        "ended": wording.closed_words(share.destroy_reason) if share.destroyed_at else "",
    }


def _lead_context(
    request: StaffRequest, view: ConferenceView, form: forms.Form | None
) -> dict[str, Any]:
    row = view.conference
    guests = {
        each.seat.agency_id: each.seat.agency.short_name
        for each in view.at_table
        if each.seat.agency_id != row.lead_agency_id and each.seat.state != workflow.DECLINED
    }
    today = request.now.astimezone(ZoneInfo(zone_of(request.membership.area_code))).date()
    return {
        "guests": sorted(guests.items(), key=lambda pair: pair[1]),
        "decision_form": form
        if isinstance(form, DecisionForm)
        else DecisionForm(owners=owners(view)),
        "minutes_form": form
        if isinstance(form, MinutesForm)
        else MinutesForm(initial={"version": row.version}),
        "today": today.isoformat(), "cancel_reasons": workflow.CANCEL_REASONS.items(),
    } | _search(request, view)  # fmt: skip


def owners(view: ConferenceView) -> list[tuple[str, str]]:
    """Who can carry out a decision: each person at the table, and each desk with a seat."""
    found = []
    for each in view.at_table:
        agency = each.seat.agency.short_name
        if each.seat.user_id is not None and each.seat.state == workflow.ACCEPTED:
            found.append((f"{each.seat.id}:o", f"{each.name}, {agency}"))
        if each.seat.desk is not None:
            found.append((f"{each.seat.id}:m", f"{each.seat.desk.name}, {agency}"))
    return found


def _search(request: StaffRequest, view: ConferenceView) -> dict[str, Any]:
    """Desks found by a word, and colleagues, that can still be invited."""
    if view.conference.state != workflow.CALLED:
        return {}
    typed = request.GET.get("cari", "").strip()[:_MOST_TYPED]
    seated_desks = {each.seat.desk_id for each in view.at_table}
    seated = {each.seat.user_id for each in view.at_table}
    desks = []
    if len(typed) > 1:
        page = network.search_directory(at=request.now, words=typed)
        for agency in page.rows[:_FOUND_AGENCIES]:
            cards = network.list_desks(agency.id, at=request.now)
            desks += [
                (card.desk.id, card.desk.name, agency.short_name)
                for card in cards
                if card.desk.id not in seated_desks
            ]
    colleagues = [
        (member.user_id, member.user.display_name)
        for member in network.list_members_of([request.actor.agency_id])
        if member.user_id not in seated and may(member.roles, Permission.JOIN_CONFERENCE)
    ]
    return {"typed": typed, "found": desks, "colleagues": colleagues}


urlpatterns = [path("rapat/<str:number>/", conference_page, name="conference-page")]
