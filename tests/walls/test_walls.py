"""The walls: the whole product in SQL, every pair through HTTP, and the world that may not be felt.

In SQL every role in every relation, in every state, for every kind of thing, goes through the
code's own ``visible_to`` under row security and is held against the rules in plain words. Through
HTTP every pair of role, relation, state, route and method is asked.

An answer leaks when it holds a word planted in a record that is not for the one who asks, or when
somebody outside is answered otherwise (in status, words, headers or work done) about a thing that
is there than about one that is not, or with the world than without it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import path
from tests.contracts.routes import Route, routes
from tests.walls.asking import METHODS, Asking, Reduced, lists_of, reduced
from tests.walls.canaries import forbidden
from tests.walls.pairs import Row, all_pairs, every_pair, uncovered
from tests.walls.rules import RULES
from tests.walls.scenery import Walls
from tests.walls.standing import OUTSIDE, RELATIONS
from tests.walls.states import STATES, become
from tests.world import NOTE

from rangkul.access.roles import ROLES
from rangkul.config.urls import urlpatterns as _known
from rangkul.custody import policy as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting

pytestmark = pytest.mark.xdist_group("walls")

# -- the whole product in SQL ------------------------------------------------------------------


def seen(walls: Walls, actor: Actor, thing: str) -> bool:
    """Whether the code's condition, under row security, shows this person the thing."""
    _rule, model, condition, which = RULES[thing]
    try:
        with acting(actor):
            return bool(model.objects.filter(condition(actor) & Q(**which(walls.world))).exists())
    except DatabaseError:
        # A place that is over opens no scope at all.
        return False


def differences(walls: Walls, state: str) -> list[str]:
    """One sentence for each cell in which code and words disagree."""
    told = []
    for (role, relation), actor in walls.people.items():
        for thing, (should, *_rest) in RULES.items():
            found, wanted = seen(walls, actor, thing), should(role, relation, state)
            if found != wanted:
                told.append(f"{state}: {role}, {relation}: {thing} {'' if found else 'not '}seen")
    return told


@pytest.mark.promise(
    "walls-product",
    chapter="walls",
    sentence="Every role, in every relation, in every state, is shown exactly the cases, requests, "
    "calls, transfers, conferences, reports, houses, stays and legs that the rules in plain words "
    "give it.",
)
@pytest.mark.parametrize("state", STATES)
def test_code_and_words_agree(walls: Walls, state: str, figure: Callable[[str], None]) -> None:
    with become(walls.world, state):
        assert differences(walls, state) == []
    cells = len(walls.people) * len(RULES) * len(STATES)
    figure(f"{cells} cells ({len(STATES)} states), no difference")


@pytest.mark.planted("walls-product")
def test_a_rule_that_shows_too_much_is_told(walls: Walls, monkeypatch: pytest.MonkeyPatch) -> None:
    """A companion who sees the whole unit; an intake officer who sees a case."""
    _rule, model, _condition, which = RULES["case"]

    def whole_unit(actor: Actor) -> Q:
        return Q(agency_id=actor.agency_id, until__isnull=True)

    broken = dict(RULES) | {"case": (_rule, model, whole_unit, which)}
    monkeypatch.setattr("tests.walls.test_walls.RULES", broken)
    assert custody.visible_to is not whole_unit
    with become(walls.world, "under way"):
        told = differences(walls, "under way")
    assert "under way: pendamping, unit: case seen" in told
    assert "under way: petugas_pengaduan, unit: case seen" in told
    assert not any("stranger" in line or "former" in line for line in told), "row security held"


# -- every pair through HTTP ---------------------------------------------------------------------

SENTENCE = (
    "Over every pair of role, relation, state, route and method no answer holds a word that is not "
    "for the one who asks, and nobody outside can tell a thing that is there from one that is not, "
    "by status, words, headers or the work done."
)
# Coordinators see by number what waits unanswered anywhere in their area: that is their work.
_BY_THEIR_WORK = {"koordinator_provinsi", "koordinator_nasional"}
# The open directory tells everybody of desks, and the world opens some; of cases it knows nothing
# (the promise on open data).
_OPEN_DATA = ": /api/hsds/"


def dimensions() -> dict[str, list[Any]]:
    """All values of all five."""
    return {
        "route": [route.address for route in routes() if "logout" not in route.address],
        "role": list(ROLES),
        "relation": list(RELATIONS),
        "state": list(STATES),
        "method": list(METHODS),
    }


def leaks(asking: Asking, row: Row, route: Route) -> Iterator[str]:
    """One sentence for each way in which this answer tells too much."""
    role, relation = row["role"], row["relation"]
    where = f"{row['method']} {route.address} as {role}, {relation}, {row['state']}"
    there = asking.ask(route, row["method"], (role, relation))
    if there.said.startswith("5"):
        yield f"{where}: breaks ({there.said})"
    for word in forbidden(role, relation):
        if there.tells(word):
            yield f"{where}: holds “{word}”"
    if route.names_one_thing and relation in OUTSIDE and role not in _BY_THEIR_WORK:
        nowhere = asking.ask(route, row["method"], (role, relation), nowhere=True)
        if by := differing(reduced(there), reduced(nowhere)):
            yield f"{where}: told from nothing by {by}"


