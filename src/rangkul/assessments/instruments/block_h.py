"""Block H, the opening and closing of every form: is it safe and private, and does she agree.

Before the first question the limits of confidentiality are said aloud: danger to life, a child,
and the duties to report. The person then chooses what to tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from rangkul.assessments.answers import Action, Answers
from rangkul.assessments.instrument import Item, Kind
from rangkul.assessments.instruments.lists import YT, choices

OPENING: Final[tuple[Item, ...]] = (
    Item(
        "h_privat",
        Kind.SELECT_ONE,
        "Apakah tempat ini tertutup dan tidak ada yang mendengar?",
        "Is this place private, with nobody listening?",
        YT,
        hint_id="Bila tidak, cari waktu lain; hanya pertanyaan inti triase yang boleh diteruskan.",
        hint_en="If not, find another time; only the core of triage may go on.",
    ),
    Item(
        "h_aman",
        Kind.SELECT_ONE,
        "Apakah aman bagi Anda untuk berbicara sekarang?",
        "Is it safe for you to talk now?",
        YT,
        hint_id="Bila tidak, sepakati waktu yang aman lalu akhiri.",
        hint_en="If not, agree on a safe time and end.",
    ),
    Item(
        "h_sumber",
        Kind.SELECT_ONE,
        "Siapa yang memberi keterangan?",
        "Who gives the information?",
        choices(
            ("penyintas", "Penyintas", "Survivor"),
            ("pelapor", "Pelapor", "Reporter"),
            ("keluarga", "Keluarga", "Family"),
            ("petugas", "Petugas", "Official"),
            ("berkas", "Berkas yang sudah ada", "Existing file"),
        ),
    ),
    Item(
        "h_cara",
        Kind.SELECT_ONE,
        "Cara bertemu",
        "How you meet",
        choices(
            ("tatap_muka", "Tatap muka", "In person"),
            ("telepon", "Telepon", "Phone"),
            ("pesan", "Pesan", "Chat"),
            ("kunjungan", "Kunjungan", "Visit"),
            ("berkas", "Dari berkas", "Desk work"),
        ),
    ),
    Item(
        "h_bahasa",
        Kind.TEXT,
        "Bahasa apa yang paling nyaman bagi Anda?",
        "Which language is most comfortable for you?",
        sealed="contact",
        limit=80,
    ),
    Item(
        "h_jurubahasa",
        Kind.SELECT_ONE,
        "Siapa juru bahasanya?",
        "Who interprets?",
        choices(
            ("tidak_perlu", "Tidak perlu", "None needed"),
            ("terlatih", "Juru bahasa terlatih", "Trained"),
            ("isyarat", "Bahasa isyarat", "Sign language"),
            ("keluarga", "Keluarga", "Relative"),
            ("pihak_pelaku", "Orang dari pihak terduga", "Linked to the suspect"),
        ),
        hint_id="Keluarga atau orang dari pihak terduga tidak menerjemahkan: cari yang lain.",
        hint_en="No relative and nobody of the suspect's side interprets: find someone else.",
    ),
    Item(
        "h_penanya",
        Kind.SELECT_ONE,
        "Anda lebih nyaman dengan petugas perempuan, laki-laki, atau sama saja?",
        "Would you rather talk with a woman, a man, or either?",
        choices(
            ("perempuan", "Perempuan", "Woman"),
            ("laki_laki", "Laki-laki", "Man"),
            ("sama_saja", "Sama saja", "Either"),
        ),
    ),
    Item(
        "h_setuju",
        Kind.SELECT_ONE,
        "Saya sudah jelaskan tujuan, kerahasiaan dan batasnya. Bolehkah kita mulai?",
        "I have explained the purpose, confidentiality and its limits. May we begin?",
        YT,
        hint_id="Batasnya: bahaya bagi nyawa, anak, dan kewajiban melapor. Ia memilih ceritanya.",
        hint_en="Limits: danger to life, a child, duties to report. Each chooses what to tell.",
    ),
)

CLOSING: Final[tuple[Item, ...]] = (
    Item(
        "h_berhenti",
        Kind.SELECT_ONE,
        "Mengapa berhenti?",
        "Why did you stop?",
        choices(
            ("selesai", "Selesai", "Finished"),
            ("lelah", "Lelah", "Tired"),
            ("tidak_aman", "Tidak aman", "Unsafe"),
            ("diminta", "Diminta berhenti", "Asked to stop"),
            ("darurat", "Darurat", "Emergency"),
        ),
    ),
    Item(
        "h_kondisi_akhir",
        Kind.SELECT_ONE,
        "Keadaan orang saat berpisah",
        "How the person was on parting",
        choices(
            ("tenang", "Tenang", "Calm"),
            ("gelisah", "Gelisah", "Uneasy"),
            ("perlu_teman", "Perlu ditemani", "Needs company"),
        ),
        sealed="health",
    ),
)


class Verdict(StrEnum):
    """What the opening allows."""

    GO_ON = "lanjut"
    CORE_ONLY = "inti_saja"
    FIND_INTERPRETER = "cari_juru_bahasa"
    SAFE_TIME = "waktu_aman"
    END_KINDLY = "akhiri_baik"


@dataclass(frozen=True, slots=True)
class Gate:
    """The opening's verdict and the sentence to say with it."""

    verdict: Verdict
    say_id: str
    say_en: str


