"""A table as bytes, made in memory: CSV, and a workbook of the few parts that a workbook needs.

openpyxl writes each sheet to a temporary file first, where a stolen disk would find it; so the
workbook is put together here. Every text stands as an inline string: there is no formula in it.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.html import escape

from rangkul.exchange.columns import Cell

_BOM: Final = "\ufeff"
_NAMESPACE: Final = "http://schemas.openxmlformats.org"
_MAIN: Final = f"{_NAMESPACE}/spreadsheetml/2006/main"
_OFFICE: Final = f"{_NAMESPACE}/officeDocument/2006/relationships"
_PARTS: Final = f"{_NAMESPACE}/package/2006"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_LONGEST_CELL: Final = 32_767
# A fixed hour in the archive: the file tells nothing of the machine's clock.
_HOUR: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Table:
    """A heading row and rows, all defused; ``stamp`` is printed above and below each page."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    stamp: str
    about_title: str
    about: Sequence[tuple[str, Cell]]


def csv_bytes(table: Table, *, for_excel: bool) -> bytes:
    """UTF-8, every text in quotes so that no cell begins another; its coding marked for Excel."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(table.headings)
    writer.writerows(table.rows)
    return ((_BOM if for_excel else "") + out.getvalue()).encode()


def xlsx_bytes(table: Table) -> bytes:
    """A workbook of two sheets: the rows, and what the table is."""
    first = _sheet([table.headings, *table.rows], stamp=table.stamp, freeze=True)
    second = _sheet(table.about, stamp=table.stamp)
    parts = {
        "[Content_Types].xml": _CONTENT_TYPES,
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _workbook([table.title, table.about_title]),
        "xl/_rels/workbook.xml.rels": _relations(
            [("worksheet", "worksheets/sheet1.xml"), ("worksheet", "worksheets/sheet2.xml"),
             ("styles", "styles.xml")]
        ),
        "xl/styles.xml": _STYLES,
        "xl/worksheets/sheet1.xml": first,
        "xl/worksheets/sheet2.xml": second,
    }  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, _HOUR)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text.encode())
    return out.getvalue()


def _sheet(rows: Iterable[Sequence[Cell]], *, stamp: str, freeze: bool = False) -> str:
    made = [f'{_HEAD}<worksheet xmlns="{_MAIN}">']
    if freeze:
        made.append(
            '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
            'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        )
    made.append('<cols><col min="1" max="32" width="22" customWidth="1"/></cols><sheetData>')
    for number, row in enumerate(rows, start=1):
        bold = ' s="1"' if freeze and number == 1 else ""
        made.append(f'<row r="{number}">{"".join(_cell(cell, bold) for cell in row)}</row>')
    printed = _printable(stamp).replace("&", "")
    made.append(
        f"</sheetData><headerFooter><oddHeader>&amp;L{escape(printed)}</oddHeader>"
        f"<oddFooter>&amp;L{escape(printed)}&amp;R&amp;P/&amp;N</oddFooter></headerFooter>"
        "</worksheet>"
    )
    return "".join(made)


def _cell(cell: Cell, style: str) -> str:
    if isinstance(cell, int):
        return f"<c{style}><v>{cell}</v></c>"
    text = escape(_printable(cell)[:_LONGEST_CELL])
    return f'<c t="inlineStr"{style}><is><t xml:space="preserve">{text}</t></is></c>'


def _printable(text: str) -> str:
    """Without the signs that XML 1.0 cannot carry."""
    return "".join(
        sign for sign in text
        if sign in "\t\n\r" or (sign >= "\x20" and not "\ud800" <= sign <= "\udfff"
        and sign not in "\ufffe\uffff")
    )  # fmt: skip


def _workbook(titles: Sequence[str]) -> str:
    sheets = "".join(
        f'<sheet name="{escape(_sheet_name(title))}" sheetId="{number}" r:id="rId{number}"/>'
        for number, title in enumerate(titles, start=1)
    )
    return (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'
    )


def _sheet_name(title: str) -> str:
    return "".join(sign for sign in title if sign not in "[]:*?/\\'")[:31]


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    made = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PARTS}/relationships">{made}</Relationships>'


_CONTENT_TYPES: Final = (
    f'{_HEAD}<Types xmlns="{_PARTS}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships'
    '+xml"/><Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet2.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>'
)
_STYLES: Final = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/>'
    '</font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill>'
    '<patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border>'
    "</borders>"
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf '
    'numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)
