"""How many acts a second are written while nobody seals, and while the sealing never rests."""

from __future__ import annotations

import multiprocessing
import tempfile
import threading
import time
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rangkul.foundation.actor import Actor

WRITERS: Final = 2
WINDOW_SECONDS: Final = 5.0
ROUNDS: Final = 4
BAR_SHARE: Final = 0.9
# The worker seals every twenty seconds; here it does so ten times as often.
_SEAL_EVERY: Final = 2.0


def measure(actor: Actor) -> dict[str, float | int | bool]:
    """Acts a second without and with sealing, windows of both in turn, and their ratio.

    Each act is written in a transaction of its own, with its scope, as the app's role. The sealing
    competes for the same two cores: what it costs in processor time is in the figure.
    """
    from django.db import connections

    plain, sealed = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        witness = Path(folder) / "checkpoints.jsonl"
        for _ in range(ROUNDS):
            _seal_what_stands(witness)
            connections.close_all()
            plain += _window(actor, None)
            sealed += _window(actor, witness)
    seconds = WINDOW_SECONDS * ROUNDS
    share = sealed / plain
    return {
        "plain_per_s": round(plain / seconds), "sealed_per_s": round(sealed / seconds),
        "share": round(share, 3), "holds": share >= BAR_SHARE,
    }  # fmt: skip


def _window(actor: Actor, witness: Path | None) -> int:
    """Acts written in one window; sealed meanwhile where there is a ``witness`` to write to."""
    context = multiprocessing.get_context("fork")
    begin, end = context.Event(), context.Event()
    counts = context.Array("q", WRITERS)
    writers = [
        context.Process(target=_write, args=(actor, begin, end, counts, place))
        for place in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    sealer = threading.Thread(target=_seal_until, args=(end, witness))
    time.sleep(0.3)
    begin.set()
    if witness is not None:
        sealer.start()
    time.sleep(WINDOW_SECONDS)
    end.set()
    for writer in writers:
        writer.join()
    if witness is not None:
        sealer.join()
    return sum(counts)


def _write(actor: Actor, begin: Event, end: Event, counts: list[int], place: int) -> None:
    from rangkul.foundation import hour
    from rangkul.foundation.scope import acting
    from rangkul.trail.operations import record

    begin.wait()
    while not end.is_set():
        with acting(actor):
            record(by=actor, at=hour.now(), name="bench.act", subject_kind="bench", subject_id=1)
        counts[place] += 1


def _seal_until(end: Event, witness: Path) -> None:
    from django.db import connections

    while not end.wait(_SEAL_EVERY):
        _seal_what_stands(witness)
    connections.close_all()


def _seal_what_stands(witness: Path) -> None:
    from django.conf import settings

    from rangkul.foundation import hour
    from rangkul.trail import seals
    from rangkul.trail.sealing import seal_acts

    seal_acts(at=hour.now(), key=seals.private_key(settings.KEY_RING), files=[witness])
