"""One leg, as the side that looks at it may: the organiser, who gives, who receives."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.desk.page import StaffRequest, posted, staff, text
from rangkul.desk.referrals.wording import closed_words
from rangkul.desk.repatriation import wording
from rangkul.desk.repatriation.board import desk_choices
from rangkul.desk.wording import service_label
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.workflow import IllegalMove
from rangkul.reference import queries as reference
from rangkul.reference.zones import zone_of
from rangkul.referrals import queries as referrals
from rangkul.referrals import sheet
from rangkul.referrals.policy import NoCover
from rangkul.repatriation import operations, policy, queries, workflow
from rangkul.repatriation.board import Clock
from rangkul.repatriation.models import Leg, Traveller
from rangkul.repatriation.operations import Asking, Decision
from rangkul.repatriation.operations.groups import BASES
from rangkul.repatriation.policy import SomeRefused


class AskForm(forms.Form):
    """The ground and the words for everybody of a leg."""

    asked = forms.CharField(label=gettext_lazy("What do you ask of them?"), max_length=600)
    reach = forms.CharField(
        label=gettext_lazy("Whom do they call at your desk, and how?"), max_length=600
    )
    letter = forms.ChoiceField(
        label=gettext_lazy("Ground"), widget=forms.RadioSelect, initial="e",
        choices=[
            ("e", gettext_lazy("Public task: return of victims")),
            ("a", gettext_lazy("Each of them agreed, and was told what goes")),
            ("c", gettext_lazy("Legal duty to a child")),
            ("d", gettext_lazy("Vital interest: a life or health at stake")),
        ],
    )  # fmt: skip
    article = forms.ChoiceField(label=gettext_lazy("Article"), required=False)
    why = forms.CharField(
        label=gettext_lazy("Why consent was not possible or does not decide"), required=False,
        max_length=1000,
    )  # fmt: skip
    best_interest = forms.CharField(
        label=gettext_lazy("Children: why this is best for them"), required=False, max_length=1000
    )
    child_view = forms.CharField(
        label=gettext_lazy("Children: what they say about it"), required=False, max_length=1000
    )
    substitute = forms.CharField(
        label=gettext_lazy("Who stands in for a guardian who may be the suspect"), required=False,
        max_length=1000,
    )  # fmt: skip
    told = forms.BooleanField(label=gettext_lazy("They have been told"), required=False)
    uncovered = forms.BooleanField(
        label=gettext_lazy("Send even if nobody is on duty there now"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = (*BASES, "uu35_2014_59", "uu27_2022_20_d")
        self.fields["article"].choices = [  # type: ignore[attr-defined]
            (code, reference.label("dasar_pasal", code)) for code in codes
        ]


def show(
    request: StaffRequest, leg: Leg, *, ask_form: AskForm | None = None,
    faults: list[str] | None = None,
) -> HttpResponse:  # fmt: skip
    """The leg's page for this person's sides."""
    sides = policy.sides(request.actor, leg)
    travellers = queries.list_travellers(leg)
    labels = queries.open_labels(travellers)
    opened = _opened(request, leg) if workflow.RECEIVER in sides else {}
    organiser = workflow.ORGANISER in sides
    people = queries.returnees_of(request.actor, travellers) if organiser else {}
    clocks = _clocks(request, travellers, sides)
    lines = [
        {
            "traveller": each, "label": labels[each.id],
            "state": wording.traveller_words(each.state), "sheet": opened.get(each.id),
            "case": people.get(each.id, 0), "clock": clocks.get(each.id),
            "sex": reference.label("jenis_kelamin", each.sex) if each.sex else "",
        }
        for each in travellers
    ]  # fmt: skip
    number = queries.leg_number(leg.id)
    states = {each.state for each in travellers}
    handovers = queries.list_handovers(leg)
    context = {
        "leg": leg, "number": number, "words": queries.open_words([leg])[leg.id],
        "lines": lines, "sides": sides, "organiser": organiser,
        "receiver": workflow.RECEIVER in sides, "end": bool(sides - {workflow.ORGANISER}),
        "service": service_label(leg.service), "icon": wording.MODE_ICONS.get(leg.mode, "route"),
        "zone": zone_of(request.membership.area_code),
        "ask_form": ask_form or (AskForm() if workflow.PLANNED in states else None),
        "may_ask": organiser and workflow.PLANNED in states,
        "may_answer": workflow.RECEIVER in sides and workflow.ASKED in states,
        "may_move": organiser and bool(states & {workflow.ASKED, workflow.REFUSED}),
        "may_hand": bool(states & {workflow.ACCEPTED, workflow.HANDED}) and bool(
            sides & {workflow.GIVER, workflow.RECEIVER}
        ),
        "reasons": reference.choices("alasan_tolak"),
        "desks": desk_choices(request, leg.service) if organiser else [],
        "handovers": handovers, "faults": faults or [],
        "safeties": list(workflow.SAFETIES.items()),
        "matches": [(c, w) for c, w in workflow.MATCHES.items() if c != "asked"],
        "trail": [
            (reverse("repatriation-board"), _("Way home")) if organiser
            else (reverse("repatriation-with-us"), _("On their way to us")),
            ("", number),
        ],
    }  # fmt: skip
    status = 422 if faults or (ask_form and ask_form.errors) else 200
    return render(request, "desk/repatriation/leg.html", context, status=status)


@staff()
def page(request: StaffRequest, leg: str) -> HttpResponse:
    """The leg; opening it at the receiving desk opens its packets, which is recorded."""
    return show(request, queries.get_leg(request.actor, leg))


@staff(Permission.ORGANISE_RETURNS)
@require_POST
def ask(request: StaffRequest, leg: str) -> HttpResponse:
    """Send the packets to the receiving desk."""
    found = queries.get_leg(request.actor, leg)
    form = AskForm(posted(request))
    if not form.is_valid():
        return show(request, found, ask_form=form)
    clean = form.cleaned_data
    asking = Asking(
        asked=clean["asked"], reach=clean["reach"], letter=clean["letter"],
        article=clean["article"], why=clean["why"], best_interest=clean["best_interest"],
        child_view=clean["child_view"], substitute=clean["substitute"], told=clean["told"],
    )  # fmt: skip
    try:
        made = operations.ask_desk(
            leg_id=found.id, asking=asking, by=request.actor, at=request.now,
            uncovered_ok=clean["uncovered"],
        )  # fmt: skip
    except SomeRefused as fault:
        return show(request, found, ask_form=form, faults=wording.refused(request.actor, fault))
    except NoCover:
        return show(request, found, ask_form=form, faults=[wording.fault_words("desk", "no_cover")])
    except InvalidInput as fault:
        return show(request, found, ask_form=form, faults=wording.faults_of(fault))
    messages.success(
        request, _("Asked for %(count)d people, one packet each.") % {"count": len(made)}
    )
    return redirect("repatriation-leg", leg=leg)


@staff(Permission.ANSWER_PACKETS)
@require_POST
def answer(request: StaffRequest, leg: str) -> HttpResponse:
    """Accept or refuse, for all or person by person; a refusal has its reason."""
    found = queries.get_leg(request.actor, leg)
    decisions = {}
    asked = [t for t in queries.list_travellers(found) if t.state == workflow.ASKED]
    for traveller in asked:
        wanted = text(request, f"decision-{traveller.id}", 12) or text(request, "all", 12)
        if wanted in ("accept", "decline"):
            reason = text(request, f"reason-{traveller.id}", 40) or text(request, "reason", 40)
            decisions[traveller.id] = Decision(wanted, reason if wanted == "decline" else "")
    try:
        accepted = operations.answer_leg(
            leg_id=found.id, decisions=decisions, by=request.actor, at=request.now
        )
    except SomeRefused as fault:
        labels = queries.open_labels(queries.list_travellers(found))
        faults = [
            f"{labels[UUID(key)].pseudonym}: {wording.fault_words(field, code)}"
            for key, codes in fault.faults.items()
            for field, code in codes.items()
        ]
        return show(request, found, faults=faults)
    except InvalidInput as fault:
        return show(request, found, faults=wording.faults_of(fault))
    messages.success(
        request,
        _("%(yes)d accepted, %(no)d refused.") % {"yes": accepted, "no": len(decisions) - accepted},
    )
    return redirect("repatriation-leg", leg=leg)


@staff(Permission.ORGANISE_RETURNS)
@require_POST
def move(request: StaffRequest, leg: str) -> HttpResponse:
    """Choose another desk for those whom this one refused or did not answer."""
    found = queries.get_leg(request.actor, leg)
    desk = request.POST.get("desk", "")
    try:
        other = operations.choose_other_desk(
            leg_id=found.id, desk_id=int(desk) if desk.isdecimal() and len(desk) < 10 else 0,
            by=request.actor, at=request.now,
        )  # fmt: skip
    except NotReachable:
        return show(request, found, faults=[wording.fault_words("desk", "unknown")])
    except InvalidInput as fault:
        return show(request, found, faults=wording.faults_of(fault))
    messages.success(request, _("A new leg stands in its place. Ask its desk now."))
    return redirect("repatriation-leg", leg=queries.leg_number(other.id))


@staff(Permission.ANSWER_PACKETS)
@require_POST
def findings(request: StaffRequest, leg: str) -> HttpResponse:
    """What the desk at the origin found about one person."""
    found = queries.get_leg(request.actor, leg)
    try:
        traveller_id = UUID(request.POST.get("traveller", ""))
    except ValueError as fault:
        raise NotReachable("no form of ours") from fault
    try:
        operations.note_findings(
            traveller_id=traveller_id, match=text(request, "match", 12),
            safety=text(request, "safety", 12), by=request.actor, at=request.now,
        )  # fmt: skip
    except (InvalidInput, IllegalMove):
        return show(request, found, faults=[_("Please choose what you found.")])
    messages.success(request, _("Written down; the organiser reads it at once."))
    return redirect("repatriation-leg", leg=leg)


def zone(request: StaffRequest) -> ZoneInfo:
    """The zone of the person's own agency."""
    return ZoneInfo(zone_of(request.membership.area_code))


