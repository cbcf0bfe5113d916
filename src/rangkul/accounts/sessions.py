"""Sessions: sealed in the database, listed and ended by the person whose they are.

The browser shows a key; the row is found under a keyed digest of it, and its words are sealed for
that row. Whoever steals the rows can neither show the key nor read or exchange what stands there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.http import HttpRequest

from rangkul.accounts.models import Session, User
from rangkul.accounts.sealed import NotSealedByUs, digest, seal, unseal
from rangkul.foundation import hour

_KEYS, _WORDS = "session-keys", "session-words"
ENTERED, SEEN, DEVICE = "entered_at", "seen_at", "device"


class SessionStore(DatabaseStore):
    """Django's sessions in the database, of which the database cannot tell anything."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        """What stands in the session; nothing for an ended, foreign or forged row."""
        row = self._row()
        if row is not None:
            try:
                words = unseal(row.session_data, purpose=_WORDS, place=row.session_key)
                return dict(json.loads(words))
            except NotSealedByUs:
                pass
        self._session_key = None
        return {}

    def _row(self) -> Session | None:
        if not self.session_key:
            return None
        known = Session.objects.filter(
            session_key=row_key(self.session_key), expire_date__gt=hour.now()
        )
        return known.first()

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(session_key=row_key(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row for ``data``: named by a digest, its words sealed."""
        key = row_key(super().create_model_instance(data).session_key)
        user = data.get("_auth_user_id")
        return Session(
            session_key=key,
            session_data=seal(json.dumps(data), purpose=_WORDS, place=key),
            expire_date=self.get_expiry_date(),
            user_id=int(user) if user else None,
        )

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            Session.objects.filter(session_key=row_key(key)).delete()


def row_key(session_key: str) -> str:
    """Under which name the row of a browser's key stands."""
    return digest(session_key, purpose=_KEYS)


@dataclass(frozen=True, slots=True)
class OwnSession:
    """One of a person's sessions, in the words that she is shown."""

    handle: str
    device: str
    entered_at: datetime | None
    seen_at: datetime | None
    is_this: bool


def list_own(*, user_id: int, this: str | None) -> list[OwnSession]:
    """The sessions of this person that still run, the newest sign of life first.

    ``this`` is the key of the one in which she asks.
    """
    rows = Session.objects.filter(user_id=user_id, expire_date__gt=hour.now())
    here = row_key(this) if this else ""
    found = []
    for row in rows:
        try:
            words = json.loads(unseal(row.session_data, purpose=_WORDS, place=row.session_key))
        except NotSealedByUs:
            continue
        found.append(
            OwnSession(
                handle=row.session_key,
                device=str(words.get(DEVICE, "")),
                entered_at=_moment(words.get(ENTERED)),
                seen_at=_moment(words.get(SEEN)),
                is_this=row.session_key == here,
            )
        )
    return sorted(found, key=lambda each: (each.is_this, str(each.seen_at)), reverse=True)


def end_own(*, user_id: int, handle: str) -> bool:
    """End one of this person's sessions; ``False`` when it is not hers or has ended."""
    ended, _rows = Session.objects.filter(user_id=user_id, session_key=handle).delete()
    return ended > 0


def end_all(*, user_id: int, keep: str | None = None) -> int:
    """End all sessions of this person, but for the one whose key is ``keep``; how many ended."""
    rows = Session.objects.filter(user_id=user_id)
    if keep:
        rows = rows.exclude(session_key=row_key(keep))
    return rows.delete()[0]


def on_entry(*, request: HttpRequest, user: User, **_more: Any) -> None:
    """Somebody has come in: from now on the twelve hours count."""
    now = int(hour.seconds())
    request.session[ENTERED] = now
    request.session[SEEN] = now
    request.session[DEVICE] = device_words(request.headers.get("User-Agent", ""))


def on_factor_change(*, request: HttpRequest, user: User, **_more: Any) -> None:
    """A second factor came or went: whoever sits in another session must prove herself anew."""
    request.session.pop("second_factor", None)
    end_all(user_id=user.pk, keep=request.session.session_key)


def device_words(agent: str) -> str:
    """Browser and system, as a person would name them; nothing by which to find somebody."""
    browsers = (
        ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"),
        ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"),
    )  # fmt: skip
    systems = (
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
        ("CrOS", "ChromeOS"), ("Mac OS", "macOS"), ("Linux", "Linux"),
    )  # fmt: skip
    browser = next((name for sign, name in browsers if sign in agent), "")
    system = next((name for sign, name in systems if sign in agent), "")
    return " · ".join(word for word in (browser, system) if word)


def _moment(seconds: object) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int | float) else None
