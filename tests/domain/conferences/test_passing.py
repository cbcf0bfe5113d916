"""The case goes to another agency: the chair goes with it, and the giver keeps nothing of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from tests.domain.conferences.table import AGENDA, HELD, MEETING, Table, calling
from tests.people import INTAKE_DESK, KUPANG, MAKASSAR, NOW, SEMARANG, SERVICE_DESK, Cast
from tests.rows import app_as, as_owner

from rangkul.access.policy import Forbidden
from rangkul.cases import operations as cases
from rangkul.conferences import operations, queries
from rangkul.conferences.models import Seat
from rangkul.conferences.operations.minuting import NotTheChair
from rangkul.conferences.policy import ShareClosed
from rangkul.consent.operations import Ground
from rangkul.consent.policy import HANDING_OVER
from rangkul.custody import operations as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting
from rangkul.foundation.workflow import IllegalMove
from rangkul.jobs import conference_alerts
from rangkul.jobs import conferences as conference_jobs
from rangkul.referrals import operations as referrals
from rangkul.referrals.operations import Offer

MAKASSAR_DESK = SERVICE_DESK[MAKASSAR]
_DESK = INTAKE_DESK | {MAKASSAR: MAKASSAR_DESK}


@pytest.fixture
def third(table: Table) -> Table:
    """Makassar's desk sits at the table as well; the case will go there."""
    with acting(table.lead):
        operations.offer_seat(
            conference_id=table.conference_id, desk_id=MAKASSAR_DESK, by=table.lead, at=NOW
        )
    return table


def _give(table: Table, *, stays: bool = False, to: int = 9301) -> None:
    """Semarang offers the case to Makassar, whose supervisor takes it over."""
    cast = table.cast
    _hand(cast, table.scene.case_id, cast.besse, to, cast.wahyuni, stays=stays)


def _hand(
    cast: Cast, case_id: int, taker: Actor, to: int, giver: Actor, *, stays: bool = False
) -> None:
    carries = {SEMARANG: cast.ratih, KUPANG: cast.yohana, MAKASSAR: cast.andi}[taker.agency_id]
    ground = Ground(
        letter="a", service=HANDING_OVER, levels={}, given_by="penyintas", manner="lisan",
        valid_until=NOW + timedelta(days=60), recipient_desk_id=to,
    )  # fmt: skip
    with acting(giver):
        offer = Offer(
            case_id, to, "lives_there", "Pindah rumah", ground,
            (NOW + timedelta(days=20)).date() if stays else None,
        )  # fmt: skip
        transfer = referrals.offer_transfer(offer=offer, by=giver, at=NOW)
    with acting(taker):
        referrals.take_over(
            transfer_id=transfer.id, companion_id=carries.user_id, expected_version=1,
            by=taker, at=NOW + timedelta(hours=1),
        )  # fmt: skip


def _sees(table: Table, who: Actor) -> bool:
    return _sees_it(table.conference_id, who)


def _sees_it(conference_id: int, who: Actor) -> bool:
    with acting(who):
        try:
            queries.view(who, conference_id)
        except NotReachable:
            return False
    return True


def _reach(conference_id: int) -> set[int]:
    """Who reaches the conference and what hangs on it: the same for all of it."""
    tables = ("conference", "seat", "agendaitem")
    found = {tuple(r) for t in tables for (r,) in _rows(f"conferences_{t}", conference_id)}
    assert len(found) == 1
    return set(found.pop())


def _rows(table: str, conference_id: int) -> list[tuple[Any, ...]]:
    column = "id" if table == "conferences_conference" else "conference_id"
    with as_owner() as owner:
        return owner.execute(
            f"select reach from {table} where {column} = %s", [conference_id]
        ).fetchall()


def test_the_new_holder_gets_the_chair_and_a_seat(third: Table, cast: Cast) -> None:
    _give(third)
    with acting(cast.besse):
        view = queries.view(cast.besse, third.conference_id)
        assert view.is_lead
        row = view.conference
        assert (row.lead_agency_id, row.chair_user_id) == (MAKASSAR, cast.besse.user_id)
        mine = [s.seat for s in view.seats if s.seat.user_id == cast.besse.user_id]
        assert [(seat.state, seat.left_at) for seat in mine] == [("accepted", None)]
        # And leads on: moves it, with the version that the passing left.
        operations.move_conference(
            conference_id=row.id, meeting=MEETING, expected_version=row.version, by=cast.besse,
            at=NOW,
        )  # fmt: skip