def differing(one: Reduced, other: Reduced) -> str:
    """By what two answers differ, in words; "" for nothing."""
    channels = zip(("status", "words", "work"), one, other, strict=True)
    return ", ".join(name for name, a, b in channels if a != b)


def all_leaks(walls: Walls, rows: list[Row], found: list[Route]) -> list[str]:
    """Each state once, its rows inside it."""
    by_address = {route.address: route for route in found}
    by_state: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_state[row["state"]].append(row)
    told: list[str] = []
    for state, its_rows in by_state.items():
        with become(walls.world, state):
            for row in its_rows:
                told += leaks(walls.asking, row, by_address[row["route"]])
    return told


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """Rows that hold every pair of today's routes."""
    made = all_pairs(dimensions())
    assert uncovered(made, dimensions()) == set()
    return made


@pytest.mark.promise("walls-pairs", chapter="walls", sentence=SENTENCE)
def test_no_pair_leaks(walls: Walls, rows: list[Row], figure: Callable[[str], None]) -> None:
    told = all_leaks(walls, rows, routes())
    assert told == [], "\n".join(told)
    figure(f"{len(every_pair(dimensions()))} pairs in {len(rows)} rows: 0 leaks")


@pytest.mark.promise(
    "walls-without-the-world",
    chapter="walls",
    sentence="No list, count, search or notice tells anybody outside whether a case exists at all: "
    "every page reads the same with the world and without it.",
)
def test_nobody_outside_can_tell_whether_the_world_is_there(
    walls: Walls, figure: Callable[[str], None]
) -> None:
    after = lists_of(walls.asking)
    told = told_apart(walls.before, after)
    assert told == [], "\n".join(told)
    figure(f"{len(after)} answers, none different")


def told_apart(before: Mapping[str, Reduced], after: Mapping[str, Reduced]) -> list[str]:
    """Where the two differ, and by what; the coordinators' own lists apart."""
    return [
        f"{where}: told by {differing(before[where], found)}"
        for where, found in after.items()
        if found != before[where]
        and where.split(",")[0] not in _BY_THEIR_WORK
        and _OPEN_DATA not in where
    ]


# -- planted faults ---------------------------------------------------------------------------

_THERE: set[str] = set()


def by_status(request: HttpRequest, number: str) -> HttpResponse:
    """Planted: forbidden where there is something, not found where there is nothing."""
    return HttpResponse(status=403 if number in _THERE else 404)


def by_words(request: HttpRequest, number: str) -> HttpResponse:
    """Planted: a page of a foreign file, whoever asks."""
    return HttpResponse(f"<p>{NOTE}</p>")


def by_work(request: HttpRequest, number: str) -> HttpResponse:
    """Planted: the same answer, after one more look into the database."""
    if number in _THERE:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    return HttpResponse(status=404)


def by_count(request: HttpRequest) -> HttpResponse:
    """Planted: a number of all there are."""
    return HttpResponse(str(len(_THERE)))


urlpatterns = [
    path("kasus/<str:number>/status/", by_status),
    path("kasus/<str:number>/kata/", by_words),
    path("kasus/<str:number>/kerja/", by_work),
    path("jumlah/", by_count),
    *_known,
]
_PLANTED = ("/kasus/<number>/status/", "/kasus/<number>/kata/", "/kasus/<number>/kerja/")


@pytest.mark.planted("walls-pairs")
@pytest.mark.urls(__name__)
def test_a_leak_by_any_channel_is_told(walls: Walls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.walls.test_walls._THERE", {walls.world.case_number})
    planted = [route for route in routes() if route.address in _PLANTED]
    rows = all_pairs(dimensions() | {"route": list(_PLANTED), "method": ["GET"]})
    told = "\n".join(all_leaks(walls, rows, planted))
    for address, by in zip(_PLANTED, ("status", f"holds “{NOTE}”", "work"), strict=True):
        found = [line for line in told.splitlines() if address in line and by in line]
        assert any("stranger" in line for line in found), (address, by)
        assert any("former" in line for line in found), (address, by)
    assert f"GET {_PLANTED[1]} as admin_lembaga, " in told


@pytest.mark.planted("walls-without-the-world")
@pytest.mark.urls(__name__)
def test_a_count_of_everything_is_told(walls: Walls, monkeypatch: pytest.MonkeyPatch) -> None:
    counting = [route for route in routes() if route.address == "/jumlah/"]
    before = lists_of(walls.asking, counting)
    monkeypatch.setattr("tests.walls.test_walls._THERE", {walls.world.case_number})
    told = told_apart(before, lists_of(walls.asking, counting))
    assert any(line.startswith("pendamping, former: /jumlah/") for line in told)
