"""A thousand ways to touch a sealed trail as a superuser, each found by both verifiers.

Whoever tampers here owns the database, switches its triggers off, knows how digests, trees and
seals are made, and makes them anew. What is not theirs: the key ring and the checkpoint file.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connections
from tests import conftest
from tests.people import NOW, Cast, seed

from rangkul.foundation.scope import acting
from rangkul.trail import checkpoints, merkle, proof, sealing, seals
from rangkul.trail.operations import canonical, record
from rangkul.trail.seals import Seal

pytestmark = pytest.mark.xdist_group("trail")

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
THIEF = Ed25519PrivateKey.from_private_bytes(b"t" * 32)
WAYS = 1_000
_BATCHES, _UNSEALED = 12, 6


def _independent() -> ModuleType:
    path = conftest.ROOT / "ops" / "verify_trail.py"
    spec = importlib.util.spec_from_file_location("verify_trail", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


INDEPENDENT = _independent()
Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Log:
    """A sealed trail, the superuser's connection to it, and what stands outside."""

    thief: Connection
    witness: list[str]

    def seals(self) -> list[Seal]:
        rows = self.thief.execute("select line from trail_seal order by number").fetchall()
        return [seals.read(line) for (line,) in rows]

    def sealed(self) -> list[dict[str, Any]]:
        """Every sealed act as a row."""
        with self.thief.cursor(row_factory=psycopg.rows.dict_row) as cursor:
            cursor.execute(
                "select * from trail_act where xid < %s order by xid, id", [self.seals()[-1].below]
            )
            return list(cursor)


@pytest.fixture(scope="module")
def log(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Log]:
    """Twelve seals over acts of several agencies, and a few acts that no seal has yet."""
    path = tmp_path_factory.mktemp("witness") / "checkpoints.jsonl"
    chance = random.Random(7)
    server = conftest.SERVER
    assert server is not None
    with django_db_blocker.unblock():
        seed()
        people = [Cast().ratih, Cast().yohana, Cast().andi]
        for _ in range(_BATCHES):
            for _ in range(chance.randint(3, 9)):
                _act(chance, chance.choice(people))
            sealing.seal_acts(at=NOW, key=KEY, files=[path])
        for _ in range(_UNSEALED):
            _act(chance, people[0])
        with server.superuser(conftest.CLONE) as thief:
            thief.autocommit = False
            yield Log(thief, list(checkpoints.lines(path)))
            thief.rollback()
        for connection in connections.all():
            connection.close()
        conftest.clone_database(server, conftest.CLONE)


def _act(chance: random.Random, by: Any) -> None:
    with acting(by):
        for _ in range(chance.randint(1, 4)):
            record(
                by=by, at=NOW + timedelta(seconds=chance.randrange(10**6)), name="test.act",
                subject_kind="thing", subject_id=chance.randrange(9),
                reason=chance.choice(["", "asked"]), detail={"n": chance.randrange(9)},
                note_sealed=chance.choice([None, b"\x01sealed"]),
            )  # fmt: skip


def found_by_ours(log: Log) -> list[str]:
    return proof.verify(log.thief, [log.witness], KEY.public_key()).faults


def found_by_the_other(log: Log) -> list[str]:
    faults: list[str] = INDEPENDENT.verify(log.thief, [log.witness], KEY.public_key())[0]
    return faults


# -- the ways ---------------------------------------------------------------------------------

Way = Callable[[Log, random.Random], None]


def edit(log: Log, chance: random.Random) -> None:
    """Another value in one column; the act's digest made anew, or not."""
    row = dict(chance.choice(log.sealed()))
    column = chance.choice([c for c in row if c not in {"id", "xid", "digest"}])
    row[column] = _another(column, row[column], chance)
    _write(log, row, digest=chance.random() < 0.7)


def forge_digest(log: Log, chance: random.Random) -> None:
    log.thief.execute(
        "update trail_act set digest = %s where id = %s",
        [chance.randbytes(32), chance.choice(log.sealed())["id"]],
    )


