"""Asking for an export: what it would hold is counted and shown before anything is made."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from rangkul.desk.exports import wording
from rangkul.desk.exports.forms import ExportForm
from rangkul.desk.page import StaffRequest, form_token, posted, staff
from rangkul.exchange import operations, policy, queries, workflow
from rangkul.exchange.operations import Asking
from rangkul.foundation.errors import InvalidInput
from rangkul.network import queries as network

_MAKE = "make"


@staff(policy.EXPORTS, fresh=True)
def ask(request: StaffRequest) -> HttpResponse:
    """The form; then how many rows it comes to; then, with a second press, the export itself."""
    usable = queries.list_usable(request.actor)
    desks = network.list_desks(request.actor.agency_id, at=request.now, closed_too=True)
    form = ExportForm(
        posted(request), initial={"language": request.LANGUAGE_CODE[:2], **_from_list(request)},
        recipients=usable, desks=[(card.desk.id, card.desk.name) for card in desks],
    )  # fmt: skip
    weighed, refusal = None, ""
    if request.method == "POST" and form.is_valid():
        if request.POST.get("step") == _MAKE:
            answer = _make(request, form)
            if isinstance(answer, HttpResponse):
                return answer
            refusal = answer
        if not form.errors:
            weighed = queries.weigh(request.actor, form.narrowed())
            refusal = refusal or _too_much(weighed)
    context = {
        "form": form, "token": form_token(request), "recipients": usable, "weighed": weighed,
        "count": len(weighed.case_ids) if weighed else 0, "refusal": refusal,
        "needs_second": bool(weighed and len(weighed.case_ids) > workflow.MOST_ROWS_ALONE),
        "left_today": max(
            0, workflow.MOST_IN_A_DAY - queries.count_lately(request.actor, at=request.now)
        ),
        "most_alone": workflow.MOST_ROWS_ALONE,
    }  # fmt: skip
    status = 422 if request.method == "POST" and (form.errors or refusal) else 200
    return render(request, "desk/exports/new.html", context, status=status)


def _from_list(request: StaffRequest) -> dict[str, str]:
    """What the caseload was narrowed by when the person came from there."""
    return {name: request.GET.get(name, "") for name in ("state", "risk", "category")}


def _too_much(weighed: queries.Weighed) -> str:
    if weighed.is_too_large:
        return wording.barred("too_large")
    return "" if weighed.case_ids else wording.barred("empty")


def _make(request: StaffRequest, form: ExportForm) -> HttpResponse | str:
    """On to the export's page, or the sentence that says why not."""
    clean = form.cleaned_data
    asking = Asking(
        form=clean["form"], columns=tuple(clean["columns"]), narrowed=form.narrowed(),
        recipient_id=clean["recipient"], reason=clean["reason"], language=clean["language"],
        token=form_token(request),
    )  # fmt: skip
    try:
        row = operations.ask_export(asking=asking, by=request.actor, at=request.now)
    except policy.ExportBarred as fault:
        return wording.barred(fault.why)
    except InvalidInput as fault:
        for name, code in fault.errors.items():
            form.add_error(name, wording.fault(code))
        return ""
    return redirect("export-page", number=queries.export_number(row.id))


urlpatterns = [path("ekspor/baru/", ask, name="export-new")]
