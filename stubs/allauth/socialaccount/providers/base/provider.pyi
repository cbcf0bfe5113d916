from typing import Any

from allauth.socialaccount.models import SocialApp, SocialLogin
from django.http import HttpRequest, HttpResponse

class Provider:
    # None is for providers without apps; ours has one (`uses_apps`), or is not made at all.
    app: SocialApp
    def __init__(self, request: HttpRequest, app: SocialApp | None = None) -> None: ...
    def redirect(
        self,
        request: HttpRequest,
        process: str,
        next_url: str | None = None,
        data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> HttpResponse: ...
    def sociallogin_from_response(
        self, request: HttpRequest, response: dict[str, Any]
    ) -> SocialLogin: ...
    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]: ...
    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]: ...
