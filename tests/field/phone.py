"""A phone as ODK Collect is one: it lists forms, downloads them, asks first, and sends."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

from tests.clients import Client
from tests.rows import as_owner

from rangkul.assessments.markup import read_markup
from rangkul.foundation.actor import Actor

ROOT = "/openrosa"
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def said(self) -> str:
        """The sentence in OpenRosa's envelope."""
        message = read_markup(self.body).child("message")
        return message.text if message else ""


Way = Callable[[str, str, Mapping[str, str], bytes], Reply]
"""Method, path, headers, body → reply."""


def by_test_client(client: Client) -> Way:
    """Straight into Django, as from the same machine."""

    def ask(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        media = headers.get("Content-Type", "application/octet-stream")
        sent = {name: text for name, text in headers.items() if name != "Content-Type"}
        answer = client.generic(method, path, body, content_type=media, headers=sent)
        return Reply(answer.status_code, dict(answer.headers), answer.content)

    return ask


def multipart(
    xml: bytes, files: Mapping[str, bytes], *, more_comes: bool = False, boundary: str = "~zzz~"
) -> tuple[str, bytes]:
    """The content type and the body of one POST, part by part as Collect writes them."""
    parts = [("xml_submission_file", "filling.xml", "text/xml", xml)]
    parts += [(name, name, "application/octet-stream", content) for name, content in files.items()]
    lines: list[bytes] = []
    for name, filename, media, content in parts:
        lines += [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; '
            f'filename="{filename}"\r\nContent-Type: {media}\r\n\r\n'.encode(),
            content, b"\r\n",
        ]  # fmt: skip
    if more_comes:
        lines.append(
            f'--{boundary}\r\nContent-Disposition: form-data; name="*isIncomplete*"\r\n\r\nyes\r\n'
            .encode()
        )  # fmt: skip
    lines.append(f"--{boundary}--\r\n".encode())
    return f"multipart/form-data; boundary={boundary}", b"".join(lines)


@dataclass
class Phone:
    """One phone with its name and password."""

    name: str
    password: str
    way: Way = field(default_factory=lambda: by_test_client(Client()))
    language: str = "id"

    def headers(self) -> dict[str, str]:
        """What every call bears."""
        shown = base64.b64encode(f"{self.name}:{self.password}".encode()).decode()
        return {
            "X-OpenRosa-Version": "1.0",
            "Authorization": f"Basic {shown}",
            "Accept-Language": self.language,
        }

    def get(self, path: str) -> Reply:
        """A GET of a path, or of an address that the server gave."""
        return self.way("GET", urlsplit(path).path, self.headers(), b"")

    def head(self) -> Reply:
        """Where to send to, and how much."""
        return self.way("HEAD", f"{ROOT}/submission", self.headers(), b"")

    def forms(self) -> dict[str, dict[str, str]]:
        """The list of forms by id."""
        reply = self.get(f"{ROOT}/formList")
        assert reply.status == 200, reply.body
        rows = [
            {child.name: child.text for child in row.children}
            for row in read_markup(reply.body).children
        ]
        return {row["formID"]: row for row in rows}

    def download(self, code: str) -> str:
        """A form; what came is what the list's hash says."""
        row = self.forms()[code]
        reply = self.get(row["downloadUrl"])
        assert reply.status == 200, reply.body
        digest = hashlib.md5(reply.body, usedforsecurity=False).hexdigest()
        assert row["hash"] == f"md5:{digest}"
        return reply.body.decode()

    def send(
        self, xml: bytes, files: Mapping[str, bytes] | None = None, *, more_comes: bool = False
    ) -> Reply:
        """One POST."""
        media, body = multipart(xml, files or {}, more_comes=more_comes)
        headers = self.headers() | {"Content-Type": media}
        return self.way("POST", f"{ROOT}/submission", headers, body)


def phone_of(actor: Actor) -> Phone:
    """A phone for this member, whatever it is; its row is planted by the owner."""
    password, name, now = f"{uuid4().hex}{uuid4().hex}", f"hp-{uuid4().hex[:8]}", datetime.now(UTC)
    with as_owner() as owner:
        owner.execute("update accounts_user set woken_at = now() where id = %s", [actor.user_id])
        owner.execute(
            "insert into field_device (id, agency_id, membership_id, user_id, label, name, digest, "
            "created_at, expires_at) values (%s, %s, %s, %s, 'HP uji', %s, %s, %s, %s)",
            [
                uuid4(), actor.agency_id, actor.membership_id, actor.user_id, name,
                hashlib.sha256(password.encode()).digest(), now - _DAY, now + _DAY,
            ],
        )  # fmt: skip
    return Phone(name, password)


def on_phone(xml: bytes, number: str) -> bytes:
    """A filling with our first question answered, as the phone writes it."""
    end = xml.index(b">") + 1
    return xml[:end] + f"<rk_kasus>{number}</rk_kasus>".encode() + xml[end:]
