"""Two hundred hand-offs from desk to desk, walked by somebody who presses again when it fails.

A program of its own, because it has a database of its own: ``prepare`` makes the house and the
cases, ``work`` walks the hand-offs, several at a time, while others kill what it stands on.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

HAND_OFFS = 200
# Each case is handed off five times, and three people press at once.
CASES, HANDS = 40, 3
Done = TypeVar("Done")


def prepare() -> None:
    """Tables, reference data, the cast, and open cases with their consent."""
    from tests import people
    from tests.domain.referrals.scene import make_scene, seed_desks

    from rangkul.commands.migrate import migrate
    from rangkul.foundation.scope import acting
    from rangkul.referrals import operations

    migrate()
    people.seed()
    seed_desks()
    cast = people.Cast()
    made = []
    for _ in range(CASES):
        with acting(cast.ratih):
            scene = make_scene(cast)
            # The worker looks at the true hour: a ground of another season would be over.
            now = datetime.now(UTC)
            basis = operations.record_ground(
                case_id=scene.case_id, by=cast.ratih, at=now,
                ground=scene.ground(valid_until=now + timedelta(days=60)),
            )  # fmt: skip
            made.append((scene.case_id, str(basis.id)))
    print(json.dumps(made))


def work() -> None:
    """Every hand-off from its sending to its outcome; a line for each."""
    cases = json.loads(sys.stdin.read())
    with ThreadPoolExecutor(HANDS) as hands:
        asked = [(number, *cases[number % CASES]) for number in range(HAND_OFFS)]
        for number in hands.map(_hand_off, *zip(*asked, strict=True)):
            print(number, flush=True)


def _hand_off(number: int, case_id: int, basis_id: str) -> int:
    """Send, accept, first contact, outcome."""
    from tests import people
    from tests.domain.referrals.scene import DESK

    from rangkul.foundation.scope import acting
    from rangkul.referrals import operations, queries
    from rangkul.referrals.operations import Asked
    from rangkul.referrals.packet import Draft

    cast = people.Cast()
    at = datetime.now(UTC)
    asked = Asked(case_id, DESK, UUID(basis_id), Draft(asked="Periksa luka", reach="Ratih"))

    def send() -> int:
        token = uuid5(NAMESPACE_URL, f"hand-off {number}")
        with acting(cast.ratih):
            return operations.send_referral(
                asked=asked, token=token, uncovered_ok=True, by=cast.ratih, at=at
            ).id

    request_id = _until_done(send)

    def state() -> tuple[str, int]:
        with acting(cast.melki):
            found = queries.get_received(cast.melki, request_id)
            return found.state, found.version

    def accept() -> None:
        with acting(cast.melki):
            operations.answer(
                request_id=request_id, decision="accept", expected_version=1, reason="",
                words="", by=cast.melki, at=datetime.now(UTC),
            )  # fmt: skip

    def contact() -> None:
        with acting(cast.melki):
            operations.first_contact(
                request_id=request_id, expected_version=2, by=cast.melki,
                at=datetime.now(UTC),
            )  # fmt: skip

    def outcome() -> None:
        with acting(cast.melki):
            operations.report_outcome(
                request_id=request_id, result="done", expected_version=3, outcome="served",
                reason="", next_on=None, risk_change="same", words="", by=cast.melki,
                at=datetime.now(UTC),
            )  # fmt: skip

    for version, act in ((1, accept), (2, contact), (3, outcome)):
        _until_moved(act, state, version)
    return number


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


if __name__ == "__main__":
    from rangkul.commands.cli import setup_django

    setup_django()
    {"prepare": prepare, "work": work}[sys.argv[1]]()
