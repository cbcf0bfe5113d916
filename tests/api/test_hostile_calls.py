"""Calls made from the interface's own description, well-formed and not, by a tool of others.

Schemathesis invents them; the numbers of things that are there stand in half of the addresses, so
that the calls get behind the first door. Each call is undone.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
import schemathesis
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.transport import Response
from schemathesis.generation.modes import GenerationMode
from schemathesis.specs.openapi import checks as described
from tests import world as worlds
from tests.api.machine import machine_of
from tests.clients import Client
from tests.contracts.routes import parts_of
from tests.people import Cast, seed
from tests.walls.canaries import forbidden
from tests.world import NOTE, World

from rangkul.accounts.models import User
from rangkul.config.urls import urlpatterns as _known
from rangkul.foundation.actor import Actor

pytestmark = pytest.mark.xdist_group("hostile-calls")

DESCRIPTION = "/api/v1/openapi.json"
EACH = 8
# Who may call what is asked in the permission table; the tool's own way needs a network.
_CHECKS = [
    not_a_server_error, described.status_code_conformance, described.content_type_conformance,
    described.response_headers_conformance, described.response_schema_conformance,
]  # fmt: skip
_STRANGER = forbidden("pendamping", "stranger")


@dataclass(frozen=True, slots=True)
class Attack:
    """A world, and the secrets of those who attack it."""

    world: World
    secrets: dict[str, str]


@pytest.fixture(scope="module")
def attack(django_db_setup: None, django_db_blocker: Any) -> Iterator[Attack]:
    """A supervisor's machine, which may much; and one of an agency with no part in anything."""
    with django_db_blocker.unblock():
        seed()
        cast = Cast()
        worlds.open_desks()
        insiders: dict[str, Actor] = {
            "supervisor": cast.wahyuni, "companion": cast.ratih, "desk": cast.melki,
            "stranger": cast.andi,
        }  # fmt: skip
        secrets = {name: machine_of(actor).secret for name, actor in insiders.items()}
        log = logging.getLogger("django.request")
        before, log.disabled = log.disabled, True
        with transaction.atomic():
            world = worlds.build(cast)
            User.objects.filter(last_login__isnull=False).update(last_login=None)
            yield Attack(world, secrets)
            transaction.set_rollback(True)
        log.disabled = before


def operations(changed: Callable[[dict[str, Any]], None] | None = None) -> list[Any]:
    """Every call that the description names; ``changed`` may spoil the description first."""
    text = json.loads(Client().get(DESCRIPTION).content)
    if changed is not None:
        changed(text)
    schema = schemathesis.openapi.from_dict(text)
    schema.config.update(base_url="http://testserver")
    return [found.ok() for found in schema.get_all_operations()]


def sent(case: Any) -> Response:
    """The tool's call through Django's own client, which stays in our transaction; then undone."""
    asked = requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
    # Which host is meant is decided before the interface is reached.
    unsent = {"accept-encoding", "host"}
    headers = {k: v for k, v in asked.headers.items() if k.lower() not in unsent}
    body = asked.body.encode() if isinstance(asked.body, str) else asked.body or b""
    with transaction.atomic():
        answered = Client(raise_request_exception=False).generic(
            asked.method or "GET", asked.path_url, body,
            content_type=headers.pop("Content-Type", "application/json"), headers=headers,
        )  # fmt: skip
        transaction.set_rollback(True)
    return Response(
        answered.status_code, {name: [value] for name, value in answered.items()},
        answered.content, asked, 0.0, verify=True, encoding="utf-8",
    )  # fmt: skip


def faults_of(attack: Attack, operation: Any, who: str) -> list[str]:
    """What the tool, or a word that is not for this caller, says against one call."""
    told: list[str] = []
    parts = parts_of(attack.world)

    @settings(
        max_examples=EACH, database=None, deadline=None, derandomize=True,
        phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(
        case=st.one_of(*(operation.as_strategy(mode) for mode in GenerationMode)),
        known=st.booleans(),
    )
    def call(case: Any, known: bool) -> None:
        cache.clear()
        if known:
            kind = case.path.split("/")[3]
            case.path_parameters = {
                name: str(parts.get(f"number of {kind}" if name == "number" else name, value))
                for name, value in (case.path_parameters or {}).items()
            }
        case.headers["Authorization"] = f"Bearer {attack.secrets[who]}"
        answer = sent(case)
        try:
            case.validate_response(answer, checks=_CHECKS)
        except FailureGroup as found:
            told.extend(
                f"{operation.label}: {fault.title}: {fault.message[:200]}"
                for fault in found.exceptions
            )
        if who == "stranger":
            told.extend(f"{operation.label}: holds “{w}”" for w in _STRANGER if w in answer.text)

    call()
    return sorted(set(told))


@pytest.mark.promise(
    "web-hostile-calls",
    chapter="web",
    sentence="Calls invented by schemathesis from the interface's description break nothing, are "
    "answered as described, and tell a stranger nothing.",
)
def test_no_invented_call_breaks_anything(attack: Attack, figure: Callable[[str], None]) -> None:
    found = operations()
    told = [
        fault
        for number, operation in enumerate(found)
        for who in ("stranger", ("supervisor", "companion", "desk")[number % 3])
        for fault in faults_of(attack, operation, who)
    ]
    assert told == [], "\n".join(told)
    figure(f"{len(found)} calls, {2 * EACH} inventions each: 0 faults")


def breaks(request: HttpRequest) -> HttpResponse:
    """Planted: a call that falls over what it did not expect."""
    return JsonResponse({"code": "fault"}, status=500 if request.GET else 418)


def spills(request: HttpRequest) -> HttpResponse:
    """Planted: a list that forgets whose it is."""
    return JsonResponse({"cases": [{"note": NOTE}]}, json_dumps_params={"ensure_ascii": False})


urlpatterns = [
    path("api/v1/alerts/count", breaks),
    path("api/v1/cases", spills),
    *_known,
]


@pytest.mark.planted("web-hostile-calls")
@pytest.mark.urls(__name__)
def test_calls_that_break_or_spill_are_told(attack: Attack) -> None:
    planted = {op.label: op for op in operations()}
    broken = faults_of(attack, planted["GET /api/v1/alerts/count"], "stranger")
    assert any("Undocumented HTTP status code" in fault or "418" in fault for fault in broken)
    spilled = faults_of(attack, planted["GET /api/v1/cases"], "stranger")
    assert any(f"holds “{NOTE}”" in fault for fault in spilled)
    assert any("Response violates schema" in fault for fault in spilled)


@pytest.mark.planted("web-hostile-calls")
def test_a_description_that_lies_is_told(attack: Attack) -> None:
    def lying(text: dict[str, Any]) -> None:
        answers = text["paths"]["/api/v1/cases/{number}"]["get"]["responses"]
        for status in ("404", "422"):
            answers.pop(status)

    (operation,) = (op for op in operations(lying) if op.label == "GET /api/v1/cases/{number}")
    assert faults_of(attack, operation, "stranger")
