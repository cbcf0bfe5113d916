"""The kinds of alerts that this package itself raises; other packages bring kinds of their own."""

from __future__ import annotations

from typing import Final

# A colleague could not be reached by one of her ways.
UNREACHED: Final = "unreached"
# What somebody asked for to see whether it arrives.
TRIAL: Final = "trial"

# Shown to those called, and never sent: a message about messages would never end.
ON_SCREEN_ONLY: Final = frozenset({UNREACHED})

# What an alert on an unreached colleague is about; it ends when something reaches her again.
REACH: Final = "reach"
