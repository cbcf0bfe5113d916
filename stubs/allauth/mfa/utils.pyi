from collections.abc import Collection

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser

from rangkul.accounts.models import User

def is_mfa_enabled(
    user: User | AnonymousUser, types: Collection[Authenticator.Type] | None = None
) -> bool: ...
