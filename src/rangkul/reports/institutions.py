"""What a desk does about the institution that a report came from: what helps there, or its end.

A registered reporter learns *received* and *in hand*. Beyond that only what she may do at her own
place, in fixed sentences, once the person whom it is about has agreed. Where the institution itself
is suspected its reporters' access ends, and nobody there is told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import may, require
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.workflow import IllegalMove
from rangkul.network import queries as network
from rangkul.reports import events, workflow
from rangkul.reports.models import Report
from rangkul.reports.operations.taking import lock
from rangkul.trail.operations import record

ADVICE: Final = (
    "tidak_bertanya", "rahasia", "orang_dipercaya", "waktu_istirahat", "waktu_tugas",
    "tempat_duduk", "tidak_menghubungi_rumah", "hanya_penjemput_biasa", "kabari_bila_tidak_datang",
)  # fmt: skip
"""What a school, a health post or a village may be asked to do; none of it says what happened."""
AGREED: Final = ("orangnya", "anak_dan_wali")
"""Who agreed: the person herself, or a child together with a guardian who is safe."""
_ADVISED: Final = frozenset({workflow.IN_HAND, workflow.OPENED, workflow.JOINED})


@dataclass(frozen=True, slots=True)
class Institution:
    """Where a report came from, and how many registered reporters it has now."""

    id: int
    name: str
    reporters: int


def institution_of(report: Report, *, at: datetime) -> Institution | None:
    """The institution whose registered reporter sent this report; ``None`` for any other report."""
    found = network.reports_from(report.taken_by)
    if found is None or found.id == report.agency_id:
        return None
    return Institution(found.id, found.name, network.count_reporters(found.id, at=at))


def advice_of(report: Report) -> tuple[str, ...]:
    """The codes that are told to the reporter of this report."""
    held: Mapping[str, Collection[str]] = (report.result or {}).get("advice") or {}
    return tuple(code for code in ADVICE if code in held.get("codes", ()))


@transaction.atomic
def advise(
    *, report_id: int, codes: Collection[str], agreed_by: str, by: Actor, at: datetime
) -> Report:
    """Say what may be done at the institution; no code takes back what was said.

    Nothing is said without agreement. Raises ``Forbidden``, ``NotReachable`` (no registered
    reporter's report), ``IllegalMove`` before the report is in hand, ``InvalidInput``.
    """
    if not may(by.roles, Permission.SEE_UNIT_CASES):
        require(by.roles, Permission.TAKE_REPORT)
    report = lock(by, report_id)
    if institution_of(report, at=at) is None:
        raise NotReachable("no registered reporter sent it")
    if report.state not in _ADVISED:
        raise IllegalMove("advise", report.state)
    if not set(codes) <= set(ADVICE):
        raise InvalidInput({"codes": "unknown"})
    if codes and agreed_by not in AGREED:
        raise InvalidInput({"agreed_by": "required"})
    told = [code for code in ADVICE if code in codes]
    advice: dict[str, object] = {"codes": told, "agreed_by": agreed_by if told else ""}
    report.result = {**(report.result or {}), "advice": advice}
    report.version += 1
    report.save(update_fields=["result", "version"])
    record(
        by=by, at=at, name=events.SCHOOL_ADVISED, subject_kind="report", subject_id=report.id,
        detail=advice,
    )  # fmt: skip
    return report


@transaction.atomic
def end_reporters(*, report_id: int, by: Actor, at: datetime) -> int:
    """End the access of the registered reporters of the institution; how many lost it.

    It stands in the own agency's trail alone: the institution's would tell whom it concerns.
    Raises ``Forbidden``, ``NotReachable``.
    """
    require(by.roles, Permission.SEE_UNIT_CASES)
    report = lock(by, report_id)
    institution = institution_of(report, at=at)
    if institution is None:
        raise NotReachable("no registered reporter sent it")
    record(
        by=by, at=at, name=events.REPORTERS_ENDED, subject_kind="report", subject_id=report.id,
        detail={"institution": institution.id},
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("select house.end_reporters(%s, %s)", [report.id, at])
        return int(cursor.fetchone()[0])


def list_advice(report_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """What the acting registered reporter may do about each report of hers; one query.

    The database answers for reports that she sent and for no others.
    """
    with connection.cursor() as cursor:
        cursor.execute("select * from house.advice_for_reporter(%s)", [list(report_ids)])
        told: dict[int, set[str]] = {}
        for report_id, code in cursor.fetchall():
            told.setdefault(report_id, set()).add(code)
    return {
        report_id: tuple(code for code in ADVICE if code in codes)
        for report_id, codes in told.items()
    }
