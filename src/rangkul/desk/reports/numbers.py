"""From the number in an address to a report's id, and back."""

from __future__ import annotations

from django.urls import reverse

from rangkul.foundation.errors import NotReachable
from rangkul.foundation.ids import MistypedNumber
from rangkul.reports import queries as reports


def report_id_or_404(number: str) -> int:
    """The report that a number in an address names; a mistyped one is not asked for."""
    try:
        return reports.report_id_of(number)
    except MistypedNumber as fault:
        raise NotReachable("no such number") from fault


def address(name: str, report_id: int) -> str:
    """The address of one of a report's pages."""
    return reverse(name, args=[reports.report_number(report_id)])
