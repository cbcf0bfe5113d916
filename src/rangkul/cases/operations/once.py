"""The key under which what a form says is kept once, however often the form is sent."""

from __future__ import annotations

from uuid import UUID, uuid5


def key_of(token: UUID | None, *said: str) -> UUID | None:
    """The key of ``said`` in the form of ``token``; ``None`` without a token.

    Whoever goes back and sends the same form with other words has said something else: its key is
    another one, and nothing is swallowed. The token is kept nowhere, so that the key tells nothing
    of the words.
    """
    return None if token is None else uuid5(token, "\x00".join(said))
