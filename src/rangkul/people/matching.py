"""Finds a person by name among sealed names: what to store, what to ask for, how to rank.

The database holds no readable name, only rows of keyed tokens: `token = HMAC(agency key, kind ":"
value)` cut to 64 bits, and beside it which of the person's names it came from (`name`), how many
words that name has (`parts`) and a keyed number of its exact spelling (`spelling`). It can only be
asked for `token = any(...)`. So a name is stored few times and asked for often: a stored name gives
one row for the whole name, free of order, and a handful for its pieces, while a query lists every
whole name that one slip of the finger away would have meant. Nearly all of those tokens hit
nothing, and an index answers a miss in microseconds; common words such as Siti or Muhammad are not
read alone unless everything else has failed.

Which token hit says which slip it was; the spelling's number says whether the rest was written
exactly so. That is all the ranking knows, and no name is opened for it.

Cost: 3 rows stored for one word, 7 for two, about 16 for three, cut at `_MOST_WORDS`. A query of L
letters tries some 53 L slips, which fall together to 250 tokens a word; ranking is O(hits log
hits). `tests/factories/name_pairs.py` measures recall and rows read at 250,000 persons.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import combinations
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

import phonenumbers

from rangkul.people.phonetics import phonetic_key, readings, skeleton, written_in_full
from rangkul.people.slips import slips

Person = TypeVar("Person", int, str, UUID)


class Kind(StrEnum):
    """What a token stands for; part of what is hashed, so that kinds never meet."""

    WHOLE = "n"  # all words, by key, in alphabetical order; or run together in the order written
    ALSO = "a"  # a whole name that many share: a call name, or without title, Siti or father's name
    INITIAL = "i"  # the whole name with one or more words cut to the first letter
    PART = "o"  # two words, or all but one, of a name of three words and more
    COARSE = "c"  # the whole name by its consonants
    WORD = "w"  # one word


@dataclass(frozen=True, slots=True)
class NameToken:
    """One row to store. Hash `kind:value` for the token and `x:spelling` for its spelling."""

    kind: Kind
    value: str
    name: int
    parts: int
    spelling: str


class QueryToken(NamedTuple):
    """One token to ask for, and how far from the query a name is that bears it.

    `cost` holds when the row's spelling is none of `spellings`; each of those has its own, lower
    cost. `words` are the positions of the query's words that the token accounts for.
    """

    kind: Kind
    value: str
    cost: int
    words: frozenset[int]
    spellings: tuple[tuple[str, int], ...] = ()


class Hit(NamedTuple, Generic[Person]):
    """One row that the database returned, with the query's token that found it."""

    person: Person
    token: QueryToken
    name: int
    parts: int
    spelling: int


Mark = Callable[[str], int]
"""Keyed number of an exact spelling, as stored in the row: 31 bits of HMAC(agency key, `x:…`)."""

ROWS_PER_STAGE = 2_000
"""Rows the database is asked for at most in one of the stages always read."""

ROWS_PER_LATER_STAGE = 500
"""Rows asked for at most in a later stage, where a common word would bring tens of thousands."""

STAGES_ALWAYS_READ = 3
"""Whole names, one slip away, and names with a word more or less; the rest only if too few came."""

ENOUGH = 10
"""Candidates that make a further stage unnecessary."""

_MOST_WORDS = 6
_MOST_WORDS_REDUCED = 4

# Distances, on the scale of `slips` (12 to 18). Only their order and gaps matter.
_AS_WRITTEN = 0
_UNHEARD = 6
_OTHER_READING = 3
_JOINED = 5
_SAME_SOUND = 8
_INITIALS = 10
_SLIP_AND_SOUND = 6
_COARSE = 30
_MISSING_WORD = 16
_SHORTER_NAME = 10
_WORD_ONLY = 60
_REPEATED = 4


def _spelling(words: Iterable[str]) -> str:
    return " ".join(sorted(words))


