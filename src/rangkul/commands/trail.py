"""``rangkul trail``: seal, verify, go on after a restore, and print the key that auditors keep."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from rangkul.commands.owning import owners_database

if TYPE_CHECKING:
    from rangkul.trail.proof import Verdict


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do."""
    parser.add_argument(
        "act",
        choices=("verify", "seal", "resume", "key"),
        help="verify: every sealed act against the checkpoints; seal: now; resume: go on after "
        "a restore; key: print the public key for an auditor",
    )


def run(options: argparse.Namespace) -> int:
    """0 when all is well, 1 where the trail was touched."""
    with owners_database(begin=False):
        return {"verify": verify, "seal": _seal, "resume": resume, "key": _key}[options.act]()


def verify() -> int:
    """Look at every sealed act and tell; 0 for a whole trail, 1 for a touched one."""
    from django.conf import settings
    from django.db import connections, transaction

    from rangkul.trail import checkpoints, proof, seals

    owner = connections["owner"]
    with transaction.atomic(using="owner"):
        owner.ensure_connection()
        verdict = proof.verify(
            owner.connection,
            [checkpoints.lines(path) for path in settings.TRAIL_CHECKPOINTS],
            seals.public_key(settings.KEY_RING),
        )
    for path in settings.TRAIL_CHECKPOINTS:
        print(f"checkpoint  {path}")
    _tell(verdict)
    return 0 if verdict.whole else 1


def _tell(verdict: Verdict) -> None:
    for note in verdict.notes:
        print(f"note        {note}")
    for fault in verdict.faults:
        print(f"FAULT       {fault}")
    print(f"sealed      {verdict.acts} acts under {verdict.seals} seals")
    since = verdict.oldest_unsealed
    print(f"not sealed  {verdict.unsealed} acts" + (f", the oldest of {since}" if since else ""))
    print("whole" if verdict.whole else "TOUCHED: see what is marked FAULT")


def _seal() -> int:
    from django.conf import settings

    from rangkul.foundation import hour
    from rangkul.trail import seals
    from rangkul.trail.sealing import seal_acts

    sealed = seal_acts(
        at=hour.now(), key=seals.private_key(settings.KEY_RING), files=settings.TRAIL_CHECKPOINTS
    )
    print(f"{sealed} acts sealed")
    return 0


def resume() -> int:
    """Go on behind the newest checkpoint after a restore."""
    from django.conf import settings

    from rangkul.foundation import hour
    from rangkul.trail import sealing, seals

    made = sealing.resume(
        at=hour.now(), key=seals.private_key(settings.KEY_RING),
        files=settings.TRAIL_CHECKPOINTS, using="owner",
    )  # fmt: skip
    if made is None:
        print("nothing was lost: sealing goes on by itself")
    else:
        print(f"sealing goes on with seal {made.number}; verifying tells what was lost")
    return 0


def _key() -> int:
    from django.conf import settings

    from rangkul.trail import seals

    print(seals.public_key(settings.KEY_RING).public_bytes_raw().hex())
    return 0
