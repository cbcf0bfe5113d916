"""Which fields of a case a form may fill, and what its answers make of them.

A field of several codes only grows by itself: what an answer adds is added, and what it would take
away is left for a person. A field of one code is filled where it is empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from rangkul.assessments.form import Form
from rangkul.assessments.xpath import Expression, Setting, compile_expression
from rangkul.reference.release import read_codes

LISTED: Final[Mapping[str, str]] = {
    "process": "tppo_proses", "means": "tppo_cara", "purpose": "tppo_bentuk",
    "violence_kinds": "jenis_kekerasan", "flags": "penanda_kasus", "languages": "bahasa",
    "place_kinds": "tempat_kejadian", "categories": "",
}  # fmt: skip
"""Fields of several codes → the list that they draw on; the two categories are the house's own."""

SINGLE: Final[Mapping[str, str]] = {
    "legal_determination": "tppo_penetapan", "destination_country": "negara", "sex": "",
    "worker_sex": "",
}  # fmt: skip
"""Fields of one code."""

FIELDS: Final = frozenset({*LISTED, *SINGLE})
MODES: Final = ("add", "remove", "clear", "set")
_OWN: Final = {
    "categories": frozenset({"ktk", "kpo"}), "sex": frozenset({"P", "L", "X"}),
    "worker_sex": frozenset({"P", "L", "sama_saja"}),
}  # fmt: skip

# HTCDS's own names, as forms write them with and without underscores → field, and its list.
_HTCDS: Final[Mapping[str, tuple[str, str]]] = {
    "victypeofexploitation": ("purpose", "tppo_bentuk"),
    "vicmethodsofcontrol": ("means", "tppo_cara"),
    "victraffickingstatus": ("legal_determination", "tppo_penetapan"),
    "prsgender": ("sex", "jenis_kelamin"),
}

Value = str | tuple[str, ...]
"""What a field holds: one code, or several in order."""


@dataclass(frozen=True, slots=True)
class Fill:
    """One rule: when it holds, ``value`` is added to the field, removed from it, or set."""

    field: str
    mode: str
    value: str
    when: Expression


@dataclass(frozen=True, slots=True)
class Wanted:
    """A field, what the answers make of it, and what of that may be written at once."""

    field: str
    value: Value
    at_once: Value

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left for a person to choose."""
        return self.value == self.at_once


def fits(field: str, mode: str, value: str) -> bool:
    """Whether ``value`` is a code of the field's list; ``clear`` has none."""
    if mode == "clear":
        return not value
    if field in _OWN:
        return value in _OWN[field]
    name = LISTED.get(field) or SINGLE.get(field)
    return name is not None and value in {row.code for row in read_codes(name)}


def of_htcds(form: Form) -> tuple[Fill, ...]:
    """The rules of a form made elsewhere: its HTCDS questions, where a case has such a field.

    A code of theirs that stands for several of ours says too little, and fills nothing.
    """
    found = []
    for item in form.items.values():
        said = item.own.get("htcds", "") or item.name
        field, name = _HTCDS.get(said.replace("_", "").lower(), ("", ""))
        ours: dict[str, list[str]] = {}
        for row in read_codes(name) if name else ():
            ours.setdefault(row.mappings.get("htcds", ""), []).append(row.code)
        for choice in form.choices(item) if field else ():
            if len(known := ours.get(choice.code, [])) == 1:
                when = compile_expression(
                    f"selected({item.path}, '{choice.code}')", f"/{form.root}"
                )
                found.append(Fill(field, "add" if field in LISTED else "set", known[0], when))
    return tuple(found)


def wanted(fills: Iterable[Fill], setting: Setting, now: Mapping[str, Value]) -> tuple[Wanted, ...]:
    """What a checked filling makes of the fields as they stand ``now``, the unchanged left out."""
    reached: dict[str, Value] = {}
    for fill in fills:
        if not fill.when.holds(setting):
            continue
        before = reached.get(fill.field, now.get(fill.field, () if fill.field in LISTED else ""))
        reached[fill.field] = _after(before, fill)
    return tuple(
        _apart(field, now.get(field, ""), value)
        for field, value in reached.items()
        if value != now.get(field)
    )


def _after(before: Value, fill: Fill) -> Value:
    if isinstance(before, str):
        return fill.value
    kept = () if fill.mode == "clear" else tuple(code for code in before if code != fill.value)
    return tuple(sorted({*kept, fill.value})) if fill.mode == "add" else kept


def _apart(field: str, before: Value, value: Value) -> Wanted:
    """What may be written at once: several codes grow, one code fills an empty field."""
    if isinstance(value, tuple):
        return Wanted(field, value, tuple(sorted({*before, *value})))
    return Wanted(field, value, before if before and isinstance(before, str) else value)
