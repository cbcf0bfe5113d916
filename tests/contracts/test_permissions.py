"""Every address, by every method, for every member of the cast: what is answered, and never is.

``permissions.txt`` is the whole table. When an answer is meant to change, write the table anew with
``RANGKUL_UPDATE_PERMISSIONS=1`` and let the difference be read. The rules below the table hold
whatever it says.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from tests import world as worlds
from tests.contracts.routes import (
    ALL_ROLES,
    METHODS,
    Knocking,
    Route,
    members,
    routes,
    said,
    standing,
)
from tests.people import Cast, seed
from tests.rows import as_owner

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.config.urls import urlpatterns as _known
from rangkul.custody.models import CaseAccess
from rangkul.foundation.actor import Actor

pytestmark = pytest.mark.xdist_group("permissions")

TABLE = Path(__file__).with_name("permissions.txt")
STRANGERS = ("stranger", "all-roles", "former")
TO_A_DOOR = {"login", "2nd", "locked"}

# What a person may meet without signing in; every other address shows the door or nothing.
PUBLIC = {
    "/sehat",
    "/akun/login/", "/akun/inactive/", "/akun/signup/", "/akun/confirm-email/",
    "/akun/confirm-email/<key>/", "/akun/password/reset/", "/akun/password/reset/done/",
    "/akun/password/reset/key/<uidb36>-<key>/", "/akun/password/reset/key/done/",
    "/api/v1/openapi.json",
    # The directory of services as open data: for everybody, without a name or a shelter's place.
    *(f"/api/hsds/v3/{each}" for each in ("", "openapi.json", "profile", "package.zip")),
    *(f"/api/hsds/v3/{each}{one}" for one in ("", "/<identifier>") for each in (
        "services", "service_at_locations", "organizations", "taxonomies", "taxonomy_terms",
    )),
    # The installed page and its parts: the same for everybody, and nobody's data in them.
    "/lapangan/", "/lapangan/sw.js", "/lapangan/catatan.webmanifest", "/lapangan/bingkai/",
}  # fmt: skip
# Screens of ours that stand before the door, or open it.
WITHOUT_DECORATOR = {
    "rangkul.desk.health.health",
    "rangkul.desk.entrance.language",
    "rangkul.desk.entrance.lock",
    "rangkul.desk.entrance.unlock",
    "rangkul.desk.entrance.forgotten",
    "rangkul.desk.fresh.confirm",
    # For the installed page's worker: the same for everybody.
    "rangkul.desk.forms.engine.bare_frame",
    "rangkul.desk.sessions.stay",
    "rangkul.desk.sso.back",
    "rangkul.desk.sso.enter",
}


@pytest.fixture(autouse=True, scope="module")
def _quiet() -> Iterator[None]:
    """A log line for each refusal would drown the one that matters."""
    log = logging.getLogger("django.request")
    before, log.disabled = log.disabled, True
    yield
    log.disabled = before


Line = dict[str, str]
Table = dict[tuple[str, str], Line]


@dataclass(frozen=True, slots=True)
class Observed:
    """What everybody was answered."""

    knocking: Knocking
    cast: Cast
    table: Table
    kept: list[str]


@pytest.fixture(scope="module")
def observed(django_db_setup: None, django_db_blocker: Any) -> Iterator[Observed]:
    """One world in one transaction, everybody at every door; undone as a whole."""
    with django_db_blocker.unblock():
        seed()
        cast = Cast()
        with standing(ALL_ROLES), _tokens(cast) as tokens, transaction.atomic():
            knocking = Knocking(worlds.build(cast), tokens)
            kept: list[str] = []
            yield Observed(knocking, cast, observe(knocking, routes(), kept), kept)
            transaction.set_rollback(True)


def _tokens(cast: Cast) -> Any:
    from contextlib import contextmanager

    @contextmanager
    def planted() -> Iterator[dict[str, str]]:
        from tests.api.machine import machine_of

        actors = {name: actor for name, actor in members(cast).items() if actor is not None}
        made = {name: machine_of(actor).secret for name, actor in actors.items()}
        try:
            yield made
        finally:
            with as_owner() as owner:
                owner.execute("delete from api_servicetoken where label = 'Uji'")
                owner.execute("delete from field_device where label = 'Uji'")

    return planted()


def observe(knocking: Knocking, found: list[Route], kept: list[str] | None = None) -> Table:
    """Knock everywhere; into ``kept`` goes whatever a browser, or a way out, would remember."""
    table: Table = {}
    for route in found:
        for method in METHODS:
            line = table[route.address, method] = {}
            for who in members(knocking.world.cast):
                answer = knocking.ask(route, method, who)
                line[who] = said(answer)
                if kept is not None:
                    kept += [f"{method} {route.address} {who}: {what}" for what in keeps(answer)]
    return table


def keeps(answer: HttpResponse) -> list[str]:
    """What of an answer would stay in a browser, or go along to another address."""
    told = [] if answer.get("Cache-Control") else ["may be kept"]
    if "no-store" not in answer.get("Cache-Control", "no-store"):
        told.append("is kept: " + answer["Cache-Control"])
    if answer.get("Referrer-Policy") != "no-referrer":
        told.append("tells where one came from")
    return told


# -- the table --------------------------------------------------------------------------------


def written(table: Table) -> str:
    """The table as a file: one line for each address and method."""
    names = list(next(iter(table.values())))
    widest = max(len(address) for address, _ in table)
    head = f"{'address':<{widest}}  method  " + " ".join(f"{name:<9}" for name in names)
    lines = [
        (f"{address:<{widest}}  {method:<6}  " + " ".join(f"{line[n]:<9}" for n in names)).rstrip()
        for (address, method), line in table.items()
    ]
    return "\n".join([head.rstrip(), *lines]) + "\n"


def read(text: str) -> Table:
    """The other way round."""
    head, *lines = text.splitlines()
    names = head.split()[2:]
    table: Table = {}
    for line in lines:
        address, method, *cells = line.split()
        table[address, method] = dict(zip(names, cells, strict=True))
    return table


def difference(expected: Table, found: Table) -> list[str]:
    """One sentence for each cell that differs, each missing line and each line too many."""
    told = [f"{m} {a}: no line in the table" for a, m in found if (a, m) not in expected]
    told += [f"{m} {a}: no such address any more" for a, m in expected if (a, m) not in found]
    for place in found.keys() & expected.keys():
        for who, answer in found[place].items():
            if (wanted := expected[place].get(who)) != answer:
                told.append(f"{place[1]} {place[0]}: {who} was answered {answer}, not {wanted}")
    return sorted(told)


def test_the_table_says_what_everybody_is_answered_everywhere(observed: Observed) -> None:
    if os.environ.get("RANGKUL_UPDATE_PERMISSIONS") == "1":
        TABLE.write_text(written(observed.table), encoding="utf-8")
    assert difference(read(TABLE.read_text(encoding="utf-8")), observed.table) == []


def test_an_address_without_a_line_is_told(observed: Observed) -> None:
    """Planted fault: the table forgets one address and misremembers one cell."""
    table = {place: dict(line) for place, line in observed.table.items()}
    del table["/kasus/<number>/", "GET"]
    table["/kasus/", "GET"]["admin"] = "418"
    assert difference(table, observed.table) == [
        "GET /kasus/: admin was answered 403, not 418",
        "GET /kasus/<number>/: no line in the table",
    ]


# -- rules that hold whatever the table says ---------------------------------------------------


def test_nothing_anywhere_breaks(observed: Observed) -> None:
    broken = [p for p, line in observed.table.items() if any(a[0] == "5" for a in line.values())]
    assert broken == []


def test_no_answer_is_kept_and_none_tells_where_one_came_from(observed: Observed) -> None:
    """Pages, downloads, refusals, faults and ways onward, to whomever they are given."""
    assert observed.kept == []


@pytest.mark.urls(__name__)
def test_an_answer_that_is_kept_is_told(observed: Observed) -> None:
    """Planted fault: a page lets itself be kept; and an answer that no middleware has seen."""
    kept: list[str] = []
    observe(observed.knocking, [r for r in routes() if r.address == "/disimpan/"], kept)
    assert "GET /disimpan/ carries: is kept: max-age=60" in kept
    assert keeps(HttpResponse()) == ["may be kept", "tells where one came from"]


def test_logged_out_one_meets_the_door_or_nothing(observed: Observed) -> None:
    shown = {
        place: line["out"]
        for place, line in observed.table.items()
        if line["out"] not in {*TO_A_DOOR, "401", "403", "404", "405", "415"}
    }
    # Changing the page's language is no entry: it sends back to where one was.
    assert shown.pop(("/akun/bahasa/", "POST")) == "302"
    portal = {route.address for route in routes() if route.is_public}
    assert {address for address, _ in shown} - PUBLIC - portal - _doors_of_the_framework() == set()


def test_the_portal_is_guarded_as_public_and_answers_everybody_alike(observed: Observed) -> None:
    """Its guard drops every cookie: a signed-in colleague is nobody there."""
    known = [
        f"{method} {route.address}: {who}"
        for route in routes()
        for method in METHODS
        if route.is_public
        for who, answer in observed.table[route.address, method].items()
        if answer != observed.table[route.address, method]["out"]
    ]
    assert known == []
    assert [
        route.address
        for route in routes()
        if route.is_public != getattr(route.view, "is_public", False)
    ] == []


def _doors_of_the_framework() -> set[str]:
    """Sign-out without sign-in, and pages that need a sign-in under way: they send to the start."""
    return {"/akun/logout/", "/akun/2fa/authenticate/", "/akun/login/code/confirm/"}


@pytest.mark.parametrize("who", STRANGERS)
def test_who_has_nothing_to_do_with_it_gets_nothing(observed: Observed, who: str) -> None:
    """Neither a page nor an act done; for former members not even a route to guess by."""
    got = {
        f"{method} {route.address}": answer
        for route in routes()
        if route.names_one_thing
        for method in METHODS
        if (answer := observed.table[route.address, method][who])
        not in {"login", "401", "403", "404", "405", "415", "422"}
    }
    assert got == {}


@pytest.mark.parametrize("method", METHODS)
def test_what_is_anothers_is_not_told_from_what_is_not_there(
    observed: Observed, method: str
) -> None:
    told = []
    for route in routes():
        if route.names_one_thing:
            there = observed.knocking.ask(route, method, "all-roles")
            nowhere = observed.knocking.ask(route, method, "all-roles", nowhere=True)
            if _without_secrets(there) != _without_secrets(nowhere):
                told.append(f"{method} {route.address}: {said(there)} and {said(nowhere)}")
    assert told == []


def _without_secrets(answer: HttpResponse) -> tuple[str, str]:
    """Status and page; what is fresh in every page (form secrets, the address itself) taken out."""
    page = answer.content.decode("utf-8", "replace") if not answer.streaming else ""
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
    page = re.sub(r"\b[A-Z]{2}-[0-9A-Z]{4}-[0-9A-Z]{4}", "NUMBER", page)
    return said(answer), re.sub(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", "ID", page)


def test_a_role_without_the_permission_is_refused_by_every_method(observed: Observed) -> None:
    let_in = []
    for route in routes():
        wanted: tuple[Permission, ...] = getattr(route.view, "permissions", ())
        one_of: tuple[Permission, ...] = getattr(route.view, "one_of", ())
        for who, actor in members(observed.cast).items():
            if actor is None or who == "former" or _lets_in(actor, wanted, one_of):
                continue
            let_in += [
                f"{method} {route.address}: {who}"
                for method in METHODS
                if observed.table[route.address, method][who] not in {"403", "405"}
            ]
    assert let_in == []


def _lets_in(actor: Actor, wanted: Iterable[Permission], one_of: Iterable[Permission]) -> bool:
    """What ``desk.page.staff`` asks: every one of the first, any one of the second."""
    any_of = [may(actor.roles, permission) for permission in one_of]
    return all(may(actor.roles, permission) for permission in wanted) and any(any_of or [True])


def test_a_form_without_its_secret_is_refused_everywhere(observed: Observed) -> None:
    taken = []
    for route in routes():
        # The portal knows no session and reads no cookie: its forms have nothing to ride on.
        if route.is_api or route.is_public:
            continue
        answer = observed.knocking.ask(route, "POST", "carries", csrf=True)
        if answer.status_code != 403:
            taken.append(f"{route.address}: {said(answer)}")
    assert taken == []


def test_the_api_takes_no_cookie_for_a_token(observed: Observed) -> None:
    """The browser's sign-in opens no call: no foreign page can make a browser call."""
    knocking = Knocking(observed.knocking.world, {})
    open_without = {"/api/v1/openapi.json", "/api/v1/", "/api/<rest>", "/openrosa/<rest>"}
    taken = [
        f"{method} {route.address}: {answer}"
        for route in routes()
        if route.is_api and route.address not in open_without | PUBLIC
        for method in METHODS
        if (answer := said(knocking.ask(route, method, "superv."))) not in {"401", "405"}
    ]
    assert taken == []


