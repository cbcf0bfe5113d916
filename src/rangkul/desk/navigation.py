"""The navigation: where a person may go, and what waits there. The pages themselves hold no count:
the bell brings all of them in one question, when a page is up and every minute after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.access.roles import RegisteredReporter
from rangkul.conferences import queries as conferences
from rangkul.custody import emergency
from rangkul.desk.page import SEES_REPORTS, only_coordinates
from rangkul.foundation.actor import Actor
from rangkul.foundation.counting import count_all
from rangkul.look.shell import NavEntry
from rangkul.referrals import queries as referrals
from rangkul.repatriation import queries as repatriation
from rangkul.reports import queries as reports
from rangkul.retention import policy as rights
from rangkul.retention import queries as retention
from rangkul.shelter import queries as shelter

_COUNTED = (referrals, reports, shelter, repatriation, conferences, emergency, retention)


def entries_for(actor: Actor, path: str = "") -> list[NavEntry]:
    """The lines of this person's navigation; the one under which ``path`` stands is active."""
    entries = [
        *_daily(actor),
        *_caseload(actor),
        *_recovery(actor),
        *_watching(actor),
        *_network(actor),
    ]
    here = _place(path, [entry.url for entry in entries])
    return [replace(entry, active=entry.url == here) for entry in entries]


def count_waiting(actor: Actor) -> dict[str, int]:
    """What waits behind each counted line of the person's navigation, 0 included; one query."""
    wanted = {entry.counted for entry in entries_for(actor) if entry.counted}
    if not wanted:
        return {}
    found = count_all([each for package in _COUNTED for each in package.waiting_counts(actor)])
    # An open call is answered from the same list as a request.
    found["requests"] = found.get("requests", 0) + found.get("calls", 0)
    return {name: found.get(name, 0) for name in sorted(wanted)}


def sees_cases(actor: Actor) -> bool:
    """Whether there is any caseload to look at."""
    return _any(actor, (Permission.SEE_OWN_CASES, Permission.SEE_UNIT_CASES))


def answers_packets(actor: Actor) -> bool:
    """Whether packets come to a desk of hers."""
    return may(actor.roles, Permission.ANSWER_PACKETS)


def _daily(actor: Actor) -> Iterator[NavEntry]:
    if actor.roles != {RegisteredReporter.code} and not only_coordinates(actor):
        yield _entry("today", "sun", _("Today"), key="h")
    if may(actor.roles, Permission.SEE_PROVINCE):
        yield _entry("late-list", "clock-exclamation", pgettext("page", "Late"), key="t")
    if may(actor.roles, Permission.REASSIGN_UNANSWERED):
        yield _entry("unanswered-list", "phone-call", _("Unanswered"))
    if may(actor.roles, Permission.SEE_PROVINCE):
        yield _entry("form-obstacles-area", "barrier-block", _("Obstacles"))
    if may(actor.roles, Permission.SEND_REGISTERED_REPORT):
        yield _entry("reporter-home", "message-report", _("My reports"), key="p")


def _caseload(actor: Actor) -> Iterator[NavEntry]:
    sees = sees_cases(actor)
    if answers_packets(actor):
        yield _entry("inbox-list", "inbox", _("Referrals in"), short=_("Referrals"), key="r",
            counted="requests", alert=True)  # fmt: skip
    if sees:
        yield _entry("case-list", "folders", _("Cases"), key="k")
    if _any(actor, SEES_REPORTS):
        yield _entry("report-list", "message-report", _("Reports"), key="l", alert=True,
            counted="reports" if may(actor.roles, Permission.TAKE_REPORT) else "")  # fmt: skip
    if sees:
        yield _entry("outbox-list", "send", _("Referrals out"), short=_("Sent"), key="o",
            counted="questions", alert=True)  # fmt: skip
    if may(actor.roles, Permission.TRANSFER_CASE):
        yield _entry("transfer-list", "arrows-exchange", _("Hand-overs"),
            counted="transfers", alert=True)  # fmt: skip


