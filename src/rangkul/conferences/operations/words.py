"""Words on a conference's table: sealed under its common key, never with the survivor's name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rangkul.cases import queries as cases
from rangkul.conferences.models import Conference
from rangkul.foundation import outgoing, vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.vault import DataClass, OpenKey, Owner

MOST_WORDS = 600
MOST_MINUTES = 12_000


def common_key(row: Conference) -> OpenKey:
    """The key that every agency at the table reaches, and nobody else."""
    return vault.key_for(Owner("conference", row.id), row.subject, DataClass.PACKET)


def check_words(
    texts: Mapping[str, str],
    case_ids: Iterable[int],
    *,
    by: Actor,
    most: int = MOST_WORDS,
    optional: Iterable[str] = (),
) -> dict[str, str]:
    """Field → code: ``required``, ``too_long``, ``names_survivor``, or what must stay inside.

    All at the table read it (``foundation.outgoing``).
    """
    ids, free = list(case_ids), set(optional)
    errors = outgoing.leaving(texts, by)
    for name, text in texts.items():
        if not text.strip():
            if name not in free:
                errors[name] = "required"
        elif len(text) > most:
            errors[name] = "too_long"
        elif any(cases.names_survivor(by, case_id, text) for case_id in ids):
            errors[name] = "names_survivor"
    return errors
