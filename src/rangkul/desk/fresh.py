"""Before an act that weighs: the second factor once more, without losing what was typed.

Use ``staff(…, fresh=True)`` (``desk.page``) for a whole page, or `ask_factor` within a view for a
single act of it. Reading leads to a page that asks and leads back; a form that was sent is answered
by that page, which carries all that was typed and sends it on together with the code or the key.
"""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.forms import ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from rangkul.accounts import factors
from rangkul.accounts.factor_adapter import ConfirmForm
from rangkul.accounts.models import User
from rangkul.accounts.policy import may_enter_by_click
from rangkul.look.wayback import page_of

CODE: Final = "factor_code"
KEY: Final = "factor_key"
CLICK: Final = "factor_click"
_OURS: Final = frozenset({CODE, KEY, CLICK, "csrfmiddlewaretoken"})


def is_fresh(request: HttpRequest) -> bool:
    """Whether the signed-in person proved a second factor within ``factors.FRESH_FOR``."""
    return factors.is_fresh(request.session, user_id=request.user.pk or 0)


def ask_factor(request: HttpRequest) -> HttpResponseBase | None:
    """``None``: the second factor is fresh, or came with this form and fits; go on.

    Otherwise the answer that asks for it, to be given back as it is; nothing has happened yet.
    """
    if is_fresh(request):
        return None
    user = request.user
    if not user.is_authenticated:
        return HttpResponse(status=401)
    if request.method == "POST" and _is_answered(request):
        refusal = _refusal(request, user)
        if not refusal:
            return None
        return _page(request, user, action="", refusal=refusal)
    if request.headers.get("X-Requested-With") == "fetch":
        told = _("Please confirm once more that it is you: open the page anew.")
        return JsonResponse({"error": told}, status=403)
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=401)
        answer["HX-Redirect"] = confirm_address(page_of(request))
        return answer
    if request.method == "POST":
        return _page(request, user, action="")
    return redirect(confirm_address(page_of(request)))


def confirm_address(onward: str) -> str:
    """The page that asks for the second factor and then goes on."""
    return f"{reverse('entrance-confirm')}?{urlencode({'next': onward})}"


@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponseBase:
    """Prove the second factor once more, then on to the page that asked for it."""
    user = request.user
    if not user.is_authenticated:
        return redirect("account_login")
    onward = request.POST.get("next") or request.GET.get("next") or "/"
    if not url_has_allowed_host_and_scheme(onward, {request.get_host()}) or onward[0] != "/":
        onward = "/"
    if request.method == "GET" and is_fresh(request):
        return redirect(onward)
    refusal = ""
    if request.method == "POST":
        refusal = _refusal(request, user)
        if not refusal:
            return redirect(onward)
    return _page(request, user, action=reverse("entrance-confirm"), onward=onward, refusal=refusal)


def _is_answered(request: HttpRequest) -> bool:
    return any(name in request.POST for name in (CODE, KEY, CLICK))


def _refusal(request: HttpRequest, user: User) -> str:
    """Why what was sent proves nothing; empty when it does, and then that is noted."""
    if may_enter_by_click(user):
        if CLICK not in request.POST:
            return _("Please confirm with the button.")
        factors.note_factor(request.session, user_id=user.pk)
        return ""
    form: Any
    if request.POST.get(KEY):
        form = ReauthenticateWebAuthnForm({"credential": request.POST[KEY]}, user=user)
        plain = _("The passkey was not recognised. Please try once more.")
    else:
        form = ConfirmForm({"code": request.POST.get(CODE, "")}, user=user)
        plain = _("This code does not fit. Please type the one that the app shows now.")
    if not form.is_valid():
        busy = form.has_error("code", "too_many_login_attempts") or form.has_error(
            "credential", "too_many_login_attempts"
        )
        return _("Too many tries for now. Please wait a few minutes.") if busy else plain
    form.save()
    return ""


def _page(
    request: HttpRequest, user: User, *, action: str, onward: str = "", refusal: str = ""
) -> HttpResponseBase:
    """The page that asks; a form that was sent goes along in it, as it was typed."""
    one_click = may_enter_by_click(user)
    has_code = is_mfa_enabled(user, [Authenticator.Type.TOTP])
    has_key = is_mfa_enabled(user, [Authenticator.Type.WEBAUTHN])
    if not (one_click or has_code or has_key):
        messages.info(request, _("This step asks for a second key. Please set one up first."))
        return redirect("mfa_index")
    kept = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in _OURS and not (onward and name == "next")
        for value in values
    ]
    context = {
        "action": action,
        "next": onward,
        "kept": kept,
        "has_file": bool(request.FILES),
        "one_click": one_click,
        "has_code": has_code or has_key,
        "key_options": json.dumps(webauthn.begin_authentication(user)) if has_key else "",
        "refusal": refusal,
        "minutes": int(factors.FRESH_FOR.total_seconds() // 60),
        "back": "/" if onward else page_of(request),
        "is_act": not onward,
    }
    status = 422 if refusal else 403 if not onward else 200
    return render(request, "desk/entrance/confirm.html", context, status=status)


urlpatterns = [path("akun/pastikan/", confirm, name="entrance-confirm")]
