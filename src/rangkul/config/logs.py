"""Keeps persons out of the log: fault texts are cut before they are written."""

from __future__ import annotations

import logging

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
