"""Whatever is sent to whatever form: never a fault of ours, never stored outside the vault."""

from __future__ import annotations

import base64
import functools
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.utils import timezone
from tests import world as worlds
from tests.clients import Client
from tests.contracts.routes import ALL_ROLES, Knocking, Route, members, routes, standing
from tests.people import Cast, seed
from tests.rows import as_owner
from tests.web.forms import Form, forms_of

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.reports import operations as reports
from rangkul.reports.queries import report_number

pytestmark = pytest.mark.xdist_group("hostile")

MARK = "Xq7Vz9Kw"
HOSTILE = {
    "long": MARK + "ä" * 1_000_000,
    "nul": f"{MARK}\x00{MARK}",
    "sql": f"{MARK}'; drop table cases_note; --",
    "html": f"<script>{MARK}</script>\"'><img src=x onerror=alert(1)>",
    "code": f"tidak_ada_{MARK}"[:24],
    "future": "2999-12-31T23:59",
    "past": "0001-01-01",
    "digits": "9" * 5000,
    "minus": "-9223372036854775809",
    "surrogate": f"{MARK}\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "direction": f"\u202e{MARK}\u0000",
    "template": f"{{{{ {MARK} }}}}{{% load look %}}%(x)s%s",
}
# Where words may stand in the clear: the public directory, the names of staff and their machines,
# and a label that the cover shows to everyone who may see the case at all.
IN_THE_CLEAR = {
    "network_agency", "network_agencyalias", "network_desk", "network_deskservice",
    "network_absence", "network_dutyshift", "accounts_user", "account_emailaddress",
    "cases_casefile", "api_servicetoken", "field_device",
}  # fmt: skip
WHO = ("carries", "superv.", "intake", "receiver", "shelter", "admin")


