"""The wording of rk02, trafficking screening: what happened, by what means, to what end.

Nothing here asks whether the person agreed, was paid enough, or wanted the work.
"""

from __future__ import annotations

from typing import Final

from rangkul.assessments.answers import Answers
from rangkul.assessments.instrument import Item, Kind, Predicate, Sealed
from rangkul.assessments.instruments.lists import BUKTI, DOK, YT, choices


def _may_be_abroad(answers: Answers) -> bool:
    return answers.one("lintas") != "dalam"


def _not_yet_left(answers: Answers) -> bool:
    return answers.one("lintas") == "belum"


def _at_sea(answers: Answers) -> bool:
    return answers.selected("t_bentuk", "kapal")


def _authority_acted(answers: Answers) -> bool:
    return answers.one("tetap") != "belum"


def _flag(
    name: str,
    label_id: str,
    label_en: str,
    *,
    shown_when: Predicate | None = None,
    sealed: Sealed | None = None,
    hint_id: str = "",
    hint_en: str = "",
) -> tuple[Item, Item]:
    """A red flag and its companion: what the answer rests on, asked when the flag is *ya*."""
    flag = Item(
        name,
        Kind.SELECT_ONE,
        label_id,
        label_en,
        YT,
        shown_when=shown_when,
        sealed=sealed,
        hint_id=hint_id,
        hint_en=hint_en,
    )
    evidence = Item(
        f"{name}_b",
        Kind.SELECT_ONE,
        "Dari mana diketahui?",
        "How is this known?",
        BUKTI,
        shown_when=lambda answers: answers.is_yes(name),
        sealed=sealed,
    )
    return flag, evidence


def _paper(name: str, label_id: str, label_en: str, hint_id: str = "", hint_en: str = "") -> Item:
    return Item(
        name,
        Kind.SELECT_ONE,
        label_id,
        label_en,
        DOK,
        shown_when=_may_be_abroad,
        hint_id=hint_id,
        hint_en=hint_en,
    )


_ACT: Final[tuple[Item, ...]] = (
    Item(
        "usia",
        Kind.SELECT_ONE,
        "Saat mulai dibawa atau direkrut, usianya?",
        "Age when first taken or recruited?",
        choices(
            ("anak", "Di bawah 18 tahun", "Under 18"),
            ("diduga_anak", "Mungkin di bawah 18 tahun", "Possibly under 18"),
            ("dewasa", "Dewasa", "Adult"),
        ),
        hint_id="Bila ragu, perlakukan sebagai anak.",
        hint_en="In doubt, treat as a child.",
    ),
    Item(
        "ajak",
        Kind.SELECT_ONE,
        "Siapa yang pertama mengajak, lewat apa?",
        "Who made the first offer, and how?",
        choices(
            ("kenalan", "Kenalan", "Acquaintance"),
            ("keluarga", "Keluarga", "Relative"),
            ("pacar", "Pacar", "Partner"),
            ("sponsor", "Sponsor atau calo", "Local broker"),
            ("perusahaan", "Perusahaan", "Company"),
            ("media_sosial", "Media sosial", "Social media"),
            ("sekolah", "Sekolah atau magang", "School or internship"),
            ("tidak_ada", "Tidak ada", "Nobody"),
        ),
        sealed="account",
    ),
    Item(
        "proses",
        Kind.SELECT_MULTIPLE,
        "Apa yang terjadi? (petugas memilih)",
        "What happened? (the worker chooses)",
        choices(
            ("perekrutan", "Perekrutan", "Recruitment"),
            ("pengangkutan", "Pengangkutan", "Transport"),
            ("penampungan", "Penampungan", "Harbouring"),
            ("pengiriman", "Pengiriman", "Sending"),
            ("pemindahan", "Pemindahan", "Transfer"),
            ("penerimaan", "Penerimaan", "Receipt"),
            ("tidak_ada", "Tidak ada", "None"),
        ),
    ),
    Item(
        "lintas",
        Kind.SELECT_ONE,
        "Di dalam negeri, ke luar negeri, atau belum berangkat?",
        "Within the country, abroad, or not yet left?",
        choices(
            ("dalam", "Dalam negeri", "Within the country"),
            ("luar", "Luar negeri", "Abroad"),
            ("belum", "Belum berangkat", "Not yet left"),
        ),
    ),
)

