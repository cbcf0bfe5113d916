"""Keyed search tokens: what an agency may look for without any readable name in its tables.

Each agency and data class has a key of its own outside the database, so that equal names give
unequal tokens in different agencies, and a stolen table cannot be matched with a list of names.
Within an agency each token occurs once: a word's bearers take slots of it (``slots``), so that
there is nothing to count either. See ``docs/decisions/0018-keys-tokens-attachments.md``.
"""

from __future__ import annotations

import hmac
import struct
from collections.abc import Collection, Iterable, Sequence
from random import SystemRandom
from typing import Final, NamedTuple
from uuid import UUID

from django.conf import settings

from rangkul.foundation.keyring import KeyRing
from rangkul.people import matching, slots
from rangkul.people.identity import Contact, Identity
from rangkul.people.models import Token

PERSON, REPORT = "p", "r"
_PLACE: Final = struct.Struct(">qI")
_TRIES: Final = 8
# Rows that everybody has, or nearly: how many a person has would tell how many words her name has.
_WIDTHS: Final = (20, 48)
_CHANCE: Final = SystemRandom()


class Wanted(NamedTuple):
    """A row to be stored: the word's number and what ranking needs of it."""

    word: int
    name: int
    parts: int
    spelling: int


class Slot(NamedTuple):
    """One place of a word: its token, and the masks of what stands beside it."""

    word: int
    token: int
    name: int
    parts: int
    spelling: int

    def masked(self, wanted: Wanted) -> tuple[int, int, int]:
        """``name``, ``parts`` and ``spelling`` as they are stored; masked again, as they were."""
        return wanted.name ^ self.name, wanted.parts ^ self.parts, wanted.spelling ^ self.spelling

    def shown(self, name: int, parts: int, spelling: int) -> tuple[int, int, int]:
        """What a stored row says."""
        return name ^ self.name, parts ^ self.parts, spelling ^ self.spelling


