"""Sentences for invented notes, accounts and needs: plain, kind, and about nobody."""

from __future__ import annotations

from typing import Final

ACCOUNTS: Final = (
    (
        "Datang sendiri ke kantor setelah berpikir beberapa hari. Bercerita dengan tenang, minta "
        "didengar dahulu sebelum apa pun diputuskan."
    ),
    (
        "Tetangga menelepon karena mendengar teriakan beberapa malam. Ia mau ditemui "
        "di tempat yang ia pilih sendiri."
    ),
    "Guru melihat perubahan di kelas dan menanyakan pelan-pelan. Anak mau bercerita ditemani.",
    "Pesan masuk malam hari lewat WhatsApp: minta nasihat, belum mau menyebut nama tempat.",
    "Dirujuk puskesmas setelah berobat. Petugas kesehatan sudah menjelaskan pilihan yang ada.",
    (
        "Dijanjikan kerja di luar negeri; dokumen dipegang agen, berangkat minggu depan. Keluarga "
        "merasa ada yang tidak wajar."
    ),
    (
        "Ditemukan dalam perjalanan bersama beberapa orang lain. Tidak memegang paspor, belum "
        "pernah menerima upah."
    ),
    "Mantan pasangan mengancam menyebarkan foto. Bukti percakapan sudah disimpan.",
)

NOTE_SENTENCES: Final = (
    "Bertemu di tempat yang ia pilih.",
    "Ia sudah bisa tidur beberapa jam.",
    "Masih cemas soal sekolah anak.",
    "Surat keterangan sedang diurus bersama.",
    "Keluarga dihubungi dengan izinnya.",
    "Ia ingin berpikir dahulu sebelum melapor.",
    "Pendamping menjelaskan hak-haknya satu per satu.",
    "Jadwal kunjungan berikutnya disepakati.",
    "Obat dari puskesmas diminum teratur.",
    "Visum selesai, surat ada di penyidik.",
    "Ia minta tidak ditelepon pada malam hari.",
    "Tempat tinggal sementara terasa aman baginya.",
    "Tidak ada ancaman baru minggu ini.",
    "Ia mulai ikut kelas menjahit dua kali seminggu.",
    "Biaya perjalanan diajukan ke dinas.",
    "Juru bahasa hadir lewat telepon.",
    "Anak-anak sehat dan dijaga neneknya.",
    "Ia menangis sebentar, lalu ingin melanjutkan cerita.",
    "Disepakati menunggu kabar dari penyidik.",
    "Ia menolak satu layanan dan menerima yang lain; pilihannya dicatat.",
)

NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "medis": ("Luka diperiksa", "Berobat tanpa harus bercerita lagi", "Periksa kandungan"),
    "visum": ("Surat dari dokter untuk polisi",),
    "psikologi": ("Bisa tidur lagi", "Bercerita kepada orang yang mengerti"),
    "psikososial": ("Ada yang menemani", "Punya kegiatan di siang hari", "Kabar untuk anak"),
    "hunian": ("Merasa aman malam ini", "Tidak mau bertemu dia dahulu"),
    "bantuan_hukum": ("Ingin tahu hak atas anak", "Didampingi di persidangan"),
    "polisi": ("Melapor bila sudah siap", "Paspor kembali"),
    "pemulangan": ("Mau pulang, tetapi tidak dengan tangan kosong", "Pulang bersama teman"),
    "layanan_asal": ("Ada yang menjemput di rumah",),
    "vokasi": ("Belajar keterampilan untuk bekerja",),
    "ekonomi": ("Modal kecil untuk berjualan", "Bantuan makan bulan ini"),
    "sekolah": ("Tetap bisa sekolah",),
    "rohani": ("Bicara dengan pemuka agama",),
}
"""Service → needs in a person's own words."""

MESSAGES: Final = (
    "Kapan waktu yang aman untuk bertemu?",
    "Sudah kami terima, petugas kami bersiap.",
    "Mohon kabar bila ada perubahan jadwal.",
    "Pertemuan pertama berjalan baik.",
)

LABELS: Final = (
    "", "", "ibu dua anak", "pelajar", "awak kapal", "pekerja rumah tangga", "mahasiswa",
    "lansia", "dirujuk puskesmas", "ancaman daring",
)  # fmt: skip
