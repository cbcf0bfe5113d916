"""Text messages (SMS, WhatsApp): one interface for every provider, and one that writes files.

The file is what ``smsd`` of the SMS Server Tools and other gateways read from their spool folder,
so that a modem or a provider's own program can take it from there.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from rangkul.alerts import channels
from rangkul.alerts.channels import Message, Outcome


class TextRefused(Exception):
    """The provider will never take this message: a number that cannot be, a closed account."""


class TextProvider(Protocol):
    """What a provider must offer; named by the setting ``RANGKUL_TEXT_PROVIDER``."""

    def send(self, *, phone: str, words: str, reference: str) -> None:
        """Hand over one message to ``phone`` (E.164, with its plus).

        ``reference`` is the same when a message is sent again: a provider that can, keeps it once.
        Raises ``TextRefused`` for good, ``OSError`` for now.
        """
        ...


class FileProvider:
    """Writes each message into a folder, readable by its owner alone."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(settings.OUTGOING) / "text"

    def send(self, *, phone: str, words: str, reference: str) -> None:
        """One file a message, whole or not at all; the same reference is the same file."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = self.folder / f".{reference}"
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"To: {phone.removeprefix('+')}\nAlphabet: UTF-8\n\n{words}\n")
        unfinished.replace(self.folder / reference)


class Texts:
    """The provider that the settings name."""

    def __init__(self, provider: TextProvider | None = None) -> None:
        self._provider = provider or cast(TextProvider, import_string(settings.TEXT_PROVIDER)())

    def send(self, message: Message) -> Outcome:
        """Hand one message over."""
        try:
            self._provider.send(
                phone=message.address,
                words=channels.words(message.language),
                reference=str(message.id),
            )
        except TextRefused:
            return Outcome(channels.REFUSED, "refused")
        except OSError:
            return Outcome(channels.AGAIN, "unreachable", away=True)
        return Outcome(channels.SENT)

    def close(self) -> None:
        """Nothing is held open."""
