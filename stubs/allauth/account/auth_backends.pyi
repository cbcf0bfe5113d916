from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from rangkul.accounts.models import User

# A ModelBackend when it runs; its `authenticate` keeps the promise of a BaseBackend alone.
class AuthenticationBackend(BaseBackend):
    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None: ...
    def get_user(self, user_id: Any) -> User | None: ...
    def user_can_authenticate(self, user: User) -> bool: ...
    @classmethod
    def _stash_user(cls, user: User | None) -> User | None: ...
