"""What the trail calls the acts on accounts."""

from __future__ import annotations

from typing import Final

PASSWORD_CHANGED: Final = "account.password_changed"
