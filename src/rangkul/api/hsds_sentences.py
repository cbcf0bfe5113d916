"""What the open data say when something cannot be answered, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rangkul.api.sentences import Sentence

SENTENCES: Final[Mapping[str, Sentence]] = MappingProxyType(
    {
        "not_found": Sentence(
            "Tidak ada entri dengan pengenal ini; mungkin sudah tidak ditampilkan.",
            "There is no entry with this identifier; it may not be shown any more.",
        ),
        "unreadable": Sentence(
            "Salah satu parameter tidak dapat dibaca.",
            "One of the parameters cannot be read.",
        ),
        "no_number": Sentence(
            "Tulislah bilangan bulat mulai dari 1.",
            "Please write a whole number from 1 on.",
        ),
        "no_flag": Sentence("Tulislah true atau false.", "Please write true or false."),
        "no_moment": Sentence(
            "Tulislah tanggal dan jam menurut ISO 8601, misalnya 2026-11-23T08:00:00Z.",
            "Please write date and time as in ISO 8601, for example 2026-11-23T08:00:00Z.",
        ),
        "no_format": Sentence("Yang tersedia: json dan ndjson.", "On offer: json and ndjson."),
        "no_postcodes": Sentence(
            "Direktori ini tidak menyimpan kode pos. Saringlah dengan kata pencarian wilayah, "
            "misalnya search=Palangka Raya.",
            "This directory keeps no postcodes. Please search by the area's name, for example "
            "search=Palangka Raya.",
        ),
    }
)
