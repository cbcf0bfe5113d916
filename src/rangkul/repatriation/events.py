"""What the trail calls the acts on the way home; one record for each person of a group."""

# The organiser's, on the case.
GROUP_OPENED = "repatriation.group_opened"
RETURNEE_ADDED = "repatriation.returnee_added"
RETURNEE_DESCRIBED = "repatriation.returnee_described"
CLEARANCE_ASKED = "repatriation.clearance_asked"
CLEARANCE_ANSWERED = "repatriation.clearance_answered"
ORIGIN_JUDGED = "repatriation.origin_judged"
CHOICE_RECORDED = "repatriation.choice_recorded"
IDENTITY_MATCHED = "repatriation.identity_matched"
LEG_PLANNED = "repatriation.leg_planned"
DESK_ASKED = "repatriation.desk_asked"
LEG_LEFT = "repatriation.leg_left"
ROAD_CANCELLED = "repatriation.road_cancelled"
LIST_PRINTED = "repatriation.list_printed"

# Of the three agencies of a leg, on the traveller: nothing here names a case.
LEG_ANSWERED = "leg.answered"
LEG_READ = "leg.read"
TRAVELLER_MATCHED = "leg.matched"
MINUTES_WRITTEN = "leg.minutes_written"
MINUTES_SIGNED = "leg.minutes_signed"
PIN_MADE = "leg.pin_made"
PIN_WRONG = "leg.pin_wrong"
SIGNED_BY_NUMBER = "leg.signed_by_number"
MINUTES_PRINTED = "leg.minutes_printed"

# Somebody signed, or was taken off: the receiving desk's deadline follows, as the leg stands.
SET_OUT = "leg.set_out"

# Of whoever holds the person, on the hold.
TAKEN_OVER = "hold.taken_over"
ARRIVED = "hold.arrived"
VISITED = "hold.visited"
HOME = "hold.home"
LEFT = "hold.left"
MISSING = "hold.missing"
DIED = "hold.died"
FOUND = "hold.found"
ONWARD = "hold.onward"
NOT_SAFE = "hold.not_safe"
# Said by either side: the holder's own house hears, for a bed that may be kept there.
FATE_SAID = "hold.fate_said"
# The road ends here: whoever holds must confirm the arrival.
ARRIVAL_AWAITED = "hold.arrival_awaited"

# Of the investigators, on what was asked of them: nothing here names a case.
CLEARANCE_READ = "clearance.read"
CLEARANCE_GIVEN = "clearance.given"
CLEARANCE_NEEDED = "clearance.needed"
