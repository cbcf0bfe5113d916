"""rk01, intake triage: what may happen in the next hours, the first clock, the sentence to say.

Single warning signs with published evidence (weapon, threats, strangulation, separation, stalking,
forced sex), not a scale; not validated for men, children or trafficking. The thresholds are ours
and untested: to be calibrated on how many *rendah* were harmed later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, Literal

from rangkul.assessments.answers import Action, Answers, Check, Reason, as_fragment, join_reasons
from rangkul.assessments.instrument import Computed, Instrument, Item, Kind, clean
from rangkul.assessments.instruments.block_h import CLOSING, OPENING
from rangkul.assessments.instruments.lists import YT, YTB
from rangkul.assessments.instruments.rk01_items import ITEMS
from rangkul.assessments.instruments.rk01_words import (
    ACTIONS,
    CORE,
    RED,
    RED_TOGETHER,
    SAYINGS,
    YELLOW,
    Flag,
    Saying,
)
from rangkul.reference.services import Mark

RiskLevel = Literal["rendah", "sedang", "tinggi"]

LEVELS: Final[tuple[RiskLevel, ...]] = ("rendah", "sedang", "tinggi")
"""Lowest first."""

LEVEL_LABELS: Final[Mapping[RiskLevel, tuple[str, str]]] = {
    "rendah": ("Rendah", "Low"),
    "sedang": ("Sedang", "Medium"),
    "tinggi": ("Tinggi", "High"),
}

HIGH_FROM_YELLOW: Final = 4
"""As many yellow answers weigh as much as one red; ours, untested."""

MEDIUM_FROM_DARK: Final = 3
"""As much not known is never *rendah*; ours, untested."""

FEAR_COUNTS_FROM: Final = 3
"""*Often* on the five steps of fear."""


def red_reasons(answers: Answers) -> tuple[Reason, ...]:
    """What alone calls for acting now."""
    single = [
        Reason((name,), "merah", text_id, text_en)
        for name, text_id, text_en in RED
        if answers.is_yes(name)
    ]
    if answers.selected("waktu_seksual", "kurang_72_jam"):
        single.append(
            Reason(
                ("waktu_seksual",),
                "merah",
                "kekerasan seksual kurang dari 72 jam lalu",
                "sexual violence under 72 hours ago",
            )
        )
    together = [
        Reason(names, "merah", text_id, text_en)
        for names, text_id, text_en in RED_TOGETHER
        if all(answers.is_yes(name) for name in names)
    ]
    return (*single, *together)


def yellow_reasons(answers: Answers) -> tuple[Reason, ...]:
    """What adds to the picture."""
    found = [
        Reason((name,), "kuning", text_id, text_en)
        for name, text_id, text_en in YELLOW
        if answers.is_yes(name)
    ]
    if answers.many("rentan"):
        item = INSTRUMENT.item("rentan")
        chosen = [item.choice(code) for code in answers.many("rentan")]
        found.append(
            Reason(
                ("rentan",),
                "kuning",
                "perlu perhatian khusus: " + ", ".join(as_fragment(c.label_id) for c in chosen),
                "needs special care: " + ", ".join(as_fragment(c.label_en) for c in chosen),
            )
        )
    if answers.given("takut") and int(answers.one("takut")) >= FEAR_COUNTS_FROM:
        found.append(
            Reason(("takut",), "kuning", "sangat takut 24 jam ke depan", "great fear for 24 hours")
        )
    return tuple(found)


def dark_reasons(answers: Answers) -> tuple[Reason, ...]:
    """What is not known: blank, unknown and declined alike."""
    return tuple(
        Reason((name,), "gelap", f"belum diketahui: {text_id}", f"not known: {text_en}")
        for name, text_id, text_en in CORE
        if not answers.is_known(name)
    )


def suggested_level(answers: Answers) -> RiskLevel:
    """The level the answers suggest; a person may raise it freely."""
    yellow = len(yellow_reasons(answers))
    if red_reasons(answers) or yellow >= HIGH_FROM_YELLOW:
        return "tinggi"
    if yellow or len(dark_reasons(answers)) >= MEDIUM_FROM_DARK:
        return "sedang"
    return "rendah"


_REASON_FOR_LOWER: Final = Item(
    "alasan_nilai",
    Kind.TEXT,
    "Alasan bila lebih rendah",
    "Reason, if lower",
    shown_when=lambda answers: answers.one("nilai_petugas") != suggested_level(answers),
    sealed="account",
    hint_id="Penyelia melihatnya dalam 24 jam; sampai itu tingkat yang lebih tinggi berlaku.",
    hint_en="A supervisor sees it within 24 hours; until then the higher level holds.",
)

_COMPUTED: Final = (
    Computed("merah", lambda answers: len(red_reasons(answers))),
    Computed("kuning", lambda answers: len(yellow_reasons(answers))),
    Computed("gelap", lambda answers: len(dark_reasons(answers))),
    Computed("saran", suggested_level),
)

INSTRUMENT: Final = Instrument(
    code="rk01_triase",
    version="1",
    title_id="Triase",
    title_en="Intake triage",
    items=(*OPENING, *ITEMS, _REASON_FOR_LOWER, *CLOSING),
    computed=_COMPUTED,
)
"""rk01 whole. It has no gates: danger is asked first, wherever the call comes from."""

TRIAGE: Final = Instrument(
    code="rk01_inti",
    version="1",
    title_id="Triase, inti",
    title_en="Triage, core",
    items=tuple(
        replace(item, choices=YTB) if item.choices == YT else item
        for item in ITEMS
        if item.starred or item.name == "waktu_seksual"
    ),
    computed=_COMPUTED,
)
"""What is asked while a report is taken: the starred core and the 72-hour window, same rule."""


def read_triage(raw: Mapping[str, Sequence[str]]) -> Answers:
    """The core's answers from a form that writes *belum_tahu* for what is not known yet.

    On items without that answer it means blank. Raises `AnswersUnreadable`.
    """
    sent: dict[str, list[str]] = {}
    for item in TRIAGE.items:
        known = "tidak_tahu" if item.choices == YTB else ""
        sent[item.name] = [
            known if value == "belum_tahu" else value for value in raw.get(item.name, ())
        ]
    return clean(TRIAGE, sent)


@dataclass(frozen=True, slots=True)
class FirstClock:
    """By when somebody must have answered this report."""

    within: timedelta
    mark: Mark
    source: str


CLOCKS: Final[Mapping[RiskLevel, FirstClock]] = {
    "tinggi": FirstClock(timedelta(minutes=15), "local", "default: at once"),
    "sedang": FirstClock(timedelta(hours=6), "local", "sippn 8202366"),
    "rendah": FirstClock(timedelta(hours=24), "unverified", ""),
}


@dataclass(frozen=True, slots=True)
class Triage:
    """The result of rk01: a level, the answers that caused it, and what to do first."""

    level: RiskLevel
    red: tuple[Reason, ...]
    yellow: tuple[Reason, ...]
    dark: tuple[Reason, ...]
    first_clock: FirstClock
    say_id: str
    say_en: str
    actions: tuple[Action, ...]
    contact_bans: tuple[str, ...]

    @property
    def causes(self) -> tuple[Reason, ...]:
        """The reasons that decided the level: red before yellow before what is not known."""
        if self.level == "rendah":
            return ()
        return self.red or self.yellow or self.dark

    @property
    def flags(self) -> frozenset[Flag]:
        """What is asked for besides the clock."""
        return frozenset(Flag(action.code) for action in self.actions)

    @property
    def ask_again(self) -> tuple[str, ...]:
        """The items of the core that are not known and return within six hours."""
        return tuple(reason.items[0] for reason in self.dark)

    @property
    def sentence_id(self) -> str:
        """*Tinggi, karena: pernah dicekik atau dibekap.*"""
        return join_reasons(LEVEL_LABELS[self.level][0], self.causes, english=False)

    @property
    def sentence_en(self) -> str:
        """*High, because: has been choked or smothered.*"""
        return join_reasons(LEVEL_LABELS[self.level][1], self.causes, english=True)


def triage(answers: Answers, *, source: str = "") -> Triage:
    """Judge the answers. `source` is who speaks (`h_sumber`); blank takes it from the answers."""
    level = suggested_level(answers)
    saying = _saying(answers, level)
    to_survivor = (source or answers.one("h_sumber")) in ("", "penyintas")
    return Triage(
        level=level,
        red=red_reasons(answers),
        yellow=yellow_reasons(answers),
        dark=dark_reasons(answers),
        first_clock=CLOCKS[level],
        say_id=saying.say_id if to_survivor else saying.about_id,
        say_en=saying.say_en if to_survivor else saying.about_en,
        actions=tuple(ACTIONS[flag] for flag in _raised(answers)),
        contact_bans=answers.many("larangan_kontak"),
    )


def _saying(answers: Answers, level: RiskLevel) -> Saying:
    """The most urgent sentence; what can still be prevented today stands first."""
    for name in ("bahaya_kini", "luka", "bunuh_diri", "terkurung"):
        if answers.is_yes(name):
            return SAYINGS[name]
    if answers.selected("waktu_seksual", "kurang_72_jam"):
        return SAYINGS["waktu_seksual"]
    return SAYINGS["cekik" if answers.is_yes("cekik") else level]


def _raised(answers: Answers) -> tuple[Flag, ...]:
    """The flags these answers raise, in the order of urgency."""
    raised = {
        Flag.CALL_EMERGENCY: answers.is_yes("bahaya_kini"),
        Flag.DOCTOR_NOW: answers.is_yes("luka"),
        Flag.MEDICAL_WINDOW: answers.selected("waktu_seksual", "kurang_72_jam"),
        Flag.CONTRACEPTION_WINDOW: answers.selected("waktu_seksual", "sampai_120_jam"),
        Flag.MEDICAL_CHECK: answers.is_yes("cekik"),
        Flag.NOT_ALONE: answers.is_yes("bunuh_diri"),
        Flag.ASK_SUICIDE_AGAIN: answers.selected("bunuh_diri", "menolak"),
        Flag.COMPANION_NOW: True,
        Flag.CHILD_RULE: answers.is_yes("anak_ada"),
        Flag.TRAFFICKING_SCREENING: bool(answers.many("tanda_tppo")),
        Flag.SAFE_CONTACT_ADVICE: answers.is_yes("menguntit"),
        Flag.OTHER_DESK: answers.is_yes("sindikat"),
        Flag.EXPLAIN_POLICE_DUTY: answers.selected("larangan_kontak", "hubungi_polisi"),
        Flag.ASK_AGAIN: bool(dark_reasons(answers)),
    }
    return tuple(flag for flag, is_raised in raised.items() if is_raised)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The worker's own judgement beside the suggestion; the higher of the two holds at once."""

    in_force: RiskLevel
    asked: RiskLevel | None
    is_lowering: bool
    reason_missing: bool


