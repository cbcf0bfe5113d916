"""Places as a form has them: written in full, kept as codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rangkul.reference import queries as reference

_LONGEST = 200


def names_of(codes: Iterable[str]) -> dict[str, str]:
    """Code → full name, the code itself where the list holds it no more; empty ones left out."""
    wanted = {code for code in codes if code}
    found = reference.get_areas(wanted)
    return {code: found[code].full_name if code in found else code for code in wanted}


def code_of(words: str, held: Mapping[str, str]) -> str | None:
    """The code of the place named in full or by its code, "" for none, ``None`` for no such place.

    ``held`` are the names of the places that the row holds: a name that two places share stays
    with the one it was.
    """
    kept = next((code for code, name in held.items() if name == words), None)
    if kept is not None or not words:
        return kept or ""
    if len(words) > _LONGEST:
        return None
    if words in reference.get_areas([words]):
        return words
    hits = reference.search_areas(words)
    exact = [hit for hit in hits if hit.full_name.casefold() == words.casefold()]
    if not exact and len(hits) != 1:
        return None
    return (exact or hits)[0].code
