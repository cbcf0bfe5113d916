"""What a release brought from memory: a keeper reads it in a source and says so."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rangkul.access.permissions import Permission
from rangkul.desk import wording
from rangkul.desk.network.forms import faults_into
from rangkul.desk.page import StaffRequest, staff
from rangkul.desk.reference.forms import ConfirmForm
from rangkul.desk.reference.pages import UNREADABLE, frame
from rangkul.desk.reference.procedures import length_words
from rangkul.reference import operations
from rangkul.reference import queries as reference
from rangkul.reference.models import Confirmation, Mark


@dataclass(frozen=True, slots=True)
class Entry:
    """One unverified entry; ``confirmed`` once somebody has read it in a source."""

    title: str
    what: str
    source: str
    form: ConfirmForm
    confirmed: Confirmation | None
    url: str = ""


@require_safe
@staff(Permission.SEE_DIRECTORY)
def show(request: StaffRequest) -> HttpResponse:
    """What is not confirmed yet, and what has been."""
    return _page(request, None)


def _page(request: StaffRequest, typed: ConfirmForm | None) -> HttpResponse:
    entries = [*_procedures(request, typed), *_codes(typed)]
    context = frame(request, "reference-unconfirmed") | {
        "waiting": [entry for entry in entries if entry.confirmed is None],
        "done": [entry for entry in entries if entry.confirmed is not None],
        "typed": typed,
    }
    status = UNREADABLE if typed is not None else 200
    return render(request, "desk/reference/unconfirmed.html", context, status=status)


def _procedures(request: StaffRequest, typed: ConfirmForm | None) -> list[Entry]:
    subject = reference.A_PROCEDURE
    done = reference.list_confirmations(subject)
    return [
        Entry(
            title=rule.title(),
            what=length_words(rule),
            source=rule.source,
            form=_form(subject, rule.key, typed),
            confirmed=done.get(rule.key),
            url=reverse("reference-procedure", args=[rule.code]),
        )
        for rule in reference.list_rules(on=localdate(request.now))
        if rule.mark == Mark.UNVERIFIED
    ]


def _codes(typed: ConfirmForm | None) -> list[Entry]:
    subject = reference.A_CODE
    done = reference.list_confirmations(subject)
    entries = []
    for row in reference.list_unverified_codes():
        key = f"{row.list_id}/{row.code}"
        entries.append(
            Entry(
                title=wording.in_language(row.label_id, row.label_en),
                what=wording.in_language(row.list.title_id, row.list.title_en),
                source=row.source,
                form=_form(subject, key, typed),
                confirmed=done.get(key),
            )
        )
    return entries


def _form(subject: str, key: str, typed: ConfirmForm | None) -> ConfirmForm:
    """The entry's own form; what was typed for it comes back with what is to be mended."""
    if typed is not None and (typed.data.get("subject"), typed.data.get("key")) == (subject, key):
        return typed
    return ConfirmForm(initial={"subject": subject, "key": key}, auto_id=f"id_{key}_%s")


@require_POST
@staff(Permission.KEEP_STANDARDS)
def confirm(request: StaffRequest) -> HttpResponse:
    """Keep that an entry was checked against a source."""
    form = ConfirmForm(request.POST)
    if form.is_valid():
        with faults_into(form):
            operations.confirm_entry(**form.cleaned_data, by=request.actor, at=request.now)
            wording.forget_rules()
            messages.success(request, _("Confirmed. The mark beside it says so from now on."))
            return redirect("reference-unconfirmed")
    return _page(request, form)
