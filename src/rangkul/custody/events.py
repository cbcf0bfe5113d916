"""What the trail calls the acts of custody."""

CASE_OPENED = "case.opened"
TEAM_JOINED = "custody.team_joined"
ACCESS_ENDED = "custody.access_ended"
TEAM_END_SET = "custody.team_end_set"
COMPANION_ASSIGNED = "custody.assigned"
ASSIGNMENT_ENDED = "custody.assignment_ended"
CASELOAD_HANDED_OVER = "custody.caseload_handed_over"
