"""Pages for people about their phones: enrolling, withdrawing, the form key, and what waits.

`config.urls` puts the desk's guard around them, because no face of the house imports another.
"""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol, cast
from uuid import UUID

import segno
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.accounts import queries as accounts
from rangkul.assessments import queries as assessments
from rangkul.assessments.problems import SubmissionRefused
from rangkul.custody import queries as custody
from rangkul.field import operations, policy, queries
from rangkul.field.models import Arrival, Device
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.workflow import IllegalMove

LISTS: Final = (*policy.FILLS, Permission.MANAGE_STAFF, Permission.KEEP_FORMS)
"""Who has something to see on the page of phones."""
SETTLES: Final = (*policy.FILLS, Permission.SEE_UNIT_CASES)
"""Who may have something waiting."""

_LIVES: Final = (
    ("7", gettext_lazy("7 days")),
    ("30", gettext_lazy("30 days")),
    ("180", gettext_lazy("180 days")),
)


class _Guarded(Protocol):
    """What the guard has put on the request."""

    actor: Actor
    now: datetime


class DeviceForm(forms.Form):
    """A phone of one's own: what it is called, how long it may call."""

    label = forms.CharField(
        label=gettext_lazy("Which phone it is"), max_length=60,
        help_text=gettext_lazy("For example: office phone, blue case. No survivor's name."),
    )  # fmt: skip
    days = forms.TypedChoiceField(
        label=gettext_lazy("Ends by itself after"), coerce=int, choices=_LIVES, initial="30",
        help_text=gettext_lazy("A lost phone that nobody withdraws is shut out on that day."),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Enrolled:
    """What a new phone is to be told, on one answer only."""

    address: str
    name: str
    password: str
    picture: str


@dataclass(frozen=True, slots=True)
class _Row:
    """One phone on the list."""

    device: Device
    person: str
    is_over: bool


@require_safe
def devices(request: HttpRequest) -> HttpResponse:
    """The person's phones, or the agency's for who manages staff; and which forms they get."""
    guarded = cast(_Guarded, request)
    actor = guarded.actor
    found = queries.list_devices(actor)
    names = accounts.names_of({device.user_id for device in found})
    rows = [
        _Row(
            device,
            names.get(device.user_id, ""),
            device.withdrawn_at is not None or device.expires_at <= guarded.now,
        )
        for device in found
    ]
    context = {
        "rows": rows,
        "whole_agency": may(actor.roles, Permission.MANAGE_STAFF),
        "may_enrol": policy.may_enrol(actor),
        "may_keep_key": may(actor.roles, Permission.KEEP_FORMS),
        "sees_waiting": policy.sees_arrivals(actor),
        "waiting": len(queries.list_open(actor)),
        "phone_forms": [
            (_title(form.row.title_id, form.row.title_en), form.row.version, form.refusal)
            for form in queries.list_phone_forms(actor)
        ],
        "sealed": queries.key_in_force(actor) is not None,
    }
    return render(request, "field/devices.html", context)


@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """Enrol a phone of one's own; its password is shown on this answer only."""
    guarded = cast(_Guarded, request)
    form = DeviceForm(request.POST if request.method == "POST" else None)
    told = None
    if form.is_valid():
        try:
            device, password = operations.enrol_device(
                label=form.cleaned_data["label"], life=timedelta(days=form.cleaned_data["days"]),
                by=guarded.actor, at=guarded.now,
            )  # fmt: skip
        except InvalidInput as fault:
            for name, code in fault.errors.items():
                form.add_error(name if name in form.fields else None, _sentence(code))
        else:
            told = _told(guarded.actor, request, device.name, password)
    context = {"form": form, "told": told, "trail": _trail(_("Enrol a phone"))}
    return render(
        request, "field/enrol.html", context, status=422 if form.is_bound and form.errors else 200
    )


@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take a phone's right away at once. Twice does no harm."""
    guarded = cast(_Guarded, request)
    device_id = _id(request, "device")
    try:
        operations.withdraw_device(device_id=device_id, by=guarded.actor, at=guarded.now)
    except IllegalMove:
        messages.info(request, _("This phone had been withdrawn already."))
    else:
        messages.success(request, _("The phone is withdrawn. Its next call is refused."))
    return redirect("device-list")


@require_http_methods(["GET", "POST"])
def key(request: HttpRequest) -> HttpResponse:
    """The agency's pair of keys: make one, end the one in force."""
    guarded = cast(_Guarded, request)
    if request.method == "POST":
        try:
            if request.POST.get("end"):
                operations.end_key(
                    key_id=_id(request, "end"), by=guarded.actor, at=guarded.now
                )  # fmt: skip
                messages.success(
                    request,
                    _("From now on phones get no key. What was sealed before opens still."),
                )
            else:
                operations.make_key(by=guarded.actor, at=guarded.now)
                messages.success(
                    request, _("From now on phones seal each filling as soon as it is finished.")
                )
        except IllegalMove:
            messages.info(request, _("Somebody else has done this already."))
        return redirect("form-key")
    rows = [(each, queries.written(each)) for each in queries.list_keys(guarded.actor)]
    context = {
        "rows": rows,
        "in_force": any(each.ended_at is None for each, _written in rows),
        "trail": _trail(_("Sealing on phones")),
    }
    return render(request, "field/key.html", context)


# -- what waits -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _WaitingRow:
    """One filling that waits for its file."""

    arrival: Arrival
    title: str
    sender: str
    number: str
    days: int
    is_partial: bool


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Fillings from phones that wait for their file, the oldest first."""
    return _waiting_page(request)


@require_POST
def place(request: HttpRequest) -> HttpResponse:
    """Put a waiting filling into the file of the typed number."""
    guarded = cast(_Guarded, request)
    arrival_id = _id(request, "arrival")
    number = request.POST.get("number", "").strip()[:40]
    try:
        case_id = operations.place_arrival(
            arrival_id=arrival_id, number=number, by=guarded.actor, at=guarded.now
        )
    except InvalidInput:
        told = _(
            "No open file of this number is yours to see. Look at the number once more, or ask "
            "your supervisor."
        )
        return _waiting_page(request, wrong=arrival_id, told=told, typed=number)
    except SubmissionRefused as fault:
        told = " ".join(problem.text(get_language() or "id") for problem in fault.problems)
        return _waiting_page(request, wrong=arrival_id, told=told, typed=number)
    except IllegalMove:
        messages.info(request, _("Somebody else has settled this filling already."))
        return redirect("arrival-list")
    messages.success(request, _("The filling stands in its file now."))
    return redirect("assessment-list", number=custody.case_number(case_id))


@require_POST
def discard(request: HttpRequest) -> HttpResponse:
    """Throw a waiting filling away, with the reason."""
    guarded = cast(_Guarded, request)
    arrival_id = _id(request, "arrival")
    try:
        operations.discard_arrival(
            arrival_id=arrival_id, reason=request.POST.get("reason", ""), by=guarded.actor,
            at=guarded.now,
        )  # fmt: skip
    except InvalidInput:
        return _waiting_page(request, wrong=arrival_id, told=_("Choose why it is thrown away."))
    except IllegalMove:
        messages.info(request, _("Somebody else has settled this filling already."))
    else:
        messages.success(request, _("Thrown away. That it came, and why it went, stays recorded."))
    return redirect("arrival-list")


def _waiting_page(
    request: HttpRequest, *, wrong: UUID | None = None, told: str = "", typed: str = ""
) -> HttpResponse:
    guarded = cast(_Guarded, request)
    found = queries.list_open(guarded.actor)
    names = accounts.names_of({each.user_id for each in found})
    numbers = queries.typed_numbers(found)
    titles = {
        form.id: _title(form.title_id, form.title_en)
        for form in assessments.list_forms(guarded.actor)
    }
    rows = [
        _WaitingRow(
            each,
            titles.get(each.form_id, ""),
            names.get(each.user_id, ""),
            typed if each.id == wrong and typed else numbers.get(each.id, ""),
            max((guarded.now - each.received_at).days, 0),
            each.state == Arrival.PARTIAL,
        )
        for each in found
    ]
    context = {
        "rows": rows,
        "wrong": wrong,
        "told": told,
        "reasons": _reasons().items(),
        "trail": _trail(_("Waiting for their file")),
    }
    return render(request, "field/waiting.html", context, status=422 if told else 200)


def _reasons() -> dict[str, str]:
    return {
        "uji_coba": _("Only a trial"),
        "ganda": _("Sent twice"),
        "salah_isi": _("Filled in by mistake"),
        "bukan_kasus": _("About nobody's case"),
    }


# -- words ------------------------------------------------------------------------------------


def _told(actor: Actor, request: HttpRequest, name: str, password: str) -> _Enrolled:
    address = request.build_absolute_uri("/openrosa")
    # What is readable leaves the phone once it is sent. What is sealed tells nobody anything, and
    # stays: after a restore of the database it can be sent again.
    is_sealed = queries.key_in_force(actor) is not None
    picture = _picture(address, name, password, deletes_sent=not is_sealed)
    return _Enrolled(address, name, password, picture)


def _picture(address: str, name: str, password: str, *, deletes_sent: bool) -> str:
    """The settings of ODK Collect as its QR code carries them: packed JSON in Base64."""
    wanted: dict[str, Any] = {
        "general": {
            "protocol": "odk_default", "server_url": address, "username": name,
            "password": password, "form_update_mode": "match_exactly",
            "autosend": "wifi_and_cellular", "delete_send": deletes_sent,
            "app_language": "en" if _english() else "in",
        },
        "admin": {},
        "project": {"name": "Rangkul", "icon": "R"},
    }  # fmt: skip
    packed = base64.b64encode(zlib.compress(json.dumps(wanted).encode()))
    drawn = segno.make(packed.decode(), error="l", micro=False)
    return str(drawn.svg_data_uri(scale=4, border=4, light="#fff"))


def _sentence(code: str) -> str:
    return {
        "required": _("Say which phone it is."),
        "too_long": _("At most 60 signs fit."),
        "too_many": _("You have five phones already. Withdraw one first."),
    }.get(code, _("Choose from the list."))


def _trail(here: str) -> list[tuple[str, str]]:
    return [(reverse("device-list"), _("Field phones")), ("", here)]


def _title(title_id: str, title_en: str) -> str:
    return title_en if _english() else title_id


def _english() -> bool:
    return (get_language() or "id").startswith("en")


def _id(request: HttpRequest, name: str) -> UUID:
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError as fault:
        raise NotReachable("no such row") from fault