def _sorted_keys(keys: Iterable[str]) -> str:
    return " ".join(sorted(keys))


def _run_together(words: Sequence[str]) -> str:
    return phonetic_key("".join(written_in_full(word) for word in words))


def _reductions(keys: Sequence[str]) -> list[tuple[str, ...]]:
    """The name with some words cut to initials: each one alone, and of three words each two."""
    count = len(keys)
    if not 2 <= count <= _MOST_WORDS_REDUCED:
        return []
    sizes = (1, 2) if count == 3 else (1,)
    return [
        tuple(key[0] if at in cut else key for at, key in enumerate(keys))
        for size in sizes
        for cut in combinations(range(count), size)
    ]


def _parts(keys: Sequence[str]) -> list[tuple[str, ...]]:
    """Every two words, and all words but one, of a name of at least three."""
    count = min(len(keys), _MOST_WORDS)
    if count < 3:
        return []
    sizes = {2, count - 1}
    return [chosen for size in sorted(sizes) for chosen in combinations(keys[:count], size)]


def _tokens_of(name: str, number: int) -> Iterable[NameToken]:
    forms = readings(name)
    if not forms:
        return
    main, *others = forms
    spelling, parts = _spelling(main), len(main)
    keys = [phonetic_key(word) for word in main]

    def token(kind: Kind, value: str) -> NameToken:
        return NameToken(kind, value, number, parts, spelling)

    if number and parts == 1:
        yield token(Kind.ALSO, keys[0])
        yield token(Kind.WORD, keys[0])
        return
    yield token(Kind.WHOLE, _sorted_keys(keys))
    yield token(Kind.WHOLE, _run_together(main))
    yield token(Kind.COARSE, _sorted_keys(map(skeleton, keys)))
    for reading in others:
        value = _sorted_keys(map(phonetic_key, reading))
        yield NameToken(Kind.ALSO, value, number, len(reading), _spelling(reading))
    for reduced in _reductions(keys):
        yield token(Kind.INITIAL, _sorted_keys(reduced))
    for chosen in _parts(keys):
        yield token(Kind.PART, _sorted_keys(chosen))
    for key in keys:
        if len(key) > 1:
            yield token(Kind.WORD, key)


def index_tokens(names: Sequence[str]) -> list[NameToken]:
    """The rows to store for one person, given the full name, the called name and any others.

    `name` is the position in `names`; a token that two names share is stored for the first only.
    After the first, a name of one word is taken for a call name.
    A name without any letter gives no row.
    """
    found: dict[tuple[Kind, str], NameToken] = {}
    for number, name in enumerate(names):
        for token in _tokens_of(name, number):
            found.setdefault((token.kind, token.value), token)
    return list(found.values())


_Near = dict[str, tuple[str, int]]
"""Every word one slip away: its key and its cost."""


class _Plan:
    """Collects a query's tokens; one that turns up again keeps its first stage, lowest cost."""

    def __init__(self) -> None:
        self._open: list[tuple[Kind, str]] = []
        self._closed: list[list[tuple[Kind, str]]] = []
        self._cost: dict[tuple[Kind, str], int] = {}
        self._words: dict[tuple[Kind, str], frozenset[int]] = {}
        self._spellings: dict[tuple[Kind, str], dict[str, int]] = {}

    def close_stage(self) -> None:
        """What is added from here on is asked in a later stage."""
        self._closed.append(self._open)
        self._open = []

    def add(
        self,
        kind: Kind,
        value: str,
        cost: int,
        words: Iterable[int],
        spelling: tuple[str, int] | None = None,
    ) -> None:
        entry = (kind, value)
        if entry not in self._cost:
            self._open.append(entry)
            self._cost[entry] = cost
            self._words[entry] = frozenset(words)
            self._spellings[entry] = {}
        elif cost < self._cost[entry]:
            self._cost[entry] = cost
        if spelling is not None:
            text, own_cost = spelling
            known = self._spellings[entry]
            known[text] = min(own_cost, known.get(text, own_cost))

    def take_stages(self) -> list[list[QueryToken]]:
        """The stages closed since the last time; their tokens change no more."""
        taken, self._closed = self._closed, []
        return [
            [
                QueryToken(
                    kind=entry[0],
                    value=entry[1],
                    cost=self._cost[entry],
                    words=self._words[entry],
                    spellings=tuple(self._spellings[entry].items()),
                )
                for entry in stage
            ]
            for stage in taken
        ]


