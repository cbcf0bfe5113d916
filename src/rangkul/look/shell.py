"""The desk's frame as data: what a face hands to `look/desk.html`, so the look asks nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class NavEntry:
    """One line of the navigation; `label`, `short` and `group` are already translated."""

    url: str
    icon: str
    label: str
    active: bool = False
    # The name of what is counted here; the bell's fragment brings the number.
    counted: str = ""
    # Shown only while there is something to count.
    only_counted: bool = False
    # The count asks for attention: shown in red.
    alert: bool = False
    # Entries of one group stand together under its heading; "" stands above all groups.
    group: str = ""
    # A shorter label for the phone's bottom bar.
    short: str = ""
    # One letter: "g" and then this letter goes here.
    key: str = ""

    @property
    def phone_label(self) -> str:
        """The label for the bottom bar, where there is room for one word."""
        return self.short or self.label


@dataclass(frozen=True, kw_only=True)
class Agency:
    """An agency for which the person may act."""

    id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Acting:
    """For whom the person acts now, and for whom else she may."""

    agency: Agency
    others: Sequence[Agency] = ()
    # Receives a POST with `agency` and `next`.
    switch_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Person:
    """The signed-in staff member, as her own menu shows her."""

    name: str
    initials: str
    role: str = ""
    # An opaque value that differs between people; drafts kept in a tab are dropped when it changes.
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class Shell:
    """Addresses of the frame's own buttons; a button whose address is "" is not drawn."""

    home_url: str = "/"
    search_url: str = ""
    search_hint: str = ""
    new_report_url: str = ""
    account_url: str = ""
    sign_in_url: str = ""
    # The four below receive a POST (`language_url` with `language` and `next`).
    sign_out_url: str = ""
    language_url: str = ""
    lock_url: str = ""
    # Where a locked screen is opened again.
    unlock_url: str = ""
    help_url: str = ""
    # The installed page for where no line is.
    field_url: str = ""
    # The bell: its page, and the fragment that says how many calls wait.
    alerts_url: str = ""
    alerts_count_url: str = ""
    # Two lines at the foot of the navigation, already translated.
    foot: Sequence[str] = field(default_factory=tuple)
