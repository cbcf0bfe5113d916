"""Row security is the net, policy the rule: what the rule shows, the net lets through; never more.

Random small worlds: cases of two agencies, carried by some, joined by others, ended again. For
everybody in the cast each way of meeting a case tells the same set, and that set is the one that
custody's two sentences describe (product rules, not code of ours).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.clients import Client
from tests.people import NOW, Cast, sign_in
from tests.rows import owned_tables

from rangkul.assessments.answers import Answers
from rangkul.cases import operations as cases
from rangkul.cases import queries
from rangkul.custody import operations as custody_operations
from rangkul.custody import policy
from rangkul.custody import queries as custody
from rangkul.custody.models import CaseAccess
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.scope import Scope, acting, set_scope
from rangkul.people import queries as people
from rangkul.people.identity import Identity

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.xdist_group("within")]

UNIT, CARRIED = {"penyelia"}, {"pendamping", "petugas_hunian", "petugas_kesehatan"}
LOGINS = (
    "ratih", "nining", "wahyuni", "joko", "laras", "bagas", "sinta", "yohana", "marten", "ester",
    "melki", "yulius", "dorce", "andi", "besse",
)  # fmt: skip
NAME = "Kinanti Uji Larasati"
_NOWHERE = 8_000_001


@dataclass(frozen=True)
class Plan:
    """One case: who opens it, who else carries it, whether the other agency joins and leaves."""

    lead: str
    also: tuple[str, ...]
    joined: bool
    carried_there: bool
    left: bool


PLANS = st.lists(
    st.builds(
        Plan,
        lead=st.sampled_from(["ratih", "yohana", "nining"]),
        also=st.lists(st.sampled_from(["nining", "ratih", "yohana"]), max_size=2).map(tuple),
        joined=st.booleans(),
        carried_there=st.booleans(),
        left=st.booleans(),
    ),
    min_size=1,
    max_size=4,
)


@dataclass
class Case:
    """A case as it should be seen: agencies with live access, persons who carry it."""

    id: int
    lead: int
    agencies: set[int]
    carried: set[int]


def make(cast: Cast, plan: Plan) -> Case:
    """Open, assign, join, end: by the people who may."""
    lead: Actor = getattr(cast, plan.lead)
    boss, other = (
        (cast.wahyuni, cast.marten)
        if lead.agency_id == cast.wahyuni.agency_id
        else (cast.marten, cast.wahyuni)
    )
    there = cast.yohana if other is cast.marten else cast.ratih
    with acting(lead):
        opening = cases.Opening(
            area="33.74", categories=("ktk",), triage=Answers.of({}),
            identity=Identity(full_name=NAME),
        )  # fmt: skip
        made = Case(
            cases.open_file(opening=opening, by=lead, at=NOW).case_id,
            lead.agency_id, {lead.agency_id}, {lead.user_id},
        )  # fmt: skip
    for login in plan.also:
        colleague: Actor = getattr(cast, login)
        if colleague.agency_id == lead.agency_id:
            with acting(boss):
                custody_operations.assign(
                    case_id=made.id, user_id=colleague.user_id, by=boss, at=NOW
                )
            made.carried.add(colleague.user_id)
    if plan.joined:
        with acting(boss):
            custody_operations.join_agency(
                case_id=made.id, agency_id=other.agency_id, by=boss, at=NOW
            )
        made.agencies.add(other.agency_id)
        if plan.carried_there:
            with acting(other):
                custody_operations.assign(case_id=made.id, user_id=there.user_id, by=other, at=NOW)
            made.carried.add(there.user_id)
        if plan.left:
            with acting(boss):
                custody_operations.end_access(
                    case_id=made.id, agency_id=other.agency_id, by=boss,
                    at=NOW + timedelta(hours=1),
                )  # fmt: skip
            made.agencies.discard(other.agency_id)
            made.carried.discard(there.user_id)
    return made


def should_see(actor: Actor, world: list[Case]) -> set[int]:
    """The rule in words: the supervisor the unit's, a companion those carried, nobody else any."""
    mine = [case for case in world if actor.agency_id in case.agencies]
    if actor.roles & UNIT:
        return {case.id for case in mine}
    if actor.roles & CARRIED:
        return {case.id for case in mine if actor.user_id in case.carried}
    return set()


def net(actor: Actor) -> dict[str, set[int]]:
    """Table → the cases of which row security lets this agency read a row, by bare SQL."""
    with acting(actor), connection.cursor() as cursor:
        found = {}
        for table in ["custody_case", *(name for name, _, _ in owned_tables("case"))]:
            column = "id" if table == "custody_case" else "case_id"
            cursor.execute(f"select distinct {column} from {table}")
            found[table] = {row[0] for row in cursor.fetchall()}
        return found


