"""What is said before the survivor agrees, in fixed words, and how it was said and understood.

UU 27/2022 art. 21: legality, purpose, types of data, retention, duration, rights; art. 22–24: in
plain words, recorded, provable with its notice. The words stand in `notices/VERSION.LANGUAGE.json`
and never change: other words are another version. A basis keeps version, language and hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, Self

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rangkul.consent.deciding import DECIDERS as GIVEN_BY
from rangkul.consent.deciding import GUARDIAN, LAW, PROXY, SURVIVOR

__all__ = [
    "CURRENT", "GIVEN_BY", "GUARDIAN", "LAW", "MANNERS", "NOTICE_VERSION", "PARTS", "PROXY",
    "SURVIVOR", "TEACH_BACK", "TOLD_HOW", "Notice", "get_notice", "languages", "versions",
]  # fmt: skip

NOTICE_VERSION: Final = "2026-2"
CURRENT: Final = NOTICE_VERSION
_FALLBACK: Final = "id"

PARTS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "legality": _("May we?"),
        "purpose": _("What is it for?"),
        "types": _("What will they know?"),
        "retention": _("How is it kept?"),
        "duration": _("For how long?"),
        "rights": _("What may you always do?"),
    }
)
"""The six things that art. 21(1) wants told, each as a question that she might ask."""

MANNERS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "lisan": _("Spoken"),
        "tertulis": _("Written and signed"),
        "isyarat": _("In sign language or by gesture"),
        "telepon": _("By telephone"),
    }
)
"""How consent was given."""

TOLD_HOW: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "dibacakan": _("Read out"),
        "dibaca": _("Read by the person alone"),
        "juru_bahasa": _("Through an interpreter"),
    }
)
"""How the notice reached her."""

TEACH_BACK: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "siapa": _("who will be told"),
        "apa": _("what they will know"),
        "untuk_apa": _("what it is for"),
        "cabut": _("that it can be taken back"),
        "tolak": _("that no is a good answer too"),
    }
)
"""What she said in her own words, when asked to tell what was agreed."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One version in one language: part → sentences, and who put it into that language."""

    version: str
    language: str
    translated_by: str
    parts: Mapping[str, tuple[str, ...]]
    hash: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """From the words of a data file; the hash covers all of them."""
        raw: dict[str, Any] = json.loads(text)
        canonical = json.dumps(raw, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return cls(
            version=raw["version"], language=raw["language"], translated_by=raw["translated_by"],
            parts=MappingProxyType({name: tuple(said) for name, said in raw["parts"].items()}),
            hash=hashlib.sha256(canonical.encode()).hexdigest(),
        )  # fmt: skip

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of it, in the order in which it is read out."""
        return tuple(sentence for said in self.parts.values() for sentence in said)


@cache
def _all() -> Mapping[tuple[str, str], Notice]:
    folder = files("rangkul.consent") / "notices"
    found = [
        Notice.parse(each.read_text(encoding="utf-8"))
        for each in folder.iterdir()
        if each.name.endswith(".json")
    ]
    return MappingProxyType({(each.version, each.language): each for each in found})


def versions() -> tuple[tuple[str, str], ...]:
    """(Version, language) of every notice that was ever in use, sorted."""
    return tuple(sorted(_all()))


def languages(version: str = NOTICE_VERSION) -> tuple[str, ...]:
    """The languages that a version has been put into, Indonesian first."""
    found = [language for each, language in _all() if each == version]
    return tuple(sorted(found, key=lambda language: (language != _FALLBACK, language)))


def get_notice(language: str, version: str = NOTICE_VERSION) -> Notice:
    """The notice in this language, else in Indonesian. Raises ``KeyError`` for no such version."""
    found = _all()
    return found.get((version, language)) or found[(version, _FALLBACK)]
