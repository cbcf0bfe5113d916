"""Asks one address as one person, and reduces the answer to what somebody could learn from it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import ExitStack
from copy import copy
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from tests.clients import Client
from tests.contracts.routes import Route, parts_of, parts_of_nothing, routes, said, shown
from tests.people import sign_in
from tests.walls.standing import OUTSIDE
from tests.world import World

from rangkul.accounts import sessions
from rangkul.accounts.models import User
from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.network.queries import public as public_directory

METHODS: Final = ("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE")
# What is fresh in every answer: form secrets, what one asked for oneself, the hour, and lengths
# that follow from them.
_FRESH = (
    (re.compile(rb'(?:content|value)="\w{64}"'), b"SECRET"),
    (re.compile(rb'"token": "\w{64}"'), b"SECRET"),
    # What the public's portal carries from step to step, and the small sum that it asks for.
    (
        re.compile(rb'(?:name="(?:effort|state)" value|data-effort|data-typing)="[^"]*"'),
        b"SECRET",
    ),
    # How much work is asked follows the minute's load, whoever asks.
    (re.compile(rb'data-bits="\d+"'), b"WORK"),
    (re.compile(rb'"now": \d{13}\b'), b"HOUR"),
    (re.compile(rb"^(?:Content-Length|Date|Expires|Last-Modified): .*$", re.MULTILINE), b""),
    (re.compile(rb'data-rendered="\d+"'), b""),
    (re.compile(rb"\b[A-Z]{2}-[0-9A-Z]{4}-[0-9A-Z]{4}\b"), b"NUMBER"),
    (re.compile(rb"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"), b"ID"),
    (re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?"), b"HOUR"),
    (re.compile(rb"\b\d{1,2}[.:]\d{2}\b"), b"HOUR"),
    # How many places a house has free is told to every agency on purpose.
    (re.compile(rb'"free_places(?:_at)?": [^,}]+'), b"PLACES"),
)
_LONG = 3_600
# Here every answer holds a fresh secret of its own, or a file with the hour of its making.
_ALWAYS_NEW = frozenset(
    {"/akun/2fa/totp/activate/", "/akun/2fa/webauthn/add/", "/impor/contoh.xlsx"}
)

Who = tuple[str, str]
# Status or door, words, statements.
Reduced = tuple[str, bytes, int]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one can tell of an answer: status or door, words, and how much work stood behind it."""

    said: str
    words: bytes
    statements: int

    def tells(self, word: str) -> bool:
        """Whether a word stands in the page or in a header."""
        return word.encode() in self.words


class Asking:
    """Sends requests as any of these people into one world; nothing of any of them remains.

    ``tokens`` are for the API, of those who never signed in on a screen.
    """

    def __init__(
        self, people: Mapping[Who, Actor], tokens: Mapping[Who, str], parts: Mapping[str, Any]
    ) -> None:
        self.people, self.parts, self._tokens = people, parts, tokens
        self._sessions: dict[Who, str] = {}
        for who, actor in people.items():
            client = Client()
            sign_in(client, actor)
            # No answer does the work of noting a sign of life, and another not.
            session = client.session
            session[sessions.SEEN] = int(hour.seconds()) + _LONG
            session.save()
            self._sessions[who] = client.cookies[settings.SESSION_COOKIE_NAME].value
        User.objects.filter(last_login__isnull=False).update(last_login=None)

    def within(self, world: World) -> Asking:
        """The same people, with the names of this world's things."""
        other = copy(self)
        other.parts = parts_of(world)
        return other

    def ask(self, route: Route, method: str, who: Who, *, nowhere: bool = False) -> Answer:
        """The answer; ``nowhere`` names things of a right form that do not exist."""
        # What a process keeps from one question to the next would tell the second from the first.
        cache.clear()
        public_directory.forget()
        client = Client(raise_request_exception=False)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "id"
        headers: dict[str, str] = {}
        sent: dict[str, Any] = {}
        if route.is_api:
            headers["Authorization"] = shown(route, self._tokens[who])
            headers["Idempotency-Key"] = str(uuid4())
            sent = {"content_type": "application/json", "data": "{}"} if method == "POST" else {}
        else:
            client.cookies[settings.SESSION_COOKIE_NAME] = self._sessions[who]
        address = route.filled(dict(self.parts) | parts_of_nothing() if nowhere else self.parts)
        counted = _Counted()
        with ExitStack() as undone:
            undone.enter_context(transaction.atomic())
            undone.enter_context(connection.execute_wrapper(counted))
            answer = getattr(client, method.lower())(address, headers=headers, **sent)
            transaction.set_rollback(True)
        words = b"" if answer.streaming else answer.content
        told = b"".join(f"{name}: {value}\n".encode() for name, value in answer.items())
        return Answer(said(answer), told + words, counted.statements)


class _Counted:
    """How many statements went to the database: the class of time that an answer takes."""

    def __init__(self) -> None:
        self.statements = 0

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        self.statements += 1
        return execute(sql, params, many, context)


def reduced(answer: Answer) -> Reduced:
    """An answer without what is fresh in every one."""
    words = answer.words
    for pattern, instead in _FRESH:
        words = pattern.sub(instead, words)
    return answer.said, words, answer.statements


def lists_of(asking: Asking, among: list[Route] | None = None) -> dict[str, Reduced]:
    """What those outside are answered at every address without a hole, by role and address."""
    found = {}
    lists = [
        route
        for route in among or routes()
        if not (route.holes or "logout" in route.address or route.address in _ALWAYS_NEW)
    ]
    for place, route in enumerate(lists):
        for role, relation in asking.people:
            # By turns, so that each role asks everywhere once.
            if relation in OUTSIDE and (place % 2 == 0) == (relation == "former"):
                answer = asking.ask(route, "GET", (role, relation))
                found[f"{role}, {relation}: {route.address}"] = reduced(answer)
    return found