def judge(answers: Answers) -> Judgement:
    """Which level holds now. Lowering waits for a reason and a supervisor (24 h)."""
    suggested = suggested_level(answers)
    asked = next((level for level in LEVELS if level == answers.one("nilai_petugas")), None)
    if asked is None:
        return Judgement(suggested, None, is_lowering=False, reason_missing=False)
    is_lowering = LEVELS.index(asked) < LEVELS.index(suggested)
    return Judgement(
        in_force=suggested if is_lowering else asked,
        asked=asked,
        is_lowering=is_lowering,
        reason_missing=is_lowering and not answers.given("alasan_nilai"),
    )


def must_repeat(levels: Sequence[RiskLevel]) -> bool:
    """Whether triage is asked again at the next contact: until it was *rendah* twice running."""
    return tuple(levels[-2:]) != ("rendah", "rendah")


def checks(
    answers: Answers,
    *,
    came_alone: bool = False,
    child_named: bool = False,
    call_planned: bool = False,
) -> tuple[Check, ...]:
    """Answers that do not fit the report or the plan.

    `came_alone`: the report says the person came by herself; `child_named`: the report names a
    child; `call_planned`: the plan holds a telephone call.
    """
    found: list[Check] = []
    if answers.is_yes("terkurung") and came_alone:
        found.append(
            Check(
                "terkurung_tetapi_datang",
                ("terkurung",),
                "Ia datang sendiri, tetapi dijawab tidak bisa pergi. Mungkin ada yang menunggu.",
                "The person came alone, yet cannot leave. Someone may be waiting outside.",
            )
        )
    if answers.is_no("anak_ada") and child_named:
        found.append(
            Check(
                "anak_tetapi_tidak_ada",
                ("anak_ada",),
                "Laporan menyebut anak, tetapi dijawab tidak ada anak.",
                "The report names a child, yet the answer is that there is none.",
            )
        )
    if answers.selected("larangan_kontak", "telepon") and call_planned:
        found.append(
            Check(
                "telepon_dilarang",
                ("larangan_kontak",),
                "Ia meminta jangan ditelepon, tetapi rencana memuat telepon. Ganti caranya.",
                "The person asked not to be called, yet the plan holds a call. Choose another way.",
            )
        )
    return tuple(found)