_MEANS: Final[tuple[Item, ...]] = (
    Item(
        "c_tipu",
        Kind.SELECT_ONE,
        "Apakah kerja, tempat, majikan atau gaji berbeda dari yang dijanjikan?",
        "Was the work, place, employer or pay different from the promise?",
        YT,
        sealed="account",
    ),
    Item(
        "c_ancam",
        Kind.SELECT_ONE,
        "Adakah ancaman kepada Anda, keluarga, atau ancaman dilaporkan?",
        "Were there threats to you, to your family, or to report you?",
        YT,
        sealed="account",
        about_id="Adakah ancaman kepadanya, keluarganya, atau ancaman dilaporkan?",
        about_en="Were there threats to this person, to the family, or to report them?",
    ),
    Item(
        "c_keras",
        Kind.SELECT_ONE,
        "Apakah ada yang dipukul, disiksa, dibiarkan lapar atau sakit?",
        "Was anyone beaten, tortured, left hungry or sick?",
        YT,
        sealed="account",
    ),
    Item(
        "c_sekap",
        Kind.SELECT_ONE,
        "Apakah Anda diculik, dikunci, dijaga, atau tak bisa turun dari kapal?",
        "Were you abducted, locked in, guarded, or unable to leave the ship?",
        YT,
        sealed="account",
        about_id="Apakah ia diculik, dikunci, dijaga, atau tak bisa turun dari kapal?",
        about_en="Was this person abducted, locked in, guarded, or unable to leave the ship?",
    ),
    Item(
        "c_dokumen",
        Kind.SELECT_ONE,
        "Siapa memegang paspor, KTP, buku pelaut, HP?",
        "Who holds passport, ID, seaman's book, phone?",
        choices(
            ("sendiri", "Dipegang sendiri", "Self"),
            ("majikan", "Majikan", "Employer"),
            ("agen", "Agen", "Agent"),
            ("disita", "Disita", "Seized"),
            ("tidak_punya", "Tidak pernah punya", "Never had any"),
            ("tidak_tahu", "Belum diketahui", "Not known"),
        ),
    ),
    Item(
        "c_palsu",
        Kind.SELECT_ONE,
        "Adakah nama, usia, alamat atau surat yang dipalsukan?",
        "Was a name, age, address or paper falsified?",
        YT,
        sealed="legal",
    ),
    Item(
        "c_utang",
        Kind.SELECT_ONE,
        "Adakah utang atau denda yang harus dibayar sebelum boleh berhenti?",
        "Is there a debt or fine to pay before stopping is allowed?",
        YT,
        sealed="finance",
    ),
    Item(
        "c_rentan",
        Kind.SELECT_MULTIPLE,
        "Keadaan apa yang mereka manfaatkan?",
        "What situation did they make use of?",
        choices(
            ("miskin", "Kemiskinan", "Poverty"),
            ("anak", "Usia anak", "Childhood"),
            ("hamil", "Kehamilan", "Pregnancy"),
            ("disabilitas", "Disabilitas", "Disability"),
            ("tanpa_dokumen", "Tanpa dokumen", "No papers"),
            ("ketergantungan", "Ketergantungan", "Dependence"),
            ("bencana", "Bencana", "Disaster"),
            ("tidak_ada", "Tidak ada", "None"),
        ),
        sealed="account",
    ),
    Item(
        "c_bayar",
        Kind.SELECT_ONE,
        "Apakah orang yang berkuasa atas Anda menerima uang atau barang?",
        "Did someone with power over you receive money or goods?",
        YT,
        sealed="account",
        about_id="Apakah orang yang berkuasa atasnya menerima uang atau barang?",
        about_en="Did someone with power over this person receive money or goods?",
    ),
)

