"""The one door for every code: whoever looks on cannot tell which kind was written.

Each kind is asked in a fixed order with one digest. What is unknown, was ended, or is no code is
answered with the same words after the same work. An opened code travels from page to page in a
sealed field and never in an address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from rangkul.foundation import hour, longcode
from rangkul.foundation.longcode import LongCode, TooManyAtTheDoor
from rangkul.portal import carried, receipt, tidings
from rangkul.portal.effort import GATE, Kind, Verdict
from rangkul.portal.page import PublicRequest, answer, public

_PURPOSE: Final = "code"
# [local] So long an opened page may lie about before the code has to be written again.
LIFE: Final = timedelta(minutes=20)
_NONE: Final = LongCode(0)


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of code: how it is found, and what its page shows and takes.

    ``find(code, digest, at)`` leads somewhere or nowhere; ``page(request, found, opened)`` shows it
    and does what a pressed button asked, ``opened`` being the sealed field for its forms.
    """

    find: Callable[[LongCode, bytes, datetime], Any | None]
    page: Callable[[PublicRequest, Any, str], HttpResponse]


KINDS: Final[Mapping[str, Code]] = {
    "receipt": Code(receipt.find, receipt.page),
    "tidings": Code(tidings.find, tidings.page),
}
"""Every kind, in the order in which they are asked."""


@require_http_methods(["GET", "HEAD", "POST"])
@public
def code(request: PublicRequest) -> HttpResponse:
    """Open what a code leads to, or go on in what was opened."""
    if request.method != "POST":
        return _door(request)
    opened = request.POST.get("opened", "")
    if opened:
        return _go_on(request, opened)
    verdict, seconds = GATE.judge(
        Kind.TRY, request.POST.get("effort", ""), request.POST.get("answer", ""), at=hour.now()
    )
    if verdict is not Verdict.DONE:
        return _door(request, seconds=seconds, anew=verdict is Verdict.ANEW)
    return _try(request)


def _try(request: PublicRequest) -> HttpResponse:
    """Ask every kind; a wrong code costs as much as a right one."""
    said = longcode.read(request.POST.get("code", ""))
    asked = said or _NONE
    try:
        digest = longcode.digest(asked)
    except TooManyAtTheDoor:
        return _door(request, busy=True, status=503)
    found = {name: kind.find(asked, digest, hour.now()) for name, kind in KINDS.items()}
    for name, pointer in found.items():
        if said is not None and pointer is not None:
            return KINDS[name].page(request, pointer, _sealed(said, name, request))
    return _door(request, wrong=True, status=422)


def _go_on(request: PublicRequest, opened: str) -> HttpResponse:
    """The next step behind a code that was opened a while ago."""
    held = carried.unseal(_PURPOSE, opened, at=hour.now(), life=LIFE)
    kind = KINDS.get(held["kind"]) if held else None
    if held is None or kind is None:
        return _door(request, late=True)
    said = LongCode(held["code"])
    try:
        pointer = kind.find(said, longcode.digest(said), hour.now())
    except TooManyAtTheDoor:
        return _door(request, busy=True, status=503)
    if pointer is None:
        return _door(request, late=True)
    return kind.page(request, pointer, _sealed(said, held["kind"], request))


def _sealed(said: LongCode, kind: str, request: PublicRequest) -> str:
    return carried.seal(_PURPOSE, {"code": said.value, "kind": kind}, at=hour.now())


def _door(request: PublicRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    challenge = GATE.ask(Kind.TRY, at=hour.now())
    if more.get("seconds"):
        # The same word goes on: its waiting has begun already.
        more["word"] = request.POST.get("effort", "")
    context = {"challenge": challenge, "written": "", **more}
    if more.get("seconds") or more.get("anew"):
        context["written"] = request.POST.get("code", "")[:400]
    return answer(request, "portal/code/door.html", context, status=status)


urlpatterns: list[URLPattern] = [path("kode/", code, name="code")]
