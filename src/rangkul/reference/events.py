"""What the trail calls each act on the reference data."""

from __future__ import annotations

from typing import Final

CALENDAR_CORRECTED: Final = "reference.calendar_corrected"
CALENDAR_CORRECTION_CLEARED: Final = "reference.calendar_correction_cleared"
PROCEDURE_CHANGED: Final = "reference.procedure_changed"
PROCEDURE_CHANGE_CLEARED: Final = "reference.procedure_change_cleared"
REFERENCE_CONFIRMED: Final = "reference.confirmed"
