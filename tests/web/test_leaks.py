"""No survivor's, suspect's or reporter's words outside the vault: not in any table, log or address.

The world is built by the operations and then walked through the browser; everything that the walk
leaves behind is searched in every coding a careless line of code might choose.
"""

from __future__ import annotations

import base64
import io
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from tests import world as worlds
from tests.clients import Client
from tests.codings import codings
from tests.contracts.routes import parts_of, routes
from tests.people import Cast, sign_in
from tests.rows import as_owner
from tests.world import SECRETS, World

from rangkul.foundation.actor import Actor

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.xdist_group("leaks")]

_SOUGHT: dict[bytes, str] = {
    form: f"{word} as {name}" for word in SECRETS for form, name in codings(word).items()
}
_ANY = re.compile(b"|".join(re.escape(form) for form in sorted(_SOUGHT, key=len, reverse=True)))


def leaks(where: str, content: bytes | str) -> list[str]:
    """One sentence for each secret that stands in ``content``."""
    raw = (content.encode("utf-8", "replace") if isinstance(content, str) else content).lower()
    return sorted({f"{where}: {_SOUGHT[found]}" for found in _ANY.findall(raw)})


@pytest.mark.parametrize("word", SECRETS)
def test_the_search_finds_every_coding_of_every_secret(word: str) -> None:
    """Planted fault: each form in turn, inside other text and at every place of a base64."""
    for form in codings(word):
        assert leaks("x", b"..." + form + b"..."), form
    for before in ("", "a", "ab"):
        written = base64.b64encode(f"{before}{word} dst".encode())
        assert leaks("x", written) or len(word) < 7, (before, word)
    assert leaks("x", b"Semarang, 12 Maret, RK-7F3K-9QXT") == []


# -- the walk -----------------------------------------------------------------------------------


@dataclass
class Walk:
    """What a day of work leaves behind outside the database."""

    world: World
    addresses: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    pages: dict[str, str] = field(default_factory=dict)
    log: str = ""


def walk(cast: Cast) -> Walk:
    """Build the world, open every page as those who may, search, open identities, meet faults."""
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s"))
    root = logging.getLogger()
    before = root.level
    for name in ("", "rangkul", "django", "django.request", "procrastinate"):
        logging.getLogger(name).addHandler(handler)
    root.setLevel(logging.DEBUG)
    logging.getLogger("django.db.backends").setLevel(logging.INFO)
    try:
        done = Walk(worlds.build(cast))
        for actor in (
            cast.ratih, cast.wahyuni, cast.joko, cast.melki, cast.laras, cast.bagas, cast.sinta,
        ):  # fmt: skip
            _visit(done, actor)
        _search_and_open(done, cast.ratih)
    finally:
        root.setLevel(before)
        for name in ("", "rangkul", "django", "django.request", "procrastinate"):
            logging.getLogger(name).removeHandler(handler)
    done.log = heard.getvalue()
    return done


def _visit(done: Walk, actor: Actor) -> None:
    client = Client(raise_request_exception=False)
    sign_in(client, actor)
    parts = parts_of(done.world)
    for route in routes():
        if route.is_api or "logout" in route.address or route.address.startswith("/akun/"):
            continue
        cache.clear()
        _note(done, client.get(route.filled(parts)))


def _search_and_open(done: Walk, actor: Actor) -> None:
    client = Client(raise_request_exception=False)
    sign_in(client, actor)
    here = f"/kasus/{done.world.case_number}/"
    for words in ("Marlina Kusumaningrum", worlds.NIK, worlds.PHONE):
        _note(done, client.post("/cari/", {"words": words}))
    _note(done, client.post(f"{here}identitas/", {"reason": "menghubungi"}))
    _note(done, client.post(f"{here}identitas/", {"reason": "lain", "words": worlds.NOTE}))
    _note(done, client.post(f"{here}catatan/", {"body": worlds.NOTE}))
    _note(done, client.post(f"{here}catatan/", {"body": worlds.NOTE, "happened_at": worlds.NIK}))
    # What a mistyped address or a foreign one carries must not be told again by the log.
    _note(done, client.get(f"{here}tidak-ada/"))


