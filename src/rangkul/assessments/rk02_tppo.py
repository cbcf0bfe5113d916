"""rk02, trafficking screening: signs of act, means and purpose, so that protection starts early.

Three different things stay three fields: an *indication* is an answer, the *screening* is
calculated, the *determination* is an authority's act. No rule reads agreement (UU 21/2007 art. 26)
and no result says "not a victim": the presence or absence of indicators proves nothing either way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from rangkul.assessments.answers import Action, Answers, Check, Reason, as_fragment, join_reasons
from rangkul.assessments.instrument import Computed, Instrument, Item
from rangkul.assessments.instruments.block_h import CLOSING, OPENING, open_gates
from rangkul.assessments.instruments.rk02_items import ITEMS, PAPERS

Result = Literal[
    "indikasi_kuat", "indikasi_perlu_pendalaman", "belum_ada_indikasi", "belum_lengkap"
]

RESULT_LABELS: Final[Mapping[Result, tuple[str, str]]] = {
    "indikasi_kuat": ("Indikasi kuat", "Strong indication"),
    "indikasi_perlu_pendalaman": ("Indikasi, perlu pendalaman", "Indication, look deeper"),
    "belum_ada_indikasi": ("Belum ada indikasi", "No indication so far"),
    "belum_lengkap": ("Belum lengkap", "Not complete yet"),
}

_MEANS: Final = (
    ("c_tipu", "penipuan", "deception"),
    ("c_ancam", "ancaman", "threats"),
    ("c_keras", "kekerasan", "violence"),
    ("c_sekap", "penculikan atau penyekapan", "abduction or confinement"),
    ("c_palsu", "pemalsuan", "forgery"),
    ("c_utang", "penjeratan utang", "debt bondage"),
    ("c_bayar", "bayaran atau manfaat", "payment or benefit"),
)
_PAY_AS_PURPOSE: Final = (
    ("tidak_dibayar", "upah tidak dibayar", "wages unpaid"),
    ("ditahan", "upah ditahan", "wages withheld"),
)
_PAY_AS_WEAK: Final = (
    ("dipotong", "upah dipotong", "wages cut"),
    ("lebih_12_jam", "bekerja lebih dari 12 jam", "work of over 12 hours"),
    ("tanpa_libur", "tanpa hari libur", "no rest day"),
)
_PAPERS_TAKEN: Final = ("majikan", "agen", "disita")
_FORCED_CRIME: Final = ("penipuan_daring", "kejahatan_lain")

FLAG_NAMES: Final = tuple(
    item.name for item in ITEMS if item.name.startswith("f_") and not item.name.endswith("_b")
)
"""The red flags that are counted; their evidence companions are not."""

DEEPER_FROM_WEAK: Final = 2
"""As many weak signs of pay and hours ask for a deeper look; ours, untested."""

DEEPER_FROM_FLAGS: Final = 3
"""As many red flags ask for a deeper look; ours, untested."""


def _item(name: str) -> Item:
    return next(item for item in ITEMS if item.name == name)


def _chosen(
    answers: Answers, name: str, weight: str, before_id: str = "", before_en: str = ""
) -> tuple[Reason, ...]:
    """One reason for each chosen code, introduced by the same words."""
    choices = [_item(name).choice(code) for code in answers.many(name)]
    return tuple(
        Reason(
            (name,),
            weight,
            before_id + as_fragment(choice.label_id),
            before_en + as_fragment(choice.label_en),
        )
        for choice in choices
    )


def _pay(
    answers: Answers, weight: str, signs: tuple[tuple[str, str, str], ...]
) -> tuple[Reason, ...]:
    return tuple(
        Reason(("t_upah",), weight, text_id, text_en)
        for code, text_id, text_en in signs
        if answers.selected("t_upah", code)
    )


def act_reasons(answers: Answers) -> tuple[Reason, ...]:
    """Proses: recruitment, transport and the rest; *tidak ada* empties it."""
    if answers.selected("proses", "tidak_ada"):
        return ()
    return _chosen(answers, "proses", "proses")


def means_reasons(answers: Answers) -> tuple[Reason, ...]:
    """Cara: the means of UU 21/2007 art. 1, papers taken among them."""
    found = [
        Reason((name,), "cara", text_id, text_en)
        for name, text_id, text_en in _MEANS
        if answers.is_yes(name)
    ]
    if answers.selected("c_dokumen", *_PAPERS_TAKEN):
        found.append(Reason(("c_dokumen",), "cara", "dokumen dipegang orang lain", "papers taken"))
    return tuple(found)


def vulnerability_reasons(answers: Answers) -> tuple[Reason, ...]:
    """Posisi rentan: a circumstance made use of; alone it only asks for a deeper look."""
    if answers.selected("c_rentan", "tidak_ada"):
        return ()
    return _chosen(answers, "c_rentan", "rentan", "dimanfaatkan: ", "made use of: ")


def purpose_reasons(answers: Answers) -> tuple[Reason, ...]:
    """Tujuan: exploitation, or the signs that it would come."""
    found: list[Reason] = []
    if not answers.selected("t_bentuk", "belum_tahu", "tidak_ada"):
        found += _chosen(
            answers, "t_bentuk", "tujuan", "dipaksa atau direncanakan: ", "forced or planned: "
        )
    if answers.is_no("t_tolak"):
        found.append(
            Reason(("t_tolak",), "tujuan", "tidak bisa menolak atau berhenti", "could not stop")
        )
    found += _pay(answers, "tujuan", _PAY_AS_PURPOSE)
    if answers.given("t_belum"):
        found.append(
            Reason(("t_belum",), "tujuan", "ada tanda akan dieksploitasi", "signs of what would be")
        )
    return tuple(found)


def weak_reasons(answers: Answers) -> tuple[Reason, ...]:
    """Pay and hours that are poor without being theft."""
    return _pay(answers, "lemah", _PAY_AS_WEAK)


def flag_reasons(answers: Answers) -> tuple[Reason, ...]:
    """Red flags of recruitment."""
    return tuple(
        Reason(
            (name,),
            "bendera",
            as_fragment(_item(name).label_id),
            as_fragment(_item(name).label_en),
        )
        for name in FLAG_NAMES
        if answers.is_yes(name)
    )


def is_child(answers: Answers) -> bool:
    """Under 18 or perhaps so when first recruited: then no means are required."""
    return answers.selected("usia", "anak", "diduga_anak")


def missing(answers: Answers) -> tuple[str, ...]:
    """The items whose answers are still needed before "no indication so far" can be said."""
    wanting = {
        "usia": not answers.given("usia"),
        "proses": not answers.given("proses"),
        "c_dokumen": not answers.given("c_dokumen"),
        "c_utang": not answers.is_known("c_utang"),
        "c_sekap": not answers.is_known("c_sekap"),
        "t_tolak": not (answers.is_yes("t_tolak") or answers.selected("t_bentuk", "tidak_ada")),
        "t_bentuk": answers.selected("t_bentuk", "belum_tahu"),
    }
    return tuple(name for name, is_wanting in wanting.items() if is_wanting)


def screening_result(answers: Answers) -> Result:
    """What the indications add up to; what is not known never becomes "no indication"."""
    act, means, purpose = act_reasons(answers), means_reasons(answers), purpose_reasons(answers)
    if act and purpose and (means or is_child(answers)):
        return "indikasi_kuat"
    weak = len(weak_reasons(answers))
    if (
        purpose
        or (act and means)
        or (act and vulnerability_reasons(answers) and weak)
        or weak >= DEEPER_FROM_WEAK
        or len(flag_reasons(answers)) >= DEEPER_FROM_FLAGS
    ):
        return "indikasi_perlu_pendalaman"
    return "belum_lengkap" if missing(answers) else "belum_ada_indikasi"


INSTRUMENT: Final = Instrument(
    code="rk02_tppo",
    version="1",
    title_id="Penapisan perdagangan orang",
    title_en="Trafficking screening",
    items=(*OPENING, *ITEMS, *CLOSING),
    computed=(
        Computed("e_proses", lambda answers: int(bool(act_reasons(answers)))),
        Computed("e_cara", lambda answers: int(bool(means_reasons(answers)))),
        Computed("e_rentan", lambda answers: int(bool(vulnerability_reasons(answers)))),
        Computed("e_tujuan", lambda answers: int(bool(purpose_reasons(answers)))),
        Computed("lemah", lambda answers: len(weak_reasons(answers))),
        Computed("bendera", lambda answers: len(flag_reasons(answers))),
        Computed("anakrule", lambda answers: int(is_child(answers))),
        Computed("lengkap", lambda answers: int(not missing(answers))),
        Computed("hasil", screening_result),
    ),
    gates=open_gates,
)
"""rk02 whole; it begins only in private, in safety and with agreement to talk."""


@dataclass(frozen=True, slots=True)
class Screening:
    """What was calculated, with the reasons it rests on."""

    result: Result
    is_child_rule: bool
    missing: tuple[str, ...]
    sentence_id: str
    sentence_en: str


@dataclass(frozen=True, slots=True)
class Determination:
    """What an authority decided; blank where none has, and never the result of a calculation."""

    status: str
    by: str
    on: date | None


@dataclass(frozen=True, slots=True)
class Paper:
    """One required paper and its state; an empty state was not asked."""

    item: str
    label_id: str
    label_en: str
    state: str


@dataclass(frozen=True, slots=True)
class Screened:
    """A filled rk02: three fields that are never merged, the papers, and what to do."""

    indications: tuple[Reason, ...]
    screening: Screening
    determination: Determination
    papers: tuple[Paper, ...]
    flags: tuple[Reason, ...]
    actions: tuple[Action, ...]


def screen(answers: Answers) -> Screened:
    """Read a filled rk02."""
    result = screening_result(answers)
    causes = (
        *act_reasons(answers),
        *means_reasons(answers),
        *purpose_reasons(answers),
        *vulnerability_reasons(answers),
        *weak_reasons(answers),
    )
    indications = (*causes, *flag_reasons(answers))
    shown = indications if result.startswith("indikasi") else ()
    label_id, label_en = RESULT_LABELS[result]
    decided_on = answers.one("tetap_tgl")
    return Screened(
        indications=indications,
        screening=Screening(
            result=result,
            is_child_rule=is_child(answers),
            missing=missing(answers),
            sentence_id=join_reasons(label_id, shown, english=False),
            sentence_en=join_reasons(label_en, shown, english=True),
        ),
        determination=Determination(
            status=answers.one("tetap"),
            by=answers.one("tetap_oleh"),
            on=date.fromisoformat(decided_on) if decided_on else None,
        ),
        papers=tuple(
            Paper(item.name, item.label_id, item.label_en, answers.one(item.name))
            for item in PAPERS
            if item.is_shown(answers)
        ),
        flags=flag_reasons(answers),
        actions=_actions(answers, result),
    )


_SERVICES_NOW: Final = Action(
    "layanan_sekarang",
    "Layanan dimulai sekarang; tidak menunggu penetapan.",
    "Services start now; no determination is waited for.",
    timedelta(0),
    "local",
)
_ACTIONS: Final[Mapping[Result, tuple[Action, ...]]] = {
    "indikasi_kuat": (
        _SERVICES_NOW,
        Action(
            "lapor_polisi",
            "Bila dalam perawatan: laporan ke polisi dalam 24 jam, dijelaskan lebih dahulu.",
            "If under care: report to the police within 24 hours, explained beforehand.",
            timedelta(hours=24),
            "law",
            "PP 9/2008 ps 14(5)",
        ),
        Action(
            "lpsk_dan_hukum",
            "Jelaskan perlindungan LPSK, bantuan hukum dan restitusi.",
            "Explain protection by LPSK, legal aid and restitution.",
            timedelta(hours=24),
            "law",
            "UU 21/2007 ps 48–50",
        ),
        Action(
            "simpan_bukti",
            "Simpan HP, kontrak, tiket dan percakapan, dengan sidik digitalnya.",
            "Keep phone, contract, tickets and chats, with their hashes.",
            timedelta(hours=24),
            "law",
            "UU 21/2007 ps 29",
        ),
    ),
    "indikasi_perlu_pendalaman": (
        _SERVICES_NOW,
        Action(
            "bicara_lagi",
            "Bicara lagi setelah istirahat, 3 sampai 7 hari; "
            "bersama polisi atau BP3MI hanya bila ia setuju.",
            "Talk again after rest, in 3 to 7 days; with police or BP3MI only by consent.",
            timedelta(days=7),
            "local",
        ),
    ),
    "belum_ada_indikasi": (
        Action(
            "layanan_lanjut",
            "Layanan kekerasan dan ketenagakerjaan tetap berjalan.",
            "Services for violence and labour go on.",
            None,
            "local",
        ),
    ),
    "belum_lengkap": (
        Action(
            "lengkapi",
            "Layanan tetap berjalan; lengkapi setelah istirahat, 3 sampai 7 hari.",
            "Services go on; complete this after rest, in 3 to 7 days.",
            timedelta(days=7),
            "local",
        ),
    ),
}
_CHILD: Final = Action(
    "aturan_anak",
    "Usia anak saat direkrut: cara tidak disyaratkan; buka rk06.",
    "A child when recruited: no means are required; open rk06.",
    timedelta(hours=24),
    "unverified",
    "Protokol Palermo ps 3(c); UU 21/2007 ps 6",
)
_NOT_PUNISHED: Final = Action(
    "tidak_dipidana",
    "Dipaksa berbuat kejahatan: bantuan hukum sebelum bicara dengan polisi.",
    "Forced into a crime: legal aid before any talk with the police.",
    timedelta(hours=24),
    "law",
    "UU 21/2007 ps 18",
)


def _actions(answers: Answers, result: Result) -> tuple[Action, ...]:
    child = (_CHILD,) if is_child(answers) else ()
    crime = (_NOT_PUNISHED,) if answers.selected("t_bentuk", *_FORCED_CRIME) else ()
    return (*_ACTIONS[result], *child, *crime)


def checks(answers: Answers, *, born_a_child: bool = False) -> tuple[Check, ...]:
    """Answers that do not fit each other or the file.

    `born_a_child`: by the birth date on file the person was under 18 when recruited.
    """
    found: list[Check] = []
    if answers.is_yes("t_tolak") and answers.is_yes("c_sekap"):
        found.append(
            Check(
                "menolak_tetapi_disekap",
                ("t_tolak", "c_sekap"),
                "Bisa berhenti, tetapi dikurung. Tanyakan lagi dengan kata lain.",
                "Could stop, yet was confined. Ask again in other words.",
            )
        )
    if answers.selected("d_paspor", "tidak_ada") and answers.selected("c_dokumen", "sendiri"):
        found.append(
            Check(
                "paspor_tidak_ada_tetapi_dipegang",
                ("d_paspor", "c_dokumen"),
                "Paspor tidak ada, tetapi dokumen dipegang sendiri. Dokumen yang mana?",
                "There is no passport, yet the person holds the papers. Which papers?",
            )
        )
    if answers.selected("usia", "dewasa") and born_a_child:
        found.append(
            Check(
                "dewasa_tetapi_anak",
                ("usia",),
                "Tercatat dewasa, tetapi anak menurut tanggal lahir. Perlakukan sebagai anak.",
                "Entered as adult, yet a child by the birth date. Treat as a child.",
            )
        )
    if answers.selected("tetap", "ditetapkan") and not answers.given("tetap_oleh"):
        found.append(
            Check(
                "ditetapkan_tanpa_pejabat",
                ("tetap", "tetap_oleh"),
                "Ditetapkan, tetapi belum tertulis oleh siapa.",
                "Determined, yet by whom is not written.",
            )
        )
    found += [
        Check(
            "tidak_ada_bersama_lainnya",
            (name,),
            f"“Tidak ada” dipilih bersama jawaban lain pada “{_item(name).label_id}”.",
            f"“None” was chosen together with other answers in “{_item(name).label_en}”.",
        )
        for name in ("proses", "c_rentan", "t_bentuk")
        if answers.selected(name, "tidak_ada") and len(answers.many(name)) > 1
    ]
    return tuple(found)
