"""Taxonomies of the open directory: services, kinds of agency, and what HSDS has no field for.

Each term stands twice, in Indonesian and in English, with the same code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from uuid import UUID, uuid5

from rangkul.reference import queries as reference
from rangkul.reference.services import SERVICES

# Drawn once and never changed: every identifier of the open data follows from it and our codes.
NAMESPACE: Final = UUID("c0f7a1de-52a8-4c0b-9b43-6d0f0f4d7e21")
VERSION: Final = "2026-11"

SERVICE: Final = "layanan"
KIND: Final = "jenis_lembaga"
MARK: Final = "keterangan"

# A desk that receives reports offers this to the public, though nobody is referred for it.
REPORT: Final = "laporan"

_TAXONOMIES: Final = {
    SERVICE: (
        "Layanan / Services",
        "Layanan yang dapat diminta pada sebuah meja. Services that a desk can be asked for.",
    ),
    KIND: (
        "Jenis lembaga / Kinds of agency",
        "Jenis lembaga yang membuka meja. Kinds of agency that keep a desk.",
    ),
    MARK: (
        "Keterangan / Marks",
        "Yang tidak punya tempat sendiri dalam HSDS. What has no field of its own in HSDS.",
    ),
}
_MARKS: Final = {
    "perempuan": ("Untuk perempuan", "For women and girls"),
    "laki_laki": ("Untuk laki-laki", "For men and boys"),
    "penduduk": ("Hanya untuk penduduk wilayahnya", "Only for residents of its area"),
    "dapat_dijangkau": ("Dapat dijangkau dengan disabilitas", "Can be reached with a disability"),
    "setiap_saat": ("Buka setiap saat", "Open around the clock"),
    "tempat": ("Jumlah tempat", "Number of places"),
    "tidak_ditampilkan": ("Tidak ditampilkan kepada umum", "Not shown to the public"),
    "tidak_melayani": ("Sedang tidak melayani", "Out of service"),
}


@dataclass(frozen=True, slots=True)
class Term:
    """One term in one language; ``taxonomy`` and ``code`` name it in both."""

    taxonomy: str
    code: str
    language: str
    name: str
    description: str

    @property
    def id(self) -> str:
        """The identifier of this term in this language."""
        return _term_id(self)

    def said(self) -> dict[str, Any]:
        """The term as ``taxonomy_term.json`` has it; the same object each time, to be read only."""
        return _term_said(self)


@cache
def _term_id(term: Term) -> str:
    return identity("term", term.taxonomy, term.code, term.language)


@cache
def _term_said(term: Term) -> dict[str, Any]:
    return {
        "id": term.id,
        "code": f"{term.taxonomy}.{term.code}.{term.language}",
        "name": term.name,
        "description": term.description,
        "taxonomy": term.taxonomy,
        "language": term.language,
        "taxonomy_id": taxonomy_id(term.taxonomy),
        "taxonomy_detail": taxonomy(term.taxonomy),
    }


def identity(*parts: str) -> str:
    """The identifier of what these codes name: the same in every house, today and tomorrow."""
    return str(uuid5(NAMESPACE, "/".join(parts)))


@cache
def taxonomy_id(code: str) -> str:
    """The identifier of one of our taxonomies."""
    return identity("taxonomy", code)


def taxonomy(code: str) -> dict[str, Any]:
    """A taxonomy as ``taxonomy.json`` has it."""
    name, description = _TAXONOMIES[code]
    return {
        "id": taxonomy_id(code), "name": name, "description": description, "version": VERSION,
    }  # fmt: skip


def taxonomies() -> list[dict[str, Any]]:
    """All three, in their order."""
    return [taxonomy(code) for code in _TAXONOMIES]


def _both(taxonomy_code: str, code: str, label_id: str, label_en: str) -> Iterator[Term]:
    yield Term(taxonomy_code, code, "id", label_id, label_id)
    yield Term(taxonomy_code, code, "en", label_en, label_en)


@cache
def _fixed() -> dict[tuple[str, str, str], Term]:
    """The terms of the two taxonomies that stand in the code, by taxonomy, code and language."""
    made = [*_both(SERVICE, REPORT, "Menerima laporan", "Takes reports")]
    for service in SERVICES.values():
        made += _both(SERVICE, str(service.code), service.label_id, service.label_en)
    for code, (label_id, label_en) in _MARKS.items():
        made += _both(MARK, code, label_id, label_en)
    return {(each.taxonomy, each.code, each.language): each for each in made}


def terms() -> list[Term]:
    """Every term in both languages, taxonomy by taxonomy."""
    kinds = [
        each
        for kind in reference.codes("jenis_lembaga")
        for each in _both(KIND, kind.code, kind.label_id, kind.label_en)
    ]
    return sorted(
        [*_fixed().values(), *kinds], key=lambda each: list(_TAXONOMIES).index(each.taxonomy)
    )


def term(taxonomy_code: str, code: str, language: str = "id") -> Term:
    """One term; a kind of agency that is chosen no longer keeps its label."""
    if taxonomy_code == KIND:
        label = reference.label("jenis_lembaga", code, language)
        return Term(KIND, code, language, label, label)
    return _fixed()[taxonomy_code, code, language]


def named(term_id: str) -> Term | None:
    """The term with this identifier, if it is one of ours."""
    return _by_id().get(term_id) or next((each for each in terms() if each.id == term_id), None)


@cache
def _by_id() -> dict[str, Term]:
    return {each.id: each for each in _fixed().values()}
