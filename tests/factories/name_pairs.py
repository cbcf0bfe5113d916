"""Pairs of a registered name and a way somebody else writes it, and how often search finds it.

The variants are made by their own rules, not by those under test. `python -m
tests.factories.name_pairs [persons]` prints recall, rows touched and tokens per name.
"""

from __future__ import annotations

import re
import sys
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import NamedTuple

from rangkul.commands.synth.names import NameGenerator
from rangkul.people import matching
from rangkul.people.matching import Hit, QueryToken

Variant = Callable[[str, Random], str]


class NamePair(NamedTuple):
    """A registered name, one other writing of it, and the kind of difference."""

    registered: str
    written: str
    kind: str


_GROUPS = [
    group.split()
    for group in (
        "Muhammad Muhamad Mohamad Mohammad Mohammed Moh. Muh. M. Mhd. Mochamad Mochammad Muchamad",
        "Ahmad Akhmad Achmad Ahmat Ach.",
        "Abdul Abd. Abdoel",
        "Nur Noor Noer Nor",
        "Siti Sitti St. Sity",
        "Syarif Sharif Sarip Syarief Sjarif Syarip",
        "Fatimah Fatima Patimah Fathimah Fatmah",
        "Rizal Rijal Risal",
        "Rizki Rizky Riski Rizqi Risky Rizqy",
        "Aisyah Aisah Aisya Aisha",
        "Yusuf Yusup Jusuf Yusof",
        "Khairul Chairul Hairul Khoirul",
        "Zainal Zaenal Jaenal Jainal",
        "Zulkifli Dzulkifli Julkifli Zulkipli",
        "Nurhayati Noerhajati Nurhayaty Norhayati",
        "Maria Mariya Marya",
        "Yohanes Johanes Yohannes Johannes",
        "Kristina Christina Cristina",
        "Teresia Theresia Theresya",
        "Hidayat Hidajat Hidayad",
        "Wahyuni Wahjuni Wahyuny Wahyuniy",
        "Wijaya Widjaja Widjaya Wijaja",
        "Setiawan Setyawan Setiyawan",
        "Maryati Mariyati Mariati",
        "Mustofa Mustafa Mustopa Musthofa",
        "Sofyan Sofian Sopyan Sopian",
        "Agustina Agustine Augustina",
        "Lestari Lestary Lesthari",
        "Yulianti Julianti Yuliyanti",
        "Fitriani Fitriany Pitriani Fitryani",
        "Ibrahim Ibrohim Ibrahiem",
        "Rahmawati Rachmawati Rohmawati Rakhmawati",
        "Susanti Soesanti Susanty",
        "Simanjuntak Simandjuntak",
        "Usman Oesman Utsman Osman",
    )
]
_SAME = {
    name.lower(): [other for other in group if other != name] for group in _GROUPS for name in group
}
_OLD = [("u", "oe"), ("j", "dj"), ("c", "tj"), ("y", "j"), ("kh", "ch"), ("sy", "sj")]
_SWAPS = ["fp", "pf", "vf", "fv", "zs", "zj", "sz", "jz", "qk", "kq", "yi", "iy"]
_DIGRAPHS = [
    ("kh", "h"),
    ("kh", "k"),
    ("th", "t"),
    ("dh", "d"),
    ("dz", "z"),
    ("x", "ks"),
    ("ph", "f"),
    ("sy", "s"),
    ("sy", "sh"),
    ("ks", "x"),
    ("t", "th"),
    ("d", "dh"),
    ("ae", "ai"),
    ("ai", "ae"),
    ("i", "ie"),
    ("h", "ch"),
    ("ts", "s"),
]
_TITLES = """
    H. Hj. Drs. dr. Ir. Bapak Ibu Pak Bu KH. Ust. Alm. Almarhumah R. Sdri. Ny. Prof._Dr. Hajjah
    Tgk. Rr. Raden H
"""
_DEGREES = """
    ,_S.Pd. ,_SH _S.H. ,_S.E.,_M.M. _S.Pd.I ,_M.Si ,_A.Md.Keb. _SKM ,_S.Kom _S.Sos. ,_Lc.,_M.A.
    _S._Pd. ,_ST _SE
"""
_DIACRITICS = str.maketrans("aeiou", "āéïôū")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def _one_of(written: str, rng: Random) -> str:
    return rng.choice(written.split()).replace("_", " ")


def _beside(letter: str, rng: Random) -> str:
    for number, row in enumerate(_ROWS):
        at = row.find(letter)
        if at >= 0:
            near = [row[at - 1 : at] if at else "", row[at + 1 : at + 2]]
            for other in (number - 1, number + 1):
                if 0 <= other < len(_ROWS):
                    near.append(_ROWS[other][at : at + 1])
            return rng.choice([key for key in near if key])
    return letter


