from typing import Any

from allauth.core.internal.adapter import BaseAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base import Provider
from django.http import HttpRequest
from requests import Session

class DefaultSocialAccountAdapter(BaseAdapter):
    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None: ...
    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Provider,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None: ...
    def get_connect_redirect_url(
        self, request: HttpRequest, socialaccount: SocialAccount
    ) -> str: ...
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool: ...
    def get_provider(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> Provider: ...
    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]: ...
    def get_app(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> SocialApp: ...
    def get_requests_session(self) -> Session: ...

def get_adapter(request: HttpRequest | None = None) -> DefaultSocialAccountAdapter: ...
