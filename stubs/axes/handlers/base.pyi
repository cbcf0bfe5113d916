from typing import Any

from django.http import HttpRequest

class AxesBaseHandler:
    def is_allowed(
        self, request: HttpRequest, credentials: dict[str, Any] | None = None
    ) -> bool: ...
    def is_locked(
        self, request: HttpRequest, credentials: dict[str, Any] | None = None
    ) -> bool: ...
