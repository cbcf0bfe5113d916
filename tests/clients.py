"""Django's test client over one chain of middleware for the whole run."""

from __future__ import annotations

from typing import Any

from django.test import Client as _Client
from django.test.client import ClientHandler


class Client(_Client):
    """A browser of its own over a house that is built once.

    Loading the middleware lists every static file (3 ms), and a suite knocks with thousands of
    clients. Nothing of a browser lies in the handler: cookies and faults are the client's.
    """

    _houses: dict[bool, ClientHandler] = {}

    def __init__(self, enforce_csrf_checks: bool = False, **more: Any) -> None:
        super().__init__(enforce_csrf_checks=enforce_csrf_checks, **more)
        self.handler = self._houses.setdefault(enforce_csrf_checks, self.handler)
