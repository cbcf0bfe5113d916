"""An XLSForm, read safely, checked in sentences, and drawn as an XForm by pyxform."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pyxform.errors import PyXFormError
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT
from pyxform.xls2xform import convert

from rangkul.assessments.problems import Problem, WorkbookRefused
from rangkul.assessments.workbook import Row, Workbook, read_sheets

_CHOOSING: Final = re.compile(
    r"(select_one|select_multiple|select one|select1|select multiple|rank)(?: from)? +"
    r"(\S+?)(?: +(or_other|or specify other))?\Z"
)
_CHOICE_WORDS: Final = ("select", "rank", "q select", "add select", "cascading")
_BEGIN: Final = re.compile(r"(begin|end)[ _]+(group|repeat|loop)\b")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*\Z")
_NOT_HERE: Final = frozenset(
    {"osm", "audit", "csv-external", "xml-external", "background-audio", "background-geopoint",
     "start-geopoint", "select one external"}
)  # fmt: skip
_MOST_TOLD: Final = 40
_DEEP: Final = 12
_LEAST_BITS: Final = 2048


@dataclass(frozen=True, slots=True)
class Drawn:
    """The XForm's XML, and what pyxform wished to say about it."""

    xml: str
    warnings: tuple[str, ...]


def read_workbook(data: bytes, name: str) -> Workbook:
    """The sheets of an XLSForm (.xlsx, or pyxform's .csv), checked line by line.

    Raises `WorkbookRefused` with one sentence for each problem, in both languages.
    """
    book = read_sheets(data, name)
    problems = list(_problems(book))
    if problems:
        raise WorkbookRefused(problems[:_MOST_TOLD])
    return book


def to_xform(book: Workbook) -> Drawn:
    """Draw a checked workbook. Raises `WorkbookRefused` where pyxform will not have it."""
    warnings: list[str] = []
    sheets: dict[str, Any] = {"sheet_names": list(book.sheets), "fallback_form_name": book.name}
    for name in ("survey", "choices", "settings"):
        sheet = book.sheets.get(name)
        if sheet is not None:
            sheets[name] = [dict(row) for _line, row in sheet.rows]
            sheets[f"{name}_header"] = [dict.fromkeys(sheet.header)]
    try:
        drawn = convert(sheets, warnings=warnings)
    except PyXFormError as fault:
        told = " ".join(str(fault).split())[:300]
        raise WorkbookRefused(
            [Problem("pyxform", f"Formulir tidak dapat disusun: {told}",
                     f"The form cannot be drawn: {told}")]
        ) from fault  # fmt: skip
    return Drawn(drawn.xform, tuple(warnings))


def _problems(book: Workbook) -> Iterator[Problem]:
    if not book.rows("survey"):
        yield Problem(
            "no_survey", "Lembar “survey” tidak ada atau kosong.",
            "The sheet “survey” is missing or empty.",
        )  # fmt: skip
        return
    if "type" not in book.sheets["survey"].header:
        yield Problem("no_type_column", "Lembar “survey” tidak punya kolom “type”.",
                      "The sheet “survey” has no column “type”.", "survey")  # fmt: skip
        return
    yield from _settings_problems(book)
    lists = dict(_lists(book))
    yield from _choice_problems(book)
    yield from _survey_problems(book, lists)


def _settings_problems(book: Workbook) -> Iterator[Problem]:
    if len(book.rows("settings")) > 1:
        yield Problem("settings_rows", "Lembar “settings” hanya boleh punya satu baris.",
                      "The sheet “settings” may have one row only.", "settings")  # fmt: skip
    if any(row.get("submission_url") for _line, row in book.rows("settings")):
        yield Problem("sent_elsewhere", "Formulir ini akan mengirim jawaban ke alamat lain; "
                      "hapus submission_url.", "This form would send answers to another address; "
                      "remove submission_url.", "settings")  # fmt: skip
    for _line, row in book.rows("settings"):
        if row.get("public_key") and not is_sealing_key(row["public_key"]):
            yield Problem("key_unreadable", "public_key bukan kunci publik RSA (Base64, minimal "
                          "2048 bit). Salin kunci lembaga dari Ponsel → Kunci, atau hapus "
                          "public_key.", "public_key is no RSA public key (Base64, at least 2048 "
                          "bits). Copy the agency's key from Phones → Key, or remove public_key.",
                          "settings")  # fmt: skip


def is_sealing_key(text: str) -> bool:
    """Whether this is a public key that ODK's clients seal with: RSA, DER in Base64, 2048 bits."""
    try:
        key = load_der_public_key(base64.b64decode("".join(text.split()), validate=True))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return isinstance(key, RSAPublicKey) and key.key_size >= _LEAST_BITS


