"""``rangkul doctor``: what an operator must know, in plain sentences; 1 when something is wrong."""

from __future__ import annotations

import argparse
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rangkul.commands.owning import owners_database

GOOD, LOOK, WRONG = "ok", "look", "WRONG"
_BEAT_WITHIN = timedelta(minutes=2)
_SEAL_WITHIN = timedelta(minutes=5)
_BACKUP_WITHIN = timedelta(days=2)
# As in the operator's guide: an older key-store backup would bring destroyed keys back.
_KEYS_KEPT = 14


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence and how it stands."""

    state: str
    sentence: str


def arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(options: argparse.Namespace) -> int:
    """0 when nothing is wrong; what only wants to be looked at does not count."""
    with owners_database(begin=False):
        found = list(examine())
    for finding in found:
        print(f"{finding.state:6} {finding.sentence}")
    return 1 if any(finding.state == WRONG for finding in found) else 0


def examine() -> Iterator[Finding]:
    """Every check there is, in order."""
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        _ring, _worker, _trail, _backup, _scanner, _entrance,
    )  # fmt: skip
    for check in checks:
        yield from check()


def _ring() -> Iterator[Finding]:
    from django.conf import settings

    from rangkul.foundation import rotation
    from rangkul.foundation.transit_ring import TransitRing

    ring, path = settings.KEY_RING, Path(settings.KEY_RING_PATH)
    yield Finding(GOOD, f"key ring {ring.fingerprint}, its keys kept by {ring.keeper}")
    if isinstance(ring, TransitRing):
        if ring.kek:
            yield Finding(LOOK, "keys from before the move are still on the ring: rotate, retire")
    else:
        yield Finding(
            LOOK,
            f"the ring is a file ({path}): whoever is root here, or runs as its owner, can read "
            "all that is sealed. For real cases let a Transit engine keep it (`rangkul keys move`)",
        )
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        yield Finding(WRONG, f"the ring's file can be read by others (mode {mode:04o})")
    wrapped = rotation.count_by_version(using="owner")
    lost = {version: n for version, n in wrapped.items() if version not in ring.versions()}
    if lost:
        yield Finding(WRONG, f"data keys are wrapped by keys that are not on the ring: {lost}")
    old = sum(n for version, n in wrapped.items() if version < ring.current_kek)
    if old:
        yield Finding(LOOK, f"{old} data keys wait for `rangkul keys rotate`")


def _worker() -> Iterator[Finding]:
    beat = _moment("select max(last_heartbeat) from procrastinate_workers")
    if beat is None:
        yield Finding(WRONG, "no worker runs: no deadline is watched, nothing is called")
    elif _now() - beat > _BEAT_WITHIN:
        yield Finding(WRONG, f"no worker has given a sign since {beat:%Y-%m-%d %H:%M} UTC")
    else:
        yield Finding(GOOD, "a worker is at work")


def _trail() -> Iterator[Finding]:
    from django.conf import settings

    for path in settings.TRAIL_CHECKPOINTS:
        if not path.exists():
            yield Finding(WRONG, f"the trail's witness {path} is not there")
            continue
        sealed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        last = _moment("select max(at) from trail_act")
        if last is not None and last - sealed > _SEAL_WITHIN:
            yield Finding(WRONG, f"acts since {sealed:%Y-%m-%d %H:%M} UTC are sealed by no {path}")
        else:
            yield Finding(GOOD, f"the trail is sealed up to now in {path}")


def _backup() -> Iterator[Finding]:
    from rangkul.retention.events import BACKUP_MADE

    made = _moment("select max(at) from trail_act where name = %s", BACKUP_MADE)
    if made is None:
        yield Finding(LOOK, "no backup was ever made with `rangkul backup`")
    elif _now() - made > _BACKUP_WITHIN:
        yield Finding(LOOK, f"the last backup is of {made:%Y-%m-%d}")
    else:
        yield Finding(GOOD, f"the last backup is of {made:%Y-%m-%d %H:%M} UTC")
    yield Finding(
        LOOK, f"key-store backups older than {_KEYS_KEPT} days must be destroyed; nobody sees that "
        "from here",
    )  # fmt: skip


def _scanner() -> Iterator[Finding]:
    from django.conf import settings

    from rangkul.foundation import scanning

    if not settings.CLAMD:
        yield Finding(LOOK, "what is received is not scanned: set RANGKUL_CLAMD")
        return
    try:
        yield Finding(GOOD, f"scanner: {scanning.version(address=settings.CLAMD)}")
    except scanning.ScannerAway as fault:
        yield Finding(WRONG, f"{fault}: what is received waits and is not given out")
    waiting = _value("select count(*) from cases_attachment where scan = 'waiting'")
    if waiting:
        yield Finding(LOOK, f"{waiting} files wait for the scanner")


def _entrance() -> Iterator[Finding]:
    from django.conf import settings

    if settings.DEMO:
        yield Finding(LOOK, "this is the demonstration: anybody enters as anybody")
    elif settings.TRIAL:
        yield Finding(LOOK, "this is a trial with the embedded database: no place for real people")
    elif not settings.SESSION_COOKIE_SECURE:
        yield Finding(WRONG, "RANGKUL_TLS is not set: sessions travel in the clear")
    else:
        yield Finding(GOOD, f"TLS, under the names {', '.join(settings.ALLOWED_HOSTS)}")


def _now() -> datetime:
    found = _moment("select clock_timestamp()")
    return found or datetime.now(UTC)


def _moment(query: str, *values: str) -> datetime | None:
    found = _value(query, *values)
    return found if isinstance(found, datetime) else None


def _value(query: str, *values: str) -> object:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(query, values or None)
        return cursor.fetchone()[0]
