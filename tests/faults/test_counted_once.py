"""Fillings from phones, sent twice, in disorder, late, at once and across a restore.

Each is counted once. ``python -m bench --field`` sends ten thousand so, over the line and through a
real backup.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connections
from psycopg import sql
from tests.conftest import CLONE, SERVER
from tests.domain.assessments.test_receiving import publish
from tests.field.phone import Phone, on_phone, phone_of
from tests.field.scene import Field, stage, with_id
from tests.people import Cast, cast
from tests.rows import as_owner
from tests.unit.assessments.forms import RISK

__all__ = ["cast"]

COUNT = 120
ONCE = "A filling sent again, out of order, late or across a restore counts exactly once."


@pytest.fixture(autouse=True)
def _committed(committed_db: None) -> None:
    """Every call is a transaction of its own."""


@pytest.fixture
def field(cast: Cast) -> Field:
    return stage(cast)


def _fillings(field: Field) -> list[bytes]:
    """Every second one of the older version, every tenth without its file's number."""
    return [
        on_phone(
            with_id(f"uuid:n{at}").replace(b'version="1"', b'version="%d"' % (1 + at % 2)),
            "" if at % 10 == 9 else field.number,
        )
        for at in range(COUNT)
    ]


def _sent(phones: Sequence[Phone], fillings: Sequence[bytes], dice: random.Random) -> int:
    """Twice each, in disorder, by several phones at once; how many posts that were."""
    queue = [*fillings, *fillings]
    dice.shuffle(queue)

    def carry(phone: Phone, part: Sequence[bytes]) -> list[int]:
        try:
            return [phone.send(xml).status for xml in part]
        finally:
            connections.close_all()

    parts = [queue[at :: len(phones)] for at in range(len(phones))]
    with ThreadPoolExecutor(len(phones)) as pool:
        statuses = [each for done in pool.map(carry, phones, parts) for each in done]
    assert set(statuses) == {201}
    return len(statuses)


class Copies:
    """The database as it was, and back to that, as a restore leaves it."""

    def __init__(self) -> None:
        self.name = f"{CLONE}_copy_{uuid4().hex[:8]}"

    def keep(self) -> None:
        self._made(self.name, CLONE)

    def put_back(self) -> None:
        self._made(CLONE, self.name)

    def drop(self) -> None:
        self._run("drop database if exists {} with (force)", self.name)

    def _made(self, name: str, template: str) -> None:
        connections.close_all()
        self._run("drop database if exists {} with (force)", name)
        self._run("create database {} template {} owner rangkul_owner", name, template)

    def _run(self, statement: str, *names: str) -> None:
        assert SERVER is not None
        with SERVER.superuser() as superuser:
            superuser.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@pytest.fixture
def copies() -> Iterator[Copies]:
    found = Copies()
    yield found
    found.drop()


def counted() -> dict[str, int]:
    """How often each filling stands: in a file or waiting for one."""
    with as_owner() as owner:
        rows = owner.execute(
            "select instance_id, count(*) from (select instance_id from assessments_submission "
            "where source = 'phone' union all select instance_id from field_arrival "
            "where state = 'waiting') one group by 1"
        ).fetchall()
    return dict(rows)


def exactly_once(fillings: Sequence[bytes]) -> None:
    found = counted()
    assert len(found) == len(fillings)
    assert set(found.values()) == {1}


@pytest.mark.promise("counted-once", chapter="web", sentence=ONCE)
def test_ten_dozen_fillings_are_ten_dozen_whatever_happens_on_the_way(
    field: Field, copies: Copies, figure: Callable[[str], None]
) -> None:
    publish(field.cast, RISK, version="2")
    dice = random.Random(5)
    phones = [phone_of(each) for each in (field.cast.ratih, field.cast.ratih)]
    fillings = _fillings(field)
    dice.shuffle(fillings)
    half, more, rest = (
        fillings[: COUNT // 2], fillings[COUNT // 2 : COUNT * 3 // 4], fillings[COUNT * 3 // 4 :]
    )  # fmt: skip
    posts = _sent(phones, half, dice)
    copies.keep()
    posts += _sent(phones, more, dice)
    assert len(counted()) == len(half) + len(more)
    copies.put_back()
    assert len(counted()) == len(half)
    posts += _sent(phones, [*more, *rest, *half[::5]], dice)
    exactly_once(fillings)
    figure(f"{COUNT} fillings in {posts} posts stand {COUNT} times")


@pytest.mark.planted("counted-once")
def test_planted_a_house_that_forgets_what_it_received_is_noticed(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    with as_owner() as owner:
        owner.execute("drop index submission_counted_once")
    monkeypatch.setattr("rangkul.field.queries.mark_of", lambda _sent: os.urandom(32))
    monkeypatch.setattr("rangkul.assessments.queries.find_received", lambda _by, _id: [])
    publish(field.cast, RISK, version="2")
    fillings = _fillings(field)[:6]
    _sent([phone_of(field.cast.ratih)], fillings, random.Random(5))
    with pytest.raises(AssertionError):
        exactly_once(fillings)
