"""The API as a whole, and its description: the same bytes for the same code."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Final

from django.http import Http404
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from rangkul.api import faults
from rangkul.api.door import ServiceTokenAuth, in_one_transaction
from rangkul.api.routers import (
    cases,
    conferences,
    consent,
    directory,
    handoffs,
    plan,
    plans,
    referrals,
    reports,
)
from rangkul.api.sentences import FAULTS

VERSION: Final = "1.0.0"
PREFIX: Final = "/api/v1/"

_ABOUT: Final = """\
The road of a case as JSON, for systems of other agencies: reports, cases, grounds, referrals and
what lies around them, transfers, conferences, the directory. A service account is bound by the same
rules as a colleague in its roles: what it may not see answers 404 like what does not exist; what it
sees but may not do answers 403 and says who can help. Readings of what identifies a person are
recorded.

Acts that make something take an `Idempotency-Key`: the same call again counts once and is given
the first answer (`Idempotency-Replayed: true`). Acts on what others may change take the `version`
that was read; 409 means: read again. Every fault has a stable `code` and a sentence in Indonesian
and English; 422 names the fields.
"""
_EXAMPLES_OF_STATUS: Final = {
    400: "unreadable_body", 401: "unauthenticated", 403: "forbidden", 404: "not_found",
    409: "stale_form", 410: "packet_closed", 413: "too_large", 415: "wrong_media_type",
    422: "invalid_input", 429: "too_fast", 500: "fault", 503: "unavailable",
}  # fmt: skip
_WORDS_OF_STATUS: Final = {
    200: "Done", 201: "Made", 400: "Not JSON", 401: "No valid token", 403: "Not for this role",
    404: "Not found, or not for this account", 409: "Changed since, or no step from this state",
    410: "Erased or closed", 413: "Too large", 415: "Not application/json",
    422: "Values that cannot be taken", 429: "Too many calls", 500: "Our fault",
    503: "The database is away",
}  # fmt: skip


def build() -> NinjaAPI:
    """The API with every area, its one door and its words for faults."""
    made = NinjaAPI(
        title="Rangkul", version=VERSION, description=_ABOUT, auth=ServiceTokenAuth(),
        docs_url=None, openapi_url=None, urls_namespace="api-v1",
    )  # fmt: skip
    made.add_decorator(in_one_transaction, mode="view")
    for area in (
        reports,
        cases,
        plan,
        consent,
        referrals,
        plans,
        handoffs,
        conferences,
        directory,
    ):
        made.add_router("", area.router)
    worded: Any = faults.answer
    for kind in (Exception, Http404, HttpError, ValidationError):
        made.add_exception_handler(kind, worded)
    return made


api = build()


@cache
def text() -> str:
    """The description as it is committed: OpenAPI 3.1, keys sorted, two spaces, one line end."""
    described: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix=PREFIX)))
    schemas = described["components"]["schemas"]
    described["components"]["responses"] = {
        _fault_name(status): _fault(status) for status in _EXAMPLES_OF_STATUS
    }
    for methods in described["paths"].values():
        for operation in methods.values():
            _complete(operation, schemas)
    return json.dumps(described, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _complete(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Give a call the examples of its schemas, and each answer its words."""
    for parameter in operation["parameters"]:
        examples = parameter.pop("examples", None) or parameter["schema"].pop("examples", None)
        if examples:
            parameter["example"] = examples[0]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body is not None:
        body["example"] = _example(body["schema"], schemas)
    for status, response in operation["responses"].items():
        if int(status) in _EXAMPLES_OF_STATUS:
            operation["responses"][status] = {
                "$ref": f"#/components/responses/{_fault_name(int(status))}"
            }
            continue
        response["description"] = _WORDS_OF_STATUS[int(status)]
        content = response["content"]["application/json"]
        content["example"] = _example(content["schema"], schemas)


def _example(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    return schemas[schema["$ref"].rsplit("/", 1)[-1]]["examples"][0]


def _fault_name(status: int) -> str:
    return f"Fault{status}"


def _fault(status: int) -> dict[str, Any]:
    """One answer to a fault, described once for every call."""
    code = _EXAMPLES_OF_STATUS[status]
    sentence = FAULTS[code]
    content = {
        "schema": {"$ref": "#/components/schemas/Fault"},
        "example": {
            "code": code, "message_id": sentence.id, "message_en": sentence.en, "fields": [],
        },
    }  # fmt: skip
    return {
        "description": _WORDS_OF_STATUS[status], "content": {"application/json": content},
    }  # fmt: skip
