"""One row of a list that can be taken over, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class ImportRow:
    """What one line says, in codes and in words; dates as ISO text, so that it can be sealed."""

    line: int
    area: str
    categories: tuple[str, ...]
    companion_id: int
    name: str = ""
    called: str = ""
    nik: str = ""
    passport: str = ""
    phone: str = ""
    how: str = ""
    address: str = ""
    born: str = ""
    birth_year: int | None = None
    age: int | None = None
    sex: str = ""
    bans: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    happened: str = ""
    places: tuple[str, ...] = ()
    risk: str = ""
    languages: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    since: str = ""
    label: str = ""
    note: str = ""

    def to_plain(self) -> dict[str, Any]:
        """What is not empty, for a seal."""
        # A newborn's age is 0, and that is not nothing.
        return {n: value for n, value in asdict(self).items() if value or value == 0}

    @classmethod
    def from_plain(cls, values: Mapping[str, Any]) -> Self:
        """The row again."""
        known = {field.name for field in fields(cls)}
        kept: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in values.items()
            if name in known
        }
        return cls(**kept)