_PURPOSE: Final[tuple[Item, ...]] = (
    Item(
        "t_bentuk",
        Kind.SELECT_MULTIPLE,
        "Apa yang dipaksa dilakukan atau direncanakan?",
        "What was forced, or planned?",
        choices(
            ("kerja_paksa", "Kerja paksa", "Forced labour"),
            ("rumah_tangga", "Kerja rumah tangga", "Domestic servitude"),
            ("pelacuran", "Pelacuran", "Prostitution"),
            ("seksual_lain", "Eksploitasi seksual lain", "Other sexual exploitation"),
            ("kapal", "Kerja di kapal", "At sea"),
            ("penipuan_daring", "Penipuan daring", "Online scams"),
            ("kejahatan_lain", "Kejahatan lain", "Other crime"),
            ("mengemis", "Mengemis", "Begging"),
            ("kawin", "Kawin paksa", "Forced marriage"),
            ("organ", "Organ tubuh", "Organs"),
            ("adopsi", "Anak diserahkan", "Child handed over"),
            ("belum_tahu", "Belum diketahui", "Not known"),
            ("tidak_ada", "Tidak ada", "None"),
        ),
        sealed="account",
        hint_id="Orang yang dipaksa berbuat kejahatan tidak dipidana (UU 21/2007 ps 18).",
        hint_en="Who is forced into a crime is not punished (UU 21/2007 art. 18).",
    ),
    Item(
        "t_tolak",
        Kind.SELECT_ONE,
        "Bisakah Anda menolak atau berhenti tanpa dihukum?",
        "Could you refuse or stop without being punished?",
        YT,
        sealed="account",
        about_id="Bisakah ia menolak atau berhenti tanpa dihukum?",
        about_en="Could this person refuse or stop without being punished?",
    ),
    Item(
        "t_upah",
        Kind.SELECT_MULTIPLE,
        "Upah dan jam kerja",
        "Pay and hours",
        choices(
            ("tidak_dibayar", "Tidak dibayar", "Unpaid"),
            ("dipotong", "Dipotong", "Deducted"),
            ("ditahan", "Ditahan", "Withheld"),
            ("lebih_12_jam", "Lebih dari 12 jam", "Over 12 hours"),
            ("tanpa_libur", "Tanpa hari libur", "No rest day"),
            ("wajar", "Wajar", "Fair"),
            ("tidak_tahu", "Belum diketahui", "Not known"),
        ),
        sealed="finance",
    ),
    Item(
        "t_belum",
        Kind.TEXT,
        "Bila belum terjadi: apa tandanya akan terjadi?",
        "If it has not happened yet: what are the signs that it would?",
        shown_when=_not_yet_left,
        sealed="account",
        hint_id="Tujuan saja sudah cukup; tidak perlu menunggu terjadi.",
        hint_en="The purpose is enough; nobody has to wait for it to happen.",
    ),
)

