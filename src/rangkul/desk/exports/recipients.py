"""Penerima ekspor: added by an administrator, confirmed by a supervisor, ended by either."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rangkul.access.policy import may
from rangkul.accounts import queries as accounts
from rangkul.desk.exports import wording
from rangkul.desk.exports.forms import RecipientForm
from rangkul.desk.page import StaffRequest, form_token, posted, staff
from rangkul.exchange import operations, policy, queries, workflow
from rangkul.exchange.operations import NewRecipient
from rangkul.foundation import agekeys
from rangkul.foundation.errors import InvalidInput
from rangkul.reference.zones import zone_of

_EITHER = (policy.KEEPS, policy.EXPORTS)


@staff(one_of=_EITHER)
@require_safe
def show_all(request: StaffRequest) -> HttpResponse:
    """Every recipient of the agency, with what a supervisor compares."""
    return _page(request)


def _page(request: StaffRequest, *, unread: int = 0) -> HttpResponse:
    rows = queries.list_recipients(request.actor)
    people = {who for row in rows for who in (row.added_by, row.confirmed_by) if who}
    names = accounts.names_of(people)
    exports = may(request.actor.roles, policy.EXPORTS)
    context = {
        "lines": [
            {
                "row": row, "state": wording.recipient_state(row),
                "ground": workflow.GROUNDS[row.ground],
                "fingerprint": agekeys.fingerprint(row.key), "key": wording.grouped(row.key),
                "added_by": names.get(row.added_by, ""),
                "confirmed_by": names.get(row.confirmed_by or 0, ""),
                "is_live": row.state != workflow.ENDED,
                "may_confirm": row.state == workflow.ADDED and exports
                and row.added_by != request.actor.user_id,
                "unread": row.id == unread,
            }
            for row in rows
        ],
        "may_keep": may(request.actor.roles, policy.KEEPS), "exports": exports,
        "zone": zone_of(request.membership.area_code),
    }  # fmt: skip
    return render(request, "desk/exports/recipients.html", context, status=422 if unread else 200)


@staff(policy.KEEPS, fresh=True)
def add(request: StaffRequest) -> HttpResponse:
    """The form; a secret key pasted by mistake is refused and not shown again."""
    form = RecipientForm(posted(request), initial={"ground": workflow.DUTY})
    if request.method == "POST" and form.is_valid():
        new = NewRecipient(**form.cleaned_data, token=form_token(request))
        try:
            operations.add_recipient(new=new, by=request.actor, at=request.now)
        except InvalidInput as fault:
            _word(form, fault)
        else:
            messages.success(
                request, _("Registered. A supervisor compares the key before it is used.")
            )
            return redirect("recipient-list")
    context = {"form": form, "token": form_token(request)}
    status = 422 if request.method == "POST" else 200
    return render(request, "desk/exports/recipient_new.html", context, status=status)


def _word(form: RecipientForm, fault: InvalidInput) -> None:
    for name, code in fault.errors.items():
        form.add_error(name, wording.key_fault(code) if name == "key" else wording.fault(code))
    if fault.errors.get("key") == agekeys.SECRET:
        form.data = {name: value for name, value in form.data.items() if name != "key"}


@staff(policy.EXPORTS, fresh=True)
@require_POST
def confirm(request: StaffRequest, recipient_id: int) -> HttpResponseBase:
    """The second person: she has compared the fingerprint with the recipient."""
    try:
        operations.confirm_recipient(
            recipient_id=recipient_id, compared=request.POST.get("compared") == "1",
            by=request.actor, at=request.now,
        )  # fmt: skip
    except InvalidInput:
        return _page(request, unread=recipient_id)
    messages.success(request, _("Confirmed. Exports may be sealed to this recipient now."))
    return redirect("recipient-list")


@staff(one_of=_EITHER, fresh=True)
@require_POST
def end(request: StaffRequest, recipient_id: int) -> HttpResponseBase:
    """Nothing goes there any more; what was prepared is destroyed."""
    operations.end_recipient(recipient_id=recipient_id, by=request.actor, at=request.now)
    messages.success(request, _("Ended. What was prepared for this recipient is destroyed."))
    return redirect("recipient-list")


urlpatterns = [
    path("ekspor/penerima/", show_all, name="recipient-list"),
    path("ekspor/penerima/baru/", add, name="recipient-new"),
    path("ekspor/penerima/<int:recipient_id>/pastikan/", confirm, name="recipient-confirm"),
    path("ekspor/penerima/<int:recipient_id>/akhiri/", end, name="recipient-end"),
]
