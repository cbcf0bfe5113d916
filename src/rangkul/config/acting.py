"""Who acts in this request: the signed-in person, for the agency chosen, in the roles there."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Final, cast
from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.accounts import sessions
from rangkul.accounts.models import User
from rangkul.accounts.sso import BY_PROVIDER
from rangkul.config.entering import places_of
from rangkul.config.machines import BY_TOKEN
from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.look.wayback import page_of
from rangkul.network import queries as network

# Sessions remember the last sign of life no more often than this, in seconds.
_SEEN_EVERY = 60
# Set by the pages (``desk/fragments.ts``) on what they ask for without anybody's hand.
_BY_ITSELF = "X-Rangkul-By-Itself"
# Whoever makes accounts and tokens, or keeps the machines, leaves no screen open for long.
_ADMINISTERS: Final = (Permission.MANAGE_STAFF, Permission.RUN_SYSTEM)


class ActingRequest(HttpRequest):
    """A request that knows who acts, if anyone."""

    actor: Actor | None
    membership: network.ActingMembership | None
    # After how long without a hand on it the page says that the session ends soon.
    idle_seconds: int


class ActingMiddleware:
    """Sets ``request.actor``; ends idle sessions; asks for an own password and a second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        ours = cast(ActingRequest, request)
        ours.actor, ours.membership = None, None
        if request.path.startswith(("/static/", *BY_TOKEN)) or not request.user.is_authenticated:
            return self.get_response(request)
        if not request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME):
            # Signed in on another machine: the language the person chose once goes along.
            translation.activate(request.user.language)
        chosen = network.get_acting_membership(
            request.user.pk,
            request.session.get("membership_id"),
            places_of(request.user),
        )
        limit = idle_limit(_roles(request.user, chosen))
        if _has_ended(request, limit):
            logout(request)
            return _to_sign_in(request)
        ours.idle_seconds = int(limit.total_seconds())
        if chosen is not None:
            request.session.setdefault("membership_id", chosen.membership_id)
            ours.membership, ours.actor = chosen, chosen.actor
        if request.user.must_change_password:
            # Before all else, the second factor too: somebody else knows this password.
            if request.path in _doors_of_a_new_person():
                return self.get_response(request)
            return redirect("account_change_password")
        if _needs_second_factor(request):
            return redirect("mfa_index")
        return self.get_response(request)


def _roles(user: User, chosen: network.ActingMembership | None) -> frozenset[str]:
    """What the person is in any of her places: the shortest patience of them all holds."""
    places = places_of(user) or []
    roles = {role for place in places for role in place.roles}
    return frozenset(roles | (chosen.actor.roles if chosen else set()))


def idle_limit(roles: Collection[str]) -> timedelta:
    """After how long without a hand on it a session ends."""
    administers = any(may(roles, each) for each in _ADMINISTERS)
    limit: timedelta = settings.SESSION_IDLE_OF_ADMINS if administers else settings.SESSION_IDLE
    return limit


def _has_ended(request: HttpRequest, limit: timedelta) -> bool:
    """Too long without a sign of life, or too long since the sign-in, whatever was done since."""
    now = int(hour.seconds())
    entered = request.session.get(sessions.ENTERED)
    if not isinstance(entered, int) or now - entered >= settings.SESSION_LONGEST.total_seconds():
        return True
    seen = request.session.get(sessions.SEEN)
    if seen is not None and now - seen > limit.total_seconds():
        return True
    # What a page fetches by itself is no sign of life: an unattended screen must end.
    by_itself = _BY_ITSELF in request.headers
    if seen is None or (now - seen > _SEEN_EVERY and not by_itself):
        request.session[sessions.SEEN] = now
    return False


def _doors_of_a_new_person() -> set[str]:
    """Where one may go before the one-time password is changed."""
    names = ("account_change_password", "account_logout", "entrance-language")
    return {reverse(name) for name in names}


def _needs_second_factor(request: HttpRequest) -> bool:
    """Everyone but the demonstration's people sets up a second factor before the first case."""
    user = request.user
    if getattr(user, "is_demo", False) and settings.DEMO:
        return False
    if request.session.get("second_factor") == "set":
        return False
    if is_mfa_enabled(user):
        request.session["second_factor"] = "set"
        return False
    if request.session.get(BY_PROVIDER) is True:
        return False
    doors = ("account_logout", "account_reauthenticate", "entrance-language", "entrance-lock",
             "entrance-unlock", "entrance-stay")  # fmt: skip
    return not request.path.startswith((reverse("mfa_index"), *map(reverse, doors)))


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page, and back to where the person was; a lost form keeps its text in the tab."""
    asked = urlencode({"next": page_of(request), "idle": 1})
    address = f"{reverse(settings.LOGIN_URL)}?{asked}"
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=401)
        answer["HX-Redirect"] = address
        return answer
    return redirect(address)
