"""Several counts in one question to the database: each stands on an index of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, QuerySet, Value

Named = QuerySet[Any, tuple[str, int]]


def named_count(name: str, rows: QuerySet[Any]) -> Named:
    """One row (name, how many of ``rows``), or none where there is nothing to count."""
    named = rows.order_by().annotate(count_name=Value(name)).values("count_name")
    counted: Named = named.annotate(count_found=Count("pk")).values_list(
        "count_name", "count_found"
    )
    return counted


def count_all(counts: Sequence[Named]) -> dict[str, int]:
    """Name → how many, in one query; a name without rows is not in the answer."""
    if not counts:
        return {}
    first, *others = counts
    found = first.union(*others, all=True) if others else first
    return {name: number for name, number in found if number}
