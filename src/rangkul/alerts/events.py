"""What the trail calls the acts on alerts."""

ALERT_SENT = "alert.sent"
WAYS_CHANGED = "alert.ways_changed"
BROWSER_ADDED = "alert.browser_added"
BROWSER_REMOVED = "alert.browser_removed"
