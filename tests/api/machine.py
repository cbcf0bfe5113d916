"""A machine with a token, as another agency's system would be one."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from tests.clients import Client
from tests.rows import as_owner

from rangkul.foundation.actor import Actor

ROOT = "/api/v1"
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Answer:
    """An answer of the API."""

    status: int
    json: Any
    response: HttpResponse


@dataclass
class Machine:
    """Calls the API with one secret."""

    secret: str
    client: Client = field(default_factory=Client)

    def get(self, path: str, **wanted: object) -> Answer:
        """A GET under the API's root."""
        return _answer(self.client.get(ROOT + path, wanted, headers=self._headers()))

    def post(self, path: str, body: object = None, *, key: str | None = "") -> Answer:
        """A POST with a fresh key; ``key=None`` sends none."""
        headers = self._headers()
        if key is not None:
            headers["Idempotency-Key"] = key or str(uuid4())
        if body is None:
            return self.raw(path, b"", headers=headers)
        return self.raw(path, json.dumps(body), headers=headers)

    def raw(
        self, path: str, body: str | bytes, *, media: str = "application/json",
        headers: dict[str, str] | None = None,
    ) -> Answer:  # fmt: skip
        """A POST of exactly these bytes."""
        sent = headers or self._headers() | {"Idempotency-Key": str(uuid4())}
        return _answer(
            self.client.generic("POST", ROOT + path, body, content_type=media, headers=sent)
        )

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}


def _answer(response: HttpResponse) -> Answer:
    assert response.headers["Content-Type"].startswith("application/json"), response.content[:200]
    assert response.headers["Cache-Control"] == "no-store"
    return Answer(response.status_code, json.loads(response.content), response)


def machine_of(actor: Actor) -> Machine:
    """A machine for this membership, whatever it is; its token is planted by the owner.

    The same secret is the password of a phone (``phone_name``).
    """
    secret = f"rk_{uuid4().hex}{uuid4().hex}"
    now = datetime.now(UTC)
    with as_owner() as owner:
        owner.execute(
            "insert into api_servicetoken (id, agency_id, membership_id, label, digest, "
            "created_at, created_by, expires_at) values (%s, %s, %s, 'Uji', %s, %s, %s, %s)",
            [
                uuid4(), actor.agency_id, actor.membership_id,
                hashlib.sha256(secret.encode()).digest(), now - _DAY, actor.user_id, now + _DAY,
            ],
        )  # fmt: skip
        owner.execute(
            "insert into field_device (id, agency_id, membership_id, user_id, label, name, digest, "
            "created_at, expires_at) values (%s, %s, %s, %s, 'Uji', %s, %s, %s, %s)",
            [
                uuid4(), actor.agency_id, actor.membership_id, actor.user_id, phone_name(secret),
                hashlib.sha256(secret.encode()).digest(), now - _DAY, now + _DAY,
            ],
        )  # fmt: skip
        # Whoever works now does not rest; a former member stays as he is.
        owner.execute(
            "update accounts_user u set woken_at = now() from network_membership m "
            "where u.id = %s and m.user_id = u.id and m.until is null", [actor.user_id]
        )  # fmt: skip
    return Machine(secret)


def phone_name(secret: str) -> str:
    """What the phone with this password is called."""
    return f"hp-{hashlib.sha256(secret.encode()).hexdigest()[:8]}"
