"""Her own copy: read through by whoever carries the file, then printed and handed to her."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import override

from rangkul.access.permissions import Permission
from rangkul.desk import wording as words
from rangkul.desk.page import StaffRequest, opened_version, staff
from rangkul.desk.rights import wording
from rangkul.foundation.errors import InvalidInput
from rangkul.retention import copying, queries


@staff(Permission.OPEN_IDENTITY, fresh=True)
def copy(request: StaffRequest, number: str) -> HttpResponse:
    """Choose which words are given; then the paper, in her language. Wants a fresh factor."""
    row = queries.get_request(request.actor, queries.request_id_of(number))
    items = copying.open_items(request_id=row.id, by=request.actor, at=request.now)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            with override(row.language):
                pdf = copying.hand_over_copy(
                    request_id=row.id, expected_version=opened_version(request),
                    chosen=request.POST.getlist("give"), check=request.POST.get("check", ""),
                    safe_to_carry=request.POST.get("safe") == "1", titles=words.act_title,
                    by=request.actor, at=request.now,
                )  # fmt: skip
        except InvalidInput as fault:
            errors = {name: wording.fault(InvalidInput({name: code}))
                      for name, code in fault.errors.items()}  # fmt: skip
        else:
            answer = HttpResponse(pdf, content_type="application/pdf")
            answer["Content-Disposition"] = 'attachment; filename="salinan.pdf"'
            return answer
    chosen = request.POST.getlist("give") if errors else [i.key for i in items if i.own]
    context = {
        "number": number, "row": row, "items": items, "chosen": chosen, "errors": errors,
        "checks": wording.checks(), "check": request.POST.get("check", ""),
    }  # fmt: skip
    return render(request, "desk/rights/copy.html", context, status=422 if errors else 200)


urlpatterns = [path("hak/permintaan/<str:number>/salinan/", copy, name="rights-copy")]
