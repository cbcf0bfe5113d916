"""Behind a reporter's code: received or in hand, messages both ways, and what she may change.

Never more, whatever follows: the page is made of what `reports.talk.told` tells, which knows no
other state.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from django.http import HttpResponse

from rangkul.foundation import hour
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.longcode import LongCode
from rangkul.portal import sealing, writing
from rangkul.portal.numbers import emergency_numbers
from rangkul.portal.page import PublicRequest, answer
from rangkul.reports import door
from rangkul.reports import operations as reports
from rangkul.reports.receipts import Pointer

_DONE: Final = {"message": "sent", "contact": "changed", "file": "added"}


def find(code: LongCode, digest: bytes, at: datetime) -> Pointer | None:
    """Where a reporter's code leads."""
    return reports.find_receipt(code=code, digest=digest, at=at)


def page(request: PublicRequest, pointer: Pointer, opened: str) -> HttpResponse:
    """What is told, after what the pressed button asked for was done."""
    do = request.POST.get("do", "")
    wrong: dict[str, str] = {}
    if do == "withdraw" and request.POST.get("sure") == "ya":
        reports.withdraw(pointer=pointer, at=hour.now())
        return answer(request, "portal/code/withdrawn.html", {})
    sent: dict[str, str] = {}
    if do in _DONE:
        try:
            sent = writing.unsealed(request, "message", "way", "where", "when", "as_name")
            _do(do, request, sent, pointer)
        except InvalidInput as fault:
            wrong = writing.in_sentences(fault.errors)
    told = reports.open_receipt(pointer=pointer)
    context: dict[str, Any] = {
        "told": told,
        "opened": opened,
        "again": {"opened": opened},
        "token": uuid4(),
        "numbers": emergency_numbers(),
        "ways": writing.WAYS.items(),
        "contact": told.contact if not wrong or do != "contact" else writing.contact_of(sent),
        "wrong": wrong,
        "done": _DONE.get(do, "") if not wrong else "",
        "typed": sent.get("message", "") if wrong and do == "message" else "",
        "key": sealing.key_of(sealing.HOUSE, at=hour.now()),
        "most": door.MOST_MESSAGE,
    }
    return answer(request, "portal/code/receipt.html", context, status=422 if wrong else 200)


def _do(do: str, request: PublicRequest, sent: Mapping[str, str], pointer: Pointer) -> None:
    if do == "message":
        reports.write_from_outside(
            pointer=pointer, text=sent["message"].replace("\r\n", "\n"), token=_token(request),
            at=hour.now(),
        )  # fmt: skip
    elif do == "contact":
        reports.choose_contact(pointer=pointer, contact=writing.contact_of(sent), at=hour.now())
    else:
        contents = writing.files_of(request.FILES.getlist("files"))
        if not contents:
            raise InvalidInput({"file": "required"})
        for content in contents:
            reports.add_file(pointer=pointer, content=content, at=hour.now())


def _token(request: PublicRequest) -> UUID:
    try:
        return UUID(request.POST.get("token", ""))
    except ValueError:
        raise InvalidInput({"message": "unknown"}) from None
