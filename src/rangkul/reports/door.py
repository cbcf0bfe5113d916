"""What somebody writes at the public's door, between the form and the vault.

Only what is needed: what happened, where, whether there is danger now, whom it is about as far as
she wishes to say, and how she may be reached, or that she may not.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Final

from rangkul.foundation.errors import InvalidInput
from rangkul.network.models import Desk
from rangkul.reports.content import DOOR, About, ReportContent, Reporter, Sealable

MOST_WORDS: Final = 6_000
MOST_LINE: Final = 200
MOST_MESSAGE: Final = 2_000

# How she may be reached. ``kode``: by messages behind her code alone; ``jangan``: not at all.
WAYS: Final = ("kode", "telepon", "pesan", "surel", "jangan")
_NEEDS_WHERE: Final = frozenset({"telepon", "pesan", "surel"})

# Who tells it, beside the survivor herself; codes of *jenis_pelapor*.
TELLERS: Final = ("keluarga", "teman", "tetangga", "saksi", "guru", "lainnya")

LANGUAGES: Final = ("id", "en")


@dataclass(frozen=True, slots=True)
class SafeContact(Sealable):
    """How, when and with which name she may be reached; sealed beside the report."""

    way: str = "kode"
    where: str = ""
    when: str = ""
    as_name: str = ""

    @property
    def silent(self) -> bool:
        """Whether nobody may write to her."""
        return self.way == "jangan"


@dataclass(frozen=True, slots=True)
class DoorContent:
    """Everything that the public's form asks.

    ``needs`` are services that would help, ``besides`` agencies that must not receive it.
    """

    area: str
    words: str
    danger: bool
    herself: bool
    teller: str = ""
    needs: Collection[str] = ()
    who: str = ""
    own_name: str = ""
    contact: SafeContact = SafeContact()
    language: str = "id"
    besides: Collection[int] = ()

    def report(self) -> ReportContent:
        """The same as any report is kept."""
        kind = "korban" if self.herself else (self.teller or "lainnya")
        named = Reporter(name=self.own_name)
        about = About(name=self.own_name if self.herself else self.who)
        return ReportContent(
            channel=DOOR,
            reporter_kind=kind,
            reporter_confidential=True,
            area=self.area,
            account=self.words.strip(),
            reporter=Reporter() if self.herself else named,
            about=about,
            answers={"bahaya_kini": ["ya" if self.danger else "tidak"]},
        )


@dataclass(frozen=True, slots=True)
class Taken:
    """A report that was taken in at the door: which, and at which desk it stands."""

    report_id: int
    desk: Desk


def check(content: DoorContent) -> None:
    """What is too long, or not among the choices. Raises ``InvalidInput`` (field → code)."""
    errors: dict[str, str] = {}
    if len(content.words) > MOST_WORDS:
        errors["words"] = "too_long"
    if not content.words.strip():
        errors["words"] = "required"
    for name, value in (("who", content.who), ("own_name", content.own_name)):
        if len(value) > MOST_LINE:
            errors[name] = "too_long"
    if content.teller and content.teller not in TELLERS:
        errors["teller"] = "unknown"
    if content.language not in LANGUAGES:
        errors["language"] = "unknown"
    errors |= wrong_contact(content.contact)
    if errors:
        raise InvalidInput(errors)


def wrong_contact(contact: SafeContact) -> dict[str, str]:
    """What cannot be taken of a safe-contact choice (field → code)."""
    errors = {name: "too_long" for name, value in asdict(contact).items() if len(value) > MOST_LINE}
    if contact.way not in WAYS:
        errors["way"] = "unknown"
    elif contact.way in _NEEDS_WHERE and not contact.where.strip():
        errors["where"] = "required"
    return errors


def check_message(text: str) -> str:
    """The message without the space around it. Raises ``InvalidInput``."""
    words = text.strip()
    if not words:
        raise InvalidInput({"message": "required"})
    if len(words) > MOST_MESSAGE:
        raise InvalidInput({"message": "too_long"})
    return words
