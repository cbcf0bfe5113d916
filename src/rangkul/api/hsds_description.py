"""The official description of the HSDS API with what it leaves open: our name, our refusals."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from importlib.resources import files
from typing import Any, Final

from rangkul.api.hsds_sentences import SENTENCES
from rangkul.api.sentences import FAULTS, Sentence

VERSION: Final = "1.0.0"


@cache
def _read(name: str) -> dict[str, Any]:
    text = files("rangkul.api").joinpath(f"data/{name}").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def official() -> dict[str, Any]:
    """The description as the standard publishes it."""
    return _read("hsds-3.0-openapi.json")


def profile() -> dict[str, Any]:
    """What we chose where the standard leaves a choice, and under which licence the data are."""
    return _read("hsds-profile.json")


def described(base: str) -> dict[str, Any]:
    """The same for this house; ``base`` is where it is served, without a slash at its end."""
    made, told = deepcopy(official()), profile()
    made["info"] = {
        "title": "Rangkul: direktori layanan / directory of services",
        "version": VERSION,
        "summary": "Offices, shelters and helpers for survivors of violence and trafficking.",
        "description": " ".join(told["choices"]),
        "license": {"name": told["licence"], "url": told["licence_url"]},
    }
    made["servers"] = [{"url": base}]
    made["components"]["schemas"]["Fault"] = _FAULT
    for place, methods in made["paths"].items():
        refusals = {"500": FAULTS["fault"], "503": FAULTS["unavailable"]}
        if "{id}" in place:
            refusals["404"] = SENTENCES["not_found"]
        refusals["400"] = SENTENCES["unreadable"]
        answers = methods["get"]["responses"]
        answers["200"]["headers"] = {"ETag": {"schema": {"type": "string"}}}
        answers["304"] = {"description": "Unchanged since it was read."}
        for status, sentence in refusals.items():
            answers[status] = _refusal(sentence)
        if "format" in json.dumps(methods["get"].get("parameters", [])):
            answers["200"]["content"]["application/x-ndjson"] = {"schema": {"type": "string"}}
    return made


_FAULT: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["code", "message_id", "message_en", "fields"],
    "properties": {
        "code": {"type": "string"},
        "message_id": {"type": "string", "description": "The sentence in Indonesian."},
        "message_en": {"type": "string", "description": "The sentence in English."},
        "fields": {"type": "array", "items": {"type": "object"}},
    },
}


def _refusal(sentence: Sentence) -> dict[str, Any]:
    return {
        "description": sentence.en,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Fault"}}},
    }
