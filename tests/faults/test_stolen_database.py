"""A thief carries the whole house away, but for the key ring, and looks for five thousand secrets.

A cluster of its own, so that its raw files can be read: tables, history, indexes, the write-ahead
log, dumps, logs with every statement, temporary files, and all files of the application.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.codings import codings, digests
from tests.faults.theft import secrets, values

from rangkul.commands.server import Instance
from rangkul.foundation import embedded, roles
from rangkul.foundation.embedded import EmbeddedServerFailed
from rangkul.people import matching

pytestmark = pytest.mark.xdist_group("theft")

ROOT = Path(__file__).resolve().parents[2]
DRIVER = ROOT / "tests" / "faults" / "theft.py"
_BLOCK, _OVERLAP = 1 << 20, 256
_LOOKED_AT = 8
_MOST_PACKED = 1 << 17
_LOUD = {
    "log_statement": "all", "log_min_messages": "info", "log_min_error_statement": "error",
    "log_error_verbosity": "verbose", "log_parameter_max_length": "-1",
    "log_parameter_max_length_on_error": "-1", "log_temp_files": "0", "work_mem": "64kB",
    "max_wal_size": "64MB", "min_wal_size": "32MB", "full_page_writes": "on",
}  # fmt: skip


class Search:
    """Finds any of hundreds of thousands of forms: by the first eight bytes, at every place."""

    def __init__(self, sought: Iterable[str], block: int = _BLOCK) -> None:
        self._block = block
        self._forms: dict[int, list[tuple[bytes, str]]] = defaultdict(list)
        self.count = 0
        for word in sought:
            forms = {}
            for piece in {word, *(part for part in word.split() if len(part) > 9)}:
                forms |= codings(piece)
            for form, name in {**forms, **digests(word)}.items():
                if len(form) >= _LOOKED_AT:
                    begin = int.from_bytes(form[:_LOOKED_AT], sys.byteorder)
                    self._forms[begin].append((form, f"{word} as {name}"))
                    self.count += 1
        self._begins = frozenset(self._forms)

    def within(self, content: bytes) -> set[str]:
        """What stands in these bytes; also in every stream that is packed within them."""
        found = self._plain(content)
        for unpacked in _streams(content):
            found |= self._plain(unpacked)
        return found

    def _plain(self, content: bytes) -> set[str]:
        found: set[str] = set()
        for start in range(0, len(content), self._block):
            block = content[start : start + self._block + _OVERLAP].lower()
            if not block.strip(b"\0"):
                continue
            for offset in range(_LOOKED_AT):
                whole = (len(block) - offset) // _LOOKED_AT * _LOOKED_AT
                places = memoryview(block)[offset : offset + whole].cast("Q")
                for begin in self._begins.intersection(places):
                    found |= {name for form, name in self._forms[begin] if form in block}
        return found


def _streams(content: bytes) -> Iterator[bytes]:
    """What zlib and gzip streams in these bytes hold, as far as they are whole."""
    for head, bits in ((b"\x78\x9c", 15), (b"\x78\x01", 15), (b"\x78\xda", 15), (b"\x1f\x8b", 31)):
        at = content.find(head)
        while at >= 0:
            with suppress(zlib.error):
                part = memoryview(content)[at : at + _MOST_PACKED]
                unpacked = zlib.decompressobj(bits).decompress(part, 1 << 22)
                if len(unpacked) > _LOOKED_AT:
                    yield unpacked
            at = content.find(head, at + 2)


@dataclass
class Loot:
    """The cluster that was worked with, and the folders that the thief takes."""

    home: Path
    instance: Instance
    log: Path
    temporary: Path
    search: Search
    found: dict[str, set[str]] = field(default_factory=dict)
    bytes_searched: int = 0
    since: float = 0.0

    def superuser(self) -> psycopg.Connection[Any]:
        return self.instance.server.connect(embedded.SUPERUSER, self.instance.database)

    def tool(self, program: str, *arguments: str) -> bytes:
        """What one of PostgreSQL's programs writes out."""
        server = self.instance.server
        url = server.url(embedded.SUPERUSER, self.instance.database)
        command = [str(server._binaries / program), *arguments]
        if program == "pg_dump":
            command += ["--dbname", url]
        return subprocess.run(command, capture_output=True, check=True).stdout

    def places(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Each place with what lies there."""
        data = self.instance.server.data
        with self.superuser() as superuser:
            superuser.execute("checkpoint")
        # Sorted in so little memory that it goes through files; they lie there until it is read.
        with self.superuser() as spilling, spilling.transaction():
            for n, (table, column) in enumerate(_sealed(spilling)):
                spilling.execute(
                    f"declare c{n} cursor for select *, {column}::text from {table} order by "
                    f"{column}::text"
                )
                spilling.execute(f"fetch 1 from c{n}")
            spilled = list(data.glob("base/pgsql_tmp/**/*"))
            assert spilled, "nothing went through a temporary file"
            yield "temporary files", _files([*spilled, *self._under(self.temporary)])
        yield "tables", iter([self._tables()])
        yield (
            "base files and indexes",
            _files(self._under(data / "base") + self._under(data / "global")),
        )
        yield "write-ahead log", _files(self._under(data / "pg_wal"))
        yield "dump, plain", iter([self.tool("pg_dump", "--inserts")])
        packed = self.home / "stolen.dump"
        packed.write_bytes(self.tool("pg_dump", "--format=custom"))
        yield (
            "dump, packed",
            iter([packed.read_bytes(), self.tool("pg_restore", "--file=-", str(packed))]),
        )
        yield "PostgreSQL's log", _files([data / "server.log"])
        yield "the application's log", _files([self.log])
        rest = [
            path for path in self._under(self.instance.root)
            if path != self.instance.ring_path and data not in path.parents
        ]  # fmt: skip
        yield "the application's files", _files([*rest, *self._under(ROOT / "src")])

    def _under(self, folder: Path) -> list[Path]:
        return [path for path in folder.rglob("*") if _is_file_since(path, self.since)]

    def _tables(self) -> bytes:
        rows = []
        with self.superuser() as superuser:
            for (name,) in superuser.execute(
                "select oid::regclass::text from pg_class where relkind in ('r', 'm', 'p') and "
                "relnamespace::regnamespace::text in ('public', 'house')"
            ).fetchall():
                rows += [row[0] for row in superuser.execute(f"select t::text from {name} t")]
            statistics = superuser.execute("select s::text from pg_stats s").fetchall()
        return "\n".join([*rows, *(row[0] for row in statistics)]).encode()

    def look(self) -> dict[str, set[str]]:
        """Place → what was found there."""
        found = {}
        for place, contents in self.places():
            found[place] = set()
            for content in contents:
                self.bytes_searched += len(content)
                found[place] |= self.search.within(content)
        return found


def _sealed(connection: psycopg.Connection[Any]) -> list[tuple[str, str]]:
    return [
        ("people_person", "identity_sealed"),
        ("people_token", "token"),
        ("trail_act", "detail"),
    ]


def _is_file_since(path: Path, since: float) -> bool:
    # The server may take one away meanwhile.
    with suppress(FileNotFoundError):
        return path.is_file() and path.stat().st_mtime >= since
    return False


def _files(paths: Iterable[Path]) -> Iterator[bytes]:
    for path in paths:
        with suppress(FileNotFoundError):
            yield path.read_bytes()


@pytest.fixture(scope="module")
def loot() -> Iterator[Loot]:
    """A house in which five thousand secrets were put and worked with, searched as it was left."""
    home = Path(tempfile.mkdtemp(prefix="rangkul-theft-"))
    # As root the database runs as another user, who must be able to come this way.
    home.chmod(0o711)
    temporary = home / "tmp"
    temporary.mkdir()
    instance = Instance("theft", home, _LOUD)
    try:
        instance.start()
        inherited = {
            name: value for name, value in os.environ.items()
            if not name.startswith(("RANGKUL_", "DJANGO_", "DATABASE_", "PYTEST_"))
        }  # fmt: skip
        environment = inherited | instance.environment(owner=True) | {
            "PYTHONPATH": str(ROOT), "RANGKUL_POOL": "0", "TMPDIR": str(temporary),
        }  # fmt: skip
        log = home / "app.log"
        done = subprocess.run(
            [sys.executable, str(DRIVER), str(log)], env=environment, capture_output=True,
            check=False, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()[-3_000:]
        made = Loot(home, instance, log, temporary, Search(values()))
        made.found = made.look()
        yield made
    finally:
        with suppress(EmbeddedServerFailed):
            instance.server.stop(force=True)
        shutil.rmtree(home, ignore_errors=True)


@pytest.mark.promise(
    "stolen-database",
    chapter="vault",
    sentence=(
        "A stolen database with all of the application's files, but without the key ring, "
        "yields no name, number, telephone or address, in any place and any common coding."
    ),
)
def test_none_of_five_thousand_secrets_is_found(loot: Loot, figure: Any) -> None:
    assert len(set(values())) == 5_000
    with psycopg.connect(loot.instance.server.url(roles.OWNER, loot.instance.database)) as owner:
        counted = owner.execute("select count(*) from people_person").fetchone()
        # What was worked with is there, sealed.
        assert counted == (1_000,)
        assert owner.execute("select count(*) > 5 from cases_attachment").fetchone() == (True,)
    assert loot.found == {place: set() for place in loot.found}
    log = (loot.instance.server.data / "server.log").read_text(errors="replace")
    assert log.count("statement: ") + log.count("execute ") > 5_000
    assert loot.log.stat().st_size > 100_000
    figure(
        f"0 of 5,000 planted values found in {len(loot.found)} places "
        f"({loot.bytes_searched // 1_000_000} MB, {loot.search.count:,} forms sought)"
    )


@pytest.mark.promise(
    "stolen-database",
    chapter="vault",
    sentence=(
        "A stolen database with all of the application's files, but without the key ring, "
        "yields no name, number, telephone or address, in any place and any common coding."
    ),
)
def test_no_token_can_be_made_again_without_the_ring(loot: Loot, figure: Any) -> None:
    with loot.superuser() as superuser:
        stored = {row[0] for row in superuser.execute("select token from people_token")}
    guesses = set()
    for secret in secrets():
        words = [(str(t.kind), t.value) for t in matching.index_tokens([secret.name])]
        words += [("nik", secret.nik), ("passport", secret.passport), ("phone", secret.phone)]
        for kind, value in words:
            for text in (value, f"{kind}:{value}", f"{kind}{value}", value.upper()):
                for name in ("md5", "sha1", "sha256", "blake2b"):
                    raw = hashlib.new(name, text.encode(), usedforsecurity=False).digest()
                    guesses |= {
                        int.from_bytes(part, order, signed=True)
                        for part in (raw[:8], raw[-8:])
                        for order in ("big", "little")
                    }
    assert len(stored) >= 4_000
    assert not stored & guesses
    figure(f"0 of {len(stored):,} search tokens among {len(guesses):,} guessed digests")


@pytest.mark.planted("stolen-database")
def test_planted_each_place_and_each_coding_is_searched(loot: Loot) -> None:
    """One secret in the clear in each place, and in one place in every form."""
    told = secrets()
    # What was not touched since was searched before.
    loot.since = time.time() - 1
    with loot.superuser() as superuser:
        superuser.execute("create table planted (x bytea, y text)")
        superuser.execute(
            "insert into planted values (%s, %s)", [told[1].name.encode(), told[2].address]
        )
    (loot.temporary / "upload").write_bytes(told[3].nik.encode())
    (loot.instance.root / "left.json").write_text(f'{{"phone": "{told[4].phone}"}}')
    with loot.log.open("a") as log:
        log.write(hashlib.sha256(told[5].nik.encode()).hexdigest())
    found = loot.look()
    for place, number in {
        "tables": 1, "base files and indexes": 1, "write-ahead log": 2, "dump, plain": 1,
        "dump, packed": 2, "PostgreSQL's log": 2, "the application's log": 5,
        "temporary files": 3, "the application's files": 4,
    }.items():  # fmt: skip
        secret = set(told[number])
        assert any(hit.split(" as ")[0] in secret for hit in found[place]), (place, found[place])
    assert set(found) == set(loot.found)


@pytest.mark.planted("stolen-database")
def test_planted_every_form_is_found_at_every_place_of_a_block() -> None:
    word = secrets()[50].name
    search = Search([word], block=4_096)
    forms = {**codings(word), **digests(word)}
    for form, name in forms.items():
        if len(form) < _LOOKED_AT:
            continue
        for before in (0, 1, 3, 7, 4_091, 4_097):
            assert search.within(b"." * before + form + b"..."), (name, before)
    packed = zlib.compress(b"a line, " * 9 + word.encode())
    assert search.within(b"head" + packed + b"tail")
    assert not search.within(b"a line, " * 4_000)
