"""The owner's database for a command that makes something and ends: the real or the trial's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from rangkul.commands.cli import setup_django
from rangkul.foundation.errors import RangkulError


@contextmanager
def owners_database(*, begin: bool) -> Iterator[None]:
    """Django, set up with the owner's connection; the embedded server runs no longer than needed.

    Without a ``DATABASE_URL`` it is that of the trial system, which ``begin`` may make anew. One
    that runs already (`rangkul run --empty`) is used and left running. Raises `RangkulError`.
    """
    if os.environ.get("DATABASE_URL") or os.environ.get("RANGKUL_EMBEDDED_URL"):
        _set_up()
        yield
        return
    from rangkul.commands.server import Instance
    from rangkul.foundation.embedded import default_home

    instance = Instance("trial", default_home(), {})
    if not (begin or instance.ring_path.exists()):
        raise RangkulError(
            "there is no system yet: set DATABASE_URL and DATABASE_OWNER_URL, or make a trial "
            "system with `rangkul init`"
        )
    instance.start()
    try:
        instance.apply_environment(owner=True)
        # A pool keeps threads, and connections that a stopping server has to break.
        os.environ["RANGKUL_POOL"] = "0"
        _set_up()
        yield
        _close()
    finally:
        instance.stop()


def _set_up() -> None:
    setup_django()
    from django.conf import settings

    if "owner" not in settings.DATABASES:
        raise RangkulError(
            "this needs the owner role: set DATABASE_OWNER_URL (see the operator's guide)"
        )


def _close() -> None:
    from django.db import connections

    connections.close_all()
