"""How often a name written otherwise finds its file, through the product's own search."""

from __future__ import annotations

from collections import defaultdict

from bench.visit import Visitor

_KINDS = 27


def measure(visitor: Visitor, *, pairs: int, seed: int) -> dict[str, dict[str, float]]:
    """Kind of difference → pairs asked and share found among the first ten, ``all`` at the end.

    A pair is found when a file of exactly the registered name is among the ten.
    """
    from tests.factories.name_pairs import NOT_PROMISED, build_pairs

    from rangkul.foundation.scope import acting
    from rangkul.people import queries as people

    named = dict(visitor.names)
    made = build_pairs(sorted(set(named.values())), per_kind=max(1, pairs // _KINDS), seed=seed)
    asked: defaultdict[str, int] = defaultdict(int)
    found: defaultdict[str, int] = defaultdict(int)
    by_name = defaultdict(set)
    for case_id, name in named.items():
        by_name[name].add(case_id)
    for start in range(0, len(made), 100):
        with acting(visitor.actor):
            for pair in made[start : start + 100]:
                hits = set(people.search_names(visitor.actor, pair.written, limit=10))
                groups = [pair.kind, "all"]
                groups += [] if pair.kind in NOT_PROMISED else ["all promised"]
                for group in groups:
                    asked[group] += 1
                    found[group] += bool(hits & by_name[pair.registered])
    order = [*sorted(set(asked) - {"all", "all promised"}), "all promised", "all"]
    return {
        kind: {"pairs": asked[kind], "recall": round(found[kind] / asked[kind], 4)}
        for kind in order
    }
