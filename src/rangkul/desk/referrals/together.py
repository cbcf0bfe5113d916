"""Several needs at once: several desks asked on one page, each packet shown, sent in one act."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.cases import queries as cases
from rangkul.cases.models import CaseFile
from rangkul.consent import queries as consent
from rangkul.consent.models import Basis
from rangkul.consent.policy import BasisMissing, obstacle
from rangkul.desk.cases.frame import frame, get_file
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.desk.referrals import wording
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.workflow import IllegalMove
from rangkul.network import queries as network
from rangkul.network.queries import Suggestion
from rangkul.people import queries as people
from rangkul.referrals import operations, sheet, waiting
from rangkul.referrals.operations import Asked, Step
from rangkul.referrals.packet import MOST_WORDS, Draft
from rangkul.referrals.policy import NoCover, PreviewChanged

_WAITING: Final = ("planned", "unmet")
_DESKS: Final = 5


@dataclass(slots=True)
class Line:
    """One need of the plan: whom to ask, on which ground, in which words, after which other."""

    need_id: UUID
    words: str
    service: str
    desks: tuple[Suggestion, ...] = ()
    bases: list[Basis] = field(default_factory=list)
    chosen: bool = False
    desk_id: int | None = None
    basis: Basis | None = None
    asked: str = ""
    after: str = ""
    # The sender has read that nobody is on duty there, and sends all the same.
    uncovered_ok: bool = False
    error: str = ""
    packet: dict[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The service's name."""
        return sheet.service_name(self.service)

    @property
    def uncovered(self) -> str:
        """The chosen desk's name when nobody is entered as on duty there now."""
        asked = next((each for each in self.desks if each.desk_id == self.desk_id), None)
        return "" if asked is None or asked.cover.is_covered else asked.candidate.desk_name


@staff(Permission.DRAFT_REFERRAL)
def together(request: StaffRequest, number: str) -> HttpResponse:
    """Choose, look at every packet, send."""
    file = get_file(request, number)
    lines = _lines(request, file)
    chosen = [line for line in lines if line.chosen]
    # A need ticked just now has its fields on the page only after this answer.
    open_lines = all(f"asked-{line.need_id}" in request.POST for line in chosen)
    step = text(request, "step", 8) if open_lines else ""
    steps = _steps(request, file, chosen)
    if step == "send" and chosen and len(steps) == len(chosen):
        answer = _send(request, number, chosen, steps)
        if answer is not None:
            return answer
    if step and len(steps) == len(chosen):
        for line, each in zip(chosen, steps, strict=True):
            _look(request, line, each)
    looked = bool(chosen) and all(line.packet for line in chosen)
    context = frame(file, request, section="referral-list") | {
        "lines": lines, "looked": looked, "token": _uuid(text(request, "token", 40)) or uuid4(),
        "reach": text(request, "reach", MOST_WORDS)
        or _("%(name)s, through this application") % {"name": request.user.display_name},
        "may_send": may(request.actor.roles, Permission.SEND_REFERRAL),
        "fault": step != "" and not looked,
    }  # fmt: skip
    status = 422 if (step and not looked) or step == "send" else 200
    return render(request, "desk/referrals/together.html", context, status=status)


def _lines(request: StaffRequest, file: CaseFile) -> list[Line]:
    """The needs that wait, each with the desks and grounds there are for it."""
    wanted = request.POST.getlist("need") or request.GET.getlist("kebutuhan")
    found: list[Line] = []
    in_line = {row.need_id for row in waiting.list_waiting(request.actor, file.case_id)}
    for view in cases.list_needs(request.actor, file.case_id):
        need = view.need
        if need.state not in _WAITING or not need.service or need.id in in_line:
            continue
        line = Line(need.id, view.words, need.service, chosen=str(need.id) in wanted)
        if line.chosen:
            _fill(request, file, line)
        found.append(line)
    return found


def _fill(request: StaffRequest, file: CaseFile, line: Line) -> None:
    line.desks = network.suggest_desks(
        request.actor, service=line.service, at=request.now, near_area=file.area,
        survivor=operations.survivor_of(file), limit=_DESKS,
    ).ranked  # fmt: skip
    desk = text(request, f"desk-{line.need_id}", 9)
    known = [each.desk_id for each in line.desks]
    line.desk_id = int(desk) if desk.isdecimal() and int(desk) in known else None
    if line.desk_id is None and known:
        line.desk_id = known[0]
    line.bases = consent.standing(request.actor, file.case_id, line.service, request.now)
    basis = text(request, f"basis-{line.need_id}", 40)
    line.basis = next((each for each in line.bases if str(each.id) == basis), None) or next(
        (
            each
            for each in line.bases
            if not obstacle(each, service=line.service, desk_id=line.desk_id, at=request.now)
        ),
        None,
    )
    line.asked = text(request, f"asked-{line.need_id}", MOST_WORDS)
    line.after = text(request, f"after-{line.need_id}", 40)
    line.uncovered_ok = request.POST.get(f"uncovered-{line.need_id}") == "on"


