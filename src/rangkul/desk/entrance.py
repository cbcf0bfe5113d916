"""The door: language, agency, lock, account; and in the demonstration, as whom to enter."""

from __future__ import annotations

import re
from typing import cast
from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rangkul.access.roles import get_role
from rangkul.accounts import operations as accounts
from rangkul.accounts import queries as people
from rangkul.accounts.models import User
from rangkul.accounts.policy import may_enter_by_click
from rangkul.accounts.sso import is_bound
from rangkul.desk import wording
from rangkul.desk.page import LOCKED, StaffRequest, staff, unlock_address
from rangkul.network import queries as network

_YEAR = 365 * 24 * 60 * 60
_TRIES = "unlock_tries"
MOST_TRIES = 5
_BACKEND = "rangkul.config.entering.EntranceBackend"
_LANGUAGES = frozenset(code for code, _name in settings.LANGUAGES)

# A page of one case, report or packet: another agency may not see it.
_OF_ONE_THING = re.compile(r"/(?:RK|LP|PK)-", re.IGNORECASE)


def safe_next(request: HttpRequest) -> str:
    """Where to go on: an address of this site that was asked for, else the start."""
    wished = request.POST.get("next") or request.GET.get("next") or ""
    same_site = url_has_allowed_host_and_scheme(
        wished, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wished if same_site and wished.startswith("/") else "/"


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Read the pages in another language, from now on and on this computer."""
    wished = request.POST.get("language", "")
    answer = redirect(safe_next(request))
    if wished not in _LANGUAGES:
        return answer
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, wished, max_age=_YEAR,
        samesite="Lax", secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
    )  # fmt: skip
    if request.user.is_authenticated:
        accounts.set_language(user_id=request.user.pk, language=wished)
    return answer


@staff()
@require_POST
def agency(request: StaffRequest) -> HttpResponse:
    """Act for another agency in which one has a place; the page of one case is left behind."""
    wished = request.POST.get("agency", "")
    mine = {str(row.id): row for row in network.list_memberships(request.user.pk or 0)}
    if wished not in mine:
        raise Http404
    request.session["membership_id"] = mine[wished].id
    messages.success(
        request,
        _("You act for %(agency)s now.") % {"agency": mine[wished].agency.short_name},
    )
    onward = safe_next(request)
    return redirect("/" if _OF_ONE_THING.search(onward) else onward)


@staff()
@require_safe
def account(request: StaffRequest) -> HttpResponse:
    """Who one is here: name, agencies, second factor, password, language."""
    user = request.user
    memberships = network.list_memberships(request.actor.user_id)
    context = {
        "account": user,
        "memberships": [
            {
                "agency": row.agency.name,
                "roles": _role_words(row.roles),
                "acting": row.id == request.membership.membership_id,
            }
            for row in memberships
        ],
        "second_factor": is_mfa_enabled(user),
        "has_password": user.has_usable_password(),
        "sso_bound": bool(settings.SSO.issuer) and is_bound(user),
        "language_name": dict(settings.LANGUAGES).get(request.LANGUAGE_CODE, ""),
        "language_url": reverse("entrance-language"),
    }
    return render(request, "desk/entrance/account.html", context)


@require_safe
def forgotten(request: HttpRequest) -> HttpResponse:
    """Who helps with a forgotten password: the same page for everybody, and no letter."""
    return render(request, "account/password_reset.html")


# -- the lock ---------------------------------------------------------------------------------


@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """Cover everything on a shared computer; signed in, but no page opens until unlocked."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    request.session[LOCKED] = True
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    return redirect(unlock_address(safe_next(request)))


@never_cache
@require_http_methods(["GET", "POST"])
def unlock(request: HttpRequest) -> HttpResponse:
    """Open the lock again with the password; in the demonstration, with one click."""
    if not request.user.is_authenticated:
        return redirect(f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': safe_next(request)})}")
    user = request.user
    onward = safe_next(request)
    if not request.session.get(LOCKED):
        return redirect(onward)
    one_click = may_enter_by_click(user)
    wrong = ""
    if request.method == "POST":
        if one_click or _is_password(request, user):
            request.session.pop(LOCKED)
            request.session.pop(_TRIES, None)
            return redirect(onward)
        tries = int(request.session.get(_TRIES, 0)) + 1
        if tries >= MOST_TRIES:
            logout(request)
            return redirect(f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': onward})}")
        request.session[_TRIES] = tries
        wrong = _("That did not fit. Please type it once more, slowly.")
    context = {
        "next": onward,
        "one_click": one_click,
        "wrong": wrong,
        "person_name": user.display_name,
    }
    return render(request, "desk/entrance/unlock.html", context, status=422 if wrong else 200)


def _is_password(request: HttpRequest, user: User) -> bool:
    found = authenticate(request, username=user.username, password=request.POST.get("password", ""))
    return found is not None and found.pk == user.pk


# -- the demonstration ------------------------------------------------------------------------


@never_cache
@require_safe
def demo(request: HttpRequest) -> HttpResponse:
    """The demonstration's people by agency, each with what there is to see."""
    if not settings.DEMO:
        raise Http404
    agencies: dict[int, dict[str, object]] = {}
    users = people.list_demo_users()
    rows = network.list_memberships_of(user.pk for user in users)
    # Of several memberships the oldest is the one that signing in takes.
    first = {row.user_id: row for row in reversed(rows)}
    for user in users:
        if (row := first.get(user.pk)) is None:
            continue
        entry = agencies.setdefault(row.agency_id, {"name": row.agency.name, "people": []})
        shown = {
            "username": user.username,
            "name": user.display_name,
            "roles": _role_words(row.roles),
            "sees": _sees(row.roles),
        }
        cast(list[object], entry["people"]).append(shown)
    return render(
        request, "desk/entrance/demo.html",
        {"agencies": list(agencies.values()), "language_url": reverse("entrance-language")},
    )  # fmt: skip


@require_POST
def demo_enter(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demonstration's people. 404 for anyone else, whoever asks."""
    user = people.get_demo_user(request.POST.get("username", ""))
    if user is None or not may_enter_by_click(user):
        raise Http404
    logout(request)
    login(request, user, backend=_BACKEND)
    return redirect("/")


def _role_words(roles: list[str]) -> str:
    return ", ".join(
        wording.in_language(role.label_id, role.label_en)
        for role in (get_role(code) for code in sorted(roles))
    )


def _sees(roles: list[str]) -> str:
    """What the first of these roles shows, in a sentence."""
    sentences = {
        "penyelia": _("The whole unit's cases, what is late, what waits for approval."),
        "pendamping": _("Today's tasks, the own cases, notes, plan and referrals."),
        "petugas_pengaduan": _("New reports, triage while listening, the way into a case."),
        "koordinator_provinsi": _("The province's network and delays, without identities."),
        "koordinator_nasional": _("The flows between provinces, without identities."),
        "admin_lembaga": _("Staff, desks, opening hours and places; no case."),
        "auditor": _("Who opened what, when and why; no content."),
        "pelapor_terdaftar": _("Sending a report and its receipt; never a file."),
        "administrator_sistem": _("The machinery; no case."),
    }
    for code in sentences:
        if code in roles:
            return sentences[code]
    return _("The packets sent to the own desk, and answering them.")


urlpatterns = [
    path("akun/saya/", account, name="entrance-account"),
    path("akun/bahasa/", language, name="entrance-language"),
    path("akun/lembaga/", agency, name="entrance-agency"),
    path("akun/kunci/", lock, name="entrance-lock"),
    path("akun/buka/", unlock, name="entrance-unlock"),
]
