"""Finds in words whom else they speak of: a copy for one person reveals nobody besides her."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from django.db import connection

from rangkul.foundation import outgoing, vault
from rangkul.foundation.actor import Actor
from rangkul.people import queries as people
from rangkul.people.models import Person
from rangkul.reports import queries as reports

# A short word of a name is too often a word of something else.
_LEAST_LETTERS: Final = 4
_LEAST_DIGITS: Final = 8


@dataclass(frozen=True, slots=True)
class Others:
    """Names, numbers and addresses of everybody in a case but the person herself."""

    names: frozenset[str] = frozenset()
    tails: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    own: frozenset[str] = field(default=frozenset())

    def named_in(self, text: str) -> bool:
        """Whether the words name, number or house somebody else."""
        plain = _plain(text)
        digits = re.sub(r"\D", "", text)
        return (
            any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", plain) for name in self.names)
            or any(tail in digits for tail in self.tails)
            or any(address in plain for address in self.addresses)
        )


def of_case(actor: Actor, case_id: int) -> Others:
    """Kin, suspects, guardians and whoever reported, as the file and its reports know them.

    Opens their seals to compare, and shows none of it; callers record the act.
    """
    opened = people.unseal(people.list_people(actor, case_id))
    own = {
        word
        for each in opened
        if each.person.part == Person.SURVIVOR
        for word in _words(each.identity.names)
    }
    besides = [each for each in opened if each.person.part != Person.SURVIVOR]
    reporters = list(_reporters(case_id))
    names = [name for each in besides for name in each.identity.names]
    names += [name for reporter in reporters for name in (reporter["name"],)]
    phones = [each.contact.phone for each in besides]
    phones += [reporter["phone"] for reporter in reporters]
    return Others(
        names=frozenset(_words(names) - own),
        tails=frozenset(filter(None, map(_tail, phones))),
        addresses=frozenset(filter(None, (_plain(each.location.address) for each in besides))),
        own=frozenset(own),
    )


def revealing(actor: Actor, others: Others, text: str) -> bool:
    """Whether these words must not leave: they speak of others, or of where a shelter is."""
    return others.named_in(text) or bool(outgoing.leaving({"text": text}, actor))


def _reporters(case_id: int) -> Iterable[dict[str, str]]:
    """Who reported her, for comparing only: the agency's own reports that led to this case."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, reporter_sealed from reports_report "
            "where case_id = %s and reporter_sealed is not null",
            [case_id],
        )
        rows = cursor.fetchall()
    places = [(bytes(sealed), reports.place(row_id, "reporter_sealed")) for row_id, sealed in rows]
    for text in vault.open_texts(places):
        known = json.loads(text)
        yield {"name": str(known.get("name", "")), "phone": str(known.get("phone", ""))}


def _words(names: Iterable[str]) -> set[str]:
    """The whole names and their long words."""
    found = set()
    for name in names:
        whole = _plain(name)
        found |= {whole, *(word for word in whole.split() if len(word) >= _LEAST_LETTERS)}
    return {word for word in found if word}


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _tail(phone: str) -> str:
    digits = re.sub(r"\D", "", phone)
    return digits[-_LEAST_DIGITS:] if len(digits) >= _LEAST_DIGITS else ""