def test_the_trail_tells_it_once_and_the_new_chair_is_called(third: Table, cast: Cast) -> None:
    _give(third)
    event = Event("custody.team_joined", "case", str(third.scene.case_id), MAKASSAR)
    for _ in range(2):
        conference_alerts.tell_new_chair(event)
    with as_owner() as owner:
        told = owner.execute(
            "select agency_id, user_id from alerts_alert where kind = 'conference.chair_passed'"
        ).fetchall()
        acts = owner.execute(
            "select agency_id from trail_act where name = 'conference.chair_passed'"
        ).fetchall()
    assert told == [(MAKASSAR, cast.besse.user_id)]
    assert acts == [(MAKASSAR,)]


def test_the_giver_sees_it_no_more_by_page_or_by_sql(third: Table, cast: Cast) -> None:
    share = third.show()
    _give(third)
    for former in (cast.ratih, cast.wahyuni, cast.nining):
        assert not _sees(third, former)
        with acting(former), pytest.raises(NotReachable):
            operations.open_share(share_id=share.id, by=former, at=NOW)
        with app_as(former) as app:
            for table in ("conference", "seat", "agendaitem", "share", "conferencecase"):
                assert app.execute(f"select * from conferences_{table}").fetchall() == []
            assert (
                app.execute(
                    "select 1 from foundation_datakey where owner_kind = 'conference'"
                ).fetchall()
                == []
            )


def test_guests_stay_and_read_what_they_were_shown(third: Table, cast: Cast) -> None:
    third.accept()
    share = third.show()
    _give(third)
    with acting(cast.melki):
        view = queries.view(cast.melki, third.conference_id)
        assert [words for _item, words in view.agenda] == [entry.words for entry in AGENDA]
        left = [s.seat.agency_id for s in view.seats if s.seat.left_at]
        assert left == [SEMARANG]
        opened = operations.open_share(share_id=share.id, by=cast.melki, at=NOW)
        assert opened.lines
    with acting(cast.besse):
        operations.end_share(share_id=share.id, by=cast.besse, at=NOW)
    with acting(cast.melki), pytest.raises(ShareClosed, match="taken_back"):
        operations.open_share(share_id=share.id, by=cast.melki, at=NOW)


def test_who_stays_in_the_team_keeps_the_seat_and_loses_the_chair(third: Table, cast: Cast) -> None:
    _give(third, stays=True)
    assert _sees(third, cast.ratih)
    with acting(cast.ratih), pytest.raises(NotReachable):
        queries.get_led(cast.ratih, third.conference_id)
    assert _rows("conferences_conference", third.conference_id) == [
        (sorted([SEMARANG, KUPANG, MAKASSAR]),)
    ]


def test_a_later_invitation_does_not_let_the_giver_back_in(third: Table, cast: Cast) -> None:
    _give(third)
    with acting(cast.besse):
        operations.offer_seat(
            conference_id=third.conference_id, user_id=cast.andi.user_id, by=cast.besse, at=NOW
        )
    assert not _sees(third, cast.ratih)
    for table in ("conferences_conference", "conferences_seat", "conferences_agendaitem"):
        assert {SEMARANG} & {
            a for (reach,) in _rows(table, third.conference_id) for a in reach
        } == (set())
    # Invited anew, by the new chair, it is a guest like others.
    with acting(cast.besse):
        operations.offer_seat(
            conference_id=third.conference_id, desk_id=SERVICE_DESK[SEMARANG], by=cast.besse,
            at=NOW,
        )  # fmt: skip
    assert _sees(third, cast.laras) and _sees(third, cast.wahyuni)


def test_what_the_giver_owed_is_the_new_holder_s_with_its_clock(third: Table, cast: Cast) -> None:
    third.accept()
    third.hold()
    with acting(cast.ratih):
        own = Seat.objects.get(conference_id=third.conference_id, user_id=cast.ratih.user_id)
    ours = third.decide("Jemput dari sekolah", seat_id=own.id, as_desk=False)
    theirs = third.decide("Visum dijadwalkan")
    conference_jobs.start_owner_s_clock(
        Event("conference.decision_made", "decision", str(ours.id), SEMARANG)
    )
    _give(third)
    with acting(cast.besse):
        found = {
            d.decision.id: d.decision
            for d in queries.view(cast.besse, third.conference_id).decisions
        }
        assert (found[ours.id].owner_agency_id, found[ours.id].owner_user_id) == (
            MAKASSAR, cast.besse.user_id,
        )  # fmt: skip
        assert found[theirs.id].owner_agency_id == KUPANG
        operations.end_decision(decision_id=ours.id, move="finish", by=cast.besse, at=HELD)
    with as_owner() as owner:
        clock = owner.execute(
            "select agency_id, user_id, state from clocks_clock where subject_id = %s",
            [str(ours.id)],
        ).fetchone()
    assert clock == (MAKASSAR, cast.besse.user_id, "met")


