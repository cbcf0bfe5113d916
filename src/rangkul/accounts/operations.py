"""Making accounts, and a person's own choice of password and language."""

from __future__ import annotations

import secrets
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from rangkul.accounts import events, policy, sessions
from rangkul.accounts.models import User
from rangkul.foundation.actor import Actor
from rangkul.trail.operations import record

# Without signs that are read wrongly from paper or over the telephone.
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


def first_password() -> str:
    """A password of four groups of four signs (77 bits), told once and to nobody else."""
    groups = ("".join(secrets.choice(_SIGNS) for _n in range(4)) for _g in range(4))
    return "-".join(groups)


def create_user(
    *,
    username: str,
    display_name: str,
    email: str = "",
    password: str | None = None,
    language: str = "id",
    is_demo: bool = False,
    one_time: bool = False,
    at: datetime | None = None,
    using: str = "default",
) -> User:
    """Make an account; without a password it cannot sign in by one.

    ``one_time``: somebody else made the password, so it opens only the page that changes it, and
    that until ``policy.INVITED_FOR`` after ``at`` (without an end where no hour is given).
    Raises Django's ``ValidationError`` for a weak password.
    """
    user = User(
        username=username.strip().lower(),
        display_name=display_name.strip(),
        email=email.strip(),
        language=language,
        is_demo=is_demo,
        must_change_password=one_time,
        invited_until=at + policy.INVITED_FOR if one_time and at else None,
    )
    if password is None:
        user.set_unusable_password()
    else:
        validate_password(password, user)
        user.set_password(password)
    user.save(using=using, force_insert=True)
    return user


def set_language(*, user_id: int, language: str) -> None:
    """Remember the language that a person reads."""
    User.objects.filter(id=user_id).update(language=language)


@transaction.atomic
def change_password(*, user: User, password: str, by: Actor | None, at: datetime) -> None:
    """Let a person have the password of her own choice; the trail of her agency records that.

    The words were judged before (`adapter.AccountAdapter.clean_password`). ``by`` is ``None`` for
    somebody without a place in an agency: no agency has a trail of it then.
    """
    user.set_password(password)
    user.must_change_password = False
    user.invited_until = None
    user.save(update_fields=["password", "must_change_password", "invited_until"])
    if by is not None:
        record(
            by=by, at=at, name=events.PASSWORD_CHANGED, subject_kind="user", subject_id=user.pk
        )  # fmt: skip


def enter_by_provider(*, user: User) -> None:
    """An invited person came by single sign-on: the first password opens nothing any more."""
    user.set_unusable_password()
    user.must_change_password = False
    user.invited_until = None
    user.save(update_fields=["password", "must_change_password", "invited_until"])


@transaction.atomic
def renew_entry(*, user: User, password: str, without_factors: bool, at: datetime) -> None:
    """Give somebody a new first password; all her sessions end, and her second factors if asked.

    Called by `network.operations.renew_entry`, which judges who may and records it.
    """
    validate_password(password, user)
    user.set_password(password)
    user.must_change_password = True
    user.invited_until = at + policy.INVITED_FOR
    user.woken_at = at
    user.save(update_fields=["password", "must_change_password", "invited_until", "woken_at"])
    if without_factors:
        Authenticator.objects.filter(user_id=user.pk).delete()
    sessions.end_all(user_id=user.pk)


def wake(*, user: User, at: datetime) -> None:
    """An account that rests, or soon would, is needed still."""
    user.woken_at = at
    user.save(update_fields=["woken_at"])
