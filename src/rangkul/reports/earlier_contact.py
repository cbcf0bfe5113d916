"""Earlier contact across agencies: what the matching job asks, and which desks know the person.

The asking desk never learns an answer. Only exact numbers and whole names of two words or more
count: a single name would tell a desk about strangers every day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from django.db import connection

from rangkul.people import matching, slots, tokens
from rangkul.reports.content import About

_AGENCIES = """
with recursive holding as (
  select min(agency_id) as id from custody_caseaccess where until is null
  union all
  select (select min(agency_id) from custody_caseaccess
          where until is null and agency_id > holding.id)
  from holding where holding.id is not null)
select id from holding where id is not null and id <> %s
"""

_HOLDERS = """
select distinct t.agency_id, t.ref, t.token
from people_token t
join custody_caseaccess a
  on a.case_id = t.ref and a.agency_id = t.agency_id and a.until is null
where t.token = any(%s) and t.subject_kind = 'p' and t.agency_id <> %s
"""


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks, and by which normalised names and numbers; it lives in the job's memory only."""

    report_id: int
    subject: UUID
    agency_id: int
    desk_id: int | None
    keys: tuple[tuple[str, str], ...] = field(repr=False)

    def notice_id(self, agency_id: int, case_id: int) -> UUID:
        """The same for the same report and case, so that a job that runs twice tells once."""
        return uuid5(self.subject, f"earlier contact|{agency_id}|{case_id}")


def keys_of(about: About) -> tuple[tuple[str, str], ...]:
    """The keys (kind, value) under which a person may already be known elsewhere."""
    found = []
    if len(about.name.split()) > 1:
        found += [
            (str(token.kind), token.value)
            for token in matching.index_tokens([about.name])
            if token.kind is matching.Kind.WHOLE
        ]
    for kind, written in (("nik", about.nik), ("phone", about.phone)):
        found += [key for key in tokens.exact_keys(written) if key[0] == kind]
    return tuple(dict.fromkeys(found))


def list_holders(question: Question) -> list[tuple[int, int]]:
    """The agencies and their cases (agency, case) that may be of this person, the asker's aside.

    Runs under the system scope *matching*, which alone may read the tokens of all agencies.
    """
    with connection.cursor() as cursor:
        cursor.execute(_AGENCIES, [question.agency_id])
        wanted = _tokens(question.keys, (agency_id for (agency_id,) in cursor.fetchall()))
        cursor.execute(_HOLDERS, [list(wanted), question.agency_id])
        return sorted(
            {
                (agency_id, case_id)
                for agency_id, case_id, token in cursor.fetchall()
                if wanted[token] == agency_id
            }
        )


def _tokens(keys: Iterable[tuple[str, str]], agency_ids: Iterable[int]) -> dict[int, int]:
    """Token → the agency that would hold it: every agency has keys of its own."""
    kept = tuple(keys)
    makers = {agency_id: tokens.TokenMaker(agency_id) for agency_id in agency_ids}
    words = [
        (agency_id, (maker.name if kind == matching.Kind.WHOLE else maker.number)(kind, value))
        for agency_id, maker in makers.items()
        for kind, value in kept
    ]
    return {
        makers[agency_id].slot(word, place).token: agency_id
        for (agency_id, word), count in slots.slots_of_many(words).items()
        for place in range(count)
    }
