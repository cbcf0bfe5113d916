"""Whoever asks too fast waits; what is too large, too deep or too many is refused in a sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from tests.api.machine import Machine, machine_of
from tests.people import Cast, sign_in

from rangkul.config.pacing import Pace

pytestmark = pytest.mark.usefixtures("committed_db")

PACED = (
    "One person or one token that asks thousands of times a minute is answered 429 with the "
    "seconds to wait, and nobody else is slowed."
)
BOUNDED = (
    "A body too long, a form of too many fields or a call too deep ends in a refusal, never in a "
    "fault and never half taken."
)
BURST = 2_000


@pytest.fixture
def paced(settings: Any) -> Any:
    """The pace as a real house has it."""
    settings.REQUESTS_PER_MINUTE = 600
    return settings


def _browser(cast: Cast, who: str) -> Client:
    client = Client()
    sign_in(client, getattr(cast, who))
    return client


def _burst(client: Client, address: str, times: int, **more: Any) -> dict[int, int]:
    """How often each status was answered."""
    counted: dict[int, int] = {}
    for _ in range(times):
        status = client.get(address, **more).status_code
        counted[status] = counted.get(status, 0) + 1
    return counted


@pytest.mark.promise("paced", chapter="web", sentence=PACED)
def test_a_burst_is_slowed(cast: Cast, paced: Any, figure: Any) -> None:
    client = _browser(cast, "ratih")
    counted = _burst(client, "/tidak-ada/", BURST // 2)
    assert set(counted) == {404, 429}
    # Six hundred at once, and what came back while it lasted.
    assert 600 <= counted[404] < BURST // 2
    refused = client.get("/tidak-ada/")
    if refused.status_code == 429:
        assert 1 <= int(refused["Retry-After"]) <= 60
        assert refused["Cache-Control"] == "no-store"
        assert "<h1" in refused.content.decode()
    # Another session of hers waits too; a colleague does not.
    assert 429 in _burst(_same_house(client, _browser(cast, "ratih")), "/tidak-ada/", 50)
    assert set(_burst(_same_house(client, _browser(cast, "joko")), "/tidak-ada/", 50)) == {404}
    figure(f"{BURST // 2} requests of one person at once: {counted[404]} answered, the rest 429")


def _same_house(first: Client, other: Client) -> Client:
    other.handler = first.handler
    return other


@pytest.mark.promise("paced", chapter="web", sentence=PACED)
def test_a_burst_of_one_token_is_slowed(cast: Cast, paced: Any, figure: Any) -> None:
    machine = Machine(machine_of(cast.nining).secret, Client())
    headers = {"Authorization": f"Bearer {machine.secret}"}
    # Without an address of the API: the pace comes before it.
    counted = _burst(machine.client, "/api/v1/nowhere", BURST, headers=headers)
    assert set(counted) == {404, 429} and counted[404] < BURST - 600
    for _ in range(50):
        answer = machine.get("/cases")
        if answer.status == 429:
            break
    assert answer.json["code"] == "too_fast" and answer.json["message_en"]
    assert int(answer.response["Retry-After"]) >= 1
    figure(f"{BURST} calls of one token at once: {counted[404]} answered, the rest 429")


@pytest.mark.planted("paced")
def test_without_the_pace_all_are_answered(cast: Cast, paced: Any) -> None:
    paced.REQUESTS_PER_MINUTE = 0
    assert _burst(_browser(cast, "ratih"), "/tidak-ada/", 650) == {404: 650}


def test_the_store_fills_again_and_forgets_who_rests() -> None:
    hour = [0.0]
    pace = Pace(lambda: hour[0])
    assert [pace.take("a", most=60) for _ in range(60)] == [0] * 60
    assert pace.take("a", most=60) == 1
    hour[0] = 1.0
    assert pace.take("a", most=60) == 0
    assert pace.take("a", most=60) == 1
    # Thousands who asked once do not stay; whoever waits does.
    hour[0] = 1.5
    for number in range(6_000):
        hour[0] += 0.001
        pace.take(f"other {number}", most=60)
    assert len(pace._left) < 4_200
    hour[0] = 100.0
    assert pace.take("a", most=60) == 0


def _refused(cast: Cast) -> dict[str, int]:
    """What everything that is too much is answered, in a browser and by a machine."""
    client, machine = _browser(cast, "ratih"), machine_of(cast.nining)
    fields = {f"f{number}": "x" for number in range(2_100)}
    deep = {
        f"{depth} deep": b'{"account": ' + b"[" * depth + b"]" * depth + b"}"
        for depth in (100, 10_000, 100_000)
    }
    told = {
        "a form of too many fields": client.post("/cari/", fields).status_code,
        "a form too long": client.post("/cari/", {"q": "x" * 13_000_000}).status_code,
        "a call too long": machine.raw("/reports", b'"' + b"x" * 300_000 + b'"').status,
        "a number too long": machine.raw("/reports", b'{"area": ' + b"9" * 9_000 + b"}").status,
        "a name too long": machine.raw("/reports", json.dumps({"x" * 9_000: 1})).status,
    }
    return told | {name: machine.raw("/reports", body).status for name, body in deep.items()}


@pytest.mark.promise("bounded", chapter="web", sentence=BOUNDED)
def test_what_is_too_much_is_refused(cast: Cast, figure: Any) -> None:
    told = _refused(cast)
    assert {name: status for name, status in told.items() if status not in (400, 413, 422)} == {}
    figure(f"{len(told)} of {len(told)} bodies too long, too deep or too many refused, 0 faults")


@pytest.mark.planted("bounded")
def test_without_the_limits_they_are_taken(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = settings.DATA_UPLOAD_MAX_MEMORY_SIZE = None
    monkeypatch.setattr("rangkul.api.door.MOST_BODY", 10**9)
    told = _refused(cast)
    assert told["a form of too many fields"] == told["a form too long"] == 200
    assert told["a call too long"] != 413


def test_the_pace_is_told_in_the_log(
    cast: Cast, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """By the person's number, or the beginning of the token's digest."""
    settings.REQUESTS_PER_MINUTE = 2
    _burst(_browser(cast, "ratih"), "/tidak-ada/", 4)
    _burst(Client(), "/api/v1/nowhere", 4, headers={"Authorization": "Bearer rk_rahasia"})
    told = [record.getMessage() for record in caplog.records if record.name == "rangkul.pace"]
    assert told[0].startswith(f"too fast: person {cast.ratih.user_id} waits")
    assert told[-1].startswith("too fast: token ")
    assert "rahasia" not in caplog.text
