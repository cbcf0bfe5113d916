"""SQL injected into every kind of address and form by a tool of others: nothing, and it does bite.

sqlmap runs against the house over a real socket, signed in as a supervisor who may search, filter
and open; beside our addresses stands one that was written as it must never be.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, connections
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import _get_new_csrf_string
from django.test import override_settings
from django.urls import path
from tests import world as worlds
from tests.api.machine import machine_of
from tests.clients import Client
from tests.people import Cast, sign_in
from tests.world import World

from rangkul.accounts.models import User
from rangkul.config.urls import urlpatterns as _known

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.xdist_group("injection")]

CLEAN = "all tested parameters do not appear to be injectable"
FOUND = "identified the following injection point"


def careless(request: HttpRequest) -> HttpResponse:
    """Planted: a filter that is glued into its statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"select name from network_agency where code = '{request.GET['kode']}'")
        rows = cursor.fetchall()
    return HttpResponse(f"<ul>{''.join(f'<li>{name}</li>' for (name,) in rows)}</ul>")


urlpatterns = [path("celah/", careless), *_known]


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Thousands of lines would drown the one that matters."""


class _Many(ThreadingMixIn, WSGIServer):
    daemon_threads = True


def _closing(app: Callable[..., object]) -> Callable[..., object]:
    """Each thread's connection goes with its request, or the clone could not be dropped."""

    def answered(environ: dict[str, object], start: object) -> object:
        try:
            return app(environ, start)
        finally:
            connections.close_all()

    return answered


@dataclass(frozen=True, slots=True)
class Target:
    """The house on a port of this machine, and what opens it."""

    base: str
    world: World
    session: str
    csrf: str
    token: str


@pytest.fixture
def target(cast: Cast) -> Iterator[Target]:
    """A committed world behind a real socket."""
    world = worlds.build(cast)
    token = machine_of(cast.ratih).secret
    client = Client()
    sign_in(client, cast.wahyuni)
    User.objects.filter(last_login__isnull=False).update(last_login=None)
    with override_settings(ROOT_URLCONF=__name__):
        server = make_server("127.0.0.1", 0, _closing(get_wsgi_application()), _Many, _Quiet)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Target(
            f"http://127.0.0.1:{server.server_port}", world,
            client.cookies[settings.SESSION_COOKIE_NAME].value, _get_new_csrf_string(), token,
        )  # fmt: skip
        server.shutdown()
        thread.join()
        server.server_close()


def attacked(target: Target, folder: Path, address: str, data: str = "") -> str:
    """What sqlmap says of one address with its parameters (``*`` marks one inside a path)."""
    options = [
        "-u", target.base + address, "--batch", "--flush-session", "--disable-coloring",
        "--dbms=PostgreSQL", "--technique=BEU", "--level=1", "--risk=1", "--threads=2",
        "--ignore-code=*", f"--output-dir={folder}", "--answers=follow=N",
    ]  # fmt: skip
    if address.startswith("/api/"):
        options.append(f"--headers=Authorization: Bearer {target.token}")
    else:
        options.append(
            f"--cookie={settings.SESSION_COOKIE_NAME}={target.session}; csrftoken={target.csrf}"
        )
        options.append(f"--headers=X-CSRFToken: {target.csrf}")
        options.append("--skip=Cookie")
    if data:
        options.append(f"--data={data}")
    done = subprocess.run(
        [str(Path(sys.executable).with_name("sqlmap")), *options],
        capture_output=True, text=True, check=False, timeout=240, cwd=folder,
    )  # fmt: skip
    return done.stdout + done.stderr


def addresses(world: World) -> list[tuple[str, str]]:
    """Each kind of input: a search, filters, a page, numbers in paths, the API's own, a sign-in."""
    return [
        ("/cari/", "words=Kinanti"),
        ("/kasus/?siapa=saya&sebelum=2026-03-02T02:00:00-1", ""),
        (f"/kasus/{world.case_number}*/", ""),
        ("/laporan/?tampil=semua&sebelum=1", ""),
        ("/jaringan/?dari=uji", ""),
        ("/api/v1/directory/agencies?q=uji&area=33", ""),
        ("/api/v1/cases?before=x", ""),
        (f"/api/v1/cases/{world.case_number}*/notes", ""),
        ("/akun/login/", "login=ratih&password=x"),
    ]


@pytest.mark.promise(
    "web-injection",
    chapter="web",
    sentence="sqlmap finds no way to inject SQL through searches, filters, numbers in addresses, "
    "forms or the interface.",
)
def test_nothing_can_be_injected(
    target: Target, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    told = {}
    for number, (address, data) in enumerate(addresses(target.world)):
        folder = tmp_path / str(number)
        folder.mkdir()
        said = attacked(target, folder, address, data)
        if CLEAN not in said or FOUND in said:
            told[address] = said[-1500:]
    assert told == {}, "\n\n".join(f"{k}\n{v}" for k, v in told.items())
    figure(f"{len(addresses(target.world))} addresses: none injectable")


@pytest.mark.planted("web-injection")
def test_a_statement_glued_together_is_found(target: Target, tmp_path: Path) -> None:
    said = attacked(target, tmp_path, "/celah/?kode=uji-semarang")
    assert FOUND in said, said[-1500:]
