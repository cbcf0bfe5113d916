"""What the trail calls each act on the network."""

from __future__ import annotations

from typing import Final

AGENCY_EDITED: Final = "network.agency_edited"
ALIAS_ADDED: Final = "network.alias_added"
ALIAS_REMOVED: Final = "network.alias_removed"
DESK_OPENED: Final = "network.desk_opened"
DESK_EDITED: Final = "network.desk_edited"
HOURS_SET: Final = "network.hours_set"
SERVICES_SET: Final = "network.services_set"
PLACES_SET: Final = "network.places_set"
MEMBER_INVITED: Final = "network.member_invited"
ROLES_CHANGED: Final = "network.roles_changed"
MEMBERSHIP_ENDED: Final = "network.membership_ended"
SHIFT_ADDED: Final = "network.shift_added"
SHIFT_REMOVED: Final = "network.shift_removed"
WEEK_COPIED: Final = "network.week_copied"
ABSENCE_ENTERED: Final = "network.absence_entered"
ABSENCE_REMOVED: Final = "network.absence_removed"
AGREEMENT_ENTERED: Final = "network.agreement_entered"
AGREEMENT_CHANGED: Final = "network.agreement_changed"
AGREEMENT_ENDED: Final = "network.agreement_ended"
