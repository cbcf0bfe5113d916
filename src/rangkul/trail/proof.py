"""Verifying: the trail as it stands against its seals, the seals against the files outside.

``ops/verify_trail.py`` does the same and shares no line with this.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from rangkul.trail import merkle, seals
from rangkul.trail.sealing import COLUMNS, Standing, standing
from rangkul.trail.seals import RESUMED, Seal

_AT_ONCE = 5_000


@dataclass(slots=True)
class Verdict:
    """What a verification found. ``faults`` is empty for a trail that is whole."""

    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seals: int = 0
    acts: int = 0
    unsealed: int = 0
    oldest_unsealed: datetime | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing sealed was touched."""
        return not self.faults


def verify(connection: Any, files: Iterable[Iterable[str]], key: Ed25519PublicKey) -> Verdict:
    """Check everything. ``connection`` is a psycopg connection of the owner; ``files`` are the
    lines of each checkpoint file, at least one. Streams: memory does not grow with the trail.
    """
    verdict = Verdict()
    chains = [_chain(lines, key, f"checkpoint {n}", verdict) for n, lines in enumerate(files, 1)]
    outside = max(chains, key=len, default=[])
    for chain in chains:
        if outside[: len(chain)] != chain:
            verdict.faults.append("the checkpoint files differ")
    inside = _inside(connection, key, verdict)
    live = _live(outside, verdict)
    _compare(inside, live, outside, verdict)
    _check_acts(connection, sorted(inside.values(), key=lambda seal: seal.number), verdict)
    verdict.seals = len(inside)
    return verdict


def _chain(lines: Iterable[str], key: Ed25519PublicKey, where: str, verdict: Verdict) -> list[Seal]:
    """The seals of one file up to the first that does not hold."""
    found: list[Seal] = []
    for line in lines:
        try:
            seal = seals.read(line, key)
        except seals.SealUnreadable as fault:
            verdict.faults.append(f"{where}: {fault}")
            break
        before = found[-1].digest() if found else seals.NOTHING
        if seal.number != len(found) + 1 or seal.previous != before:
            verdict.faults.append(f"{where}: seal {seal.number} does not follow the one before it")
            break
        found.append(seal)
    return found


def _inside(connection: Any, key: Ed25519PublicKey, verdict: Verdict) -> dict[int, Seal]:
    found: dict[int, Seal] = {}
    for number, line in connection.execute("select number, line from trail_seal order by number"):
        try:
            seal = seals.read(line, key)
        except seals.SealUnreadable as fault:
            verdict.faults.append(f"database: {fault}")
            continue
        if seal.number != number:
            verdict.faults.append(f"database: seal {seal.number} stands as {number}")
            continue
        found[number] = seal
    return found


def _live(outside: list[Seal], verdict: Verdict) -> dict[int, Seal]:
    """The seals outside that still speak of acts; those lost at a restore are told."""
    live = {seal.number: seal for seal in outside}
    for seal in outside:
        if seal.kind == RESUMED:
            void = [n for n in range(seal.continues + 1, seal.number) if live.pop(n, None)]
            lost = sum(outside[n - 1].acts for n in void) - seal.acts
            verdict.notes.append(
                f"restored {seal.at} from an older copy: {max(0, lost)} sealed acts were lost"
            )
    return live


def _compare(
    inside: dict[int, Seal], live: dict[int, Seal], outside: list[Seal], verdict: Verdict
) -> None:
    """Each seal outside stands inside, letter by letter; inside at most newer ones beside them."""
    for number, seal in live.items():
        if inside.get(number) != seal:
            verdict.faults.append(f"seal {number} is missing from the database, or another")
    newest = outside[-1] if outside else None
    if inside and newest is None:
        verdict.faults.append("there is no checkpoint outside the database: nothing is witnessed")
    for number, seal in inside.items():
        if number in live:
            continue
        if newest is not None and number <= newest.number:
            verdict.faults.append(f"seal {number} stands in the database and in no checkpoint")
            continue
        before = inside.get(number - 1, newest)
        if seal.previous != (before.digest() if before else seals.NOTHING):
            verdict.faults.append(f"seal {number} does not follow the one before it")
        verdict.notes.append(f"seal {number} is in no checkpoint yet")


def _check_acts(connection: Any, known: list[Seal], verdict: Verdict) -> None:
    """Every act below the newest seal lies in a batch that has its root."""
    below = 0
    for seal in known:
        if seal.first != below:
            verdict.faults.append(f"seal {seal.number} does not begin where the one before ends")
        below = seal.below
    with connection.cursor(name="trail_proof") as cursor:
        cursor.itersize = _AT_ONCE
        cursor.execute(f"select {COLUMNS} from trail_act order by xid, id")
        waiting = iter(known)
        batch: Seal | None = next(waiting, None)
        for group, acts in groupby(map(standing, cursor), key=_finder(known)):
            while batch is not None and batch.number != group:
                _check_batch(batch, iter(()), verdict)
                batch = next(waiting, None)
            if batch is None:
                _count_unsealed(acts, verdict)
            else:
                _check_batch(batch, acts, verdict)
                batch = next(waiting, None)
        while batch is not None:
            _check_batch(batch, iter(()), verdict)
            batch = next(waiting, None)


def _finder(known: list[Seal]) -> Any:
    """Act → number of the seal whose batch it lies in, ``None`` behind the last; acts come in
    the order of their numbers."""
    position = 0

    def find(act: Standing) -> int | None:
        nonlocal position
        while position < len(known) and act.number >= known[position].below:
            position += 1
        return known[position].number if position < len(known) else None

    return find


def _check_batch(seal: Seal, acts: Iterator[Standing], verdict: Verdict) -> None:
    counted, wrong = 0, 0

    def leaves() -> Iterator[bytes]:
        nonlocal counted, wrong
        for act in acts:
            counted += 1
            wrong += hashlib.sha256(act.data).digest() != act.digest
            yield act.leaf

    root = merkle.root(leaves())
    verdict.acts += counted
    if wrong:
        verdict.faults.append(f"seal {seal.number}: {wrong} acts do not fit their own digest")
    if counted != seal.acts:
        verdict.faults.append(
            f"seal {seal.number} ({seal.at}): {counted} acts, and {seal.acts} were sealed"
        )
    elif root.hex() != seal.root:
        verdict.faults.append(f"seal {seal.number} ({seal.at}): its acts are not those sealed")


def _count_unsealed(acts: Iterator[Standing], verdict: Verdict) -> None:
    for act in acts:
        verdict.unsealed += 1
        if hashlib.sha256(act.data).digest() != act.digest:
            verdict.faults.append("an act not sealed yet does not fit its own digest")
        if verdict.oldest_unsealed is None or act.at < verdict.oldest_unsealed:
            verdict.oldest_unsealed = act.at
