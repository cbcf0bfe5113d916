"""What every part of an invented case writes with: ids, keys, seals and the trail.

Ids follow from the seed; keys and nonces come from the system's randomness, as in the product.
Seals, tokens and digests are made by the product's own functions.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from uuid import UUID

from rangkul.commands.synth.country import Agency, Member
from rangkul.commands.synth.rows import (
    NULL,
    Buffers,
    array,
    identifier,
    json_text,
    line,
    moment,
    number,
    sealed,
)
from rangkul.foundation import vault
from rangkul.foundation.vault import DataClass, OpenKey, Owner, Place
from rangkul.trail.operations import canonical

_VERSION_7 = 0x7 << 76 | 0x2 << 62


@dataclass(slots=True)
class Life:
    """One case while it is written: who leads it, who sees it, when it began and ended."""

    id: int
    subject: UUID
    agency: Agency
    companion: Member
    supervisor: Member
    opened_at: datetime
    closed_at: datetime | None
    joint: Agency | None
    reach: str
    risk: str = "rendah"
    sex: str = "P"
    age: int = 30
    area: str = ""
    categories: tuple[str, ...] = ("ktk",)
    pseudonym: str = ""
    keys: dict[tuple[UUID, DataClass], OpenKey] = field(default_factory=dict)

    @property
    def is_child(self) -> bool:
        """Under eighteen."""
        return self.age < 18


class Ledger:
    """Appends rows for one chunk of cases."""

    def __init__(self, lines: Buffers, rng: Random, *, xid: int) -> None:
        self.lines, self.rng, self._xid = lines, rng, str(xid)

    def add(self, table: str, *values: str) -> None:
        """One row, in the order of ``rows.TABLES``."""
        self.lines[table].append(line(*values))

    def new_id(self, at: datetime) -> UUID:
        """An id that sorts by time (UUID version 7), drawn from the seed."""
        stamp = int(at.timestamp() * 1000) << 80
        bits = self.rng.getrandbits(74)
        return UUID(int=stamp | (bits >> 62) << 64 | bits & 0x3FFF_FFFF_FFFF_FFFF | _VERSION_7)

    def seal(
        self, life: Life, data_class: DataClass, place: Place, words: str,
        subject: UUID | None = None,
    ) -> str:  # fmt: skip
        """Words of the case, sealed under its key of that class (or that of another subject)."""
        whose = subject or life.subject
        key = life.keys.get((whose, data_class))
        if key is None:
            owner = Owner("case", life.id)
            key = self.new_key(owner, whose, data_class, life.opened_at, life.reach)
            life.keys[whose, data_class] = key
        return sealed(vault.seal(key, place, words))

    def new_key(
        self, owner: Owner, subject: UUID, data_class: DataClass, at: datetime, reach: str
    ) -> OpenKey:
        """A fresh data key, its wrapped row written."""
        key, row = vault.new_key(owner, subject, data_class)
        self.add(
            "foundation_datakey",
            identifier(key.id), owner.kind, str(owner.id), owner.audience, NULL,
            identifier(subject), str(data_class), str(row.kek_version),
            sealed(row.wrapped), moment(at), reach,
        )  # fmt: skip
        return key

    def act(
        self, name: str, at: datetime, agency: Agency, actor: Member, kind: str, subject: object,
        case_id: int | None = None, *, reason: str = "", detail: dict[str, object] | None = None,
    ) -> None:  # fmt: skip
        """One record of the trail, its digest made as the product makes it."""
        act_id, data, subject_id = self.new_id(at), detail or {}, str(subject)
        written = json_text(data) if data else "{}"
        digest = hashlib.sha256(
            canonical(
                act_id=act_id, at=at, agency_id=agency.id, actor_id=actor.user_id, purpose="work",
                name=name, subject_kind=kind, subject_id=subject_id, case_id=case_id,
                reason=reason, note_sealed=None, detail=data,
            )
        ).digest()  # fmt: skip
        self.add(
            "trail_act",
            identifier(act_id), moment(at), self._xid, str(agency.id), str(actor.user_id), "work",
            name, kind, subject_id, number(case_id), reason, written, sealed(digest),
        )  # fmt: skip

    def clock(
        self, life: Life, procedure: str, started: datetime, due: datetime, *,
        met: datetime | None, kind: str = "case", subject: object | None = None,
        of_case: bool = True,
    ) -> None:  # fmt: skip
        """One clock, met at ``met`` or running.

        Its acts are left out of the trail: no page shows them, and they would be a third of it.
        """
        subject_id = str(life.id if subject is None else subject)
        case_id = life.id if of_case else None
        desk = NULL if of_case else str(life.agency.intake_desk)
        self.add(
            "clocks_clock",
            identifier(self.new_id(started)), str(life.agency.id), desk, NULL, procedure, "1", kind,
            subject_id, number(case_id), life.risk, "met" if met else "running", moment(started),
            moment(due), "", moment(met),
        )  # fmt: skip


def reach_of(*agencies: int) -> str:
    """A reach as the database would compute it: distinct, in order."""
    return array(sorted(set(agencies)))
