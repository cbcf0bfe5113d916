"""A coordinator proposes by number; the holder alone learns of it, and invites her or not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.domain.conferences.table import AGENDA, Table, calling
from tests.people import JATENG, NOW, SEMARANG, Cast
from tests.rows import app_as, as_owner

from rangkul.access.policy import Forbidden
from rangkul.conferences import operations, queries
from rangkul.conferences.models import Proposal
from rangkul.conferences.operations import Wish
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting
from rangkul.foundation.workflow import IllegalMove
from rangkul.jobs import conference_alerts
from rangkul.referrals import queries as referrals

WISH = Wish("stands_still")


def _propose(cast_member: Actor, number: str, wish: Wish = WISH) -> Event:
    """What the coordinator's act hands to the outbox, delivered twice."""
    with acting(cast_member):
        operations.propose_conference(number=number, wish=wish, by=cast_member, at=NOW)
    day = wish.wished_on.isoformat() if wish.wished_on else ""
    event = Event(
        "conference.proposed", "case", f"{custody.case_id_of(number)}:{wish.reason}:{day}",
        cast_member.agency_id, actor_id=cast_member.user_id,
    )  # fmt: skip
    for _ in range(2):
        conference_alerts.pass_proposal_on(event)
    return event


def _proposals(table: Table) -> list[Proposal]:
    with acting(table.lead):
        return queries.list_proposals(table.lead, table.scene.case_id)


def _alerts(kind: str = "conference.proposed") -> list[tuple[Any, ...]]:
    with as_owner() as owner:
        return owner.execute(
            "select agency_id, audience, user_id, about_kind, ended_at is not null "
            "from alerts_alert where kind = %s order by audience, user_id",
            [kind],
        ).fetchall()


def _number(table: Table) -> str:
    return custody.case_number(table.scene.case_id)


def test_the_holder_is_asked_once_and_called(table: Table, cast: Cast) -> None:
    day = (NOW + timedelta(days=9)).date()
    _propose(cast.retno, _number(table), Wish("disputed", day))
    (proposal,) = _proposals(table)
    assert (proposal.asking_agency_id, proposal.reason, proposal.wished_on) == (
        JATENG, "disputed", day,
    )  # fmt: skip
    assert _alerts() == [
        (SEMARANG, "penyelia", None, "case", False),
        (SEMARANG, "person", cast.ratih.user_id, "case", False),
    ]


@pytest.mark.parametrize("who", ["filmon", "hendra"])
def test_from_another_province_it_goes_nowhere(table: Table, cast: Cast, who: str) -> None:
    actor = getattr(cast, who)
    if who == "hendra":
        with acting(actor), pytest.raises(Forbidden):
            operations.propose_conference(number=_number(table), wish=WISH, by=actor, at=NOW)
        return
    _propose(actor, _number(table))
    assert _proposals(table) == []


def test_a_number_of_no_case_meets_the_same_silence(table: Table, cast: Cast) -> None:
    _propose(cast.retno, custody.case_number(987_654))
    assert _alerts() == [] and _proposals(table) == []


def test_a_mistyped_number_is_told_before_anything_is_asked(table: Table, cast: Cast) -> None:
    wrong = _number(table)[:-1] + ("2" if _number(table)[-1] != "2" else "3")
    with acting(cast.retno), pytest.raises(InvalidInput) as fault:
        operations.propose_conference(
            number=wrong, wish=Wish("", (NOW - timedelta(days=1)).date()), by=cast.retno, at=NOW
        )
    assert fault.value.errors == {"number": "mistyped", "reason": "required", "wished_on": "past"}


def test_the_coordinator_learns_nothing_of_the_case(table: Table, cast: Cast) -> None:
    _propose(cast.retno, _number(table))
    for who in (cast.retno, cast.melki):
        with app_as(who) as app:
            for name in ("conferences_proposal", "custody_case", "custody_caseaccess"):
                assert app.execute(f"select * from {name}").fetchall() == []
    with acting(cast.retno):
        with pytest.raises(NotReachable):
            custody.get_access(cast.retno, table.scene.case_id)
        assert queries.list_conferences(cast.retno, now=NOW) == []


def _waiting(table: Table, cast: Cast) -> UUID:
    _propose(cast.retno, _number(table))
    return _proposals(table)[0].id


def test_called_she_sits_at_the_table_and_sees_no_file(table: Table, cast: Cast) -> None:
    proposal_id = _waiting(table, cast)
    with acting(table.lead):
        row = operations.call_proposed(
            proposal_id=proposal_id, calling=calling(table.scene.case_id), by=table.lead, at=NOW
        )
        with pytest.raises(IllegalMove):
            operations.call_proposed(
                proposal_id=proposal_id, calling=calling(table.scene.case_id), by=table.lead,
                at=NOW,
            )  # fmt: skip
    conference_alerts.let_holder_rest(
        Event("conference.proposal_answered", "proposal", str(proposal_id), SEMARANG)
    )
    assert all(each[-1] for each in _alerts())
    with acting(cast.retno):
        seat = queries.seat_of(cast.retno, row.id)
        assert seat is not None
        conference_alerts_seat = Event(
            "conference.seat_offered", "seat", str(seat.id), JATENG, actor_id=cast.retno.user_id
        )
    conference_alerts.tell_invited(conference_alerts_seat)
    assert [each[:3] for each in _alerts("conference.seat_offered")] == [
        (JATENG, "person", cast.retno.user_id)
    ]
    with acting(cast.retno):
        operations.answer_seat(seat_id=seat.id, decision="accept", by=cast.retno, at=NOW)
        view = queries.view(cast.retno, row.id)
        assert [words for _item, words in view.agenda] == [entry.words for entry in AGENDA]
        assert (view.is_lead, view.case_ids, view.shares) == (False, [], [])
        assert referrals.unanswered(cast.retno, NOW) == []
        with pytest.raises(NotReachable):
            queries.get_led(cast.retno, row.id)


def test_refused_the_proposal_is_gone_and_she_hears_nothing(table: Table, cast: Cast) -> None:
    proposal_id = _waiting(table, cast)
    for stranger in (cast.melki, cast.retno, cast.marten):
        with acting(stranger), pytest.raises((NotReachable, Forbidden)):
            operations.refuse_proposal(proposal_id=proposal_id, by=stranger, at=NOW)
    with acting(table.lead):
        operations.refuse_proposal(proposal_id=proposal_id, by=table.lead, at=NOW)
    assert _proposals(table) == []
    with as_owner() as owner:
        told = owner.execute("select 1 from alerts_alert where agency_id = %s", [JATENG])
        assert told.fetchall() == []
    # Later it may be asked again.
    _propose(cast.retno, _number(table))
    assert len(_proposals(table)) == 1