_GATES: Final[dict[Verdict, Gate]] = {
    gate.verdict: gate
    for gate in (
        Gate(
            Verdict.GO_ON,
            "Terima kasih. Anda boleh berhenti atau melewati pertanyaan kapan saja.",
            "Thank you. You may stop or skip a question at any time.",
        ),
        Gate(
            Verdict.CORE_ONLY,
            "Di sini ada yang bisa mendengar. Kita bahas keselamatan dulu, sisanya nanti berdua.",
            "Someone may hear us here. Let us speak of safety first, the rest later in private.",
        ),
        Gate(
            Verdict.FIND_INTERPRETER,
            "Kami carikan juru bahasa lain supaya Anda bebas bercerita.",
            "We will find another interpreter, so that you can speak freely.",
        ),
        Gate(
            Verdict.SAFE_TIME,
            "Keselamatan Anda lebih penting. Kapan dan bagaimana aman bagi kami menghubungi Anda?",
            "Your safety comes first. When and how is it safe for us to reach you?",
        ),
        Gate(
            Verdict.END_KINDLY,
            "Tidak apa-apa. Ini cara menghubungi kami; pintu ini selalu terbuka bagi Anda.",
            "That is all right. Here is how to reach us; this door stays open to you.",
        ),
    )
}


def _is_desk_work(answers: Answers) -> bool:
    return answers.one("h_cara") == "berkas" or answers.one("h_sumber") == "berkas"


def open_gates(answers: Answers) -> tuple[str, ...]:
    """The gates still unanswered before a talk; work on a file meets nobody and has none."""
    if _is_desk_work(answers):
        return ()
    return tuple(name for name in ("h_privat", "h_aman", "h_setuju") if not answers.given(name))


def gate(answers: Answers) -> Gate:
    """What may follow; safety is asked before language, language before agreement."""
    if _is_desk_work(answers):
        return _GATES[Verdict.GO_ON]
    if answers.is_no("h_aman"):
        return _GATES[Verdict.SAFE_TIME]
    if answers.selected("h_jurubahasa", "keluarga", "pihak_pelaku"):
        return _GATES[Verdict.FIND_INTERPRETER]
    if answers.given("h_setuju") and not answers.is_yes("h_setuju"):
        return _GATES[Verdict.END_KINDLY]
    if answers.is_no("h_privat"):
        return _GATES[Verdict.CORE_ONLY]
    return _GATES[Verdict.GO_ON]


def parting(answers: Answers) -> tuple[Action, ...]:
    """What the way of parting asks for."""
    actions: list[Action] = []
    if answers.selected("h_berhenti", "tidak_aman", "darurat"):
        actions.append(
            Action(
                "ulangi_triase",
                "Percakapan terputus karena bahaya: lakukan triase sekarang.",
                "The talk broke off in danger: run triage now.",
                timedelta(0),
                "local",
            )
        )
    if answers.selected("h_kondisi_akhir", "perlu_teman"):
        actions.append(
            Action(
                "temani_sekarang",
                "Ia perlu ditemani: hadirkan pendamping sekarang.",
                "The person needs company: bring a companion now.",
                timedelta(0),
                "local",
            )
        )
    return tuple(actions)
