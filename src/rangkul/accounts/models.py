"""A person who works with Rangkul. What they may do is said by memberships, not here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
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
    # Until when the password that somebody else made opens anything; null without an end.
    invited_until = models.DateTimeField(null=True)
    # When an administrator last said that a resting account is still needed.
    woken_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    # No column: the memberships, where they were read together with the account.
    places: Sequence[models.Model] | None = None

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]
    objects = UserManager()

    class Privacy:
        public = (
            "id", "language", "is_active", "is_demo", "must_change_password", "invited_until",
            "woken_at", "created_at", "last_login",
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


class Session(AbstractBaseSession):
    """A session as the database may know it: a digest of its key, and words that only we read.

    Whoever has the rows has neither the key that a browser would have to show nor what stands in
    them (`sessions.SessionStore`).
    """

    user_id = models.IntegerField(null=True, db_index=True)

    class Privacy:
        public = ("session_key", "expire_date", "user_id")
        # Sealed too, yet kept as text, as the library has it.
        personal = ("session_data",)
        sealed = ()


class Tries(models.Model):
    """Tries that failed, under a keyed digest of who and from where: it names nobody.

    ``known_at`` is when this person last came in from there.
    """

    key = models.CharField(max_length=40, primary_key=True)
    failures = models.FloatField(default=0)
    wait_until = models.DateTimeField(null=True)
    touched_at = models.DateTimeField(db_index=True)
    known_at = models.DateTimeField(null=True)

    class Privacy:
        public = ("key", "failures", "wait_until", "touched_at", "known_at")
        personal = ()
        sealed = ()