@dataclass
class House:
    """The world, and every form that anybody is shown in it."""

    knocking: Knocking
    cast: Cast
    forms: list[tuple[str, Form]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    draft: str = ""


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:
    """One transaction for all; each sending is undone."""
    log = logging.getLogger("django.request")
    before, log.disabled = log.disabled, True
    with django_db_blocker.unblock():
        seed()
        cast = Cast()
        with standing(ALL_ROLES), transaction.atomic():
            made = House(Knocking(worlds.build(cast), {}), cast)
            made.draft = _begin_a_report(cast)
            _collect(made)
            yield made
            transaction.set_rollback(True)
    log.disabled = before


def _begin_a_report(cast: Cast) -> str:
    with acting(cast.joko):
        return report_number(reports.begin_report(by=cast.joko, at=timezone.now()).id)


def _collect(house: House) -> None:
    seen: set[tuple[str, frozenset[str]]] = set()
    drafting = Route(f"/laporan/{house.draft}/isi/", lambda: None)
    known = [r for r in routes() if not r.is_api and "logout" not in r.address]
    for who in WHO:
        for route in [*known, drafting]:
            page = house.knocking.ask(route, "GET", who)
            if page.status_code != 200 or "html" not in page.get("Content-Type", ""):
                continue
            for form in forms_of(page.request["PATH_INFO"], page.content.decode()):
                house.names |= form.names
                key = (form.action, frozenset(form.names))
                if key not in seen:
                    seen.add(key)
                    house.forms.append((who, form))


def send(house: House, who: str, address: str, data: Any, **more: Any) -> tuple[int, list[str]]:
    """What is answered, and in which tables the mark then stands in the clear; undone after."""
    cache.clear()
    client = Client(raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = house.knocking.session_of(who)
    with transaction.atomic():
        before = rows_written()
        answer: HttpResponse = client.post(address, data, **more)
        actor = members(house.cast)[who]
        assert actor is not None
        clear = in_the_clear(actor, among=written_since(before))
        transaction.set_rollback(True)
    return answer.status_code, clear


def rows_written() -> dict[str, int]:
    """Table → rows that this transaction has written so far, by the database's own count."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname, n_tup_ins + n_tup_upd from pg_stat_xact_user_tables "
            "where schemaname = 'public' and n_tup_ins + n_tup_upd > 0"
        )
        return dict(cursor.fetchall())


def written_since(before: dict[str, int]) -> set[str]:
    """Tables of which rows were written since ``before``."""
    return {name for name, count in rows_written().items() if count > before.get(name, 0)}


def in_the_clear(actor: Actor, mark: str = MARK, among: set[str] | None = None) -> list[str]:
    """Tables, ``among`` these, in which ``mark`` stands readable for this person's agency."""
    tables = tuple(name for name in _tables() if among is None or name in among)
    if not tables:
        return []
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_question(tables), _codings(mark) * len(tables))
        return [name for (name,) in cursor.fetchall() if name not in IN_THE_CLEAR]


def _codings(mark: str) -> list[str]:
    return [
        f"%{mark}%",
        f"%{mark.encode().hex()}%",
        f"%{base64.b64encode(mark.encode()).decode()[:8]}%",
    ]


@functools.cache
def _tables() -> list[str]:
    with as_owner() as owner:
        return [
            row[0]
            for row in owner.execute(
                "select relname from pg_class where relnamespace = 'public'::regnamespace and "
                "relkind = 'r' and has_table_privilege('rangkul_app', oid, 'select') "
                "and relname !~ '^(reference_|django_migrations)' order by 1"
            )
        ]


@functools.cache
def _question(tables: tuple[str, ...]) -> str:
    return " union all ".join(
        f"(select '{table}' from {table} t where t::text like %s or t::text like %s "
        "or t::text like %s limit 1)"
        for table in tables
    )


@pytest.mark.parametrize("kind", HOSTILE)
def test_every_form_stands_what_is_typed_into_it(house: House, kind: str) -> None:
    """Typed fields hostile, everything else as the page offers it: the deepest way in."""
    told = []
    assert len(house.forms) > 50
    for who, form in house.forms:
        data = form.values | {name: [HOSTILE[kind]] for name in form.typed}
        told += _judge(house, who, form.action, data)
    assert told == []


@pytest.mark.parametrize("kind", ["long", "nul", "sql", "digits", "minus", "future"])
def test_every_address_stands_fields_it_never_asked_for(house: House, kind: str) -> None:
    """Every field known anywhere, codes and numbers too, sent everywhere."""
    data = urlencode(dict.fromkeys(house.names, HOSTILE[kind][:5_000]))
    told = []
    for route in _staffs():
        address = house.knocking.address(route)
        told += _judge(house, _who_may(route), address, data, content_type=_AS_BROWSERS_DO)
    draft = f"/laporan/{house.draft}/isi/"
    told += _judge(house, "intake", draft, data, content_type=_AS_BROWSERS_DO)
    assert told == []


# Without a file among the fields; thousands of parts would cost minutes to take apart.
_AS_BROWSERS_DO = "application/x-www-form-urlencoded"


def _staffs() -> list[Route]:
    return [
        route for route in routes() if not route.is_api and not route.address.startswith("/akun/")
    ]


def _who_may(route: Route) -> str:
    """The member of the cast before whom the most of this address opens."""
    wanted: tuple[Permission, ...] = getattr(route.view, "permissions", ())
    actors = members(Cast())
    for who in ("superv.", "intake", "receiver", "shelter", "admin"):
        actor = actors[who]
        if actor is not None and all(may(actor.roles, permission) for permission in wanted):
            return who
    return "superv."


def _judge(house: House, who: str, address: str, data: Any, **more: Any) -> list[str]:
    status, clear = send(house, who, address, data, **more)
    told = [f"{who} {address}: {status}"] if status >= 500 else []
    return told + [f"{who} {address}: in the clear in {table}" for table in clear]


def test_a_file_with_a_hostile_name_is_only_bytes(house: House) -> None:
    for name in (f"{MARK}/../../etc/passwd", "a" * 300 + ".pdf", f"{MARK}\x00.html", ""):
        for route in _staffs():
            if "dokumen" in route.address or "impor" in route.address:
                sent = {"file": SimpleUploadedFile(name or "x", MARK.encode() * 100)}
                assert _judge(house, "carries", house.knocking.address(route), sent) == []


@pytest.mark.parametrize("kind", HOSTILE)
def test_every_call_of_the_api_stands_it_too(house: House, kind: str) -> None:
    """Without a token, with a hostile one, and with hostile JSON."""
    value = HOSTILE[kind][:20_000]
    bodies = [json.dumps(value), json.dumps([value]), json.dumps({value[:200]: value}), value]
    client = Client(raise_request_exception=False)
    for route in routes():
        if route.is_api:
            for body in bodies:
                headers = {"Idempotency-Key": str(uuid4()), "Authorization": "Bearer rk_" + MARK}
                with transaction.atomic():
                    answer = client.post(
                        house.knocking.address(route), data=body.encode("utf-8", "replace"),
                        content_type="application/json", headers=headers,
                    )  # fmt: skip
                    transaction.set_rollback(True)
                assert answer.status_code < 500, (route.address, kind)
                assert MARK not in answer.content.decode()


def test_what_is_in_the_clear_is_found(house: House) -> None:
    """Planted fault: a mark stands in a table that must hold none, plainly and as base64."""
    ratih = house.cast.ratih
    for written in (MARK, base64.b64encode(MARK.encode()).decode()):
        with transaction.atomic():
            before = rows_written()
            with acting(ratih), connection.cursor() as cursor:
                cursor.execute("update clocks_clock set pause_reason = %s", [written[:24]])
                assert cursor.rowcount > 0
            assert in_the_clear(ratih) == ["clocks_clock"]
            assert in_the_clear(ratih, among=written_since(before)) == ["clocks_clock"]
            transaction.set_rollback(True)
    assert in_the_clear(ratih) == []


# What a page shows beside a field, or above a form, that could not be taken.
_MENDED_FIRST = ('class="field-error"', "invalid-feedback", 'aria-invalid="true"', "is-invalid")


@pytest.mark.parametrize("typed", ["", "?", "9" * 40])
def test_a_form_that_is_refused_answers_422(house: House, typed: str) -> None:
    """Every form, its typed fields empty or senseless: a page with a fault on it is no 200."""
    told = []
    for who, form in _ours(house):
        data = {n: v for n, v in form.values.items() if n not in form.typed}
        page = answered(house, who, form.action, data | {name: [typed] for name in form.typed})
        if page.status_code == 200 and any(mark in _words(page) for mark in _MENDED_FIRST):
            told.append(f"{who} {form.action}")
    assert told == []


# The public's portal keeps nothing before the last step: its forms look something up or go on, and
# its own tests say what each refuses.
_PORTAL = ("/info/", "/en/info/")
# They look for something or draw the page anew; nothing is kept by them, so nothing is refused. A
# new way in is made by a button alone, and shown once.
_ASKING = (
    "/masuk/", "/cari/", "/kasus/nama/", "/rujukan/baru/", "/rujukan/bersama/", "/gabung/",
    "/alamat/",
)  # fmt: skip


def test_a_form_without_any_field_is_refused_too(house: House) -> None:
    """An empty post is never the page anew as if nothing had been sent."""
    told = []
    for who, form in _ours(house):
        page = answered(house, who, form.action, {})
        asking = form.action.endswith(_ASKING) or form.action.startswith(_PORTAL)
        if page.status_code == 200 and "<form" in _words(page) and not asking:
            told.append(f"{who} {form.action}")
    assert told == []


def _ours(house: House) -> list[tuple[str, Form]]:
    """Every form but those of the sign-in, which its framework answers."""
    return [(who, form) for who, form in house.forms if not form.action.startswith("/akun/")]


def _words(page: HttpResponse) -> str:
    """The page's source; nothing of a file."""
    return page.content.decode() if "html" in page.get("Content-Type", "") else ""


def answered(house: House, who: str, address: str, data: Any) -> HttpResponse:
    """The page that is answered; what was done is undone."""
    cache.clear()
    client = Client(raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = house.knocking.session_of(who)
    with transaction.atomic():
        answer: HttpResponse = client.post(address, data)
        transaction.set_rollback(True)
    return answer
