"""The table of ceilings: what each service may receive, needs, is spared, and on what basis.

One row a service, as in section 13 of the design.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from rangkul.reference.services import ServiceCode
from rangkul.referrals.ceilings import bases as law
from rangkul.referrals.ceilings.bases import Basis, BasisOption
from rangkul.referrals.ceilings.levels import Levels
from rangkul.referrals.ceilings.rules import SpecialRule

R = SpecialRule


@dataclass(frozen=True, slots=True)
class Withheld:
    """One thing that stays behind. The receiver reads *what*; only the sender reads *why*."""

    code: str
    what_id: str
    what_en: str
    why_id: str
    why_en: str


@dataclass(frozen=True, slots=True)
class Row:
    """One service's row.

    `ceiling` is the most that the survivor's own consent can let through; `proposed` is where the
    consent screen starts. `bases` are the others than consent; `as_served` borrows those of the
    service that this one serves.
    """

    ceiling: Levels
    needed_id: str
    needed_en: str
    withheld: tuple[Withheld, ...]
    rules: frozenset[SpecialRule]
    bases: tuple[BasisOption, ...] = ()
    proposal: Levels | None = None
    as_served: bool = False

    @property
    def proposed(self) -> Levels:
        """The levels offered to the survivor first."""
        return self.ceiling if self.proposal is None else self.proposal


_HIV: Final = Withheld(
    "hiv",
    "status HIV",
    "HIV status",
    "Hanya orang itu sendiri yang menyampaikannya, kepada klinik yang ia pilih.",
    "Only the person tells it, to a clinic of their choice.",
)
_PREGNANCY: Final = Withheld(
    "pregnancy",
    "kehamilan",
    "pregnancy",
    "Klinik menanyakannya sendiri, berdua saja.",
    "The clinic asks for itself, in private.",
)
_STORY: Final = Withheld(
    "account",
    "cerita kejadian",
    "the account",
    "Layanan ini tidak memerlukannya untuk mulai membantu.",
    "This service does not need it to begin.",
)
_SUSPECT: Final = Withheld(
    "suspect",
    "terduga pelaku",
    "the suspect",
    "Data terduga hanya untuk meja peradilan.",
    "Data on the suspect go to justice desks only.",
)
_SHELTER: Final = Withheld(
    "shelter",
    "tempat ia menginap",
    "where the person stays",
    "Tempat aman tetap aman selama tidak disebut.",
    "A safe place is safe while it is not named.",
)
_HEALTH: Final = Withheld(
    "health",
    "data kesehatan",
    "health",
    "Tidak diperlukan; bila perlu, orang itu sendiri yang menyampaikan.",
    "Not needed; where it is, the person tells it.",
)
_THERAPY: Final = Withheld(
    "psychology",
    "isi layanan psikologis",
    "what psychology holds",
    "Percakapan terapi tetap di ruang terapi.",
    "What is said in therapy stays in that room.",
)
_SEXUAL_HISTORY: Final = Withheld(
    "sexual_history",
    "riwayat seksual",
    "sexual history",
    "Tidak berkaitan, dan merugikan di sidang.",
    "It is irrelevant, and harmful in court.",
)
_LEGAL: Final = Withheld(
    "legal",
    "berkas hukum dan surat-surat",
    "the legal file and papers",
    "Perkara berjalan di meja lain.",
    "The case runs at another desk.",
)
_REASON: Final = Withheld(
    "reason",
    "jenis kasus",
    "the kind of case",
    "Agar orang tidak dikenali sebagai korban.",
    "So that nobody is marked as a victim.",
)
_EVERYTHING_ELSE: Final = Withheld(
    "everything_else",
    "semua yang lain",
    "everything else",
    "Yang diminta hanya kehadiran.",
    "Only presence is asked.",
)

_MEDIS: Final = Row(
    ceiling=Levels.parse("I1 C0 L1 A1 H1 G0"),
    needed_id="Keluhan, jam sejak kejadian, obat yang dipakai.",
    needed_en="Complaint, hours since the event, medicine in use.",
    withheld=(_SUSPECT, _STORY, _LEGAL, _HIV, _PREGNANCY),
    rules=frozenset({R.MEDICAL_WINDOW_FIRST, R.NO_POLICE_LETTER, R.REGISTERS_HERSELF}),
    bases=(
        BasisOption(
            Basis.VITAL_INTEREST,
            (law.VITAL,),
            "Nyawa atau kesehatannya terancam dan ia belum dapat ditanya.",
            "Life or health is at stake and the person cannot be asked yet.",
        ),
    ),
)
_VISUM: Final = Row(
    ceiling=Levels.parse("I2 C0 A2 H1 G1"),
    needed_id="Permintaan penyidik, bagaimana dan kapan luka terjadi, keadaan pakaian dan bukti.",
    needed_en="Investigator's request, how and when injured, state of dressing and evidence.",
    withheld=(_SEXUAL_HISTORY, _THERAPY, _SHELTER, _SUSPECT),
    rules=frozenset({R.RECORD_BEFORE_VISUM, R.RESULT_TO_INVESTIGATOR}),
    bases=(
        BasisOption(
            Basis.LEGAL_DUTY,
            (law.INVESTIGATOR,),
            "Ada permintaan penyidik yang sah dan tertulis.",
            "There is an investigator's lawful request in writing.",
            levels=Levels.parse("I2 C0 A2 H1 G1"),
        ),
    ),
)
_PSIKOLOGI: Final = Row(
    ceiling=Levels.parse("I1 C1 A2 H2 G0"),
    needed_id="Rumusan bersama, risiko terhadap diri, hasil penapisan bila ia setuju.",
    needed_en="Shared formulation, risk to self, the person's own screening by consent.",
    withheld=(_LEGAL, _SUSPECT, _HIV),
    rules=frozenset({R.NO_THERAPY_NOTES, R.COURT_EVALUATION_APART}),
    bases=(
        BasisOption(
            Basis.VITAL_INTEREST,
            (law.VITAL,),
            "Ada bahaya bahwa ia melukai diri.",
            "There is a danger of self-harm.",
        ),
    ),
)
_PSIKOSOSIAL: Final = Row(
    ceiling=Levels.parse("I1 C1 A1 H0 G0"),
    needed_id="Keinginannya, jam yang cocok, pilihan kelompok.",
    needed_en="The person's wishes, convenient hours, preferred group.",
    withheld=(
        _HEALTH,
        _LEGAL,
        Withheld(
            "sector",
            "bidang kerja",
            "the sector of work",
            "Di lingkungan kecil bidang kerja sudah menunjuk orangnya.",
            "In a small circle the sector already names the person.",
        ),
    ),
    rules=frozenset({R.GROUPS_OF_STRANGERS}),
)
_HUNIAN: Final = Row(
    ceiling=Levels.parse("I1 C0 A1 H1 G0"),
    needed_id="Alasan masuk, risiko, usia anak, pantangan, obat, siapa yang tidak boleh masuk.",
    needed_en="Reason for admission, risk, children's ages, diet, medicine, who must not enter.",
    withheld=(
        _STORY,
        _HIV,
        _PREGNANCY,
        Withheld(
            "diagnosis",
            "diagnosis",
            "diagnosis",
            "Cukup disebut perlu kamar sendiri.",
            "To say own room is enough.",
        ),
    ),
    rules=frozenset({R.CONFLICT_CHECK_FIRST, R.ADDRESS_NEVER}),
    bases=(
        BasisOption(
            Basis.VITAL_INTEREST,
            (law.VITAL,),
            "Malam ini ia tidak punya tempat yang aman dan belum dapat ditanya.",
            "There is no safe place tonight and the person cannot be asked yet.",
        ),
        BasisOption(
            Basis.PUBLIC_TASK,
            (law.REHABILITATION,),
            "Rumah perlindungan menjalankan tugas pelayanannya.",
            "The shelter carries out its public task.",
        ),
    ),
)
_BANTUAN_HUKUM: Final = Row(
    ceiling=Levels.parse("I2 C1 A2 H0 G2"),
    needed_id="Identitas, uraian singkat, surat-surat; permohonan boleh lisan.",
    needed_en="Identity, short description, papers; an oral request will do.",
    withheld=(_HEALTH, _SHELTER),
    rules=frozenset({R.CONFLICT_CHECK_FIRST, R.CHECK_BY_OPPONENT_ONLY, R.OWN_EXPOSURE_SEALED}),
)
_POLISI: Final = Row(
    ceiling=Levels.parse("I2 C0 A3 H0 G2"),
    proposal=Levels.parse("I2 C0 A2 H0 G2"),
    needed_id="Kejadian dengan kata-katanya sendiri, terduga, tempat, daftar bukti.",
    needed_en="Facts in the person's own words, the suspect, places, the evidence list.",
    withheld=(
        Withheld(
            "opinions",
            "pendapat petugas dan hasil instrumen",
            "workers' opinions and results of instruments",
            "Itu alat bantu pendampingan, bukan bukti.",
            "They help companions think; they are no evidence.",
        ),
        _THERAPY,
        _SHELTER,
        _HIV,
        _PREGNANCY,
        _SEXUAL_HISTORY,
    ),
    rules=frozenset(
        {
            R.COMPANION_NAMED,
            R.URGENT_DANGER_ONLY,
            R.SUSPECT_IN_FORCE,
            R.REPORTER_ON_REQUEST,
        }
    ),
    bases=(
        BasisOption(
            Basis.LEGAL_DUTY,
            (law.SEXUAL_VIOLENCE_REPORT, law.TRAFFICKING_REPORT),
            "Ada kewajiban melapor; penyintas dijelaskan lebih dahulu.",
            "There is a duty to report; it is explained beforehand.",
        ),
        BasisOption(
            Basis.VITAL_INTEREST,
            (law.VITAL,),
            "Bahaya mendesak: hanya orang, tempat dan ancamannya.",
            "Urgent danger: the person, the place and the threat only.",
            levels=Levels.parse("I1 L2 A1"),
            raises=True,
        ),
    ),
)
_LPSK: Final = Row(
    ceiling=Levels.parse("I2 C1 A2 H1 G2"),
    needed_id="Ancaman, nomor perkara, pihak lawan, kerugian dengan kuitansinya.",
    needed_en="Threat, number of the case, opponent, losses with receipts.",
    withheld=(_THERAPY, _SHELTER, _HIV),
    rules=frozenset({R.APPLICANT_NEVER_SUSPECT}),
    bases=(
        BasisOption(
            Basis.LEGAL_DUTY,
            (law.PROTECTION_REQUEST,),
            "Kepolisian meminta perlindungan setelah perlindungan sementara.",
            "The police ask for protection after their temporary one.",
        ),
    ),
)
_PEMULANGAN: Final = Row(
    ceiling=Levels.parse("I1 C0 L1 A0 H1 G1"),
    needed_id="Titik jemput dan tujuan, pengantar, kesanggupan, anak, barang, izin penyidik.",
    needed_en="Pick-up and drop, escort, fitness, children, luggage, clearance.",
    withheld=(
        _REASON,
        _SUSPECT,
        Withheld(
            "home_address",
            "alamat rumah dan tahap berikutnya",
            "the home address and later legs",
            "Tiap pengangkut hanya perlu tahapnya sendiri.",
            "Each carrier needs its own leg only.",
        ),
    ),
    rules=frozenset({R.ONE_PACKET_PER_LEG, R.NO_SUSPECT_KIN, R.TICKET_ISSUER_ONLY}),
    bases=(
        BasisOption(
            Basis.PUBLIC_TASK,
            (law.RETURN, law.PROTECTION_AT_ORIGIN),
            "Pemulangan oleh pemerintah daerah.",
            "Return carried out by a regional government.",
        ),
    ),
)
_LAYANAN_ASAL: Final = Row(
    ceiling=Levels.parse("I2 C1 L2 A1 H1 G1"),
    needed_id="Rencana, rencana keselamatan, hasil penilaian asal, tanggal kunjungan, perawatan.",
    needed_en="Plan, safety plan, result of the origin check, dates of visits, care to continue.",
    withheld=(
        _STORY,
        _SHELTER,
        _HIV,
        _PREGNANCY,
        Withheld(
            "case_papers",
            "surat perkara dan hasil pemeriksaan",
            "case papers and tests",
            "Pendamping di daerah asal memulai dari rencana, bukan dari berkas.",
            "The companion at home begins with the plan, not with the file.",
        ),
    ),
    rules=frozenset({R.AFTER_ACCEPTANCE, R.NO_VILLAGE_OFFICE}),
    bases=(
        BasisOption(
            Basis.PUBLIC_TASK,
            (law.PROTECTION_AT_ORIGIN, law.RETURN),
            "Daerah asal bertanggung jawab atas perlindungan di sana.",
            "The region of origin is responsible for protection there.",
        ),
        BasisOption(
            Basis.LEGAL_DUTY,
            (law.CHILD,),
            "Untuk anak.",
            "For a child.",
            child_only=True,
        ),
    ),
)
_VOKASI: Final = Row(
    ceiling=Levels.parse("I1 C1 L0 A0 H1 G0"),
    needed_id="Pendidikan, keterampilan yang diminati, kebutuhan akses, jadwal.",
    needed_en="Schooling, skill wished for, access needs, timetable.",
    withheld=(_REASON,),
    rules=frozenset({R.NEUTRAL_SENDER}),
)
_EKONOMI: Final = Row(
    ceiling=Levels.parse("I2 C1 L2 A0 H0 G0"),
    needed_id="Jumlah anggota rumah tangga, tingkat kebutuhan.",
    needed_en="Size of the household, band of need.",
    withheld=(
        _REASON,
        Withheld(
            "debt",
            "utang kepada perekrut",
            "debt to a recruiter",
            "Itu urusan bantuan hukum.",
            "That belongs to legal aid.",
        ),
        Withheld(
            "bank",
            "nomor rekening",
            "the bank account",
            "Pembayar menanyakannya langsung kepada orangnya.",
            "The payer asks the person directly.",
        ),
    ),
    rules=frozenset({R.NEUTRAL_SENDER, R.NEVER_THROUGH_SUSPECT}),
    bases=(
        BasisOption(
            Basis.PUBLIC_TASK,
            (law.REHABILITATION,),
            "Pertolongan pertama pemerintah.",
            "The government's first help.",
        ),
    ),
)
_SEKOLAH: Final = Row(
    ceiling=Levels.parse("I1 C0 A0 H1 G0"),
    needed_id="Kelas, penyesuaian belajar, siapa yang boleh dan tidak boleh menjemput.",
    needed_en="Grade, adjustments, who may and may not collect.",
    withheld=(_STORY, _PREGNANCY, _SUSPECT),
    rules=frozenset({R.TWO_PEOPLE_AT_SCHOOL}),
    bases=(
        BasisOption(
            Basis.LEGAL_DUTY,
            (law.CHILD,),
            "Untuk anak, dengan catatan kepentingan terbaik.",
            "For a child, with a best-interest note.",
            child_only=True,
        ),
    ),
)
_ROHANI: Final = Row(
    ceiling=Levels.parse("I0 C0 A0 H0 G0"),
    needed_id="Agama atau kepercayaan, bahasa, waktu; nama panggilan ia sebut sendiri.",
    needed_en="Faith, language, time; the person gives a called name.",
    withheld=(_EVERYTHING_ELSE,),
    rules=frozenset({R.CHOSEN_BY_SURVIVOR}),
)
_JURU_BAHASA: Final = Row(
    ceiling=Levels.parse("I0 C0 L1 A0 H0 G0"),
    needed_id="Bahasa, logat, jenis kelamin juru bahasa, jam, ranah kesehatan atau hukum.",
    needed_en="Language, dialect, sex of the interpreter, hour, health or legal.",
    withheld=(_EVERYTHING_ELSE,),
    rules=frozenset({R.NO_SMALL_COMMUNITY, R.CONFIDENTIALITY_SIGNED}),
    as_served=True,
)

ROWS: Final[Mapping[ServiceCode, Row]] = MappingProxyType(
    {
        ServiceCode.MEDIS: _MEDIS,
        ServiceCode.VISUM: _VISUM,
        ServiceCode.PSIKOLOGI: _PSIKOLOGI,
        ServiceCode.PSIKOSOSIAL: _PSIKOSOSIAL,
        ServiceCode.HUNIAN: _HUNIAN,
        ServiceCode.BANTUAN_HUKUM: _BANTUAN_HUKUM,
        ServiceCode.POLISI: _POLISI,
        ServiceCode.LPSK: _LPSK,
        ServiceCode.PEMULANGAN: _PEMULANGAN,
        ServiceCode.LAYANAN_ASAL: _LAYANAN_ASAL,
        ServiceCode.VOKASI: _VOKASI,
        ServiceCode.EKONOMI: _EKONOMI,
        ServiceCode.SEKOLAH: _SEKOLAH,
        ServiceCode.ROHANI: _ROHANI,
        ServiceCode.JURU_BAHASA: _JURU_BAHASA,
    }
)
"""Every service's row; a service without one could not be asked for."""
