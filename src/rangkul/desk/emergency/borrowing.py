"""Borrowing: number, reason, second factor; then the safe part of one file for a while."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.accounts import queries as accounts
from rangkul.custody import emergency
from rangkul.custody import queries as custody
from rangkul.custody.emergency import EmergencyOver, RightRests
from rangkul.custody.models import EmergencyGrant
from rangkul.desk import watching as wording
from rangkul.desk.cases.people import part_label
from rangkul.desk.emergency.forms import BorrowForm
from rangkul.desk.page import StaffRequest, posted, staff
from rangkul.foundation.errors import InvalidInput
from rangkul.network import queries as network
from rangkul.people import borrowed
from rangkul.people.borrowed import Lent, LentPerson
from rangkul.people.models import Person
from rangkul.reference import queries as reference
from rangkul.reference.zones import zone_of

_SEES: Final = (Permission.USE_EMERGENCY_ACCESS, Permission.REVIEW_EMERGENCY_ACCESS)
# A screen that is left alone covers itself sooner than the borrowing ends.
_LONGEST_LOOK: Final = 300


@dataclass(frozen=True, slots=True)
class Line:
    """One borrowing in a list."""

    grant: EmergencyGrant
    number: str
    who: str
    reason: str
    is_live: bool
    verdict: str


@staff(one_of=_SEES)
@require_safe
def emergency_list(request: StaffRequest) -> HttpResponse:
    """What waits for this supervisor's review, and the borrowings of the last ninety days."""
    actor = request.actor
    waiting = {grant.id for grant in emergency.waiting_for(actor)}
    lines = _lines(request, emergency.list_grants(actor, at=request.now))
    context = {
        "waiting": [line for line in lines if line.grant.id in waiting],
        "others": [line for line in lines if line.grant.id not in waiting],
        "standing": emergency.standing_of_own(),
        "most": emergency.MOST_WAITING,
        "may_borrow": may(actor.roles, Permission.USE_EMERGENCY_ACCESS),
        "may_review": may(actor.roles, Permission.REVIEW_EMERGENCY_ACCESS),
        "zone": zone_of(request.membership.area_code), "now": request.now,
    }  # fmt: skip
    return render(request, "desk/emergency/list.html", context)


@staff(Permission.USE_EMERGENCY_ACCESS, fresh=True)
@require_http_methods(["GET", "POST"])
def emergency_new(request: StaffRequest) -> HttpResponse:
    """Borrow one case by its number."""
    area = request.membership.area_code
    form = BorrowForm(posted(request), lengths=emergency.lengths(area, request.now))
    standing = emergency.standing_of_own()
    if form.is_valid():
        try:
            grant = emergency.open_emergency(
                **form.cleaned_data, area=area, by=request.actor, at=request.now
            )
        except InvalidInput as fault:
            _put_back(form, fault)
        except RightRests:
            form.add_error(None, _("Your right to borrow rests until an earlier one is reviewed."))
        else:
            return redirect("emergency-page", grant.id)
    context = {
        "form": form, "standing": standing, "most": emergency.MOST_WAITING,
        "trail": [(reverse("emergency-list"), _("Emergency access")), ("", _("Borrow a file"))],
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "desk/emergency/new.html", context, status=status)


@staff(Permission.USE_EMERGENCY_ACCESS)
@require_POST
def emergency_read(request: StaffRequest, grant_id: int) -> HttpResponse:
    """The safe part of the file, while the borrowing runs; each look is recorded."""
    try:
        lent = borrowed.read_lent(grant_id=grant_id, by=request.actor, at=request.now)
    except EmergencyOver:
        request.undo = True
        return render(request, "desk/emergency/over.html", status=410)
    return render(request, "desk/emergency/lent.html", _shown(request, lent))


@staff(Permission.USE_EMERGENCY_ACCESS)
@require_safe
def emergency_cover(request: StaffRequest, grant_id: int) -> HttpResponse:
    """The covered part, which a look turns back into after its time."""
    grant = emergency.get_grant(request.actor, grant_id, at=request.now)
    live = emergency.is_live(grant, at=request.now)
    return render(request, "desk/emergency/covered.html", {"grant": grant, "is_live": live})


def _shown(request: StaffRequest, lent: Lent) -> dict[str, Any]:
    cover, grant = lent.cover, lent.grant
    names = accounts.names_of(cover.companions)
    left = int((grant.ends_at - request.now).total_seconds())
    return {
        "lent": lent, "grant": grant, "number": custody.case_number(grant.case_id),
        "cover": cover, "age": reference.label("kelompok_usia", cover.age_band)
        if cover.age_band else "",
        "lead": network.agency_names([cover.lead_agency_id]).get(cover.lead_agency_id, ""),
        "companions": [names.get(user, "") for user in cover.companions],
        "people": [_person(each) for each in lent.people],
        "seconds": max(1, min(left, _LONGEST_LOOK)),
        "zone": zone_of(request.membership.area_code), "now": request.now,
        "trail": [(reverse("emergency-list"), _("Emergency access")),
                  (reverse("emergency-page", args=[grant.id]), _("Borrowing"))],
    }  # fmt: skip


def _person(each: LentPerson) -> dict[str, Any]:
    person, identity, contact = each.person, each.identity, each.contact
    born = identity.birth_date.strftime("%d-%m-%Y") if identity.birth_date else ""
    rows = [
        (_("Full name"), identity.full_name), (_("Called"), identity.called_name),
        (_("Other names, with commas"), ", ".join(identity.aliases)),
        (_("Born"), born or str(person.birth_year or "")), ("NIK", identity.nik),
        (_("Passport"), identity.passport), (_("Phone"), contact.phone),
        (_("How and when to reach safely"), contact.how), (_("Code word"), contact.code_word),
    ]  # fmt: skip
    return {
        "part": part_label(person.part),
        "is_survivor": person.part == Person.SURVIVOR,
        "relation": reference.label("hubungan_rinci", person.relation) if person.relation else "",
        "rows": [(label, value) for label, value in rows if value],
        "never": person.contact_allowed is False,
        "bans": [reference.label("larangan_kontak", code) for code in person.contact_bans],
    }


def _lines(request: StaffRequest, grants: list[EmergencyGrant]) -> list[Line]:
    names = accounts.names_of({grant.user_id for grant in grants})
    verdicts = emergency.verdicts_of(grants)
    return [
        Line(
            grant, custody.case_number(grant.case_id), names.get(grant.user_id, ""),
            str(wording.REASONS.get(grant.reason, grant.reason)),
            emergency.runs(grant, verdicts.get(grant.id, set()), at=request.now),
            _verdict(verdicts.get(grant.id, set())),
        )
        for grant in grants
    ]  # fmt: skip


def _verdict(steps: set[str]) -> str:
    return next((code for code in ("justified", "unjustified") if code in steps), "")


def _put_back(form: forms.Form, fault: InvalidInput) -> None:
    sentences = {
        "mistyped": _("This number has a slip in it: its last sign does not fit."),
        "unknown": _("No file can be borrowed by this number. Please compare it once more."),
        "visible": _("You can see this file already: open it from your cases."),
    }
    for name, code in fault.errors.items():
        form.add_error(
            name if name in form.fields else None, sentences.get(code, _("Please choose or write."))
        )


urlpatterns = [
    path("darurat/", emergency_list, name="emergency-list"),
    path("darurat/baru/", emergency_new, name="emergency-new"),
    path("darurat/<int:grant_id>/buka/", emergency_read, name="emergency-read"),
    path("darurat/<int:grant_id>/tutup/", emergency_cover, name="emergency-cover"),
]
