"""Two hundred hand-offs from desk to desk, walked by somebody who presses again when it fails.

A program of its own, because it has a database of its own: ``prepare`` makes the house and the
cases, ``work`` walks the hand-offs while others kill what it stands on, ``count`` says what is true
afterwards, as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import NAMESPACE_URL, uuid5

HAND_OFFS = 200
Done = TypeVar("Done")


def prepare() -> None:
    """Tables, reference data, the cast, and an open case with its consent for each hand-off."""
    from tests import people
    from tests.domain.referrals.scene import make_scene, seed_desks

    from rangkul.commands.migrate import migrate
    from rangkul.foundation.scope import acting

    migrate()
    people.seed()
    seed_desks()
    cast = people.Cast()
    made = []
    for _ in range(HAND_OFFS):
        with acting(cast.ratih):
            scene = make_scene(cast)
            made.append((scene.case_id, str(scene.consent().id)))
    print(json.dumps(made))


def work() -> None:
    """Send, accept, first contact, outcome, one hand-off after another; a line for each."""
    from tests import people
    from tests.domain.referrals.scene import DESK

    from rangkul.foundation.scope import acting
    from rangkul.referrals import operations, queries
    from rangkul.referrals.operations import Asked
    from rangkul.referrals.packet import Draft

    cast = people.Cast()
    started = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
    for number, (case_id, basis_id) in enumerate(json.loads(sys.stdin.read())):
        at = started + timedelta(minutes=number)
        asked = Asked(case_id, DESK, basis_id, Draft(asked="Periksa luka", reach="Ratih"))

        def send(asked: Asked = asked, number: int = number, at: datetime = at) -> int:
            token = uuid5(NAMESPACE_URL, f"hand-off {number}")
            with acting(cast.ratih):
                return operations.send_referral(asked=asked, token=token, by=cast.ratih, at=at).id

        request_id = _until_done(send)

        def state(request_id: int = request_id) -> tuple[str, int]:
            with acting(cast.melki):
                found = queries.get_received(cast.melki, request_id)
                return found.state, found.version

        def accept(request_id: int = request_id, at: datetime = at) -> None:
            with acting(cast.melki):
                operations.answer(
                    request_id=request_id, decision="accept", expected_version=1, reason="",
                    words="", by=cast.melki, at=at + timedelta(hours=1),
                )  # fmt: skip

        def contact(request_id: int = request_id, at: datetime = at) -> None:
            with acting(cast.melki):
                operations.first_contact(
                    request_id=request_id, expected_version=2, by=cast.melki,
                    at=at + timedelta(hours=2),
                )  # fmt: skip

        def outcome(request_id: int = request_id, at: datetime = at) -> None:
            with acting(cast.melki):
                operations.report_outcome(
                    request_id=request_id, result="done", expected_version=3, outcome="served",
                    reason="", next_on=None, risk_change="same", words="", by=cast.melki,
                    at=at + timedelta(hours=3),
                )  # fmt: skip

        for version, act in ((1, accept), (2, contact), (3, outcome)):
            _until_moved(act, state, version)
        print(number, flush=True)


def _until_done(act: Callable[[], Done]) -> Done:
    """Press again until it went through, as a person does whose page said *not saved*."""
    from django.db import connections
    from django.db.utils import DatabaseError, InterfaceError, OperationalError

    while True:
        try:
            return act()
        except (OperationalError, InterfaceError, DatabaseError):
            connections.close_all()
            time.sleep(0.2)


def _until_moved(
    act: Callable[[], object], state: Callable[[], tuple[str, int]], version: int
) -> None:
    """Press again only where the page, opened anew, still shows the old state."""
    from django.db import connections
    from django.db.utils import DatabaseError, InterfaceError, OperationalError

    while _until_done(state)[1] == version:
        try:
            act()
        except (OperationalError, InterfaceError, DatabaseError):
            connections.close_all()
            time.sleep(0.2)


def count() -> None:
    """What stands in the end, read as the owner."""
    from django.db import connections

    questions = {
        "states": "select state, count(*) from referrals_request group by 1",
        "acts": "select name, count(*), count(distinct subject_id) from trail_act "
        "where subject_kind = 'request' group by 1",
        "clocks": "select procedure, state, count(*), count(distinct subject_id) "
        "from clocks_clock where subject_kind = 'request' group by 1, 2",
        "jobs": "select status::text, count(*) from procrastinate_jobs "
        "where queue_name = 'events' group by 1",
        "keys": "select count(*) from referrals_packet p join foundation_datakey k "
        "on k.subject = p.id and k.data_class = 'packet'",
    }
    found = {}
    with connections["owner"].cursor() as cursor:
        for name, question in questions.items():
            cursor.execute(question)
            found[name] = cursor.fetchall()
    print(json.dumps(found))


if __name__ == "__main__":
    from rangkul.commands.cli import setup_django

    setup_django()
    {"prepare": prepare, "work": work, "count": count}[sys.argv[1]]()
