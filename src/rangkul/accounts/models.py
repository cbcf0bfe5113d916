"""A person who works with Rangkul. What they may do is said by memberships, not here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models


class UserManager(BaseUserManager["User"]):
    """Looks users up by the name they type."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=(username or "").strip().lower())


class User(AbstractBaseUser):
    """One account for one person; shared accounts cannot be held to account."""

    id = models.AutoField(primary_key=True)
    username = models.CharField(max_length=64, unique=True)
    email = models.EmailField(blank=True)
    display_name = models.CharField(max_length=120)
    language = models.CharField(max_length=2, default="id")
    is_active = models.BooleanField(default=True)
    # Made by the demonstration loader; the only accounts that one click may sign in.
    is_demo = models.BooleanField(default=False)
    # Somebody else made the password, and knows it until its person has chosen another.
    must_change_password = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    # No column: the memberships, where they were read together with the account.
    places: Sequence[models.Model] | None = None

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]
    objects = UserManager()

    class Privacy:
        public = (
            "id", "language", "is_active", "is_demo", "must_change_password", "created_at",
            "last_login",
        )  # fmt: skip
        personal = ("username", "email", "display_name", "password")
        sealed = ()

    def __str__(self) -> str:
        return f"user {self.pk}"

    @property
    def initials(self) -> str:
        """One or two letters for the round badge."""
        words = self.display_name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()
