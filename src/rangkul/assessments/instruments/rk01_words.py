"""What rk01 says: the fragments its reasons are made of, its flags, and the sentences to say now.

A sentence promises only what the person who says it can keep, so none names an hour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from rangkul.assessments.answers import Action

RED: Final = (
    ("bahaya_kini", "sedang atau akan segera disakiti", "being hurt now or about to be"),
    ("luka", "perlu dokter sekarang", "needs a doctor now"),
    ("senjata", "ada senjata atau ancaman memakainya", "a weapon, or the threat of one"),
    ("cekik", "pernah dicekik atau dibekap", "has been choked or smothered"),
    ("ancam_bunuh", "ada ancaman membunuh", "threats to kill"),
    ("terkurung", "dikurung atau tidak bisa pergi", "locked in or unable to leave"),
    ("bunuh_diri", "sedang memikirkan kematian", "is thinking of dying"),
)
"""Each *ya* alone means: act now."""

RED_TOGETHER: Final = (
    (
        ("anak_ada", "tinggal_pelaku"),
        "ada anak, dan serumah atau sekerja dengan terduga",
        "a child, and the same house or workplace as the suspect",
    ),
    (
        ("sindikat", "pelaku_tahu"),
        "ada jaringan yang tahu tempatnya",
        "a network that knows the place",
    ),
)
"""Both *ya* together mean: act now."""

YELLOW: Final = (
    ("tinggal_pelaku", "serumah atau sekerja dengan terduga", "same house or work as the suspect"),
    ("meningkat", "makin sering atau makin berat", "more frequent or worse"),
    ("anak_ada", "ada anak", "a child is involved"),
    ("pelaku_tahu", "tempatnya bisa ditemukan", "can be found"),
    ("berpisah", "baru pergi, berpisah atau melapor", "just left, separated or reported"),
    ("menguntit", "dibuntuti atau HP dipantau", "followed, or the phone watched"),
    ("sindikat", "lebih dari satu orang atau jaringan", "several people or a network"),
)
"""Each *ya* adds to the picture."""

CORE: Final = (
    ("bahaya_kini", "bahaya saat ini", "danger now"),
    ("senjata", "senjata", "a weapon"),
    ("cekik", "cekikan", "choking"),
    ("ancam_bunuh", "ancaman membunuh", "threats to kill"),
    ("terkurung", "bisa pergi atau tidak", "freedom to leave"),
    ("bunuh_diri", "keinginan mati", "a wish to die"),
    ("tinggal_pelaku", "serumah atau tidak", "living together"),
    ("anak_ada", "ada tidaknya anak", "whether there is a child"),
)
"""Not knowing one of these is never counted as safe."""


class Flag(StrEnum):
    """What a triage asks for besides its clock."""

    CALL_EMERGENCY = "panggil_darurat"
    DOCTOR_NOW = "dokter_sekarang"
    MEDICAL_WINDOW = "batas_72_jam"
    CONTRACEPTION_WINDOW = "batas_120_jam"
    MEDICAL_CHECK = "periksa_dokter"
    NOT_ALONE = "jangan_sendiri"
    ASK_SUICIDE_AGAIN = "tanya_ulang_bunuh_diri"
    COMPANION_NOW = "pendamping_sekarang"
    CHILD_RULE = "aturan_anak"
    TRAFFICKING_SCREENING = "rk02_24_jam"
    SAFE_CONTACT_ADVICE = "saran_kontak_aman"
    OTHER_DESK = "meja_lain"
    EXPLAIN_POLICE_DUTY = "jelaskan_kewajiban_lapor"
    ASK_AGAIN = "tanya_ulang"


_NOW: Final = timedelta(0)
ACTIONS: Final[Mapping[Flag, Action]] = {
    Flag(action.code): action
    for action in (
        Action(
            Flag.CALL_EMERGENCY,
            "Panggil 110 atau 112 dan tetap di telepon.",
            "Call 110 or 112 and stay on the line.",
            _NOW,
            "local",
        ),
        Action(
            Flag.DOCTOR_NOW,
            "Panggil 119 dan hubungi meja kesehatan.",
            "Call 119 and reach the health desk.",
            _NOW,
            "local",
        ),
        Action(
            Flag.MEDICAL_WINDOW,
            "Ke layanan kesehatan sekarang: pencegahan HIV paling lambat 72 jam. "
            "Tidak perlu laporan polisi lebih dahulu.",
            "To a health service now: HIV prevention works within 72 hours. "
            "No police report is needed first.",
            _NOW,
            "src",
            "WHO/UNFPA/UNHCR 2019",
        ),
        Action(
            Flag.CONTRACEPTION_WINDOW,
            "Kontrasepsi darurat mungkin sampai 120 jam: tawarkan layanan kesehatan sekarang.",
            "Emergency contraception may still help up to 120 hours: offer a health service now.",
            _NOW,
            "unverified",
        ),
        Action(
            Flag.MEDICAL_CHECK,
            "Sarankan pemeriksaan dokter, walau tidak ada bekas.",
            "Advise a medical check, even without marks.",
            timedelta(hours=24),
            "local",
        ),
        Action(
            Flag.NOT_ALONE,
            "Jangan tinggalkan sendiri; layanan kesehatan hari ini.",
            "Do not leave alone; health service today.",
            timedelta(hours=24),
            "local",
        ),
        Action(
            Flag.ASK_SUICIDE_AGAIN,
            "Tanyakan lagi dengan lembut apakah ia ingin mati.",
            "Ask again, gently, about a wish to die.",
            timedelta(hours=24),
            "local",
        ),
        Action(
            Flag.COMPANION_NOW,
            "Tunjuk pendamping sekarang.",
            "Assign a companion now.",
            _NOW,
            "local",
        ),
        Action(
            Flag.CHILD_RULE,
            "Ada anak: buka penilaian kepentingan terbaik (rk06); wali jangan ditanya di depannya.",
            "A child: open best interests (rk06); no guardian is asked in the child's presence.",
            timedelta(hours=24),
            "local",
        ),
        Action(
            Flag.TRAFFICKING_SCREENING,
            "Terdengar tanda perdagangan orang: penapisan rk02.",
            "Signs of trafficking were heard: screening rk02.",
            timedelta(hours=24),
            "local",
        ),
        Action(
            Flag.SAFE_CONTACT_ADVICE,
            "Beri saran kontak aman: HP mungkin dipantau.",
            "Give safe-contact advice: the phone may be watched.",
            _NOW,
            "local",
        ),
        Action(
            Flag.OTHER_DESK,
            "Tanyakan apakah aparat terlibat; bila ya, pilih meja lain.",
            "Ask whether officials are involved; if so, choose another desk.",
            _NOW,
            "local",
        ),
        Action(
            Flag.EXPLAIN_POLICE_DUTY,
            "Jelaskan kewajiban melapor dan bantuan hukum sebelum apa pun disampaikan ke polisi.",
            "Explain the duty to report and legal aid before anything goes to the police.",
            _NOW,
            "law",
            "UU 12/2022 ps 39–41; PP 9/2008 ps 14(5)",
        ),
        Action(
            Flag.ASK_AGAIN,
            "Tanyakan lagi yang belum diketahui.",
            "Ask again what is not known yet.",
            timedelta(hours=6),
            "local",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Saying:
    """The sentence to say now, to the survivor and to someone who reports for her."""

    say_id: str
    say_en: str
    about_id: str
    about_en: str


SAYINGS: Final[Mapping[str, Saying]] = {
    "bahaya_kini": Saying(
        "Saya tetap di sini bersama Anda. Bolehkah saya memanggil 110 atau 112 sekarang?",
        "I am staying here with you. May I call 110 or 112 now?",
        "Jaga keselamatan Anda juga. Kita panggil 110 atau 112 sekarang; tetaplah di telepon.",
        "Mind your own safety too. Let us call 110 or 112 now; please stay on the line.",
    ),
    "luka": Saying(
        "Kesehatan Anda yang utama. Kita panggil 119 sekarang; hal lain bisa menunggu.",
        "Your health comes first. Let us call 119 now; everything else can wait.",
        "Kita panggil 119 sekarang. Bisakah Anda menemani sampai bantuan tiba?",
        "Let us call 119 now. Can you stay until help is there?",
    ),
    "bunuh_diri": Saying(
        "Terima kasih sudah mengatakannya. Anda tidak sendiri; kami carikan teman sekarang juga.",
        "Thank you for telling me. You are not alone; we will find someone to be with you now.",
        "Tolong jangan tinggalkan orang itu sendiri; kami kirim bantuan kesehatan hari ini.",
        "Please do not leave this person alone; we will bring health care today.",
    ),
    "terkurung": Saying(
        "Kita cari jalan keluar yang aman bersama-sama. Jangan ambil risiko sendirian.",
        "We will find a safe way out together. Please take no risk on your own.",
        "Kita cari jalan keluar yang aman. Jangan masuk sendiri ke tempat itu.",
        "We will find a safe way out. Please do not go in there by yourself.",
    ),
    "waktu_seksual": Saying(
        "Ini bukan salah Anda. Ada layanan kesehatan yang paling menolong bila segera, "
        "tanpa laporan polisi. Boleh kami antar?",
        "This is not your fault. There is health care that helps most when it is soon, "
        "with no police report. May we take you there?",
        "Layanan kesehatan paling menolong bila segera, dan tidak perlu laporan polisi. "
        "Boleh kami hubungi lewat cara yang aman?",
        "Health care helps most when it is soon, and needs no police report. "
        "May we get in touch in a safe way?",
    ),
    "cekik": Saying(
        "Terima kasih sudah bercerita. Setelah dicekik sebaiknya diperiksa dokter, "
        "walau tidak ada bekas.",
        "Thank you for telling me. After being choked it is best to see a doctor, "
        "even without marks.",
        "Setelah dicekik orang perlu diperiksa dokter, walau tidak ada bekas. Kami bantu.",
        "After being choked a person needs a doctor, even without marks. We will help.",
    ),
    "tinggi": Saying(
        "Kami percaya Anda, dan kami bergerak sekarang. Anda tidak menghadapinya sendirian.",
        "We believe you, and we act now. You do not face this alone.",
        "Terima kasih sudah melapor. Kami bergerak sekarang, dan nama Anda kami jaga.",
        "Thank you for reporting. We act now, and we keep your name safe.",
    ),
    "sedang": Saying(
        "Terima kasih sudah bercerita. Kami menghubungi Anda lagi segera, "
        "dengan cara yang aman bagi Anda.",
        "Thank you for telling us. We will be in touch soon, in the way that is safe for you.",
        "Terima kasih. Tidak apa-apa bila belum semua Anda ketahui; kami segera melanjutkannya.",
        "Thank you. You need not know everything; we follow this up soon.",
    ),
    "rendah": Saying(
        "Terima kasih sudah menghubungi kami. Pendamping akan menghubungi Anda; "
        "bila keadaan berubah, hubungi kami kapan saja.",
        "Thank you for reaching us. A companion will be in touch; "
        "if anything changes, call us at any time.",
        "Terima kasih sudah peduli. Kami tindak lanjuti; bila ada yang berubah, kabari kami.",
        "Thank you for caring. We follow this up; if anything changes, let us know.",
    ),
}
