"""The hand-over on a dock: big buttons, who is there, sign; and the minutes as a PDF."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rangkul.accounts import queries as accounts
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.desk.repatriation import wording
from rangkul.desk.repatriation.leg import zone
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.repatriation import letters, operations, policy, queries, workflow
from rangkul.repatriation.models import Handover, Leg
from rangkul.repatriation.operations import Item, Mark, Minutes
from rangkul.repatriation.operations.handovers import DRAWN, PASSWORD


@staff()
def write(request: StaffRequest, leg: str) -> HttpResponse:
    """Who is here, how, with what; written and signed by one end in one press."""
    found = _leg(request, leg)
    faults: list[str] = []
    if request.method == "POST":
        try:
            token = UUID(request.POST.get("token", ""))
        except ValueError as fault:
            raise NotReachable("no form of ours") from fault
        mark = _mark(request)
        minutes = Minutes(
            text(request, "place", 400), _device_hour(request), _items(request, found)
        )
        if mark is None:
            faults = [_("That was not your password. Please type it once more.")]
        else:
            try:
                operations.write_minutes(
                    leg_id=found.id, token=token, minutes=minutes, mark=mark, by=request.actor,
                    at=request.now,
                )  # fmt: skip
            except InvalidInput as fault:
                faults = wording.faults_of(fault)
            else:
                return _taken(request, _("Signed. Now the other end signs."), leg)
    if faults and _from_queue(request):
        return _not_taken(faults)
    return _page(request, found, faults)


@staff()
def minutes(request: StaffRequest, handover_id: UUID) -> HttpResponse:
    """The minutes to be read before signing, or as they were signed; POST signs."""
    found, leg = queries.get_handover(request.actor, handover_id)
    faults: list[str] = []
    if request.method == "POST":
        try:
            moved = _sign(request, found)
        except InvalidInput as fault:
            faults = wording.faults_of(fault)
            if _from_queue(request):
                return _not_taken(faults)
        else:
            return _taken(request, _told(moved), queries.leg_number(leg.id))
    context = _minutes_context(request, found, leg) | {"faults": faults}
    return render(request, "desk/repatriation/minutes.html", context, status=422 if faults else 200)


def _sign(request: StaffRequest, found: Handover) -> int:
    """Sign as oneself, or lend the screen to the other end's escort, who signs by a number."""
    side = text(request, "for", 8)
    if side:
        strokes = text(request, "strokes", 20_001)
        moved = operations.sign_by_pin(
            handover_id=found.id, side=side, number=text(request, "number", 12),
            name=text(request, "name", 121), by=request.actor, at=request.now,
            mark=Mark(DRAWN, _device_hour(request), strokes),
        )  # fmt: skip
        if moved is None:
            # Not raised from within: the wrong try stays counted.
            raise InvalidInput({"number": "wrong"})
        return moved
    mark = _mark(request)
    if mark is None:
        raise InvalidInput({"mark": "required"})
    return operations.sign_minutes(
        handover_id=found.id, mark=mark, by=request.actor, at=request.now
    )


@staff()
@require_POST
def printed(request: StaffRequest, handover_id: UUID) -> HttpResponse:
    """The minutes as a PDF, from desk to desk; printing is recorded."""
    found, leg = queries.get_handover(request.actor, handover_id)
    made = letters.print_minutes(
        handover=found, leg=leg, zone=zone(request), by=request.actor, at=request.now
    )
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{queries.leg_number(leg.id)}.pdf"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _told(moved: int) -> str:
    if moved:
        return _("Both ends have signed: %(count)d people changed hands.") % {"count": moved}
    return _(
        "Your signature stands. It counts as soon as the other one, or the one of an earlier leg, "
        "is there."
    )


def _from_queue(request: StaffRequest) -> bool:
    """Whether a device's queue of signatures asks, which reads no page (``signing-queue.ts``)."""
    return request.headers.get("X-Requested-With") == "fetch"


def _taken(request: StaffRequest, told: str, leg: str) -> HttpResponse:
    """On to the leg; a queue is told where the leg is and forgets what it kept."""
    messages.success(request, told)
    if _from_queue(request):
        return JsonResponse({"address": reverse("repatriation-leg", args=[leg])})
    return redirect("repatriation-leg", leg=leg)


def _not_taken(faults: list[str]) -> JsonResponse:
    return JsonResponse({"error": " ".join(faults)}, status=422)


def _leg(request: StaffRequest, number: str) -> Leg:
    found = queries.get_leg(request.actor, number)
    if not policy.sides(request.actor, found) & {workflow.GIVER, workflow.RECEIVER}:
        raise NotReachable("not one of the two ends")
    return found


