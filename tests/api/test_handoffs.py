"""Open calls, packet versions, drafts, transfers and conferences by machine; foreign ids too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.api.machine import Machine
from tests.api.road import NAME, NIK, Road, road
from tests.domain.conferences.table import AGENDA
from tests.domain.referrals.scene import SECOND_DESK
from tests.people import INTAKE_DESK, KUPANG, Cast

from rangkul.api import numbers
from rangkul.conferences import operations as conferences
from rangkul.conferences import queries as conference_queries
from rangkul.conferences.models import Conference
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.referrals import queries as referrals

DAY = timedelta(days=1)
MOVING = "Pindah ke Kupang bulan ini; masih perlu pendampingan."


@pytest.fixture
def walk(cast: Cast, desks: None, machine_of: Callable[[Actor], Machine]) -> Road:
    """The road, ready to be walked."""
    return road(cast, machine_of)


@pytest.fixture
def stranger(cast: Cast, desks: None, machine_of: Callable[[Actor], Machine]) -> Machine:
    """Somebody of a third agency."""
    return machine_of(cast.besse)


def _number(desk_id: int) -> str:
    return numbers.number_of(numbers.DESK, desk_id)


# -- open calls -------------------------------------------------------------------------------


def test_a_desk_is_called_and_answers(walk: Road, stranger: Machine, cast: Cast) -> None:
    case = walk.case()
    packet = walk.referral(case, to_desk=_number(SECOND_DESK))
    called = walk.companion.post(f"/referrals/{packet}/calls", {"desks": [_number(9202)]}, key=None)
    assert called.status == 200, called.json
    (offer,) = called.json["calls"]
    (waiting,) = walk.clinic.get("/calls/in").json["calls"]
    assert (waiting["id"], waiting["service"], waiting["area"]) == (offer["id"], "medis", "33.74")
    for secret in (case, packet, NAME, NIK):
        assert secret not in str(waiting)
    refused = stranger.post(f"/calls/{offer['id']}/answer", {"can": True}, key=None)
    assert refused.status in (403, 404)
    said = walk.clinic.post(f"/calls/{offer['id']}/answer", {"can": True}, key=None)
    assert (said.status, said.json["first"], said.json["state"]) == (200, True, "can")
    seen = walk.companion.get(f"/referrals/{packet}/calls").json["calls"]
    assert [each["state"] for each in seen] == ["can"]
    assert walk.clinic.get(f"/referrals/{packet}/calls").status == 404
    assert stranger.get(f"/referrals/{packet}/calls").status == 404


# -- versions ---------------------------------------------------------------------------------


def test_a_packet_s_versions_and_its_time(walk: Road, stranger: Machine) -> None:
    packet = walk.referral(walk.case())
    for side in (walk.companion, walk.clinic):
        (only,) = side.get(f"/referrals/{packet}/versions").json["versions"]
        assert (only["version"], only["destroyed_at"], only["changed"]) == (1, None, [])
    renewal = walk.companion.get(f"/referrals/{packet}/renewal")
    assert (renewal.status, renewal.json["changed"]) == (200, [])
    refused = walk.companion.post(
        f"/referrals/{packet}/versions", {"seen": renewal.json["digest"]}, key=None
    )
    assert (refused.status, refused.json["fields"][0]["code"]) == (422, "unchanged")
    wrong = walk.companion.post(f"/referrals/{packet}/versions", {"seen": "0" * 64}, key=None)
    assert (wrong.status, wrong.json["code"]) == (409, "preview_changed")
    until = datetime.now(UTC) + 59 * DAY
    longer = walk.companion.post(
        f"/referrals/{packet}/extend", {"until": until.isoformat()}, key=None
    )
    assert longer.status == 200, longer.json
    assert longer.json["versions"][0]["expires_at"].startswith(until.date().isoformat())
    too_long = {"until": (until + 30 * DAY).isoformat()}
    assert walk.companion.post(f"/referrals/{packet}/extend", too_long, key=None).status == 422
    for foreign in (walk.clinic, stranger):
        assert foreign.get(f"/referrals/{packet}/renewal").status in (403, 404)
        asked = {"until": until.isoformat()}
        assert foreign.post(f"/referrals/{packet}/extend", asked, key=None).status in (403, 404)
    assert stranger.get(f"/referrals/{packet}/versions").status == 404


# -- drafts -----------------------------------------------------------------------------------


def test_a_draft_is_kept_read_and_thrown_away(walk: Road, stranger: Machine) -> None:
    case = walk.case()
    asked = {"service": "medis", "values": {"asked": ["Periksa luka"]}}
    kept = walk.companion.post(f"/cases/{case}/referral-drafts", asked, key="draft-key-1")
    again = walk.companion.post(f"/cases/{case}/referral-drafts", asked, key="draft-key-1")
    assert (kept.status, again.json) == (201, kept.json)
    draft = kept.json["id"]
    assert [d["id"] for d in walk.companion.get(f"/cases/{case}/referral-drafts").json["drafts"]]
    opened = walk.companion.get(f"/referral-drafts/{draft}")
    assert opened.json["values"] == {"asked": ["Periksa luka"]}
    for foreign in (walk.clinic, stranger):
        assert foreign.get(f"/referral-drafts/{draft}").status in (403, 404)
        assert foreign.get(f"/cases/{case}/referral-drafts").status == 404
        discarded = foreign.post(f"/referral-drafts/{draft}/discard", {}, key=None)
        assert discarded.status in (403, 404)
    assert walk.companion.post(f"/referral-drafts/{draft}/discard", {}, key=None).status == 200
    assert walk.companion.get(f"/referral-drafts/{draft}").status == 404


# -- transfers --------------------------------------------------------------------------------


def _offer(**changes: Any) -> dict[str, Any]:
    desk = _number(INTAKE_DESK[KUPANG])
    until = datetime.now(UTC) + 60 * DAY
    ground = {
        "letter": "a", "service": "pelimpahan", "given_by": "penyintas", "manner": "lisan",
        "valid_until": until.isoformat(), "desk": desk,
    }  # fmt: skip
    asked = {"to_desk": desk, "reason": "lives_there", "words": MOVING, "basis": ground}
    return asked | changes


def test_a_case_is_offered_and_taken_over(
    walk: Road, stranger: Machine, cast: Cast, machine_of: Callable[[Actor], Machine]
) -> None:
    case, taker = walk.case(), machine_of(cast.marten)
    assert walk.companion.post(f"/cases/{case}/transfers", _offer()).status == 403
    made = walk.supervisor.post(f"/cases/{case}/transfers", _offer())
    assert made.status == 201, made.json
    number = made.json["number"]
    assert (made.json["state"], made.json["case"]) == ("offered", case)
    (seen,) = taker.get("/transfers").json["transfers"]
    assert (seen["number"], seen["case"]) == (number, "")
    assert taker.get(f"/transfers/{number}").json["words"] == MOVING
    assert taker.get(f"/cases/{case}").status == 404
    for path in (f"/transfers/{number}", f"/transfers/{referrals.transfer_number(99_999)}"):
        assert stranger.get(path).status == 404
    companion = numbers.number_of(numbers.COLLEAGUE, cast.yohana.membership_id)
    strange = numbers.number_of(numbers.COLLEAGUE, cast.besse.membership_id)
    accept = f"/transfers/{number}/accept"
    asked = {"companion": strange, "version": 1}
    assert taker.post(accept, asked, key=None).status == 422
    assert taker.post(accept, {"companion": companion, "version": 7}, key=None).status == 409
    asked = {"companion": companion, "version": 1}
    assert walk.supervisor.post(accept, asked, key=None).status in (409, 422)
    taken = taker.post(accept, {"companion": companion, "version": 1}, key=None)
    assert (taken.status, taken.json["case"]) == (200, case)
    assert taker.get(f"/cases/{case}").status == 200
    assert walk.supervisor.get(f"/cases/{case}").status == 404


def test_an_offer_is_declined_or_taken_back(
    walk: Road, cast: Cast, machine_of: Callable[[Actor], Machine]
) -> None:
    case, taker = walk.case(), machine_of(cast.marten)
    number = walk.supervisor.post(f"/cases/{case}/transfers", _offer()).json["number"]
    asked = {"reason": "besok", "version": 1}
    assert taker.post(f"/transfers/{number}/decline", asked, key=None).status == 422
    no = taker.post(
        f"/transfers/{number}/decline", {"reason": "no_capacity", "version": 1}, key=None
    )
    assert (no.status, no.json["state"]) == (200, "declined")
    assert taker.get(f"/transfers/{number}").status == 410
    second = walk.supervisor.post(f"/cases/{case}/transfers", _offer()).json["number"]
    back = walk.supervisor.post(f"/transfers/{second}/cancel", {"version": 1}, key=None)
    assert (back.status, back.json["state"]) == (200, "cancelled")
    own = _offer(to_desk=_number(9101), basis=_offer()["basis"] | {"desk": _number(9101)})
    assert walk.supervisor.post(f"/cases/{case}/transfers", own).json["fields"][0]["code"] == (
        "own_agency"
    )


# -- conferences ------------------------------------------------------------------------------


def _conference(walk: Road, cast: Cast) -> tuple[str, str, str]:
    """Case, conference and the clinic's seat."""
    case = walk.case()
    start = datetime.now(UTC) + DAY
    with acting(cast.ratih):
        row = conferences.call_conference(
            calling=conferences.Calling(
                (custody.case_id_of(case),),
                conferences.Meeting("Rencana aman", start, "place", place="Ruang 2"), AGENDA,
            ),
            by=cast.ratih, at=datetime.now(UTC) - 2 * DAY,
        )  # fmt: skip
        seat = conferences.offer_seat(
            conference_id=row.id, desk_id=9202, by=cast.ratih, at=datetime.now(UTC)
        )
    return case, conference_queries.conference_number(row.id), str(seat.id)


