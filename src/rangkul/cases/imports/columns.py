"""The columns that a caseload may have, and which of them a heading means, in either language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

NOTE: Final = "note"
LEAVE_OUT: Final = "-"


@dataclass(frozen=True, slots=True)
class Column:
    """One thing that a list may say. ``codes`` names the code list, ``many`` several values.

    ``words`` are headings that mean it, as offices write them.
    """

    key: str
    label_id: str
    label_en: str
    words: tuple[str, ...] = ()
    codes: str = ""
    many: bool = False
    hint_id: str = ""
    hint_en: str = ""


COLUMNS: Final[Mapping[str, Column]] = {
    column.key: column
    for column in (
        Column("label", "Nomor di daftar lama", "Number in the old list",
               ("no register", "nomor register", "no reg", "no kasus", "nomor kasus", "kode kasus",
                "no klien", "id klien", "case number", "case id", "register"),
               hint_id="Menjadi tanda kerja; jangan nama.",
               hint_en="Becomes the work label; never a name."),
        Column("name", "Nama lengkap", "Full name",
               ("nama", "nama korban", "nama klien", "nama penyintas", "nama lengkap korban",
                "korban", "name", "survivor", "client name")),
        Column("called", "Nama panggilan", "Called name",
               ("panggilan", "alias", "nickname", "inisial")),
        Column("nik", "NIK", "National identity number",
               ("nomor induk kependudukan", "no nik", "no ktp", "nomor ktp", "nik ktp")),
        Column("passport", "Nomor paspor", "Passport number", ("paspor", "no paspor", "passport")),
        Column("born", "Tanggal lahir", "Date of birth",
               ("tgl lahir", "lahir", "tempat tanggal lahir", "ttl", "dob", "birth date", "born")),
        Column("age", "Umur", "Age", ("usia", "umur tahun", "usia korban", "umur korban")),
        Column("sex", "Jenis kelamin", "Sex",
               ("jk", "l p", "p l", "kelamin", "gender", "lk pr"), codes="jenis_kelamin"),
        Column("phone", "Telepon", "Phone",
               ("no hp", "hp", "no telp", "no telepon", "telp", "nomor telepon", "nomor hp", "wa",
                "whatsapp", "kontak", "phone number", "mobile")),
        Column("how", "Cara kontak aman", "Safe way to reach",
               ("kontak aman", "cara menghubungi", "safe contact")),
        Column("bans", "Larangan kontak", "What must not be done",
               ("jangan dilakukan", "contact bans"), codes="larangan_kontak", many=True),
        Column("address", "Alamat", "Address",
               ("alamat korban", "alamat lengkap", "alamat ktp", "alamat domisili", "domisili")),
        Column("area", "Kabupaten atau kota", "Regency or city",
               ("kab kota", "kabupaten", "kota", "kabupaten kota", "wilayah", "daerah", "area",
                "regency", "city", "district")),
        Column("categories", "Kategori", "Category",
               ("kategori kasus", "ktk kpo", "jenis korban"), codes="kategori", many=True),
        Column("kinds", "Jenis kekerasan", "Kinds of violence",
               ("jenis kasus", "bentuk kekerasan", "kekerasan", "jenis", "kasus",
                "kind of violence", "type of violence"), codes="jenis_kekerasan", many=True),
        Column("happened", "Tanggal kejadian", "Date of the incident",
               ("tgl kejadian", "waktu kejadian", "incident date")),
        Column("places", "Tempat kejadian", "Place of the incident",
               ("lokasi kejadian", "tkp", "incident place"), codes="tempat_kejadian", many=True),
        Column("risk", "Tingkat risiko", "Risk", ("risiko", "risk level"), codes="tingkat_risiko"),
        Column("languages", "Bahasa", "Languages", ("language",), codes="bahasa", many=True),
        Column("flags", "Perlu diingat", "To remember",
               ("penanda", "kerentanan", "kebutuhan khusus", "flags"), codes="penanda_kasus",
               many=True),
        Column("since", "Tanggal masuk", "Received on",
               ("tgl masuk", "tanggal lapor", "tgl lapor", "tanggal pengaduan", "tgl pengaduan",
                "tanggal laporan", "tanggal", "tgl", "date", "date received", "reported on")),
        Column("companion", "Pendamping", "Companion",
               ("petugas", "nama pendamping", "pekerja sosial", "case worker", "officer")),
        Column("summary", "Ringkasan", "Summary",
               ("kronologi", "kronologis", "uraian", "uraian kasus", "keterangan", "catatan",
                "deskripsi", "ringkasan kasus", "layanan", "notes", "description")),
    )
}  # fmt: skip


def normal(text: str) -> str:
    """A heading without case, accents, signs and doubled spaces."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join(re.sub(r"[^a-z0-9]+", " ", plain).split())


def _headings(columns: Mapping[str, Column]) -> dict[str, str]:
    found: dict[str, str] = {}
    for column in columns.values():
        both = f"{column.label_id} / {column.label_en}"
        for words in (column.key, column.label_id, column.label_en, both, *column.words):
            found.setdefault(normal(words), column.key)
    return found


_BY_HEADING: Final = _headings(COLUMNS)
# A single common word inside a longer heading says too little.
_ALONE_ONLY: Final = frozenset(["jenis", "kasus", "tanggal", "tgl", "date", "korban", "kota"])


def guess_columns(header: Sequence[str], columns: Mapping[str, Column] = COLUMNS) -> list[str]:
    """For each heading the key of the column it means, or ``NOTE``; no key is given twice.

    ``columns`` are those that this kind of list may have; of two with one heading the first.
    """
    by_heading = _headings(columns)
    guessed = [NOTE] * len(header)
    taken: set[str] = set()
    for exact in (True, False):
        for index, heading in enumerate(header):
            if guessed[index] != NOTE:
                continue
            key = _meaning(normal(heading), by_heading, exact=exact)
            if key and key not in taken:
                guessed[index] = key
                taken.add(key)
    return guessed


def recognised(cells: Sequence[str]) -> int:
    """How many cells of a row are headings that we know; a row of data has few."""
    return sum(normal(cell) in _BY_HEADING for cell in cells if cell)


def _meaning(heading: str, by_heading: Mapping[str, str], *, exact: bool) -> str:
    if exact:
        return by_heading.get(heading, "")
    padded = f" {heading} "
    # The longest first, so that "nama panggilan" is not taken for "nama".
    for words in sorted(by_heading, key=lambda words: (-len(words), words)):
        if words not in _ALONE_ONLY and f" {words} " in padded:
            return by_heading[words]
    return ""