def _page(request: StaffRequest, leg: Leg, faults: list[str]) -> HttpResponse:
    travellers = [
        t for t in queries.list_travellers(leg)
        if t.state in (workflow.ACCEPTED, workflow.HANDED)
    ]  # fmt: skip
    labels = queries.open_labels(travellers)
    context = {
        "leg": leg, "number": queries.leg_number(leg.id), "faults": faults,
        "words": queries.open_words([leg])[leg.id],
        "lines": [(t, labels[t.id]) for t in travellers],
        "conditions": list(workflow.CONDITIONS.items()), "papers": list(workflow.PAPERS.items()),
        "token": request.POST.get("token") or uuid4(),
        "waiting": [
            h for h in queries.list_handovers(leg)
            if not (h.giver_signed_at and h.receiver_signed_at)
        ],
        "typed": request.POST, "zone": zone(request).key,
        "trail": _trail(leg),
    }  # fmt: skip
    status = 422 if faults else 200
    return render(request, "desk/repatriation/handover.html", context, status=status)


def _minutes_context(request: StaffRequest, found: Handover, leg: Leg) -> dict[str, Any]:
    content = queries.open_minutes(found)
    labels = {str(k): v for k, v in queries.open_labels(queries.list_travellers(leg)).items()}
    signatures = [
        (side, queries.open_signature(found, side), getattr(found, f"{side}_signed_at"),
         getattr(found, f"{side}_recorded_at"))
        for side in (workflow.GIVER, workflow.RECEIVER)
    ]  # fmt: skip
    sides = policy.sides(request.actor, leg)
    mine = request.actor.user_id in (found.giver_user_id, found.receiver_user_id)
    unsigned = {s for s, signed, _at, _ours in signatures if not signed}
    open_sides = unsigned & sides
    other = next(iter(unsigned - sides), "") if sides & {workflow.GIVER, workflow.RECEIVER} else ""
    ends = {workflow.GIVER: leg.giver_agency, workflow.RECEIVER: leg.receiver_agency}
    return {
        "handover": found, "leg": leg, "number": queries.leg_number(leg.id),
        "place": content["place"], "zone": zone(request).key,
        "items": [
            {
                "label": labels.get(item["traveller_id"]), "present": item["present"],
                "condition": str(workflow.CONDITIONS.get(item["condition"], "")),
                "luggage": item["luggage"],
                "papers": [str(workflow.PAPERS[p]) for p in item["papers"]],
            }
            for item in content["items"]
        ],
        "signatures": signatures, "may_sign": bool(open_sides) and not mine,
        "lend": other if not open_sides or mine else "",
        "lend_to": ends[other].short_name if other else "",
        "writer": accounts.names_of([found.written_by]).get(found.written_by, ""),
        "trail": _trail(leg),
    }  # fmt: skip


def _trail(leg: Leg) -> list[tuple[str, str]]:
    number = queries.leg_number(leg.id)
    return [(reverse("repatriation-leg", args=[number]), number), ("", _("Hand-over"))]


def _items(request: StaffRequest, leg: Leg) -> list[Item]:
    made = []
    for traveller in queries.list_travellers(leg):
        key = str(traveller.id)
        there = request.POST.get(f"there-{key}", "")
        if there not in ("yes", "no"):
            continue
        made.append(
            Item(
                traveller.id,
                there == "yes",
                text(request, f"condition-{key}", 12),
                text(request, f"luggage-{key}", 400),
                tuple(request.POST.getlist(f"papers-{key}")),
            )
        )
    return made


def _device_hour(request: StaffRequest) -> datetime:
    """The device's hour (milliseconds since 1970), which an offline page keeps; else ours.

    A clock that runs ahead of ours has not seen the future: its hour is ours.
    """
    sent = request.POST.get("signed_at", "")
    if not sent.isdecimal() or len(sent) > 13:
        return request.now
    return min(datetime.fromtimestamp(int(sent) / 1000, tz=UTC), request.now)


def _mark(request: StaffRequest) -> Mark | None:
    """The signature sent: a drawing, or a password that fits; ``None`` for one that does not."""
    password = request.POST.get("password", "")
    if not password:
        return Mark(DRAWN, _device_hour(request), text(request, "strokes", 20_001))
    known = authenticate(request, username=request.user.username, password=password)
    if known is None or known.pk != request.user.pk:
        return None
    return Mark(PASSWORD, _device_hour(request))


urlpatterns = [
    path("pemulangan/tahap/<str:leg>/serah-terima/", write, name="repatriation-handover"),
    path("pemulangan/berita-acara/<uuid:handover_id>/", minutes, name="repatriation-minutes"),
    path("pemulangan/berita-acara/<uuid:handover_id>/surat/", printed, name="repatriation-letter"),
]
