"""The public's pages over the whole stack: no trace, both languages, numbers whatever happens."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from tests.clients import Client

from rangkul.network.queries import public as directory
from rangkul.portal import page, urls

PATHS = ("", "tempat/", "riwayat/", "keluar/", "nirwana/")
EVERYWHERE = [place + path for place in page.PLACES.values() for path in PATHS]
NO_COOKIE = "No page of the public portal sets or reads a cookie."
NEUTRAL = {"id": "Informasi", "en": "Information"}


@pytest.fixture(autouse=True)
def _read_anew() -> Iterator[None]:
    directory.forget()
    yield
    directory.forget()


@pytest.fixture
def client() -> Client:
    return Client()


def _set_cookies(answer: HttpResponse) -> list[str]:
    return [str(cookie) for cookie in answer.cookies.values()]


@pytest.mark.django_db
@pytest.mark.promise("public-no-cookie", chapter="web", sentence=NO_COOKIE)
def test_no_answer_sets_a_cookie(client: Client, figure: Callable[[str], None]) -> None:
    asked = 0
    for path in EVERYWHERE:
        for ask in (client.get, client.post):
            answer = ask(path)
            asked += 1
            assert _set_cookies(answer) == [], path
    assert len(client.cookies) == 0
    figure(f"0 cookies in {asked} answers")


@pytest.mark.planted("public-no-cookie")
def test_planted_a_cookie_would_be_seen() -> None:
    answer = HttpResponse()
    answer.set_cookie("x", "y")
    assert _set_cookies(answer) != []


@pytest.mark.django_db
@pytest.mark.promise("public-no-cookie", chapter="web", sentence=NO_COOKIE)
def test_a_view_sees_no_cookie_and_cannot_set_one(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, Any] = {}

    @page.public
    def nosy(request: page.PublicRequest) -> HttpResponse:
        seen.update(cookies=dict(request.COOKIES), raw=request.META.get("HTTP_COOKIE"))
        seen["knows"] = [name for name in ("session", "user", "actor") if hasattr(request, name)]
        answer = HttpResponse("x")
        answer.set_cookie("trace", "1")
        return answer

    monkeypatch.setattr(_pattern("history"), "callback", nosy)
    client.cookies[settings.SESSION_COOKIE_NAME] = "abc"
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    answer = client.get("/info/riwayat/")
    assert seen == {"cookies": {}, "raw": None, "knows": []}
    assert _set_cookies(answer) == []


def _pattern(name: str) -> URLPattern:
    return next(each for each in urls.urlpatterns if each.name == name)


@pytest.mark.django_db
@pytest.mark.parametrize("path", EVERYWHERE)
def test_title_icon_and_headers_say_nothing(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "trusted-types portal;" in answer["Content-Security-Policy"] + ";"
    if answer.status_code == 302:
        return
    language = "en" if path.startswith("/en/") else "id"
    text = answer.content.decode()
    assert re.findall("<title>(.*?)</title>", text) == [NEUTRAL[language]]
    assert f'<html lang="{language}"' in text
    assert answer["Content-Language"] == language
    assert re.findall('rel="icon" href="([^"]+)"', text) == ["/static/rangkul/portal-mark.svg"]


@pytest.mark.django_db
def test_the_language_is_the_address_and_never_a_cookie(client: Client) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert "Anda tidak sendirian." in client.get("/info/").content.decode()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "id"
    text = client.get("/en/info/").content.decode()
    assert "You are not alone." in text
    assert 'href="/en/info/riwayat/"' in text
    assert 'href="/info/"' in text


def test_every_view_is_guarded_as_public() -> None:
    assert [
        pattern.name
        for pattern in urls.urlpatterns
        if not getattr(pattern.callback, "is_public", False)
    ] == []


_REFERENCE = re.compile(r"""(?:src|href|action|data-\w+)=["']?(https?:|//)""")


@pytest.mark.django_db
def test_no_third_party_is_referred_to(client: Client, settings: Any) -> None:
    settings.EXIT = "/everyday/"
    for path in EVERYWHERE:
        assert _REFERENCE.findall(client.get(path).content.decode()) == [], path


def test_a_third_party_would_be_seen() -> None:
    """Planted."""
    assert _REFERENCE.findall('<img src="https://x.example/y.png">') != []


@pytest.mark.django_db
def test_numbers_come_first_and_stand_without_a_database(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("away")

    whole = client.get("/info/").content.decode()
    assert whole.index("tel:110") < whole.index("<form")
    client.raise_request_exception = False
    monkeypatch.setattr("rangkul.foundation.hour.now", away)
    bare = client.get("/info/")
    assert bare.status_code == 200
    for number in (
        "tel:110",
        "tel:112",
        "tel:119",
        "tel:129",
        "whatsapp://send?phone=628111129129",
    ):
        assert number in bare.content.decode()
        assert number in whole
    fallen = client.post("/info/tempat/", {"q": "x"})
    assert fallen.status_code == 503
    assert "tel:110" in fallen.content.decode()


@pytest.mark.django_db
def test_faults_are_told_in_neutral_words_with_numbers(client: Client) -> None:
    for path, status in (("/info/nirwana/", 404), ("/en/info/tempat/999999999999/", 404)):
        answer = client.get(path)
        assert answer.status_code == status
        assert "tel:110" in answer.content.decode()
        assert "Rangkul" not in answer.content.decode()


@pytest.mark.django_db
def test_what_no_column_can_hold_is_refused_without_a_fault(client: Client) -> None:
    for words in ("\x00", "a\x00b", "x" * 5000, "‮", "%", "' or 1=1 --", "🙂"):
        for field in ("q", "area", "named", "need", "who", "lang", "choose", "page"):
            answer = client.post("/info/tempat/", {field: words})
            assert answer.status_code in (200, 422), (field, words)


@pytest.mark.django_db
def test_the_way_out_without_scripts_redirects_and_clears_only_what_was_fetched(
    client: Client,
) -> None:
    answer = client.get("/info/keluar/")
    assert (answer.status_code, answer["Location"]) == (302, settings.EXIT)
    assert answer["Clear-Site-Data"] == '"cache"'
    beside = client.post("/info/keluar/")
    assert (beside.status_code, beside["Clear-Site-Data"]) == (204, '"cache"')


@pytest.mark.django_db
def test_other_methods_are_refused(client: Client) -> None:
    for path in ("/info/", "/info/tempat/1/"):
        assert client.post(path).status_code == 405
        assert client.put(path).status_code == 405


@pytest.mark.django_db
def test_sign_in_names_the_way_to_help(client: Client) -> None:
    assert 'href="/info/"' in client.get("/akun/login/").content.decode()


@pytest.mark.django_db
def test_the_staffs_start_stays_the_staffs(client: Client) -> None:
    assert client.get("/").status_code == 302


def _bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204)


def test_planted_an_unguarded_view_would_be_named() -> None:
    assert not getattr(_bare, "is_public", False)