class TokenMaker:
    """Makes the tokens of one agency. Cheap to build; holds keys, so it is never stored."""

    def __init__(self, agency_id: int, ring: KeyRing | None = None) -> None:
        ring = ring or settings.KEY_RING
        self.agency_id = agency_id
        self._names = ring.token_key(agency_id, "identity")
        self._numbers = ring.token_key(agency_id, "contact")
        self._slots = ring.token_key(agency_id, "slots")

    def name(self, kind: str, value: str) -> int:
        """The number of one piece of a name: 64 bits, never stored; its slots' tokens are."""
        return _signed(hmac.digest(self._names, f"{kind}:{value}".encode(), "sha256"))

    def mark(self, spelling: str) -> int:
        """The keyed number of an exact spelling (31 bits), by which candidates are ranked."""
        digest = hmac.digest(self._names, f"x:{spelling}".encode(), "sha256")
        return int.from_bytes(digest[:4], "big") & 0x7FFF_FFFF

    def number(self, kind: str, value: str) -> int:
        """The same as ``name`` for an exact number (nik, passport, phone)."""
        return _signed(hmac.digest(self._numbers, f"{kind}:{value}".encode(), "sha256"))

    def slot(self, word: int, place: int) -> Slot:
        """The word's slot of this number, from 0."""
        digest = hmac.digest(self._slots, _PLACE.pack(word, place), "sha256")
        return Slot(
            word, _signed(digest), digest[8], digest[9],
            int.from_bytes(digest[12:16], "big") & 0x7FFF_FFFF,
        )  # fmt: skip

    def all_tokens(
        self, words: Collection[int], most: int | None = None
    ) -> dict[int, tuple[int, int]]:
        """Token → (word, place) of every slot of these words, or of the first ``most`` of each.

        A search asks thousands, most of which nobody has: what stands beside a token is left to
        ``slot``.
        """
        key, pack, digest, number = self._slots, _PLACE.pack, hmac.digest, int.from_bytes
        return {
            number(digest(key, pack(word, place), "sha256")[:8], "big", signed=True): (word, place)
            for word, count in slots.slots_of(self.agency_id, words).items()
            for place in range(count if most is None else min(count, most))
        }

    def wanted(self, subject: UUID, identity: Identity, contact: Contact) -> list[Wanted]:
        """What is to be stored of one person or report, without slots yet; padded to a width."""
        made = [
            Wanted(self.name(t.kind, t.value), t.name, t.parts, self.mark(t.spelling))
            for t in matching.index_tokens(identity.names)
        ]
        exact = (("nik", identity.nik), ("passport", identity.passport), ("phone", contact.phone))
        made += [Wanted(self.number(name, v), 0, 0, 0) for name, v in exact if v]
        return made + self.padding(subject, len(made))

    def padding(self, subject: UUID, count: int) -> list[Wanted]:
        """Rows that nobody asks for, so that ``count`` is not told; none for nothing."""
        width = next((width for width in _WIDTHS if count <= width), count) if count else 0
        return [
            Wanted(self.name("pad", f"{subject}:{place}"), 0, 0, 0) for place in range(count, width)
        ]

    def free_slots(self, words: Collection[int]) -> dict[int, Slot]:
        """Word → a slot that nobody has. Two at once may take the same one; nothing breaks then."""
        counts = slots.slots_of(self.agency_id, words)
        offered = [
            self.slot(word, place)
            for word, count in counts.items()
            for place in _CHANCE.sample(range(count), min(count, _TRIES))
        ]
        taken = set(
            Token.objects.filter(
                token__in=[slot.token for slot in offered], agency_id=self.agency_id
            ).values_list("token", flat=True)
        )
        chosen = {slot.word: slot for slot in offered if slot.token not in taken}
        full = [word for word in counts if word not in chosen]
        for word, count in slots.grow(self.agency_id, full).items():
            chosen[word] = self.slot(word, _CHANCE.randrange(count // 2, count))
        return chosen


def replace_tokens(
    *, agency_id: int, subject: UUID, kind: str, ref: int, identity: Identity, contact: Contact
) -> bool:
    """Make the stored tokens of a person or report match what is known now.

    Returns whether anything had to be written: what stands already is left alone.
    """
    maker = TokenMaker(agency_id)
    wanted = {each.word: each for each in maker.wanted(subject, identity, contact)}
    known = {row.token: row for row in Token.objects.filter(subject=subject, agency_id=agency_id)}
    kept = set()
    for token, (word, place) in (maker.all_tokens(wanted) if known else {}).items():
        row = known.get(token)
        if row is None or word in kept or (row.subject_kind, row.ref) != (kind, ref):
            continue
        slot = maker.slot(word, place)
        if slot.masked(wanted[slot.word]) == (row.name, row.parts, row.spelling):
            kept.add(word)
            del known[token]
    missing = [word for word in wanted if word not in kept]
    if not (known or missing):
        return False
    Token.objects.filter(id__in=[row.id for row in known.values()]).delete()
    if missing:
        made = [
            _row(agency_id, subject, kind, ref, slot, wanted[word])
            for word, slot in maker.free_slots(missing).items()
        ]
        # In no order that would tell a word from a whole name.
        Token.objects.bulk_create(sorted(made, key=lambda row: row.token))
    return True


def _row(agency_id: int, subject: UUID, kind: str, ref: int, slot: Slot, wanted: Wanted) -> Token:
    name, parts, spelling = slot.masked(wanted)
    return Token(
        token=slot.token, agency_id=agency_id, subject=subject, subject_kind=kind, ref=ref,
        name=name, parts=parts, spelling=spelling,
    )  # fmt: skip


def remove_tokens(*, agency_id: int, subjects: Iterable[UUID]) -> None:
    """Forget the tokens of these persons or reports."""
    Token.objects.filter(subject__in=list(subjects), agency_id=agency_id).delete()


def exact_keys(words: str) -> Sequence[tuple[str, str]]:
    """What a typed number may be: a NIK, a passport, a telephone (kind, value)."""
    found = []
    for kind, key in (
        ("nik", matching.nik_key),
        ("passport", matching.passport_key),
        ("phone", matching.phone_key),
    ):
        try:
            found.append((kind, key(words)))
        except ValueError:
            continue
    return found


def _signed(digest: bytes) -> int:
    return int.from_bytes(digest[:8], "big", signed=True)
