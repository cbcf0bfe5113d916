"""Writing the network: an agency keeps its own entries, desks, staff and rosters.

Each act is one transaction with one trail record. What is written from outside (``create_…``)
runs as the owner, before anyone is there to act.
"""

from __future__ import annotations

from rangkul.network.entries import DeskDetails, Offer
from rangkul.network.operations.agencies import add_alias, edit_agency, remove_alias
from rangkul.network.operations.agreements import (
    AgreementDetails,
    change_agreement,
    details_of,
    end_agreement,
    enter_agreement,
    load_agreements,
)
from rangkul.network.operations.desks import (
    edit_desk,
    open_desk,
    set_hours,
    set_places,
    set_services,
)
from rangkul.network.operations.founding import (
    AgencyStands,
    NotFromOutside,
    end_agency,
    found_agency,
    give_role,
    resume_agency,
    take_role,
)
from rangkul.network.operations.outside import (
    create_agency,
    create_desk,
    create_membership,
    create_shifts,
)
from rangkul.network.operations.roster import (
    add_shift,
    copy_week,
    enter_absence,
    remove_absence,
    remove_shift,
)
from rangkul.network.operations.staff import (
    change_roles,
    end_membership,
    invite_member,
    renew_entry,
    wake_account,
)
from rangkul.network.operations.upkeep import (
    NothingToUndo,
    bring_entry,
    bring_entry_from_outside,
    check_entry,
    confirm_desk,
    undo_change,
)

__all__ = [
    "AgencyStands",
    "AgreementDetails",
    "DeskDetails",
    "NotFromOutside",
    "NothingToUndo",
    "Offer",
    "add_alias",
    "add_shift",
    "bring_entry",
    "bring_entry_from_outside",
    "change_agreement",
    "change_roles",
    "check_entry",
    "confirm_desk",
    "copy_week",
    "create_agency",
    "create_desk",
    "create_membership",
    "create_shifts",
    "details_of",
    "edit_agency",
    "edit_desk",
    "end_agency",
    "end_agreement",
    "end_membership",
    "enter_absence",
    "enter_agreement",
    "found_agency",
    "give_role",
    "invite_member",
    "load_agreements",
    "open_desk",
    "remove_absence",
    "remove_alias",
    "remove_shift",
    "renew_entry",
    "resume_agency",
    "set_hours",
    "set_places",
    "set_services",
    "take_role",
    "undo_change",
    "wake_account",
]
