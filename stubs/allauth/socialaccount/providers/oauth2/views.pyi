from collections.abc import Callable
from typing import Any

from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base import Provider
from django.http import HttpRequest
from django.http.response import HttpResponseBase

class OAuth2Adapter:
    request: HttpRequest
    def __init__(self, request: HttpRequest) -> None: ...
    def get_provider(self) -> Provider: ...
    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin: ...
    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str: ...

class OAuth2View:
    @classmethod
    def adapter_view(
        cls, adapter: OAuth2Adapter | Callable[[HttpRequest], OAuth2Adapter]
    ) -> Callable[..., HttpResponseBase]: ...

class OAuth2CallbackView(OAuth2View): ...
