"""The answer lists that several instruments share, and the short way to write down an item."""

from __future__ import annotations

from typing import Final

from rangkul.assessments.instrument import Choice

YT: Final = (
    Choice("ya", "Ya", "Yes"),
    Choice("tidak", "Tidak", "No"),
    Choice("tidak_tahu", "Belum tahu", "Not known"),
    Choice("menolak", "Tidak ingin menjawab", "Prefers not to say"),
)
"""Yes or no, with the two respectable ways of not answering."""

YTB: Final = YT[:3]
"""Yes, no, not known: what a triage call asks."""

DOK: Final = (
    Choice("ada", "Ada", "Present"),
    Choice("tidak_ada", "Tidak ada", "Absent"),
    Choice("dipalsukan", "Dipalsukan", "Falsified"),
    Choice("diabaikan", "Diabaikan agen", "Skipped by the agent"),
    Choice("tidak_tahu", "Belum diketahui", "Not known"),
)
"""The state of one required paper."""

SKALA: Final = (
    Choice("0", "Tidak sama sekali", "Not at all"),
    Choice("1", "Sedikit", "A little"),
    Choice("2", "Kadang-kadang", "Sometimes"),
    Choice("3", "Sering", "Often"),
    Choice("4", "Selalu", "Always"),
)
"""Five steps; the number is the step."""

TINGKAT: Final = (
    Choice("rendah", "Rendah", "Low"),
    Choice("sedang", "Sedang", "Medium"),
    Choice("tinggi", "Tinggi", "High"),
)
"""Levels of risk, lowest first."""

BUKTI: Final = (
    Choice("ucapan", "Diceritakan", "Said"),
    Choice("terlihat", "Terlihat", "Seen"),
    Choice("dokumen", "Ada dokumen", "Document"),
    Choice("pihak_lain", "Dari pihak lain", "Third party"),
)
"""What a red flag rests on."""


def choices(*triples: tuple[str, str, str]) -> tuple[Choice, ...]:
    """A list that one item alone uses."""
    return tuple(Choice(*triple) for triple in triples)