def _orders(words: Sequence[str]) -> list[tuple[str, ...]]:
    """The order written, each turn of it (`Lubis Siti Nur` for `Siti Nur Lubis`), and reversed."""
    turned = [(*words[at:], *words[:at]) for at in range(len(words))]
    return list(dict.fromkeys([*turned, tuple(reversed(words))]))


def _plan_whole(plan: _Plan, forms: Sequence[tuple[str, ...]]) -> None:
    main = forms[0]
    # With its titles read as words: an H. may be Haji or Hasan.
    titled = [reading for reading in forms[1:] if len(reading) > len(main)]
    for reading, extra in [(main, 0), *((other, _OTHER_READING) for other in titled)]:
        keys = [phonetic_key(word) for word in reading]
        value, at = _sorted_keys(keys), range(len(reading))
        written = (_spelling(reading), _AS_WRITTEN + extra)
        plan.add(Kind.WHOLE, value, _SAME_SOUND + extra, at, written)
        if any(len(word) == 1 for word in reading):
            plan.add(Kind.INITIAL, value, _INITIALS + extra, at)
        for reduced in _reductions(keys):
            plan.add(Kind.WHOLE, _sorted_keys(reduced), _INITIALS + extra, at)
    for order in _orders(main):
        joined = "".join(order)
        spelled = (joined, _JOINED if len(main) > 1 else _AS_WRITTEN)
        for value in (_run_together(order), phonetic_key(joined)):
            plan.add(Kind.WHOLE, value, _SAME_SOUND, range(len(main)), spelled)


def _plan_slips(plan: _Plan, reading: tuple[str, ...], near: Sequence[_Near]) -> None:
    keys = [phonetic_key(word) for word in reading]
    at = range(len(reading))
    for place, meant_words in enumerate(near):
        others = reading[:place] + reading[place + 1 :]
        other_keys = keys[:place] + keys[place + 1 :]
        for meant, (key, cost) in meant_words.items():
            # A letter that is not heard is hardly a slip.
            own_cost = min(cost, _UNHEARD) if key == keys[place] else cost
            plan.add(
                Kind.WHOLE,
                _sorted_keys((*other_keys, key)),
                cost + _SLIP_AND_SOUND,
                at,
                (_spelling((*others, meant)), own_cost),
            )


def _plan_parts(plan: _Plan, forms: Sequence[tuple[str, ...]]) -> None:
    main = forms[0]
    keys = [phonetic_key(word) for word in main][:_MOST_WORDS]
    count = len(keys)
    written = (_spelling(main), _OTHER_READING)
    plan.add(Kind.ALSO, _sorted_keys(keys), _SAME_SOUND + _OTHER_READING, range(count), written)
    plan.add(Kind.COARSE, _sorted_keys(map(skeleton, keys)), _COARSE, range(count))
    if count > 1:
        plan.add(Kind.PART, _sorted_keys(keys), _MISSING_WORD, range(count))
    if count > 2:
        for chosen in combinations(range(count), count - 1):
            value = _sorted_keys(keys[at] for at in chosen)
            plan.add(Kind.WHOLE, value, _SHORTER_NAME + _SAME_SOUND, chosen)
    for reading in forms[1:]:
        if len(reading) < len(main):
            value = _sorted_keys(map(phonetic_key, reading))
            own = (_spelling(reading), _SHORTER_NAME)
            plan.add(Kind.WHOLE, value, _SHORTER_NAME + _SAME_SOUND, range(count), own)


