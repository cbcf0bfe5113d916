"""What is said when something cannot be: a code, and a sentence in each language."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple


class Sentence(NamedTuple):
    """The same in Indonesian and in English."""

    id: str
    en: str


FAULTS: Final[Mapping[str, Sentence]] = MappingProxyType(
    {
        "unauthenticated": Sentence(
            "Token tidak dikenal atau sudah tidak berlaku. Mintalah token baru kepada admin "
            "lembaga Anda.",
            "The token is unknown or no longer valid. Please ask your agency's admin for a new "
            "one.",
        ),
        "not_found": Sentence(
            "Tidak ditemukan, atau bukan untuk akun ini.",
            "Not found, or not for this account.",
        ),
        "method_not_allowed": Sentence(
            "Cara ini tidak tersedia pada alamat ini.",
            "This method is not offered at this address.",
        ),
        "unreadable_body": Sentence(
            "Isi kiriman bukan JSON yang dapat dibaca.",
            "The body is not JSON that can be read.",
        ),
        "wrong_media_type": Sentence(
            "Kirimkan isi sebagai application/json.",
            "Please send the body as application/json.",
        ),
        "file_restricted": Sentence(
            "Berkas ini sedang dibatasi atau ditahan; tindakan ini belum dapat dilakukan.",
            "This file is restricted or held; this act cannot be done now.",
        ),
        "too_large": Sentence(
            "Kiriman terlalu besar; paling banyak 256 KiB.",
            "The call is too large; 256 KiB at most.",
        ),
        "plain_text": Sentence(
            "Panggilan ini dikirim tanpa TLS, sehingga tokennya mungkin terbaca. Pakailah https, "
            "dan mintalah token baru.",
            "This call was sent without TLS: its token may have been read. Please use https, and "
            "ask for a new token.",
        ),
        "too_fast": Sentence(
            "Terlalu banyak panggilan dalam satu menit. Tunggu sebanyak Retry-After (detik).",
            "Too many calls within a minute. Please wait as long as Retry-After says (seconds).",
        ),
        "invalid_input": Sentence(
            "Ada isian yang belum dapat diterima; lihat satu per satu pada fields.",
            "Some values cannot be taken yet; see them one by one under fields.",
        ),
        "stale_form": Sentence(
            "Ada yang mengubahnya sejak Anda membaca. Bacalah lagi, lalu kirim dengan version "
            "yang baru.",
            "Somebody changed it since you read it. Please read it again and send the new version.",
        ),
        "illegal_move": Sentence(
            "Langkah ini tidak dapat dimulai dari keadaan sekarang.",
            "This step does not start from the present state.",
        ),
        "key_reused": Sentence(
            "Idempotency-Key ini sudah dipakai untuk kiriman lain. Pakailah kunci baru.",
            "This Idempotency-Key was used for another call. Please use a new key.",
        ),
        "no_cover": Sentence(
            "Saat ini tidak ada petugas piket di meja itu. Pilih meja lain, atau kirim dengan "
            "uncovered_ok bila memang demikian maksudnya.",
            "Nobody is on duty at that desk now. Choose another desk, or send uncovered_ok if "
            "that is what you mean.",
        ),
        "preview_changed": Sentence(
            "Berkas berubah sejak pratinjau. Lihat pratinjau lagi sebelum mengirim.",
            "The file changed since the preview. Please preview again before sending.",
        ),
        "basis_missing": Sentence(
            "Tidak ada dasar yang berlaku untuk layanan dan meja ini.",
            "No basis stands for this service and desk.",
        ),
        "packet_closed": Sentence(
            "Paket ini sudah tidak dapat dibuka.",
            "This packet can no longer be opened.",
        ),
        "packet_held_back": Sentence(
            "Paket ini dikirim tanpa persetujuan dan belum ditelaah penyelia pengirim "
            "dalam 24 jam. Paket terbuka lagi setelah ditelaah.",
            "This packet went without consent and no supervisor of the sender's has reviewed it "
            "within 24 hours. It opens again once one has.",
        ),
        "key_destroyed": Sentence(
            "Isi ini sudah dihapus dan tidak dapat dibuka oleh siapa pun.",
            "This was erased and can be opened by nobody.",
        ),
        "forbidden": Sentence(
            "Akun ini tidak dapat melakukannya.",
            "This account cannot do this.",
        ),
        "unavailable": Sentence(
            "Pangkalan data sedang tidak terjangkau. Tidak ada yang tersimpan; coba lagi "
            "sebentar lagi.",
            "The database is away. Nothing was saved; please try again shortly.",
        ),
        "fault": Sentence(
            "Ada kesalahan pada kami. Tidak ada yang tersimpan.",
            "The fault is ours. Nothing was saved.",
        ),
    }
)
"""Code of a fault → what is said."""

FIELDS: Final[Mapping[str, Sentence]] = MappingProxyType(
    {
        "another": Sentence(
            "Dasarnya untuk hal lain: pakai layanan pelimpahan dan meja yang sama.",
            "The ground is for something else: use the service pelimpahan and the same desk.",
        ),
        "own_agency": Sentence(
            "Rekan sendiri menerima kasus lewat penugasan, bukan pelimpahan.",
            "A colleague takes a case over by assignment, not by a hand-over.",
        ),
        "not_a_member": Sentence(
            "Bukan rekan dalam lembaga ini.", "Not a colleague in this agency."
        ),
        "unchanged": Sentence(
            "Tidak ada yang berubah dalam paket.", "Nothing in the packet has changed."
        ),
        "required": Sentence("Wajib diisi.", "Please fill this in."),
        "unknown": Sentence("Tidak ada dalam daftar.", "Not in the list."),
        "unknown_field": Sentence("Isian ini tidak dikenal.", "There is no such field."),
        "wrong_type": Sentence("Jenis nilainya keliru.", "The value is of the wrong type."),
        "malformed": Sentence("Periksa penulisannya.", "Please check how this is written."),
        "no_zone": Sentence(
            "Sertakan zona waktu, misalnya 2026-03-02T09:00:00+07:00.",
            "Please give the time zone, as in 2026-03-02T09:00:00+07:00.",
        ),
        "empty": Sentence("Tidak boleh kosong.", "This cannot be empty."),
        "too_short": Sentence("Terlalu pendek.", "This is too short."),
        "too_long": Sentence("Terlalu panjang.", "This is too long."),
        "too_many": Sentence("Terlalu banyak.", "These are too many."),
        "future": Sentence("Ini di masa depan.", "This lies in the future."),
        "past": Sentence("Ini sudah lewat.", "This lies in the past."),
        "too_far": Sentence("Ini terlalu jauh di depan.", "This lies too far ahead."),
        "too_old": Sentence("Ini terlalu lama berlalu.", "This lies too far back."),
        "impossible": Sentence("Ini tidak mungkin.", "This cannot be."),
        "before_start": Sentence(
            "Akhirnya mendahului awalnya.", "The end lies before the beginning."
        ),
        "after_report": Sentence(
            "Kejadian tidak mungkin setelah dilaporkan.",
            "It cannot have happened after it was reported.",
        ),
        "not_in_order": Sentence(
            "Batas waktunya tidak berurutan.", "The deadlines are not in order."
        ),
        "not_offered": Sentence(
            "Tidak disediakan untuk layanan ini.", "Not offered for this service."
        ),
        "not_allowed": Sentence(
            "Keterangan ini tidak boleh ikut dalam paket.", "This fact may not travel."
        ),
        "over_ceiling": Sentence(
            "Lebih banyak daripada yang boleh untuk layanan ini.",
            "More than this service may receive.",
        ),
        "not_for_service": Sentence(
            "Pasal ini tidak berlaku untuk layanan ini.",
            "This article does not carry this service.",
        ),
        "not_with_consent": Sentence(
            "Pasal tidak disebut pada persetujuan.", "Consent names no article."
        ),
        "guardian_excluded": Sentence(
            "Walinya mungkin terduga, jadi dasar ini tidak dapat dipakai.",
            "The guardian may be the suspect, so this ground cannot be used.",
        ),
        "without_desk": Sentence(
            "Sebutkan dahulu meja utamanya.", "Please name the first desk before others."
        ),
        "other_service": Sentence(
            "Kebutuhan itu untuk layanan lain.", "That need is for another service."
        ),
        "case_number": Sentence("Nomor kasus tidak boleh ikut.", "A case's number may not travel."),
        "identity_number": Sentence(
            "Nomor identitas tidak boleh ikut.", "An identity number may not travel."
        ),
        "hiv": Sentence("Status HIV tidak boleh ikut.", "HIV status may not travel."),
        "pregnancy": Sentence("Kehamilan tidak boleh ikut.", "A pregnancy may not travel."),
        "contact": Sentence(
            "Nomor telepon penyintas tidak boleh ikut.", "The survivor's number may not travel."
        ),
        "address": Sentence(
            "Alamat penyintas tidak boleh ikut.", "The survivor's address may not travel."
        ),
        "name": Sentence("Nama penyintas tidak boleh ikut.", "The survivor's name may not travel."),
        "suspect_named": Sentence(
            "Terduga pelaku tidak boleh disebut di sini.", "The suspect may not be named here."
        ),
        "control_character": Sentence(
            "Ada tanda yang tidak dapat disimpan.", "It holds a sign that cannot be kept."
        ),
        "invalid": Sentence("Nilai ini belum dapat diterima.", "This value cannot be taken yet."),
    }
)
"""Code of a field's fault → what is said."""

BASIS: Final[Mapping[str, Sentence]] = MappingProxyType(
    {
        "withdrawn": Sentence("Persetujuannya sudah dicabut.", "The consent was taken back."),
        "expired": Sentence("Masa berlakunya sudah habis.", "Its time is over."),
        "not_yet": Sentence("Belum mulai berlaku.", "It does not stand yet."),
        "not_reviewed": Sentence(
            "Dasar ini perlu dilihat penyelia dahulu.", "A supervisor needs to look at it first."
        ),
        "other_service": Sentence("Dasar ini untuk layanan lain.", "It is for another service."),
        "other_desk": Sentence(
            "Penyintas menyetujui meja lain.", "The survivor agreed to another desk."
        ),
        "guardian_excluded": FIELDS["guardian_excluded"],
        "best_interest": Sentence(
            "Catat dahulu kepentingan terbaik anak.", "Please note the child's best interest first."
        ),
    }
)
"""Why no basis stands → what is said after the general sentence."""
