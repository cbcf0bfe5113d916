"""What every door for machines has in common: one transaction for a whole call, and how a secret is
known again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from rangkul.foundation import memory


def whole(run: Callable[[], HttpResponse]) -> HttpResponse:
    """Run a call in one transaction with a memory of its own; a refusal undoes all of it.

    A commit may meet what the database checks last: its fault comes out of here.
    """
    with memory.remembering(), transaction.atomic():
        answer = run()
        if answer.status_code >= 400:
            transaction.set_rollback(True)
    return answer


def is_plain(request: HttpRequest) -> bool:
    """Whether a call came in plain text to a house that has TLS."""
    return bool(settings.SECURE_SSL_REDIRECT) and not request.is_secure()


def digest_of(secret: str) -> bytes:
    """What is kept of a secret of 256 random bits: its SHA-256; they need no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()