def test_a_conference_is_read_answered_and_its_decision_ended(
    walk: Road, stranger: Machine, cast: Cast
) -> None:
    case, number, seat = _conference(walk, cast)
    (line,) = walk.clinic.get("/conferences").json["conferences"]
    assert (line["number"], line["seat"]) == (number, "invited")
    comes = walk.clinic.post(
        f"/conferences/{number}/seats/{seat}", {"decision": "accept"}, key=None
    )
    assert (comes.status, comes.json["seat"], comes.json["cases"]) == (200, "accepted", [])
    assert walk.companion.get(f"/conferences/{number}").json["cases"] == [case]
    assert [
        c["number"] for c in walk.companion.get(f"/cases/{case}/conferences").json["conferences"]
    ]
    for path in (f"/conferences/{number}", f"/conferences/{number}/decisions"):
        assert stranger.get(path).status == 404
    assert (
        stranger.post(
            f"/conferences/{number}/seats/{seat}", {"decision": "accept"}, key=None
        ).status
        == 404
    )
    other = conference_queries.conference_number(99_999)
    assert (
        walk.clinic.post(
            f"/conferences/{other}/seats/{seat}", {"decision": "accept"}, key=None
        ).status
        == 404
    )

    decision = _decide(walk, cast, number, seat)
    (owed,) = walk.clinic.get("/decisions").json["decisions"]
    assert (owed["id"], owed["words"], owed["conference"]) == (decision, "Jadwalkan visum", number)
    assert walk.companion.get("/decisions").json["decisions"] == []
    for foreign in (stranger, walk.companion):
        refused = foreign.post(f"/decisions/{decision}/end", {"move": "finish"}, key=None)
        assert refused.status in (403, 404)
    assert walk.clinic.post(f"/decisions/{uuid4()}/end", {"move": "finish"}, key=None).status == 404
    assert (
        walk.clinic.post(f"/decisions/{decision}/end", {"move": "give_up"}, key=None).status == 422
    )
    done = walk.clinic.post(f"/decisions/{decision}/end", {"move": "finish"}, key=None)
    assert (done.status, done.json["state"]) == (200, "done")
    found = walk.companion.get(f"/conferences/{number}/decisions").json["decisions"]
    assert [each["state"] for each in found] == ["done"]


