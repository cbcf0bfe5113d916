"""What an answer of each type looks like, and the sentence for one that does not."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Final

from rangkul.assessments.form import Item
from rangkul.assessments.xpath.values import read_day, read_moment

Wrong = tuple[str, str, str]
"""A stable code, and the sentence in Indonesian and in English."""

_WHOLE: Final = re.compile(r"-?\d{1,15}\Z", re.ASCII)
_DECIMAL: Final = re.compile(r"-?(?:\d{1,15}(?:\.\d{1,15})?|\.\d{1,15})\Z", re.ASCII)
_TIME: Final = re.compile(
    r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?(Z|[+-]\d\d(:?\d\d)?)?\Z", re.ASCII
)
_FILE: Final = re.compile(r"[^/\\\x00-\x1f]{1,255}\Z")

SEVERAL: Final = (
    "several_answers", "Pilih satu jawaban saja.", "Please choose one answer only.",
)  # fmt: skip
NOT_IN_LIST: Final = (
    "unknown_code",
    "Jawaban ini tidak ada dalam daftar. Muat ulang halaman, lalu pilih lagi.",
    "This answer is not in the list. Reload the page and choose again.",
)
CHOSEN_TWICE: Final = (
    "chosen_twice", "Satu pilihan terkirim dua kali.", "One choice was sent twice.",
)  # fmt: skip
NOT_RANKED: Final = (
    "not_ranked", "Urutkan semua pilihan, masing-masing satu kali.",
    "Please put every choice in order, each once.",
)  # fmt: skip
_NOT_WHOLE: Final = (
    "not_a_whole_number", "Tuliskan bilangan bulat, misalnya 12.",
    "Write a whole number, for example 12.",
)  # fmt: skip
_NOT_DECIMAL: Final = (
    "not_a_number", "Tuliskan angka, misalnya 12.5.", "Write a number, for example 12.5.",
)  # fmt: skip
_NOT_DAY: Final = (
    "not_a_date",
    "Tuliskan tanggal sebagai tahun-bulan-hari, misalnya 2026-03-17.",
    "Write the date as year-month-day, for example 2026-03-17.",
)
_NOT_TIME: Final = (
    "not_a_time", "Tuliskan jam, misalnya 14:30.", "Write a time, for example 14:30.",
)  # fmt: skip
_NOT_MOMENT: Final = (
    "not_a_moment",
    "Tuliskan tanggal dan jam, misalnya 2026-03-17T14:30:00+07:00.",
    "Write a date and a time, for example 2026-03-17T14:30:00+07:00.",
)
_NOT_PLACE: Final = (
    "not_a_place", "Titik ini bukan lintang dan bujur yang benar.",
    "This point is not a true latitude and longitude.",
)  # fmt: skip
_NOT_FILE: Final = (
    "not_a_file_name", "Nama berkas ini tidak dapat dipakai.", "This file name cannot be used.",
)  # fmt: skip
_NOT_TRUTH: Final = (
    "not_true_or_false", "Jawaban ini hanya true atau false.", "This answer is true or false only.",
)  # fmt: skip


def wrong(item: Item, text: str) -> Wrong | None:
    """What is wrong with an answer that is not a choice; ``None`` when it fits its type."""
    if item.control == "trigger":
        return None if text == "OK" else NOT_IN_LIST
    found = _BY_TYPE.get(item.type)
    if found is not None and not found[0](text):
        return found[1]
    if item.bounds is not None:
        low, high = item.bounds
        if not _is_number(text):
            return _NOT_DECIMAL
        if not low <= float(text) <= high:
            return (
                "outside_range", f"Pilih antara {low:g} dan {high:g}.",
                f"Choose between {low:g} and {high:g}.",
            )  # fmt: skip
    return None


def _is_point(text: str) -> bool:
    parts = text.split()
    if not 2 <= len(parts) <= 4 or not all(_is_number(part) for part in parts):
        return False
    return abs(float(parts[0])) <= 90 and abs(float(parts[1])) <= 180


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text)) and len(text) <= 40
    except ValueError:
        return False


def _is_line(text: str) -> bool:
    points = [point for point in text.split(";") if point.strip()]
    return bool(points) and all(_is_point(point) for point in points)


_BY_TYPE: Final[dict[str, tuple[Callable[[str], object], Wrong]]] = {
    "int": (_WHOLE.match, _NOT_WHOLE),
    "decimal": (_DECIMAL.match, _NOT_DECIMAL),
    "date": (read_day, _NOT_DAY),
    "time": (_TIME.match, _NOT_TIME),
    "dateTime": (lambda text: read_moment(text, 0.0), _NOT_MOMENT),
    "geopoint": (_is_point, _NOT_PLACE),
    "geotrace": (_is_line, _NOT_PLACE),
    "geoshape": (_is_line, _NOT_PLACE),
    "binary": (_FILE.match, _NOT_FILE),
    "boolean": (lambda text: text in ("true", "false", "1", "0"), _NOT_TRUTH),
}