def _plan_words(plan: _Plan, reading: tuple[str, ...]) -> None:
    keys = [phonetic_key(word) for word in reading][:_MOST_WORDS]
    for pair in combinations(range(len(keys)), 2):
        value = _sorted_keys(keys[at] for at in pair)
        plan.add(Kind.WHOLE, value, _SHORTER_NAME, pair)
        plan.add(Kind.PART, value, _MISSING_WORD, pair)
    for at, key in enumerate(keys):
        if len(key) > 1:
            plan.add(Kind.WHOLE, key, _SHORTER_NAME, [at])
            plan.add(Kind.WORD, key, _WORD_ONLY, [at])


def _plan_word_slips(plan: _Plan, near: Sequence[_Near]) -> None:
    for at, meant_words in enumerate(near[:_MOST_WORDS]):
        for meant, (key, cost) in meant_words.items():
            if len(meant) > 3:
                plan.add(Kind.ALSO, key, _WORD_ONLY + cost, [at])
                plan.add(Kind.WORD, key, _WORD_ONLY + cost, [at])


def _stages(query: str) -> Iterator[list[QueryToken]]:
    """The stages of a query; those that may not be needed are made when asked for."""
    forms = readings(query)
    if not forms:
        return
    main = forms[0]
    near: list[_Near] = [
        {meant: (phonetic_key(meant), cost) for meant, cost in slips(word).items()} for word in main
    ]
    plan = _Plan()
    _plan_whole(plan, forms)
    plan.close_stage()
    _plan_slips(plan, main, near)
    plan.close_stage()
    _plan_parts(plan, forms)
    plan.close_stage()
    yield from plan.take_stages()
    _plan_words(plan, main)
    plan.close_stage()
    yield from plan.take_stages()
    _plan_word_slips(plan, near)
    plan.close_stage()
    yield from plan.take_stages()


def query_stages(query: str) -> list[list[QueryToken]]:
    """The tokens to ask for, in the order to ask; `[]` if the query has no letter.

    Five stages: the whole name, the whole name one slip away, one word more or fewer (or a call
    name, or only the consonants alike), single words, single words one slip away. Read the first
    `STAGES_ALWAYS_READ`, since a slip can make a name that others bear, with `ROWS_PER_STAGE` each;
    then the next while fewer than `ENOUGH` persons are found, with `ROWS_PER_LATER_STAGE`.
    """
    return list(_stages(query))


def _distance(hit: Hit[Person], words: int, marks: dict[str, int], mark: Mark) -> int:
    """How far one row's name is from the query, by the token that found it."""
    token = hit.token
    best = token.cost
    for text, cost in token.spellings:
        if cost < best:
            if text not in marks:
                marks[text] = mark(text)
            if marks[text] == hit.spelling:
                best = cost
    matched = len(token.words)
    if token.kind is Kind.PART:
        best += _MISSING_WORD * max(hit.parts - matched - 1, 0)
    return best + _SHORTER_NAME * (words - matched)


def rank(query: str, hits: Iterable[Hit[Person]], mark: Mark) -> list[Person]:
    """The persons found, the likeliest first; each once. Purely from the rows, and repeatable.

    A person is as far away as the nearest of the names. Persons of one spelling stand together
    loosely: each further one counts as a little further away, so that the first ten show other
    spellings and near names too, the more frequent first. O(hits log hits).
    """
    main = readings(query)[:1]
    words = len(main[0]) if main else 0
    marks: dict[str, int] = {}
    nearest: dict[Person, tuple[int, int]] = {}
    matched_words: dict[tuple[Person, int], set[int]] = {}
    for hit in hits:
        distance = _distance(hit, words, marks, mark)
        if hit.token.kind is Kind.WORD:
            seen = matched_words.setdefault((hit.person, hit.name), set())
            seen |= hit.token.words
            distance = hit.token.cost + _SHORTER_NAME * (words - len(seen)) + hit.parts
        found = (distance, hit.spelling)
        if hit.person not in nearest or found < nearest[hit.person]:
            nearest[hit.person] = found
    return _spread(nearest)


