"""Reading the network: who acts, the directory, rosters, staff, and which desks fit a need.

The directory is the same for every signed-in desk; these reads ask for no acting person.
"""

from __future__ import annotations

from rangkul.network.duty import Cover, OnDuty
from rangkul.network.hours import Opening
from rangkul.network.queries.acting import (
    ActingMembership,
    actor_of,
    agency_names,
    desk_names,
    get_acting_membership,
    get_live_actor,
    list_memberships,
    list_supervisors,
)
from rangkul.network.queries.directory import (
    AgencyRow,
    DeskCard,
    DirectoryPage,
    get_agency,
    get_agency_page,
    get_desk,
    get_desk_card,
    list_desks,
    next_opening,
    open_now,
    opening,
    search_directory,
)
from rangkul.network.queries.roster import (
    RosterDay,
    RosterShift,
    RosterWeek,
    cover_of,
    get_shift,
    list_absences,
    on_duty,
    roster_week,
    week_start,
    zone_of_desk,
)
from rangkul.network.queries.staff import (
    StaffMember,
    get_member,
    list_companions,
    list_staff,
)
from rangkul.network.queries.suggestions import suggest_desks
from rangkul.network.ranking import Hidden, Suggestion, Suggestions, SurvivorFacts

__all__ = [
    "ActingMembership",
    "AgencyRow",
    "Cover",
    "DeskCard",
    "DirectoryPage",
    "Hidden",
    "OnDuty",
    "Opening",
    "RosterDay",
    "RosterShift",
    "RosterWeek",
    "StaffMember",
    "Suggestion",
    "Suggestions",
    "SurvivorFacts",
    "actor_of",
    "agency_names",
    "cover_of",
    "desk_names",
    "get_acting_membership",
    "get_agency",
    "get_agency_page",
    "get_desk",
    "get_desk_card",
    "get_live_actor",
    "get_member",
    "get_shift",
    "list_absences",
    "list_companions",
    "list_desks",
    "list_memberships",
    "list_staff",
    "list_supervisors",
    "next_opening",
    "on_duty",
    "open_now",
    "opening",
    "roster_week",
    "search_directory",
    "suggest_desks",
    "week_start",
    "zone_of_desk",
]
