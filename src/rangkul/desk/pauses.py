"""What a resting deadline says on a screen: why it rests, until when, and whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rangkul.cases import queries as cases
from rangkul.clocks import queries as clocks
from rangkul.clocks import resting, workflow
from rangkul.clocks.models import Clock
from rangkul.custody import queries as custody
from rangkul.desk import wording
from rangkul.desk.page import StaffRequest
from rangkul.reference.zones import zone_of
from rangkul.referrals import workflow as referrals

# A deadline rests with a paused service, or for a reason of the case's own.
REASONS: Final[Mapping[str, str | Promise]] = {
    **referrals.PAUSE_REASONS,
    "interpreter": gettext_lazy("An interpreter is awaited"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One deadline that stands still, of a case that the person may see."""

    clock: Clock
    desk_id: int | None
    title: str
    said: str
    number: str
    url: str
    risk: str
    name: str


def choices() -> list[tuple[str, str]]:
    """Why a deadline of a case may rest."""
    return [(code, str(REASONS[code])) for code in workflow.REST_REASONS]


def said(clock: Clock, zone: str) -> str:
    """Until when it rests, and why, in one line; empty where it runs."""
    if clock.state != workflow.PAUSED:
        return ""
    why = str(REASONS.get(clock.pause_reason, clock.pause_reason))
    day = last_day(clock, zone)
    if day is None:
        return _("Paused with the service: %(why)s") % {"why": why}
    return _("Paused until %(day)s: %(why)s") % {"day": date_format(day, "j F Y"), "why": why}


def last_day(clock: Clock, zone: str) -> date | None:
    """The last day of a pause that ends by itself."""
    if clock.pause_until is None:
        return None
    return (clock.pause_until - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).date()


def never_words(why: str) -> str:
    """Why a deadline may not rest, and what to do instead."""
    return {
        resting.BY_LAW: _(
            "The law fixes this deadline. It cannot be paused. If the step cannot be taken in "
            "time, write down in the file why."
        ),
        resting.PROTECTS_LIFE: _(
            "These hours protect life and health. They cannot be paused. If the person cannot be "
            "reached, tell your supervisor now."
        ),
        resting.NOT_OURS: _(
            "Somebody else has to act here: only there can this deadline be paused."
        ),
        resting.AN_END: _(
            "This is the day on which something ends. It cannot be paused; extend what ends "
            "instead."
        ),
    }[why]


def rows(request: StaffRequest, *, whole_unit: bool, desk: str = "") -> list[Row]:
    """What rests, of the unit or of the person; ``desk`` (its id as text) narrows it."""
    actor = request.actor
    paused = clocks.list_paused(actor, whole_unit=whole_unit)
    case_ids = sorted({clock.case_id for clock in paused if clock.case_id})
    covers = {c.case_id: c for c in cases.list_covers(actor, case_ids)} if case_ids else {}
    zone, day = zone_of(request.membership.area_code), localdate(request.now)
    found = []
    for clock in paused:
        cover = covers.get(clock.case_id or 0)
        if cover is None:
            continue
        number = custody.case_number(cover.case_id)
        found.append(
            Row(
                clock, clock.desk_id or cover.desk_id,
                wording.procedure_title(clock.procedure, day), said(clock, zone), number,
                reverse("case-page", args=[number]), cover.risk,
                cover.work_label or cover.pseudonym,
            )
        )  # fmt: skip
    return [row for row in found if not desk or str(row.desk_id) == desk]