def _recovery(actor: Actor) -> Iterator[NavEntry]:
    keeps_stays = may(actor.roles, Permission.KEEP_STAYS)
    if keeps_stays or may(actor.roles, Permission.EXTEND_STAY):
        yield _entry("shelter-board", "bed", _("Shelter board"),
            short=pgettext("navigation", "Shelter"),
            counted="" if keeps_stays else "houses", only_counted=not keeps_stays)  # fmt: skip
    if may(actor.roles, Permission.JOIN_CONFERENCE):
        yield _entry("conference-list", "users-group", _("Case conferences"),
            short=_("Conferences"), counted="invitations", alert=True)  # fmt: skip
    group = pgettext("navigation", "Recovery")
    if may(actor.roles, Permission.ORGANISE_RETURNS):
        yield _entry("repatriation-board", "route", _("Way home"), group=group)
    if answers_packets(actor):
        yield _entry("repatriation-with-us", "home-heart", _("On their way to us"), group=group,
            counted="legs", only_counted=True)  # fmt: skip
        yield _entry("repatriation-clearances", "shield-check", _("Clearances"), group=group,
            counted="clearances", only_counted=True, alert=True)  # fmt: skip


def _watching(actor: Actor) -> Iterator[NavEntry]:
    """Borrowing in an emergency, looking at those of others, and what survivors ask."""
    if _any(actor, (Permission.USE_EMERGENCY_ACCESS, Permission.REVIEW_EMERGENCY_ACCESS)):
        yield _entry("emergency-list", "lifebuoy", _("Emergency access"), counted="emergencies",
            short=pgettext("navigation", "Emergency"), alert=True)  # fmt: skip
    handles = may(actor.roles, rights.HANDLES)
    if handles or may(actor.roles, rights.RECEIVES):
        yield _entry(
            "rights-list", "scale", _("Rights over data"), alert=handles,
            short=pgettext("navigation", "Rights"), counted="rights" if handles else "",
        )  # fmt: skip


def _network(actor: Actor) -> Iterator[NavEntry]:
    group = _("Network")
    if may(actor.roles, Permission.SEE_DIRECTORY):
        yield _entry("network-directory", "network", _("Service network"), group=group, key="j")
        yield _entry("agreement-list", "heart-handshake", _("Agreements"), group=group)
        yield _entry("reference-days", "book", _("Reference"), group=group)
    if may(actor.roles, Permission.KEEP_FORMS):
        yield _entry("instrument-list", "clipboard-list", _("Forms"), group=group)
    if _any(actor, (Permission.ASSESS, Permission.TRIAGE, Permission.LOG_OBSTACLE,
                    Permission.MANAGE_STAFF)):  # fmt: skip
        yield _entry("device-list", "device-mobile", _("Field phones"), group=group)
    if may(actor.roles, Permission.MANAGE_STAFF):
        yield _entry("network-staff", "users", _("Staff"), group=group)
        yield _entry("network-rosters", "calendar-week", _("Duty rosters"), group=group)
        yield _entry("service-tokens", "key", _("Service accounts"), group=group)
    if may(actor.roles, Permission.KEEP_RECIPIENTS):
        yield _entry("recipient-list", "key", _("Recipients of exports"), group=group)
    if may(actor.roles, Permission.EDIT_AGENCY):
        yield _entry("network-agency-edit", "building", _("My agency"), group=group)
        if may(actor.roles, Permission.KEEP_HOUSES):
            yield _entry("shelter-houses", "home-heart", _("Houses for shelter"), group=group)


def _entry(name: str, icon: str, label: str, **more: Any) -> NavEntry:
    return NavEntry(url=reverse(name), icon=icon, label=label, **more)


def _any(actor: Actor, permissions: Iterable[Permission]) -> bool:
    return any(may(actor.roles, each) for each in permissions)


def _place(path: str, urls: Sequence[str]) -> str:
    """The one entry under which the page stands: the longest that it begins with."""
    under = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(under, key=len, default="")