def _list_of(row: Row) -> str:
    return row.get("list_name", "") or row.get("list name", "")


def _lists(book: Workbook) -> Iterator[tuple[str, int]]:
    for line, row in book.rows("choices"):
        if _list_of(row):
            yield _list_of(row), line


def _choice_problems(book: Workbook) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for line, row in book.rows("choices"):
        listed, code = _list_of(row), row.get("name", "") or row.get("value", "")
        where = f"choices {line}"
        if listed and not code:
            yield Problem("choice_nameless", "Pilihan ini tidak punya kode (name).",
                          "This choice has no code (name).", where)  # fmt: skip
        elif listed and (listed, code) in seen:
            yield Problem("choice_twice", f"Kode “{code}” ada dua kali dalam daftar “{listed}”.",
                          f"The code “{code}” stands twice in the list “{listed}”.", where,
                          )  # fmt: skip
        seen.add((listed, code))


def _survey_problems(book: Workbook, lists: dict[str, int]) -> Iterator[Problem]:
    """Types, names and nesting, line by line; ``open_`` holds the kind and names of each group."""
    open_: list[tuple[str, int, set[str]]] = [("", 0, set())]
    for line, row in book.rows("survey"):
        where = f"survey {line}"
        kind = " ".join(row.get("type", "").split())
        if not kind:
            if row.get("name"):
                yield Problem("typeless", "Baris ini tidak punya jenis (type).",
                              "This row has no type.", where)  # fmt: skip
            continue
        bracket = _BEGIN.match(kind)
        if bracket and bracket[1] == "end":
            if len(open_) == 1 or open_[-1][0] != bracket[2]:
                yield Problem("unbalanced", f"“{kind}” menutup sesuatu yang tidak dibuka.",
                              f"“{kind}” closes what was not opened.", where)  # fmt: skip
            else:
                open_.pop()
            continue
        yield from _named_problems(row, where, open_[-1][2])
        if bracket:
            if len(open_) > _DEEP:
                yield Problem("too_deep", f"Kelompok bersarang lebih dari {_DEEP} tingkat.",
                              f"Groups are nested more than {_DEEP} deep.", where)  # fmt: skip
                return
            if bracket[2] == "loop":
                yield _unknown_type(kind, where)
            open_.append((bracket[2], line, set()))
        else:
            yield from _type_problems(kind, where, lists)
    for kind, line, _names in open_[1:]:
        yield Problem("unbalanced", f"“begin {kind}” ini tidak pernah ditutup.",
                      f"This “begin {kind}” is never closed.", f"survey {line}")  # fmt: skip


def _named_problems(row: Row, where: str, taken: set[str]) -> Iterator[Problem]:
    name = row.get("name", "")
    if not name:
        yield Problem("nameless", "Baris ini tidak punya nama (name).",
                      "This row has no name.", where)  # fmt: skip
    elif not _NAME.match(name):
        yield Problem(
            "bad_name",
            f"Nama “{name[:40]}” hanya boleh huruf, angka, garis bawah, dan diawali huruf.",
            f"The name “{name[:40]}” may hold letters, digits and underscores, a letter first.",
            where,
        )
    elif name.lower() in taken:
        yield Problem("name_twice", f"Nama “{name}” dipakai dua kali di kelompok yang sama.",
                      f"The name “{name}” is used twice in the same group.", where)  # fmt: skip
    taken.add(name.lower())


def _type_problems(kind: str, where: str, lists: dict[str, int]) -> Iterator[Problem]:
    chosen = _CHOOSING.match(kind)
    if chosen:
        if chosen[2].startswith("${"):
            yield Problem("choices_from_answers",
                          "Pilihan dari jawaban lain tidak didukung di sini.",
                          "Choices made of other answers are not supported here.", where,
                          )  # fmt: skip
        elif chosen[2] not in lists:
            yield Problem("no_such_list", f"Daftar pilihan “{chosen[2]}” tidak ada.",
                          f"There is no list of choices “{chosen[2]}”.", where)  # fmt: skip
    elif "from_file" in kind or "from file" in kind or kind in _NOT_HERE:
        yield Problem("type_not_here", f"Jenis “{kind[:60]}” tidak didukung di sini.",
                      f"The type “{kind[:60]}” is not supported here.", where)  # fmt: skip
    elif kind.startswith(_CHOICE_WORDS) or kind not in QUESTION_TYPE_DICT:
        yield _unknown_type(kind, where)


def _unknown_type(kind: str, where: str) -> Problem:
    return Problem("unknown_type", f"Jenis “{kind[:60]}” tidak dikenal.",
                   f"The type “{kind[:60]}” is not known.", where)  # fmt: skip


__all__ = ["Drawn", "Workbook", "WorkbookRefused", "read_workbook", "to_xform"]
