"""Names of agencies make no password for those who work there."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from rangkul.accounts.models import User
from rangkul.accounts.passwords import refuse_known_words
from rangkul.network.queries.acting import list_memberships


class AgencyWords:
    """Not made of the names of the agencies where the person works."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ``ValidationError``."""
        if user is None or user.pk is None:
            return
        words: list[str] = []
        for place in list_memberships(user.pk):
            agency = place.agency
            words += re.split(r"\W+", f"{agency.name} {agency.short_name} {agency.code}")
        if words:
            refuse_known_words(password, words)

    def get_help_text(self) -> str:
        """For forms that show it."""
        return _("Not the name of an agency where you work.")