def _spread(nearest: dict[Person, tuple[int, int]]) -> list[Person]:
    """Order persons by distance, holding back repetitions of one spelling."""
    frequency = Counter(spelling for _, spelling in nearest.values())
    told: Counter[int] = Counter()
    order: list[tuple[int, int, int, Person]] = []
    for person, (distance, spelling) in sorted(
        nearest.items(), key=lambda item: (item[1], item[0])
    ):
        order.append(
            (distance + _REPEATED * told[spelling], -frequency[spelling], spelling, person)
        )
        told[spelling] += 1
    return [person for *_, person in sorted(order)]


def search(
    query: str,
    read: Callable[[Sequence[QueryToken], int], Iterable[Hit[Person]]],
    mark: Mark,
) -> list[Person]:
    """Run a query's stages through `read(tokens, most_rows)` and rank what comes back."""
    hits: list[Hit[Person]] = []
    for number, stage in enumerate(_stages(query)):
        later = number >= STAGES_ALWAYS_READ
        if later and len({hit.person for hit in hits}) >= ENOUGH:
            break
        if stage:
            hits.extend(read(stage, ROWS_PER_LATER_STAGE if later else ROWS_PER_STAGE))
    return rank(query, hits, mark)


_NIK = re.compile(r"[0-9]{16}")
_PASSPORT = re.compile(r"(?=.*\d)[A-Z0-9]{6,9}")
_WOMAN = 40


def nik_key(written: str) -> str:
    """Sixteen digits of a national identity number (NIK), spaces, dots and dashes removed.

    Area 6, day (plus 40 for women), month and year of birth 2 each, serial 4: Permendagri on
    population numbers. Raises ValueError, without repeating the number, if it cannot be a NIK.
    The area is not looked up: districts split, and numbers issued before stay valid.
    """
    digits = re.sub(r"[\s.\-]", "", written)
    if not _NIK.fullmatch(digits):
        raise ValueError("a NIK has sixteen digits")
    day = int(digits[6:8])
    # 2000 is a leap year, so that 29 February passes whatever the century.
    year = 2000 + int(digits[10:12])
    try:
        date(year, int(digits[8:10]), day - _WOMAN if day > _WOMAN else day)
    except ValueError:
        raise ValueError("digits 7 to 12 of a NIK are a date of birth") from None
    if digits[:2] == "00" or digits[12:] == "0000":
        raise ValueError("a NIK's area and serial number do not begin at zero")
    return digits


def passport_key(written: str) -> str:
    """A passport's number in capitals without separators: six to nine letters and digits.

    ICAO Doc 9303 allows nine places; Indonesian booklets carry one or two letters and six or seven
    digits. Raises ValueError, without repeating the number, if it cannot be one.
    """
    closed = re.sub(r"[\s.\-/]", "", written).upper()
    if not _PASSPORT.fullmatch(closed):
        raise ValueError("a passport number has six to nine letters and digits")
    return closed


def phone_key(written: str) -> str:
    """A telephone number as E.164 digits without the plus: `0812-3456-7890` → `6281234567890`.

    Numbers without a country are Indonesian. A number of possible length passes even where no
    operator serves it. Raises ValueError, without repeating the number, otherwise.
    """
    cleaned = written.strip()
    if re.match(r"62\d", cleaned):
        cleaned = "+" + cleaned
    try:
        number = phonenumbers.parse(cleaned, "ID")
    except phonenumbers.NumberParseException:
        raise ValueError("this is not a telephone number") from None
    if not phonenumbers.is_possible_number(number):
        raise ValueError("a telephone number of this length does not exist")
    return f"{number.country_code}{number.national_number}"