def ways(actor: Actor, known: set[int]) -> dict[str, set[int]]:
    """Every way in which this person meets cases → which."""
    with acting(actor):
        shown = {
            "list": {file.case_id for file in queries.list_files(actor).covers},
            "accesses": set(custody.accesses(actor).values_list("case_id", flat=True)),
            "names": set(people.search_names(actor, "Kinanti Larasati", limit=50)),
        }
        everything = known | {_NOWHERE}
        shown["among"] = custody.visible_among(actor, everything)
        shown["covers"] = {f.case_id for f in queries.list_covers(actor, sorted(everything))}
        shown["one by one"] = {case for case in everything if _opens(actor, case)}
        _, seen = custody.count_caseload(actor)
        assert seen == len(shown["accesses"]), "a count tells of a case that no list shows"
    return shown


def _opens(actor: Actor, case_id: int) -> bool:
    try:
        queries.get_file(actor, case_id)
    except NotReachable:
        return False
    return True


@pytest.fixture
def undone(committed_db: None) -> Iterator[None]:
    """All worlds of one test in one transaction; each is undone before the next."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@settings(
    max_examples=8, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(plans=PLANS)
def test_the_rule_shows_what_it_says_and_the_net_lets_it_through(
    cast: Cast, undone: None, plans: list[Plan]
) -> None:
    with transaction.atomic():
        world = [make(cast, plan) for plan in plans]
        _check(cast, world)
        transaction.set_rollback(True)


def _check(cast: Cast, world: list[Case]) -> None:
    ours = {case.id for case in world}
    nets: dict[int, dict[str, set[int]]] = {}
    for login in LOGINS:
        actor: Actor = getattr(cast, login)
        expected = should_see(actor, world)
        shown = ways(actor, ours)
        for way, found in shown.items():
            if way == "names":
                # Search words are keyed for each agency: one that joined has none of them.
                led = {case.id for case in world if case.lead == actor.agency_id}
                assert expected & led <= found <= expected | (found - ours), (login, way)
                continue
            assert found & ours == expected, (login, way)
        # The net is one for the whole agency.
        reach = nets.setdefault(actor.agency_id, net(actor))
        live = {case.id for case in world if actor.agency_id in case.agencies}
        for table in ("custody_case", "cases_casefile", "people_person", "cases_incident"):
            assert expected <= reach[table], (login, table)
        for table, found in reach.items():
            assert found & ours <= live, (login, table)


def test_a_rule_wider_than_the_net_is_told(
    cast: Cast, undone: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted fault: a rule that lets a companion see the whole unit."""
    world = [make(cast, Plan("ratih", (), joined=False, carried_there=False, left=False))]
    _check(cast, world)

    def whole_unit(actor: Actor) -> Any:
        from django.db.models import Q

        return Q(agency_id=actor.agency_id, until__isnull=True)

    monkeypatch.setattr(policy, "visible_to", whole_unit)
    with pytest.raises(AssertionError, match="nining"):
        _check(cast, world)


def test_former_members_reach_nothing_even_with_an_old_scope(cast: Cast) -> None:
    """Their place is over: the database refuses the scope itself."""
    make(cast, Plan("ratih", (), joined=True, carried_there=True, left=False))
    for actor in cast.former:
        with pytest.raises(Exception, match="scope"), transaction.atomic():
            set_scope(Scope.of(actor))
            CaseAccess.objects.count()


@pytest.mark.parametrize("login", LOGINS)
def test_pages_lists_counts_and_search_tell_of_no_other_case(cast: Cast, login: str) -> None:
    """Through the addresses: the numbers of cases that are not one's own occur nowhere."""
    world = [
        make(cast, Plan("ratih", ("nining",), joined=True, carried_there=False, left=False)),
        make(cast, Plan("ratih", (), joined=True, carried_there=True, left=True)),
        make(cast, Plan("yohana", (), joined=False, carried_there=False, left=False)),
    ]
    actor: Actor = getattr(cast, login)
    hidden = [custody.case_number(c.id) for c in world if c.id not in should_see(actor, world)]
    shown = [custody.case_number(c.id) for c in world if c.id in should_see(actor, world)]
    client = Client()
    sign_in(client, actor)
    pages = [client.get(address) for address in ("/", "/kasus/", "/laporan/", "/rujukan/keluar/")]
    pages.append(client.post("/cari/", {"words": "Kinanti Larasati"}))
    told = "".join(page.content.decode() for page in pages)
    assert [number for number in hidden if number in told] == []
    listed = pages[1].content.decode()
    assert [number for number in shown if number not in listed] == []