@pytest.fixture
def two(third: Table, cast: Cast) -> tuple[int, int, Table]:
    """A conference about two cases of one incident, Kupang's desk invited: (conference, other)."""
    with acting(cast.ratih):
        other = cases.open_file(
            opening=cases.Opening(
                area="33.74", categories=("ktk",), incident_key=cases_of(third), triage=_calm(),
                companion_id=cast.ratih.user_id,
            ),
            by=cast.ratih, at=NOW,
        )  # fmt: skip
        row = operations.call_conference(
            calling=calling(third.scene.case_id, case_ids=(third.scene.case_id, other.case_id)),
            by=cast.ratih, at=NOW,
        )  # fmt: skip
        operations.offer_seat(
            conference_id=row.id, desk_id=SERVICE_DESK[KUPANG], by=cast.ratih, at=NOW
        )
    return row.id, other.case_id, third


Two = tuple[int, int, Table]


def test_with_another_case_that_stays_the_chair_stays_and_the_share_ends(
    two: Two, cast: Cast
) -> None:
    conference_id, other, third = two
    share = third.show(third.showing(conference_id=conference_id))
    _give(third)
    with acting(cast.ratih):
        assert queries.get_led(cast.ratih, conference_id).lead_agency_id == SEMARANG
        assert queries.case_ids_of(cast.ratih, conference_id) == [other]
        with pytest.raises((ShareClosed, NotReachable)):
            operations.open_share(share_id=share.id, by=cast.ratih, at=NOW)
    with acting(cast.melki):
        seat = queries.seat_of(cast.melki, conference_id)
        assert seat is not None
        operations.answer_seat(seat_id=seat.id, decision="accept", by=cast.melki, at=NOW)
        with pytest.raises(ShareClosed, match="transferred"):
            operations.open_share(share_id=share.id, by=cast.melki, at=NOW)


def test_the_new_holder_of_one_of_them_gets_a_seat_is_called_and_answers(
    two: Two, cast: Cast
) -> None:
    conference_id, _other, third = two
    _give(third)
    event = Event("custody.team_joined", "case", str(third.scene.case_id), MAKASSAR)
    for _ in range(2):
        conference_alerts.tell_new_chair(event)
    with as_owner() as owner:
        told = owner.execute(
            "select agency_id, user_id from alerts_alert where kind = 'conference.seat_offered'"
        ).fetchall()
        acts = owner.execute(
            "select count(*) from trail_act where name = 'conference.seat_offered' and "
            "subject_kind = 'seat'"
        ).fetchone()
    assert (told, acts) == ([(MAKASSAR, cast.besse.user_id)], (1,))
    with acting(cast.besse):
        assert conference_id in {
            entry.conference.id for entry in queries.list_of_case(cast.besse, third.scene.case_id)
        }
        view = queries.view(cast.besse, conference_id)
        assert (view.is_lead, view.case_ids) == (False, [third.scene.case_id])
        seat = queries.seat_of(cast.besse, conference_id)
        assert seat is not None
        operations.answer_seat(seat_id=seat.id, decision="accept", by=cast.besse, at=NOW)
        with pytest.raises(NotReachable):
            queries.get_led(cast.besse, conference_id)
    assert _reach(conference_id) == {SEMARANG, KUPANG, MAKASSAR}
    # Who keeps the chair leads on about the case that stayed, and owes what it owed.
    with acting(cast.ratih):
        row = queries.get_led(cast.ratih, conference_id)
        operations.move_conference(
            conference_id=row.id, meeting=MEETING, expected_version=row.version, by=cast.ratih,
            at=NOW,
        )  # fmt: skip


@pytest.mark.parametrize("last", ["besse", "marten"])
def test_when_the_last_of_them_goes_the_chair_goes_with_it(two: Two, cast: Cast, last: str) -> None:
    """To one and the same agency, or each to another: nobody chairs who leads none of them."""
    conference_id, other, third = two
    _give(third)
    taker = cast.everyone()[last]
    _hand(cast, other, taker, _DESK[taker.agency_id], cast.wahyuni)
    assert not _sees_it(conference_id, cast.ratih) and not _sees_it(conference_id, cast.wahyuni)
    with acting(taker):
        row = queries.get_led(taker, conference_id)
        assert (row.lead_agency_id, row.chair_user_id) == (taker.agency_id, taker.user_id)
        seats = queries.seats_at(row)
        assert SEMARANG not in set(seats.values_list("agency_id", flat=True))
        own = seats.get(user_id=taker.user_id, desk__isnull=True)
        assert own.state == "accepted"
    assert _sees_it(conference_id, cast.besse)
    assert _reach(conference_id) == {KUPANG, MAKASSAR}


