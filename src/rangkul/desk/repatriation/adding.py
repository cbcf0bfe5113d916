"""A group without a list, and people whose files stand already: they too go home."""

from __future__ import annotations

import re
from typing import Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.custody import queries as custody
from rangkul.desk.page import StaffRequest, form_token, staff, text
from rangkul.desk.repatriation import wording
from rangkul.desk.repatriation.importing import arrival_choices, read_arrival
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.repatriation import operations, queries
from rangkul.repatriation.policy import SomeRefused

_NUMBER: Final = re.compile(r"[A-Z]{2}-[0-9A-Z]{4}-[0-9A-Z]{4}")
_MOST: Final = 50


@staff(Permission.ORGANISE_RETURNS)
def new(request: StaffRequest) -> HttpResponse:
    """A group of people whose files stand already, one of them being enough."""
    errors: dict[str, str] = {}
    faults: list[str] = []
    if request.method == "POST":
        arrival, errors = read_arrival(request, form_token(request))
        case_ids, unread = _case_ids(request)
        faults += unread or ([] if case_ids else [_("Write at least one case number.")])
        if arrival is not None and not errors and not faults:
            try:
                with transaction.atomic():
                    group = operations.open_group(arrival=arrival, by=request.actor, at=request.now)
                    operations.add_people(
                        group_id=group.id, case_ids=case_ids, by=request.actor, at=request.now
                    )
            except (InvalidInput, NotReachable, SomeRefused) as fault:
                faults = refusals(request.actor, fault)
            else:
                return _done(request, queries.group_number(group.id), len(case_ids))
    context = arrival_choices(request) | {
        "errors": errors, "faults": faults, "token": form_token(request),
        "numbers": request.POST.get("cases", "") or request.GET.get("kasus", ""),
        "trail": [(reverse("repatriation-board"), _("Way home")), ("", _("A new group"))],
    }  # fmt: skip
    status = 422 if errors or faults else 200
    return render(request, "desk/repatriation/group_new.html", context, status=status)


@staff(Permission.ORGANISE_RETURNS)
@require_POST
def add(request: StaffRequest, number: str) -> HttpResponse:
    """Take people whose files stand already into a group."""
    group = queries.get_group(request.actor, number)
    case_ids, faults = _case_ids(request)
    if not case_ids and not faults:
        faults = [_("Write at least one case number.")]
    if not faults:
        try:
            operations.add_people(
                group_id=group.id, case_ids=case_ids, by=request.actor, at=request.now
            )
        except (InvalidInput, NotReachable, SomeRefused) as fault:
            faults = refusals(request.actor, fault)
        else:
            return _done(request, number, len(case_ids))
    for sentence in faults:
        messages.error(request, sentence)
    return redirect("repatriation-group", number=number)


def refusals(actor: Actor, fault: InvalidInput | NotReachable | SomeRefused) -> list[str]:
    """Why people could not be taken in, as sentences."""
    if isinstance(fault, SomeRefused):
        return wording.refused(actor, fault)
    if isinstance(fault, InvalidInput):
        return wording.faults_of(fault)
    return [_("One of these files is not yours to send home: ask whoever carries it.")]


def _case_ids(request: StaffRequest) -> tuple[list[int], list[str]]:
    """The cases whose numbers were written, and what of it is no number of ours."""
    written = text(request, "cases", 1000).upper()
    found: list[int] = []
    faults = []
    for word in re.split(r"[\s,;]+", written):
        if not word:
            continue
        try:
            if not _NUMBER.fullmatch(word):
                raise NotReachable("no number of ours")
            found.append(custody.case_id_of(word))
        except NotReachable:
            faults.append(_("%(number)s is no case number.") % {"number": word[:20]})
    if len(found) > _MOST:
        faults.append(_("At most %(most)d people at a time.") % {"most": _MOST})
    return list(dict.fromkeys(found)), faults[:5]


def _done(request: StaffRequest, number: str, count: int) -> HttpResponse:
    told = ngettext(
        "%(count)d person is in the group; your agency holds her or him.",
        "%(count)d people are in the group; your agency holds them.", count,
    )  # fmt: skip
    messages.success(request, told % {"count": count})
    return redirect("repatriation-group", number=number)


urlpatterns = [
    path("pemulangan/rombongan-baru/", new, name="repatriation-group-new"),
    path("pemulangan/rombongan/<str:number>/tambah/", add, name="repatriation-group-add"),
]
