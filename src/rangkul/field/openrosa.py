"""Answers in OpenRosa's words: the envelope of a message, the list of forms, and the headers that
each answer bears.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from html import escape
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from rangkul.assessments.problems import Problem
from rangkul.field.limits import MOST_BYTES
from rangkul.field.queries import PhoneForm

_XML: Final = "text/xml; charset=utf-8"


def message(status: int, text: str, *, nature: str = "") -> HttpResponse:
    """One sentence in OpenRosa's envelope."""
    marked = f' nature="{nature}"' if nature else ""
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<OpenRosaResponse xmlns="http://openrosa.org/http/response">'
        f"<message{marked}>{escape(text)}</message></OpenRosaResponse>"
    )
    return stamped(HttpResponse(body, status=status, content_type=_XML))


def refused(status: int, problems: Iterable[Problem], language: str) -> HttpResponse:
    """Why not, in the person's language, with where each thing is to be mended."""
    told = [
        f"{problem.where}: {problem.text(language)}" if problem.where else problem.text(language)
        for problem in problems
    ]
    return message(status, " ".join(told[:10]), nature="error")


def stamped(answer: HttpResponse) -> HttpResponse:
    """With the headers that OpenRosa wants on every answer; ``Date`` is the web server's."""
    answer["X-OpenRosa-Version"] = "1.0"
    answer["X-OpenRosa-Accept-Content-Length"] = str(MOST_BYTES)
    return answer


def form_list(forms: Iterable[PhoneForm], request: HttpRequest, language: str) -> HttpResponse:
    """The forms as a phone lists them; the hash tells it whether it has this one already."""
    lines = []
    for form in forms:
        row = form.row
        title = row.title_en if language.startswith("en") else row.title_id
        address = request.build_absolute_uri(reverse("openrosa-form", args=[row.id]))
        told: Mapping[str, str] = {
            "formID": row.code, "name": title, "version": row.version, "hash": hash_of(form),
            "downloadUrl": address,
        }  # fmt: skip
        inside = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in told.items())
        lines.append(f"<xform>{inside}</xform>")
    return _xml(f'<xforms xmlns="http://openrosa.org/xforms/xformsList">{"".join(lines)}</xforms>')


def form_xml(form: PhoneForm) -> HttpResponse:
    """The form itself."""
    return stamped(HttpResponse(form.xml, content_type=_XML))


def manifest() -> HttpResponse:
    """The files beside a form: none of ours has any."""
    return _xml('<manifest xmlns="http://openrosa.org/xforms/xformsManifest"/>')


def hash_of(form: PhoneForm) -> str:
    """OpenRosa's mark of what is served."""
    digest = hashlib.md5(form.xml.encode(), usedforsecurity=False).hexdigest()
    return f"md5:{digest}"


def _xml(root: str) -> HttpResponse:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{root}'
    return stamped(HttpResponse(text, content_type=_XML))
