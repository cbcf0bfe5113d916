"""How many acts a second are written while nobody seals them, and while somebody does."""

from __future__ import annotations

import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.memory import family, processor_seconds

if TYPE_CHECKING:
    from rangkul.foundation.actor import Actor

WRITERS: Final = 2
ROUNDS: Final = 20
# A spell with sealing has one seal, at its end: twenty times as often as the worker makes one.
SPELL_SECONDS: Final = 1.0
BAR_SHARE: Final = 0.9
_WARM_UP: Final = 1.0


@dataclass(frozen=True, slots=True)
class Spell:
    """Acts a second in one spell, and the processor time of the sealing and of everybody."""

    rate: float
    sealing_s: float
    all_s: float


def measure(actor: Actor, postmaster: int, *, rounds: int = ROUNDS) -> dict[str, object]:
    """Acts a second without and with sealing, medians of short spells, and their ratio.

    Each act is written in a transaction of its own, with its scope, as the app's role, by two
    writers who never pause. A round is a spell without, two with, one without, so that what else
    wants the machine weighs on both alike; ``quartiles`` are those of the rounds' own ratios. What
    the acts of a spell cost to seal is in its figure, to the last. ``processor_share`` is what of
    the processor time of these spells went into the sealing, here and in the database of
    ``postmaster``: it says the same whatever else runs.
    """
    load_before = round(os.getloadavg()[0], 1)
    plain: list[Spell] = []
    sealed: list[Spell] = []
    ratios: list[float] = []
    with tempfile.TemporaryDirectory() as folder, _writing(actor) as written:
        witness = Path(folder) / "checkpoints.jsonl"
        _seal_what_stands(witness)
        all_of_us = family([os.getpid(), postmaster])
        for _ in range(rounds):
            first, *between, last = (
                _spell(written, all_of_us, one) for one in (None, witness, witness, None)
            )
            plain += [first, last]
            sealed += between
            ratios.append(_rate(between) / _rate([first, last]))
    share = _rate(sealed) / _rate(plain)
    used = sum(spell.sealing_s for spell in sealed) / sum(spell.all_s for spell in sealed)
    return {
        "plain_per_s": round(_rate(plain)), "sealed_per_s": round(_rate(sealed)),
        "share": round(share, 3), "quartiles": _quartiles(ratios), "rounds": rounds,
        "processor_share": round(used, 4), "holds": share >= BAR_SHARE,
        "load_before": load_before, "niceness": os.nice(0),
        "measured_on": datetime.now(UTC).date().isoformat(),
    }  # fmt: skip


def _rate(spells: Sequence[Spell]) -> float:
    return statistics.median(spell.rate for spell in spells)


def _quartiles(ratios: Sequence[float]) -> list[float]:
    lower, _, upper = statistics.quantiles(ratios, method="inclusive")
    return [round(lower, 3), round(upper, 3)]


@contextmanager
def _writing(actor: Actor) -> Iterator[Callable[[], int]]:
    """Writers at work, until the block ends; yields how many acts they have written by now."""
    from django.db import connections

    connections.close_all()
    context = multiprocessing.get_context("fork")
    end = context.Event()
    counts = context.Array("q", WRITERS)
    writers = [
        context.Process(target=_write, args=(actor, end, counts, place), daemon=True)
        for place in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    try:
        time.sleep(_WARM_UP)
        yield lambda: sum(counts)
    finally:
        end.set()
        for writer in writers:
            writer.join()


def _spell(written: Callable[[], int], all_of_us: set[int], witness: Path | None) -> Spell:
    """One spell; what it wrote is sealed where there is a ``witness`` to write to."""
    from django.db import connection

    sealing = [os.getpid(), connection.connection.info.backend_pid]
    if witness is not None:
        # What the spells before have left is not this one's.
        _seal_what_stands(witness)
    used, used_by_all = processor_seconds(sealing), processor_seconds(all_of_us)
    before, begun = written(), time.monotonic()
    time.sleep(SPELL_SECONDS)
    if witness is not None:
        _seal_what_stands(witness)
    return Spell(
        rate=(written() - before) / (time.monotonic() - begun),
        sealing_s=processor_seconds(sealing) - used,
        all_s=processor_seconds(all_of_us) - used_by_all,
    )


def _write(actor: Actor, end: Event, counts: list[int], place: int) -> None:
    from rangkul.foundation import hour
    from rangkul.foundation.scope import acting
    from rangkul.trail.operations import record

    while not end.is_set():
        with acting(actor):
            record(by=actor, at=hour.now(), name="bench.act", subject_kind="bench", subject_id=1)
        counts[place] += 1


def _seal_what_stands(witness: Path) -> None:
    from django.conf import settings

    from rangkul.foundation import hour
    from rangkul.trail import seals
    from rangkul.trail.sealing import seal_acts

    seal_acts(at=hour.now(), key=seals.private_key(settings.KEY_RING), files=[witness])
