"""What the trail calls the acts on phones and on what they send."""

DEVICE_ENROLLED = "device.enrolled"
DEVICE_WITHDRAWN = "device.withdrawn"
KEY_MADE = "form_key.made"
KEY_ENDED = "form_key.ended"
FILLING_WAITS = "filling.waits"
FILLING_PLACED = "filling.placed"
FILLING_DISCARDED = "filling.discarded"
