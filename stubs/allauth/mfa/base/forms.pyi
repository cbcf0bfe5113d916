from typing import Any

from allauth.mfa.models import Authenticator
from django import forms

from rangkul.accounts.models import User

class BaseAuthenticateForm(forms.Form):
    user: User
    authenticator: Authenticator
    def __init__(self, *args: Any, **kwargs: Any) -> None: ...
    def clean_code(self) -> str: ...

class AuthenticateForm(BaseAuthenticateForm):
    def save(self) -> None: ...

class ReauthenticateForm(BaseAuthenticateForm):
    def save(self) -> None: ...
