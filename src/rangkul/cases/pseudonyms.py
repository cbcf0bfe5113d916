"""Call words for files: kind things of forest and garden, so that a list can be read aloud."""

from __future__ import annotations

import hashlib

WORDS = (
    "Akasia", "Alamanda", "Anggrek", "Angsana", "Anyelir", "Aster", "Bakung", "Bangkirai",
    "Beringin", "Bintaro", "Bougenvil", "Bunga Desember", "Cemara", "Cempaka", "Cendana",
    "Cengkih", "Dahlia", "Damar", "Delima", "Edelwis", "Embun", "Flamboyan", "Gaharu", "Gladiol",
    "Jati", "Jelutung", "Kamboja", "Kantil", "Kapas", "Kecombrang", "Kembang Sepatu", "Kemuning",
    "Kenanga", "Kenari", "Keruing", "Ketapang", "Krisan", "Laban", "Lamtoro", "Lavendel", "Lili",
    "Mahoni", "Matahari", "Mawar", "Melati", "Meranti", "Merbau", "Nilam", "Nusa Indah", "Padma",
    "Pala", "Pandan", "Pinus", "Puspa", "Rasamala", "Ramin", "Sakura", "Sedap Malam", "Seroja",
    "Soka", "Sonokeling", "Suji", "Sungkai", "Tanjung", "Teratai", "Trembesi", "Tulip", "Ulin",
    "Wijaya Kusuma", "Waru", "Yasmin", "Zaitun",
)  # fmt: skip


def pseudonym_for(subject: bytes) -> str:
    """A call word chosen by the file's random subject: the same for ever, telling nothing."""
    digest = hashlib.sha256(b"pseudonym" + subject).digest()
    return WORDS[int.from_bytes(digest[:4], "big") % len(WORDS)]
