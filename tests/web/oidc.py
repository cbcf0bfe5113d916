"""A small OpenID Connect provider on loopback: discovery, authorization, tokens, keys."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CLIENT, SECRET = "rangkul-uji", "rahasia-penyedia-uji"
Bend = Callable[[dict[str, Any]], dict[str, Any]]


class Provider:
    """What it says of whom, and how a fault bends it before it is signed or after."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.person: dict[str, Any] = {"sub": "s-1", "email": "", "email_verified": True}
        self.bend: Bend = lambda claims: claims
        self.sign: Callable[[dict[str, Any]], str] = self.signed
        self.issuer = ""
        # An address that answers with the way to another one.
        self.moved: dict[str, str] = {}
        self.strayed: list[str] = []
        self._asked: dict[str, dict[str, str]] = {}

    def signed(self, claims: dict[str, Any], key: Any = None) -> str:
        """RS256 with the published key, or another."""
        return jwt.encode(claims, key or self.key, algorithm="RS256", headers={"kid": "k1"})

    def unsigned(self, claims: dict[str, Any]) -> str:
        """``alg: none``."""
        return jwt.encode(claims, None, algorithm="none", headers={"kid": "k1"})

    def hashed_with_public_key(self, claims: dict[str, Any]) -> str:
        """HS256 with the public key as the secret: the old confusion, built by hand."""
        import hmac

        secret = self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        parts = [{"alg": "HS256", "typ": "JWT", "kid": "k1"}, claims]
        body = b".".join(_b64(json.dumps(part).encode()) for part in parts)
        return (body + b"." + _b64(hmac.new(secret, body, hashlib.sha256).digest())).decode()

    def authorize(self, address: str) -> str:
        """What a person's browser does there: she agrees, and is sent back with a code."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self._asked)}"
        self._asked[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        """The answer to a code that is shown once, with the verifier of its challenge."""
        asked = self._asked.pop(form.get("code", ""), None)
        verifier = _b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).decode()
        if asked is None or verifier != asked["code_challenge"]:
            return None
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300,
            "nonce": asked["nonce"], **self.person,
        }  # fmt: skip
        return {
            "access_token": "a", "token_type": "Bearer", "expires_in": 300,
            "id_token": self.sign(self.bend(claims)),
        }  # fmt: skip

    def discovery(self) -> dict[str, Any]:
        """What the provider says of itself."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> dict[str, Any]:
        """The published key."""
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [key | {"kid": "k1", "alg": "RS256", "use": "sig"}]}


@contextmanager
def running() -> Iterator[Provider]:
    """A provider that listens on a free port of loopback."""
    provider = Provider()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self._leads_elsewhere():
                return
            page = {
                "/.well-known/openid-configuration": provider.discovery, "/keys": provider.keys,
            }.get(self.path)  # fmt: skip
            self._tell(page() if page else None)

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if self._leads_elsewhere():
                return
            self._tell(provider.token({k: v[0] for k, v in parse_qs(sent).items()}))

        def _leads_elsewhere(self) -> bool:
            if self.path.startswith("/elsewhere"):
                provider.strayed.append(self.path)
            if self.path not in provider.moved:
                return False
            self.send_response(307)
            self.send_header("Location", provider.moved[self.path])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return True

        def _tell(self, told: dict[str, Any] | None) -> None:
            body = json.dumps(told or {"error": "invalid_grant"}).encode()
            self.send_response(200 if told else 400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _b64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
