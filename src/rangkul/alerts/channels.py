"""The ways a message leaves the house: what every channel is given, and what it answers.

A message says that something waits and where to look. It bears no kind, no number, no agency and
no name, so that one message stands for all that waits for a person.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Protocol
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

EMAIL: Final = "email"
PUSH: Final = "push"
TEXT: Final = "text"

SENT: Final = "sent"
AGAIN: Final = "again"
REFUSED: Final = "refused"
GONE: Final = "gone"


@dataclass(frozen=True, slots=True)
class Browser:
    """One browser that agreed to be called: its push service's address and its keys (RFC 8291)."""

    id: UUID
    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one person by one channel; ``id`` is that of the oldest delivery it carries.

    The id stays the same when the message is sent again, so that whoever receives it twice can
    tell. ``address`` is an e-mail address or a telephone number in E.164.
    """

    id: UUID
    channel: str
    user_id: int
    agency_id: int
    language: str
    deliveries: tuple[UUID, ...]
    tries: int = 1
    address: str = field(default="", repr=False)
    browsers: tuple[Browser, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try ended: sent, to be tried again, refused for good, or the address is gone.

    ``fault`` is a code without an address in it. ``away``: the whole channel does not answer, so
    nobody else need be tried now. ``gone``: browsers whose push service has forgotten them.
    """

    state: str
    fault: str = ""
    away: bool = False
    gone: tuple[UUID, ...] = ()


class Channel(Protocol):
    """Sends messages, one at a time; keeps its connection until it is closed."""

    def send(self, message: Message) -> Outcome:
        """Try once. Faults of the other side are an outcome, never an exception."""
        ...

    def close(self) -> None:
        """Give back what was opened."""
        ...


def subject(language: str) -> str:
    """The one subject that every letter has."""
    with translation.override(language):
        return _("Something waits for you")


def words(language: str) -> str:
    """The one sentence that every message says, with the address of the house."""
    with translation.override(language):
        sentence = _("Something waits for you in Rangkul. Sign in to see it.")
    return f"{sentence}\n{settings.SITE_URL}"
