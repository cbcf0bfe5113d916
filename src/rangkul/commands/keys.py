"""``rangkul keys``: which key-encryption keys wrap how much; a new one, rotation, retirement."""

from __future__ import annotations

import argparse
import sys

from rangkul.commands.owning import owners_database
from rangkul.foundation.errors import RangkulError


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do."""
    parser.add_argument(
        "act",
        choices=("status", "new", "rotate", "retire"),
        help="status: what each key wraps; new: put a fresh key on the ring; rotate: wrap "
        "everything under the current key; retire: take an old key off the ring",
    )
    parser.add_argument("version", nargs="?", type=int, help="the key to retire")


def run(options: argparse.Namespace) -> int:
    """0 when done; a refusal ends with its sentence and changes nothing."""
    if (options.act == "retire") != (options.version is not None):
        raise RangkulError("`retire` takes the number of the key to retire; nothing else does")
    with owners_database(begin=False):
        if options.act == "retire":
            return _retire(options.version)
        return {"status": _status, "new": _new, "rotate": _rotate}[options.act]()


def _status() -> int:
    from django.conf import settings

    from rangkul.foundation import rotation

    ring = settings.KEY_RING
    wrapped = rotation.count_by_version(using="owner")
    for version in sorted({*ring.kek, *wrapped}):
        state = "current" if version == ring.current_kek else "old"
        state = state if version in ring.kek else "NOT ON THE RING"
        print(f"key {version}  wraps {wrapped.get(version, 0)} data keys  ({state})")
    return 0


def _new() -> int:
    from django.conf import settings

    from rangkul.foundation import keyring, rotation

    known = settings.KEY_RING
    waiting = rotation.count_by_version(using="owner").keys() - {known.current_kek}
    if waiting:
        raise RangkulError(
            f"keys {sorted(waiting)} still wrap data keys: end that rotation first "
            "(`rangkul keys rotate`)"
        )
    made = keyring.add_kek(settings.KEY_RING_PATH)
    print(f"key {made.current_kek} is on the ring at {settings.KEY_RING_PATH} and current.")
    print("Copy the ring to every machine and to its safe place, then `rangkul keys rotate`.")
    return 0


def _rotate() -> int:
    from django.conf import settings

    from rangkul.foundation import rotation

    def told(count: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{count} …", end="", file=sys.stderr, flush=True)

    done = rotation.rotate(settings.KEY_RING, using="owner", told=told)
    print(f"{done} data keys are wrapped anew; key {settings.KEY_RING.current_kek} wraps all.")
    return 0


def _retire(version: int) -> int:
    from django.conf import settings

    from rangkul.foundation import keyring, rotation

    left = rotation.count_by_version(using="owner").get(version, 0)
    if left:
        raise RangkulError(
            f"key {version} still wraps {left} data keys: `rangkul keys rotate` first"
        )
    keyring.retire_kek(settings.KEY_RING_PATH, version)
    print(f"key {version} is off the ring. Backups of the key store from before the rotation")
    print("open only with a copy of the ring that still has it.")
    return 0