def _one_word(change: Callable[[str, Random], str]) -> Variant:
    """Apply a change to one word, drawn at random among those it alters."""

    def apply(name: str, rng: Random) -> str:
        words = name.split()
        for at in rng.sample(range(len(words)), len(words)):
            changed = change(words[at].lower(), rng)
            if changed != words[at].lower():
                return " ".join([*words[:at], changed.capitalize(), *words[at + 1 :]])
        return name

    return apply


def _arabic_and_kin(word: str, rng: Random) -> str:
    return rng.choice(_SAME.get(word) or [word])


def _old_spelling(name: str, rng: Random) -> str:
    text = name.lower()
    chosen = rng.sample(_OLD, rng.randint(2, len(_OLD)))
    marks = {new: chr(0x100 + at) for at, (new, _) in enumerate(_OLD)}
    for new, _ in sorted(chosen, key=lambda pair: -len(pair[0])):
        text = text.replace(new, marks[new])
    for new, old in _OLD:
        text = text.replace(marks[new], old)
    return text.title()


def _new_spelling(name: str, rng: Random) -> str:
    text = name.lower()
    for old, new in [
        ("oe", "u"),
        ("dj", "ĵ"),
        *((o, n) for n, o in _OLD if n in ("c", "sy", "kh")),
    ]:
        text = text.replace(old, new)
    return text.replace("ĵ", "j").title()


def _doubled(word: str, rng: Random) -> str:
    single = re.sub(r"(.)\1", r"\1", word)
    if single != word:
        return single
    places = [at for at in range(1, len(word) - 1) if word[at] in "lmnrstdkp"]
    if not places:
        return word
    at = rng.choice(places)
    return word[:at] + word[at] + word[at:]


def _final(word: str, rng: Random) -> str:
    if len(word) > 3 and word[-1] in "hk":
        return word[:-1]
    return word + "h" if len(word) > 3 and word[-1] == "a" else word


def _consonant(word: str, rng: Random) -> str:
    fitting = [(a, b) for a, b in [*map(tuple, _SWAPS), *_DIGRAPHS] if a in word]
    if not fitting:
        return word
    old, new = rng.choice(fitting)
    return word.replace(old, new, 1)


def _javanese(word: str, rng: Random) -> str:
    if len(word) > 3 and word[-1] in "ao":
        return word[:-1] + ("o" if word[-1] == "a" else "a")
    return word


def _apostrophe(word: str, rng: Random) -> str:
    places = [at for at in range(1, len(word)) if word[at] in "aiu" and word[at - 1] in "aiumnr"]
    if not places:
        return word
    at = rng.choice(places)
    return word[:at] + rng.choice("'’`") + word[at:]


def _joined(name: str, rng: Random) -> str:
    words = name.split()
    if len(words) < 2 or any(word in ("bin", "binti", "anak") for word in words):
        return name
    if words[0].lower() in ("abdul", "abd.") and words[1][0] in "RSNZTD" and rng.random() < 0.6:
        first = rng.choice(["Abdu" + words[1][0].lower(), "Abdu", "Abdul"])
        return " ".join([first + words[1].lower(), *words[2:]])
    at = rng.randrange(len(words) - 1)
    return " ".join([*words[:at], words[at].rstrip(".") + words[at + 1].lower(), *words[at + 2 :]])


def _split(name: str, rng: Random) -> str:
    words = name.split()
    for at, word in enumerate(words):
        low = word.lower()
        for front in ("nur", "nor", "sri", "abdur", "abdus", "abdul", "siti", "lumban", "suri"):
            if low.startswith(front) and len(low) > len(front) + 3:
                tail = word[len(front) :].capitalize()
                head = rng.choice(["Abdul", "Abdur", "Abd."]) if front == "abdur" else front.title()
                return " ".join([*words[:at], head, tail, *words[at + 1 :]])
    long = [at for at, word in enumerate(words) if len(word) > 6]
    if not long:
        return name
    at = rng.choice(long)
    cut = rng.randint(3, len(words[at]) - 3)
    pieces = [words[at][:cut], words[at][cut:].capitalize()]
    return " ".join([*words[:at], *pieces, *words[at + 1 :]])


def _order(name: str, rng: Random) -> str:
    words = name.split()
    if len(words) < 2:
        return name
    return rng.choice(
        [
            " ".join(reversed(words)),
            f"{words[-1]}, {' '.join(words[:-1])}",
            " ".join([*words[1:], words[0]]),
        ]
    )


def _dressed(name: str, rng: Random) -> str:
    loud = rng.choice([str.upper, str.lower, str.swapcase])
    return rng.choice(
        [
            loud(name),
            "  " + name.replace(" ", "   ") + " ",
            name.replace(" ", "-", 1),
            name.translate(_DIACRITICS),
            name.replace(" ", ". "),
        ]
    )


