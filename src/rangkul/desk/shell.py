"""The frame around every staff page: navigation with its counts, who acts, where the buttons go."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.access.roles import RegisteredReporter, get_role
from rangkul.conferences import queries as conferences
from rangkul.desk.page import SEES_REPORTS, only_coordinates
from rangkul.foundation.actor import Actor
from rangkul.foundation.counting import count_all
from rangkul.look.shell import Acting, Agency, NavEntry, Person, Shell
from rangkul.referrals import queries as referrals
from rangkul.repatriation import queries as repatriation
from rangkul.reports import queries as reports
from rangkul.shelter import queries as shelter


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of ``look/desk.html``; at most two counts, nothing on pages without a person."""
    context: dict[str, Any] = {
        "demo": settings.DEMO,
        "now": timezone.now(),
        "language": get_language(),
    }
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or not request.user.is_authenticated:
        return context
    membership = request.membership  # type: ignore[attr-defined]
    context["nav"] = list(_navigation(request, actor))
    context["acting"] = Acting(
        agency=Agency(id=str(membership.membership_id), name=membership.agency_name),
        others=[Agency(id=str(other), name=name) for other, name in membership.others],
        switch_url=_url("entrance-agency"),
    )
    context["person"] = Person(
        name=request.user.display_name,
        initials=request.user.initials,
        role=_role_words(actor),
        key=str(membership.membership_id),
    )
    takes_reports = may(actor.roles, Permission.TAKE_REPORT)
    context["shell"] = Shell(
        home_url=reverse("today"),
        search_url=_url("search") if _sees_cases(actor) else "",
        new_report_url=_url("report-new") if takes_reports else "",
        account_url=_url("entrance-account"),
        sign_in_url=reverse("account_login"),
        sign_out_url=reverse("account_logout"),
        language_url=_url("entrance-language"),
        lock_url=_url("entrance-lock"),
        unlock_url=_url("entrance-unlock"),
        alerts_url=_url("alert-list"),
        alerts_count_url=_url("alert-count"),
    )
    return context


def _navigation(request: HttpRequest, actor: Actor) -> list[NavEntry]:
    entries: list[NavEntry] = []

    def add(name: str, icon: str, label: str, *, when: bool = True, **more: Any) -> None:
        url = _url(name)
        if when and url:
            entries.append(NavEntry(url=url, icon=icon, label=label, **more))

    answers = may(actor.roles, Permission.ANSWER_PACKETS)
    sees = _sees_cases(actor)
    takes = may(actor.roles, Permission.TAKE_REPORT)
    add("today", "sun", _("Today"), key="h",
        when=actor.roles != {RegisteredReporter.code} and not only_coordinates(actor))  # fmt: skip
    add("late-list", "clock-exclamation", pgettext("page", "Late"), key="t",
        when=may(actor.roles, Permission.SEE_PROVINCE))  # fmt: skip
    add("unanswered-list", "phone-call", _("Unanswered"),
        when=may(actor.roles, Permission.REASSIGN_UNANSWERED))  # fmt: skip
    add("reporter-home", "message-report", _("My reports"), key="p",
        when=may(actor.roles, Permission.SEND_REGISTERED_REPORT))  # fmt: skip
    keeps_stays = may(actor.roles, Permission.KEEP_STAYS)
    extends, meets = (
        may(actor.roles, Permission.EXTEND_STAY), may(actor.roles, Permission.JOIN_CONFERENCE)
    )  # fmt: skip
    counts = count_all(
        [
            *(referrals.waiting_counts(actor) if answers or sees else ()),
            *(reports.waiting_counts(actor) if takes else ()),
            *(shelter.waiting_counts(actor) if extends and not keeps_stays else ()),
            *(repatriation.waiting_counts(actor) if answers else ()),
            *(conferences.waiting_counts(actor) if meets else ()),
        ]
    )
    add("inbox-list", "inbox", _("Referrals in"), short=_("Referrals"), key="r", when=answers,
        count=counts.get("requests"), alert=True)  # fmt: skip
    add("case-list", "folders", _("Cases"), when=sees, key="k")
    add("report-list", "message-report", _("Reports"), key="l",
        when=any(may(actor.roles, each) for each in SEES_REPORTS),
        count=counts.get("reports"), alert=True)  # fmt: skip
    add("outbox-list", "send", _("Referrals out"), short=_("Sent"), key="o", when=sees,
        count=counts.get("questions"), alert=True)  # fmt: skip
    add("transfer-list", "arrows-exchange", _("Hand-overs"),
        when=may(actor.roles, Permission.TRANSFER_CASE), count=counts.get("transfers"),
        alert=True)  # fmt: skip
    add("shelter-board", "bed", _("Shelter board"), short=pgettext("navigation", "Shelter"),
        when=keeps_stays or bool(counts.get("houses")))  # fmt: skip
    add("conference-list", "users-group", _("Case conferences"), short=_("Conferences"),
        when=meets, count=counts.get("invitations"), alert=True)  # fmt: skip
    add("repatriation-board", "route", _("Way home"), group=pgettext("navigation", "Recovery"),
        when=may(actor.roles, Permission.ORGANISE_RETURNS))  # fmt: skip
    add("repatriation-with-us", "home-heart", _("On their way to us"),
        group=pgettext("navigation", "Recovery"),
        when=bool(counts.get("legs")))  # fmt: skip
    network = _("Network")
    add("network-directory", "network", _("Service network"), group=network, key="j",
        when=may(actor.roles, Permission.SEE_DIRECTORY))  # fmt: skip
    add("agreement-list", "heart-handshake", _("Agreements"), group=network,
        when=may(actor.roles, Permission.SEE_DIRECTORY))  # fmt: skip
    if may(actor.roles, Permission.MANAGE_STAFF):
        add("network-staff", "users", _("Staff"), group=network)
        add("network-rosters", "calendar-week", _("Duty rosters"), group=network)
        add("service-tokens", "key", _("Service accounts"), group=network)
    if may(actor.roles, Permission.EDIT_AGENCY):
        add("network-agency-edit", "building", _("My agency"), group=network)
    if may(actor.roles, Permission.KEEP_HOUSES) and may(actor.roles, Permission.EDIT_AGENCY):
        add("shelter-houses", "home-heart", _("Houses for shelter"), group=network)
    here = _place(request.path, [entry.url for entry in entries])
    return [replace(entry, active=entry.url == here) for entry in entries]


def _place(path: str, urls: list[str]) -> str:
    """The one entry under which the page stands: the longest that it begins with."""
    under = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(under, key=len, default="")


def _sees_cases(actor: Actor) -> bool:
    return may(actor.roles, Permission.SEE_OWN_CASES) or may(actor.roles, Permission.SEE_UNIT_CASES)


def _role_words(actor: Actor) -> str:
    english = (get_language() or "id").startswith("en")
    roles = [get_role(code) for code in sorted(actor.roles)]
    return ", ".join(role.label_en if english else role.label_id for role in roles)


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
