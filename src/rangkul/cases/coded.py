"""Which list each coded field of a file draws on, and which values none of them holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from rangkul.reference import queries as reference

SEXES: Final = frozenset({"", "P", "L", "X"})
# The list's letters; "sama_saja" is an answer, an empty value that nobody asked.
WORKER_SEXES: Final = frozenset({"", "P", "L", "sama_saja"})
PRECISIONS: Final = frozenset({"day", "month", "year"})
CATEGORIES: Final = frozenset({"ktk", "kpo"})

_LISTS: Final[Mapping[str, str]] = {
    "violence_kinds": "jenis_kekerasan", "flags": "penanda_kasus", "languages": "bahasa",
    "age_band": "kelompok_usia", "legal_determination": "tppo_penetapan",
    "place_kinds": "tempat_kejadian", "process": "tppo_proses", "means": "tppo_cara",
    "purpose": "tppo_bentuk", "destination_country": "negara", "contact_bans": "larangan_kontak",
}  # fmt: skip
_SETS: Final[Mapping[str, frozenset[str]]] = {
    "sex": SEXES, "worker_sex": WORKER_SEXES, "precision": PRECISIONS,
}  # fmt: skip
_AREAS: Final = frozenset(
    {"area", "incident_area", "origin_area", "transit_areas", "destination_area"}
)


def unknown(values: Mapping[str, Any]) -> dict[str, str]:
    """Field → ``unknown`` for each of ``values`` (a code, or several) that its list does not hold.

    An empty value is none. Fields that are not coded are not looked at.
    """
    given = {name: _codes(value) for name, value in values.items()}
    wanted = {code for name in _AREAS & given.keys() for code in given[name]}
    areas = reference.get_areas(wanted) if wanted else {}
    wrong = [
        name
        for name, codes in given.items()
        if (name in _LISTS and not all(reference.is_code(_LISTS[name], code) for code in codes))
        or (name in _SETS and not set(codes) <= _SETS[name])
        or (name in _AREAS and not all(code in areas for code in codes))
    ]
    return dict.fromkeys(wrong, "unknown")


def _codes(value: Any) -> list[str]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        return [value] if value else []
    return [code for code in value if code]
