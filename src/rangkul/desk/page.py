"""What every staff page has in common: an acting person, the hour, and a way to read its form."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from rangkul.access.permissions import Permission
from rangkul.access.policy import Forbidden, may, require
from rangkul.access.roles import NationalCoordinator, ProvinceCoordinator
from rangkul.accounts.models import User
from rangkul.desk.fresh import ask_factor
from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.look.wayback import page_of
from rangkul.network.queries import ActingMembership

Rest = ParamSpec("Rest")

LOCKED = "locked"
"""The session's mark that the screen was locked by its person (``desk.entrance``)."""


class TooLong(InvalidInput):
    """More was typed into a field than is kept; a view without a place for saying so leaves it."""

    def __init__(self, name: str, limit: int) -> None:
        super().__init__({name: "too_long"})
        self.name, self.limit = name, limit


class StaffRequest(HttpRequest):
    """A request that has passed ``staff``: it has an acting person, and one hour for all of it."""

    user: User
    actor: Actor
    membership: ActingMembership
    now: datetime
    # Set by a view whose answer says that nothing was kept (``config.scoped``).
    undo: bool
    LANGUAGE_CODE: str


StaffView = Callable[Concatenate[StaffRequest, Rest], HttpResponseBase]


SEES_CASES = (Permission.SEE_OWN_CASES, Permission.SEE_UNIT_CASES)
SEES_REPORTS = (Permission.SEE_DESK_REPORTS, Permission.TAKE_REPORT, Permission.SEE_UNIT_CASES)


def only_coordinates(actor: Actor) -> bool:
    """Whether the person coordinates and does nothing else here: what is late is her home."""
    return actor.roles <= {ProvinceCoordinator.code, NationalCoordinator.code}


def staff(
    *permissions: Permission, one_of: Collection[Permission] = (), fresh: bool = False
) -> Callable[[StaffView[Rest]], Callable[Concatenate[HttpRequest, Rest], HttpResponseBase]]:
    """Only for a signed-in person with a live membership whose roles carry ``permissions``.

    Of ``one_of``, where it is given, any one is enough; the refusal then names the first.
    ``fresh`` asks for a second factor of the last ten minutes (``desk.fresh``).

    Without sign-in: the sign-in page. Locked: the page that opens the lock. Without a membership:
    a page that says whom to ask.
    Without the permission: 403 with the sentence on who can help.
    """

    def decorate(
        view: StaffView[Rest],
    ) -> Callable[Concatenate[HttpRequest, Rest], HttpResponseBase]:
        @wraps(view)
        def wrapped(
            request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs
        ) -> HttpResponseBase:
            actor = getattr(request, "actor", None)
            if request.session.get(LOCKED):
                return _to_unlock(request)
            if actor is None:
                if request.user.is_authenticated:
                    return render(request, "desk/no_membership.html", status=403)
                if request.headers.get("HX-Request"):
                    refused = HttpResponse(status=401)
                    asked = urlencode({"next": page_of(request)})
                    refused["HX-Redirect"] = f"{reverse(settings.LOGIN_URL)}?{asked}"
                    return refused
                return redirect_to_login(page_of(request))
            for permission in permissions:
                require(actor.roles, permission)
            if one_of and not any(may(actor.roles, each) for each in one_of):
                raise Forbidden(next(iter(one_of)))
            if fresh and (asked_for := ask_factor(request)) is not None:
                return asked_for
            ours = cast(StaffRequest, request)
            ours.now = hour.now()
            try:
                answer = view(ours, *args, **kwargs)
            except TooLong as fault:
                answer = _to_shorten(ours, fault)
            return answer

        # Read by the permission table's test: which permissions guard this address.
        vars(wrapped).update(permissions=permissions, one_of=tuple(one_of), fresh=fresh)
        return wrapped

    return decorate


def unlock_address(onward: str) -> str:
    """The page that opens the lock and then goes on."""
    return f"{reverse('entrance-unlock')}?{urlencode({'next': onward})}"


def _to_unlock(request: HttpRequest) -> HttpResponse:
    address = unlock_address(page_of(request))
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=401)
        answer["HX-Redirect"] = address
        return answer
    return redirect(address)


def _to_shorten(request: StaffRequest, fault: TooLong) -> HttpResponse:
    """The whole form once more, with the words that were too many, to be shortened and sent.

    A script that sends in the background reads no page: it is told in one sentence.
    """
    if request.headers.get("X-Requested-With") == "fetch":
        told = _("Too long: at most %(limit)d signs fit.") % {"limit": fault.limit}
        return JsonResponse({"error": told}, status=422)
    request.undo = True
    context = {
        "name": fault.name,
        "limit": fault.limit,
        "words": typed(request, fault.name),
        "kept": [
            (name, value)
            for name, values in request.POST.lists()
            if name not in (fault.name, "csrfmiddlewaretoken")
            for value in values
        ],
        "has_file": bool(request.FILES),
    }
    return render(request, "desk/too_long.html", context, status=422)


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: every post, an empty one too, so that it is refused and not lost."""
    return request.POST if request.method == "POST" else None


def opened_version(request: HttpRequest, name: str = "version") -> int:
    """The version of the row that the form was opened on; 0, which is never current, for none."""
    sent = request.POST.get(name, "")
    return int(sent) if sent.isdecimal() and len(sent) < 10 else 0


def form_token(request: HttpRequest) -> UUID:
    """The token by which a form sent twice is known: the sent one, or the first of a new page."""
    try:
        return UUID(request.POST.get("token", ""))
    except ValueError:
        return uuid4()


def typed(request: HttpRequest, name: str) -> str:
    """A field of the form as it was typed, to be shown again: stripped, line ends made one."""
    return request.POST.get(name, "").replace("\r\n", "\n").replace("\x00", "").strip()


def text(request: HttpRequest, name: str, limit: int = 20_000) -> str:
    """A field of the form, to be used. Raises ``TooLong`` beyond ``limit``: nothing is cut off."""
    value = typed(request, name)
    if len(value) > limit:
        raise TooLong(name, limit)
    return value
