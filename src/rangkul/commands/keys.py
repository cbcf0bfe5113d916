"""``rangkul keys``: what each key-encryption key wraps; a new one, rotation, retirement, move."""

from __future__ import annotations

import argparse
import os
import sys

from rangkul.commands.owning import owners_database
from rangkul.foundation.errors import RangkulError


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do."""
    parser.add_argument(
        "act",
        choices=("status", "new", "rotate", "retire", "move"),
        help="status: what each key wraps; new: put a fresh key on the ring; rotate: wrap "
        "everything under the current key; retire: take an old key off the ring; move: let a "
        "Transit engine (RANGKUL_TRANSIT_ADDRESS) keep what the ring's file holds",
    )
    parser.add_argument("version", nargs="?", type=int, help="the key to retire")


def run(options: argparse.Namespace) -> int:
    """0 when done; a refusal ends with its sentence and changes nothing."""
    if (options.act == "retire") != (options.version is not None):
        raise RangkulError("`retire` takes the number of the key to retire; nothing else does")
    with owners_database(begin=False):
        if options.act == "retire":
            return _retire(options.version)
        acts = {"status": _status, "new": _new, "rotate": _rotate, "move": _move}
        return acts[options.act]()


def _status() -> int:
    from django.conf import settings

    from rangkul.foundation import rotation

    ring = settings.KEY_RING
    wrapped = rotation.count_by_version(using="owner")
    known = ring.versions()
    print(f"key ring {ring.fingerprint}, its keys kept by {ring.keeper}")
    for version in sorted({*known, *wrapped}):
        state = "current" if version == ring.current_kek else "old"
        state = state if version in known else "NOT ON THE RING"
        print(f"key {version}  wraps {wrapped.get(version, 0)} data keys  ({state})")
    return 0


def _new() -> int:
    from django.conf import settings

    from rangkul.foundation import keyring

    _refuse_unless_rotated()
    made = keyring.add_kek(settings.KEY_RING_PATH)
    print(f"key {made.current_kek} is on the ring at {settings.KEY_RING_PATH} and current.")
    if made.kek:
        print("Copy the ring to every machine and to its safe place, then `rangkul keys rotate`.")
    else:
        print(f"It is kept by {made.keeper}. Now `rangkul keys rotate`.")
    return 0


def _refuse_unless_rotated() -> None:
    from django.conf import settings

    from rangkul.foundation import rotation

    waiting = rotation.count_by_version(using="owner").keys() - {settings.KEY_RING.current_kek}
    if waiting:
        raise RangkulError(
            f"keys {sorted(waiting)} still wrap data keys: end that rotation first "
            "(`rangkul keys rotate`)"
        )


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

    wrapped = rotation.count_by_version(using="owner")
    left = wrapped.get(version, 0)
    if left:
        raise RangkulError(
            f"key {version} still wraps {left} data keys: `rangkul keys rotate` first"
        )
    older = {number: count for number, count in wrapped.items() if number < version and count}
    if older and not settings.KEY_RING.kek:
        # The engine lets go of a version together with all older ones.
        raise RangkulError(f"older keys still wrap data keys ({older}): retire nothing before")
    keyring.retire_kek(settings.KEY_RING_PATH, version)
    print(f"key {version} is off the ring. Backups of the key store from before the rotation")
    print("open only with a copy of the ring that still has it.")
    return 0


def _move() -> int:
    from django.conf import settings

    from rangkul.foundation import transit_ring
    from rangkul.foundation.transit import way_from

    moved = transit_ring.move(settings.KEY_RING_PATH, way_from(os.environ))
    print(f"the ring at {settings.KEY_RING_PATH} is kept by {moved.keeper} from now on.")
    print("Copy it to every machine beside RANGKUL_TRANSIT_*, start web and worker anew, then")
    print("`rangkul keys rotate`, `rangkul keys retire` for each old key; destroy all copies of")
    print("the ring from before once no key-store backup needs them.")
    return 0
