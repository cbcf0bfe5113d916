"""Every deadline with its length, its source and how sure it is; a keeper gives other lengths."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from rangkul.access.permissions import Permission
from rangkul.desk import wording
from rangkul.desk.network.forms import faults_into
from rangkul.desk.page import StaffRequest, staff
from rangkul.desk.reference.forms import LengthForm, PlaceForm
from rangkul.desk.reference.pages import UNREADABLE, frame
from rangkul.foundation.errors import NotReachable
from rangkul.reference import operations
from rangkul.reference import queries as reference
from rangkul.reference.calendar import Kind, Unit
from rangkul.reference.models import Mark, ProcedureOverride

# A law's clock has one length; what a source says of many places is not changed here either.
_CHANGEABLE = frozenset({Mark.LOCAL, Mark.UNVERIFIED})
_TONES: Mapping[str, str] = {
    Mark.LAW: "good", Mark.SOURCE: "good", Mark.LOCAL: "quiet", Mark.UNVERIFIED: "soon",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A procedure as the pages show it."""

    rule: reference.Rule
    length: str
    mark: str
    tone: str


def line_of(rule: reference.Rule, confirmed: Collection[str]) -> Line:
    """One procedure in words; ``confirmed`` are the keys that a keeper has confirmed."""
    sure = rule.key in confirmed
    return Line(
        rule,
        length_words(rule),
        wording.mark_words(rule, confirmed=sure),
        "good" if sure else _TONES[rule.mark],
    )


def length_words(rule: reference.Rule | ProcedureOverride) -> str:
    """How long it is, and how that is counted."""
    n = rule.amount
    if rule.kind == Kind.WORKING_DAYS:
        return ngettext("%(n)d working day", "%(n)d working days", n) % {"n": n}
    units: Mapping[str, str] = {
        Unit.MINUTES: ngettext("%(n)d minute", "%(n)d minutes", n),
        Unit.HOURS: ngettext("%(n)d hour", "%(n)d hours", n),
        Unit.DAYS: ngettext("%(n)d day", "%(n)d days", n),
        Unit.MONTHS: ngettext("%(n)d month", "%(n)d months", n),
    }
    words = units[rule.unit] % {"n": n}
    return _("at once, within %(time)s") % {"time": words} if rule.kind == Kind.AT_ONCE else words


def _confirmed() -> frozenset[str]:
    return reference.list_confirmed(reference.A_PROCEDURE)


@require_safe
@staff(Permission.SEE_DIRECTORY)
def show_all(request: StaffRequest) -> HttpResponse:
    """Every procedure in force today, for the whole nation or as it holds in one area."""
    place = PlaceForm(request.GET)
    place.is_valid()
    area: str = place.cleaned_data.get("wilayah", "")
    confirmed = _confirmed()
    rules = reference.list_rules(on=localdate(request.now), area=area)
    context = frame(request, "reference-procedures") | {
        "place": place,
        "area": reference.get_area(area) if area else None,
        "lines": sorted((line_of(rule, confirmed) for rule in rules), key=_by_title),
    }
    return render(request, "desk/reference/procedures.html", context)


def _by_title(line: Line) -> str:
    return line.rule.title().casefold()


@require_safe
@staff(Permission.SEE_DIRECTORY)
def show(request: StaffRequest, procedure: str) -> HttpResponse:
    """One procedure: its length, its source, and the lengths it has elsewhere."""
    return _page(request, _rule(request, procedure), None)


def _rule(request: StaffRequest, code: str) -> reference.Rule:
    try:
        return reference.get_rule(code, on=localdate(request.now))
    except reference.UnknownProcedure as fault:
        raise NotReachable("procedure") from fault


def _page(request: StaffRequest, rule: reference.Rule, form: LengthForm | None) -> HttpResponse:
    changeable = rule.mark in _CHANGEABLE
    context = frame(request, "reference-procedures") | {
        "line": line_of(rule, _confirmed()),
        "elsewhere": [
            (row, length_words(row)) for row in reference.list_procedure_overrides(rule.code)
        ],
        "changeable": changeable,
        "form": form or LengthForm(
            initial={"kind": rule.kind, "amount": rule.amount, "unit": rule.unit,
                     "valid_from": localdate(request.now)}
        ),
        "trail": [
            (reverse("reference-procedures"), _("Deadlines")), ("", rule.title()),
        ],
    }  # fmt: skip
    status = UNREADABLE if form is not None and form.errors else 200
    return render(request, "desk/reference/procedure.html", context, status=status)


@require_POST
@staff(Permission.KEEP_STANDARDS)
def change(request: StaffRequest, procedure: str) -> HttpResponse:
    """Give a procedure that no law fixes another length, in an area or everywhere."""
    rule = _rule(request, procedure)
    form = LengthForm(request.POST)
    if form.is_valid():
        try:
            with faults_into(form):
                operations.change_procedure(
                    code=rule.code, **form.cleaned_data, by=request.actor, at=request.now
                )
                wording.forget_rules()
                messages.success(request, _("Kept, for deadlines that begin from then on."))
                return redirect("reference-procedure", rule.code)
        except operations.ProcedureSetByLaw:
            form.add_error(None, _("This deadline is set by law: nobody can change its length."))
        except reference.UnknownProcedure:
            form.add_error("valid_from", _("The procedure was not in force on this day."))
    return _page(request, rule, form)


@require_POST
@staff(Permission.KEEP_STANDARDS)
def take_back(request: StaffRequest, override_id: int) -> HttpResponse:
    """Let the wider length hold again."""
    gone = operations.clear_procedure_change(
        override_id=override_id, by=request.actor, at=request.now
    )
    wording.forget_rules()
    messages.success(request, _("The wider length holds again for deadlines that begin now."))
    return redirect("reference-procedure", gone.procedure_code)
