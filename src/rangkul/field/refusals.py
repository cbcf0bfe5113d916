"""Why something from a phone was not taken: a code, and a plain sentence in each language."""

from __future__ import annotations

from typing import Final

from rangkul.assessments.problems import Problem

NO_ID: Final = Problem(
    "no_instance_id",
    "Isian ini tidak membawa nomor pengenalnya (instanceID).",
    "This filling does not bear its own number (instanceID).",
    "meta/instanceID",
)
TOO_MANY_FILES: Final = Problem(
    "too_many_files",
    "Isian ini membawa lebih dari 40 berkas. Kirim dengan berkas yang lebih sedikit.",
    "This filling carries more than 40 files. Please send it with fewer.",
)
UNAUTHENTICATED: Final = Problem(
    "unauthenticated",
    "HP ini tidak dikenal, sudah dicabut, atau masanya habis. Daftarkan lagi di Rangkul, menu HP "
    "lapangan.",
    "This phone is not known, was withdrawn, or its time is over. Enrol it again in Rangkul, under "
    "Field phones.",
)
PLAIN: Final = Problem(
    "plain_text",
    "Alamat ini hanya dilayani lewat https. Perbaiki alamat server di HP.",
    "This address is served over https only. Please mend the server address on the phone.",
)
TOO_LARGE: Final = Problem(
    "too_large",
    "Kiriman ini terlalu besar; paling banyak 10 MB sekali kirim.",
    "This is too large; at most 10 MB at a time.",
)
NO_XML: Final = Problem(
    "no_xml",
    "Kiriman ini tidak memuat isian (xml_submission_file).",
    "This holds no filling (xml_submission_file).",
)
NO_COLUMN: Final = Problem(
    "not_storable",
    "Isian ini memuat tanda yang tidak dapat disimpan.",
    "This filling holds signs that cannot be stored.",
)
NOT_FOUND: Final = Problem(
    "not_found",
    "Tidak ada apa-apa di alamat ini, atau bukan untuk HP ini.",
    "There is nothing at this address, or not for this phone.",
)
METHOD: Final = Problem(
    "method_not_allowed",
    "Alamat ini tidak menerima permintaan semacam itu.",
    "This address takes no such request.",
)
SLOWED: Final = Problem(
    "too_fast",
    "Terlalu banyak permintaan dalam waktu singkat. Isian tetap di HP; coba lagi sebentar.",
    "Too many requests in a short time. The filling stays on the phone; try again in a moment.",
)
AWAY: Final = Problem(
    "unavailable",
    "Rangkul sedang tidak dapat menyimpan. Isian tetap di HP; kirim lagi nanti.",
    "Rangkul cannot store at the moment. The filling stays on the phone; send it again later.",
)
FAULT: Final = Problem(
    "fault",
    "Ada yang keliru di Rangkul. Isian tetap di HP; kirim lagi nanti atau beri tahu pengelola.",
    "Something went wrong in Rangkul. The filling stays on the phone; send it again later or tell "
    "who keeps the system.",
)

_NOT_OPENED: Final = {
    "manifest": (
        "Isian terenkripsi ini tidak lengkap keterangannya.",
        "This encrypted filling does not say all that opens it.",
    ),
    "missing": (
        "Isian terenkripsi ini belum membawa semua berkasnya. Kirim lagi dari HP.",
        "This encrypted filling does not carry all its files. Send it again from the phone.",
    ),
    "key": (
        "Kunci segel isian ini tidak ada pada lembaga Anda. Unduh formulirnya lagi dari Rangkul.",
        "Your agency has no key that opens this filling. Download the form again from Rangkul.",
    ),
    "damaged": (
        "Isian terenkripsi ini rusak atau terpotong di jalan. Kirim lagi dari HP.",
        "This encrypted filling was damaged or cut off on its way. Send it again from the phone.",
    ),
    "signature": (
        "Isian terenkripsi ini berubah di jalan: tanda periksanya tidak cocok.",
        "This encrypted filling was changed on its way: its check does not fit.",
    ),
}  # fmt: skip

_FILES: Final = {
    "empty": ("kosong", "is empty"),
    "too_large": ("lebih besar dari 10 MB", "is larger than 10 MB"),
    "long_name": ("namanya terlalu panjang", "has too long a name"),
    "infected": ("ditahan pemindai", "was stopped by the scanner"),
}


def unknown_form(code: str, version: str) -> Problem:
    """A form that the house does not have, or not for this agency."""
    named = f"“{code[:32]}” {version[:32]}".strip()
    return Problem(
        "unknown_form",
        f"Formulir {named} tidak ada di sini. Unduh daftar formulir lagi.",
        f"There is no form {named} here. Please download the list of forms again.",
    )


def not_opened(why: str) -> Problem:
    """An encrypted filling that stays shut."""
    return Problem(f"encrypted_{why}", *_NOT_OPENED[why])


def file(name: str, why: str) -> Problem:
    """A picture or recording that is not taken in."""
    said_id, said_en = _FILES.get(why, ("bukan jenis yang diterima", "is of no kind that is taken"))
    return Problem(
        f"file_{why}", f"Berkas “{name[:60]}” {said_id}.", f"The file “{name[:60]}” {said_en}.",
        name[:60],
    )  # fmt: skip


def missing_file(name: str) -> Problem:
    """A picture or recording that the answers name, and that did not come along."""
    return Problem(
        "file_missing",
        f"Berkas “{name[:60]}” tidak ikut terkirim. Kirim lagi dari HP.",
        f"The file “{name[:60]}” did not come along. Send it again from the phone.",
        name[:60],
    )
