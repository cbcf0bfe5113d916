"""Keyed search tokens: what an agency may look for without any readable name in its tables.

Each agency and data class has a key of its own outside the database, so that equal names give
unequal tokens in different agencies, and a stolen table cannot be matched with a list of names.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.conf import settings

from rangkul.foundation.keyring import KeyRing
from rangkul.people import matching
from rangkul.people.identity import Contact, Identity
from rangkul.people.models import Token

PERSON, REPORT = "p", "r"


class TokenMaker:
    """Makes the tokens of one agency. Cheap to build; holds keys, so it is never stored."""

    def __init__(self, agency_id: int, ring: KeyRing | None = None) -> None:
        ring = ring or settings.KEY_RING
        self.agency_id = agency_id
        self._names = ring.token_key(agency_id, "identity")
        self._numbers = ring.token_key(agency_id, "contact")

    def name(self, kind: str, value: str) -> int:
        """The token of one piece of a name: 64 bits, signed as PostgreSQL's bigint."""
        return _signed(hmac.digest(self._names, f"{kind}:{value}".encode(), "sha256"))

    def mark(self, spelling: str) -> int:
        """The keyed number of an exact spelling (31 bits), by which candidates are ranked."""
        digest = hmac.digest(self._names, f"x:{spelling}".encode(), "sha256")
        return int.from_bytes(digest[:4], "big") & 0x7FFF_FFFF

    def number(self, kind: str, value: str) -> int:
        """The token of an exact number (nik, passport, phone)."""
        return _signed(hmac.digest(self._numbers, f"{kind}:{value}".encode(), "sha256"))

    def rows(
        self, *, subject: UUID, kind: str, ref: int, identity: Identity, contact: Contact
    ) -> list[Token]:
        """The token rows of one person or report, not yet saved."""
        made = [
            self._row(subject, kind, ref, self.name(t.kind, t.value), t.name, t.parts,
                      self.mark(t.spelling))
            for t in matching.index_tokens(identity.names)
        ]  # fmt: skip
        exact = (("nik", identity.nik), ("passport", identity.passport), ("phone", contact.phone))
        made += [
            self._row(subject, kind, ref, self.number(name, value), 0, 0, 0)
            for name, value in exact
            if value
        ]
        return made

    def _row(
        self, subject: UUID, kind: str, ref: int, token: int, name: int, parts: int, spelling: int
    ) -> Token:
        return Token(
            token=token, agency_id=self.agency_id, subject=subject, subject_kind=kind, ref=ref,
            name=name, parts=parts, spelling=spelling,
        )  # fmt: skip


def replace_tokens(
    *, agency_id: int, subject: UUID, kind: str, ref: int, identity: Identity, contact: Contact
) -> bool:
    """Make the stored tokens of a person or report match what is known now.

    Returns whether anything had to be written: what stands already is left alone.
    """
    made = TokenMaker(agency_id).rows(
        subject=subject, kind=kind, ref=ref, identity=identity, contact=contact
    )
    known = Token.objects.filter(subject=subject, agency_id=agency_id)
    columns = ("token", "subject_kind", "ref", "name", "parts", "spelling")
    wanted = [tuple(getattr(row, column) for column in columns) for row in made]
    if sorted(known.values_list(*columns)) == sorted(wanted):
        return False
    known.delete()
    Token.objects.bulk_create(made)
    return True


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
