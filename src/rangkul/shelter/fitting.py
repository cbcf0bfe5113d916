"""Which bed suits whom: sex and age of the room, families together, cots for small children."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rangkul.shelter.workflow import ADULT, BED, CHILD, COT, FAMILY

# What the form calls a person whose sex is neither; the room is chosen with the person.
OTHER_SEX = "X"


@dataclass(frozen=True, slots=True)
class Guest:
    """One person who needs a bed; ``sex`` is P, L or X, ``group`` adult or child."""

    sex: str
    group: str


@dataclass(frozen=True, slots=True)
class Berth:
    """A bed with what its room takes; ``party`` is whose the other beds of the room are, or 0.

    ``party`` matters only where ``sex`` is empty: such a room takes one family at a time.
    """

    bed_id: int
    room_id: int
    sex: str
    group: str
    kind: str = BED
    party: int = 0


def is_family(party: Sequence[Guest]) -> bool:
    """Whether an adult comes with at least one child."""
    groups = {guest.group for guest in party}
    return groups == {ADULT, CHILD}


def why_not(
    guest: Guest, berth: Berth, party: Sequence[Guest], *, with_adult: bool = False,
    party_id: int = 0,
) -> str:  # fmt: skip
    """Why this bed does not suit, as a code; empty when it does.

    ``with_adult``: the party's adult sleeps in the same room, so that a cot may stand there.
    """
    if berth.kind == COT and guest.group != CHILD:
        return "cot_for_child"
    if berth.group == FAMILY:
        if not is_family(party):
            return "family_room"
        if not berth.sex and berth.party not in (0, party_id):
            return "another_family"
        return "other_sex" if guest.group == ADULT and not _suits(guest, berth) else ""
    if guest.group == CHILD and berth.group == ADULT:
        return "" if berth.kind == COT and with_adult else "not_among_adults"
    if guest.group == ADULT and berth.group == CHILD:
        return "not_among_children"
    return "" if _suits(guest, berth) else "other_sex"


def _suits(guest: Guest, berth: Berth) -> bool:
    return berth.sex in ("", guest.sex) or guest.sex == OTHER_SEX


def check(
    party: Sequence[Guest], berths: Sequence[Berth], *, party_id: int = 0
) -> Mapping[int, str]:
    """Index of each guest whose bed does not suit → why; empty when all do.

    ``berths`` stand in the party's order. Two guests in one bed is ``same_bed``.
    """
    adult_rooms = {b.room_id for g, b in zip(party, berths, strict=True) if g.group == ADULT}
    faults: dict[int, str] = {}
    seen: set[int] = set()
    for index, (guest, berth) in enumerate(zip(party, berths, strict=True)):
        code = why_not(
            guest, berth, party, with_adult=berth.room_id in adult_rooms, party_id=party_id
        )
        if berth.bed_id in seen:
            code = "same_bed"
        seen.add(berth.bed_id)
        if code:
            faults[index] = code
    return faults


def suggest(party: Sequence[Guest], free: Iterable[Berth]) -> list[Berth] | None:
    """One free bed for each of the party, kept together where it can be; ``None`` when none fits.

    A family first looks for a single family room, then for a room of its adult with cots; an
    emptier room is not preferred over a fuller one, so that families still find a whole room.
    """
    berths = sorted(free, key=lambda b: (b.kind == COT, b.room_id, b.bed_id))
    if is_family(party):
        for room in dict.fromkeys(b.room_id for b in berths):
            chosen = _fill(party, [b for b in berths if b.room_id == room])
            if chosen is not None:
                return chosen
    return _fill(party, berths)


def _fill(party: Sequence[Guest], berths: Sequence[Berth]) -> list[Berth] | None:
    """Adults first, since a cot stands beside its adult; small children take cots before beds."""
    order = sorted(range(len(party)), key=lambda i: party[i].group != ADULT)
    left, chosen, rooms = list(berths), dict[int, Berth](), set[int]()
    for index in order:
        guest = party[index]
        wished = sorted(left, key=lambda b: guest.group == CHILD and b.kind != COT)
        found = next(
            (b for b in wished if not why_not(guest, b, party, with_adult=b.room_id in rooms)),
            None,
        )
        if found is None:
            return None
        chosen[index] = found
        left.remove(found)
        if guest.group == ADULT:
            rooms.add(found.room_id)
    return [chosen[index] for index in range(len(party))]
