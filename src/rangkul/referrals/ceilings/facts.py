"""The facts a packet may hold: there is no other list, so what is not named here cannot travel.

A shelter's address, HIV and pregnancy are no facts and never become one. Photographs, vehicle
numbers, sexual history, diagnoses and therapy notes are absent for the same reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from rangkul.reference.services import ServiceCode
from rangkul.referrals.ceilings.levels import DataClass

S = ServiceCode
_JUSTICE: Final = frozenset({S.POLISI, S.LPSK, S.BANTUAN_HUKUM})


@dataclass(frozen=True, slots=True)
class Fact:
    """One named fact: its class, the lowest level that lets it through, and who may have it.

    No class means that the fact is the request itself: without it the desk would not know what is
    asked. No `services` means any service whose levels reach it.
    """

    code: str
    data_class: DataClass | None
    level: int
    label_id: str
    label_en: str
    services: frozenset[ServiceCode] | None = None


def _identity(level: int, code: str, label_id: str, label_en: str, *only: ServiceCode) -> Fact:
    return Fact(code, DataClass.IDENTITY, level, label_id, label_en, frozenset(only) or None)


def _contact(level: int, code: str, label_id: str, label_en: str) -> Fact:
    return Fact(code, DataClass.CONTACT, level, label_id, label_en)


def _location(level: int, code: str, label_id: str, label_en: str, *only: ServiceCode) -> Fact:
    return Fact(code, DataClass.LOCATION, level, label_id, label_en, frozenset(only) or None)


def _account(level: int, code: str, label_id: str, label_en: str, *only: ServiceCode) -> Fact:
    return Fact(code, DataClass.ACCOUNT, level, label_id, label_en, frozenset(only) or None)


def _health(level: int, code: str, label_id: str, label_en: str, *only: ServiceCode) -> Fact:
    return Fact(code, DataClass.HEALTH, level, label_id, label_en, frozenset(only) or None)


def _legal(level: int, code: str, label_id: str, label_en: str, *only: ServiceCode) -> Fact:
    return Fact(code, DataClass.LEGAL, level, label_id, label_en, frozenset(only) or None)


def _request(code: str, label_id: str, label_en: str, *only: ServiceCode) -> Fact:
    return Fact(code, None, 0, label_id, label_en, frozenset(only))


_LIST: Final[tuple[Fact, ...]] = (
    _identity(0, "pseudonym", "Nama samaran", "Pseudonym"),
    _identity(0, "age_band", "Kelompok usia", "Age band"),
    _identity(1, "called_name", "Nama panggilan", "Called name"),
    _identity(1, "sex", "Jenis kelamin", "Sex"),
    _identity(1, "birth_year", "Tahun lahir", "Year of birth"),
    _identity(
        1, "children_ages", "Usia anak yang ikut", "Ages of children along", S.HUNIAN, S.PEMULANGAN
    ),
    _identity(2, "full_name", "Nama lengkap", "Full name"),
    _identity(2, "birth_date", "Tanggal lahir", "Date of birth"),
    _identity(2, "nik", "NIK", "NIK"),
    _identity(2, "passport", "Nomor paspor", "Passport number"),
    _contact(0, "through_companion", "Lewat pendamping pengirim", "Through the sender's companion"),
    _contact(1, "safe_contact", "Kontak aman", "Safe contact"),
    _contact(1, "contact_rules", "Aturan menghubungi", "Rules for contact"),
    _location(0, "regency", "Kabupaten atau kota", "Regency or city"),
    _location(1, "meeting_point", "Titik temu", "Meeting point"),
    _location(1, "drop_point", "Titik tujuan tahap ini", "Where this leg ends", S.PEMULANGAN),
    _location(2, "address", "Alamat rumah", "Home address"),
    _account(1, "neutral_lines", "Mengapa sekarang, dua baris", "Why now, in two lines"),
    _account(1, "admission_criterion", "Alasan masuk", "Reason for admission", S.HUNIAN),
    _account(1, "threat", "Ancaman yang ada", "The threat", S.POLISI, S.LPSK),
    _account(1, "care_plan", "Rencana layanan lanjutan", "Plan of continued care", S.LAYANAN_ASAL),
    _account(1, "safety_plan", "Rencana keselamatan", "Safety plan", S.LAYANAN_ASAL),
    _account(2, "summary", "Ringkasan bertanggal", "Dated summary"),
    _account(2, "formulation", "Rumusan bersama", "Shared formulation", S.PSIKOLOGI),
    _account(2, "mechanism", "Bagaimana luka terjadi", "How the injury happened", S.VISUM),
    _account(2, "places", "Tempat kejadian", "Places of the events", S.POLISI),
    _account(3, "statement", "Keterangan sendiri, direkam", "Own recorded statement", S.POLISI),
    _health(1, "complaint", "Keluhan", "Complaint", S.MEDIS, S.VISUM, S.PSIKOLOGI),
    _health(1, "hours_since", "Jam sejak kejadian", "Hours since the event", S.MEDIS, S.VISUM),
    _health(
        1,
        "medicine",
        "Obat yang dipakai",
        "Medicine in use",
        S.MEDIS,
        S.HUNIAN,
        S.PEMULANGAN,
        S.LAYANAN_ASAL,
    ),
    _health(1, "allergy", "Alergi", "Allergy", S.MEDIS, S.HUNIAN, S.PEMULANGAN, S.LAYANAN_ASAL),
    _health(1, "diet", "Pantangan makan", "Diet", S.HUNIAN, S.PEMULANGAN),
    _health(1, "own_room", "Perlu kamar sendiri", "Needs own room", S.HUNIAN),
    _health(1, "access_needs", "Kebutuhan akses", "Access needs"),
    _health(
        1, "daily_function", "Kemampuan sehari-hari", "Daily function", S.PSIKOLOGI, S.LAYANAN_ASAL
    ),
    _health(1, "suicide_risk", "Risiko terhadap diri", "Risk to self", S.PSIKOLOGI),
    _health(1, "fit_to_travel", "Sanggup bepergian", "Fit to travel", S.PEMULANGAN),
    _health(
        1, "care_to_continue", "Perawatan yang dilanjutkan", "Care to continue", S.LAYANAN_ASAL
    ),
    _health(
        1,
        "cost_certificate",
        "Surat biaya dan kebutuhan perawatan",
        "Certificate of cost and need of care",
        S.LPSK,
    ),
    _health(1, "adjustments", "Penyesuaian belajar", "Adjustments for learning", S.SEKOLAH),
    _health(2, "findings", "Temuan yang diperlukan", "Findings needed", S.PSIKOLOGI),
    _health(
        2,
        "own_screening",
        "Hasil penapisan, bila ia setuju",
        "Own screening, if agreed",
        S.PSIKOLOGI,
    ),
    _legal(
        1,
        "legal_status",
        "Status perkara",
        "Status of the case",
        S.VISUM,
        S.LAYANAN_ASAL,
        *_JUSTICE,
    ),
    _legal(1, "police_number", "Nomor laporan polisi", "Police report number", S.VISUM, *_JUSTICE),
    _legal(
        1, "clearance", "Izin penyidik", "Investigators' clearance", S.PEMULANGAN, S.LAYANAN_ASAL
    ),
    _legal(1, "investigator_request", "Permintaan penyidik", "Investigator's request", S.VISUM),
    _legal(1, "evidence_state", "Keadaan barang bukti", "State of evidence", S.VISUM),
    _legal(
        1,
        "suspect",
        "Terduga: nama dan hubungan",
        "Suspect: name and relation",
        *_JUSTICE,
    ),
    _legal(2, "documents", "Dokumen", "Documents", *_JUSTICE),
    _legal(
        2, "evidence_list", "Daftar bukti dan sidik digital", "Evidence list, hashes", *_JUSTICE
    ),
    _legal(2, "losses", "Kerugian dan kuitansi", "Losses and receipts", S.LPSK),
    _request(
        "must_not_enter",
        "Siapa yang tidak boleh masuk atau menjemput",
        "Who must not come in or collect",
        S.HUNIAN,
        S.SEKOLAH,
        S.PEMULANGAN,
    ),
    _request("may_collect", "Siapa yang boleh menjemput", "Who may collect", S.SEKOLAH),
    _request("grade", "Kelas", "Grade", S.SEKOLAH),
    _request("wished_support", "Dukungan yang diinginkan", "Support wished for", S.PSIKOSOSIAL),
    _request("group_preference", "Pilihan kelompok", "Preferred group", S.PSIKOSOSIAL),
    _request(
        "convenient_hours", "Jam yang cocok", "Convenient hours", S.PSIKOSOSIAL, S.ROHANI, S.VOKASI
    ),
    _request("luggage", "Barang bawaan", "Luggage", S.PEMULANGAN),
    _request("escort_sex", "Jenis kelamin pengantar", "Sex of the escort", S.PEMULANGAN),
    _request("origin_check", "Hasil penilaian asal", "Result of origin check", S.LAYANAN_ASAL),
    _request("visit_dates", "Tanggal kunjungan", "Dates of visits", S.LAYANAN_ASAL),
    _request("schooling", "Pendidikan terakhir", "Schooling", S.VOKASI),
    _request("skill_wish", "Keterampilan yang diminati", "Skill wished for", S.VOKASI),
    _request("household_size", "Jumlah anggota rumah tangga", "Size of household", S.EKONOMI),
    _request("need_band", "Tingkat kebutuhan", "Band of need", S.EKONOMI),
    _request("faith", "Agama atau kepercayaan", "Faith", S.ROHANI),
    _request("dialect", "Bahasa atau logat daerah", "Dialect", S.JURU_BAHASA),
    _request("session_hour", "Jam pertemuan", "Hour of the session", S.JURU_BAHASA),
    _request("setting", "Ranah: kesehatan atau hukum", "Setting: health or legal", S.JURU_BAHASA),
)

FACTS: Final[Mapping[str, Fact]] = MappingProxyType({fact.code: fact for fact in _LIST})
"""Every fact by its code, in the order in which a packet shows them."""


@dataclass(frozen=True, slots=True)
class EnvelopeLine:
    """One line every packet bears, whatever its levels."""

    code: str
    label_id: str
    label_en: str


ENVELOPE: Final[tuple[EnvelopeLine, ...]] = (
    EnvelopeLine("packet_number", "Nomor paket", "Packet number"),
    EnvelopeLine("sender", "Meja pengirim dan narahubungnya", "Sender and whom to call"),
    EnvelopeLine("asked", "Yang diminta", "What is asked"),
    EnvelopeLine("due", "Paling lambat", "By when"),
    EnvelopeLine("risk", "Risiko dan yang perlu dijaga", "Risk and what to mind"),
    EnvelopeLine("contact_bans", "Yang tidak boleh dilakukan", "What must not be done"),
    EnvelopeLine("language", "Bahasa dan juru bahasa", "Language and interpreter"),
    EnvelopeLine("accessibility", "Aksesibilitas", "Accessibility"),
    EnvelopeLine("worker_sex", "Petugas yang dipilih", "Preferred sex of worker"),
    EnvelopeLine("basis", "Dasar, cakupan dan batas waktu", "Basis, scope and end date"),
    EnvelopeLine("withheld", "Ditahan", "Withheld"),
)
"""What frames every packet: its own random number, never the case's; and what was held back."""
