"""Nobody learns at the door whether a name is known here."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.db import connection
from django.http import HttpResponse
from pytest_django.fixtures import Settings as SettingsWrapper
from tests.clients import Client

from rangkul.accounts.models import Tries, User
from rangkul.accounts.operations import create_user, first_password
from rangkul.config.entering import EntranceBackend
from rangkul.foundation import hour

pytestmark = pytest.mark.django_db

_VARYING = ("Content-Length", "Expires", "Date")
RIGHT = "delapan-kura-kura-lewat"
WRONG = "sembilan-kura-kura-lewat"
SENTENCE = (
    "A wrong password, an unknown name, an account that ended, rests, was invited too long ago or "
    "has no password are answered alike: same words, status, headers, and one hashing each."
)


@pytest.fixture
def people(db: None) -> dict[str, tuple[str, str]]:
    """Kind of refusal → name and password that bring it about."""
    now = hour.now()
    for name in ("ada-uji", "lewat-uji"):
        create_user(username=name, display_name=name, password=RIGHT)
    create_user(username="tanpa-uji", display_name="tanpa")
    written("tutup-uji", created_at=now, is_active=False)
    written("lelap-uji", created_at=now - timedelta(days=91), is_active=True)
    User.objects.filter(username="lewat-uji").update(
        must_change_password=True, invited_until=now - timedelta(hours=1)
    )
    return {
        "wrong password": ("ada-uji", WRONG),
        "unknown": ("tidak-ada-uji", WRONG),
        "ended": ("tutup-uji", RIGHT),
        "ended, wrong password": ("tutup-uji", WRONG),
        "rests": ("lelap-uji", RIGHT),
        "invited too long ago": ("lewat-uji", RIGHT),
        "no password": ("tanpa-uji", WRONG),
    }


def written(name: str, *, created_at: datetime, is_active: bool) -> None:
    """An account as it would stand there; what it is can be written once and never changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into accounts_user (username, display_name, email, password, language, "
            "is_active, is_demo, created_at) values (%s, %s, '', %s, 'id', %s, false, %s)",
            [name, name, make_password(RIGHT), is_active, created_at],
        )


def knock(name: str, password: str) -> HttpResponse:
    client = Client()
    return client.post("/akun/login/", {"login": name, "password": password})


def plain(answer: HttpResponse, name: str) -> tuple[int, str, tuple[tuple[str, str], ...]]:
    body = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    headers = tuple(sorted((key, value) for key, value in answer.items() if key not in _VARYING))
    return answer.status_code, body.replace(name, ""), headers


class Counting:
    """How often a password was hashed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times = 0
        for name in ("encode", "verify"):
            monkeypatch.setattr(Argon2PasswordHasher, name, self._counted(name))

    def _counted(self, name: str) -> Callable[..., Any]:
        real = getattr(Argon2PasswordHasher, name)

        def counted(hasher: Argon2PasswordHasher, *args: Any, **more: Any) -> Any:
            self.times += 1
            return real(hasher, *args, **more)

        return counted


def differences(
    people: dict[str, tuple[str, str]], counting: Counting
) -> tuple[set[Any], dict[str, int]]:
    answers, hashings = set(), {}
    for kind, (name, password) in people.items():
        before = counting.times
        answers.add(plain(knock(name, password), name))
        hashings[kind] = counting.times - before
    return answers, hashings


@pytest.mark.promise("names-untold", chapter="sign-in", sentence=SENTENCE)
def test_all_refusals_look_and_cost_the_same(
    people: dict[str, tuple[str, str]], monkeypatch: pytest.MonkeyPatch, figure: Any
) -> None:
    answers, hashings = differences(people, Counting(monkeypatch))
    assert len(answers) == 1, answers
    assert set(hashings.values()) == {1}, hashings
    figure(f"{len(people)} kinds of refusal, 1 answer, 1 hashing each")


@pytest.mark.planted("names-untold")
def test_planted_an_unknown_name_that_costs_nothing(
    people: dict[str, tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EntranceBackend, "_mitigate_timing_attack", lambda self, password: None)
    _answers, hashings = differences(people, Counting(monkeypatch))
    assert hashings["unknown"] == 0


@pytest.mark.planted("names-untold")
def test_planted_the_librarys_own_word_on_an_ended_account(
    people: dict[str, tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from allauth.account.auth_backends import AuthenticationBackend

    monkeypatch.setattr(
        EntranceBackend, "_stash_user", AuthenticationBackend.__dict__["_stash_user"]
    )
    answers, _hashings = differences(people, Counting(monkeypatch))
    assert len(answers) > 1


@pytest.mark.promise("names-untold", chapter="sign-in", sentence=SENTENCE)
def test_their_times_are_measured(
    people: dict[str, tuple[str, str]], settings: SettingsWrapper, figure: Any
) -> None:
    """The figure for the document; nothing is asserted of a busy machine's clock."""
    took: dict[str, list[float]] = {kind: [] for kind in ("wrong password", "unknown", "rests")}
    for _ in range(12):
        for kind, times in took.items():
            Tries.objects.all().delete()
            begun = time.perf_counter()
            knock(*people[kind])
            times.append(time.perf_counter() - begun)
    known = statistics.median(took["wrong password"])
    others = [statistics.median(took[kind]) for kind in ("unknown", "rests")]
    apart = max(abs(known - other) for other in others) * 1000
    figure(f"medians of 12 tries lie {apart:.1f} ms apart, of {known * 1000:.0f} ms")


def test_a_forgotten_password_sends_no_letter_and_asks_nothing(
    people: dict[str, tuple[str, str]], mailoutbox: list[Any]
) -> None:
    client = Client()
    assert client.get("/akun/password/reset/").status_code == 200
    assert client.post("/akun/password/reset/", {"email": "a@b.example"}).status_code == 405
    assert mailoutbox == []


def test_waiting_is_asked_of_unknown_names_too(
    people: dict[str, tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = hour.now()
    monkeypatch.setattr(hour, "now", lambda: now)
    pages = []
    for name in ("ada-uji", "tidak-ada-uji"):
        for _ in range(5):
            knock(name, WRONG)
        answer = knock(name, WRONG)
        assert answer.status_code == 429
        pages.append(plain(answer, name))
    assert pages[0] == pages[1]


def test_no_log_names_who_was_tried(
    people: dict[str, tuple[str, str]], caplog: pytest.LogCaptureFixture
) -> None:
    import logging

    with caplog.at_level(logging.DEBUG):
        for _ in range(7):
            knock("ada-uji", WRONG)
            knock("rahasia-nama-uji", WRONG)
    told = caplog.text
    for word in ("ada-uji", "rahasia-nama-uji", WRONG):
        assert word not in told


def test_a_first_password_is_of_its_own_length() -> None:
    assert len(first_password()) == 19
