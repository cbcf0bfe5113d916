"""From a fault to a JSON answer: a stable code, a sentence in each language, field by field."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from ninja.errors import AuthenticationError, HttpError, ValidationError

from rangkul.access.policy import Forbidden, OwnException
from rangkul.api.policy import KeyReused
from rangkul.api.sentences import BASIS, FAULTS, FIELDS, Sentence
from rangkul.assessments.instrument import AnswersUnreadable
from rangkul.consent.policy import BasisMissing
from rangkul.custody.reading import ReadingSlowed, ReadingStopped
from rangkul.foundation.draw import TooManyKeys
from rangkul.foundation.errors import InvalidInput, NotReachable, StaleForm
from rangkul.foundation.keyring import KeysUnreachable
from rangkul.foundation.vault import KeyDestroyed
from rangkul.foundation.workflow import IllegalMove
from rangkul.referrals.ceilings import BasisNotOffered
from rangkul.referrals.policy import NoCover, PacketClosed, PreviewChanged

log = logging.getLogger("rangkul.api")

# What pydantic calls a fault → what we call it.
_TYPES: Final = {
    "missing": "required",
    "extra_forbidden": "unknown_field",
    "string_too_long": "too_long",
    "string_too_short": "empty",
    "too_long": "too_many",
    "too_short": "empty",
    "literal_error": "unknown",
    "enum": "unknown",
    "string_pattern_mismatch": "malformed",
    "timezone_aware": "no_zone",
    "greater_than": "impossible",
    "greater_than_equal": "impossible",
    "less_than": "impossible",
    "less_than_equal": "impossible",
    "string_unicode": "control_character",
}
# The names of our views' parameters, which are no fields of the caller's.
_PARAMETERS: Final = frozenset({"body", "wanted"})


def say(status: int, code: str, sentence: Sentence, **more: object) -> JsonResponse:
    """The answer to a fault."""
    content = {
        "code": code, "message_id": sentence.id, "message_en": sentence.en, "fields": [],
    } | more  # fmt: skip
    return JsonResponse(content, status=status)


def known(status: int, code: str, **more: object) -> JsonResponse:
    """The same, for a code whose sentence stands in the table."""
    return say(status, code, FAULTS[code], **more)


def answer(request: HttpRequest, fault: Exception) -> HttpResponse:
    """The answer to any fault that a call may meet; what nobody foresaw is 500 and logged."""
    found = _by_content(fault) or _by_table(fault) or _by_database(fault)
    if found is not None:
        return found
    log.error("unforeseen fault in a call", exc_info=fault)
    return known(500, "fault")


_PLAIN: Final[tuple[tuple[type[Exception], int, str], ...]] = (
    (AuthenticationError, 401, "unauthenticated"),
    (NotReachable, 404, "not_found"),
    (Http404, 404, "not_found"),
    (StaleForm, 409, "stale_form"),
    (IllegalMove, 409, "illegal_move"),
    (KeyReused, 409, "key_reused"),
    (NoCover, 409, "no_cover"),
    (PreviewChanged, 409, "preview_changed"),
    (BasisNotOffered, 409, "basis_missing"),
    (KeyDestroyed, 410, "key_destroyed"),
    (KeysUnreachable, 503, "unavailable"),
    (RequestDataTooBig, 413, "too_large"),
    (TooManyFieldsSent, 413, "too_large"),
)


def _by_table(fault: Exception) -> JsonResponse | None:
    for kind, status, code in _PLAIN:
        if isinstance(fault, kind):
            found = known(status, code)
            if status == 401:
                found["WWW-Authenticate"] = 'Bearer realm="rangkul"'
            return found
    return None


def _by_content(fault: Exception) -> JsonResponse | None:
    if isinstance(fault, Forbidden | OwnException):
        return say(403, fault.code, Sentence(fault.message_id, fault.message_en))
    if isinstance(fault, ReadingStopped):
        return say(403, fault.code, Sentence(fault.message_id, fault.message_en))
    if isinstance(fault, ReadingSlowed | TooManyKeys):
        slowed = say(429, fault.code, Sentence(ReadingSlowed.message_id, ReadingSlowed.message_en))
        slowed["Retry-After"] = str(fault.wait)
        return slowed
    if isinstance(fault, BasisMissing):
        return _basis_missing(fault)
    if isinstance(fault, PacketClosed):
        return _packet_closed(fault)
    if isinstance(fault, InvalidInput):
        return invalid(_field(name, words) for name, words in fault.errors.items())
    if isinstance(fault, AnswersUnreadable):
        return invalid(
            {
                "field": f"answers.{problem.item}", "code": problem.code,
                "message_id": problem.text_id, "message_en": problem.text_en,
            }
            for problem in fault.problems
        )  # fmt: skip
    if isinstance(fault, ValidationError):
        return invalid(_of_pydantic(error) for error in fault.errors)
    if isinstance(fault, HttpError) and fault.status_code == 400:
        return known(400, "unreadable_body")
    return None


def _by_database(fault: Exception) -> JsonResponse | None:
    if isinstance(fault, OperationalError | InterfaceError):
        log.error("database away: %s", type(fault).__name__)
        return known(503, "unavailable")
    if isinstance(fault, DatabaseError):
        state = getattr(fault.__cause__, "sqlstate", None)
        if state == "RK404":
            return known(404, "not_found")
        if state in {"RK001", "RK002"}:
            # The membership ended while the call was under way.
            return _by_table(AuthenticationError())
        if state == "RK403":
            return known(403, "forbidden")
        if state == "RK423":
            return known(409, "file_restricted")
    return None


def invalid(fields: Iterable[Mapping[str, str]]) -> JsonResponse:
    """422 with what to mend, field by field, in a steady order."""
    listed = sorted(fields, key=lambda each: (each["field"], each["code"]))
    return known(422, "invalid_input", fields=listed)


def _field(name: str, words: str) -> dict[str, str]:
    """A code's sentence; an operation that brought a sentence of its own keeps it."""
    sentence = FIELDS.get(str(words))
    if sentence is None:
        with translation.override("id"):
            said_id = str(words)
        with translation.override("en"):
            said_en = str(words)
        return {
            "field": name, "code": "invalid", "message_id": said_id, "message_en": said_en,
        }  # fmt: skip
    return {
        "field": name, "code": str(words), "message_id": sentence.id, "message_en": sentence.en,
    }  # fmt: skip


def _of_pydantic(error: Mapping[str, Any]) -> dict[str, str]:
    """A schema's fault without what was sent: that may be a person's."""
    place = [str(part) for part in error["loc"][1:]]
    if place and place[0] in _PARAMETERS:
        place = place[1:]
    kind = str(error["type"])
    code = _TYPES.get(kind) or str(error.get("ctx", {}).get("code", ""))
    if not code:
        code = "wrong_type" if kind.endswith("_type") else "malformed"
    if code not in FIELDS:
        code = "invalid"
    return _field(".".join(place), code)


def _basis_missing(fault: BasisMissing) -> JsonResponse:
    general, why = FAULTS["basis_missing"], BASIS.get(fault.why)
    sentence = Sentence(f"{general.id} {why.id}", f"{general.en} {why.en}") if why else general
    return say(409, "basis_missing", sentence, why=fault.why)


def _packet_closed(fault: PacketClosed) -> JsonResponse:
    """A packet that only waits for its review is not gone: the sentence says so."""
    sentence = FAULTS["packet_held_back" if fault.why == "not_reviewed" else "packet_closed"]
    return say(410, "packet_closed", sentence, why=fault.why)
