"""The six classes of data a packet is built from, and what each level of a class lets through."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Self


class DataClass(StrEnum):
    """A class of data; the value is also the name of its vault class."""

    letter: str
    highest: int
    label_id: str
    label_en: str

    def __new__(cls, code: str, letter: str, highest: int, label_id: str, label_en: str) -> Self:
        """Make the member its code, carrying letter, highest level and names along."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.letter = letter
        member.highest = highest
        member.label_id = label_id
        member.label_en = label_en
        return member

    IDENTITY = ("identity", "I", 2, "Identitas", "Identity")
    CONTACT = ("contact", "C", 1, "Kontak", "Contact")
    LOCATION = ("location", "L", 2, "Tempat", "Location")
    ACCOUNT = ("account", "A", 3, "Cerita", "Account")
    HEALTH = ("health", "H", 2, "Kesehatan", "Health")
    LEGAL = ("legal", "G", 2, "Hukum", "Legal")


@dataclass(frozen=True, slots=True)
class Level:
    """One step of one class, with the words a person reads when she agrees to it."""

    data_class: DataClass
    level: int
    label_id: str
    label_en: str


_STEPS: Final[Mapping[DataClass, tuple[tuple[str, str], ...]]] = MappingProxyType(
    {
        DataClass.IDENTITY: (
            ("nama samaran dan kelompok usia", "pseudonym and age band"),
            (
                "nama panggilan, jenis kelamin, tahun lahir",
                "the called name, sex, year of birth",
            ),
            (
                "nama lengkap, tanggal lahir, NIK atau paspor",
                "full name, date of birth, NIK or passport",
            ),
        ),
        DataClass.CONTACT: (
            ("lewat pendamping pengirim", "through the sender's companion"),
            ("kontak aman dan aturannya", "the safe contact and its rules"),
        ),
        DataClass.LOCATION: (
            ("kabupaten atau kota", "regency or city"),
            ("titik temu", "a meeting point"),
            ("alamat rumah", "the home address"),
        ),
        DataClass.ACCOUNT: (
            ("tidak ada cerita", "nothing of the account"),
            ("dua baris netral: mengapa sekarang", "two neutral lines: why now"),
            (
                "ringkasan bertanggal tanpa rincian intim",
                "a dated summary without intimate detail",
            ),
            ("keterangannya sendiri yang direkam", "the person's own recorded statement"),
        ),
        DataClass.HEALTH: (
            ("tidak ada data kesehatan", "nothing on health"),
            (
                "keluhan, waktu sejak kejadian, obat, alergi, kebutuhan akses",
                "complaint, time since the event, medicine, allergy, access needs",
            ),
            ("temuan yang diperlukan layanan ini", "the findings this service needs"),
        ),
        DataClass.LEGAL: (
            ("tidak ada data hukum", "nothing legal"),
            ("status, nomor, izin ya atau tidak", "status, number, clearance yes or no"),
            (
                "dokumen dan daftar bukti dengan sidik digitalnya",
                "documents and the evidence list with its hashes",
            ),
        ),
    }
)

LEVELS: Final[tuple[Level, ...]] = tuple(
    Level(data_class, number, label_id, label_en)
    for data_class, steps in _STEPS.items()
    for number, (label_id, label_en) in enumerate(steps)
)
"""Every level of every class, lowest first."""


def describe_level(data_class: DataClass, level: int) -> Level:
    """The words for one level; raises `ValueError` for a level the class does not have."""
    for step in LEVELS:
        if step.data_class == data_class and step.level == level:
            return step
    raise ValueError(f"{data_class} has no level {level}")


@dataclass(frozen=True, slots=True)
class Levels:
    """One level for each class: a ceiling, a consent, or what a packet may hold.

    Written as in the design's table: ``Levels.parse("I1 L1 A1 H1")``; what is not named is 0.
    """

    identity: int = 0
    contact: int = 0
    location: int = 0
    account: int = 0
    health: int = 0
    legal: int = 0

    def __post_init__(self) -> None:
        """Refuse a level that its class does not have."""
        for data_class in DataClass:
            if not 0 <= self[data_class] <= data_class.highest:
                raise ValueError(f"{data_class} has no level {self[data_class]}")

    def __getitem__(self, data_class: DataClass) -> int:
        """The level of one class."""
        return {
            DataClass.IDENTITY: self.identity,
            DataClass.CONTACT: self.contact,
            DataClass.LOCATION: self.location,
            DataClass.ACCOUNT: self.account,
            DataClass.HEALTH: self.health,
            DataClass.LEGAL: self.legal,
        }[data_class]

    def __str__(self) -> str:
        """As in the table: ``I1 C0 L1 A1 H1 G0``."""
        return " ".join(f"{data_class.letter}{self[data_class]}" for data_class in DataClass)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the table's notation; raises `ValueError` for anything else."""
        letters = {data_class.letter: data_class for data_class in DataClass}
        values: dict[str, int] = {}
        for word in text.split():
            match = re.fullmatch(r"([A-Z])(\d)", word)
            if match is None or match[1] not in letters or letters[match[1]].value in values:
                raise ValueError(f"not a level: {word}")
            values[letters[match[1]].value] = int(match[2])
        return cls(**values)

    def meet(self, other: Levels) -> Levels:
        """The lower level in every class: what both allow."""
        return Levels(*(min(self[name], other[name]) for name in DataClass))

    def join(self, other: Levels) -> Levels:
        """The higher level in every class: what either allows."""
        return Levels(*(max(self[name], other[name]) for name in DataClass))

    def within(self, other: Levels) -> bool:
        """Whether no class stands higher here than there."""
        return all(self[name] <= other[name] for name in DataClass)


HIGHEST: Final = Levels(*(data_class.highest for data_class in DataClass))
"""The top level of every class; no service has it."""