def without_decorator(found: list[Route]) -> list[str]:
    """Staff views that nothing guards."""
    names = {
        f"{route.view.__module__}.{route.view.__qualname__}"
        for route in found
        if route.view.__module__.startswith("rangkul.desk.")
        and not hasattr(route.view, "permissions")
    }
    return sorted(names - WITHOUT_DECORATOR)


def test_every_staff_view_is_guarded(observed: Observed) -> None:
    assert without_decorator(routes()) == []


# -- planted faults ---------------------------------------------------------------------------


def unguarded(request: HttpRequest, number: str) -> HttpResponse:
    """Planted: a page that forgot the decorator."""
    return HttpResponse(number)


def kept_page(request: HttpRequest) -> HttpResponse:
    """Planted: a page that lets browsers keep it."""
    return HttpResponse("", headers={"Cache-Control": "max-age=60"})


def unasked(request: HttpRequest, number: str) -> HttpResponse:
    """Planted: a page that asks whose agency it is, and not whose case."""
    found = CaseAccess.objects.filter(agency_id=request.actor.agency_id)
    return HttpResponse(str(found.count()))


unguarded.__module__ = "rangkul.desk.planted"
urlpatterns = [
    path("disimpan/", kept_page),
    path("kasus/<str:number>/terbuka/", unguarded),
    path("kasus/<str:number>/", unasked),
    *_known,
]


def test_a_view_without_the_decorator_is_told() -> None:
    """Planted fault."""
    assert without_decorator(routes(__name__)) == [
        "rangkul.desk.planted.unguarded",
    ]


@pytest.mark.urls(__name__)
def test_a_view_that_skips_the_visibility_query_is_told(observed: Observed) -> None:
    """Planted fault: the unassigned colleague now gets the page, and a stranger does too."""
    replaced = [
        r for r in routes() if r.address in {"/kasus/<number>/", "/kasus/<number>/terbuka/"}
    ]
    told = difference(observed.table, observe(observed.knocking, replaced))
    assert "GET /kasus/<number>/: colleague was answered 200, not 404" in told
    assert "GET /kasus/<number>/: stranger was answered 200, not 404" in told
    assert "GET /kasus/<number>/terbuka/: no line in the table" in told
