"""E-mail over SMTP: a letter that says only that something waits, and the settings' address of it.

At least once: a worker that dies after the server took the letter and before that is written down
sends it again, under the same ``Message-ID``, which is made of the delivery's id; mail programs
and most servers then show it once. A letter is never lost.
"""

from __future__ import annotations

import smtplib
import ssl
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend

from rangkul.alerts import channels
from rangkul.alerts.channels import Message, Outcome

# Seconds for each step of the conversation: a server that hangs holds up nobody else for long.
TIMEOUT: Final = 10

_BACKENDS: Final = {
    "smtp": "django.core.mail.backends.smtp.EmailBackend",
    "smtps": "django.core.mail.backends.smtp.EmailBackend",
    "console": "django.core.mail.backends.console.EmailBackend",
    "file": "django.core.mail.backends.filebased.EmailBackend",
    "none": "django.core.mail.backends.dummy.EmailBackend",
}


def settings_of(url: str, password: str = "") -> dict[str, Any]:
    """Django's settings for an e-mail address of the form ``smtp://user:password@host:587``.

    ``smtp`` speaks STARTTLS unless ``?tls=no`` says otherwise, ``smtps`` TLS from the first byte;
    ``console:``, ``file:///folder`` and ``none:`` send nothing. ``password`` goes before one in
    the URL. Raises ``ValueError`` with a sentence.
    """
    part = urlsplit(url)
    if part.scheme not in _BACKENDS:
        raise ValueError(f"RANGKUL_EMAIL_URL begins with one of {', '.join(_BACKENDS)}")
    made: dict[str, Any] = {"EMAIL_BACKEND": _BACKENDS[part.scheme]}
    if part.scheme == "file":
        made["EMAIL_FILE_PATH"] = part.path
    if not part.scheme.startswith("smtp"):
        return made
    if not part.hostname:
        raise ValueError("RANGKUL_EMAIL_URL names no host")
    implicit = part.scheme == "smtps"
    plain = parse_qs(part.query).get("tls") == ["no"]
    return made | {
        "EMAIL_HOST": part.hostname,
        "EMAIL_PORT": part.port or (465 if implicit else 587),
        "EMAIL_HOST_USER": unquote(part.username or ""),
        "EMAIL_HOST_PASSWORD": password or unquote(part.password or ""),
        "EMAIL_USE_SSL": implicit,
        "EMAIL_USE_TLS": not implicit and not plain,
        "EMAIL_TIMEOUT": TIMEOUT,
    }


class Letters:
    """Django's mail, one connection for a run."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None

    def send(self, message: Message) -> Outcome:
        """Hand one letter to the server."""
        letter = mail.EmailMessage(
            subject=channels.subject(message.language),
            body=channels.words(message.language),
            to=[message.address],
            headers={
                "Message-ID": f"<{message.id}@{urlsplit(settings.SITE_URL).hostname}>",
                "Auto-Submitted": "auto-generated",
            },
        )
        try:
            connection = self._opened()
        except smtplib.SMTPAuthenticationError:
            return self._failed(channels.AGAIN, "sign_in_refused", away=True)
        except (smtplib.SMTPException, ssl.SSLError, OSError):
            return self._failed(channels.AGAIN, "unreachable", away=True)
        try:
            connection.send_messages([letter])
        except smtplib.SMTPRecipientsRefused as fault:
            code = max((code for code, _text in fault.recipients.values()), default=0)
            return self._failed(_by(code), f"smtp_{code}")
        except smtplib.SMTPResponseException as fault:
            return self._failed(channels.AGAIN, f"smtp_{fault.smtp_code}")
        except (smtplib.SMTPException, ssl.SSLError, OSError):
            return self._failed(channels.AGAIN, "broken_off", away=True)
        except ValueError:
            # An address that no letter can bear.
            return self._failed(channels.REFUSED, "address")
        return Outcome(channels.SENT)

    def close(self) -> None:
        """Say goodbye, if anybody still listens."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except (smtplib.SMTPException, OSError):
                return

    def _opened(self) -> BaseEmailBackend:
        if self._connection is None:
            made = mail.get_connection()
            made.open()
            self._connection = made
        return self._connection

    def _failed(self, state: str, fault: str, *, away: bool = False) -> Outcome:
        """After a fault the conversation begins anew."""
        self.close()
        return Outcome(state, fault, away)


def _by(code: int) -> str:
    """What the server's answer to a recipient means: 5xx is for good (RFC 5321, 4.2.1)."""
    return channels.REFUSED if code >= 500 else channels.AGAIN
