"""The door of every call: its token, its one transaction, its scope, and the same call twice."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja.security import HttpBearer
from pydantic import BaseModel

from rangkul.api import faults, operations, queries
from rangkul.api.queries import Caller
from rangkul.foundation import calling, hour
from rangkul.foundation.keyring import KeyRing
from rangkul.foundation.scope import Scope, set_scope

MOST_BODY: Final = 256 * 1024
JSON: Final = "application/json"


class CallRequest(HttpRequest):
    """A call that was let in: who calls, and whether its answer was given before."""

    auth: Caller
    is_replay: bool


class ServiceTokenAuth(HttpBearer):
    """``Authorization: Bearer rk_…``: who calls, with the scope set for the rest of the call."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """The caller, or ``None`` for a secret that opens nothing (401)."""
        caller = queries.caller_of(token, at=hour.now())
        if caller is None:
            return None
        set_scope(Scope.of(caller.actor))
        operations.note_use(digest=caller.digest, by=caller.actor, at=caller.at)
        return caller


def caller_of(request: HttpRequest) -> Caller:
    """Who calls; only after ``ServiceTokenAuth`` has let the call in."""
    return cast(CallRequest, request).auth


Run = Callable[..., HttpResponse]


def in_one_transaction(run: Run) -> Run:
    """Sign-in, reading, acting and writing the answer in one transaction; a fault undoes it all."""

    @wraps(run)
    def called(request: HttpRequest, **path: Any) -> HttpResponse:
        refused = _refused(request)
        if refused is not None:
            return refused
        try:
            answer = calling.whole(lambda: run(request, **path))
        except Exception as fault:
            return faults.answer(request, fault)
        if getattr(request, "is_replay", False):
            answer["Idempotency-Replayed"] = "true"
        return answer

    return called


def _refused(request: HttpRequest) -> HttpResponse | None:
    """What is no call of ours: in plain text though there is TLS, too large, or not JSON."""
    if calling.is_plain(request):
        return faults.known(403, "plain_text")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MOST_BODY:
        return faults.known(413, "too_large")
    if int(length) and request.content_type != JSON:
        return faults.known(415, "wrong_media_type")
    return None


def once(request: HttpRequest, key: str, act: Callable[[], BaseModel]) -> Mapping[str, Any]:
    """Do ``act`` under this key once; whoever calls again gets what the first was answered.

    Raises ``KeyReused``.
    """
    caller = caller_of(request)
    kept, is_first = operations.claim_key(
        key=key, digest=_digest(request), by=caller.actor, at=caller.at
    )
    if not is_first:
        cast(CallRequest, request).is_replay = True
        return cast(Mapping[str, Any], kept.answer)
    answer = act().model_dump(mode="json")
    operations.keep_answer(replay_id=kept.id, answer=answer, by=caller.actor)
    return answer


def _digest(request: HttpRequest) -> bytes:
    """What was asked, keyed; the order of its fields does not matter."""
    ring: KeyRing = settings.KEY_RING
    asked = json.dumps(json.loads(request.body or b"null"), sort_keys=True)
    message = f"{request.method} {request.path}\n{asked}".encode("utf-8", "surrogatepass")
    return hmac.digest(ring.derive("api/replay"), message, "sha256")