def _note(done: Walk, answer: Any) -> None:
    done.addresses.append(answer.request["PATH_INFO"])
    done.headers += [f"{name}: {value}" for name, value in answer.headers.items()]
    if "html" in answer.get("Content-Type", ""):
        page = answer.content.decode()
        done.pages[answer.request["PATH_INFO"]] = page
        done.titles += re.findall(r"<title>(.*?)</title>", page, re.DOTALL)
        done.addresses += re.findall(r'(?:href|src|action|hx-[a-z]+)="([^"]*)"', page)


def test_a_day_of_work_leaves_no_word_outside_the_vault(cast: Cast) -> None:
    done = walk(cast)
    assert len(done.pages) > 40, "the walk met hardly any page"
    assert any("Kusumaningrum" in page for page in done.pages.values()), "nobody was opened"
    found = leaks("log", done.log)
    found += leaks("address", "\n".join(done.addresses))
    found += leaks("header", "\n".join(done.headers))
    found += leaks("title", "\n".join(done.titles))
    found += leaks("mail", "\n".join(str(m.message()) for m in getattr(mail, "outbox", [])))
    found += [leak for table, rows in tables() for leak in leaks(table, rows)]
    assert found == []
    assert "KeyError" not in done.log


# Rows that come with the house, before anybody has said anything.
OURS = {"assessments_formversion": "agency_id is null"}


def tables() -> Iterable[tuple[str, bytes]]:
    """Every table with all its rows as the database writes them out, bytes and JSON too."""
    with as_owner() as owner:
        names = [
            row[0]
            for row in owner.execute(
                "select relname from pg_class where relnamespace = 'public'::regnamespace "
                "and relkind in ('r', 'p') and relname !~ '^reference_' order by 1"
            )
        ]
        for name in names:
            others = f"where not ({OURS[name]})" if name in OURS else ""
            rows = owner.execute(f"select t::text from {name} t {others}").fetchall()
            yield name, "\n".join(row[0] for row in rows).encode()


def test_every_place_where_words_could_stand_is_searched(cast: Cast) -> None:
    """Planted fault: a secret in a column of each kind, in a job, a session, a trail row."""
    world = worlds.build(cast)
    plants = {
        "trail_act": "update trail_act set detail = jsonb_build_object('n', %s::text)",
        "procrastinate_jobs": (
            "update procrastinate_jobs set args = jsonb_build_object('n', %s::text)"
        ),
        "clocks_clock": "update clocks_clock set pause_reason = left(%s, 24)",
        "cases_note": "update cases_note set body_sealed = convert_to(%s, 'UTF8')",
        "cases_casefile": "update cases_casefile set work_label = left(%s, 60)",
        "consent_basis": "update consent_basis set levels = jsonb_build_object('I', %s::text)",
        "accounts_session": (
            "insert into accounts_session (session_key, session_data, expire_date) values "
            "(left(md5(random()::text), 32), encode(convert_to(%s, 'UTF8'), 'base64'), now())"
        ),
    }
    assert world.case_id
    for table, statement in plants.items():
        with as_owner() as owner:
            if table == "trail_act":
                owner.execute("alter table trail_act disable trigger user")
            owner.execute(statement, [worlds.SUSPECT])
            rows = owner.execute(f"select t::text from {table} t").fetchall()
            assert leaks(table, "\n".join(row[0] for row in rows)), table
            owner.rollback()
    assert [leak for table, rows in tables() for leak in leaks(table, rows)] == []


def test_a_browser_is_told_to_say_nowhere_where_it_came_from(cast: Cast) -> None:
    file = worlds.build(cast)
    client = Client()
    sign_in(client, cast.ratih)
    for address in (f"/kasus/{file.case_number}/", "/", "/cari/"):
        assert client.get(address)["Referrer-Policy"] == "no-referrer"


def test_a_fault_with_a_name_in_it_reaches_no_log(capsys: pytest.CaptureFixture[str]) -> None:
    """Planted: the text of an exception repeats what a person typed."""
    from rangkul.config.logs import NoPersons

    try:
        raise ValueError(f"cannot read {worlds.FULL_NAME}")
    except ValueError:
        record = logging.LogRecord("rangkul", 40, __file__, 1, "broken", (), None)
        import sys

        record.exc_info = sys.exc_info()
    assert NoPersons().filter(record)
    line = logging.Formatter("%(message)s").format(record)
    assert leaks("log", line) == []
    assert "ValueError at" in line
