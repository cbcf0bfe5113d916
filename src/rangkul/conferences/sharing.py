"""What one agency is shown of one survivor: lines by data class, never more than was agreed to.

The preview is this very object; sharing compares its digest with what was seen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

from rangkul.cases.models import CaseFile
from rangkul.consent.models import Basis

MOST_WORDS: Final = 600
MOST_LINES: Final = 12
# From this level of class I on the full name may be told (the levels of the packet's ceilings).
FULL_NAME: Final = 2
IDENTITY: Final = "I"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to show: its data class by letter, the level that the words reach, the words."""

    letter: str
    level: int
    words: str


@dataclass(frozen=True, slots=True)
class Content:
    """A share as it is sealed. No case number, no address, no name unless a line tells it."""

    to_agency: str
    from_agency: str
    pseudonym: str
    age_band: str
    sex: str
    risk: str
    is_child: bool
    basis_letter: str
    basis_until: str
    lines: tuple[tuple[str, int, str], ...]

    def to_json(self) -> str:
        """Canonical: the same content gives the same text."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The content as it was sealed."""
        raw: dict[str, Any] = json.loads(text)
        lines = tuple((str(a), int(b), str(c)) for a, b, c in raw.pop("lines"))
        return cls(**raw, lines=lines)

    @property
    def digest(self) -> str:
        """What was seen, in 64 signs."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    @property
    def classes(self) -> list[str]:
        """The letters of the data classes that stand in it, in order."""
        return sorted({letter for letter, _level, _words in self.lines})


def build(
    *, file: CaseFile, basis: Basis, lines: Sequence[Line], from_agency: str, to_agency: str
) -> Content:
    """The share of these lines; `faults` has been asked before."""
    return Content(
        to_agency=to_agency, from_agency=from_agency, pseudonym=file.pseudonym,
        age_band=file.age_band, sex=file.sex, risk=file.risk, is_child=file.is_child,
        basis_letter=basis.letter, basis_until=basis.valid_until.isoformat(),
        lines=tuple((line.letter, line.level, line.words.strip()) for line in lines),
    )  # fmt: skip


def faults(
    lines: Sequence[Line], levels: Mapping[str, int], naming: Collection[int]
) -> dict[str, str]:
    """Field (``lines.<index>``) → code for what may not be shown; empty when all of it may.

    ``levels`` are those agreed to; ``naming`` the indexes of lines that sound like her name.
    """
    found: dict[str, str] = {}
    if not lines:
        found["lines"] = "required"
    if len(lines) > MOST_LINES:
        found["lines"] = "too_many"
    for index, line in enumerate(lines):
        field = f"lines.{index}"
        if not line.words.strip():
            found[field] = "required"
        elif len(line.words) > MOST_WORDS:
            found[field] = "too_long"
        elif not 1 <= line.level <= int(levels.get(line.letter, 0)):
            found[field] = "not_agreed"
        elif index in naming and not (line.letter == IDENTITY and line.level >= FULL_NAME):
            found[field] = "names_survivor"
    return found