def _decide(walk: Road, cast: Cast, number: str, seat: str) -> str:
    """It took place yesterday, as it were; one decision is the clinic's."""
    conference_id = conference_queries.conference_id_of(number)
    with acting(cast.ratih):
        Conference.objects.filter(id=conference_id).update(
            starts_at=datetime.now(UTC) - timedelta(hours=1)
        )
    with acting(cast.ratih):
        row = conference_queries.get_led(cast.ratih, conference_id)
        conferences.hold_conference(
            conference_id=row.id, attended=[UUID(seat)], expected_version=row.version,
            by=cast.ratih, at=datetime.now(UTC),
        )  # fmt: skip
        made = conferences.decide(
            conference_id=row.id, words="Jadwalkan visum", seat_id=UUID(seat), as_desk=True,
            due_on=(datetime.now(UTC) + 3 * DAY).date(), by=cast.ratih, at=datetime.now(UTC),
        )  # fmt: skip
    return str(made.id)


def test_the_bell_counts_and_tells_nothing(walk: Road) -> None:
    counted = walk.clinic.get("/alerts/count")
    assert (counted.status, counted.json) == (200, {"waiting": 0})


# -- plans ------------------------------------------------------------------------------------


def _plan(walk: Road, case: str) -> dict[str, Any]:
    """The clinic at once, the psychologist when the clinic is done."""
    talk = walk.basis(case, service="psikologi", levels={"I": 1, "A": 1})
    steps = [
        walk.asked(walk.basis(case)),
        walk.asked(talk, to_desk=_number(SECOND_DESK), after=0),
    ]
    return {"steps": steps, "uncovered_ok": True}


