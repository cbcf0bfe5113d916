"""The legal bases a packet may rest on, their articles, and how little each lets through.

UU 27/2022 art. 20(2): (a) explicit consent, (c) legal duty, (d) vital interest, (e) public task.
Contract (b) and legitimate interest (f) are not offered. Everything but consent also demands: why
consent was not possible or not decisive, telling the person before or within 24 hours where that
is safe, and a supervisor's review within 24 hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final, Self

from rangkul.reference.services import Mark
from rangkul.referrals.ceilings.levels import Levels


class Basis(StrEnum):
    """A legal basis by its code in the list `dasar_hukum`, with its letter in UU 27/2022."""

    letter: str
    label_id: str
    label_en: str

    def __new__(cls, code: str, letter: str, label_id: str, label_en: str) -> Self:
        """Make the member its code, carrying its letter and names along."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.letter = letter
        member.label_id = label_id
        member.label_en = label_en
        return member

    @classmethod
    def of_letter(cls, letter: str) -> Self:
        """The basis with this letter; raises `ValueError` for one that is not offered."""
        for basis in cls:
            if basis.letter == letter:
                return basis
        raise ValueError(f"no basis ({letter}) is offered")

    CONSENT = ("persetujuan", "a", "Persetujuan", "Consent")
    LEGAL_DUTY = ("kewajiban_hukum", "c", "Kewajiban hukum", "Legal duty")
    VITAL_INTEREST = ("kepentingan_vital", "d", "Kepentingan vital", "Vital interest")
    PUBLIC_TASK = ("kepentingan_umum", "e", "Tugas kepentingan umum", "Public task")


@dataclass(frozen=True, slots=True)
class Article:
    """One article a sender can name, by its code in the list `dasar_pasal`, which holds its words.

    The list is closed so that no one argues freely.
    """

    code: str
    citation: str
    mark: Mark


VITAL: Final = Article("uu27_2022_20_d", "UU 27/2022 ps 20(2)(d)", "law")
INVESTIGATOR: Final = Article("uu12_2022_24", "UU 12/2022 ps 24(3)", "law")
SEXUAL_VIOLENCE_REPORT: Final = Article("uu12_2022_39", "UU 12/2022 ps 39–41", "law")
TRAFFICKING_REPORT: Final = Article("pp9_2008_14", "PP 9/2008 ps 14(5)", "law")
PROTECTION_REQUEST: Final = Article("uu12_2022_42", "UU 12/2022 ps 42–45", "law")
RETURN: Final = Article("pp9_2008_17", "PP 9/2008 ps 17", "law")
PROTECTION_AT_ORIGIN: Final = Article("pp9_2008_19", "PP 9/2008 ps 19", "law")
REHABILITATION: Final = Article("uu21_2007_51", "UU 21/2007 ps 51–54", "law")
CHILD: Final = Article("uu35_2014_59", "UU 35/2014 ps 59", "unverified")

REDUCED: Final = Levels.parse("I1 C0 L1 A1 H1 G1")
"""What any basis but consent lets through unless the duty itself says more.

The design names I1 A1 C0 H1; for the two classes it leaves open we take the step that names no
home and carries no paper: a meeting point, a status.
"""

REVIEW_WITHIN: Final = timedelta(hours=24)
"""By when a supervisor looks at a packet sent on another basis than consent."""

PACKET_ENDS_AFTER_OUTCOME: Final = timedelta(days=30)
"""[local] How long an answered packet can still be opened, unless its consent ends sooner."""


@dataclass(frozen=True, slots=True)
class BasisOption:
    """One basis other than consent that a service accepts.

    `levels` is its ceiling before the service's own is applied. `raises` marks the rare option
    that lets more through than consent would: the row says so itself.
    """

    basis: Basis
    articles: tuple[Article, ...]
    condition_id: str
    condition_en: str
    levels: Levels = REDUCED
    child_only: bool = False
    raises: bool = False


GUARDIAN_EXCLUDED: Final[tuple[BasisOption, ...]] = (
    BasisOption(
        Basis.VITAL_INTEREST,
        (VITAL,),
        "Wali belum dinyatakan aman; wali pengganti disebutkan.",
        "The guardian is not known to be safe; a substitute is named.",
        child_only=True,
    ),
    BasisOption(
        Basis.LEGAL_DUTY,
        (CHILD,),
        "Wali belum dinyatakan aman; wali pengganti disebutkan.",
        "The guardian is not known to be safe; a substitute is named.",
        child_only=True,
    ),
)
"""While the guardian may be a suspect he is not asked for consent: for a child these two remain."""
