"""What a password must be: long, and not among those that everybody would try (NIST 800-63B-4).

Fifteen signs where it stands alone, eight beside a second factor; no rules on which signs; nothing
ever runs out; pasting is fine. `network.passwords` adds the names of the person's agencies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rangkul.accounts.models import User

ALONE: Final = 15
BESIDE_A_FACTOR: Final = 8
MOST: Final = 256
_FACTORS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# What everybody who attacks this house would try first.
HOUSE_WORDS: Final = (
    "rangkul", "password", "katasandi", "sandi", "rahasia", "uptd", "kemensos", "kementerian",
    "sosial", "indonesia", "merdeka", "admin", "administrator", "pendamping", "penyelia",
)  # fmt: skip
_READ_AS: Final = str.maketrans("013457@$!|", "oieastasil")
_ROWS: Final = (
    "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz", "01234567890",
    "09876543210",
)  # fmt: skip
# What must remain of a password once every word that can be known is taken out of it.
_MUST_REMAIN: Final = 6


def least_length(user: User | None) -> int:
    """How many signs this person's password needs."""
    guarded = user is not None and user.pk is not None and is_mfa_enabled(user, list(_FACTORS))
    return BESIDE_A_FACTOR if guarded else ALONE


class LengthValidator:
    """Long enough for what stands beside it, and not endless."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ``ValidationError``."""
        least = least_length(user)
        if len(password) < least:
            words = ngettext(
                "At least %(count)d sign, please. A sentence of a few words is easy to keep.",
                "At least %(count)d signs, please. A sentence of a few words is easy to keep.",
                least,
            )
            raise ValidationError(words % {"count": least}, code="password_too_short")
        if len(password) > MOST:
            raise ValidationError(
                _("At most %(count)d signs, please.") % {"count": MOST}, code="password_too_long"
            )

    def get_help_text(self) -> str:
        """For forms that show it."""
        return _("At least %(alone)d signs; %(beside)d beside a second key.") % {
            "alone": ALONE, "beside": BESIDE_A_FACTOR,
        }  # fmt: skip


class ContextValidator:
    """Not made of what can be known: the house, the person's own names, signs in a row."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ``ValidationError``."""
        refuse_known_words(password, [*HOUSE_WORDS, *_own_words(user)])

    def get_help_text(self) -> str:
        """For forms that show it."""
        return _("Not your name, your agency's or this house's.")


def refuse_known_words(password: str, words: Iterable[str]) -> None:
    """Raise ``ValidationError`` where hardly anything but ``words`` makes the password."""
    known = sorted({_plain(word) for word in words}, key=len, reverse=True)
    typed = password.casefold()
    rest = min((_rest(typed, known), _rest(typed.translate(_READ_AS), known)), key=len)
    if len(rest) < _MUST_REMAIN:
        raise ValidationError(
            _("This is easily guessed: it is made of names, of signs in a row or repeated."),
            code="password_too_common",
        )


def _own_words(user: User | None) -> list[str]:
    if user is None:
        return []
    return re.split(r"[^\w]+|_", f"{user.username} {user.display_name} {user.email}")


def _rest(typed: str, known: list[str]) -> str:
    """What remains without the known words, rows as on the keyboard, and repetitions."""
    rest = _plain(typed)
    for word in known:
        if len(word) > 2:
            rest = rest.replace(word, " ")
    for row in _ROWS:
        for start in range(len(row) - 3):
            rest = rest.replace(row[start : start + 4], " ")
    return re.sub(r"(.{1,4}?)\1+", r"\1", rest).replace(" ", "")


def _plain(text: str) -> str:
    return re.sub(r"[\W_]", "", text.casefold())
