"""What the trail calls the acts on clocks."""

CLOCK_STARTED = "clock.started"
CLOCK_MET = "clock.met"
CLOCK_VOIDED = "clock.voided"
CLOCK_PAUSED = "clock.paused"
CLOCK_RESUMED = "clock.resumed"