def _initial(name: str, rng: Random) -> str:
    words = name.split()
    if len(words) < 2:
        return name
    at = 0 if rng.random() < 0.7 else rng.randrange(len(words))
    if len(words[at].rstrip(".")) < 3:
        return name
    return " ".join([*words[:at], words[at][0] + rng.choice([".", ""]), *words[at + 1 :]])


def _without(place: Callable[[int, Random], int]) -> Variant:
    def apply(name: str, rng: Random) -> str:
        words = name.split()
        if len(words) < 3 or any(word in ("bin", "binti", "anak") for word in words):
            return name
        at = place(len(words), rng)
        return " ".join([*words[:at], *words[at + 1 :]])

    return apply


def _patronym(name: str, rng: Random) -> str:
    words = name.split()
    for particle in ("bin", "binti", "anak"):
        if particle in words:
            at = words.index(particle)
            return " ".join(rng.choice([words[:at], [*words[:at], *words[at + 1 :]]]))
    if len(words) == 2:
        return f"{words[0]} {rng.choice(['bin', 'binti', 'bt.'])} {words[1]}"
    return name


def _slip(make: Callable[[str, int, Random], str], *, least: int = 1) -> Variant:
    """One slip at any letter of the name, short words included; a word is never emptied."""

    def apply(name: str, rng: Random) -> str:
        words = name.split()
        fit = [
            (number, at)
            for number, word in enumerate(words)
            for at in range(len(word.rstrip(".")) - least + 1)
        ]
        number, at = rng.choice(fit) if fit else (0, 0)
        word = make(words[number].lower(), at, rng)
        if not word:
            return name
        return " ".join([*words[:number], word.capitalize(), *words[number + 1 :]])

    return apply


def _letter(rng: Random) -> str:
    return rng.choice("abcdefghijklmnopqrstuvwxyz")


VARIANTS: dict[str, Variant] = {
    "old spelling": _old_spelling,
    "new spelling": _new_spelling,
    "doubled letters": _one_word(_doubled),
    "final h, k": _one_word(_final),
    "Arabic and kin": _one_word(_arabic_and_kin),
    "consonants": _one_word(_consonant),
    "Javanese o, a": _one_word(_javanese),
    "apostrophe": _one_word(_apostrophe),
    "joined": _joined,
    "split": _split,
    "order": _order,
    "title": lambda name, rng: f"{_one_of(_TITLES, rng)} {name}",
    "degree": lambda name, rng: name + _one_of(_DEGREES, rng),
    "title and degree": lambda n, rng: f"{_one_of(_TITLES, rng)} {n}{_one_of(_DEGREES, rng)}",
    "dress": _dressed,
    "initial": _initial,
    "patronym": _patronym,
    "middle dropped": _without(lambda count, rng: rng.randint(1, count - 2)),
    "last dropped": _without(lambda count, rng: count - 1),
    "two variants": lambda name, rng: _one_word(_consonant)(
        _one_word(_doubled)(_one_word(_arabic_and_kin)(name, rng), rng), rng
    ),
    "title, order": lambda name, rng: f"{_one_of(_TITLES, rng)} {_order(name, rng)}",
}
"""Ways to write the same name on purpose."""

SLIPS: dict[str, Variant] = {
    "slip: insertion": _slip(lambda w, at, rng: w[:at] + _letter(rng) + w[at:]),
    "slip: deletion": _slip(lambda w, at, rng: w[:at] + w[at + 1 :], least=1),
    "slip: any letter": _slip(lambda w, at, rng: w[:at] + _letter(rng) + w[at + 1 :]),
    "slip: key beside": _slip(lambda w, at, rng: w[:at] + _beside(w[at], rng) + w[at + 1 :]),
    "slip: transposition": _slip(
        lambda w, at, rng: w[:at] + w[at + 1] + w[at] + w[at + 2 :], least=2
    ),
    "slip: key twice": _slip(lambda w, at, rng: w[:at] + w[at] + w[at:]),
}
"""Ways to mistype a name by one letter."""

NOT_PROMISED = frozenset(("last dropped", "two variants", "middle dropped"))
"""Kinds beyond what is promised; measured to know."""


def build_pairs(
    names: Sequence[str], *, per_kind: int, seed: int = 7, kinds: Iterable[str] | None = None
) -> list[NamePair]:
    """Up to `per_kind` pairs of each kind, of names drawn at random; all differ in writing."""
    rng = Random(seed)
    wanted = {**VARIANTS, **SLIPS}
    pairs: list[NamePair] = []
    for kind in kinds if kinds is not None else wanted:
        tries = 0
        made = 0
        while made < per_kind and tries < per_kind * 40:
            tries += 1
            registered = rng.choice(names)
            written = wanted[kind](registered, rng)
            if written.lower() != registered.lower() or kind == "dress":
                pairs.append(NamePair(registered, written, kind))
                made += 1
    return pairs


