"""Speaks to an OpenBao or HashiCorp Vault Transit engine: wraps and unwraps keys, batch by batch.

Only what the ring needs of the documented API: ``encrypt``, ``decrypt``, ``rewrap`` with
``batch_input``, ``keys/:name`` with ``rotate``, ``config`` and ``trim``, ``auth/approle/login`` and
``auth/token/renew-self``. Each item carries a ``context``, since ``rewrap`` knows no associated
data: the Transit key is a derived one, and a wrapped key moved to another row does not open.
"""

from __future__ import annotations

import base64
import binascii
import http.client
import json
import logging
import os
import ssl
import stat
import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import SystemRandom
from typing import Any, Final
from urllib.parse import quote, urlsplit

from rangkul.foundation.keyring import KeyRingUnusable, KeysUnreachable, UnwrapFailed

log = logging.getLogger("rangkul.keys")

MOST_AT_ONCE: Final = 1_000
_TRIES: Final = 4
_FIRST_WAIT: Final = 0.1
_CHANCE: Final = SystemRandom()
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
# Answers after which the same question may be asked again: nothing was done.
_PASSING: Final = frozenset({412, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Way:
    """Where the Transit engine is, how it is asked, and who asks. Times in seconds."""

    address: str
    key: str = "rangkul"
    mount: str = "transit"
    namespace: str = ""
    token_file: Path | None = None
    approle_file: Path | None = None
    ca_file: Path | None = None
    timeout: float = 5.0


def way_from(environment: Mapping[str, str]) -> Way:
    """The way that ``RANGKUL_TRANSIT_*`` names. Raises ``KeyRingUnusable`` with one sentence."""

    def told(name: str, otherwise: str = "") -> str:
        return environment.get(name, "") or otherwise

    def file(name: str) -> Path | None:
        return Path(told(name)) if told(name) else None

    address = told("RANGKUL_TRANSIT_ADDRESS").rstrip("/")
    if not address:
        raise KeyRingUnusable(
            "this key ring's secrets are kept by a Transit engine: set RANGKUL_TRANSIT_ADDRESS"
        )
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise KeyRingUnusable(
            f"RANGKUL_TRANSIT_ADDRESS is {address}: keys travel over https, or to this machine only"
        )
    made = Way(
        address=address, key=told("RANGKUL_TRANSIT_KEY", "rangkul"),
        mount=told("RANGKUL_TRANSIT_MOUNT", "transit").strip("/"),
        namespace=told("RANGKUL_TRANSIT_NAMESPACE"), token_file=file("RANGKUL_TRANSIT_TOKEN_FILE"),
        approle_file=file("RANGKUL_TRANSIT_APPROLE_FILE"), ca_file=file("RANGKUL_TRANSIT_CA"),
        timeout=float(told("RANGKUL_TRANSIT_TIMEOUT", "5")),
    )  # fmt: skip
    if not (made.token_file or made.approle_file):
        raise KeyRingUnusable(
            "the Transit engine wants to know who asks: set RANGKUL_TRANSIT_TOKEN_FILE or "
            "RANGKUL_TRANSIT_APPROLE_FILE"
        )
    return made


@dataclass(frozen=True, slots=True)
class KeyState:
    """The Transit key as the engine describes it."""

    latest: int
    lowest: int
    derived: bool
    exportable: bool


class _Refused(Exception):
    """The engine answered, and said no."""

    def __init__(self, status: int, content: Mapping[str, Any]) -> None:
        super().__init__(status)
        self.status, self.content = status, content
        self.errors = [str(error) for error in content.get("errors") or ()]


@dataclass
class _Pass:
    """The token in use; ``renew_at`` is on the steady clock, infinite for one that never ends."""

    token: str = ""
    renew_at: float = float("inf")
    lock: threading.Lock = field(default_factory=threading.Lock)


class Transit:
    """A connection for each thread; kept open, made anew when it broke. Holds no key."""

    def __init__(self, way: Way) -> None:
        self.way = way
        self.requests = 0
        self._local = threading.local()
        # Of all threads, so that none outlives the ring.
        self._lines: list[http.client.HTTPConnection] = []
        weakref.finalize(self, _hang_up_all, self._lines)
        self._pass = _Pass()
        self._tls: ssl.SSLContext | None = None

    def __repr__(self) -> str:
        return f"Transit({self.way.address}, {self.way.mount}/{self.way.key})"

    # -- what the ring asks ---------------------------------------------------------------

    def encrypt(self, items: Sequence[tuple[bytes, bytes]]) -> list[str]:
        """(secret, context) each → ciphertext, in the same order."""
        asked = [{"plaintext": _text(plain), "context": _text(ctx)} for plain, ctx in items]
        return [str(found["ciphertext"]) for found in self._batch("encrypt", asked)]

    def decrypt(self, items: Sequence[tuple[str, bytes]]) -> list[bytes]:
        """(ciphertext, context) each → the secret. Raises ``UnwrapFailed`` for one refused."""
        asked = [{"ciphertext": text, "context": _text(ctx)} for text, ctx in items]
        return [_bytes(str(found["plaintext"])) for found in self._batch("decrypt", asked)]

    def rewrap(self, items: Sequence[tuple[str, bytes]]) -> list[str]:
        """(ciphertext, context) each → ciphertext under the latest version; no secret comes out."""
        asked = [{"ciphertext": text, "context": _text(ctx)} for text, ctx in items]
        return [str(found["ciphertext"]) for found in self._batch("rewrap", asked)]

    def state(self) -> KeyState:
        """The key's versions and nature."""
        data = self._ask("GET", self._path("keys"))["data"]
        return KeyState(
            latest=int(data["latest_version"]), lowest=int(data["min_decryption_version"]),
            derived=bool(data["derived"]), exportable=bool(data["exportable"]),
        )  # fmt: skip

    def rotate(self) -> None:
        """A new version of the key. Asked once only: asked twice it would make two."""
        self._ask("POST", f"{self._path('keys')}/rotate", {}, tries=1)

    def forget_below(self, version: int) -> None:
        """No version below ``version`` opens anything any more; the engine destroys them."""
        floor = {"min_decryption_version": version, "min_encryption_version": version}
        self._ask("POST", f"{self._path('keys')}/config", floor)
        self._ask("POST", f"{self._path('keys')}/trim", {"min_available_version": version})

    # -- asking ---------------------------------------------------------------------------

    def _path(self, act: str) -> str:
        return f"/v1/{quote(self.way.mount)}/{act}/{quote(self.way.key, safe='')}"

    def _batch(self, act: str, items: list[dict[str, str]]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for start in range(0, len(items), MOST_AT_ONCE):
            part = items[start : start + MOST_AT_ONCE]
            try:
                answer = self._ask("POST", self._path(act), {"batch_input": part})
            except _Refused as refusal:
                # Where a single item fails the whole is refused; which one, its results say.
                answer = dict(refusal.content)
                if not (answer.get("data") or {}).get("batch_results"):
                    raise _sentence(self.way, refusal) from None
            results = answer["data"]["batch_results"]
            if len(results) != len(part):
                raise KeysUnreachable(f"{self!r} answered {len(results)} of {len(part)} keys")
            failed = next((r["error"] for r in results if r.get("error")), "")
            if failed:
                raise UnwrapFailed(f"{self!r}: {failed}")
            found += results
        return found

    def _ask(
        self, method: str, path: str, content: object = None, *, tries: int = _TRIES
    ) -> dict[str, Any]:
        """One question, asked again while the answer may pass. Raises ``KeysUnreachable``."""
        reread = False
        for turn in range(tries):
            last = turn == tries - 1
            try:
                return self._send(method, path, content, self._token())
            except _Refused as refusal:
                if refusal.status == 403 and not reread:
                    # Renewed by an agent, or ended: the file may say another by now.
                    reread, self._pass.token = True, ""
                    if not last:
                        continue
                if refusal.status not in _PASSING or last:
                    if refusal.content.get("data"):
                        raise
                    raise _sentence(self.way, refusal) from None
            except (OSError, http.client.HTTPException, ValueError) as fault:
                self._hang_up()
                if last:
                    raise KeysUnreachable(
                        f"the key service at {self.way.address} cannot be reached "
                        f"({type(fault).__name__}); nothing was changed"
                    ) from fault
            time.sleep(_FIRST_WAIT * 2**turn * _CHANCE.uniform(0.5, 1))
        raise KeysUnreachable(f"the key service at {self.way.address} does not answer")

    def _send(self, method: str, path: str, content: object, token: str) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", "X-Vault-Request": "true"}
        if token:
            headers["X-Vault-Token"] = token
        if self.way.namespace:
            headers["X-Vault-Namespace"] = self.way.namespace
        line = self._line()
        self.requests += 1
        body = None if content is None else json.dumps(content).encode()
        line.request(method, path, body=body, headers=headers)
        answer = line.getresponse()
        raw = answer.read()
        told: dict[str, Any] = json.loads(raw) if raw else {}
        if answer.status >= 400:
            raise _Refused(answer.status, told)
        return told

    def _line(self) -> http.client.HTTPConnection:
        """This thread's connection; never one that a forked parent uses."""
        known: tuple[int, http.client.HTTPConnection] | None = getattr(self._local, "line", None)
        if known is not None and known[0] == os.getpid():
            return known[1]
        parts = urlsplit(self.way.address)
        host, timeout = parts.hostname or "", self.way.timeout
        line: http.client.HTTPConnection
        if parts.scheme == "https":
            line = http.client.HTTPSConnection(
                host, parts.port, timeout=timeout, context=self._context()
            )
        else:
            line = http.client.HTTPConnection(host, parts.port, timeout=timeout)
        self._local.line = (os.getpid(), line)
        self._lines.append(line)
        return line

    def _hang_up(self) -> None:
        known = getattr(self._local, "line", None)
        if known is not None:
            known[1].close()
            self._lines.remove(known[1])
        self._local.line = None

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            try:
                self._tls = ssl.create_default_context(cafile=self.way.ca_file)
            except (OSError, ssl.SSLError) as fault:
                raise KeyRingUnusable(
                    f"the certificates in {self.way.ca_file} cannot be read ({fault.strerror})"
                ) from fault
            self._tls.minimum_version = ssl.TLSVersion.TLSv1_2
        return self._tls

    # -- who asks -------------------------------------------------------------------------

    def _token(self) -> str:
        """The token in use: renewed at half its life, taken anew where it cannot be renewed."""
        with self._pass.lock:
            if self._pass.token and time.monotonic() >= self._pass.renew_at:
                self._renew()
            if not self._pass.token:
                self._take()
            return self._pass.token

    def _take(self) -> None:
        if self.way.approle_file is not None:
            said = _private_text(self.way.approle_file).split()
            if len(said) != 2:
                raise KeyRingUnusable(
                    f"{self.way.approle_file} must hold a role id and a secret id, one each line"
                )
            login = {"role_id": said[0], "secret_id": said[1]}
            self._hold(self._send("POST", "/v1/auth/approle/login", login, "")["auth"])
            return
        if self.way.token_file is None:
            raise KeyRingUnusable("nobody to ask as: no token and no role")
        self._pass.token = _private_text(self.way.token_file)
        told = self._send("GET", "/v1/auth/token/lookup-self", None, self._pass.token)["data"]
        self._pass.renew_at = _half(int(told.get("ttl") or 0), bool(told.get("renewable")))

    def _renew(self) -> None:
        try:
            self._hold(
                self._send("POST", "/v1/auth/token/renew-self", {}, self._pass.token)["auth"]
            )
        except _Refused as refusal:
            log.warning("the key service does not renew (%s); a new token is taken", refusal.status)
            self._pass.token = ""

    def _hold(self, auth: Mapping[str, Any]) -> None:
        self._pass.token = str(auth["client_token"])
        # A role logs in anew where its token cannot be renewed.
        lasting = bool(auth.get("renewable")) or self.way.approle_file is not None
        self._pass.renew_at = _half(int(auth.get("lease_duration") or 0), lasting)


def _hang_up_all(lines: Sequence[http.client.HTTPConnection]) -> None:
    for line in lines:
        line.close()


def _half(seconds: int, renewable: bool) -> float:
    return time.monotonic() + seconds / 2 if seconds and renewable else float("inf")


def _private_text(path: Path) -> str:
    """What a secret file says. Raises ``KeyRingUnusable`` where others can read it."""
    try:
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise KeyRingUnusable(f"{path} can be read by others. Run: chmod 600 {path}")
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise KeyRingUnusable(f"{path} cannot be read ({type(fault).__name__})") from fault


def _sentence(way: Way, refusal: _Refused) -> KeysUnreachable | UnwrapFailed:
    """What a refusal means for whoever keeps the servers."""
    where = f"the key service at {way.address}"
    if refusal.status == 503 and any("sealed" in error.lower() for error in refusal.errors):
        return KeysUnreachable(f"{where} is sealed: unseal it; nothing was changed")
    if refusal.status == 403:
        return KeysUnreachable(
            f"{where} refuses this token (403): it has ended, or its policy does not allow "
            f"{way.mount}/…/{way.key}"
        )
    if refusal.status in {400, 404}:
        told = "; ".join(refusal.errors) or "no such key or mount"
        return UnwrapFailed(f"{where} ({way.mount}/{way.key}): {told}")
    return KeysUnreachable(f"{where} is out of order ({refusal.status}); nothing was changed")


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as fault:
        raise KeysUnreachable("the key service's answer is not base64") from fault
