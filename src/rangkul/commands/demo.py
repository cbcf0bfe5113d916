"""The demonstration: invented people, real acts. Every row is made by the operations themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from rangkul.accounts import queries as accounts
from rangkul.commands import (
    demo_cases,
    demo_conferences,
    demo_directory,
    demo_door,
    demo_fillings,
    demo_repatriation,
    demo_shelter,
)
from rangkul.network import queries as network


def load(at: datetime | None = None) -> None:
    """Load directory and staff as owner, then the cases as the people who would have made them."""
    now = at or datetime.now(UTC)
    demo_directory.load_directory("owner")
    staff = demo_directory.load_staff("owner", at=now - timedelta(days=60))
    demo_directory.load_duty("owner", at=now)
    demo_cases.load(staff, now=now)
    demo_fillings.load(staff, now=now)
    demo_door.load(staff, now=now)
    demo_shelter.load(staff, now=now)
    demo_conferences.load(staff, now=now)
    demo_repatriation.load(staff, now=now)


def keep_on_duty(at: datetime | None = None) -> int:
    """Continue the rosters of a demonstration that was loaded on another day; the turns made."""
    return demo_directory.load_duty("owner", at=at or datetime.now(UTC))


def introductions() -> Iterator[str]:
    """One line for each of the people by whom one best begins."""
    for username, what in (
        ("mega", "intake at UPTD PPA Palangka Raya: takes reports"),
        ("tiara", "companion there: carries cases"),
        ("dewi", "supervisor there: sees the unit"),
        ("dr.hasan", "puskesmas Pahandut: answers packets"),
        ("bayu", "companion at the DKI social office (trafficking)"),
        ("yohana", "NTT social office: receives the person home"),
    ):
        user = accounts.get_demo_user(username)
        if user is None:
            continue
        place = network.list_memberships(user.id)
        where = place[0].agency.short_name if place else ""
        yield f"{user.display_name:<22} {where:<34} {what}"
