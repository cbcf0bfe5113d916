"""Where second factors differ from the library's habits: sealed at rest, counted by our pace."""

from __future__ import annotations

from typing import Final

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from rangkul.accounts import sealed, tries
from rangkul.accounts.knocking import knock_of, log
from rangkul.accounts.models import User
from rangkul.foundation import hour

PURPOSE: Final = "second-factors"


class FactorAdapter(DefaultMFAAdapter):
    """TOTP secrets and the seeds of spare codes stand sealed in the database."""

    def encrypt(self, text: str) -> str:
        """Sealed with the ring."""
        return sealed.seal(text, purpose=PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """Opened again; raises `sealed.NotSealedByUs` for what stands there in plain words."""
        return sealed.unseal(encrypted_text, purpose=PURPOSE)

    def generate_authenticator_name(self, user: User, kind: Authenticator.Type) -> str:
        """What a new passkey is called until its person renames it."""
        number = Authenticator.objects.filter(user_id=user.pk, type=kind).count() + 1
        return _("Passkey %(number)d") % {"number": number}

    def validation_error(self, code: str, *args: object) -> ValidationError:
        """The library's sentence for a code or passkey that does not fit; the log hears of it."""
        log.warning("a second factor was refused: %s", code)
        return super().validation_error(code, *args)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The house by its own name, for the address under which it is reached."""
        known: dict[str, str] = super().get_public_key_credential_rp_entity()
        return known | {"name": "Rangkul"}


class _Paced(AuthenticateForm):
    """A code is counted before it is judged, like a password (`tries`)."""

    def clean_code(self) -> str:
        knock = knock_of(context.request, f"code of {self.user.pk}")
        if tries.admit(knock, at=hour.now()):
            log.warning("a second factor was asked to wait")
            raise ValidationError(
                _("Too many tries for now. Please wait a few minutes."),
                code="too_many_login_attempts",
            )
        code: str = super().clean_code()
        tries.fitted(knock, at=hour.now())
        return code


class CodeForm(_Paced):
    """The second step of a sign-in."""


class ConfirmForm(_Paced, ReauthenticateForm):
    """The second factor once more, before an act that weighs."""
