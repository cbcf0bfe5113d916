"""The door of every phone's call: its password, one transaction, its scope, its refusals."""

from __future__ import annotations

import base64
import binascii
import logging
from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFilesSent
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.csrf import csrf_exempt

from rangkul.access.policy import Forbidden
from rangkul.assessments.problems import Problem, SubmissionRefused
from rangkul.custody.reading import ReadingSlowed, ReadingStopped
from rangkul.field import openrosa, operations, queries, refusals
from rangkul.field.limits import MOST_BODY
from rangkul.field.queries import Caller
from rangkul.foundation import calling, hour
from rangkul.foundation.draw import TooManyKeys
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.keyring import KeysUnreachable
from rangkul.foundation.scope import Scope, set_scope

log = logging.getLogger("rangkul.field")

_MOST_PASSWORD: Final = 200
_CHALLENGE: Final = 'Basic realm="Rangkul", charset="UTF-8"'

Run = Callable[..., HttpResponse]


def phone(*methods: str) -> Callable[[Run], Run]:
    """A call of a phone by one of these methods; ``run`` is handed the request and its caller.

    No session, no cookie, no CSRF token: each call shows its password. A fault undoes all of it.
    """

    def decorate(run: Run) -> Run:
        @csrf_exempt
        @wraps(run)
        def called(request: HttpRequest, **path: Any) -> HttpResponse:
            language = language_of(request)
            refusal = _refused(request, methods, language)
            if refusal is not None:
                return refusal
            try:
                return calling.whole(lambda: _entered(request, run, path))
            except Exception as fault:
                return _worded(fault, request)

        return called

    return decorate


def language_of(request: HttpRequest, otherwise: str = "id") -> str:
    """The language that the phone asks for, if it is one of ours; else its person's."""
    wished = request.headers.get("Accept-Language", "").split(",")[0].strip().lower()
    return wished[:2] if wished[:2] in ("id", "en") else otherwise


def _entered(request: HttpRequest, run: Run, path: dict[str, Any]) -> HttpResponse:
    caller = _caller_of(request)
    if caller is None:
        return unauthenticated(language_of(request))
    set_scope(Scope.of(caller.actor))
    if caller.last_used_on != caller.at.date():
        operations.note_use(device_id=caller.device_id, by=caller.actor, at=caller.at)
    # What goes wrong from here on is said in the language of the phone's person.
    request.LANGUAGE_CODE = language_of(request, caller.language)
    return run(request, caller, **path)


def unauthenticated(language: str) -> HttpResponse:
    """401, with the one way in: the phone's own password. Digest would need it kept."""
    answer = openrosa.refused(401, [refusals.UNAUTHENTICATED], language)
    answer["WWW-Authenticate"] = _CHALLENGE
    return answer


def _caller_of(request: HttpRequest) -> Caller | None:
    """Whose phone calls. The same work is done whatever was shown."""
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    name, password = "", ""
    if scheme.lower() == "basic" and len(shown) <= 2 * _MOST_PASSWORD:
        try:
            text = base64.b64decode(shown.strip(), validate=True).decode()
        except (binascii.Error, ValueError):
            text = ""
        name, _, password = text.partition(":")
    return queries.caller_of(name, password, at=hour.now())


def _refused(request: HttpRequest, methods: tuple[str, ...], language: str) -> HttpResponse | None:
    """What is no call of ours, before anything is read of it."""
    if calling.is_plain(request) or not (request.is_secure() or _is_trial(request)):
        return openrosa.refused(403, [refusals.PLAIN], language)
    if request.method not in methods:
        answer = openrosa.refused(405, [refusals.METHOD], language)
        answer["Allow"] = ", ".join(methods)
        return answer
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MOST_BODY:
        return openrosa.refused(413, [refusals.TOO_LARGE], language)
    return None


def _is_trial(request: HttpRequest) -> bool:
    """A house for trying out, asked on its own machine: nobody else hears the password."""
    if not (settings.TRIAL or settings.DEMO):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


_PLAIN: Final[tuple[tuple[type[Exception], int, Problem], ...]] = (
    (NotReachable, 404, refusals.NOT_FOUND),
    (Http404, 404, refusals.NOT_FOUND),
    (RequestDataTooBig, 413, refusals.TOO_LARGE),
    (TooManyFilesSent, 413, refusals.TOO_MANY_FILES),
    (MultiPartParserError, 400, refusals.NO_XML),
    (BadRequest, 400, refusals.NO_XML),
    (InvalidInput, 400, refusals.NO_XML),
    (KeysUnreachable, 503, refusals.AWAY),
    (OperationalError, 503, refusals.AWAY),
    (InterfaceError, 503, refusals.AWAY),
    (DataError, 400, refusals.NO_COLUMN),
)
_STATUS: Final = {"retired": 410, "not_published": 404, "unknown_form": 404}


def _worded(fault: Exception, request: HttpRequest) -> HttpResponse:
    """Any fault as a sentence; what nobody foresaw is 500 and logged."""
    language = getattr(request, "LANGUAGE_CODE", "id")
    if isinstance(fault, SubmissionRefused):
        status = _STATUS.get(fault.problems[0].code, 400)
        return openrosa.refused(status, fault.problems, language)
    if isinstance(fault, Forbidden | ReadingStopped):
        told = Problem(fault.code, fault.message_id, fault.message_en)
        return openrosa.refused(403, [told], language)
    if isinstance(fault, ReadingSlowed | TooManyKeys):
        answer = openrosa.refused(429, [refusals.SLOWED], language)
        answer["Retry-After"] = str(fault.wait)
        return answer
    # The membership changed, or the database itself keeps a row out of reach.
    state = getattr(fault.__cause__, "sqlstate", None)
    if state in {"RK001", "RK002"}:
        return unauthenticated(language)
    if state == "RK404":
        return openrosa.refused(404, [refusals.NOT_FOUND], language)
    for kind, status, told in _PLAIN:
        if isinstance(fault, kind):
            if status == 503:
                log.error("a phone's call could not be stored: %s", type(fault).__name__)
            return openrosa.refused(status, [told], language)
    log.error("unforeseen fault in a phone's call", exc_info=fault)
    return openrosa.refused(500, [refusals.FAULT], language)
