"""What every page of one case shows above its content: number, breadcrumbs, sections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from rangkul.cases import queries as cases
from rangkul.cases.models import CaseFile
from rangkul.custody import queries as custody
from rangkul.desk.page import StaffRequest
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.ids import MistypedNumber
from rangkul.reference.zones import zone_of
from rangkul.retention import queries as retention


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the case's own navigation."""

    url: str
    label: str
    count: str
    active: bool


def case_id_or_404(number: str) -> int:
    """The case that a number in an address names; a mistyped one is not asked for."""
    try:
        return custody.case_id_of(number)
    except MistypedNumber as fault:
        raise NotReachable("no such number") from fault


def get_file(request: StaffRequest, number: str) -> CaseFile:
    """The visible file of a number in an address. Raises ``NotReachable``."""
    return cases.get_file(request.actor, case_id_or_404(number))


def frame(
    file: CaseFile, request: StaffRequest, *, section: str, counts: dict[str, int] | None = None
) -> dict[str, Any]:
    """The context that ``desk/cases/frame.html`` needs."""
    number = custody.case_number(file.case_id)
    known = counts or {}
    names = (
        ("case-page", _("Summary")),
        ("case-incident", _("Incident & elements")),
        ("assessment-list", _("Assessments")),
        ("case-plan", _("Plan & services")),
        ("referral-list", _("Referrals")),
        ("conference-case", _("Case conferences")),
        ("case-people", _("People")),
        ("document-list", _("Documents")),
        ("tidings", _("Messages with the survivor")),
        ("consent-list", _("Consent")),
        ("course-page", _("Course & team")),
        ("rights-case", _("Rights over data")),
        ("case-trail", _("Access trail")),
        ("case-relation", _("Conflict of interest")),
    )
    sections = []
    for name, label in names:
        try:
            url = reverse(name, args=[number])
        except NoReverseMatch:
            continue
        count = str(known[name]) if name in known else ""
        sections.append(Section(url, label, count, name == section))
    here = next((s.label for s in sections if s.active), "")
    return {
        "file": file,
        "number": number,
        "sections": sections,
        "section": section,
        "restricted": retention.is_restricted(file.case_id),
        "zone": zone_of(request.membership.area_code),
        "now": request.now,
        "trail": [(reverse("case-list"), _("Cases")), (reverse("case-page", args=[number]), number)]
        + ([("", here)] if section != "case-page" else []),
    }
