"""The wording of rk11, closing: to end well, or to see that it is not time yet."""

from __future__ import annotations

from typing import Final

from rangkul.assessments.instrument import Item, Kind
from rangkul.assessments.instruments.lists import TINGKAT, YT, choices

ITEMS: Final[tuple[Item, ...]] = (
    Item(
        "sebab",
        Kind.SELECT_ONE,
        "Alasan",
        "Reason",
        choices(
            ("tujuan_tercapai", "Tujuan tercapai", "Goals met"),
            ("permintaan", "Keinginan penyintas", "Survivor's wish"),
            ("dilimpahkan", "Dilimpahkan dan diterima", "Transferred"),
            ("pindah", "Pindah", "Moved"),
            ("tak_terhubung", "Tidak lagi dapat dihubungi", "No longer reachable"),
            ("meninggal", "Meninggal", "Died"),
            ("ganda", "Berkas ganda", "Duplicate"),
        ),
        hint_id="Tidak pernah karena diam saja, dan tidak pernah demi target.",
        hint_en="Never for silence alone, and never to meet a target.",
    ),
    Item(
        "ulang",
        Kind.SELECT_ONE,
        "Asesmen ulang paling lama 30 hari lalu sudah ada",
        "There is a re-assessment at most 30 days old",
        YT,
    ),
    Item("risiko", Kind.SELECT_ONE, "Risiko terakhir", "Last risk", TINGKAT),
    Item(
        "kendali",
        Kind.SELECT_ONE,
        "Anda merasa siap?",
        "Do you feel ready?",
        YT,
        about_id="Apakah ia merasa siap?",
        about_en="Does this person feel ready?",
    ),
    Item(
        "rujuk",
        Kind.SELECT_ONE,
        "Semua rujukan sudah dijawab",
        "All referrals are answered",
        YT,
    ),
    Item(
        "hukum",
        Kind.SELECT_ONE,
        "Perkara dan restitusi selesai, atau ada yang memegangnya",
        "Case and restitution are done, or someone holds them",
        YT,
        sealed="legal",
    ),
    Item(
        "hak",
        Kind.SELECT_ONE,
        "Hak sudah dijelaskan dan ditawarkan",
        "Rights were told and offered",
        YT,
        sealed="legal",
        hint_id="UU 12/2022 ps 67–71.",
        hint_en="UU 12/2022 art. 67–71.",
    ),
    Item(
        "rencana",
        Kind.TEXT,
        "Rencana keselamatan dan kontak",
        "Safety plan and contact",
        sealed="contact",
    ),
    Item(
        "data",
        Kind.SELECT_ONE,
        "Pilihan penyimpanan data sudah dijelaskan",
        "The choices about keeping data were explained",
        YT,
        sealed="legal",
        hint_id="UU 27/2022 ps 42–44.",
        hint_en="UU 27/2022 art. 42–44.",
    ),
    Item(
        "pesan",
        Kind.TEXT,
        "Pesan Anda untuk layanan",
        "Your words to the services",
        sealed="account",
        about_id="Pesannya untuk layanan",
        about_en="This person's words to the services",
    ),
    Item(
        "tutup_ok",
        Kind.SELECT_ONE,
        "Penyelia",
        "Supervisor",
        choices(
            ("setuju", "Setuju", "Approves"),
            ("kembali", "Kembalikan", "Returns"),
        ),
    ),
)
"""All of rk11."""
