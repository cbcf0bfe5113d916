"""Once a month an agency whose entries in the directory grew old is asked to look at them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.alerts import operations as alerts
from rangkul.alerts import queries
from rangkul.alerts.models import Alert
from rangkul.alerts.operations import Call
from rangkul.foundation import hour
from rangkul.foundation.scope import system
from rangkul.jobs.tasks import recurring
from rangkul.network import queries as network
from rangkul.network.models import Membership

log = logging.getLogger("rangkul.jobs")

KIND: Final = "network.entries_due"
SUBJECT: Final = "directory"


@recurring("20 1 * * *")
def ask_for_old_entries() -> None:
    """Every day at 08.20 in Jakarta."""
    ask(hour.now())


def ask(at: datetime) -> int:
    """Call the admins of agencies with old entries, once a month; end the calls that are answered.

    Returns how many were called anew.
    """
    with system("tick"):
        due = network.agencies_with_old_entries(at=at)
        members = network.list_members_of(due)
        settled = [each for each in queries.open_subjects(SUBJECT) if int(each) not in due]
        alerts.end_alerts(subject_kind=SUBJECT, subject_ids=settled, at=at)
        made = alerts.raise_alerts(calls=_calls(due, members, at), at=at)
    if made:
        log.info("directory: %s admins asked about old entries", made)
    return made


def _calls(due: Mapping[int, int], members: list[Membership], at: datetime) -> list[Call]:
    return [
        Call(
            token=f"{KIND}:{at:%Y-%m}", agency_id=member.agency_id, audience=Alert.PERSON,
            user_id=member.user_id, kind=KIND, subject_kind=SUBJECT,
            subject_id=str(member.agency_id), about=(SUBJECT, ""),
        )
        for member in members
        if member.agency_id in due and may(member.roles, Permission.EDIT_AGENCY)
    ]  # fmt: skip
