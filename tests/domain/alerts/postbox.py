"""A mail server and a push service of our own on loopback, with the faults that real ones have."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message as Letter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from rangkul.alerts import push
from rangkul.alerts.channels import Browser
from rangkul.foundation.ids import new_id


@dataclass
class Postbox:
    """What the server took, and how it behaves: "well", or by the name of a fault."""

    behaviour: str = "well"
    taken: list[Letter] = field(default_factory=list)
    asked: int = 0

    async def rcpt(
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        self.asked += 1
        if self.behaviour == "unknown":
            return "550 5.1.1 no such mailbox"
        if self.behaviour == "busy":
            return "451 4.3.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def data(self, server: SMTP, session: Any, envelope: Any) -> str:
        if self.behaviour == "hangs":
            import asyncio

            await asyncio.sleep(3)
            return "250 OK"
        if self.behaviour == "drops":
            server.transport.close()
            return "250 OK"
        self.taken.append(message_from_bytes(envelope.content))
        if self.behaviour == "takes and drops":
            server.transport.close()
        return "250 OK"


@contextmanager
def postbox(settings: Any, behaviour: str = "well") -> Iterator[Postbox]:
    """A real server, and the settings that lead to it."""
    made = Postbox(behaviour)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # By the names under which the server asks for them.
    answers = SimpleNamespace(handle_RCPT=made.rcpt, handle_DATA=made.data)
    controller = Controller(answers, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_TIMEOUT = 0.5
    try:
        yield made
    finally:
        controller.stop(no_assert=True)


@dataclass
class Service:
    """A push service: what came, opened with the browser's own keys, and what it answers."""

    origin: str
    status: int = 201
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    delay: float = 0.0


@contextmanager
def push_service(settings: Any) -> Iterator[Service]:
    """A service on loopback that the settings know."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            service.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            service.headers.append(dict(self.headers))
            time.sleep(service.delay)
            self.send_response(service.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service = Service(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.PUSH_SERVICES = frozenset({service.origin})
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class TestBrowser:
    """The browser's side of RFC 8291: its keys, and opening what comes."""

    __test__ = False

    def __init__(self, service: Service, name: str = "a") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = b"0123456789abcdef"
        self.endpoint = f"{service.origin}/{name}"

    @property
    def p256dh(self) -> str:
        return push.text_of(
            self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        )

    @property
    def given(self) -> dict[str, str]:
        return {
            "endpoint": self.endpoint, "p256dh": self.p256dh, "auth": push.text_of(self.auth),
        }  # fmt: skip

    @property
    def browser(self) -> Browser:
        return Browser(new_id(), **self.given)

    def open(self, body: bytes) -> bytes:
        """The payload; raises when it was not encrypted for this browser."""
        salt, size, length = body[:16], int.from_bytes(body[16:20]), body[20]
        assert size == 4096
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        shared = self.key.exchange(ec.ECDH(), point)

        def derived(secret: bytes, by: bytes, info: bytes, length: int) -> bytes:
            return HKDF(SHA256(), length, salt=by, info=info).derive(secret)

        ours = push.bytes_of(self.p256dh)
        secret = derived(shared, self.auth, b"WebPush: info\0" + ours + theirs, 32)
        key = derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = derived(secret, salt, b"Content-Encoding: nonce\0", 12)
        opened = AESGCM(key).decrypt(nonce, sealed, None)
        assert opened.endswith(b"\x02")
        return opened[:-1]
