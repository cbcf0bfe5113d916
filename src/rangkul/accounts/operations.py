"""Making accounts."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password

from rangkul.accounts.models import User


def create_user(
    *,
    username: str,
    display_name: str,
    email: str = "",
    password: str | None = None,
    language: str = "id",
    is_demo: bool = False,
    using: str = "default",
) -> User:
    """Make an account; without a password it cannot sign in by one.

    Raises Django's ``ValidationError`` for a weak password.
    """
    user = User(
        username=username.strip().lower(),
        display_name=display_name.strip(),
        email=email.strip(),
        language=language,
        is_demo=is_demo,
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
