from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest

class BaseAdapter:
    request: HttpRequest
    def __init__(self, request: HttpRequest | None = None) -> None: ...
    def validation_error(self, code: str, *args: Any) -> ValidationError: ...
