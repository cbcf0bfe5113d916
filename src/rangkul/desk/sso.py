"""The way to an agency's own sign-in and back; it exists only where the environment names one."""

from __future__ import annotations

from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from rangkul.accounts import sso
from rangkul.accounts.sso import HouseOidc, SsoAdapter, not_known
from rangkul.accounts.sso_settings import PROVIDER_ID
from rangkul.desk.entrance import safe_next
from rangkul.desk.page import StaffRequest, staff


@never_cache
@require_safe
def enter(request: HttpRequest) -> HttpResponse:
    """Sign in over there."""
    return _begin(request, AuthProcess.LOGIN, safe_next(request))


@never_cache
@staff(fresh=True)
@require_safe
def bind(request: StaffRequest) -> HttpResponse:
    """From now on, come in by that way: the account there is bound to this one."""
    return _begin(request, AuthProcess.CONNECT, reverse("entrance-account"))


@staff(fresh=True)
@require_POST
def unbind(request: StaffRequest) -> HttpResponse:
    """No longer come in by that way; only for whoever has a password or a passkey."""
    if not request.user.has_usable_password():
        messages.error(request, _("Without it you could not sign in any more."))
        return redirect("entrance-account")
    sso.unbind(request.user)
    messages.success(request, _("That sign-in opens this account no longer."))
    return redirect("entrance-account")


@never_cache
@require_safe
def back(request: HttpRequest) -> HttpResponseBase:
    """What the provider answers."""
    _refuse_without_provider()
    try:
        view = OAuth2CallbackView.adapter_view(HouseOidc(request, PROVIDER_ID))
        answer: HttpResponseBase = view(request)
    except (OAuth2Error, RequestException, ValueError, KeyError):
        return not_known(request)
    return answer


def _begin(request: HttpRequest, process: str, onward: str) -> HttpResponse:
    _refuse_without_provider()
    provider = SsoAdapter(request).get_provider(request, PROVIDER_ID)
    try:
        return provider.begin(request, process=process, next_url=onward)
    except (OAuth2Error, RequestException, ValueError, KeyError):
        messages.error(
            request, _("The other sign-in does not answer now. Please use your password.")
        )
        return redirect(settings.LOGIN_URL)


def _refuse_without_provider() -> None:
    if not settings.SSO.issuer:
        raise Http404


urlpatterns = [
    path("akun/sso/", enter, name="entrance-sso"),
    path("akun/sso/kembali/", back, name="entrance-sso-back"),
    path("akun/sso/ikat/", bind, name="entrance-sso-bind"),
    path("akun/sso/lepas/", unbind, name="entrance-sso-unbind"),
]