def mark(spelling: str) -> int:
    """Stands in for the keyed number of a spelling."""
    return zlib.crc32(spelling.encode()) & 0x7FFFFFFF


class NameIndex:
    """The table of tokens as a dictionary, asked only as the database can be asked."""

    def __init__(self, persons: Iterable[Sequence[str]]) -> None:
        self.names = [list(names) for names in persons]
        self.rows = 0
        self.touched = 0
        self.asked = 0
        self.costs: list[tuple[int, int]] = []
        self._table: defaultdict[str, list[int]] = defaultdict(list)
        for person, names in enumerate(self.names):
            for token in matching.index_tokens(names):
                row = ((person * 8 + token.name) * 16 + token.parts) << 31 | mark(token.spelling)
                self._table[f"{token.kind}:{token.value}"].append(row)
                self.rows += 1

    def read(self, tokens: Sequence[QueryToken], most: int) -> list[Hit[int]]:
        """`select … where token = any(tokens) limit most`."""
        hits: list[Hit[int]] = []
        self.asked += len(tokens)
        for token in sorted(tokens, key=lambda t: mark(f"{t.kind}:{t.value}")):
            for row in self._table.get(f"{token.kind}:{token.value}", ()):
                if len(hits) == most:
                    break
                place = row >> 31
                hits.append(Hit(place >> 7, token, place >> 4 & 7, place & 15, row & 0x7FFFFFFF))
        self.touched += len(hits)
        return hits

    def first_ten(self, query: str) -> list[str]:
        """The full names of the first ten persons found; notes what the query cost."""
        self.touched = self.asked = 0
        found = matching.search(query, self.read, mark)[:10]
        self.costs.append((self.touched, self.asked))
        return [self.names[person][0] for person in found]


class Recall(NamedTuple):
    """How many of a kind's pairs were asked for, and those not found in the first ten."""

    asked: int
    missed: list[NamePair]

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return 1 - len(self.missed) / self.asked


def recall_by_kind(index: NameIndex, pairs: Iterable[NamePair]) -> dict[str, Recall]:
    """For each kind: in how many pairs a person of the registered name is among the first ten."""
    asked: Counter[str] = Counter()
    missed: defaultdict[str, list[NamePair]] = defaultdict(list)
    for pair in pairs:
        asked[pair.kind] += 1
        if pair.registered not in index.first_ten(pair.written):
            missed[pair.kind].append(pair)
    return {kind: Recall(count, missed[kind]) for kind, count in asked.items()}


def total(recall: dict[str, Recall], kinds: Iterable[str]) -> float:
    """Recall over several kinds together, between 0 and 1."""
    chosen = [recall[kind] for kind in kinds if kind in recall]
    return 1 - sum(len(r.missed) for r in chosen) / sum(r.asked for r in chosen)


def build_index(persons: int, seed: int = 1) -> NameIndex:
    """An index of invented persons, four women to one man, full and called name each."""
    generator = NameGenerator(seed)
    return NameIndex(
        tuple(generator.person("L" if number % 5 == 0 else "P")) for number in range(persons)
    )


def _spread(label: str, values: Iterable[int]) -> str:
    ordered = sorted(values)
    shares = (f"p{share} {ordered[len(ordered) * share // 100]}" for share in (50, 95, 99))
    return f"{label}: {', '.join(shares)}, most {ordered[-1]}"


def measure(persons: int = 250_000, per_kind: int = 150) -> str:
    """Recall by kind, rows and tokens per query, rows stored per person, as a text to read."""
    index = build_index(persons)
    pairs = build_pairs([names[0] for names in index.names], per_kind=per_kind)
    started = time.perf_counter()
    recall = recall_by_kind(index, pairs)
    elapsed = (time.perf_counter() - started) / len(pairs)
    lines = [
        f"{index.rows / persons:.1f} rows stored a person, {persons} persons",
        _spread("rows read", (touched for touched, _ in index.costs)),
        _spread("tokens asked", (asked for _, asked in index.costs)),
        f"{elapsed * 1000:.1f} ms of Python a query",
    ]
    for kind, found in recall.items():
        examples = "; ".join(f"{p.registered} ← {p.written}" for p in found.missed[:4])
        lines.append(f"{kind:22}{found.share:7.1%} of {found.asked:4}   {examples}")
    lines.append(f"{'variants':22}{total(recall, VARIANTS.keys() - NOT_PROMISED):7.1%}")
    lines.append(f"{'slips':22}{total(recall, SLIPS):7.1%}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 250_000) + "\n")
