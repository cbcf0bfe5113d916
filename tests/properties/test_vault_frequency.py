"""A thief with the token table of one agency and a public list of names: what can be counted?

The list is better than any real one: drawn from the same pools as the people. The thief is told
which rows stand for single words, and tries four ways: by rank, by who stands beside whom, by the
spellings' marks, and by how many rows a person has.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from tests.people import SEMARANG, Cast, owner_url

from rangkul.commands.synth.names import NameGenerator
from rangkul.foundation.scope import acting
from rangkul.people import matching, queries, spreading
from rangkul.people.matching import Kind
from rangkul.people.tokens import TokenMaker

PEOPLE, LISTED = 20_000, 60_000
CLIMBED = 90


class Row(NamedTuple):
    """What the thief sees of one row that stands for a single word."""

    token: int
    subject: int
    spelling: int


class Loot(NamedTuple):
    """The rows, what they stand for (for the judge alone), and each person's count of rows."""

    rows: list[Row]
    truth: list[str]
    width: dict[int, int]


class PublicList(NamedTuple):
    """How often words, pairs of words and whole names are borne, from the commonest down."""

    words: Counter[str]
    pairs: Counter[tuple[str, str]]
    names: Counter[str]
    by_width: dict[int, Counter[str]]


def people(count: int, seed: int) -> Iterator[list[matching.NameToken]]:
    """What would be stored of each person."""
    names, rng = NameGenerator(seed), Random(seed)
    for _ in range(count):
        person = names.person("L" if rng.random() < 0.22 else "P", "33")
        yield matching.index_tokens([person.full])


@pytest.fixture(scope="module")
def public() -> PublicList:
    words: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    names: Counter[str] = Counter()
    by_width: dict[int, Counter[str]] = defaultdict(Counter)
    for tokens in people(LISTED, 7):
        own = sorted(t.value for t in tokens if t.kind is Kind.WORD)
        words.update(own)
        by_width[len(tokens)].update(own)
        pairs.update(combinations(own, 2))
        names[next((t.spelling for t in tokens), "")] += 1
    return PublicList(words, pairs, names, by_width)


# -- the thief's ways -----------------------------------------------------------------------------


def by_rank(loot: Loot, public: PublicList) -> list[str]:
    """The commonest token is the commonest word, and so on down."""
    order = Counter(row.token for row in loot.rows).most_common()
    guessed = {
        token: word
        for (token, _), (word, _) in zip(order, public.words.most_common(), strict=False)
    }
    return [guessed.get(row.token, "") for row in loot.rows]


def by_company(loot: Loot, public: PublicList) -> list[str]:
    """Ranks to begin with, then swapped as long as those who stand together fit the list better."""
    counts = Counter(row.token for row in loot.rows)
    tokens = [token for token, _ in counts.most_common(CLIMBED)]
    words = [word for word, _ in public.words.most_common(len(tokens))]
    at = {token: n for n, token in enumerate(tokens)}
    seen = [[0.0] * len(tokens) for _ in tokens]
    beside: dict[int, set[int]] = defaultdict(set)
    for row in loot.rows:
        if row.token in at:
            beside[row.subject].add(at[row.token])
    for own in beside.values():
        for i, j in combinations(sorted(own), 2):
            seen[i][j] += 1
            seen[j][i] += 1
    share = len(loot.width) / LISTED
    likely = [
        [share * public.pairs[min(a, b), max(a, b)] if a != b else 0.0 for b in words]
        for a in words
    ]
    often = [share * public.words[word] for word in words]
    chosen = _climb(seen, likely, [counts[token] for token in tokens], often)
    guessed = {token: words[chosen[n]] for token, n in at.items()}
    rest = by_rank(loot, public)
    return [guessed.get(row.token, other) for row, other in zip(loot.rows, rest, strict=True)]


def _climb(
    seen: list[list[float]], likely: list[list[float]], counts: list[int], often: list[float]
) -> list[int]:
    size = len(seen)
    chosen = list(range(size))

    def cost(i: int, word: int) -> float:
        found = (counts[i] - often[word]) ** 2 / (often[word] + 1)
        row, expected = seen[i], likely[word]
        for j in range(size):
            meant = expected[chosen[j]]
            found += (row[j] - meant) ** 2 / (meant + 1)
        return found

    for _ in range(6):
        changed = False
        for i, j in combinations(range(size), 2):
            if abs(i - j) > 25:
                continue
            before = cost(i, chosen[i]) + cost(j, chosen[j])
            chosen[i], chosen[j] = chosen[j], chosen[i]
            if cost(i, chosen[i]) + cost(j, chosen[j]) < before:
                changed = True
            else:
                chosen[i], chosen[j] = chosen[j], chosen[i]
        if not changed:
            break
    return chosen


def by_spelling(loot: Loot, public: PublicList) -> list[str]:
    """The commonest mark is the commonest whole name; its words are told out in order."""
    order = Counter(row.spelling for row in loot.rows).most_common()
    names = dict(
        zip((m for m, _ in order), (n for n, _ in public.names.most_common()), strict=False)
    )
    told: Counter[tuple[int, int]] = Counter()
    guesses = []
    for row in loot.rows:
        words = sorted(map(matching.phonetic_key, names.get(row.spelling, "").split()))
        place = told[row.subject, row.spelling]
        told[row.subject, row.spelling] += 1
        guesses.append(words[place] if place < len(words) else "")
    return guesses


