"""Sealing: what has been committed is taken into a tree, its root signed and written outside.

Nobody who writes the trail waits for it. A batch ends below the oldest transaction that still
runs, so that an act committed late falls into a later batch and into none twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from rangkul.foundation.errors import RangkulError
from rangkul.foundation.scope import system
from rangkul.trail import checkpoints, merkle, seals
from rangkul.trail.operations import canonical
from rangkul.trail.seals import Seal

COLUMNS: Final = (
    "id, at, xid, agency_id, actor_id, purpose, name, subject_kind, subject_id, case_id, reason, "
    "note_sealed, detail::text, digest"
)
# One seal takes no more than this, and always whole transactions.
LARGEST: Final = 20_000
# Rows fetched in one go.
_AT_ONCE: Final = 2_000
# Any number: only one process seals at a time.
_ONE_AT_A_TIME: Final = 5_372_011


class TrailCut(RangkulError):
    """The database ends before its checkpoints: it was restored, or something was taken away."""

    code = "trail_cut"


class TrailBehind(RangkulError):
    """New acts would be numbered below sealed ones."""

    code = "trail_behind"


@dataclass(frozen=True, slots=True)
class Standing:
    """An act as it stands in the table, digest included."""

    number: int
    data: bytes
    digest: bytes
    at: datetime

    @property
    def leaf(self) -> bytes:
        """What the tree takes of it: its number, and the digest that covers every other column."""
        return _leaf(self.number, self.digest)


def _leaf(number: int, digest: bytes) -> bytes:
    return merkle.leaf(number.to_bytes(8, "big") + digest)


def standing(row: Sequence[Any]) -> Standing:
    """One row of `COLUMNS`."""
    (act_id, at, xid, agency_id, actor_id, purpose, name, subject_kind, subject_id, case_id,
     reason, note_sealed, detail, digest) = row  # fmt: skip
    data = canonical(
        act_id=act_id, at=at, agency_id=agency_id, actor_id=actor_id, purpose=purpose, name=name,
        subject_kind=subject_kind, subject_id=subject_id, case_id=case_id, reason=reason,
        note_sealed=None if note_sealed is None else bytes(note_sealed), detail=json.loads(detail),
    )  # fmt: skip
    return Standing(xid, data, bytes(digest), at)


def seal_acts(
    *, at: datetime, key: Ed25519PrivateKey, files: Iterable[Path], largest: int = LARGEST
) -> int:
    """Seal what is committed by now and not sealed yet; the number of acts sealed.

    What is committed while it seals waits for the next call: to run after those who write would
    make a seal of every few acts, and never come to the files. The seal is committed first and
    written to every file of ``files`` after that: what a fault keeps from a file is written there
    by the next call. Raises `TrailCut` or `TrailBehind` before anything is sealed,
    `CheckpointOutOfReach` after all files were tried.
    """
    files = list(files)
    sealed, more = 0, True
    while more:
        acts, more = _seal_batch(at, key, files, largest)
        sealed += acts
    _witness(files)
    return sealed


def _seal_batch(
    at: datetime, key: Ed25519PrivateKey, files: list[Path], largest: int
) -> tuple[int, bool]:
    """How many acts the next batch has, and whether it left any that were committed before it."""
    with system("sealing"), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
        if not cursor.fetchone()[0]:
            return 0, False
        last = newest(cursor)
        _refuse_a_cut_trail(last, files)
        cursor.execute("select house.act_horizon(), house.acts_behind()")
        horizon, behind = cursor.fetchone()
        first = last.below if last else 0
        if behind or horizon < first:
            raise TrailBehind(
                "the database counts its transactions anew, as after a restore: "
                "run `rangkul trail resume`"
            )
        below = _end_of_batch(cursor, first, horizon, largest)
        if below is None:
            return 0, False
        root, acts = _tree(first, below)
        made = seals.following(last, at=at, below=below, acts=acts, root=root).signed(key)
        insert(cursor, made)
    return acts, below < horizon


def _end_of_batch(cursor: Any, first: int, horizon: int, largest: int) -> int | None:
    """Below which number the next batch ends; ``None`` when there is nothing to seal."""
    cursor.execute(
        "select (select xid from trail_act where xid >= %s and xid < %s order by xid, id limit 1), "
        "(select xid from trail_act where xid >= %s and xid < %s order by xid, id "
        "offset %s limit 1)",
        [first, horizon, first, horizon, largest],
    )
    begins, beyond = cursor.fetchone()
    if begins is None:
        return None
    if beyond is None:
        return int(horizon)
    # A transaction larger than a batch is a batch of its own.
    return int(beyond) if beyond > begins else int(begins) + 1


def acts_between(cursor: Any, first: int, below: int) -> Iterator[Standing]:
    """The acts of one batch in the order of the tree, fetched some thousands at a time."""
    cursor.execute(
        f"select {COLUMNS} from trail_act where xid >= %s and xid < %s order by xid, id",
        [first, below],
    )
    while rows := cursor.fetchmany(_AT_ONCE):
        yield from map(standing, rows)


def _tree(first: int, below: int, using: str = DEFAULT_DB_ALIAS) -> tuple[bytes, int]:
    """The root over a batch, and how many acts it has; one of any size fits.

    Whether each act fits its digest is asked when the trail is verified, not by who seals.
    """
    counted = 0

    def leaves(cursor: Any) -> Iterator[bytes]:
        nonlocal counted
        cursor.execute(
            "select xid, digest from trail_act where xid >= %s and xid < %s order by xid, id",
            [first, below],
        )
        while rows := cursor.fetchmany(_AT_ONCE):
            counted += len(rows)
            for number, digest in rows:
                yield _leaf(number, bytes(digest))

    with connections[using].chunked_cursor() as cursor:
        return merkle.root(leaves(cursor)), counted


def newest(cursor: Any) -> Seal | None:
    """The newest seal in the database."""
    cursor.execute("select line from trail_seal order by number desc limit 1")
    row = cursor.fetchone()
    return seals.read(row[0]) if row else None


def insert(cursor: Any, seal: Seal) -> None:
    """Put a seal into the database."""
    cursor.execute(
        "insert into trail_seal (number, line) values (%s, %s)", [seal.number, seal.line()]
    )


def _refuse_a_cut_trail(last: Seal | None, files: Iterable[Path]) -> None:
    known = last.number if last else 0
    for path in files:
        try:
            outside = checkpoints.newest(path)
        except checkpoints.CheckpointOutOfReach:
            # Told once the others are written: one lost disk stops no seal.
            continue
        if outside is not None and outside.number > known:
            raise TrailCut(
                f"the database ends at seal {known}, the checkpoint {path} at {outside.number}: "
                "run `rangkul trail verify`, and after a restore `rangkul trail resume`"
            )


def _witness(files: Iterable[Path]) -> None:
    """Bring every file up to the database; the first fault is raised once all were tried."""
    fault: checkpoints.CheckpointOutOfReach | None = None
    with system("sealing"), connection.cursor() as cursor:
        # One at a time: a line is appended once.
        cursor.execute("select pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
        for path in files:
            try:
                have = checkpoints.newest(path)
                checkpoints.append(path, _later_than(cursor, have.number if have else 0))
            except checkpoints.CheckpointOutOfReach as found:
                fault = fault or found
    if fault is not None:
        raise fault


def _later_than(cursor: Any, number: int) -> list[Seal]:
    cursor.execute("select line from trail_seal where number > %s order by number", [number])
    return [seals.read(line) for (line,) in cursor.fetchall()]


def refuse_if_behind() -> None:
    """Raise `TrailBehind` before anything is served whose acts no seal would cover."""
    with connection.cursor() as cursor:
        cursor.execute("select house.acts_behind()")
        if cursor.fetchone()[0]:
            raise TrailBehind(
                "Rangkul does not start: the database counts its transactions anew, as after a "
                "restore. Run `rangkul migrate`, then `rangkul trail resume`."
            )


def catch_up(*, using: str) -> int:
    """Raise the base of the acts' numbers above all that stand; by how much (0 unless restored).

    ``using`` is the owner's connection.
    """
    with connections[using].cursor() as cursor:
        cursor.execute("select house.acts_behind()")
        behind = int(cursor.fetchone()[0])
        if behind:
            cursor.execute("update house.act_base set base = base + %s", [behind])
    return behind


def resume(
    *, at: datetime, key: Ed25519PrivateKey, files: Iterable[Path], using: str
) -> Seal | None:
    """After a restore: go on behind the newest checkpoint; ``None`` where nothing was lost.

    The seals in between stay in the files and are void from now on; whoever verifies is told that
    they were lost, when and how many acts. ``using`` is the owner's connection.
    """
    files = list(files)
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        catch_up(using=using)
        last, outside = newest(cursor), _newest_outside(files)
        if outside is None or (last is not None and outside.number <= last.number):
            return None
        # Numbers that lost acts bore are not given again.
        cursor.execute(
            "update house.act_base set base = base + greatest(0, %s - house.act_horizon())",
            [outside.below],
        )
        cursor.execute("select house.act_horizon()")
        below = int(cursor.fetchone()[0])
        root, acts = _tree(last.below if last else 0, below, using)
        made = seals.resumption(
            checkpoint=outside, last=last, at=at, below=below, acts=acts, root=root
        ).signed(key)
        insert(cursor, made)
    for path in files:
        checkpoints.append(path, [made])
    return made


def _newest_outside(files: Iterable[Path]) -> Seal | None:
    found = [seal for path in files if (seal := checkpoints.newest(path)) is not None]
    return max(found, key=lambda seal: seal.number, default=None)
