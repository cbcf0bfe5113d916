"""The frame around every staff page: navigation, who acts, where the buttons go."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.access.roles import get_role
from rangkul.desk import navigation
from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.look.shell import Acting, Agency, Person, Shell
from rangkul.network.queries import ActingMembership


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of ``look/desk.html``; asks the database nothing, and is bare without a person."""
    context: dict[str, Any] = {
        "demo": settings.DEMO,
        "trial": settings.TRIAL,
        "sso_name": settings.SSO.name,
        "now": hour.now(),
        "language": get_language(),
        # What is saved is answered by leading on: a page that answers a form has not taken it.
        "answers_post": request.method == "POST",
    }
    actor: Actor | None = getattr(request, "actor", None)
    membership: ActingMembership | None = getattr(request, "membership", None)
    if actor is None or membership is None or not request.user.is_authenticated:
        return context
    context["idle_seconds"] = getattr(request, "idle_seconds", 0)
    context["nav"] = navigation.entries_for(actor, request.path)
    context["acting"] = Acting(
        agency=Agency(id=str(membership.membership_id), name=membership.agency_name),
        others=[Agency(id=str(other), name=name) for other, name in membership.others],
        switch_url=reverse("entrance-agency"),
    )
    context["me"] = Person(
        name=request.user.display_name,
        initials=request.user.initials,
        role=_role_words(actor),
        key=str(membership.membership_id),
    )
    sees_cases = navigation.sees_cases(actor)
    takes_reports = may(actor.roles, Permission.TAKE_REPORT)
    context["shell"] = Shell(
        home_url=reverse("today"),
        search_url=reverse("search") if sees_cases or navigation.answers_packets(actor) else "",
        search_hint="" if sees_cases else _("Open a packet by its number, PK-…"),
        new_report_url=reverse("report-new") if takes_reports else "",
        account_url=reverse("entrance-account"),
        sign_in_url=reverse("account_login"),
        sign_out_url=reverse("account_logout"),
        language_url=reverse("entrance-language"),
        lock_url=reverse("entrance-lock"),
        unlock_url=reverse("entrance-unlock"),
        field_url=reverse("offline-page") if _writes_in_the_field(actor) else "",
        alerts_url=reverse("alert-list"),
        alerts_count_url=reverse("alert-count"),
    )
    return context


def _writes_in_the_field(actor: Actor) -> bool:
    """Whether there is anything that this person may write without a network."""
    writes = (Permission.TAKE_REPORT, Permission.TRIAGE, Permission.ASSESS, Permission.LOG_OBSTACLE)
    return any(may(actor.roles, each) for each in writes)


def _role_words(actor: Actor) -> str:
    english = (get_language() or "id").startswith("en")
    roles = [get_role(code) for code in sorted(actor.roles)]
    return ", ".join(role.label_en if english else role.label_id for role in roles)
