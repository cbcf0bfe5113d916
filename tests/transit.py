"""A stand-in for OpenBao's and Vault's Transit engine, and for the faults that a real one has.

It answers the documented API as far as the ring uses it: base64 in and out, ``vault:v<n>:…``,
 AES-256-GCM under a key derived from version and context (HKDF-SHA256), batches
with an error for each item, ``min_decryption_version``, sealed, forbidden, tokens that end.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

Answer = tuple[int, dict[str, Any] | None]


@dataclass
class _Key:
    versions: dict[int, bytes] = field(default_factory=dict)
    lowest: int = 1
    lowest_new: int = 0
    derived: bool = True
    exportable: bool = False

    @property
    def latest(self) -> int:
        return max(self.versions)


@dataclass
class Engine:
    """The engine's state. ``faults`` meet the next requests, one each: slow, drop, half, 500 …"""

    token: str = "s.first"
    sealed: bool = False
    ttl: int = 0
    keys: dict[str, _Key] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    logins: int = 0
    renewals: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def make(self, name: str = "rangkul", **nature: bool) -> _Key:
        """``write -f transit/keys/<name>``."""
        self.keys[name] = _Key({1: os.urandom(32)}, **nature)
        return self.keys[name]

    # -- requests -------------------------------------------------------------------------

    def answer(self, method: str, path: str, token: str, body: dict[str, Any]) -> Answer:
        """Status and content, as the engine gives them."""
        if self.sealed:
            return 503, {"errors": ["Vault is sealed"]}
        parts = path.removeprefix("/v1/").split("/")
        if parts == ["auth", "approle", "login"]:
            if (body.get("role_id"), body.get("secret_id")) != ("role", "secret"):
                return 400, {"errors": ["invalid role or secret ID"]}
            self.logins += 1
            self.token = f"s.login{self.logins}"
            return 200, {"auth": self._auth()}
        if token != self.token:
            return 403, {"errors": ["permission denied"]}
        if parts == ["auth", "token", "lookup-self"]:
            return 200, {"data": {"ttl": self.ttl, "renewable": self.ttl > 0}}
        if parts == ["auth", "token", "renew-self"]:
            self.renewals += 1
            return 200, {"auth": self._auth()}
        if parts[0] != "transit":
            return 404, {"errors": [f"no handler for route '{parts[0]}/'"]}
        return self._engine(method, parts[1], parts[2:], body)

    def _auth(self) -> dict[str, Any]:
        return {"client_token": self.token, "lease_duration": self.ttl, "renewable": self.ttl > 0}

    def _engine(self, method: str, act: str, rest: list[str], body: dict[str, Any]) -> Answer:
        key = self.keys.get(rest[0])
        if act == "keys":
            return self._about(method, rest[1:], key, body)
        if key is None:
            return 400, {"errors": ["encryption key not found"]}
        work = {"encrypt": self._encrypt, "decrypt": self._decrypt, "rewrap": self._rewrap}[act]
        results = [_tried(work, key, item) for item in body["batch_input"]]
        failed = any("error" in result for result in results)
        return 400 if failed else 200, {"data": {"batch_results": results}}

    def _about(
        self, method: str, rest: list[str], key: _Key | None, body: dict[str, Any]
    ) -> Answer:
        if key is None:
            return 404, {"errors": []}
        if method == "GET":
            about = {
                "type": "aes256-gcm96", "derived": key.derived, "exportable": key.exportable,
                "latest_version": key.latest, "min_decryption_version": key.lowest,
                "min_encryption_version": key.lowest_new, "deletion_allowed": False,
                "keys": {str(version): 1_760_000_000 for version in key.versions},
            }  # fmt: skip
            return 200, {"data": about}
        if rest == ["rotate"]:
            key.versions[key.latest + 1] = os.urandom(32)
            return 204, None
        if rest == ["config"]:
            if body["min_decryption_version"] > key.latest:
                return 400, {"errors": ["cannot set min decryption version beyond the latest"]}
            key.lowest = body["min_decryption_version"]
            key.lowest_new = body["min_encryption_version"]
            return 204, None
        if rest == ["trim"]:
            lowest = body["min_available_version"]
            if not key.lowest_new or lowest > min(key.lowest, key.lowest_new):
                return 400, {"errors": ["minimum available version is too high"]}
            key.versions = {n: key_ for n, key_ in key.versions.items() if n >= lowest}
            return 204, None
        return 404, {"errors": ["unsupported path"]}

    def _encrypt(self, key: _Key, item: dict[str, str]) -> dict[str, Any]:
        plain = base64.b64decode(item["plaintext"], validate=True)
        nonce = os.urandom(12)
        text = nonce + _cipher(key, key.latest, item).encrypt(nonce, plain, None)
        coded = base64.b64encode(text).decode()
        return {"ciphertext": f"vault:v{key.latest}:{coded}", "key_version": key.latest}

    def _decrypt(self, key: _Key, item: dict[str, str]) -> dict[str, Any]:
        return {"plaintext": base64.b64encode(_opened(key, item)).decode()}

    def _rewrap(self, key: _Key, item: dict[str, str]) -> dict[str, Any]:
        plain = base64.b64encode(_opened(key, item)).decode()
        return self._encrypt(key, {**item, "plaintext": plain})


