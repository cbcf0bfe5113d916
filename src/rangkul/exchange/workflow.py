"""The states of a recipient and of an export, the limits, and the codes that people choose from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rangkul.foundation.workflow import Move, Moves

# [local] How much may leave, and how long it may lie there.
MOST_ROWS: Final = 20_000
MOST_ROWS_ALONE: Final = 1_000
MOST_IN_A_DAY: Final = 3
FETCHED_WITHIN: Final = timedelta(hours=24)
MOST_PURPOSE: Final = 120

ADDED, CONFIRMED, ENDED = "added", "confirmed", "ended"
_STAFF: Final = frozenset({"staff"})
RECIPIENT = Moves(
    initial=ADDED,
    states=(ADDED, CONFIRMED, ENDED),
    moves=(
        Move("confirm", frozenset({ADDED}), CONFIRMED, _STAFF),
        Move("end", frozenset({ADDED, CONFIRMED}), ENDED, _STAFF),
    ),
)

WAITING, QUEUED, MAKING, READY = "waiting", "queued", "making", "ready"
FETCHED, DESTROYED = "fetched", "destroyed"
LIVE: Final = (WAITING, QUEUED, MAKING, READY)
_MAKER, _HOUSE = frozenset({"maker"}), frozenset({"house"})
EXPORT = Moves(
    initial=WAITING,
    states=(*LIVE, FETCHED, DESTROYED),
    moves=(
        # Of a small export the house itself says yes; of a large one a second person.
        Move("approve", frozenset({WAITING}), QUEUED, frozenset({"second", "house"})),
        # A worker that died is followed by another, which begins anew.
        Move("begin", frozenset({QUEUED, MAKING}), MAKING, _HOUSE),
        Move("finish", frozenset({MAKING}), READY, _HOUSE),
        Move("fetch", frozenset({READY}), FETCHED, _MAKER),
        Move("destroy", frozenset(LIVE), DESTROYED, frozenset({"maker", "house"})),
    ),
)

OWN, DUTY, TASK = "own", "duty", "task"
GROUNDS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        OWN: _("Inside our own agency: nothing goes to anybody else"),
        DUTY: _("A law obliges us to (UU 27/2022 art. 20(2)c)"),
        TASK: _("A public task that a law gives them (UU 27/2022 art. 20(2)e)"),
    }
)
"""On what ground something may go to a recipient; beyond the own agency with the article."""

REASONS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "laporan_berkala": _("Periodic report that a law or a decree asks for"),
        "evaluasi": _("Looking at how our own work goes"),
        "pemeriksaan": _("Examination by an inspectorate or a court"),
        "pindah_sistem": _("Our agency changes to another system"),
    }
)
"""Why a table leaves the house."""

CSV, CSV_EXCEL, XLSX = "csv", "csv_excel", "xlsx"
FORMS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        XLSX: _("Excel workbook (.xlsx)"),
        CSV_EXCEL: _("CSV for Excel (with a mark of its coding)"),
        CSV: _("CSV, plain UTF-8"),
    }
)
"""What the file is, once its recipient has opened it."""

EXPIRED, TAKEN_BACK, LEFT, GROWN, EMPTY = "expired", "taken_back", "left", "grown", "empty"
WHYS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "withdrawn": _("Somebody in it has withdrawn a consent."),
        "restricted": _("A file in it has been restricted."),
        "erased": _("A file in it has been erased."),
        "custody": _("A file in it is no longer your agency's."),
        "conflict": _("A file in it has been closed to you."),
        "child": _("A file in it is a child's."),
        "recipient_ended": _("Its recipient has been ended."),
        LEFT: _("Whoever asked for it may no longer make exports."),
        GROWN: _("It had become larger than what was asked for. Ask anew."),
        EMPTY: _("No row was left when it was made."),
        EXPIRED: _("Nobody fetched it in time."),
        TAKEN_BACK: _("It was taken back."),
    }
)
"""Why a prepared file is no longer there."""
