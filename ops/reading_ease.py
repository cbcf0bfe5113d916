"""Measures how easy the public's pages are to read, and prints each page's figures.

    .venv/bin/rangkul run &
    .venv/bin/python ops/reading_ease.py http://127.0.0.1:8000

The same measures hold the pages in ``tests/contracts/test_reading_ease.py``. What is measured is
what a visitor sees: the rendered page, not the catalogue.

* LIX (Björnsson, *Läsbarhet*, 1968): words per sentence + share of words of more than six letters.
  It counts letters, not syllables, and has been used across languages since (Anderson, *Lix and
  Rix: Variations on a Little-known Readability Index*, Journal of Reading 26, 1983). Indonesian
  builds with prefixes and suffixes, so its words are longer than English ones of the same ease:
  its bar is our own [local], between plain speech and the sentence of a statute.
* For English besides the Flesch–Kincaid grade (Kincaid and others, Navy report 8-75, 1975).
* No sentence is longer than ``LONGEST`` words, and none of the words of ``HARD`` is used.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from http.client import HTTPConnection
from typing import Final
from urllib.parse import urlencode, urlsplit

LONGEST: Final = 25
"""Words in one sentence, at most (as GOV.UK's guidance on content asks)."""
BARS: Final[Mapping[str, float]] = {"id": 40, "en": 30}
"""LIX of a page, at most: up to 30 is very easy, 40 a plain newspaper, 60 a statute."""
GRADE: Final = 6.0
"""Flesch–Kincaid grade of an English page, at most: readable after six years of school."""
FEWEST: Final = 60
"""Words in sentences that a page must have before an average says anything."""

HARD: Final[Mapping[str, Mapping[str, str]]] = {
    "id": {
        "advokasi": "pendampingan", "akomodasi": "tempat tinggal", "asesmen": "penilaian",
        "diimplementasikan": "dijalankan", "diklarifikasi": "ditanyakan", "efektif": "berhasil",
        "eksploitasi": "diperas", "fasilitasi": "bantuan", "identifikasi": "mencari tahu",
        "implementasi": "pelaksanaan", "indikasi": "tanda", "instansi": "lembaga",
        "instrumen": "daftar tanya", "intervensi": "pertolongan", "kapasitas": "tempat",
        "klarifikasi": "penjelasan", "klien": "orang", "kompetensi": "kemampuan kerja",
        "komprehensif": "lengkap", "konseling": "teman bicara", "koordinasi": "bekerja sama",
        "kronologis": "urutan kejadian", "mekanisme": "cara", "mitigasi": "mencegah",
        "monitoring": "memantau", "optimal": "baik", "otentikasi": "cek", "parameter": "ukuran",
        "prosedur": "cara", "rehabilitasi": "pemulihan", "reintegrasi": "kembali hidup biasa",
        "relevan": "perlu", "signifikan": "besar", "stakeholder": "pihak", "terminasi": "selesai",
        "trafficking": "perdagangan orang", "validasi": "cek", "verifikasi": "cek",
        "viktimisasi": "disakiti lagi", "sehubungan": "soal", "tersebut": "itu",
        "merupakan": "adalah", "melakukan": "(kata kerjanya langsung)",
    },
    "en": {
        "accordance": "by", "accordingly": "so", "additional": "more", "advise": "tell",
        "aforementioned": "this", "assessment": "look", "assistance": "help", "commence": "begin",
        "competent": "able", "endeavour": "try", "exploitation": "use", "facilitate": "help",
        "furthermore": "and", "henceforth": "from now on", "hereby": "(leave out)",
        "implement": "do", "indicate": "say", "individual": "person", "initiate": "begin",
        "intervention": "help", "modality": "way", "notwithstanding": "despite",
        "obtain": "get", "perpetrator": "whoever did it", "prior": "before",
        "procedure": "way", "pursuant": "under", "regarding": "about", "rehabilitation": "recovery",
        "require": "need", "respective": "own", "stakeholder": "people", "subsequently": "then",
        "terminate": "end", "utilise": "use", "utilize": "use", "verification": "check",
    },
}  # fmt: skip
"""Words of offices that a plain one says as well, by language."""

# Names that the law or an office has given: nobody can say them more plainly.
_GIVEN: Final = frozenset({"kompetensi"})
_GIVEN_IN: Final = ("sertifikat kompetensi",)

_BLOCKS: Final = frozenset({
    "p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "legend", "label", "td", "th", "dt", "dd",
    "summary", "button", "option", "div", "section", "article", "header", "footer", "main", "form",
    "fieldset", "ul", "ol", "dl", "table", "tr", "figcaption",
})  # fmt: skip
_UNREAD: Final = frozenset({"script", "style", "svg", "textarea", "title", "head"})
_VOID: Final = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"})
_WORD: Final = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_END: Final = re.compile(r"(?<=[.!?:])\s+")


@dataclass(frozen=True, slots=True)
class Ease:
    """One page's figures; averages are 0 where it has too few sentences for any."""

    sentences: int
    words: int
    per_sentence: float
    long_share: float
    lix: float
    grade: float
    longest: str
    hard: tuple[str, ...]


class _Reader(HTMLParser):
    """The texts of a page's main part as they are seen, block by block, in its own language.

    Top and foot are on every page: counted along, they would make each look easier than it is.
    """

    def __init__(self) -> None:
        super().__init__()
        self.language = ""
        self.blocks: list[str] = [""]
        self._open: list[str] = []
        self._unread = 0
        self._in_main = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        if tag == "html":
            self.language = held.get("lang") or ""
        if tag == "main":
            self._in_main = True
        # A link that is drawn as a button or a card stands for itself; one in a sentence does not.
        drawn = tag == "a" and ("class" in held or (held.get("href") or "").startswith("tel:"))
        if tag in _BLOCKS or drawn:
            self.blocks.append("")
        if tag in _VOID:
            return
        foreign = held.get("lang", self.language) != self.language
        if tag in _UNREAD or foreign or held.get("translate") == "no" or self._unread:
            self._unread += 1
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or tag not in self._open:
            return
        while self._open:
            closed = self._open.pop()
            self._unread = max(0, self._unread - 1)
            if closed == tag:
                break
        if tag == "main":
            self._in_main = False
        # A word never goes on from one element into the next on these pages.
        self.blocks[-1] += " "
        if tag in _BLOCKS:
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        if self._in_main and not self._unread:
            self.blocks[-1] += data


def language_of(page: str) -> str:
    """The language that a page says it is in."""
    found = re.search(r"<html[^>]*\blang=\"(\w+)", page)
    return found[1] if found else ""


def texts(page: str) -> list[str]:
    """The texts of a page, one for each block, without blanks around."""
    reader = _Reader()
    reader.feed(page)
    return [found for block in reader.blocks if (found := " ".join(block.split()))]


def sentences(page: str) -> list[str]:
    """What reads as a sentence: it ends like one, or goes on like one; names and labels do not."""
    split = [part for text in texts(page) for part in _END.split(text)]
    return [part for part in split if _reads_on(part)]


def _reads_on(part: str) -> bool:
    words = len(_WORD.findall(part))
    return words >= 8 or (words >= 4 and part.endswith((".", "!", "?", ":")))


def measure(page: str, language: str) -> Ease:
    """One rendered page's figures."""
    hard = tuple(sorted(set(_hard(" ".join(texts(page)), language))))
    return _figures(sentences(page), hard, language)


def together(found: Iterable[str], language: str) -> Ease:
    """The figures of several pages as one text, each sentence once: short pages count here too."""
    said = dict.fromkeys(sentence for page in found for sentence in sentences(page))
    return _figures(list(said), (), language)


def _figures(said: Sequence[str], hard: tuple[str, ...], language: str) -> Ease:
    counts = [len(_WORD.findall(sentence)) for sentence in said]
    words = [word for sentence in said for word in _WORD.findall(sentence)]
    longest = max(zip(counts, said, strict=True), default=(0, ""))[1]
    if len(words) < FEWEST:
        return Ease(len(said), len(words), 0, 0, 0, 0, longest, hard)
    per_sentence = len(words) / len(said)
    long_share = sum(len(word) > 6 for word in words) / len(words)
    syllables = sum(_syllables(word) for word in words) / len(words)
    grade = 0.39 * per_sentence + 11.8 * syllables - 15.59 if language == "en" else 0.0
    return Ease(
        len(said), len(words), per_sentence, long_share, per_sentence + 100 * long_share, grade,
        longest, hard,
    )  # fmt: skip


def faults(page: str, language: str) -> list[str]:
    """What of a page is above the bars, in words."""
    found = measure(page, language)
    said = []
    if found.lix > BARS[language]:
        said.append(f"LIX {found.lix:.1f} above {BARS[language]}")
    if found.grade > GRADE:
        said.append(f"Flesch–Kincaid grade {found.grade:.1f} above {GRADE}")
    if len(_WORD.findall(found.longest)) > LONGEST:
        said.append(f"a sentence of {len(_WORD.findall(found.longest))} words: {found.longest}")
    return said + [f"hard word: {word} ({HARD[language][word]})" for word in found.hard]


def _hard(text: str, language: str) -> Iterator[str]:
    plain = text.lower()
    for given in _GIVEN_IN:
        plain = plain.replace(given, "")
    for word in _WORD.findall(plain):
        if word in HARD[language]:
            yield word


def _syllables(word: str) -> int:
    """English syllables, near enough for an average: groups of vowels, a silent e left out."""
    plain = word.lower()
    groups = len(re.findall(r"[aeiouy]+", plain))
    if plain.endswith("e") and not plain.endswith(("le", "ee")) and groups > 1:
        groups -= 1
    return max(1, groups)


# -- the pages ----------------------------------------------------------------------------------

Fetch = Callable[[str, Mapping[str, str] | None], str]
"""An address and, for a post, its fields → the page."""

ROOTS: Final[Mapping[str, str]] = {"id": "/info/", "en": "/en/info/"}
PAGES: Final = ("", "riwayat/", "tulis/", "kode/", "kerja/", "lembar/")
"""What stands under each root and opens by itself; what is not there yet answers 404."""

_ALL_SIGNS: Final = {
    "luar": (
        "izin majikan kontrak",
        "ajakan biaya paspor_cepat surat visa syarat janji tekanan jalur",
    ),
    "dalam": (
        "izin majikan kontrak",
        "ajakan biaya tempat surat jenis umur janji tekanan berhenti",
    ),
}  # fmt: skip
STEPS: Final[tuple[tuple[str, Mapping[str, str]], ...]] = (
    *(("kerja/", {"where": where}) for where in ("luar", "dalam", "belum", "abroad", "pressed")),
    *(
        ("kerja/", {"where": where, "done": "1"}
         | dict.fromkeys(no.split(), "tidak") | dict.fromkeys(yes.split(), "ya"))
        for where, (no, yes) in _ALL_SIGNS.items()
    ),
    ("kerja/", {"where": "luar", "done": "1", "izin": "ya"}),
    *(("tempat/", {"q": place}) for place in ("Semarang", "Tidak Ada Tempat Begini")),
)  # fmt: skip
"""Pages behind a post that keeps nothing."""
WRITTEN: Final = ("numbers", "place", "words", "contact", "look")
"""The steps of writing to a desk: each is reached from the first without sending anything."""


def pages(fetch: Fetch) -> Iterator[tuple[str, str, str]]:
    """Every page that answers: a name, its language and its text."""
    for language, root in ROOTS.items():
        for page in PAGES:
            found = fetch(root + page, None)
            if found:
                yield root + page, language, found
        for page, fields in STEPS:
            found = fetch(root + page, fields)
            if found:
                told = " ".join(value for value in fields.values() if value not in ("ya", "tidak"))
                yield f"{root}{page} {told}", language, found
        for step in WRITTEN:
            first = re.search(r'name="state" value="([^"]+)"', fetch(f"{root}tulis/", None))
            state = first[1] if first else ""
            found = fetch(f"{root}tulis/", {"state": state, "do": f"to-{step}"})
            if found:
                yield f"{root}tulis/ {step}", language, found


def line(name: str, found: Ease) -> str:
    """A page's figures in a row."""
    grade = f"{found.grade:5.1f}" if found.grade else "    –"
    return (
        f"{name:36} {found.sentences:4} {found.words:5} {found.per_sentence:6.1f} "
        f"{found.long_share:7.0%} {found.lix:6.1f} {grade}"
    )


HEAD: Final = f"{'page':36} sent words w/sent   long    LIX grade"


def main() -> int:
    """Print every page of a running house; 1 where one is above the bars."""
    base = urlsplit(sys.argv[1])
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    def fetch(address: str, fields: Mapping[str, str] | None) -> str:
        line = HTTPConnection(base.hostname or "127.0.0.1", base.port or 80, timeout=30)
        if fields is None:
            line.request("GET", address)
        else:
            line.request("POST", address, urlencode(fields), form)
        answer = line.getresponse()
        page = answer.read().decode()
        line.close()
        return page if answer.status in (200, 422) else ""

    found = list(pages(fetch))
    out = [HEAD, *(line(name, measure(page, language)) for name, language, page in found)]
    for language in ROOTS:
        mine = [page for _, spoken, page in found if spoken == language]
        out.append(line(f"all together ({language})", together(mine, language)))
    wrong = [
        f"{name}: {fault}" for name, language, page in found for fault in faults(page, language)
    ]
    sys.stdout.write("\n".join([*out, *wrong]) + "\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
