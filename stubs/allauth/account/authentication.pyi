from typing import Any

from django.http import HttpRequest

from rangkul.accounts.models import User

def get_authentication_records(
    request: HttpRequest, user: User | None = None
) -> list[dict[str, Any]]: ...
