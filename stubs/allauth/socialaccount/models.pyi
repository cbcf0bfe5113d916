from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from allauth.socialaccount.providers.base import Provider
from django.conf import settings as django_settings
from django.db import models
from django.http import HttpRequest

from rangkul.accounts.models import User

class SocialAppManager(models.Manager[SocialApp]): ...

class SocialApp(models.Model):
    provider = models.CharField(max_length=30)
    provider_id = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=40)
    client_id = models.CharField(max_length=191)
    secret = models.CharField(max_length=191, blank=True)
    key = models.CharField(max_length=191, blank=True)
    settings = models.JSONField(default=dict, blank=True)
    objects: ClassVar[SocialAppManager]

class SocialAccount(models.Model):
    user = models.ForeignKey(django_settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    provider = models.CharField(max_length=200)
    uid = models.CharField(max_length=191)
    last_login = models.DateTimeField(auto_now=True)
    date_joined = models.DateTimeField(auto_now_add=True)
    extra_data = models.JSONField(default=dict)

class SocialToken(models.Model):
    app = models.ForeignKey(SocialApp, on_delete=models.SET_NULL, blank=True, null=True)
    account = models.ForeignKey(SocialAccount, on_delete=models.CASCADE)
    token = models.TextField()
    token_secret = models.TextField(blank=True)
    expires_at = models.DateTimeField(blank=True, null=True)

class SocialLogin:
    state: dict[str, Any]
    def __init__(
        self,
        user: User | None = None,
        account: SocialAccount | None = None,
        token: SocialToken | None = None,
        email_addresses: list[EmailAddress] | None = None,
        provider: Provider | None = None,
        phone: str | None = None,
        phone_verified: bool = False,
    ) -> None: ...
    def connect(self, request: HttpRequest, user: User) -> None: ...
    @property
    def is_existing(self) -> bool: ...
