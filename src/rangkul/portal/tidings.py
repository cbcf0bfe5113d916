"""Behind a survivor's code: messages with whoever carries her case, and what she asked to be told.

Behind her code for pressure stands the same page with nothing on it, whatever was written; it takes
what is typed and pressed as the other does, and somebody is called.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from django.http import HttpResponse

from rangkul.foundation import hour
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.longcode import LongCode
from rangkul.portal import sealing, writing
from rangkul.portal.numbers import emergency_numbers
from rangkul.portal.page import PublicRequest, answer
from rangkul.tidings import operations as tidings
from rangkul.tidings.openings import Pointer

_SURE: Final = "ya"


def find(code: LongCode, digest: bytes, at: datetime) -> Pointer | None:
    """Where a survivor's code, or her code for pressure, leads."""
    return tidings.find_line(code=code, digest=digest, at=at)


def page(request: PublicRequest, pointer: Pointer, opened: str) -> HttpResponse:
    """What she is shown, after what the pressed button asked for was done."""
    at, do = hour.now(), request.POST.get("do", "")
    sure = request.POST.get("sure") == _SURE
    wrong: dict[str, str] = {}
    done, sent = "", ""
    if do == "end" and sure:
        tidings.end_by_code(pointer=pointer, at=at)
        return answer(request, "portal/code/ended.html", {})
    if do == "consent" and sure:
        done = "taken" if tidings.take_back_consent(pointer=pointer, at=at) else "asked"
    elif do == "message":
        try:
            sent = writing.unsealed(request, "message")["message"].replace("\r\n", "\n")
            tidings.write_by_code(pointer=pointer, text=sent, token=_token(request), at=at)
            done = "sent"
        except InvalidInput as fault:
            wrong = writing.in_sentences(fault.errors)
    context: dict[str, Any] = {
        "told": tidings.open_line(pointer=pointer, at=at),
        "opened": opened,
        "again": {"opened": opened},
        "token": uuid4(),
        "numbers": emergency_numbers(),
        "wrong": wrong,
        "done": done,
        "typed": sent if wrong else "",
        "key": sealing.key_of(sealing.HOUSE, at=at),
        "most": tidings.MOST_WORDS,
    }
    return answer(request, "portal/code/tidings.html", context, status=422 if wrong else 200)


def _token(request: PublicRequest) -> UUID:
    try:
        return UUID(request.POST.get("token", ""))
    except ValueError:
        raise NotReachable("a message without its number") from None
