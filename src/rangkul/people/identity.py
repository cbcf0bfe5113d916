"""What identifies a person, as plain values between the form and the vault."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any, Self

from rangkul.foundation.errors import InvalidInput
from rangkul.people import matching

_MOST_TEXT = 300
OLDEST = 125
"""No living person is older, in years."""


@dataclass(frozen=True, slots=True)
class _Sealable:
    """Values that go into one seal as a JSON object; empty ones are left out."""

    def to_json(self) -> str:
        """The JSON of what is known; ``{}`` when nothing is."""
        filled = {k: v for k, v in asdict(self).items() if v}
        return json.dumps(filled, ensure_ascii=False, sort_keys=True, default=str)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read back what ``to_json`` wrote; keys of another release are passed over."""
        raw: dict[str, Any] = json.loads(text) if text else {}
        known = {field.name for field in fields(cls)}
        made = cls(
            **{k: tuple(v) if isinstance(v, list) else v for k, v in raw.items() if k in known}
        )
        return made.restored()

    def restored(self) -> Self:
        """These values with what JSON cannot hold made whole again."""
        return self

    def __bool__(self) -> bool:
        return any(asdict(self).values())


@dataclass(frozen=True, slots=True)
class Identity(_Sealable):
    """Who somebody is. ``called_name`` is what the survivor wants to be called."""

    full_name: str = ""
    called_name: str = ""
    aliases: tuple[str, ...] = ()
    birth_date: date | None = None
    nik: str = ""
    passport: str = ""

    def restored(self) -> Identity:
        """The birth date as a date again."""
        # JSON knows no dates: what comes back from a seal is text.
        born: date | str | None = self.birth_date
        return replace(self, birth_date=date.fromisoformat(born)) if isinstance(born, str) else self

    @property
    def names(self) -> list[str]:
        """Every name by which the person may be looked for."""
        return [name for name in (self.full_name, self.called_name, *self.aliases) if name]


@dataclass(frozen=True, slots=True)
class Contact(_Sealable):
    """How somebody may be reached safely."""

    phone: str = ""
    how: str = ""
    code_word: str = ""


@dataclass(frozen=True, slots=True)
class Location(_Sealable):
    """Where somebody lives."""

    address: str = ""
    area: str = ""


def check(identity: Identity, contact: Contact, *, today: date) -> tuple[Identity, Contact]:
    """Numbers brought into their one form. Raises ``InvalidInput`` with field → code."""
    errors: dict[str, str] = {}
    nik, passport, phone = identity.nik, identity.passport, contact.phone
    for field, value in (
        ("full_name", identity.full_name),
        ("called_name", identity.called_name),
        ("how", contact.how),
        ("code_word", contact.code_word),
        *(("aliases", alias) for alias in identity.aliases),
    ):
        if len(value) > _MOST_TEXT:
            errors[field] = "too_long"
    for field, value, key in (
        ("nik", identity.nik, matching.nik_key),
        ("passport", identity.passport, matching.passport_key),
        ("phone", contact.phone, matching.phone_key),
    ):
        if not value:
            continue
        try:
            clean = key(value)
        except ValueError:
            errors[field] = "malformed"
            continue
        if field == "nik":
            nik = clean
        elif field == "passport":
            passport = clean
        else:
            phone = clean
    if identity.birth_date is not None and identity.birth_date > today:
        errors["birth_date"] = "future"
    if identity.birth_date is not None and identity.birth_date.year < today.year - OLDEST:
        errors["birth_date"] = "too_old"
    if errors:
        raise InvalidInput(errors)
    return replace(identity, nik=nik, passport=passport), replace(contact, phone=phone)
