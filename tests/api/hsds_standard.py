"""The official schemas and description of HSDS 3.0, as they were published, and what they say."""

from __future__ import annotations

import io
import json
import tarfile
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

ARCHIVE = Path(__file__).parents[1] / "standards" / "hsds-3.0.tar.xz"
PUBLISHED = "https://raw.githubusercontent.com/openreferral/specification/3.0/schema/"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
# What a schema says beside its rules; megabytes of it, in which nothing is decided.
_WORDS = {"description", "example", "title", "constraints", "datapackage_metadata", "core",
          "datapackage_type"}  # fmt: skip


@cache
def published() -> dict[str, Any]:
    """Every file of the standard by its path."""
    content = io.BytesIO(ARCHIVE.read_bytes())
    with tarfile.open(fileobj=content, mode="r:xz") as archive:
        return {
            member.name.removeprefix("./"): json.loads(_content(archive, member))
            for member in archive.getmembers()
            if member.isfile()
        }


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    found = archive.extractfile(member)
    return found.read() if found else b"null"


def _ruled(schema: Any) -> Any:
    """A schema's rules without its words; a field that is called like one of them stays."""
    if isinstance(schema, list):
        return [_ruled(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "properties" in schema:
        fields = {name: _ruled(each) for name, each in schema["properties"].items()}
        rest = {name: each for name, each in schema.items() if name != "properties"}
        return _ruled(rest) | {"properties": fields}
    # In these files "name" and "path" are words about a table; rules stand in the others.
    words = _WORDS | {"name", "path", "tabular_required"}
    return {name: _ruled(each) for name, each in schema.items() if name not in words}


@cache
def rules(path: str) -> dict[str, Any]:
    """One schema without its words."""
    found: dict[str, Any] = _ruled(published()[path])
    return found


@cache
def validator(path: str) -> Any:
    """What judges an object by an official schema, formats too."""
    registry = jsonschema_rs.Registry(
        [
            (f"{PUBLISHED}{name}", {"$schema": DIALECT, **rules(name)})
            for name in published()
            if "/" not in name and name != "openapi.json"
        ]
    )
    schema = {"$schema": DIALECT, "$id": f"{PUBLISHED}{path}", **rules(path)}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True, registry=registry)


def faults(path: str, said: Any) -> list[str]:
    """What an official schema has against an object."""
    return [f"{path}: {each.message}" for each in validator(path).iter_errors(said)]


def official() -> dict[str, Any]:
    """The official description with the schemas that it points to put beside it, and a server."""
    text = deepcopy(published()["openapi.json"])
    text["servers"] = [{"url": "http://testserver/api/hsds/v3"}]
    schemas = text["components"]["schemas"]

    def brought(said: Any) -> Any:
        if isinstance(said, list):
            return [brought(each) for each in said]
        if not isinstance(said, dict):
            return said
        target = said.get("$ref", "")
        if isinstance(target, str) and target.startswith(PUBLISHED):
            path = target.removeprefix(PUBLISHED)
            name = path.replace("/", "_").removesuffix(".json")
            if name not in schemas:
                schemas[name] = {}
                schemas[name] = brought(rules(path))
            return {"$ref": f"#/components/schemas/{name}"}
        if isinstance(target, str) and target.endswith(".json"):
            return brought({"$ref": f"{PUBLISHED}{target}"})
        return {key: brought(each) for key, each in said.items()}

    text["paths"] = brought(text["paths"])
    return text
