"""What a report holds while it is typed, between the form and the vault."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from rangkul.foundation.errors import InvalidInput
from rangkul.reference import queries as reference

DOOR = "situs_publik"
"""The channel of what the public writes by itself (a code of *saluran_laporan*)."""

MOST_ACCOUNT = 20_000
MOST_LINE = 300
OLDEST = 125

# A day that has begun anywhere in Indonesia is no longer in the future.
_EASTERNMOST = ZoneInfo("Asia/Jayapura")


@dataclass(frozen=True, slots=True)
class Sealable:
    """Values that go into one seal as a JSON object; what was not said is left out."""

    def to_json(self) -> str:
        """The JSON of what was said; ``{}`` when nothing was."""
        said = asdict(self)
        kept = {k: v for k, v in said.items() if v not in ("", None, ())}
        return json.dumps(kept, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read back what ``to_json`` wrote."""
        raw: dict[str, Any] = json.loads(text)
        known = {field.name for field in fields(cls)}
        return cls(
            **{k: tuple(v) if isinstance(v, list) else v for k, v in raw.items() if k in known}
        )


@dataclass(frozen=True, slots=True)
class Reporter(Sealable):
    """Who reports; kept in a seal apart from the account (UU 21/2007 ps 33)."""

    name: str = ""
    phone: str = ""
    relation: str = ""
    institution: str = ""


@dataclass(frozen=True, slots=True)
class About(Sealable):
    """The person the report is about, as far as it was said; ``contact_bans`` are codes."""

    name: str = ""
    called_name: str = ""
    phone: str = ""
    nik: str = ""
    sex: str = ""
    age: int | None = None
    place: str = ""
    safe_contact: str = ""
    contact_bans: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportContent:
    """All fields of the one page. ``answers`` are rk01's, as sent (item → values)."""

    channel: str = ""
    reporter_kind: str = ""
    reporter_confidential: bool = True
    happened_on: date | None = None
    reported_at: datetime | None = None
    area: str = ""
    account: str = ""
    reporter: Reporter = Reporter()
    about: About = About()
    answers: dict[str, list[str]] | None = None
    violence_kinds: tuple[str, ...] = ()


def check(content: ReportContent, *, at: datetime) -> None:
    """What a report needs to be received. Raises ``InvalidInput`` (field → code).

    A telephone or identity number that looks wrong is no error: the words are kept as they came.
    """
    errors: dict[str, str] = {}
    if not content.area:
        errors["area"] = "required"
    if not content.account.strip():
        errors["account"] = "required"
    elif len(content.account) > MOST_ACCOUNT:
        errors["account"] = "too_long"
    if content.about.age is not None and not 0 <= content.about.age <= OLDEST:
        errors["age"] = "impossible"
    for part, values in (("reporter", content.reporter), ("about", content.about)):
        for name, value in asdict(values).items():
            if isinstance(value, str) and len(value) > MOST_LINE:
                errors[f"{part}_{name}"] = "too_long"
    errors |= _unknown_codes(content) | _wrong_times(content, at)
    if errors:
        raise InvalidInput(errors)


def _unknown_codes(content: ReportContent) -> dict[str, str]:
    errors = {}
    if not content.channel:
        errors["channel"] = "required"
    for field, list_name, codes in (
        ("channel", "saluran_laporan", (content.channel,)),
        ("reporter_kind", "jenis_pelapor", (content.reporter_kind,)),
        ("sex", "jenis_kelamin", (content.about.sex,)),
        ("violence_kinds", "jenis_kekerasan", content.violence_kinds),
        ("contact_bans", "larangan_kontak", content.about.contact_bans),
    ):
        if any(code and not reference.is_code(list_name, code) for code in codes):
            errors[field] = "unknown"
    return errors


def _wrong_times(content: ReportContent, at: datetime) -> dict[str, str]:
    errors = {}
    happened, reported = content.happened_on, content.reported_at
    if reported is not None and reported > at:
        errors["reported_at"] = "future"
    if happened is not None and happened > at.astimezone(_EASTERNMOST).date():
        errors["happened_on"] = "future"
    elif happened and reported and happened > reported.astimezone(_EASTERNMOST).date():
        errors["happened_on"] = "after_report"
    elif happened is not None and happened.year < at.year - OLDEST:
        errors["happened_on"] = "too_old"
    return errors
