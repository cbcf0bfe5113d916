"""The notices never change: a basis that names a version must find the words that were said.

``notices.txt`` pins the hash of every version in every language; other words are another version,
in every language that the last one had.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from importlib.resources import files
from pathlib import Path

import pytest

from rangkul.consent import notice
from rangkul.consent.notice import Notice

PINNED = Path(__file__).with_name("notices.txt")
# UU 27/2022 art. 21(1), and what art. 22-24 want of it.
PARTS = {"legality", "purpose", "types", "retention", "duration", "rights"}
# [local] What a child of ten to twelve reads with ease; measured as words and letters.
MOST_WORDS, MEAN_WORDS, MEAN_LETTERS = 18, 11.5, 5.8

CODE = "notice-never-changes"
SENTENCE = (
    "The words that were said before somebody agreed are kept by version, language and hash; they "
    "tell all that art. 21 asks, in sentences that a child of ten to twelve can read."
)


def pinned() -> dict[tuple[str, str], str]:
    """(Version, language) → hash, as it was when the version went into use."""
    lines = (line.split() for line in PINNED.read_text().splitlines() if line)
    return {(version, language): digest for version, language, digest in lines}


def changed(found: Iterable[Notice], kept: dict[tuple[str, str], str]) -> list[str]:
    """Notices whose words are others than those that were pinned, and those that are not pinned."""
    return [
        f"{each.version}.{each.language}"
        for each in found
        if kept.get((each.version, each.language)) != each.hash
    ]


def hard_to_read(each: Notice) -> list[str]:
    """What of it a child of ten to twelve could not read: long sentences, many long words."""
    counts, letters = [], []
    for said in each.sentences:
        for sentence in re.split(r"(?<=[.?!])\s+", said.strip()):
            words = re.findall(r"[\w'-]+", sentence)
            counts.append(len(words))
            letters += [len(word) for word in words]
    faults = [f"a sentence of {n} words" for n in counts if n > MOST_WORDS]
    if sum(counts) / len(counts) > MEAN_WORDS:
        faults.append("sentences are long")
    if sum(letters) / len(letters) > MEAN_LETTERS:
        faults.append("words are long")
    return faults


def every() -> list[Notice]:
    """All that were ever in use."""
    return [notice.get_notice(language, version) for version, language in notice.versions()]


@pytest.mark.promise(CODE, chapter="consent", sentence=SENTENCE)
def test_no_notice_has_changed(figure: Callable[[str], None]) -> None:
    assert changed(every(), pinned()) == []
    assert set(pinned()) == set(notice.versions()), "a notice that was in use is gone"
    now = [notice.get_notice(language) for language in notice.languages()]
    assert {each.language for each in now} >= {"id", "en"}
    for each in now:
        assert set(each.parts) == PARTS
        assert all(each.parts.values())
        assert each.translated_by
        assert hard_to_read(each) == [], each.language
    figure(
        f"{len(pinned())} notices unchanged; {len(PARTS)} of {len(PARTS)} parts of art. 21 in "
        f"{len(now)} languages, no sentence over {MOST_WORDS} words"
    )


@pytest.mark.planted(CODE)
def test_planted_words_changed_without_a_version() -> None:
    folder = files("rangkul.consent") / "notices"
    raw = json.loads((folder / f"{notice.NOTICE_VERSION}.id.json").read_text(encoding="utf-8"))
    raw["parts"]["rights"][0] += " Kecuali kami perlu."
    assert changed([Notice.parse(json.dumps(raw))], pinned()) == [f"{notice.NOTICE_VERSION}.id"]


@pytest.mark.planted(CODE)
def test_planted_a_notice_in_the_words_of_a_law() -> None:
    said = (
        "Pemrosesan data pribadi dilaksanakan berdasarkan persetujuan eksplisit subjek data "
        "pribadi sebagaimana dimaksud dalam ketentuan peraturan perundang-undangan."
    )
    raw = {
        "version": "x", "language": "id", "translated_by": "x", "parts": {"legality": [said]},
    }  # fmt: skip
    assert len(hard_to_read(Notice.parse(json.dumps(raw)))) >= 2


def test_a_language_that_is_not_there_falls_back_to_indonesian() -> None:
    assert notice.get_notice("tet").language == "id"
    with pytest.raises(KeyError):
        notice.get_notice("id", "1999-1")
