"""A packet's next version, looked at beside what changed; and how long a packet can be opened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.consent.policy import BasisMissing
from rangkul.desk.page import StaffRequest, staff, text
from rangkul.desk.referrals import wording
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.workflow import IllegalMove
from rangkul.reference import queries as reference
from rangkul.reference.zones import zone_of
from rangkul.referrals import operations, queries, sheet
from rangkul.referrals.operations import Renewal
from rangkul.referrals.policy import PacketClosed, PreviewChanged


class ExtendForm(forms.Form):
    """Until which day a packet can be opened."""

    until = forms.DateField(
        label=gettext_lazy("The packet opens until"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )


def change_labels(codes: Iterable[str]) -> list[str]:
    """What is other than before, in words."""
    beside = {"risk": _("the danger"), "is_child": _("whether it is a child")}
    return [beside.get(code) or sheet.fact_label(code) for code in codes]


@staff(Permission.SEND_REFERRAL)
def renew(request: StaffRequest, number: str) -> HttpResponse:
    """The next version as the desk would read it; sent, the last one opens for nobody any more."""
    asked = queries.get_request(request.actor, number)
    note = ""
    try:
        if request.method == "POST":
            operations.renew_packet(
                request_id=asked.id, by=request.actor, at=request.now,
                seen=text(request, "seen", 64) or "unseen",
            )  # fmt: skip
            messages.success(request, _("Sent. The desk reads the new version, and what changed."))
            return redirect("inbox-page", number=number)
    except PreviewChanged:
        note = _("The packet has changed. Please look at it once more, then send.")
    except InvalidInput:
        messages.info(request, _("Nothing in the packet has changed."))
        return redirect("inbox-page", number=number)
    except (BasisMissing, IllegalMove, PacketClosed):
        return _cannot(request, number)
    try:
        renewal = operations.preview_renewal(request_id=asked.id, by=request.actor, at=request.now)
    except (BasisMissing, IllegalMove, InvalidInput, PacketClosed):
        return _cannot(request, number)
    return _page(request, number, renewal, note)


def _cannot(request: StaffRequest, number: str) -> HttpResponse:
    messages.warning(
        request, _("No new version can be sent: the request has ended, or its ground has.")
    )
    return redirect("inbox-page", number=number)


def _page(request: StaffRequest, number: str, renewal: Renewal, note: str) -> HttpResponse:
    content = renewal.content
    context = {
        "number": number, "note": note, "changed": change_labels(renewal.changed),
        "seen": content.digest, "rows": sheet.rows(content), "content": content,
        "withheld": sheet.withheld_words(content.withheld, content.service),
        "sender": ", ".join(p for p in (content.from_agency, content.from_desk) if p),
        "receiver": f"{content.to_desk}, {content.to_agency}",
        "trail": [(reverse("outbox-list"), _("Referrals out")),
                  (reverse("inbox-page", args=[number]), number), ("", _("New version"))],
        "zone": zone_of(request.membership.area_code),
    }  # fmt: skip
    return render(request, "desk/referrals/renew.html", context, status=422 if note else 200)


@staff(Permission.SEND_REFERRAL)
@require_POST
def extend(request: StaffRequest, number: str) -> HttpResponse:
    """Let the packet be opened longer, as long as its ground stands."""
    asked = queries.get_request(request.actor, number)
    form = ExtendForm(request.POST)
    if not form.is_valid():
        messages.error(request, wording.fault_words("required"))
        return redirect("inbox-page", number=number)
    zone = reference.zone_for(request.membership.area_code)
    until = datetime.combine(form.cleaned_data["until"], time(23, 59, 59), tzinfo=zone)
    try:
        operations.extend_packet(request_id=asked.id, until=until, by=request.actor, at=request.now)
    except InvalidInput:
        messages.error(
            request, _("Choose a day after the present one, and no later than the ground lasts.")
        )
    except (BasisMissing, PacketClosed):
        return _cannot(request, number)
    else:
        messages.success(request, _("The packet can be opened longer."))
    return redirect("inbox-page", number=number)


urlpatterns = [
    path("rujukan/<str:number>/versi/", renew, name="referral-renew"),
    path("rujukan/<str:number>/lama/", extend, name="referral-extend"),
]
