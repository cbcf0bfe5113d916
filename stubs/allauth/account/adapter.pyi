from typing import Any

from allauth.core.internal.adapter import BaseAdapter
from django.http import HttpRequest, HttpResponse

from rangkul.accounts.models import User

# Where the library says AbstractBaseUser it hands over AUTH_USER_MODEL: in this house, User.
class DefaultAccountAdapter(BaseAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool: ...
    def pre_login(
        self,
        request: HttpRequest,
        user: User,
        *,
        email_verification: str,
        signal_kwargs: dict[str, Any] | None,
        email: str | None,
        signup: bool,
        redirect_url: str | None,
    ) -> HttpResponse | None: ...
    def post_login(
        self,
        request: HttpRequest,
        user: User,
        *,
        email_verification: str,
        signal_kwargs: dict[str, Any] | None,
        email: str | None,
        signup: bool,
        redirect_url: str | None,
    ) -> HttpResponse: ...
    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]: ...
    def clean_password(self, password: str, user: User | None = None) -> str: ...
    def set_password(self, user: User, password: str) -> None: ...
    def get_password_change_redirect_url(self, request: HttpRequest) -> str: ...
    def get_client_ip(self, request: HttpRequest) -> str: ...

def get_adapter(request: HttpRequest | None = None) -> DefaultAccountAdapter: ...
