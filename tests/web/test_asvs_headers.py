"""Every answer: no foreign script, no sniffing, no frame, nothing kept and nothing told on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client as _Browser
from django.test import override_settings
from django.urls import path
from tests.api.machine import Machine, machine_of
from tests.clients import Client
from tests.people import Cast
from tests.web.files import number_of, open_file, signed_in

from rangkul.config.settings import CONTENT_SECURITY_POLICY
from rangkul.config.urls import handler403 as handler403
from rangkul.config.urls import handler404 as handler404
from rangkul.config.urls import handler500 as handler500
from rangkul.config.urls import urlpatterns as _known

pytestmark = pytest.mark.usefixtures("committed_db")

POLICY = (
    "No answer lets a browser run what is not this house's: every policy is without unsafe words, "
    "without plugins, foreign bases, foreign forms and frames; the one wider policy is that of the "
    "form engine's frame, which has no origin."
)
QUIET = (
    "No answer is kept by a browser or tells another address where one came from, errors, "
    "downloads and ways onward included."
)
_NEEDED = {
    "default-src": "'self'", "object-src": "'none'", "base-uri": "'self'", "form-action": "'self'",
    "frame-ancestors": "'none'", "require-trusted-types-for": "'script'",
    "trusted-types": "default",
}  # fmt: skip
_SANDBOX = "sandbox; default-src 'none'"


def breaks(request: object) -> HttpResponse:
    """Planted: a page that nobody foresaw would break."""
    raise LookupError("Marlina")


def loose(request: object) -> HttpResponse:
    """Planted: a page that opens everything."""
    return HttpResponse(
        "x",
        headers={
            "Content-Security-Policy": "default-src * 'unsafe-inline' 'unsafe-eval'",
            "Cache-Control": "max-age=60",
            "Referrer-Policy": "unsafe-url",
        },
    )


urlpatterns = [path("rusak/", breaks), path("longgar/", loose), *_known]


@pytest.fixture
def answers(cast: Cast) -> Iterator[dict[str, HttpResponse]]:
    """One answer of each kind that the house can give."""
    file = open_file(cast.ratih)
    here, out, machine = signed_in(cast.ratih), Client(), machine_of(cast.nining)
    here.raise_request_exception = False
    number = number_of(file)
    mark = out.get("/static/rangkul/mark.svg")
    mark.close()
    with override_settings(ROOT_URLCONF=__name__):
        yield {
            "the door": out.get("/akun/login/"),
            "sent to the door": out.get("/"),
            "today": here.get("/"),
            "a file": here.get(f"/kasus/{number}/"),
            "not there": here.get("/kasus/RK-7F3K-9QXT/"),
            "no address": here.get("/tidak-ada/"),
            "refused": here.get("/jaringan/akun-layanan/"),
            "another method": here.get("/akun/kunci/"),
            "traced": here.trace("/kasus/"),
            "a call traced": out.trace("/api/v1/cases"),
            "too many fields": here.post("/cari/", {f"f{n}": "x" for n in range(2_100)}),
            "without the form's secret": Client(enforce_csrf_checks=True).post("/akun/login/", {}),
            "form refused": here.post("/cari/", {"q": "\0"}),
            "broken": here.get("/rusak/"),
            "a way onward": here.post("/akun/bahasa/", {"language": "id"}),
            "a download": here.get(f"/kasus/{number}/rencana/cetak/"),
            "health": out.get("/sehat"),
            "a mark": mark,
            "the description": out.get("/api/v1/openapi.json"),
            "a call": machine.get("/cases").response,
            "a call without a token": out.get("/api/v1/cases"),
            "no call": out.get("/api/v1/nowhere"),
            "a broken body": machine.raw("/reports", b"[" * 9_000).response,
        }


def unlike_policy(answer: HttpResponse) -> list[str]:
    """What of the policy an answer lacks, or has too much of."""
    said = answer.get("Content-Security-Policy", "")
    told = ["unsafe"] if "unsafe" in said or "*" in said else []
    if answer.get("X-Content-Type-Options") != "nosniff":
        told.append("may be sniffed")
    if said == _SANDBOX:
        return told
    parts = {words[0]: words[1:] for part in said.split(";") if (words := part.split())}
    told += [name for name, value in _NEEDED.items() if parts.get(name) != [value]]
    if answer.get("X-Frame-Options", "DENY") != "DENY":
        told.append("framed")
    return told


def unlike_quiet(answer: HttpResponse) -> list[str]:
    """What would stay in a browser, or go along."""
    told = [] if "no-store" in answer.get("Cache-Control", "") else ["kept"]
    return told if answer.get("Referrer-Policy") == "no-referrer" else [*told, "tells"]


def _all(
    answers: dict[str, HttpResponse], look: Callable[[HttpResponse], list[str]]
) -> dict[str, list[str]]:
    return {name: told for name, answer in answers.items() if (told := look(answer))}


@pytest.mark.promise("strict-policy", chapter="web", sentence=POLICY)
def test_every_answer_bears_the_policy(answers: dict[str, HttpResponse], figure: Any) -> None:
    statuses = {answer.status_code for answer in answers.values()}
    assert {200, 302, 400, 401, 403, 404, 405, 500} <= statuses
    assert _all(answers, unlike_policy) == {}
    figure(f"{len(answers)} kinds of answers with {len(statuses)} statuses, 0 without the policy")


@pytest.mark.planted("strict-policy")
def test_a_loose_page_is_told(cast: Cast) -> None:
    with override_settings(ROOT_URLCONF=__name__):
        found = unlike_policy(signed_in(cast.ratih).get("/longgar/"))
    assert {"unsafe", "object-src", "frame-ancestors", "trusted-types"} <= set(found)
    assert unlike_policy(HttpResponse()) == ["may be sniffed", *_NEEDED]


@pytest.mark.promise("quiet-answers", chapter="web", sentence=QUIET)
def test_every_answer_is_quiet(answers: dict[str, HttpResponse], figure: Any) -> None:
    # Files of the front end hold no data, bear their content in their name, and are kept.
    data = {name: answer for name, answer in answers.items() if name != "a mark"}
    assert _all(data, unlike_quiet) == {}
    figure(f"{len(data)} of {len(data)} kinds of answers kept nowhere and saying nothing onward")


@pytest.mark.planted("quiet-answers")
def test_a_page_that_is_kept_is_told(cast: Cast) -> None:
    with override_settings(ROOT_URLCONF=__name__):
        assert unlike_quiet(signed_in(cast.ratih).get("/longgar/")) == ["kept", "tells"]
    assert unlike_quiet(HttpResponse()) == ["kept", "tells"]


def test_every_answer_says_what_it_is(answers: dict[str, HttpResponse]) -> None:
    """A type for each body, and the charset of each text."""
    for name, answer in answers.items():
        media = answer.get("Content-Type", "")
        if not answer.streaming and not answer.content:
            continue
        assert media, name
        if media.startswith("text/"):
            assert re.search(r"charset=\"?utf-8", media), (name, media)
        assert answer.get("Access-Control-Allow-Origin") is None, name


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "PUT", "DELETE", "CONNECT", "PROPFIND"])
def test_no_other_method_is_answered(cast: Cast, method: str) -> None:
    """Planted beside it: a GET of the same addresses is answered."""
    here, machine = signed_in(cast.ratih), machine_of(cast.nining)
    token = {"Authorization": f"Bearer {machine.secret}"}
    for address, more in (("/", {}), ("/kasus/", {}), ("/api/v1/cases", token)):
        assert here.generic("GET", address, headers=more).status_code == 200
        refused = here.generic(method, address, headers=more | {"X-Secret": "Marlina"})
        assert refused.status_code == 405, address
        assert b"Marlina" not in refused.content


def test_a_call_in_plain_text_is_refused_and_a_page_led_to_tls(cast: Cast, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = [r"^api/"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # A house of its own: what leads to TLS is read when the house is built.
    machine = Machine(machine_of(cast.nining).secret, _Browser())
    plain = machine.get("/cases")
    assert (plain.status, plain.json["code"]) == (403, "plain_text")
    token = {"Authorization": f"Bearer {machine.secret}", "X-Forwarded-Proto": "https"}
    assert machine.client.get("/api/v1/cases", headers=token).status_code == 200
    led = _Browser().get("/akun/login/")
    assert (led.status_code, led["Location"]) == (301, "https://testserver/akun/login/")


def test_a_page_opens_no_window_onto_itself(answers: dict[str, HttpResponse]) -> None:
    for name in ("the door", "today", "a file", "not there", "broken"):
        assert answers[name]["Cross-Origin-Opener-Policy"] == "same-origin", name


def test_a_broken_page_tells_nothing_of_the_machine(answers: dict[str, HttpResponse]) -> None:
    for name in ("broken", "no address", "not there", "another method", "a broken body"):
        page = answers[name].content.decode()
        for word in ("Traceback", "LookupError", "Marlina", "rangkul.config", "django", "/src/"):
            assert word not in page, (name, word)


def test_the_policy_as_it_is_set_names_no_foreign_host() -> None:
    values = [value for part in CONTENT_SECURITY_POLICY["DIRECTIVES"].values() for value in part]
    assert [value for value in values if "." in str(value) or "//" in str(value)] == []
