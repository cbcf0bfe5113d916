"""Her own copy: read through by whoever carries the file, then printed and handed to her."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import override

from rangkul.access.permissions import Permission
from rangkul.desk import wording as words
from rangkul.desk.exports import wording as exports
from rangkul.desk.page import StaffRequest, opened_version, staff, typed
from rangkul.desk.rights import wording
from rangkul.foundation import agekeys
from rangkul.foundation.errors import InvalidInput
from rangkul.retention import copying, queries


@staff(Permission.OPEN_IDENTITY, fresh=True)
def copy(request: StaffRequest, number: str) -> HttpResponse:
    """Choose which words are given; then the paper, in her language. Wants a fresh factor."""
    row = queries.get_request(request.actor, queries.request_id_of(number))
    items = copying.open_items(request_id=row.id, by=request.actor, at=request.now)
    errors: dict[str, str] = {}
    key = ""
    if request.method == "POST":
        try:
            key = _key(request)
            with override(row.language):
                pdf = copying.hand_over_copy(
                    request_id=row.id, expected_version=opened_version(request),
                    chosen=request.POST.getlist("give"), check=request.POST.get("check", ""),
                    safe_to_carry=request.POST.get("safe") == "1", titles=words.act_title,
                    by=request.actor, at=request.now,
                )  # fmt: skip
        except InvalidInput as fault:
            errors = {
                name: exports.key_fault(code) if name == "key"
                else wording.fault(InvalidInput({name: code}))
                for name, code in fault.errors.items()
            }  # fmt: skip
        else:
            return _handed_over(pdf, key)
    chosen = request.POST.getlist("give") if errors else [i.key for i in items if i.own]
    context = {
        "number": number, "row": row, "items": items, "chosen": chosen, "errors": errors,
        "checks": wording.checks(), "check": request.POST.get("check", ""),
    }  # fmt: skip
    return render(request, "desk/rights/copy.html", context, status=422 if errors else 200)


def _key(request: StaffRequest) -> str:
    """Her own public key, where she has one; "" for paper. Raises ``InvalidInput``."""
    typed_key = typed(request, "key")
    try:
        return agekeys.read_key(typed_key) if typed_key else ""
    except agekeys.NotAKey as fault:
        raise InvalidInput({"key": fault.why}) from fault


def _handed_over(pdf: bytes, key: str) -> HttpResponse:
    """The paper to be printed; sealed to her key it is a file that she alone opens."""
    content = agekeys.seal(pdf, key) if key else pdf
    kind, name = (
        ("application/octet-stream", "salinan.pdf.age") if key
        else ("application/pdf", "salinan.pdf")
    )  # fmt: skip
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


urlpatterns = [path("hak/permintaan/<str:number>/salinan/", copy, name="rights-copy")]