def _steps(request: StaffRequest, file: CaseFile, chosen: list[Line]) -> list[Step]:
    """The chosen lines as steps of a plan; fewer than chosen where something is missing."""
    reach = text(request, "reach", MOST_WORDS)
    places = {str(line.need_id): place for place, line in enumerate(chosen)}
    bans = people.get_survivor(request.actor, file.case_id).contact_bans if chosen else ()
    steps = []
    for line in chosen:
        if line.desk_id is None or line.basis is None:
            line.error = _("A desk and a ground are needed first.")
            continue
        draft = Draft(
            asked=line.asked, reach=reach, bans=tuple(bans), languages=tuple(file.languages),
            worker_sex=file.worker_sex,
        )  # fmt: skip
        asked = Asked(file.case_id, line.desk_id, line.basis.id, draft, line.need_id)
        seen = text(request, f"seen-{line.need_id}", 64) or "unseen"
        steps.append(
            Step(asked, seen=seen, after=places.get(line.after), uncovered_ok=line.uncovered_ok)
        )
    return steps


def _look(request: StaffRequest, line: Line, step: Step) -> None:
    try:
        prepared = operations.preview(asked=step.asked, by=request.actor, at=request.now)
    except BasisMissing as fault:
        line.error = wording.basis_words(fault.why)
    except InvalidInput as fault:
        line.error = " ".join(wording.fault_words(code) for code in fault.errors.values())
    else:
        content = prepared.built.content
        line.packet = {
            "rows": sheet.rows(content), "seen": content.digest, "content": content,
            "withheld": sheet.withheld_words(content.withheld, content.service),
            "sender": ", ".join(p for p in (content.from_agency, content.from_desk) if p),
            "receiver": f"{content.to_desk}, {content.to_agency}",
        }  # fmt: skip


def _send(
    request: StaffRequest, number: str, chosen: list[Line], steps: list[Step]
) -> HttpResponse | None:
    """Send the plan, or say beside which line what stands in the way."""
    token = _uuid(text(request, "token", 40)) or uuid4()
    # An earlier step comes first in the act as well: the order on the page need not be the plan's.
    try:
        planned = operations.send_plan(
            steps=_in_order(steps), token=token, by=request.actor, at=request.now
        )
    except PreviewChanged:
        messages.warning(
            request, _("A packet has changed. Please look at them once more, then send.")
        )
    except (BasisMissing, IllegalMove, InvalidInput, NoCover):
        for line in chosen:
            if line.uncovered and not line.uncovered_ok:
                line.error = _("Nobody is on duty there now. Say so below, or choose another.")
        messages.warning(request, _("Nothing was sent yet. Please look at the marked lines."))
    else:
        messages.success(
            request,
            ngettext(
                "%(count)d referral is on its way.", "%(count)d referrals are on their way.",
                len(planned.sent),
            ) % {"count": len(planned.sent)},
        )  # fmt: skip
        if planned.waiting:
            messages.info(
                request,
                ngettext(
                    "%(count)d waits and goes when the one before it is done.",
                    "%(count)d wait and go when the one before each is done.",
                    len(planned.waiting),
                ) % {"count": len(planned.waiting)},
            )  # fmt: skip
        return redirect("referral-list", number=number)
    return None


def _in_order(steps: list[Step]) -> list[Step]:
    """The steps with what comes after behind what comes first; a circle loses its last tie."""
    order: list[int] = []

    def place(index: int, above: frozenset[int]) -> None:
        if index in order:
            return
        before = steps[index].after
        if before is not None and before not in above | {index}:
            place(before, above | {index})
        order.append(index)

    for index in range(len(steps)):
        place(index, frozenset())
    where = {index: position for position, index in enumerate(order)}
    found = []
    for index in order:
        before = steps[index].after
        known = where[before] if before is not None else None
        after = known if known is not None and known < where[index] else None
        found.append(replace(steps[index], after=after))
    return found


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


urlpatterns = [path("kasus/<str:number>/rujukan/bersama/", together, name="referral-together")]
