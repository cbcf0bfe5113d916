"""The special rules of the table's rows, and those that stand over all rows, in plain sentences."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Self


class SpecialRule(StrEnum):
    """One rule the screens and operations ask for by code; its prose is what people read."""

    prose_id: str
    prose_en: str

    def __new__(cls, code: str, prose_id: str, prose_en: str) -> Self:
        """Make the member its code, carrying its prose along."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.prose_id = prose_id
        member.prose_en = prose_en
        return member

    MEDICAL_WINDOW_FIRST = (
        "medical_window_first",
        "Bila ada kekerasan seksual, batas 72 jam berdiri paling atas.",
        "After sexual violence the 72-hour window stands first on the page.",
    )
    NO_POLICE_LETTER = (
        "no_police_letter",
        "Berobat tidak memerlukan surat polisi.",
        "Treatment needs no letter from the police.",
    )
    REGISTERS_HERSELF = (
        "registers_herself",
        "Identitas didaftarkan oleh orang itu sendiri di loket.",
        "The person gives the identity at the counter, in person.",
    )
    RECORD_BEFORE_VISUM = (
        "record_before_visum",
        "Tanpa permintaan penyidik, rekam medis dibuat lebih dahulu.",
        "With no request yet, the medical record is made first.",
    )
    RESULT_TO_INVESTIGATOR = (
        "result_to_investigator",
        "Hasilnya untuk penyidik; di sini hanya tercatat selesai dan tanggalnya.",
        "The result goes to the investigator; here only done and the date are kept.",
    )
    NO_THERAPY_NOTES = (
        "no_therapy_notes",
        "Catatan terapi tidak pernah kembali; hanya kehadiran, risiko dan saran.",
        "Therapy notes never come back: attendance, risk and advice only.",
    )
    COURT_EVALUATION_APART = (
        "court_evaluation_apart",
        "Pemeriksaan untuk pengadilan adalah permintaan tersendiri.",
        "An evaluation for court is a request of its own.",
    )
    GROUPS_OF_STRANGERS = (
        "groups_of_strangers",
        "Dalam kelompok tidak ada orang dari kapal atau kampung yang sama.",
        "A group holds nobody from the same ship or village.",
    )
    CONFLICT_CHECK_FIRST = (
        "conflict_check_first",
        "Benturan kepentingan diperiksa sebelum identitas dikirim.",
        "A conflict check comes before any identity is sent.",
    )
    CHECK_BY_OPPONENT_ONLY = (
        "check_by_opponent_only",
        "Pemeriksaan benturan hanya memakai nama pihak lawan.",
        "The conflict check uses the opponent's name only.",
    )
    ADDRESS_NEVER = (
        "address_never",
        "Jawabannya hanya diterima dan titik jemput, tidak pernah alamat.",
        "The reply is placed and a pick-up point, never the address.",
    )
    OWN_EXPOSURE_SEALED = (
        "own_exposure_sealed",
        "Kemungkinan ia sendiri dituntut hanya untuk mata advokat.",
        "The person's own legal exposure is for the lawyer's eyes only.",
    )
    COMPANION_NAMED = (
        "companion_named",
        "Pendamping disebut namanya dan hadir.",
        "The companion is named and present.",
    )
    URGENT_DANGER_ONLY = (
        "urgent_danger_only",
        "Dalam bahaya mendesak: hanya orang, tempat dan ancamannya.",
        "In urgent danger: the person, the place and the threat only.",
    )
    SUSPECT_IN_FORCE = (
        "suspect_in_force",
        "Bila terduga anggota kepolisian, pilih tingkat lain atau LPSK.",
        "If the suspect is in the force, choose another level or LPSK.",
    )
    REPORTER_ON_REQUEST = (
        "reporter_on_request",
        "Pelapor tidak disebut bila ia meminta.",
        "The reporter is not named where that was asked.",
    )
    APPLICANT_NEVER_SUSPECT = (
        "applicant_never_suspect",
        "Untuk anak: pemohon orang tua, keluarga, wali, kuasa atau LPSK, tidak pernah terduga.",
        "For a child: a parent, kin, guardian, proxy or LPSK applies, never the suspect.",
    )
    ONE_PACKET_PER_LEG = (
        "one_packet_per_leg",
        "Satu paket tiap tahap; pengangkut hanya melihat tahapnya dan kedua ujung menandatangani.",
        "One packet a leg; a carrier sees its own leg and both ends sign.",
    )
    NO_SUSPECT_KIN = (
        "no_suspect_kin",
        "Kerabat terduga tidak mengantar dan tidak menerima.",
        "The suspect's kin neither escort nor receive.",
    )
    TICKET_ISSUER_ONLY = (
        "ticket_issuer_only",
        "Nama lengkap hanya untuk penerbit tiket atau dokumen.",
        "The full name only for whoever issues ticket or document.",
    )
    AFTER_ACCEPTANCE = (
        "after_acceptance",
        "Dikirim setelah penerimaan tertulis dan penilaian daerah asal; dibuka saat tiba.",
        "Sent after written acceptance and the origin check; opened on arrival.",
    )
    NO_VILLAGE_OFFICE = (
        "no_village_office",
        "Kantor desa bukan penerima.",
        "A village office is no receiver.",
    )
    NEUTRAL_SENDER = (
        "neutral_sender",
        "Nama pengirim netral.",
        "The sender's name is neutral.",
    )
    NEVER_THROUGH_SUSPECT = (
        "never_through_suspect",
        "Bantuan tidak dibayarkan lewat terduga, dan tidak otomatis kepada kepala keluarga.",
        "Aid is not paid through the suspect, nor by habit to the head of the household.",
    )
    TWO_PEOPLE_AT_SCHOOL = (
        "two_people_at_school",
        "Hanya kepala sekolah dan satu konselor; bila guru terduga, dinas dan sekolah lain.",
        "Head teacher and one counsellor only; a suspected teacher means office and other school.",
    )
    CHOSEN_BY_SURVIVOR = (
        "chosen_by_survivor",
        "Dipilih penyintas; bukan kerabat, bukan lingkaran terduga, tanpa tugas mendamaikan.",
        "Chosen by the survivor; no kin, not the suspect's circle, no task to reconcile.",
    )
    NO_SMALL_COMMUNITY = (
        "no_small_community",
        "Bukan kerabat, bukan orang dari komunitas kecil yang sama, bukan dari agen.",
        "No relative, nobody from the same small community, nobody of the agent.",
    )
    CONFIDENTIALITY_SIGNED = (
        "confidentiality_signed",
        "Kerahasiaan ditandatangani; suara jarak jauh boleh.",
        "Confidentiality is signed; a remote voice will do.",
    )
    BEST_INTEREST_NOTE = (
        "best_interest_note",
        "Untuk anak: catatan kepentingan terbaik, kecuali dalam bahaya, dan suara anak itu.",
        "For a child: a best-interest note, save in danger, and the child's own view.",
    )
    SUSPECT_GUARDIAN_EXCLUDED = (
        "suspect_guardian_excluded",
        "Wali yang belum dinyatakan aman tidak ditanya, diberi tahu, disalin atau menerima.",
        "A guardian not known to be safe is neither asked, told, copied nor receiver.",
    )
    STRIP_PLACE_CLUES = (
        "strip_place_clues",
        "Buang petunjuk tempat: data foto, kepala surat, kode telepon, nomor kendaraan.",
        "Strip clues to a place: photo data, letterheads, phone codes, vehicle numbers.",
    )
    OFFICIAL_SUSPECTED = (
        "official_suspected",
        "Bila aparat terduga, lembaganya tidak ditawarkan.",
        "Where an official is suspected, that agency is not offered.",
    )
    SMALL_PLACES = (
        "small_places",
        "Di tempat kecil cukup bulan dan kabupaten.",
        "In small places give month and regency only.",
    )


OVER_ALL_ROWS: Final[frozenset[SpecialRule]] = frozenset(
    {
        SpecialRule.BEST_INTEREST_NOTE,
        SpecialRule.SUSPECT_GUARDIAN_EXCLUDED,
        SpecialRule.STRIP_PLACE_CLUES,
        SpecialRule.OFFICIAL_SUSPECTED,
        SpecialRule.SMALL_PLACES,
    }
)
"""Rules that hold for every packet."""
