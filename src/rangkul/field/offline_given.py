"""What a browser takes along before it goes where no line is: forms and numbers, and no name."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any, Final

from django.conf import settings

from rangkul.access.permissions import Permission
from rangkul.access.policy import Forbidden, may
from rangkul.assessments import queries as assessments
from rangkul.assessments.models import FormVersion
from rangkul.assessments.policy import require_filler
from rangkul.assessments.workflow import PUBLISHED
from rangkul.custody import queries as custody
from rangkul.field import offline_report, offline_seal
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.reference import queries as reference

MOST_CASES: Final = 300
"""File numbers that go along, the newest files first."""


def given(*, by: Actor, area: str, language: str, at: datetime) -> dict[str, Any]:
    """All that the page needs without a line: the agency's key, the hour, forms, file numbers.

    ``area`` is where the person works: the districts of its province go along by name.
    """
    number = offline_seal.key_number(at)
    point = offline_seal.public_point(settings.KEY_RING, agency_id=by.agency_id, number=number)
    takes_reports = may(by.roles, Permission.TAKE_REPORT)
    forms = _forms(by)
    return {
        **present(by=by, at=at),
        "language": language,
        "key": {"number": number, "point": base64.b64encode(point).decode()},
        "report": offline_report.parts() if takes_reports else [],
        "areas": _areas(area) if takes_reports else [],
        "forms": forms,
        "cases": _numbers(by) if forms else [],
    }


def present(*, by: Actor, at: datetime) -> dict[str, Any]:
    """Who is signed in, by the mark that items bear, and the hour of the house in milliseconds."""
    mark = offline_seal.person_mark(settings.KEY_RING, by)
    return {"person": mark.hex(), "now": int(at.timestamp() * 1_000)}


def _forms(by: Actor) -> list[dict[str, Any]]:
    newest: dict[str, FormVersion] = {}
    for form in assessments.list_forms(by):
        if form.state == PUBLISHED:
            newest.setdefault(form.code, form)
    return [
        {
            "id": str(form.id), "code": form.code, "version": form.version,
            "title": [form.title_id, form.title_en], "xform": form.xform,
        }
        for form in newest.values() if _may_fill(by, form)
    ]  # fmt: skip


def _may_fill(by: Actor, form: FormVersion) -> bool:
    try:
        require_filler(by, form)
    except (Forbidden, NotReachable):
        return False
    return True


def _numbers(by: Actor) -> list[str]:
    ids = custody.accesses(by).values_list("case_id", flat=True)[:MOST_CASES]
    return [custody.case_number(case_id) for case_id in ids]


def _areas(area: str) -> list[tuple[str, str]]:
    """Code and name: every regency, and the districts of one's own province."""
    regencies = reference.list_areas(kind="regency")
    districts = reference.list_areas(kind="district", within=area.partition(".")[0])
    return [(each.code, each.full_name) for each in (*regencies, *districts)]
