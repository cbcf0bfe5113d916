"""A closed file of Semarang's with everything that an erasure must find, and who answers there."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import psycopg
from tests.people import Cast, owner_url
from tests.rows import as_owner
from tests.world import World, build

from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.referrals import operations as referrals
from rangkul.retention import operations
from rangkul.retention.models import Erasure, Request
from rangkul.retention.operations import Asking


def asking(case_id: int, kind: str = "access", **changes: Any) -> Asking:
    """What she asks for, in person, a moment ago."""
    values: dict[str, Any] = {
        "case_id": case_id, "kind": kind, "asked_by": "herself", "manner": "in_person",
        "token": uuid4(), "received_at": hour.now(), "words": "Tolong tunjukkan kepadaku.",
    }  # fmt: skip
    return Asking(**(values | changes))


def receive(who: Actor, case_id: int, kind: str = "access", **changes: Any) -> Request:
    """A request as this person takes it in."""
    with acting(who):
        return operations.receive_request(
            asking=asking(case_id, kind, **changes), by=who, at=hour.now()
        )


def grant(who: Actor, request: Request) -> Request:
    """Said yes to."""
    with acting(who):
        return operations.grant_request(
            request_id=request.id, expected_version=request.version, by=who, at=hour.now()
        )


def filled_world(cast: Cast) -> World:
    """The world of the web tests, with Ratih's case closed and nothing of it on its way."""
    world = build(cast)
    close(world)
    return world


def close(world: World) -> None:
    """End what is open about the case as its people would, then close the file itself."""
    cast, at = world.cast, hour.now()
    with acting(cast.ratih):
        for basis in list_bases(cast.ratih, world.case_id):
            if basis.withdrawn_at is None:
                referrals.withdraw_consent(basis_id=basis.id, by=cast.ratih, at=at)
    with as_owner() as owner:
        owner.execute(
            "update cases_casefile set state = 'closed', closed_at = now(), "
            "close_reason = 'selesai'"
            " where case_id = %s", [world.case_id],
        )  # fmt: skip
        owner.execute(
            "update shelter_stay set state = 'ended', ending = 'home', ended_at = now() "
            "where ended_at is null and admission_id in "
            "(select id from shelter_admission where case_id = %s)", [world.case_id],
        )  # fmt: skip
        owner.execute(
            "update shelter_admission set state = 'over', ended_at = now() "
            "where case_id = %s and ended_at is null", [world.case_id],
        )  # fmt: skip
        owner.execute(
            "update repatriation_hold set until = now(), how = 'left' "
            "where until is null and returnee_id in "
            "(select id from repatriation_returnee where case_id = %s)", [world.case_id],
        )  # fmt: skip
        owner.execute(
            "update repatriation_returnee set state = 'left' where case_id = %s", [world.case_id]
        )


def list_bases(who: Actor, case_id: int) -> list[Any]:
    """Every ground of the case."""
    from rangkul.consent import queries as consent

    return list(consent.list_bases(who, case_id))


def propose(world: World, *, by: Actor | None = None) -> Erasure:
    """Her wish to be forgotten, granted and proposed by the auditor."""
    handler = by or world.cast.bagas
    request = grant(handler, receive(world.cast.ratih, world.case_id, "deletion"))
    with acting(handler):
        return operations.propose_erasure(
            case_id=world.case_id, request_id=request.id, by=handler, at=hour.now()
        )


def destroy(world: World, erasure: Erasure, *, by: Actor | None = None) -> Erasure:
    """Done by the supervisor."""
    second = by or world.cast.wahyuni
    with acting(second):
        return operations.destroy_keys(erasure_id=erasure.id, by=second, at=hour.now())


def erase(world: World) -> Erasure:
    """Proposed by one and done by another."""
    return destroy(world, propose(world))


def scalar(question: str, *values: object) -> Any:
    """One value, read as the owner."""
    with psycopg.connect(owner_url()) as owner:
        row = owner.execute(question, list(values)).fetchone()
    return row[0] if row else None