_FLAGS: Final[tuple[Item, ...]] = (
    *_flag("f_remeh", "Agen meremehkan dokumen wajib?", "Agent belittled a required paper?"),
    *_flag(
        "f_berangkat",
        "Tetap berangkat walau tidak lengkap?",
        "Left though the papers were incomplete?",
    ),
    *_flag(
        "f_paspor",
        "Paspor jadi sangat cepat, sekitar tiga hari?",
        "Passport ready unusually fast, in about three days?",
    ),
    *_flag(
        "f_inbox",
        "Direkrut lewat pesan pribadi atau bertemu di kafe?",
        "Recruited by private message, or met in a café?",
    ),
    *_flag(
        "f_izin",
        "Perusahaan tidak punya atau tidak menunjukkan SIP3MI?",
        "No SIP3MI licence held or shown?",
        hint_id="UU 18/2017 ps 51.",
        hint_en="UU 18/2017 art. 51.",
    ),
    *_flag("f_gaji", "Gaji tak masuk akal atau tanpa kontrak?", "Unreal pay, or no contract?"),
    *_flag(
        "f_biaya",
        "Semua biaya dijadikan utang, atau utang fiktif ditandatangani?",
        "All costs turned into debt, or a fictitious debt signed?",
        sealed="finance",
    ),
    *_flag(
        "f_tampung",
        "Ditampung berminggu-minggu sebelum berangkat?",
        "Kept for weeks before leaving?",
    ),
    *_flag(
        "f_visa",
        "Berangkat dengan visa wisata atau ziarah?",
        "Left on a tourist or pilgrimage visa?",
        shown_when=_may_be_abroad,
        sealed="legal",
    ),
    *_flag(
        "f_laut",
        "Melaut tanpa pelatihan dan buku pelaut?",
        "At sea without training or a seaman's book?",
        shown_when=_at_sea,
    ),
    *_flag(
        "f_magang",
        "Magang atau beasiswa yang ternyata kerja?",
        "An internship or grant that turned out to be labour?",
    ),
)

PAPERS: Final[tuple[Item, ...]] = (
    _paper("d_kawin", "Surat keterangan status perkawinan", "Letter on marital status"),
    _paper(
        "d_izin",
        "Izin suami, istri, orang tua atau wali yang diketahui kepala desa",
        "Permission of spouse, parent or guardian, known to the village head",
    ),
    _paper("d_kompeten", "Sertifikat kompetensi", "Certificate of competence"),
    _paper(
        "d_sehat",
        "Surat sehat dan psikologi",
        "Health and psychology certificate",
        "Hanya ada atau tidak, tidak pernah isinya.",
        "Only whether it is there, never what it says.",
    ),
    _paper("d_paspor", "Paspor", "Passport", "Nomornya tidak dicatat di sini.", "No number here."),
    _paper("d_visa", "Visa kerja", "Work visa"),
    _paper("d_penempatan", "Perjanjian penempatan", "Placement agreement"),
    _paper("d_kontrak", "Perjanjian kerja", "Work contract"),
)
"""The papers UU 18/2017 art. 13 requires."""

_DETERMINATION: Final[tuple[Item, ...]] = (
    Item(
        "tetap",
        Kind.SELECT_ONE,
        "Penetapan resmi",
        "Official determination",
        choices(
            ("belum", "Belum ada", "None yet"),
            ("ditetapkan", "Ditetapkan sebagai korban", "Determined as victim"),
            ("tidak_ditetapkan", "Tidak ditetapkan", "Not determined"),
            ("diadili", "Sedang diadili", "In court"),
        ),
        sealed="legal",
        hint_id="Perbuatan pejabat berwenang; tidak pernah dihitung.",
        hint_en="An authority's act; never calculated.",
    ),
    Item(
        "tetap_oleh",
        Kind.SELECT_ONE,
        "Oleh siapa",
        "By whom",
        choices(
            ("penyidik", "Penyidik", "Investigator"),
            ("jaksa", "Jaksa", "Prosecutor"),
            ("pengadilan", "Pengadilan", "Court"),
            ("lpsk", "LPSK", "LPSK"),
            ("perwakilan", "Perwakilan RI", "Embassy"),
            ("negara_lain", "Otoritas negara lain", "Foreign authority"),
            ("gugus_tugas", "Gugus Tugas", "Task force"),
        ),
        shown_when=_authority_acted,
        sealed="legal",
    ),
    Item(
        "tetap_tgl",
        Kind.DATE,
        "Tanggal penetapan",
        "Date of the determination",
        shown_when=_authority_acted,
        sealed="legal",
    ),
)

ITEMS: Final[tuple[Item, ...]] = (
    *_ACT,
    *_MEANS,
    *_PURPOSE,
    *_FLAGS,
    *PAPERS,
    *_DETERMINATION,
)
"""All of rk02, the evidence companions of the red flags included."""
