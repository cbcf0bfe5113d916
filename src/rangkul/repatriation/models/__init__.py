"""Groups on the way home, what the organiser knows of each person, and the legs between agencies.

Three circles: what only the organiser sees (group, journey, returnee, passage, judgement); what the
three agencies of one leg share (leg, traveller, handover), which names no case and joins to no
other leg; and who holds the person (hold, visit), written by the database's own functions.
"""

from rangkul.repatriation.models.holding import Clearance, Hold, Visit
from rangkul.repatriation.models.legs import Handover, Leg, Passage, Pin, Traveller
from rangkul.repatriation.models.people import Group, Journey, Judgement, Returnee

__all__ = [
    "Clearance",
    "Group",
    "Handover",
    "Hold",
    "Journey",
    "Judgement",
    "Leg",
    "Passage",
    "Pin",
    "Returnee",
    "Traveller",
    "Visit",
]
