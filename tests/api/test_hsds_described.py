"""The official description of HSDS 3.0 run by schemathesis against the house.

Nothing of the description is changed but the server. It names no refusal at all, so calls that are
to be refused (unknown things, parameters that cannot be read) are asked of the same description
with our two refusals added; calls that are to be answered are asked of the untouched one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import schemathesis
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.transport import Response
from schemathesis.generation.modes import GenerationMode
from schemathesis.specs.openapi import checks as described
from tests.api import hsds_standard as standard
from tests.api.hsds_scene import build
from tests.clients import Client
from tests.people import NOW

from rangkul.config.urls import urlpatterns as _known
from rangkul.exchange.hsds import mapping, terms
from rangkul.foundation import hour

CODE = "hsds-description"
EACH = 12
BASE = "/api/hsds/v3"
_CHECKS = [
    not_a_server_error, described.status_code_conformance, described.content_type_conformance,
    described.response_headers_conformance, described.response_schema_conformance,
]  # fmt: skip


@pytest.fixture
def directory(committed_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hour, "now", lambda: NOW)
    build()


def operations(text: dict[str, Any]) -> Iterator[Any]:
    schema = schemathesis.openapi.from_dict(text)
    schema.config.update(base_url=f"http://testserver{BASE}")
    return (found.ok() for found in schema.get_all_operations())


def refusing() -> dict[str, Any]:
    """The official description with the refusals that it leaves out."""
    text = standard.official()
    fault = {"type": "object", "required": ["code", "message_id", "message_en", "fields"]}
    for methods in text["paths"].values():
        for status in ("400", "404"):
            methods["get"]["responses"][status] = {
                "description": "refused", "content": {"application/json": {"schema": fault}},
            }  # fmt: skip
    return text


def sent(case: Any) -> Response:
    asked = requests.Request(
        **case.as_transport_kwargs(base_url=f"http://testserver{BASE}")
    ).prepare()
    headers = {
        k: v for k, v in asked.headers.items() if k.lower() not in {"accept-encoding", "host"}
    }
    answered = Client(raise_request_exception=False).get(asked.path_url, headers=headers)
    return Response(
        answered.status_code, {name: [value] for name, value in answered.items()},
        answered.getvalue(), asked, 0.0, verify=True, encoding="utf-8",
    )  # fmt: skip


# What stands in the house for every parameter that the description names.
def _there() -> dict[str, dict[str, str]]:
    office = "hsds-kantor.layanan"
    return {
        "/services/{id}": {"id": mapping.service_id(office, "psikologi")},
        "/service_at_locations/{id}": {"id": mapping.at_location_id(office, "psikologi")},
        "/organizations/{id}": {"id": mapping.organization_id("hsds-rumah")},
        "/taxonomies/{id}": {"id": terms.taxonomy_id(terms.SERVICE)},
        "/taxonomy_terms/{id}": {"id": terms.term(terms.SERVICE, "medis").id},
    }


_READABLE: dict[str, Callable[[Any], Any]] = {
    "page": lambda drawn: abs(int(drawn)) % 1_000 + 1,
    "per_page": lambda drawn: abs(int(drawn)) % 600 + 1,
    "modified_after": lambda drawn: f"2026-0{len(str(drawn)) % 9 + 1}-01T00:00:00Z",
    "format": lambda drawn: "json",
}
_NOT_KEPT = {"postcode", "proximity"}


def faults_of(operation: Any, *, readable: bool) -> list[str]:
    """What the tool says against one address; ``readable`` keeps to calls that must be answered."""
    told: list[str] = []
    modes = [GenerationMode.POSITIVE] if readable else list(GenerationMode)

    @settings(
        max_examples=EACH, database=None, deadline=None, derandomize=True,
        phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=_any_of([operation.as_strategy(generation_mode=mode) for mode in modes]))
    def call(case: Any) -> None:
        if readable:
            case.path_parameters = _there().get(operation.path, case.path_parameters)
            case.query = {
                name: _READABLE.get(name, lambda drawn: drawn)(value)
                for name, value in (case.query or {}).items()
                if name not in _NOT_KEPT
            }
        try:
            case.validate_response(sent(case), checks=_CHECKS)
        except FailureGroup as found:
            told.extend(
                f"{operation.label}: {f.title}: {f.message[:200]}" for f in found.exceptions
            )

    call()
    return sorted(set(told))


def _any_of(strategies: list[Any]) -> Any:
    found = strategies[0]
    for each in strategies[1:]:
        found = found | each
    return found


@pytest.mark.promise(
    CODE, chapter="web",
    sentence="The official HSDS 3.0 description, run by schemathesis against the house, finds "
    "nothing that breaks it.",
)  # fmt: skip
def test_the_official_description_holds(directory: None, figure: Callable[[str], None]) -> None:
    answered = list(operations(standard.official()))
    told = [fault for op in answered for fault in faults_of(op, readable=True)]
    refused = list(operations(refusing()))
    told += [fault for op in refused for fault in faults_of(op, readable=False)]
    assert told == [], "\n".join(told)
    assert len(answered) == len(refused) == 11
    figure(f"{len(answered)} addresses, {2 * EACH} inventions each: 0 faults")


def tampered(request: HttpRequest, identifier: str = "") -> HttpResponse:
    """Planted: a service whose state is none, without the name that the standard wants."""
    said = {"id": "medis", "status": "open"}
    page = {"total_items": "one", "contents": [said]}
    return JsonResponse(said if identifier else page)


def breaks(request: HttpRequest) -> HttpResponse:
    """Planted: an answer that the description does not know, in no JSON."""
    return HttpResponse("<p>here</p>", status=206)


urlpatterns = [
    path("api/hsds/v3/services", tampered),
    path("api/hsds/v3/services/<str:identifier>", tampered),
    path("api/hsds/v3/organizations", breaks),
    *_known,
]


@pytest.mark.planted(CODE)
@pytest.mark.urls(__name__)
def test_planted_answers_are_told(directory: None) -> None:
    planted = {op.path: op for op in operations(standard.official())}
    for place in ("/services", "/services/{id}"):
        told = faults_of(planted[place], readable=True)
        assert any("Response violates schema" in fault for fault in told), told
    told = faults_of(planted["/organizations"], readable=True)
    assert any("206" in fault for fault in told)


def test_our_description_is_the_official_one_with_our_refusals(directory: None) -> None:
    ours = json.loads(Client().get(f"{BASE}/openapi.json").content)
    official = standard.published()["openapi.json"]
    for place, methods in official["paths"].items():
        mine = ours["paths"][place]["get"]
        assert {k: v for k, v in mine.items() if k != "responses"} == {
            k: v for k, v in methods["get"].items() if k != "responses"
        }
        schema = methods["get"]["responses"]["200"]["content"]["application/json"]
        assert mine["responses"]["200"]["content"]["application/json"] == schema
        assert "400" in mine["responses"]
    assert ours["servers"] == [{"url": "http://testserver/api/hsds/v3"}]
    assert ours["info"]["license"]["name"]