def by_width(loot: Loot, public: PublicList) -> list[str]:
    """Whoever has so many rows is most likely called so."""
    best = {width: words.most_common(1)[0][0] for width, words in public.by_width.items()}
    return [best.get(loot.width[row.subject], "") for row in loot.rows]


WAYS: dict[str, Callable[[Loot, PublicList], list[str]]] = {
    "by rank": by_rank, "by company": by_company, "by spelling": by_spelling,
    "by rows": by_width,
}  # fmt: skip


def beyond_chance(guessed: Sequence[str], loot: Loot, public: PublicList) -> float:
    """The share of words told right, less what the likeliest word for all of them would get."""
    right = sum(g == t for g, t in zip(guessed, loot.truth, strict=True)) / len(loot.truth)
    likeliest = public.words.most_common(1)[0][0]
    return right - loot.truth.count(likeliest) / len(loot.truth)


# -- the two tables -------------------------------------------------------------------------------


def counted() -> tuple[Loot, list[tuple[Any, ...]]]:
    """The table as it was before slots: equal words, equal tokens. And its rows."""
    maker = TokenMaker(SEMARANG)
    rows, truth, width, stored = [], [], {}, []
    for number, tokens in enumerate(people(PEOPLE, 11)):
        width[number] = len(tokens)
        for token in tokens:
            word, mark = maker.name(token.kind, token.value), maker.mark(token.spelling)
            stored.append(
                (word, SEMARANG, UUID(int=number), "r", number, token.name, token.parts, mark)
            )
            if token.kind is Kind.WORD:
                rows.append(Row(word, number, mark))
                truth.append(token.value)
    return Loot(rows, truth, width), stored


def spread_in_the_database(stored: list[tuple[Any, ...]]) -> list[tuple[int, int, int]]:
    """The same people brought in by the step that brings in the rows of before: what is stolen."""
    with psycopg.connect(owner_url()) as owner:
        owner.execute(
            "create temp table counted_token on commit drop as select token, agency_id, subject, "
            "subject_kind, ref, name, parts, spelling from people_token with no data"
        )
        with owner.cursor() as cursor, cursor.copy("copy counted_token from stdin") as copy:
            for row in stored:
                copy.write_row(row)
        assert spreading.spread(owner, settings.KEY_RING, "counted_token") == len(stored)
        return owner.execute("select token, ref, spelling from people_token order by id").fetchall()


def stolen(found: list[tuple[int, int, int]], counted_: Loot) -> Loot:
    """The thief's rows of the spread table, each with the truth, which only the ring tells."""
    maker = TokenMaker(SEMARANG)
    held = {(token, ref): spelling for token, ref, spelling in found}
    place: Counter[int] = Counter()
    rows = []
    by_word = defaultdict(list)
    for row in counted_.rows:
        by_word[row.token].append(row.subject)
    for word, subjects in by_word.items():
        wanted = set(subjects)
        while wanted:
            token = maker.slot(word, place[word]).token
            place[word] += 1
            for subject in list(wanted):
                if (token, subject) in held:
                    rows.append((Row(token, subject, held[token, subject]), word))
                    wanted.discard(subject)
    truth = dict(zip((row.token for row in counted_.rows), counted_.truth, strict=True))
    rows.sort()
    width = Counter(ref for _, ref, _ in found)
    return Loot([row for row, _ in rows], [truth[word] for _, word in rows], dict(width))


def _padded(by_width: dict[int, Counter[str]]) -> dict[int, Counter[str]]:
    maker = TokenMaker(SEMARANG)
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for width, words in by_width.items():
        found[width + len(maker.padding(UUID(int=0), width))].update(words)
    return found


@pytest.mark.promise(
    "nothing-to-count",
    chapter="vault",
    sentence=(
        "A stolen table of search tokens tells no names: whoever counts them with a public "
        "list of names recovers at most 1 % of words beyond chance."
    ),
)
def test_counting_tokens_recovers_no_words(
    committed_db: None, cast: Cast, public: PublicList, figure: Any
) -> None:
    before, stored = counted()
    found = spread_in_the_database(stored)
    assert len({token for token, _, _ in found}) == len(found) > len(stored)
    # 31 bits: a few marks of hundreds of thousands are equal by chance, none by their spelling.
    assert max(Counter(spelling for _, _, spelling in found).values()) <= 3
    loot = stolen(found, before)
    # In the list too: whoever knows how padding works counts widths as they are stored.
    padded = public._replace(by_width=_padded(public.by_width))
    got = {name: beyond_chance(way(loot, padded), loot, padded) for name, way in WAYS.items()}
    worst = max(got.values())
    assert worst <= 0.01, got
    figure(
        f"{max(worst, 0):.2%} of {len(loot.rows):,} words of {PEOPLE:,} people beyond chance "
        f"(best of {len(WAYS)} attacks)"
    )
    with acting(cast.wahyuni):
        (somebody,) = [t for t in next(iter(people(1, 11))) if t.kind is Kind.WHOLE][:1]
        assert 0 in queries.search_names(cast.wahyuni, somebody.spelling, kind="r", limit=50)


@pytest.mark.planted("nothing-to-count")
def test_planted_equal_tokens_for_equal_words_are_counted(
    django_db_setup: None, public: PublicList
) -> None:
    """The table as it was: the thief reads off what everybody is called."""
    loot, _ = counted()
    got = {name: beyond_chance(way(loot, public), loot, public) for name, way in WAYS.items()}
    assert got["by rank"] > 0.02, got
    assert got["by company"] > 0.10, got
    assert got["by rows"] > 0.02, got
