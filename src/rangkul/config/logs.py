"""Keeps persons out of the log, and strangers from writing lines of it."""

from __future__ import annotations

import logging
import time

# A log that cannot be written, as on a full disk, must not tell the fault's own words instead.
logging.raiseExceptions = False


class NoPersons(logging.Filter):
    """Replaces exception texts, which may repeat what a person typed, by their type and place."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[1] is not None:
            fault = record.exc_info[1]
            frame = fault.__traceback__
            while frame is not None and frame.tb_next is not None:
                frame = frame.tb_next
            place = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else "?"
            record.msg = f"{record.getMessage()} [{type(fault).__name__} at {place}]"
            record.args = ()
            record.exc_info = None
            record.exc_text = None
        return True


class OneLine(logging.Formatter):
    """One record, one line of what can be printed, in UTC; an address or a name adds no other.

    Line ends, escape codes, marks that turn the direction of words and halves of signs are written
    as ``\\n``, ``\\x1b``, ``\\u202e``; what is endless is cut.
    """

    longest = 2_000

    def __init__(self) -> None:
        super().__init__(
            "%(asctime)s %(levelname)s %(name)s %(message)s", datefmt="%Y-%m-%dT%H:%M:%SZ"
        )
        self.converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        """The record as it is written."""
        line = super().format(record)
        shown = "".join(_printed(sign) for sign in line[: self.longest])
        return shown if len(line) <= self.longest else f"{shown} …"


def _printed(sign: str) -> str:
    return sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii")