def _opened(request: StaffRequest, leg: Leg) -> dict[UUID, dict[str, Any]]:
    found = operations.read_leg(leg_id=leg.id, by=request.actor, at=request.now)
    return {
        each.traveller.id: {
            "rows": sheet.rows(each.content) if each.content else [],
            "withheld": sheet.withheld_words(each.content.withheld, each.content.service)
            if each.content
            else [],
            "closed": closed_words(each.closed) if each.closed else "",
            "number": referrals.packet_number(each.traveller.asked_request or 0),
        }
        for each in found
    }


def _clocks(
    request: StaffRequest, travellers: list[Traveller], sides: frozenset[str]
) -> dict[UUID, Clock]:
    """The answer's deadline for those who wait, to the two sides of the packet."""
    if not sides & {workflow.ORGANISER, workflow.RECEIVER}:
        return {}
    asked = {
        t.asked_request: t.id
        for t in travellers
        if t.state == workflow.ASKED and t.asked_request is not None
    }
    found = referrals.by_ids(asked)
    return {asked[r.id]: Clock(r.sent_at, r.accept_by) for r in found.values()}


urlpatterns = [
    path("pemulangan/tahap/<str:leg>/", page, name="repatriation-leg"),
    path("pemulangan/tahap/<str:leg>/minta/", ask, name="repatriation-ask"),
    path("pemulangan/tahap/<str:leg>/jawab/", answer, name="repatriation-answer"),
    path("pemulangan/tahap/<str:leg>/meja-lain/", move, name="repatriation-move"),
    path("pemulangan/tahap/<str:leg>/temuan/", findings, name="repatriation-findings"),
]
