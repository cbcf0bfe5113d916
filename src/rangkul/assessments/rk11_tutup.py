"""rk11, closing: whether a case may end, and what still stands in the way.

A survivor's wish to stop is honoured whatever the risk; the supervisor only makes sure that it is
hers and not the suspect's. A case never ends for silence alone. Re-opening keeps everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from rangkul.assessments.answers import Answers, Reason, join_reasons
from rangkul.assessments.instrument import Computed, Instrument
from rangkul.assessments.instruments.block_h import CLOSING, OPENING, open_gates
from rangkul.assessments.instruments.rk11_items import ITEMS

Advice = Literal["putusan_penyelia", "dapat_ditutup", "belum"]

ADVICE_LABELS: Final[Mapping[Advice, tuple[str, str]]] = {
    "putusan_penyelia": ("Penyelia yang memutuskan", "The supervisor decides"),
    "dapat_ditutup": ("Dapat ditutup", "May be closed"),
    "belum": ("Belum dapat ditutup", "Not to be closed yet"),
}

ATTEMPTS_NEEDED: Final = 3
"""[local] Ways tried in vain before a person counts as no longer reachable."""

SEARCH_DAYS_NEEDED: Final = 90
"""[local] Days over which they were tried."""

_SUPERVISOR: Final = ("meninggal", "ganda", "permintaan", "tak_terhubung")

_WANTING: Final = (
    ("ulang", "ya", "belum ada asesmen ulang dalam 30 hari", "no re-assessment within 30 days"),
    (
        "risiko",
        "rendah",
        "risiko terakhir belum rendah: penyelia menulis alasannya",
        "the last risk is not low: the supervisor gives the reason",
    ),
    (
        "rujuk",
        "ya",
        "masih ada rujukan yang belum dijawab",
        "a referral is still without an answer",
    ),
    ("hak", "ya", "hak belum dijelaskan dan ditawarkan", "rights are not told and offered yet"),
    (
        "kendali",
        "ya",
        "ia belum merasa siap: layanan diteruskan",
        "the person does not feel ready yet: services go on",
    ),
    (
        "hukum",
        "ya",
        "perkara atau restitusi belum ada pemegangnya",
        "nobody holds the case or restitution yet",
    ),
)
"""Item, the answer that closing needs, and what stands in the way without it."""


@dataclass(frozen=True, slots=True)
class Search:
    """How a person who cannot be reached was looked for."""

    attempts: int
    days: int

    @property
    def is_enough(self) -> bool:
        """Three ways over ninety days."""
        return self.attempts >= ATTEMPTS_NEEDED and self.days >= SEARCH_DAYS_NEEDED


@dataclass(frozen=True, slots=True)
class Closing:
    """What rk11 advises. `blocking` must be mended first; `to_weigh` is for the supervisor."""

    advice: Advice
    blocking: tuple[Reason, ...]
    to_weigh: tuple[Reason, ...]
    is_approved: bool

    @property
    def may_close(self) -> bool:
        """Whether the case may be closed now: nothing blocks and the supervisor signed."""
        return self.advice != "belum" and not self.blocking and self.is_approved

    @property
    def sentence_id(self) -> str:
        """*Belum dapat ditutup, karena: masih ada rujukan yang belum dijawab.*"""
        return join_reasons(ADVICE_LABELS[self._shown][0], self.blocking, english=False)

    @property
    def sentence_en(self) -> str:
        """*Not to be closed yet, because: a referral is still without an answer.*"""
        return join_reasons(ADVICE_LABELS[self._shown][1], self.blocking, english=True)

    @property
    def _shown(self) -> Advice:
        return "belum" if self.blocking else self.advice


def advice(answers: Answers) -> Advice:
    """What the declared rule says, whether or not a supervisor has signed."""
    if answers.selected("sebab", *_SUPERVISOR):
        return "putusan_penyelia"
    return "belum" if _wanting(answers) else "dapat_ditutup"


INSTRUMENT: Final = Instrument(
    code="rk11_tutup",
    version="1",
    title_id="Pengakhiran",
    title_en="Closing",
    items=(*OPENING, *ITEMS, *CLOSING),
    computed=(Computed("saran", advice),),
    gates=open_gates,
)
"""rk11 whole; filled from the file (a death, a duplicate) it has no gates."""


def close(answers: Answers, *, search: Search | None = None) -> Closing:
    """Read a filled rk11. `search` says how someone no longer reachable was looked for."""
    advised = advice(answers)
    blocking: list[Reason] = []
    if not answers.given("sebab"):
        blocking.append(
            Reason(("sebab",), "halangan", "alasan belum dipilih", "no reason is chosen yet")
        )
    if answers.selected("sebab", "tak_terhubung") and (search is None or not search.is_enough):
        blocking.append(
            Reason(
                ("sebab",),
                "halangan",
                f"perlu {ATTEMPTS_NEEDED} upaya selama {SEARCH_DAYS_NEEDED} hari",
                f"{ATTEMPTS_NEEDED} attempts over {SEARCH_DAYS_NEEDED} days are needed",
            )
        )
    if advised == "belum":
        blocking += _wanting(answers)
    return Closing(
        advice=advised,
        blocking=tuple(blocking),
        to_weigh=_to_weigh(answers) if advised == "putusan_penyelia" else (),
        is_approved=answers.selected("tutup_ok", "setuju"),
    )


def _wanting(answers: Answers) -> tuple[Reason, ...]:
    return tuple(
        Reason((name,), "halangan", text_id, text_en)
        for name, needed, text_id, text_en in _WANTING
        if answers.one(name) != needed
    )


def _to_weigh(answers: Answers) -> tuple[Reason, ...]:
    """What the supervisor looks at where the rule leaves the decision to her."""
    if answers.selected("sebab", "ganda"):
        return ()
    if answers.selected("sebab", "meninggal"):
        return (
            Reason(
                ("sebab",),
                "pertimbangan",
                "kematian ditinjau bersama, tanpa mencari siapa yang salah",
                "a death is reviewed together, without looking for whom to blame",
            ),
        )
    hers = (
        Reason(
            ("sebab",),
            "pertimbangan",
            "pastikan ini keinginannya sendiri, bukan tekanan terduga",
            "make sure this is the person's own wish and not the suspect's pressure",
        ),
    )
    return (*(hers if answers.selected("sebab", "permintaan") else ()), *_wanting(answers))