def delete(log: Log, chance: random.Random) -> None:
    gone = chance.sample(log.sealed(), chance.randint(1, 5))
    log.thief.execute("delete from trail_act where id = any(%s)", [[row["id"] for row in gone]])


def insert(log: Log, chance: random.Random) -> None:
    """An act that never was, numbered into a sealed batch."""
    row = dict(chance.choice(log.sealed())) | {"id": uuid4(), "subject_id": "never"}
    row["xid"] = chance.randrange(row["xid"] - 2, row["xid"] + 1)
    row["detail"], row["digest"] = json.dumps(row["detail"]), _digest(row)
    names = ", ".join(row)
    marks = ", ".join(["%s"] * len(row))
    log.thief.execute(f"insert into trail_act ({names}) values ({marks})", list(row.values()))


def reorder(log: Log, chance: random.Random) -> None:
    """Two acts change places, by number or by id."""
    first, second = chance.sample(log.sealed(), 2)
    if first["xid"] != second["xid"]:
        for one, other in ((first, second), (second, first)):
            log.thief.execute(
                "update trail_act set xid = %s where id = %s", [other["xid"], one["id"]]
            )
        return
    keep = UUID(int=chance.getrandbits(128))
    for now, then in ((first["id"], keep), (second["id"], first["id"]), (keep, second["id"])):
        log.thief.execute("update trail_act set id = %s where id = %s", [then, now])


def out_of_sight(log: Log, chance: random.Random) -> None:
    """A sealed act moved behind the newest seal, as if it had just happened."""
    log.thief.execute(
        "update trail_act set xid = (select max(xid) from trail_act) where id = %s",
        [chance.choice(log.sealed())["id"]],
    )


