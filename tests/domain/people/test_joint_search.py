"""A joint team's agency finds its case by name and number, from the joining to the leaving."""

from __future__ import annotations

from dataclasses import replace

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.people import KUPANG, MAKASSAR, NOW, Cast

from rangkul.assessments.answers import Answers
from rangkul.cases import operations as cases
from rangkul.custody import operations as custody
from rangkul.custody.events import TEAM_JOINED
from rangkul.custody.models import Case
from rangkul.foundation.actor import Actor
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting
from rangkul.jobs.joint_search import make_findable, make_missed_findable
from rangkul.jobs.tasks import SUBSCRIBERS
from rangkul.people import events, operations, queries
from rangkul.people.identity import Contact, Identity, Location
from rangkul.people.models import Person, Token
from rangkul.trail.models import Act

NAME, NIK, PHONE = "Yustina Uji Bere", "5371014203990001", "081234567890"


@pytest.fixture
def case_id(db: None, cast: Cast) -> int:
    """A case that Semarang leads."""
    opening = cases.Opening(
        area="33.74", categories=("ktk",), triage=Answers.of({}),
        identity=Identity(full_name=NAME, nik=NIK), contact=Contact(phone=PHONE),
        companion_id=cast.ratih.user_id,
    )  # fmt: skip
    with acting(cast.wahyuni):
        return int(cases.open_file(opening=opening, by=cast.wahyuni, at=NOW).case_id)


def join(case_id: int, cast: Cast, agency: int = KUPANG) -> None:
    """The lead lets the agency in."""
    with acting(cast.wahyuni):
        custody.join_agency(case_id=case_id, agency_id=agency, by=cast.wahyuni, at=NOW)


def run_posted() -> int:
    """Deliver what waits for this work in the outbox; the count delivered."""
    jobs = ProcrastinateJob.objects.filter(task_name="rangkul.deliver", status="todo")
    posted = [Event(**job.args) for job in jobs.order_by("id")]
    jobs.delete()
    wanted = [e for e in posted if make_findable in SUBSCRIBERS.get(e.name, [])]
    for event in wanted:
        make_findable(event)
    return len(wanted)


def found(actor: Actor, words: str) -> list[int]:
    """What a person's search gives."""
    with acting(actor):
        return queries.search_names(actor, words) or queries.search_numbers(actor, words)


def tokens_of(actor: Actor) -> list[tuple[int, int, int]]:
    """The rows that the agency holds, as they stand."""
    with acting(actor):
        return sorted(Token.objects.values_list("id", "token", "ref"))


@pytest.mark.parametrize("words", [NAME, "Justina Bere", NIK, "+62 812 3456 7890"])
def test_an_agency_finds_the_case_from_joining_to_leaving(
    case_id: int, cast: Cast, words: str
) -> None:
    assert found(cast.marten, words) == []
    join(case_id, cast)
    assert run_posted() == 1
    assert found(cast.marten, words) == [case_id]
    assert found(cast.besse, words) == []
    with acting(cast.wahyuni):
        custody.end_access(case_id=case_id, agency_id=KUPANG, by=cast.wahyuni, at=NOW)
    assert found(cast.marten, words) == []
    assert tokens_of(cast.marten) == []
    assert found(cast.wahyuni, words) == [case_id]


def test_a_companion_of_the_team_finds_what_she_carries(case_id: int, cast: Cast) -> None:
    join(case_id, cast)
    run_posted()
    assert found(cast.yohana, NAME) == []
    with acting(cast.marten):
        custody.assign(case_id=case_id, user_id=cast.yohana.user_id, by=cast.marten, at=NOW)
    assert found(cast.yohana, NAME) == [case_id]


def test_running_again_changes_nothing(case_id: int, cast: Cast) -> None:
    join(case_id, cast)
    event = Event(TEAM_JOINED, "case", str(case_id), KUPANG)
    make_findable(event)
    before = tokens_of(cast.marten)
    assert before
    make_findable(event)
    assert tokens_of(cast.marten) == before
    with acting(cast.marten):
        names = Act.objects.filter(case_id=case_id).values_list("name", flat=True)
        assert list(names) == [events.MADE_FINDABLE]


@pytest.mark.parametrize("login", ["wahyuni", "marten"])
def test_a_changed_name_is_found_by_every_holder(case_id: int, cast: Cast, login: str) -> None:
    join(case_id, cast)
    run_posted()
    writer = cast.everyone()[login]
    with acting(writer):
        (opened,) = queries.unseal(queries.list_people(writer, case_id))
        operations.change_person(
            person_id=opened.person.id, expected_version=1, by=writer, at=NOW,
            identity=replace(opened.identity, full_name="Klementina Uji Fanggidae"),
            contact=opened.contact, location=Location(), sex="P", birth_year=None, relation="",
            contact_allowed=None, contact_bans=(),
        )  # fmt: skip
    run_posted()
    for actor in (cast.wahyuni, cast.marten):
        assert found(actor, "Klementina Fanggidae") == [case_id]
        assert found(actor, "Yustina Bere") == []
        assert found(actor, PHONE) == [case_id]


def test_an_event_that_comes_after_the_leaving_makes_nothing(case_id: int, cast: Cast) -> None:
    join(case_id, cast)
    with acting(cast.wahyuni):
        custody.end_access(case_id=case_id, agency_id=KUPANG, by=cast.wahyuni, at=NOW)
    make_findable(Event(TEAM_JOINED, "case", str(case_id), KUPANG))
    assert tokens_of(cast.marten) == []


def test_only_the_survivor_is_made_findable(case_id: int, cast: Cast) -> None:
    join(case_id, cast)
    run_posted()
    with acting(cast.wahyuni):
        operations.add_person(
            case=Case.objects.get(id=case_id), part=Person.KIN, by=cast.wahyuni, at=NOW,
            identity=Identity(full_name="Ferdinanda Uji Lodo"),
        )  # fmt: skip
    run_posted()
    assert found(cast.marten, "Ferdinanda Lodo") == []


def test_what_was_joined_before_is_caught_up_with_once_a_day(case_id: int, cast: Cast) -> None:
    """Also an agency that had no supervisor at the hour of its joining."""
    join(case_id, cast)
    assert found(cast.marten, NAME) == []
    make_missed_findable()
    assert found(cast.marten, NAME) == [case_id]
    before = tokens_of(cast.marten)
    make_missed_findable()
    assert tokens_of(cast.marten) == before


def test_leaving_takes_no_other_holders_rows(case_id: int, cast: Cast) -> None:
    join(case_id, cast)
    join(case_id, cast, MAKASSAR)
    run_posted()
    with acting(cast.marten):
        custody.end_access(case_id=case_id, agency_id=KUPANG, by=cast.marten, at=NOW)
    assert [found(a, NAME) for a in (cast.marten, cast.besse, cast.wahyuni)] == [
        [], [case_id], [case_id],
    ]  # fmt: skip