class _Fault(Exception):
    pass


def _tried(
    work: Callable[[_Key, dict[str, str]], dict[str, Any]], key: _Key, item: dict[str, str]
) -> dict[str, Any]:
    try:
        return work(key, item)
    except _Fault as fault:
        return {"error": str(fault), "plaintext": ""}
    except (binascii.Error, KeyError):
        return {"error": "failed to base64-decode plaintext"}


def _cipher(key: _Key, version: int, item: dict[str, str]) -> AESGCM:
    secret = key.versions[version]
    if not key.derived:
        return AESGCM(secret)
    if not item.get("context"):
        raise _Fault(
            "missing 'context' for key derivation; the key was created using a derived key"
        )
    context = base64.b64decode(item["context"], validate=True)
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=context).derive(secret))


def _opened(key: _Key, item: dict[str, str]) -> bytes:
    begin, number, coded = item["ciphertext"].split(":")
    if begin != "vault" or not number.startswith("v"):
        raise _Fault("invalid ciphertext: no prefix")
    version, raw = int(number[1:]), base64.b64decode(coded, validate=True)
    if version < key.lowest:
        raise _Fault("ciphertext or signature version is disallowed by policy (too old)")
    if version not in key.versions:
        raise _Fault("invalid ciphertext: version is too new")
    try:
        return _cipher(key, version, item).decrypt(raw[:12], raw[12:], None)
    except InvalidTag:
        raise _Fault("cipher: message authentication failed") from None


# -- the server -----------------------------------------------------------------------------------


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    engine: Engine

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def _answer(self, method: str) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        engine = self.engine
        with engine.lock:
            engine.asked.append(f"{method} {self.path}")
            fault = engine.faults.pop(0) if engine.faults else ""
        if fault == "drop":
            self.close_connection = True
            self.connection.close()
            return
        if fault == "slow":
            time.sleep(0.3)
        if fault.isdigit():
            self._say(int(fault), {"errors": ["internal error"]})
            return
        with engine.lock:
            token = self.headers.get("X-Vault-Token", "")
            status, content = engine.answer(method, self.path, token, json.loads(raw or b"{}"))
        self._say(status, content, half=fault == "half")

    def _say(self, status: int, content: dict[str, Any] | None, *, half: bool = False) -> None:
        body = b"" if content is None else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if half else body)
        if half:
            self.wfile.flush()
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(tls: tuple[Path, Path] | None = None) -> Iterator[tuple[Engine, str]]:
    """A running engine and its address; ``tls`` is a certificate and its key."""
    engine = Engine()
    handler = type("Handler", (_Handler,), {"engine": engine})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # dropped on purpose
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        scheme = "https" if tls else "http"
        yield engine, f"{scheme}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
