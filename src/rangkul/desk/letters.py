"""Letters of a request: the neutral slip for the sender, the full letter for the receiver."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import override
from django.views.decorators.http import require_POST

from rangkul.access.permissions import Permission
from rangkul.desk.page import StaffRequest, staff
from rangkul.desk.referrals import wording
from rangkul.desk.referrals.forms import SlipForm
from rangkul.foundation.errors import InvalidInput
from rangkul.referrals import letters, operations, queries
from rangkul.referrals.letters import Slip


@staff(Permission.PRINT_LETTERS)
def neutral(request: StaffRequest, number: str) -> HttpResponse:
    """Asks whether it is safe to carry, then gives the slip."""
    asked = queries.get_sent(request.actor, queries.request_id_of(number))
    form = SlipForm(
        request.POST if request.method == "POST" else None,
        initial={"language": request.LANGUAGE_CODE[:2]},
    )
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        slip = Slip(clean["when"], clean["place"], clean["bring"])
        try:
            with override(clean["language"]):
                pdf = letters.print_slip(
                    request_id=asked.id, slip=slip, safe_to_carry=clean["safe"],
                    address=_address(request, number), by=request.actor, at=request.now,
                )  # fmt: skip
        except InvalidInput as fault:
            wording.put_faults(form, fault)
        else:
            return _pdf(pdf, "janji.pdf")
    context = {"form": form, "number": queries.packet_number(asked.id)}
    return render(request, "desk/letters/slip.html", context, status=422 if form.errors else 200)


@staff(Permission.ANSWER_PACKETS)
@require_POST
def full(request: StaffRequest, number: str) -> HttpResponse:
    """The packet on paper, for the desk that received it."""
    request_id = queries.request_id_of(number)
    opened = operations.open_packet(request_id=request_id, by=request.actor, at=request.now)
    pdf = letters.print_full(
        opened=opened, address=_address(request, number), by=request.actor, at=request.now
    )
    return _pdf(pdf, "rujukan.pdf")


def _address(request: StaffRequest, number: str) -> str:
    """The packet's number as an address: it asks for sign-in and tells nothing else."""
    canonical = queries.packet_number(queries.request_id_of(number))
    return request.build_absolute_uri(reverse("letter-open", args=[canonical]))


def _pdf(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


urlpatterns = [
    path("rujukan/<str:number>/surat/", neutral, name="letter-neutral"),
    path("rujukan/<str:number>/surat/lengkap/", full, name="letter-full"),
]
