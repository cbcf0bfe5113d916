"""The shipped forms as sheets of text, and everything that can be wrong with one, in sentences."""

from __future__ import annotations

import csv
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pyxform.validators import odk_validate
from pyxform.xls2xform import convert

from rangkul.assessments import instruments
from rangkul.reference.services import ServiceCode

FOLDER: Final = Path(instruments.__file__).parent / "forms"
CODES: Final = tuple(sorted(path.stem for path in FOLDER.glob("*.csv")))
ID, EN = "Bahasa Indonesia (id)", "English (en)"
LABELS: Final = (f"label::{ID}", f"label::{EN}")
SEALED: Final = {"identity", "contact", "location", "account", "health", "legal", "finance"}
LEVELS: Final = {
    "merah", "kuning", "gelap", "proses", "cara", "tujuan", "rentan", "lemah", "bendera", "anak",
    "tekanan", "beban", "mendesak", "turun", "halangan", "pertimbangan", "alasan",
}  # fmt: skip
FUNCTIONS: Final = {
    "selected", "count-selected", "if", "not", "count", "string-length", "today", "and", "or",
}  # fmt: skip
"""What the shipped forms use: expressions stay simple, so that every engine reads them alike."""

BANNED: Final = re.compile(
    r"mengapa (anda |ia |kamu )?(bertahan|tidak (pergi|lari|kabur|melawan|teriak)|kembali|setuju)|"
    r"perawan|keperawanan|selaput dara|orientasi seksual|riwayat seksual|status hiv|positif hiv|"
    r"apakah (anda|ia) (setuju (dibawa|dikirim|bekerja)|hamil|melawan|berteriak)|buktikan|"
    r"pakaian apa|baju apa|bukan korban|pembohong|mengada-ada|suka sama suka|"
    r"agama(nya)? apa|apa agama|berapa kali berhubungan|"
    r"why (did|do|would|didn't|did not) (you|they) (stay|agree|go back|return|leave|fight|scream)|"
    r"\bvirgin|hymen|sexual (orientation|history)|hiv status|hiv positive|are you pregnant|"
    r"did you (agree|consent|fight|scream|resist)|prove (it|that)|what were you wearing|"
    r"not a victim|\bliar\b|made (it|this) up|what is your religion|in return for your answers",
    re.IGNORECASE,
)
"""What no form may ask or say, in either language (the design's never-words)."""

Row = Mapping[str, str]
Sheets = dict[str, list[dict[str, str]]]

_REFERENCE: Final = re.compile(r"\$\{(\w+)\}")
_COMPARED: Final = re.compile(r"\$\{(\w+)\}\s*!?=\s*'(\w*)'")
_SELECTED: Final = re.compile(r"selected\(\s*\$\{(\w+)\}\s*,\s*'(\w*)'\s*\)")
_FUNCTION: Final = re.compile(r"([a-z][a-z-]*)\s*\(")
_QUOTED: Final = re.compile(r"'[^']*'")
_SECOND_PERSON: Final = re.compile(r"\b(Anda|saya|you|your|yours|I|my)\b")


def read(code: str) -> Sheets:
    """The sheets of one form: the first column opens a sheet, the line with it holds the heads."""
    sheets: Sheets = {}
    heads: list[str] = []
    rows: list[dict[str, str]] = []
    with (FOLDER / f"{code}.csv").open(encoding="utf-8", newline="") as file:
        for first, *cells in csv.reader(file, strict=True):
            if first:
                heads, rows = cells, sheets.setdefault(first, [])
            else:
                rows.append({h: c for h, c in zip(heads, cells, strict=False) if c})
    return sheets


def items(sheets: Sheets) -> list[dict[str, str]]:
    """Questions and calculations: no groups, no notes, nothing that the device notes by itself."""
    return [
        row
        for row in sheets["survey"]
        if not row["type"].startswith(("begin", "end")) and row["type"] not in ("note", "start")
    ]


def choices(sheets: Sheets) -> dict[str, list[str]]:
    """List → its codes, in order."""
    found: dict[str, list[str]] = {}
    for row in sheets["choices"]:
        found.setdefault(row["list_name"], []).append(row["name"])
    return found


def codes_of(sheets: Sheets) -> dict[str, list[str]]:
    """Question → the codes it may take; a calculation takes those of the list of its own name."""
    lists = choices(sheets)
    found = {
        row["name"]: lists.get(row["type"].split()[1], [])
        for row in sheets["survey"]
        if row["type"].startswith("select_")
    }
    results = {
        row["name"]: lists[row["name"]]
        for row in sheets["survey"]
        if row["type"] == "calculate" and row["name"] in lists
    }
    return found | results


def drawn(sheets: Sheets) -> tuple[str, list[str]]:
    """The XForm by pyxform, and its warnings."""
    book: dict[str, Any] = {name: sheets[name] for name in ("survey", "choices", "settings")}
    for name in ("survey", "choices", "settings"):
        book[f"{name}_header"] = [dict.fromkeys(key for row in sheets[name] for key in row)]
    warnings: list[str] = []
    return convert(book, warnings=warnings).xform, warnings


def validators(folder: Path) -> dict[str, Callable[[Sheets], list[str]]]:
    """What stands here to judge a form, by name: pyxform always, ODK Validate where Java is."""

    def by_pyxform(sheets: Sheets) -> list[str]:
        return drawn(sheets)[1]

    def by_odk(sheets: Sheets) -> list[str]:
        path = folder / f"{sheets['settings'][0]['form_id']}.xml"
        path.write_text(drawn(sheets)[0], encoding="utf-8")
        return list(odk_validate.check_xform(str(path)))

    found: dict[str, Callable[[Sheets], list[str]]] = {"pyxform": by_pyxform}
    if shutil.which("java") and odk_validate.install_exists():
        found["odk_validate"] = by_odk
    return found


def faults(sheets: Sheets) -> list[str]:
    """Everything wrong with a form, one sentence each; none for a form that may be shipped."""
    return [
        *_wording(sheets),
        *_names(sheets),
        *_expressions(sheets),
        *_care(sheets),
        *_rules(sheets),
    ]


def _pairs(row: Row) -> Iterator[tuple[str, str, str]]:
    """(heading, Indonesian, English) for every heading that exists per language."""
    for head in {key.split("::")[0] for key in row if key.endswith((ID, EN))}:
        yield head, row.get(f"{head}::{ID}", ""), row.get(f"{head}::{EN}", "")


def _wording(sheets: Sheets) -> Iterator[str]:
    """Both languages everywhere, and nothing said that may not be said."""
    for sheet in ("survey", "choices"):
        for row in sheets[sheet]:
            told = row["name"] if "name" in row else row["type"]
            for head, indonesian, english in _pairs(row):
                if not (indonesian.strip() and english.strip()):
                    yield f"{told}: {head} in one language only"
                if head != "guidance_hint" and told != "ket_kepala":
                    for words in (indonesian, english):
                        if BANNED.search(words):
                            yield f"{told}: banned words: {words}"
            silent = ("calculate", "hidden", "start", "end")
            silent_row = sheet == "survey" and row["type"].startswith(silent)
            if not silent_row and not all(row.get(head) for head in LABELS):
                yield f"{told}: no label"
    for sheet, heads in (
        ("about", ("about_id", "about_en")),
        ("reasons", ("text::id", "text::en")),
        ("contradictions", ("text::id", "text::en")),
    ):
        for row in sheets[sheet]:
            if not all(row.get(head, "").strip() for head in heads):
                yield f"{sheet} {row['name']}: in one language only"
            if any(BANNED.search(row.get(head, "")) for head in heads):
                yield f"{sheet} {row['name']}: banned words"
    told_of = {row["name"] for row in sheets["about"]}
    for row in items(sheets):
        # Block H speaks to whoever is there, a reporter too.
        to_her = any(_SECOND_PERSON.search(row.get(head, "")) for head in LABELS)
        if to_her and not row["name"].startswith("h_") and row["name"] not in told_of:
            yield f"{row['name']}: no wording for a reporter"


def _names(sheets: Sheets) -> Iterator[str]:
    """Names once, lists that exist, classes and services that are known."""
    opened = [row for row in sheets["survey"] if not row["type"].startswith("end ")]
    names = Counter(row["name"] for row in opened)
    yield from (f"{name}: named twice" for name, count in names.items() if count > 1)
    lists = choices(sheets)
    for name, codes in lists.items():
        yield from (f"{name}: {c} twice" for c, count in Counter(codes).items() if count > 1)
    for row in sheets["survey"]:
        if row["type"].startswith("select_") and row["type"].split()[1] not in lists:
            yield f"{row['name']}: no list {row['type']}"
        if row.get("bind::rk:sealed", "account") not in SEALED:
            yield f"{row['name']}: unknown class {row['bind::rk:sealed']}"
    for sheet in ("reasons", "contradictions", "about"):
        rows = Counter(row["name"] for row in sheets[sheet])
        yield from (f"{sheet} {name}: twice" for name, count in rows.items() if count > 1)
    for row in sheets["about"]:
        if row["name"] not in names:
            yield f"about {row['name']}: no such item"
    for row in sheets["reasons"]:
        if row.get("service", "medis") not in set(ServiceCode):
            yield f"reasons {row['name']}: unknown service {row['service']}"
        if row.get("level", "merah") not in LEVELS:
            yield f"reasons {row['name']}: unknown level {row['level']}"
        if not 0 < float(row.get("clock_hours", "1")) <= 24 * 366:
            yield f"reasons {row['name']}: no such clock"
        for name in row.get("items", "").split() or ["(no item)"]:
            if name not in names:
                yield f"reasons {row['name']}: no such item {name}"


def expressions(sheets: Sheets) -> Iterator[tuple[str, str]]:
    """Every expression of a form, with where it stands; a plain ``yes`` is none."""
    for row in sheets["survey"]:
        for head in ("relevant", "constraint", "calculation", "required"):
            if row.get(head, "yes") != "yes":
                yield f"{row.get('name', row['type'])} {head}", row[head]
    for sheet in ("reasons", "contradictions"):
        for row in sheets[sheet]:
            yield f"{sheet} {row['name']}", row.get("when", "")


def _expressions(sheets: Sheets) -> Iterator[str]:
    names = {row["name"] for row in sheets["survey"]}
    codes = codes_of(sheets)
    for where, text in expressions(sheets):
        if not text:
            yield f"{where}: empty"
        for name in _REFERENCE.findall(text):
            if name not in names:
                yield f"{where}: no such item {name}"
        for name, code in (*_COMPARED.findall(text), *_SELECTED.findall(text)):
            if code and name in codes and code not in codes[name]:
                yield f"{where}: {name} has no choice {code}"
        for word in _FUNCTION.findall(_QUOTED.sub("''", text)):
            if word not in FUNCTIONS:
                yield f"{where}: the function {word} is not for shipped forms"
    for row in sheets["survey"]:
        if row["type"] == "calculate" and row["name"] in codes:
            said = set(
                _QUOTED.findall(re.sub(r"[!=]=?\s*'\w*'|,\s*'\w+'\)", "", row["calculation"]))
            )
            for code in codes[row["name"]]:
                if f"'{code}'" not in row["calculation"]:
                    yield f"{row['name']}: never says {code}"
            for quoted in said:
                if quoted.strip("'") not in codes[row["name"]]:
                    yield f"{row['name']}: says {quoted}, which has no label"


def _is_gate(form: str, name: str) -> bool:
    """Triage has no gates: danger is asked first. A shelter's refusal needs another place."""
    if form == "rk08_hunian" and name == "alasan":
        return True
    return form != "rk01_triase" and name in ("h_privat", "h_aman", "h_setuju")


def _care(sheets: Sheets) -> Iterator[str]:
    """Guidance where a question is near to the bone; nothing demanded but the gates."""
    form = sheets["settings"][0]["form_id"]
    heads = (f"guidance_hint::{ID}", f"guidance_hint::{EN}")
    if sheets["survey"][2].get("name") != "ket_kepala":
        yield "the note at the head is missing"
    for row in items(sheets):
        kind, name = row["type"], row["name"]
        asked = kind not in ("calculate", "hidden")
        if asked and not all(row.get(h, "").startswith(("Mengapa: ", "Why: ")) for h in heads):
            yield f"{name}: no guidance"
        gate = _is_gate(form, name)
        if ("required" in row) is not gate:
            yield f"{name}: {'a gate is open' if gate else 'only gates are required'}"
        if ("constraint" in row) is not (f"constraint_message::{ID}" in row):
            yield f"{name}: a constraint and its message belong together"
        if kind == "integer" and ". >= 0" not in row.get("constraint", ""):
            yield f"{name}: may be negative"
        if kind == "date" and "today()" not in row.get("constraint", ""):
            yield f"{name}: may lie in the future"


def _rules(sheets: Sheets) -> Iterator[str]:
    """Each result has its words, its note and its advice."""
    lists = choices(sheets)
    notes = {row["name"] for row in sheets["survey"] if row["type"] == "note"}
    told = {row["name"] for row in sheets["reasons"]}
    for row in sheets["survey"]:
        if row["type"] == "calculate" and row["name"] in ("saran", "hasil"):
            for code in lists.get(row["name"], ["(no list)"]):
                if f"ket_{row['name']}_{code}" not in notes:
                    yield f"{row['name']}: no note on {code}"
                if f"{row['name']}_{code}" not in told:
                    yield f"{row['name']}: no advice on {code}"