def test_a_plan_keeps_its_order(walk: Road, stranger: Machine) -> None:
    case = walk.case()
    asked = _plan(walk, case)
    made = walk.companion.post(f"/cases/{case}/referral-plans", asked, key="one-plan-1")
    assert made.status == 201, made.json
    again = walk.companion.post(f"/cases/{case}/referral-plans", asked, key="one-plan-1")
    assert again.json == made.json
    ((sent,), (row,)) = made.json["sent"], made.json["waiting"]
    assert (row["service"], row["desk"]) == ("psikologi", _number(SECOND_DESK))
    waiting = f"/cases/{case}/waiting-referrals"
    assert [w["id"] for w in walk.companion.get(waiting).json["waiting"]] == [row["id"]]
    assert [
        r["number"] for r in walk.companion.get(f"/cases/{case}/referrals").json["referrals"]
    ] == [sent["number"]]
    for foreign in (walk.clinic, stranger):
        assert foreign.get(waiting).status == 404
        for act in ("send", "let-go"):
            refused = foreign.post(
                f"/waiting-referrals/{row['id']}/{act}", {"words": "x"}, key=None
            )
            assert refused.status in (403, 404)
    send = f"/waiting-referrals/{row['id']}/send"
    assert walk.companion.post(send, {"words": ""}, key=None).status == 422
    assert walk.companion.post(f"/waiting-referrals/{uuid4()}/send", {"words": "x"}).status == 404
    gone = walk.companion.post(send, {"words": "Ia minta sekarang"}, key=None)
    assert (gone.status, gone.json["state"]) == (200, "sent")
    assert walk.companion.post(send, {"words": "Lagi"}, key=None).status == 409
    assert walk.companion.get(waiting).json["waiting"] == []


def test_a_plan_that_runs_backwards_or_waits_for_itself_is_refused(walk: Road) -> None:
    case = walk.case()
    for after in (1, 7):
        asked = _plan(walk, case)
        asked["steps"][1]["after"] = after
        refused = walk.companion.post(f"/cases/{case}/referral-plans", asked)
        assert (refused.status, refused.json["fields"][0]["field"]) == (422, "1.after")
    assert walk.companion.get(f"/cases/{case}/referrals").json["referrals"] == []


def test_what_waits_can_be_let_go(walk: Road) -> None:
    case = walk.case()
    made = walk.companion.post(f"/cases/{case}/referral-plans", _plan(walk, case))
    (row,) = made.json["waiting"]
    over = walk.companion.post(
        f"/waiting-referrals/{row['id']}/let-go", {"words": "Tidak mau lagi"}, key=None
    )
    assert (over.status, over.json["state"]) == (200, "let_go")
