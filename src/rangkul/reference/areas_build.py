"""Turns the area data of the npm package idn-area-data into the compact files the wheel carries.

Data: the Ministry of Home Affairs' codes as collected by idn-area-data (ODbL, see NOTICE).
Run it after ``npm ci``::

    python -m rangkul.reference.areas_build <idn-area-data/data> <reference/data/areas>
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Final

from rangkul.reference.zones import zone_of

EXPECTED: Final = {"provinces": 38, "regencies": 514, "districts": 7285, "villages": 83762}

_PARENTS: Final = {"regencies": "provinces", "districts": "regencies", "villages": "districts"}
_COLUMNS: Final = ("code", "name", "aliases")

Row = tuple[str, str, str]


class AreaDataInvalid(ValueError):
    """The area data is not the set this release was made for; nothing was written."""


def read_corrections() -> dict[str, tuple[str, str]]:
    """Display name (may be empty: keep the source's) and aliases joined by ``|``, by area code."""
    text = files("rangkul.reference").joinpath("data/area_names.csv").read_text(encoding="utf-8")
    return {row["code"]: (row["name"], row["aliases"]) for row in csv.DictReader(io.StringIO(text))}


def _read(source: Path, corrections: dict[str, tuple[str, str]]) -> Iterator[Row]:
    with source.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            name, aliases = corrections.get(row["code"], ("", ""))
            shown = name or " ".join(row["name"].replace('"', "’").split())
            yield row["code"], shown, aliases


def check(levels: dict[str, list[Row]], expected: dict[str, int] = EXPECTED) -> None:
    """Raise `AreaDataInvalid` unless counts, codes, parents and time zones are all in order."""
    for level, count in expected.items():
        rows = levels[level]
        codes = {code for code, _, _ in rows}
        if len(codes) != len(rows):
            raise AreaDataInvalid(f"{level}: a code stands twice")
        if len(rows) != count:
            raise AreaDataInvalid(f"{level}: {count} expected, {len(rows)} found")
        if level == "provinces":
            for code in codes:
                zone_of(code)
            continue
        parents = {code for code, _, _ in levels[_PARENTS[level]]}
        orphans = sorted(code for code in codes if code.rpartition(".")[0] not in parents)
        if orphans:
            raise AreaDataInvalid(f"{level}: no parent for {', '.join(orphans[:5])}")


def _write(target: Path, rows: Iterable[Row]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(sorted(rows))
    # A fixed time stamp: the same data gives the same bytes, and the same wheel.
    target.write_bytes(gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0))


def build_areas(source: Path, target: Path) -> dict[str, int]:
    """Convert the package's CSV files in ``source`` to ``target``; returns the counts.

    Raises `AreaDataInvalid` when the data is not exactly the expected set, `FileNotFoundError`
    when the package is not installed.
    """
    corrections = read_corrections()
    levels = {level: list(_read(source / f"{level}.csv", corrections)) for level in EXPECTED}
    check(levels)
    unknown = set(corrections) - {code for rows in levels.values() for code, _, _ in rows}
    if unknown:
        raise AreaDataInvalid(f"area_names.csv corrects unknown codes: {sorted(unknown)}")
    target.mkdir(parents=True, exist_ok=True)
    for level, rows in levels.items():
        _write(target / f"{level}.csv.gz", rows)
    return {level: len(rows) for level, rows in levels.items()}


def main(arguments: list[str]) -> int:
    """The command line; 0 when the files stand, 2 when it was called wrongly."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m rangkul.reference.areas_build SOURCE TARGET\n")
        return 2
    counts = build_areas(Path(arguments[0]), Path(arguments[1]))
    sys.stdout.write(", ".join(f"{count} {level}" for level, count in counts.items()) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
