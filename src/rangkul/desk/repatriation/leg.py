"""One leg, as the side that looks at it may: the organiser, who gives, who receives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.desk.page import StaffRequest, posted, staff, text
from rangkul.desk.referrals.wording import closed_words
from rangkul.desk.repatriation import wording
from rangkul.desk.repatriation.board import desk_choices
from rangkul.desk.repatriation.planning import desk_name
from rangkul.desk.wording import service_label
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.workflow import IllegalMove
from rangkul.look.fields import set_choices
from rangkul.reference import queries as reference
from rangkul.reference.zones import zone_of
from rangkul.referrals import queries as referrals
from rangkul.referrals import sheet
from rangkul.referrals.policy import NoCover
from rangkul.repatriation import operations, policy, queries, workflow
from rangkul.repatriation.board import Clock
from rangkul.repatriation.models import Leg, Traveller
from rangkul.repatriation.operations import Asking, Decision
from rangkul.repatriation.policy import ShelterDecides, SomeRefused


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
    article = forms.ChoiceField(
        label=gettext_lazy("Article"), required=False,
        help_text=gettext_lazy("Left open, it is the one that fits the ground and the service."),
    )  # fmt: skip
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

    def __init__(self, *args: Any, service: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = operations.articles_of(service)
        choices = [("", "–"), *((code, reference.label("dasar_pasal", code)) for code in found)]
        set_choices(self, "article", choices)
        self.fields["article"].initial = found[0] if found else ""


def show(
    request: StaffRequest, leg: Leg, *, ask_form: AskForm | None = None,
    faults: list[str] | None = None, numbers: Mapping[str, str] | None = None,
    unstaffed: str = "",
) -> HttpResponse:  # fmt: skip
    """The leg's page for this person's sides; ``numbers`` to sign with are shown this once."""
    sides = policy.sides(request.actor, leg)
    travellers = queries.list_travellers(leg)
    by_admission = policy.by_admission(leg)
    reads = workflow.RECEIVER in sides and not by_admission
    organiser = workflow.ORGANISER in sides
    lines = _lines(request, leg, travellers, sides, reads=reads)
    number = queries.leg_number(leg.id)
    states = {each.state for each in travellers}
    handovers = queries.list_handovers(leg)
    context = {
        "leg": leg, "number": number, "words": queries.open_words([leg])[leg.id],
        "lines": lines, "sides": sides, "organiser": organiser,
        "end": bool(sides - {workflow.ORGANISER}),
        "service": service_label(leg.service), "icon": wording.MODE_ICONS.get(leg.mode, "route"),
        "zone": zone_of(request.membership.area_code),
        "ask_form": ask_form or (
            AskForm(service=leg.service) if workflow.PLANNED in states else None
        ),
        "may_ask": organiser and workflow.PLANNED in states,
        "may_answer": reads and workflow.ASKED in states,
        "by_shelter": by_admission and workflow.RECEIVER in sides and workflow.ASKED in states,
        "admits": may(request.actor.roles, Permission.KEEP_STAYS),
        "may_find": reads and leg.homeward,
        "may_move": organiser and bool(states & {workflow.ASKED, workflow.REFUSED}),
        "may_hand": bool(states & {workflow.ACCEPTED, workflow.HANDED}) and bool(
            sides & {workflow.GIVER, workflow.RECEIVER}
        ),
        "may_leave": organiser and bool(states & workflow.AHEAD),
        "off_reasons": list(workflow.OFF_REASONS.items()), "unstaffed": unstaffed,
        "numbers": _numbers(leg, sides, states, numbers or {}),
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


def _lines(
    request: StaffRequest, leg: Leg, travellers: list[Traveller], sides: frozenset[str], *,
    reads: bool,
) -> list[dict[str, Any]]:  # fmt: skip
    """Everybody of the leg in words; the packets are opened only for a desk that ``reads``."""
    labels = queries.labels_for(request.actor, leg, travellers)
    opened = _opened(request, leg) if reads else {}
    organiser = workflow.ORGANISER in sides
    people = queries.returnees_of(request.actor, travellers) if organiser else {}
    clocks = _clocks(request, travellers, sides)
    return [
        {
            "traveller": each, "label": labels.get(each.id),
            "packet": referrals.packet_number(each.asked_request) if each.asked_request else "",
            "state": wording.traveller_words(each.state), "sheet": opened.get(each.id),
            "case": people.get(each.id, 0), "clock": clocks.get(each.id),
            "match": str(workflow.MATCHES.get(each.match, "")),
            "safety": str(workflow.SAFETIES.get(each.safety, "")),
            "sex": reference.label("jenis_kelamin", each.sex) if each.sex else "",
        }
        for each in travellers
    ]  # fmt: skip


@staff()
def page(request: StaffRequest, leg: str) -> HttpResponse:
    """The leg; opening it at the receiving desk opens its packets, which is recorded."""
    return show(request, queries.get_leg(request.actor, leg))


@staff(Permission.ORGANISE_RETURNS)
@require_POST
def ask(request: StaffRequest, leg: str) -> HttpResponse:
    """Send the packets to the receiving desk."""
    found = queries.get_leg(request.actor, leg)
    form = AskForm(posted(request), service=found.service)
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
    except ShelterDecides:
        return show(request, found, faults=[_("A shelter answers on its own board, with a bed.")])
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
    sent = request.POST.get("desk", "")
    desk = int(sent) if sent.isdecimal() and len(sent) < 10 else 0
    try:
        other = operations.choose_other_desk(
            leg_id=found.id, desk_id=desk, by=request.actor, at=request.now,
            unstaffed_ok=request.POST.get("unstaffed") == "on",
        )  # fmt: skip
    except NotReachable:
        return show(request, found, faults=[wording.fault_words("desk", "unknown")])
    except InvalidInput as fault:
        nobody = fault.errors.get("desk") == "nobody_there"
        return show(
            request, found, faults=wording.faults_of(fault),
            unstaffed=desk_name(desk) if nobody else "",
        )  # fmt: skip
    messages.success(request, _("A new leg stands in its place. Ask its desk now."))
    return redirect("repatriation-leg", leg=queries.leg_number(other.id))


@staff(Permission.ORGANISE_RETURNS)
@require_POST
def leave(request: StaffRequest, leg: str) -> HttpResponse:
    """Take the chosen people off this leg, with a reason where its desk has accepted them."""
    found = queries.get_leg(request.actor, leg)
    chosen = [int(n) for n in request.POST.getlist("off") if n.isdecimal() and len(n) < 18]
    if not chosen:
        return show(request, found, faults=[wording.fault_words("people", "nobody")])
    try:
        operations.leave_leg(
            leg_id=found.id, returnee_ids=chosen, reason=text(request, "reason", 12),
            by=request.actor, at=request.now,
        )  # fmt: skip
    except InvalidInput as fault:
        return show(request, found, faults=wording.faults_of(fault))
    told = ngettext(
        "%(count)d person is off this leg; the desk has been told.",
        "%(count)d people are off this leg; the desk has been told.", len(chosen),
    )  # fmt: skip
    messages.success(request, told % {"count": len(chosen)})
    return redirect("repatriation-leg", leg=leg)


@staff(one_of=(Permission.ANSWER_PACKETS, Permission.ORGANISE_RETURNS))
@require_POST
def number(request: StaffRequest, leg: str) -> HttpResponse:
    """A number with which the own escort, without an account, signs on the other end's screen."""
    found = queries.get_leg(request.actor, leg)
    side = text(request, "side", 8)
    made = operations.make_pin(leg_id=found.id, side=side, by=request.actor, at=request.now)
    return show(request, found, numbers={side: made})


