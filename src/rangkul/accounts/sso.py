"""Single sign-on: for people who were invited, by a subject that was bound once, and checked whole.

The library carries the way there and back (state, PKCE, the exchange of the code). Ours is what
stands in the ID token: signed with an asymmetric key that the provider publishes, by the issuer we
asked, for us, now, and in answer to this very question (nonce).
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import jwt
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base import Provider
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from requests import Session

from rangkul.accounts import operations, policy
from rangkul.accounts.knocking import log
from rangkul.accounts.models import User
from rangkul.accounts.sso_settings import PROVIDER_ID
from rangkul.foundation import hour

BY_PROVIDER: Final = "factor_by_provider"
"""The session's mark that the provider proved a second factor, and that this house trusts it."""
CONNECT: Final = "connect"
_SIGNED_BY: Final = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
_NEEDED: Final = ("iss", "sub", "aud", "exp", "iat", "nonce")
_SKEW: Final = timedelta(seconds=60)
_OLDEST: Final = timedelta(minutes=10)


class SsoAdapter(DefaultSocialAccountAdapter):
    """Nobody makes an account by this way; the provider is the one of the environment."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Of the environment alone: a row in the database names no provider."""
        found = settings.SSO.providers.get("openid_connect", {}).get("APPS", [])
        return [SocialApp(provider="openid_connect", **app) for app in found]

    def get_provider(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> HouseProvider:
        """The one provider, in our reading of it."""
        return HouseProvider(request, app=self.get_app(request, provider=provider))

    def get_requests_session(self) -> Session:
        """Asks the provider, and nobody to whom an answer points (OWASP ASVS 5.0, 15.3.2)."""
        session = super().get_requests_session()
        session.max_redirects = 0
        return session

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never."""
        return False

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        """Back to the own account."""
        return reverse("entrance-account")

    def on_authentication_error(
        self, request: HttpRequest, provider: Provider, *_more: Any, **_named: Any
    ) -> None:
        """Whatever went wrong on the way, one plain sentence."""
        raise ImmediateHttpResponse(not_known(request))

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The answer is to our question; the person is bound already, or was invited just now."""
        claims = getattr(request, "sso_claims", None)
        asked = str((sociallogin.state or {}).get("nonce") or "")
        if not claims or not asked or not hmac.compare_digest(asked, str(claims["nonce"])):
            raise ImmediateHttpResponse(not_known(request))
        if sociallogin.state.get("process") == CONNECT:
            if not request.user.is_authenticated or sociallogin.is_existing:
                raise ImmediateHttpResponse(not_known(request))
            return
        if not sociallogin.is_existing:
            user = invited_as(claims)
            if user is None:
                raise ImmediateHttpResponse(not_known(request))
            operations.enter_by_provider(user=user)
            sociallogin.connect(request, user)
        told = {str(claims.get("acr", "")), *_words(claims.get("amr"))}
        request.session[BY_PROVIDER] = bool(told & settings.SSO.trusted)


class HouseProvider(OpenIDConnectProvider):
    """The provider: asked for nothing but who somebody is, and nothing of the answer is kept."""

    def get_oauth2_adapter(self, request: HttpRequest) -> HouseOidc:
        return HouseOidc(request, self.app.provider_id)

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        """What an address says changes nothing of the question."""
        return {}

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        return ["openid", "email"]

    def get_scope(self) -> list[str]:
        return ["openid", "email"]

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """The subject is all that is kept of a person there."""
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        return []

    def begin(self, request: HttpRequest, *, process: str, next_url: str) -> HttpResponse:
        """Lead to the provider, with a question that only this session can have asked."""
        nonce = secrets.token_urlsafe(24)
        answer: HttpResponse = self.redirect(
            request, process, next_url=next_url, nonce=nonce, auth_params={"nonce": nonce}
        )
        return answer


class HouseOidc(OpenIDConnectOAuth2Adapter):
    """Reads the provider's answer; raises ``OAuth2Error`` for one that does not hold."""

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return request.build_absolute_uri(reverse("entrance-sso-back"))

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says of itself, if it is the one we asked and speaks TLS."""
        found: dict[str, Any] = super().openid_config
        if str(found.get("issuer", "")).rstrip("/") != settings.SSO.issuer:
            raise OAuth2Error("another issuer answers")
        scheme = urlsplit(settings.SSO.issuer).scheme
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if urlsplit(str(found.get(name, ""))).scheme not in {scheme, "https"}:
                raise OAuth2Error("an address without TLS")
        return found

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: Any, **more: Any
    ) -> SocialLogin:
        """The person whom the signed answer names."""
        id_token = more["response"].get("id_token")
        if not isinstance(id_token, str):
            raise OAuth2Error("no id_token")
        claims = self.checked(id_token, client_id=app.client_id)
        vars(request)["sso_claims"] = claims
        return self.get_provider().sociallogin_from_response(request, {"id_token": claims})

    def checked(self, id_token: str, *, client_id: str) -> dict[str, Any]:
        """The claims of a token that holds in every respect but the nonce, judged by the adapter.

        OpenID Connect Core 1.0, 3.1.3.7. Raises ``OAuth2Error``.
        """
        try:
            algorithm = jwt.get_unverified_header(id_token).get("alg")
            if algorithm not in _SIGNED_BY:
                raise OAuth2Error("not signed by a key that can be published")
            claims: dict[str, Any] = jwt.decode(
                id_token,
                self._key_of(id_token),
                algorithms=[algorithm],
                audience=client_id,
                issuer=self.openid_config["issuer"],
                leeway=_SKEW,
                options={"require": list(_NEEDED)},
            )
        except jwt.PyJWTError as fault:
            raise OAuth2Error("the id_token does not hold") from fault
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if (several or "azp" in claims) and claims.get("azp") != client_id:
            raise OAuth2Error("for another party")
        if hour.seconds() - float(claims["iat"]) > _OLDEST.total_seconds():
            raise OAuth2Error("too old")
        return claims

    def _key_of(self, id_token: str) -> jwt.PyJWK:
        """The published key that this token names."""
        from allauth.socialaccount.adapter import get_adapter

        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        named = jwt.get_unverified_header(id_token).get("kid")
        fitting = [key for key in keys if key.key_id == named or (named is None and len(keys) == 1)]
        if len(fitting) != 1:
            raise OAuth2Error("no such key")
        return fitting[0]


def invited_as(claims: dict[str, Any]) -> User | None:
    """The one invited account that nobody has entered yet, by an address the provider verified."""
    address = str(claims.get("email") or "")
    if claims.get("email_verified") is not True or not address:
        return None
    found = User.objects.filter(
        email__iexact=address, last_login=None, must_change_password=True, is_active=True,
        is_demo=False,
    )  # fmt: skip
    users = list(found[:2])
    if len(users) != 1 or not policy.may_enter(users[0], at=hour.now()):
        return None
    return users[0]


def is_bound(user: User) -> bool:
    """Whether this account may come in by the provider."""
    return bool(SocialAccount.objects.filter(user_id=user.pk, provider=PROVIDER_ID).exists())


def unbind(user: User) -> None:
    """The provider opens this account no longer."""
    SocialAccount.objects.filter(user_id=user.pk, provider=PROVIDER_ID).delete()


def not_known(request: HttpRequest) -> HttpResponse:
    """Back to the door with one sentence, the same for whatever did not fit."""
    log.warning("a sign-in by the provider was refused")
    messages.error(
        request,
        _("Nobody here is known under that sign-in. The administrator of your agency helps."),
    )
    return redirect("entrance-account" if request.user.is_authenticated else settings.LOGIN_URL)


def _words(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []
