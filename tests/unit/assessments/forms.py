"""Workbooks and fillings for the tests of forms: small ones of our own, whole or broken."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any
from xml.sax.saxutils import escape

import openpyxl

from rangkul.assessments.checking import Checked, check
from rangkul.assessments.form import Form
from rangkul.assessments.xform import parse
from rangkul.assessments.xlsform import read_workbook, to_xform

WIB = timezone(timedelta(hours=7))
TODAY, NOW = date(2026, 11, 22), datetime(2026, 11, 22, 6, 30, tzinfo=WIB)
ID, EN = "label::Bahasa Indonesia (id)", "label::English (en)"
SETTINGS = {
    "form_id": "uji", "form_title": "Formulir uji", "version": "1",
    "default_language": "Bahasa Indonesia (id)", "namespaces": 'rk="urn:rangkul:form"',
}  # fmt: skip
YES_NO = [
    {"list_name": "yt", "name": code, ID: label, EN: english}
    for code, label, english in (
        ("ya", "Ya", "Yes"),
        ("tidak", "Tidak", "No"),
        ("menolak", "Tidak ingin", "Rather not"),
    )
]
PLACES = [
    *({"list_name": "prov", "name": code, ID: label} for code, label in
      (("33", "Jawa Tengah"), ("53", "NTT"))),
    *({"list_name": "kab", "name": code, "p": province, ID: label} for code, province, label in
      (("3374", "33", "Semarang"), ("5371", "53", "Kupang"))),
]  # fmt: skip

Rows = Sequence[Mapping[str, Any]]


def ask(kind: str, name: str, label: str = "", english: str = "", **more: str) -> dict[str, str]:
    """One row of the survey; ``relevant="…"`` and ``rk_sealed="…"`` as further columns."""
    row = {"type": kind, "name": name, ID: label or name, EN: english or name}
    return row | {
        (f"bind::rk:{key[3:]}" if key.startswith("rk_") else key): value
        for key, value in more.items()
    }


RISK: Rows = [
    ask("start", "start"), ask("end", "end"), ask("today", "today"),
    ask("select_one yt", "setuju", "Bolehkah kita mulai?", "May we begin?", required="yes"),
    ask("begin group", "g", "Bahaya", "Danger", relevant="${setuju} = 'ya'"),
    ask("select_one yt", "senjata", "Ada senjata?", "A weapon?"),
    ask("select_one yt", "cekik", "Pernah dicekik?", "Ever choked?", rk_sealed="health"),
    ask("text", "cerita", "Ceritanya", "The story", rk_sealed="account",
        relevant="${senjata} = 'ya' or ${cekik} = 'ya'"),
    ask("integer", "takut", "Seberapa takut (0–4)?", "How afraid (0–4)?",
        constraint=". >= 0 and . <= 4",
        **{"constraint_message::Bahasa Indonesia (id)": "Antara 0 dan 4.",
           "constraint_message::English (en)": "Between 0 and 4."}),
    ask("end group", ""),
    ask("select_multiple yt", "banyak", "Yang mana?", "Which?"),
    ask("date", "lahir", "Lahir", "Born", constraint=". <= today()"),
    ask("select_one prov", "prov", "Provinsi", "Province"),
    ask("select_one kab", "kab", "Kabupaten", "Regency", choice_filter="p = ${prov}"),
    ask("begin repeat", "anak", "Anak", "Children"),
    ask("text", "nama", "Nama", "Name", rk_sealed="identity", required="yes"),
    ask("integer", "umur", "Umur", "Age", constraint=". < 18"),
    ask("calculate", "muda", calculation="if(${umur} < 5, 1, 0)"),
    ask("end repeat", ""),
    ask("calculate", "balita", calculation="sum(${muda})"),
    ask("calculate", "merah", calculation="(${senjata} = 'ya') + (${cekik} = 'ya')"),
    ask("calculate", "gelap",
        calculation="(${senjata} != 'ya' and ${senjata} != 'tidak') + "
                    "(${cekik} != 'ya' and ${cekik} != 'tidak')"),
    ask("calculate", "saran",
        calculation="if(${merah} > 0, 'tinggi', if(${takut} >= 3 or ${gelap} > 1, 'sedang', "
                    "'rendah'))"),
]  # fmt: skip


def workbook(
    survey: Rows, choices: Rows = (*YES_NO, *PLACES), settings: Mapping[str, Any] | None = None,
    **more: Rows,
) -> bytes:  # fmt: skip
    """An .xlsx with these sheets."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    sheets: dict[str, Rows] = {"survey": survey, "choices": choices}
    sheets["settings"] = [SETTINGS if settings is None else settings]
    for name, rows in (sheets | more).items():
        sheet = book.create_sheet(name)
        header = list(dict.fromkeys(key for row in rows for key in row))
        sheet.append(header)
        for row in rows:
            sheet.append([row.get(key) for key in header])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def form(
    survey: Rows = RISK, choices: Rows = (*YES_NO, *PLACES),
    settings: Mapping[str, Any] | None = None,
) -> Form:  # fmt: skip
    """A form as it stands after all of the way in."""
    return parse(to_xform(read_workbook(workbook(survey, choices, settings), "uji.xlsx")).xml)


def filling(answers: Mapping[str, Any], *, code: str = "uji", version: str = "1") -> bytes:
    """A filling's XML: nested mappings are groups, lists of them repeats."""
    return (
        f'<data id="{code}" version="{version}">{_xml(answers)}'
        "<meta><instanceID>uuid:7d3c</instanceID></meta></data>"
    ).encode()


def _xml(answers: Mapping[str, Any]) -> str:
    written = ""
    for name, value in answers.items():
        for one in value if isinstance(value, list) else [value]:
            inner = _xml(one) if isinstance(one, Mapping) else escape(str(one))
            written += f"<{name}>{inner}</{name}>"
    return written


def checked(made: Form, answers: Mapping[str, Any]) -> Checked:
    """The outcome of a filling, on the day of these tests."""
    return check(made, filling(answers), today=TODAY, now=NOW)
