"""The frame in which ODK's form engine runs: a page without data, without origin, without a line.

The engine compiles its XPath parser and writes its styles into the page: the one place of the house
with ``wasm-unsafe-eval`` and ``unsafe-inline`` styles. What it may do with them is nothing: see
``docs/decisions/0022-form-engine-in-a-frame.md``.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.utils import build_policy
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from rangkul.desk.page import StaffRequest, staff

_SCRIPT: Final = "rangkul/form-frame.js"
# Where it stands in the page: put there as it is, because the policy knows it by its digest.
_PLACE: Final = "/* form-frame.js */"
# A year: another build has another address.
_KEPT: Final = "private, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Frame:
    """The page as it is sent, packed once, and the policy that admits its one script by digest."""

    page: bytes
    packed: bytes
    version: str
    policy: str


def policy(digest: str) -> str:
    """The frame's Content-Security-Policy; ``digest`` is the base64 SHA-256 of its script."""
    return build_policy(
        config={
            "default-src": [NONE],
            "script-src": [f"'sha256-{digest}'", "'wasm-unsafe-eval'"],
            "style-src": [UNSAFE_INLINE],
            "img-src": ["data:", "blob:"],
            "connect-src": [NONE],
            "base-uri": [NONE],
            "form-action": [NONE],
            "frame-ancestors": [SELF],
            # No origin: no cookie, no store, no way into the page around it.
            "sandbox": ["allow-scripts"],
            "require-trusted-types-for": ["'script'"],
            "trusted-types": ["default", "vue", "dompurify"],
        }
    )


@cache
def frame() -> Frame:
    """The frame of this build. Raises ``LookupError`` where the front end was never built."""
    found = finders.find(_SCRIPT)
    if found is None:
        raise LookupError("the front end is not built: the form engine's frame is missing")
    script = Path(found).read_text(encoding="utf-8")
    digest = hashlib.sha256(script.encode()).digest()
    page = render_to_string("desk/forms/frame.html").replace(_PLACE, script).encode()
    return Frame(
        page, gzip.compress(page, 9, mtime=0), digest.hex()[:16],
        policy(base64.b64encode(digest).decode()),
    )  # fmt: skip


def address() -> str:
    """Where a page finds the frame of this build."""
    return f"{reverse('form-frame')}?v={frame().version}"


@require_safe
@xframe_options_sameorigin
def bare_frame(request: HttpRequest) -> HttpResponse:
    """The frame. It holds nobody's data, and under its build's own address a browser keeps it.

    The installed page has it under an address of its own, which its worker may answer without a
    line (``config.urls``); nobody need be signed in for what is the same for everybody.
    """
    held = frame()
    packs = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = HttpResponse(held.packed if packs else held.page)
    if packs:
        answer["Content-Encoding"] = "gzip"
    answer["Vary"] = "Accept-Encoding"
    answer["Content-Security-Policy"] = held.policy
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    if request.GET.get("v") == held.version:
        answer["Cache-Control"] = _KEPT
    return answer


@staff()
def form_frame(request: StaffRequest) -> HttpResponseBase:
    """The same for the pages of a case."""
    return bare_frame(request)


urlpatterns = [path("formulir/bingkai/", form_frame, name="form-frame")]
