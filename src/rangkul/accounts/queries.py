"""Reading accounts: names of colleagues for screens, and the demonstration's people."""

from __future__ import annotations

from collections.abc import Iterable

from rangkul.accounts.models import User


def names_of(user_ids: Iterable[int]) -> dict[int, str]:
    """The display names of these users."""
    return dict(User.objects.filter(id__in=set(user_ids)).values_list("id", "display_name"))


def get_demo_user(username: str) -> User | None:
    """A demonstration account by name, or ``None``."""
    return User.objects.filter(username=username, is_demo=True, is_active=True).first()


def list_demo_users() -> list[User]:
    """The demonstration's people, in the order in which they were made."""
    return list(User.objects.filter(is_demo=True, is_active=True).order_by("id"))


def get_user(user_id: int) -> User | None:
    """An active user by id."""
    return User.objects.filter(id=user_id, is_active=True).first()


def list_active(user_ids: Iterable[int]) -> dict[int, User]:
    """The active users among these, by id."""
    return {user.id: user for user in User.objects.filter(id__in=set(user_ids), is_active=True)}
