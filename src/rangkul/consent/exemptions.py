"""What reaches another agency without a basis, each with its reason: the whole list.

Anything that is not here and reaches an agency beyond those that hold the case is refused by the
database (``border_sql``), and found by the property test of the borders. A new line here needs a
migration that inserts it into ``house.border_exempt``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

EXEMPT: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("conference", "case"): (
            "Agenda, decisions and minutes of a case conference: they name nobody (checked when "
            "written); what tells of a person is a share of its own, on a basis."
        ),
        ("leg", "*"): (
            "A stretch of the way home: hour, meeting point, carrier and the minutes of the "
            "hand-over, for the two ends between which a person changes hands (PP 9/2008 art. 17)."
        ),
        ("clearance", "*"): (
            "Asking the investigators who hold the same proceedings whether a witness may travel "
            "(UU 21/2007 art. 51-54; PP 9/2008 art. 17): they know whom it is about."
        ),
        ("emergency", "*"): (
            "Why a worker borrowed a file in an emergency, asked and answered between her agency "
            "and the one that leads the case: vital interest, UU 27/2022 art. 20(2)(d)."
        ),
    }
)
"""(Kind of owner, audience) of a key → why it may reach further than the case does."""

ROWS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "referrals_calloffer": (
            "Calling a desk about an unanswered request: service and regency, no person."
        ),
        "conferences_conference": "The meeting itself: hour and manner, details sealed apart.",
        "conferences_seat": "Who sits at the table: agencies and their staff, no survivor.",
        "conferences_agendaitem": "Names nobody; sealed under the table's common key.",
        "conferences_decision": "Names nobody; sealed under the table's common key.",
        "conferences_minutes": "Names nobody; sealed under the table's common key.",
        "repatriation_leg": "Hour and ends of a stretch; its words are sealed apart.",
        "repatriation_traveller": "A random name on a stretch; its label is sealed apart.",
        "repatriation_handover": "Minutes of a hand-over, sealed; both ends sign the same.",
        "repatriation_hold": "Who holds a person now: custody of the body, a random number.",
        "repatriation_visit": "Whether a returnee was met: the organiser's and the holder's.",
        "repatriation_pin": "A number to sign with: no person.",
        "repatriation_clearance": "See the key of the same name: random name, words sealed.",
    }
)
"""Table → why its rows may reach further than the case does; their sealed words obey ``EXEMPT``."""
