from typing import Any

from rangkul.accounts.models import User

def begin_authentication(user: User | None = None) -> dict[str, Any]: ...
