"""The log keeps persons out, also where it cannot be written."""

from __future__ import annotations

import io
import logging

import pytest

from rangkul.config.logs import NoPersons

WORDS = "Ia takut pulang lewat jalan besar"


def _logger(stream: io.StringIO) -> logging.Logger:
    handler = logging.StreamHandler(stream)
    handler.addFilter(NoPersons())
    made = logging.Logger("trial")
    made.addHandler(handler)
    return made


def _fail(log: logging.Logger) -> None:
    try:
        raise LookupError(WORDS)
    except LookupError:
        log.exception("the page failed")


def test_a_fault_is_told_by_its_type_and_place() -> None:
    stream = io.StringIO()
    _fail(_logger(stream))
    assert "LookupError at" in stream.getvalue()
    assert WORDS not in stream.getvalue()


def test_a_log_that_cannot_be_written_tells_nothing_either(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.StringIO()
    log = _logger(stream)
    stream.close()
    _fail(log)
    assert capsys.readouterr().err == ""
    # Planted fault: as the library does it by default, the words stand in the error stream.
    monkeypatch.setattr(logging, "raiseExceptions", True)
    _fail(log)
    assert WORDS in capsys.readouterr().err