def test_a_case_that_goes_on_takes_its_seat_along(two: Two, cast: Cast) -> None:
    """Semarang chairs on; Makassar had a seat for one case only, and gives that to Kupang."""
    conference_id, _other, third = two
    _give(third)
    _hand(cast, third.scene.case_id, cast.marten, INTAKE_DESK[KUPANG], cast.besse)
    assert not _sees_it(conference_id, cast.besse)
    assert _sees_it(conference_id, cast.marten)
    assert _reach(conference_id) == {SEMARANG, KUPANG}
    # Home again: the chair was never away, and nobody sits there twice.
    _hand(cast, third.scene.case_id, cast.wahyuni, INTAKE_DESK[SEMARANG], cast.marten)
    with acting(cast.wahyuni):
        row = queries.get_led(cast.wahyuni, conference_id)
        assert len(queries.case_ids_of(cast.wahyuni, conference_id)) == 2
        mine = queries.seats_at(row).filter(agency_id=SEMARANG)
        assert mine.count() == len(set(mine.values_list("user_id", flat=True)))
    # Kupang was invited by its desk as well, and stays.
    assert _sees_it(conference_id, cast.melki)


def test_no_hand_takes_a_seat_at_a_table_where_it_holds_nothing(two: Two, cast: Cast) -> None:
    conference_id, _other, _third = two
    statement = (
        "insert into conferences_seat (id, conference_id, agency_id, user_id, state, reason, "
        "offered_at, reach) values (gen_random_uuid(), %s, %s, %s, 'invited', '', now(), '{}')"
    )
    for who, agency in ((cast.besse, MAKASSAR), (cast.marten, KUPANG), (cast.marten, SEMARANG)):
        with app_as(who) as app, pytest.raises(psycopg.Error):
            app.execute(statement, [conference_id, agency, who.user_id])


# -- the chair --------------------------------------------------------------------------------


def test_a_chair_whose_person_left_can_be_taken_and_the_minutes_signed(
    third: Table, cast: Cast
) -> None:
    third.accept()
    third.hold()
    with as_owner() as owner:
        owner.execute(
            "update network_membership set until = now(), version = version + 1 where id = %s",
            [cast.ratih.membership_id],
        )
    with acting(cast.wahyuni):
        row = queries.get_led(cast.wahyuni, third.conference_id)
        with pytest.raises(NotTheChair):
            _sign(row.id, row.version, cast.wahyuni)
        taken = operations.take_chair(
            conference_id=row.id, expected_version=row.version, by=cast.wahyuni, at=HELD
        )
        assert taken.chair_user_id == cast.wahyuni.user_id
        _sign(row.id, taken.version, cast.wahyuni)
    with as_owner() as owner:
        acts = owner.execute(
            "select actor_id, case_id from trail_act where name = 'conference.chair_taken'"
        ).fetchall()
    assert acts == [(cast.wahyuni.user_id, third.scene.case_id)]


def test_nobody_pushes_a_colleague_off_the_chair_but_who_supervises(
    third: Table, cast: Cast
) -> None:
    with acting(cast.wahyuni):
        custody.assign(
            case_id=third.scene.case_id, user_id=cast.nining.user_id, by=cast.wahyuni, at=NOW
        )
    version = third.row().version
    for who, refusal in (
        (cast.nining, Forbidden),
        (cast.melki, Forbidden),
        (cast.marten, NotReachable),
    ):
        with acting(who), pytest.raises(refusal):
            operations.take_chair(
                conference_id=third.conference_id, expected_version=version, by=who, at=NOW
            )
        # Nor by a hand in the database.
        with app_as(who) as app, pytest.raises(psycopg.Error, match="parent not reachable"):
            app.execute("select house.take_chair(%s)", [third.conference_id])
    with acting(cast.ratih), pytest.raises(IllegalMove):
        operations.take_chair(
            conference_id=third.conference_id, expected_version=version, by=cast.ratih, at=NOW
        )


def _sign(conference_id: int, version: int, by: Actor) -> None:
    operations.sign_minutes(
        conference_id=conference_id, body="Disepakati bersama.", expected_version=version, by=by,
        at=HELD,
    )  # fmt: skip


def test_no_hand_but_the_transfer_s_passes_a_chair(third: Table, cast: Cast) -> None:
    for who, statement in (
        (cast.melki, "update conferences_conference set lead_agency_id = %s"),
        (cast.ratih, "update conferences_conference set chair_user_id = %s"),
        (cast.ratih, "update conferences_seat set left_at = now() where agency_id = %s"),
        (cast.melki, "select house.reach_conference(%s)"),
    ):
        with app_as(who) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(statement, [KUPANG])


def cases_of(table: Table) -> Any:
    from rangkul.cases import queries as case_queries

    return case_queries.get_file(table.lead, table.scene.case_id).incident_key


def _calm() -> Any:
    from tests.web.files import CALM

    from rangkul.assessments.answers import Answers

    return Answers.of(CALM)
