"""Who holds a file, since when, who held it before, and which agencies stand beside the holder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.cases.models import CaseFile
from rangkul.custody import events as custody_events
from rangkul.custody import queries as custody
from rangkul.desk.page import StaffRequest
from rangkul.network import queries as network
from rangkul.referrals import events as referral_events
from rangkul.referrals import queries as referrals
from rangkul.reports import events as report_events
from rangkul.trail import queries as trail

# The acts by which a file came into the hands of an agency, and the one that began it.
_HANDS = (custody_events.CASE_OPENED, referral_events.TRANSFER_ACCEPTED)
_MOST_HANDS = 50


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the custody line; ``state`` is past, here or next."""

    label: str
    state: str


@dataclass(frozen=True, slots=True)
class Holding:
    """The holder's full name, the hour since which it holds, the custody line, the joint team."""

    name: str
    since: datetime
    steps: tuple[Step, ...]
    team: tuple[str, ...]


def holding_of(request: StaffRequest, file: CaseFile) -> Holding:
    """The same for every agency that sees the file, whichever of them asks.

    The holder is the case's lead agency; row security shows an agency no access but its own, so
    that earlier holders are read from the trail, which every holder of the file may see.
    """
    lead = file.case.lead_agency
    acts = trail.list_case(
        request.actor, file.case_id, limit=_MOST_HANDS, names=(*_HANDS, report_events.CASE_OPENED)
    )
    hands = [act for act in reversed(acts) if act.name in _HANDS]
    beside = [agency for agency in custody.list_holders(file.case_id) if agency != lead.id]
    names = network.agency_names({*beside, *(act.agency_id for act in hands)})
    reported = any(act.name == report_events.CASE_OPENED for act in acts)
    line = [Step(_("Report"), "past")] if reported else []
    line += [Step(names.get(act.agency_id, ""), "past") for act in hands[:-1]]
    line.append(Step(lead.short_name, "here"))
    line += _next(request, file)
    taken_over = bool(hands) and hands[-1].name == referral_events.TRANSFER_ACCEPTED
    return Holding(
        name=lead.name,
        since=hands[-1].at if taken_over else file.opened_at,
        steps=tuple(line),
        team=tuple(sorted(names[agency] for agency in beside)),
    )


def _next(request: StaffRequest, file: CaseFile) -> list[Step]:
    """Whom the file is offered to, for those who may hand it over."""
    if not may(request.actor.roles, Permission.TRANSFER_CASE):
        return []
    offered = referrals.open_transfer_of(request.actor, file.case_id)
    return [Step(offered.receiver_agency.short_name, "next")] if offered else []