@staff(Permission.ANSWER_PACKETS)
@require_POST
def findings(request: StaffRequest, leg: str) -> HttpResponse:
    """What the desk at the origin found about the chosen people, in one act."""
    found = queries.get_leg(request.actor, leg)
    try:
        chosen = {UUID(each) for each in request.POST.getlist("traveller")}
    except ValueError as fault:
        raise NotReachable("no form of ours") from fault
    try:
        count = operations.note_findings(
            leg_id=found.id, traveller_ids=chosen, match=text(request, "match", 12),
            safety=text(request, "safety", 12), by=request.actor, at=request.now,
        )  # fmt: skip
    except InvalidInput as fault:
        return show(request, found, faults=wording.faults_of(fault))
    except IllegalMove:
        return show(request, found, faults=[_("Please choose what you found.")])
    told = ngettext(
        "Written down for %(count)d person; the organiser reads it at once.",
        "Written down for %(count)d people; the organiser reads it at once.", count,
    )  # fmt: skip
    messages.success(request, told % {"count": count})
    return redirect("repatriation-leg", leg=leg)


def zone(request: StaffRequest) -> ZoneInfo:
    """The zone of the person's own agency."""
    return ZoneInfo(zone_of(request.membership.area_code))


def _numbers(
    leg: Leg, sides: frozenset[str], states: set[str], made: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """The own ends that may hand over: side, agency, the number just made."""
    if workflow.ACCEPTED not in states:
        return []
    names = {
        workflow.GIVER: leg.giver_agency.short_name,
        workflow.RECEIVER: leg.receiver_agency.short_name,
    }
    return [(side, name, made.get(side, "")) for side, name in names.items() if side in sides]


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
    path("pemulangan/tahap/<str:leg>/turun/", leave, name="repatriation-leave"),
    path("pemulangan/tahap/<str:leg>/nomor/", number, name="repatriation-number"),
]