def truncate(log: Log, chance: random.Random) -> None:
    """The tail: the newest sealed acts, with their seals or without."""
    rows = log.sealed()
    cut = rows[-chance.randint(1, len(rows) // 2)]["xid"]
    log.thief.execute("delete from trail_act where xid >= %s", [cut])
    if chance.random() < 0.7:
        keep = sum(seal.below <= cut for seal in log.seals())
        log.thief.execute("delete from trail_seal where number > %s", [keep])


def roll_back(log: Log, chance: random.Random) -> None:
    """An older copy in the place of the newer one: whole in itself."""
    old = chance.choice(log.seals()[:-1])
    log.thief.execute("delete from trail_act where xid >= %s", [old.below])
    log.thief.execute("delete from trail_seal where number > %s", [old.number])


def replace_all(log: Log, chance: random.Random) -> None:
    """Another log with seals of its own: everything fits but the key, or the key's name too."""
    edit(log, chance)
    known = log.seals()
    last: Seal | None = None
    for seal in known:
        with log.thief.cursor() as cursor:
            leaves = [act.leaf for act in sealing.acts_between(cursor, seal.first, seal.below)]
        last = replace(
            seal, root=merkle.root(leaves).hex(), acts=len(leaves),
            previous=last.digest() if last else seals.NOTHING,
        )  # fmt: skip
        last = last.signed(THIEF)
        if chance.random() < 0.5:
            last = replace(last, key=seal.key)
        _rewrite(log, seal.number, last)


def touch_seals(log: Log, chance: random.Random) -> None:
    """A seal that states something else, is gone, or stands as another."""
    known = log.seals()
    seal = chance.choice(known)
    other = chance.choice([one for one in known if one.number != seal.number])
    changed = chance.choice([
        replace(seal, root=chance.randbytes(32).hex()),
        replace(seal, acts=seal.acts + 1),
        replace(seal, at="2020-01-01T00:00:00+00:00"),
        replace(seal, below=seal.below + 1),
        replace(seal, signature=other.signature),
        replace(other, number=seal.number),
        other,
        None,
    ])  # fmt: skip
    if changed is None:
        log.thief.execute("delete from trail_seal where number = %s", [seal.number])
    else:
        _rewrite(log, seal.number, changed)


def remake_a_batch(log: Log, chance: random.Random) -> None:
    """An act taken away and its seal made to fit, with the old signature."""
    seal = chance.choice(log.seals())
    rows = [row for row in log.sealed() if seal.first <= row["xid"] < seal.below]
    log.thief.execute("delete from trail_act where id = %s", [chance.choice(rows)["id"]])
    with log.thief.cursor() as cursor:
        leaves = [act.leaf for act in sealing.acts_between(cursor, seal.first, seal.below)]
    _rewrite(log, seal.number, replace(seal, acts=len(leaves), root=merkle.root(leaves).hex()))


WAYS_TO_TOUCH: list[Way] = [
    edit, edit, edit, forge_digest, delete, insert, reorder, out_of_sight, truncate, roll_back,
    replace_all, touch_seals, touch_seals, remake_a_batch,
]  # fmt: skip


def _another(column: str, value: Any, chance: random.Random) -> Any:
    if column == "at":
        return value + timedelta(microseconds=chance.choice([-1, 1, 10**9]))
    if column == "note_sealed":
        return chance.randbytes(9)
    if column == "detail":
        return {"n": chance.randrange(100, 999)}
    if isinstance(value, int) or column in {"actor_id", "case_id"}:
        return chance.randrange(10**6, 10**7)
    return f"other{chance.randrange(99)}"


def _digest(row: dict[str, Any]) -> bytes:
    detail = row["detail"] if isinstance(row["detail"], dict) else json.loads(row["detail"])
    at: datetime = row["at"]
    data = canonical(
        act_id=row["id"], at=at, agency_id=row["agency_id"], actor_id=row["actor_id"],
        purpose=row["purpose"], name=row["name"], subject_kind=row["subject_kind"],
        subject_id=row["subject_id"], case_id=row["case_id"], reason=row["reason"],
        note_sealed=row["note_sealed"], detail=detail,
    )  # fmt: skip
    return hashlib.sha256(data).digest()


def _write(log: Log, row: dict[str, Any], *, digest: bool) -> None:
    new = dict(row)
    if digest:
        new["digest"] = _digest(new)
    new["detail"] = json.dumps(new["detail"])
    names = [name for name in new if name != "id"]
    setting = ", ".join(f"{name} = %s" for name in names)
    log.thief.execute(
        f"update trail_act set {setting} where id = %s", [*(new[n] for n in names), new["id"]]
    )


def _rewrite(log: Log, number: int, seal: Seal) -> None:
    log.thief.execute("update trail_seal set line = %s where number = %s", [seal.line(), number])


# -- what is found ----------------------------------------------------------------------------


@pytest.mark.promise(
    "trail-clean", chapter="trail", sentence="A trail that nobody touched raises no alarm."
)
def test_a_clean_log_is_whole(log: Log, figure: Callable[[str], None]) -> None:
    assert len(log.seals()) == _BATCHES
    assert found_by_ours(log) == []
    assert found_by_the_other(log) == []
    verdict = proof.verify(log.thief, [log.witness], KEY.public_key())
    faults, _, sealed, unsealed = INDEPENDENT.verify(log.thief, [log.witness], KEY.public_key())
    assert (verdict.acts, verdict.unsealed) == (sealed, unsealed) == (len(log.sealed()), unsealed)
    assert unsealed >= _UNSEALED and not faults
    figure(f"0 alarms on {sealed} acts in {_BATCHES} seals")


@pytest.mark.promise(
    "trail-touched",
    chapter="trail",
    sentence="Whatever is edited, deleted, inserted, reordered, cut off, replaced or rolled back "
    "in the sealed trail by a superuser with triggers off is found, by our verifier and by an "
    "independent one.",
)
@pytest.mark.planted("trail-clean")
@pytest.mark.parametrize("part", range(10))
def test_every_touch_is_found_by_both(log: Log, part: int, figure: Callable[[str], None]) -> None:
    missed = []
    for number in range(part * WAYS // 10, (part + 1) * WAYS // 10):
        chance = random.Random(number)
        way = WAYS_TO_TOUCH[number % len(WAYS_TO_TOUCH)]
        log.thief.execute("set local session_replication_role = replica")
        try:
            before = _fingerprint(log)
            way(log, chance)
            assert _fingerprint(log) != before, f"{way.__name__} {number} touched nothing"
            if not found_by_ours(log):
                missed.append(f"{way.__name__} {number}: not found")
            if not found_by_the_other(log):
                missed.append(f"{way.__name__} {number}: not found by the independent one")
        finally:
            log.thief.rollback()
    assert missed == []
    figure(f"{WAYS} of {WAYS} ways to touch found by both")


def _fingerprint(log: Log) -> Any:
    return log.thief.execute(
        "select (select md5(string_agg(t::text, '|' order by id)) from trail_act t), "
        "(select md5(string_agg(t::text, '|' order by number)) from trail_seal t)"
    ).fetchone()


@pytest.mark.planted("trail-touched")
def test_without_the_checkpoints_an_older_copy_would_pass(log: Log) -> None:
    """Planted fault of the check itself: what the files outside are for."""
    log.thief.execute("set local session_replication_role = replica")
    roll_back(log, random.Random(1))
    newest = log.seals()[-1].number
    assert proof.verify(log.thief, [log.witness[:newest]], KEY.public_key()).faults == []
    assert found_by_ours(log) != []
    log.thief.rollback()


@pytest.mark.promise(
    "trail-youngest",
    chapter="trail",
    sentence="What no seal covers yet can be touched unseen by whoever owns the database: with a "
    "working worker that is the youngest twenty seconds, and a minute at most before it is told.",
)
def test_what_is_younger_than_the_newest_seal_is_exposed(log: Log) -> None:
    """Said plainly: until it is sealed, an owner can take an act away unseen."""
    log.thief.execute("set local session_replication_role = replica")
    log.thief.execute("delete from trail_act where xid >= %s", [log.seals()[-1].below])
    assert (found_by_ours(log), found_by_the_other(log)) == ([], [])
    log.thief.rollback()


@pytest.mark.planted("trail-youngest")
def test_one_seal_older_it_is_found(log: Log) -> None:
    log.thief.execute("set local session_replication_role = replica")
    log.thief.execute("delete from trail_act where xid >= %s", [log.seals()[-2].below])
    assert found_by_ours(log) and found_by_the_other(log)
    log.thief.rollback()


def test_files_that_differ_are_told(log: Log) -> None:
    other = [*log.witness[:-1], log.witness[0]]
    assert proof.verify(log.thief, [log.witness, other], KEY.public_key()).faults
    assert INDEPENDENT.verify(log.thief, [log.witness, other], KEY.public_key())[0]
    assert proof.verify(log.thief, [[]], KEY.public_key()).faults
    assert INDEPENDENT.verify(log.thief, [[]], KEY.public_key())[0]


@pytest.mark.promise(
    "trail-independent",
    chapter="trail",
    sentence="The independent verifier is small enough to read and imports nothing of ours.",
)
def test_the_independent_verifier_is_small(figure: Callable[[str], None]) -> None:
    text = (conftest.ROOT / "ops" / "verify_trail.py").read_text(encoding="utf-8")
    assert not leans_on_us(text)
    assert len(text.splitlines()) < 300
    figure(f"{len(text.splitlines())} lines")


@pytest.mark.planted("trail-independent")
def test_a_verifier_that_leans_on_us_is_told() -> None:
    assert leans_on_us(Path(proof.__file__).read_text(encoding="utf-8"))


def leans_on_us(text: str) -> bool:
    return "import rangkul" in text or "from rangkul" in text
