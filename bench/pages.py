"""The pages that are measured, each with its bar: what is asked for, one request after another."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from random import Random
from typing import Final

from bench.client import Answer, Client
from bench.forms import filled, form_with
from bench.visit import Visitor

Ask = Callable[[], Answer]


@dataclass(slots=True)
class Page:
    """One measured page. ``bar_ms`` is its limit for p95; ``ask`` makes one request.

    ``sample`` is an address of the page for counting its queries, with the fields of a post;
    ``most`` how many requests have been made ready.
    """

    name: str
    bar_ms: int | None
    ask: Ask
    sample: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    expects: int = 200
    most: int = 10_000


WARM_UP: Final = 15
SERVICE: Final = "polisi"
_SENT: Final = 96
_NOTE: Final = (
    "Bertemu di tempat yang ia pilih. Ia ingin berpikir dahulu sebelum melapor. Jadwal kunjungan "
    "berikutnya disepakati."
)


def pages(client: Client, visitor: Visitor, *, seed: int) -> Iterator[Page]:
    """Every page in the order of a working day; writing ones last."""
    from django.urls import reverse

    from rangkul.custody.queries import case_number

    rng = Random(seed)
    numbers = cycle([case_number(c) for c in rng.sample(visitor.cases, len(visitor.cases))])
    listing = reverse("case-list")

    def get(path: str) -> Ask:
        return lambda: client.get(path)

    yield Page("today", 50, get(reverse("today")), reverse("today"))
    yield Page("today, whole unit", 50, get(f"{reverse('today')}?siapa=unit"),
               f"{reverse('today')}?siapa=unit")  # fmt: skip
    yield Page("case list, first page", 40, get(listing), listing)
    narrowed = f"{listing}?risk=tinggi&state=open"
    yield Page("case list, filtered", 40, get(narrowed), narrowed)
    twentieth = _page_after(client, listing, 19)
    yield Page("case list, 20th page", 40, get(twentieth), twentieth)
    yield Page(
        "case file", 60, lambda: client.get(reverse("case-page", args=[next(numbers)])),
        reverse("case-page", args=[case_number(visitor.cases[0])]),
    )  # fmt: skip
    yield from _searches(client, visitor, rng)
    yield from _directory(client, visitor)
    yield from _writing(client, visitor)


def _page_after(client: Client, path: str, steps: int) -> str:
    """The address of the page so many steps on, or the last there is."""
    for _ in range(steps):
        older = re.search(r'href="(\?[^"]*sebelum=[^"]*)"', client.get(path).page)
        if older is None:
            return path
        path = path.partition("?")[0] + older[1].replace("&amp;", "&")
    return path


def _searches(client: Client, visitor: Visitor, rng: Random) -> Iterator[Page]:
    from django.urls import reverse

    address = reverse("search")
    fields = form_with(client.get(address).page, "words")
    names = [name for _, name in rng.sample(visitor.names, min(len(visitor.names), 400))]
    exact, fuzzy = cycle(names), cycle([_mistyped(name, rng) for name in names])
    yield Page(
        "search, exact name", 40, lambda: client.post(address, filled(fields, words=next(exact))),
        address, filled(fields, words=names[0]),
    )  # fmt: skip
    yield Page(
        "search, fuzzy name", 50, lambda: client.post(address, filled(fields, words=next(fuzzy))),
        address, filled(fields, words=_mistyped(names[0], rng)),
    )  # fmt: skip


def _mistyped(name: str, rng: Random) -> str:
    """One slip of the finger, as `tests/factories/name_pairs.py` makes them."""
    from tests.factories.name_pairs import SLIPS

    return SLIPS[rng.choice(list(SLIPS))](name, rng)


def _directory(client: Client, visitor: Visitor) -> Iterator[Page]:
    from django.urls import reverse

    from rangkul.custody.queries import case_number

    numbers = cycle([case_number(case) for case in visitor.open_cases])

    def suggest() -> Answer:
        return client.get(f"{reverse('referral-new', args=[next(numbers)])}?layanan={SERVICE}")

    sample = reverse("referral-new", args=[case_number(visitor.open_cases[0])])
    yield Page("desk suggestions", 80, suggest, f"{sample}?layanan={SERVICE}")
    directory = f"{reverse('network-directory')}?layanan={SERVICE}&wilayah={visitor.area}"
    yield Page("directory, narrowed", None, lambda: client.get(directory), directory)


def _writing(client: Client, visitor: Visitor) -> Iterator[Page]:
    from django.urls import reverse

    from rangkul.custody.queries import case_number

    cases = [case_number(case) for case in visitor.open_cases]
    note_at = cycle([reverse("case-note", args=[number]) for number in cases])
    first = reverse("case-note", args=[cases[0]])
    blank = filled(form_with(client.get(first).page, "body"), body=_NOTE)
    yield Page(
        "save a note", 50, lambda: client.post(next(note_at), blank), first, blank, expects=302
    )
    ready = [_ready_referral(client, visitor, case) for case in _grown_ups(visitor)]
    turn = iter(ready[1:])
    path, fields = ready[0]
    yield Page(
        "send a referral", 80, lambda: client.post(*next(turn)), path, fields, expects=302,
        most=len(ready) - 1 - WARM_UP,
    )  # fmt: skip


def _grown_ups(visitor: Visitor) -> list[int]:
    """Open cases of adults, whose consent needs no guardian; as often as referrals are sent."""
    from rangkul.cases import queries as cases
    from rangkul.foundation.scope import acting

    with acting(visitor.actor):
        covers = cases.list_covers(visitor.actor, visitor.open_cases[: 2 * _SENT])
    found = [cover.case_id for cover in covers if not cover.is_child]
    return list(islice(cycle(found), _SENT))


def _ready_referral(
    client: Client, visitor: Visitor, case_id: int
) -> tuple[str, list[tuple[str, str]]]:
    """A referral that has been filled and looked at: consent first, then desk and words."""
    from django.urls import reverse

    from rangkul.consent import notice
    from rangkul.consent.operations import Ground
    from rangkul.custody.queries import case_number
    from rangkul.foundation.scope import acting
    from rangkul.reference.services import ServiceCode
    from rangkul.referrals import ceilings, grounds, operations

    now = datetime.now(UTC)
    ground = Ground(
        letter="a", service=SERVICE, given_by=notice.SURVIVOR, manner="lisan", language="ind",
        levels=grounds.stored(ceilings.proposed_for(ServiceCode(SERVICE))),
        valid_until=now + timedelta(days=90),
    )  # fmt: skip
    with acting(visitor.actor):
        basis = operations.record_ground(case_id=case_id, ground=ground, by=visitor.actor, at=now)
    path = reverse("referral-new", args=[case_number(case_id)])
    fields = form_with(client.get(f"{path}?layanan={SERVICE}&basis={basis.id}").page, "token")
    fields = filled(
        fields, asked="Mohon pendampingan saat melapor.", reach="Pendamping, lewat aplikasi",
        service=SERVICE, basis=str(basis.id),
    )  # fmt: skip
    looked = client.post(path, filled(fields, step="show"))
    return path, filled(form_with(looked.page, "token"), step="send", uncovered_ok="on")
