"""The description is true, whole and committed; and no call stands open."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import resolve
from ninja import NinjaAPI
from ninja.operation import Operation
from tests.clients import Client
from tests.contracts.source import ROOT as REPOSITORY

from rangkul.api import description
from rangkul.api.door import ServiceTokenAuth
from rangkul.api.schemas.strict import Asked, Fault
from rangkul.commands import openapi

_ALWAYS = {401, 403, 404, 422, 500, 503}
_WRITING = {400, 409, 413, 415}


def operations_of(api: NinjaAPI) -> Iterator[tuple[str, Operation]]:
    """Every call of an API, as it is bound."""
    for bound in api._get_bound_routers():
        for path, view in bound.path_operations.items():
            for operation in view.operations:
                yield f"{operation.methods[0]} {path}", operation


def open_calls(api: NinjaAPI) -> list[str]:
    """Calls that let someone in without our token."""
    return [
        name
        for name, operation in operations_of(api)
        if [type(callback) for callback in operation.auth_callbacks] != [ServiceTokenAuth]
    ]


def undeclared(api: NinjaAPI) -> list[str]:
    """Calls that do not say how they may refuse."""
    wrong = []
    for name, operation in operations_of(api):
        declared = {
            s for s, model in operation.response_models.items() if s >= 400 and _is_fault(model)
        }
        wanted = _ALWAYS | (set() if operation.methods == ["GET"] else _WRITING)
        wrong += [f"{name}: {sorted(wanted - declared)}"] if wanted - declared else []
    return wrong


def _is_fault(model: Any) -> bool:
    return model.model_fields["response"].annotation is Fault


def test_no_call_stands_open() -> None:
    assert len(list(operations_of(description.api))) > 35
    assert open_calls(description.api) == []


def test_each_call_declares_its_refusals() -> None:
    assert undeclared(description.api) == []


def test_a_planted_call_without_a_lock_is_found() -> None:
    planted = NinjaAPI(urls_namespace="planted", auth=ServiceTokenAuth())

    @planted.get("/open", auth=None)
    def open_to_all(request: Any) -> dict[str, str]:
        return {}

    @planted.get("/other", auth=[lambda request: True])
    def other_lock(request: Any) -> dict[str, str]:
        return {}

    @planted.get("/locked")
    def locked(request: Any) -> dict[str, str]:
        return {}

    assert open_calls(planted) == ["GET /open", "GET /other"]
    assert len(undeclared(planted)) == 3


def test_the_committed_description_is_what_the_code_says() -> None:
    committed = (REPOSITORY / openapi.COMMITTED).read_text(encoding="utf-8")
    assert committed == description.text(), "run: rangkul openapi --write"


def test_a_changed_call_is_found(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import argparse

    from rangkul.foundation.errors import RangkulError

    stale = tmp_path / "openapi.json"
    stale.write_text(description.text().replace("Receive a report", "Take a report"))
    options = argparse.Namespace(write=False, check=True, file=stale)
    with pytest.raises(RangkulError):
        openapi.run(options)
    stale.write_text(description.text())
    assert openapi.run(options) == 0


def _described() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(description.text())
    return found


def test_each_call_is_described_with_an_example() -> None:
    wrong = []
    described = _described()
    for path, methods in described["paths"].items():
        for method, call in methods.items():
            name = f"{method.upper()} {path}"
            if not call["summary"] or len(call.get("description", "")) < 20:
                wrong.append(f"{name}: no words")
            if "requestBody" in call and not call["requestBody"]["content"]["application/json"].get(
                "example"
            ):
                wrong.append(f"{name}: no example of the body")
            for status, response in call["responses"].items():
                if "$ref" in response:
                    kind = response["$ref"].rsplit("/", 1)[-1]
                    assert described["components"]["responses"][kind]["content"]
                elif not response["content"]["application/json"].get("example"):
                    wrong.append(f"{name}: no example of {status}")
            for parameter in call["parameters"]:
                if not parameter.get("example") and parameter["schema"].get("default") != "":
                    wrong.append(f"{name}: no example of {parameter['name']}")
    assert wrong == []


def test_each_example_can_be_sent_and_said() -> None:
    """Every model with an example takes it; none is left without."""
    checked = 0
    for _, operation in operations_of(description.api):
        models = [m.model_fields["response"].annotation for m in operation.response_models.values()]
        for parameters in operation.models:
            models += [field.annotation for field in parameters.model_fields.values()]
        for model in models:
            config = getattr(model, "model_config", {})
            for example in config.get("json_schema_extra", {}).get("examples", []):
                model.model_validate(example)
                checked += 1
    assert checked > 50


def test_what_is_asked_refuses_what_nobody_knows() -> None:
    def subclasses(kind: type) -> set[type]:
        return {each for sub in kind.__subclasses__() for each in (sub, *subclasses(sub))}

    assert len(subclasses(Asked)) > 15
    for kind in subclasses(Asked):
        assert kind.model_config["extra"] == "forbid"


def test_the_description_is_served_and_the_rest_is_json_too(committed_db: None) -> None:
    client = Client()
    served = client.get("/api/v1/openapi.json")
    assert (served.status_code, served.content.decode()) == (200, description.text())
    for path in ("/api/v1/", "/api/v1/nowhere", "/api/v2/cases"):
        missed = client.get(path)
        assert (missed.status_code, missed.json()["code"]) == (404, "not_found"), path
    wrong = client.delete("/api/v1/cases")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert wrong.headers["Allow"] == "GET"
    assert "Access-Control-Allow-Origin" not in served.headers


def test_every_address_that_is_described_resolves() -> None:
    for path in _described()["paths"]:
        filled = path.replace("{number}", "X-1")
        for name in ("note_id", "need_id", "basis_id"):
            filled = filled.replace(f"{{{name}}}", "0195f3a2-7c1e-7d43-9a55-3f0b6c2e1d84")
        assert resolve(filled.replace("{name}", "bahasa")).namespace == "api-v1", path
