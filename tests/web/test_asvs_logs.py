"""No stranger writes a line of the log, whatever stands in an address, a header or a name."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.utils.log import configure_logging
from tests.clients import Client
from tests.people import Cast

from rangkul.config.logs import NoPersons, OneLine

pytestmark = pytest.mark.usefixtures("committed_db")

SENTENCE = (
    "Nothing that is sent begins a line of the log, colours a terminal or turns the direction of "
    "its words."
)
# Line ends of every kind, an escape code, a bell, NUL, a turned direction, half of a sign.
FORGED = [
    "\n2026-01-01T00:00:00Z ERROR root dipalsukan", "\r\nERROR dipalsukan", "\x0b\x0c\x85palsu",
    "\u2028\u2029palsu", "\x1b[31mmerah\x1b[2J", "\a\b\x00", "\u202epalsu\u2066", "\ud800",
]  # fmt: skip


@pytest.fixture
def handler() -> Iterator[logging.StreamHandler[io.StringIO]]:
    """The log as the settings make it, into a string; every logger speaks."""
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(OneLine())
    handler.addFilter(NoPersons())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.fixture
def written(handler: logging.StreamHandler[io.StringIO]) -> io.StringIO:
    """What was written so far."""
    return handler.stream


def is_one_line(text: str) -> bool:
    """Whether a record is one line of what can be printed."""
    return text.endswith("\n") and text[:-1].isprintable()


def forge(handler: logging.Handler) -> int:
    """Write each forged text as a message and as a part of one; how many records that makes.

    Handed over directly: the runner listens to loggers too, and could not report what is forged.
    """
    log = logging.getLogger("rangkul.trial")
    made = [("Not Found: %s", (text,)) for text in FORGED]
    made += [(text.replace("%", "%%"), ()) for text in FORGED]
    for words, parts in made:
        handler.handle(log.makeRecord(log.name, logging.WARNING, __file__, 1, words, parts, None))
    return len(made)


@pytest.mark.promise("log-lines", chapter="web", sentence=SENTENCE)
def test_each_record_is_one_line(handler: logging.StreamHandler[io.StringIO], figure: Any) -> None:
    made, written = forge(handler), handler.stream
    lines = written.getvalue().split("\n")[:-1]
    assert len(lines) == made
    assert [line for line in lines if not line.isprintable()] == []
    assert "\\n2026-01-01" in written.getvalue()
    figure(f"{made} forged records, {made} lines, 0 signs that cannot be printed")


@pytest.mark.planted("log-lines")
def test_a_plain_formatter_would_be_forged(handler: logging.StreamHandler[io.StringIO]) -> None:
    """Planted fault: the library's own form of a line."""
    written = handler.stream
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    made = forge(handler)
    assert len(written.getvalue().split("\n")) - 1 > made
    assert not is_one_line(written.getvalue())


@pytest.mark.promise("log-lines", chapter="web", sentence=SENTENCE)
def test_whatever_is_asked_for_is_one_line_too(
    written: io.StringIO, cast: Cast, figure: Any
) -> None:
    """Through the web: addresses, hosts, agents, names, tokens."""
    client = Client(raise_request_exception=False)
    asked = 0
    for text in FORGED:
        sent = text.encode("utf-8", "surrogatepass").decode("latin-1")
        client.get(f"/tidak-ada/{sent}/")
        client.get("/", headers={"Host": f"jahat{sent}.example"})
        client.get("/kasus/", headers={"User-Agent": sent, "X-Forwarded-For": sent})
        client.get("/api/v1/cases", headers={"Authorization": f"Bearer {sent}"})
        client.post("/akun/login/", {"login": f"ratih{sent}", "password": sent})
        asked += 5
    text = written.getvalue()
    assert "tidak-ada" in text
    for line in text.split("\n")[:-1]:
        assert line.isprintable(), line
        assert datetime.fromisoformat(line.split(" ", 1)[0]).tzinfo == UTC, line
    figure(f"{asked} forged requests, every line begun by the house")


def test_the_settings_write_so() -> None:
    """The one handler of the house has the form and the filter that are tested here."""
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    handlers = settings.LOGGING["handlers"]
    assert set(handlers) == {"console"}
    assert handlers["console"]["filters"] == ["no_persons"]
    assert settings.LOGGING["formatters"]["line"] == {"()": "rangkul.config.logs.OneLine"}
    assert settings.LOGGING["root"]["handlers"] == ["console"]
    ours = [h for h in logging.getLogger().handlers if isinstance(h.formatter, OneLine)]
    assert [type(h) for h in ours] == [logging.StreamHandler]


def test_an_endless_record_is_cut(written: io.StringIO) -> None:
    logging.getLogger("rangkul.trial").warning("x" * 100_000)
    assert len(written.getvalue()) < 2_100
