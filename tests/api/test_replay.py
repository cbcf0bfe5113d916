"""The same call twice counts once, also when both come at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection
from tests.api.machine import Answer, Machine
from tests.api.road import NAME, NIK, REPORT, road
from tests.people import Cast
from tests.rows import as_owner

from rangkul.api import queries
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting

KEY = "0b9f6f5e-uji-satu"


def _count(table: str) -> int:
    with as_owner() as owner:
        row = owner.execute(f"select count(*) from {table}").fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture
def intake(cast: Cast, machine_of: Callable[[Actor], Machine]) -> Machine:
    """Joko's machine."""
    return machine_of(cast.joko)


def test_a_repeated_report_counts_once_and_gets_the_first_answer(intake: Machine) -> None:
    first = intake.post("/reports", REPORT, key=KEY)
    # Taken in hand in between: the answer given again is still the first.
    assert intake.post(f"/reports/{first.json['number']}/take", key=None).status == 200
    again = intake.post("/reports", dict(reversed(REPORT.items())), key=KEY)
    assert (first.status, again.status) == (201, 201)
    assert again.json == first.json
    assert again.response.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.response.headers
    assert _count("reports_report") == 1


def test_another_call_under_a_used_key_is_refused(intake: Machine) -> None:
    intake.post("/reports", REPORT, key=KEY)
    other = intake.post("/reports", REPORT | {"account": "Lain."}, key=KEY)
    assert (other.status, other.json["code"]) == (409, "key_reused")
    assert _count("reports_report") == 1


def test_keys_of_two_callers_do_not_meet(
    intake: Machine, cast: Cast, machine_of: Callable[[Actor], Machine]
) -> None:
    first = intake.post("/reports", REPORT, key=KEY)
    second = machine_of(cast.ester).post("/reports", REPORT | {"area": "53.71"}, key=KEY)
    assert (first.status, second.status) == (201, 201)
    assert first.json["number"] != second.json["number"]


def test_a_failed_call_does_not_use_up_its_key(intake: Machine) -> None:
    wrong = intake.post("/reports", REPORT | {"area": "99.99"}, key=KEY)
    assert (wrong.status, wrong.json["fields"][0]["field"]) == (422, "area")
    assert intake.post("/reports", REPORT, key=KEY).status == 201


def test_without_a_good_key_nothing_is_made(intake: Machine) -> None:
    for key in (None, "pendek", "x" * 81, "ada spasi di sini"):
        refused = intake.post("/reports", REPORT, key=key)
        assert refused.status == 422
        assert [field["field"] for field in refused.json["fields"]] == ["Idempotency-Key"]
    assert _count("reports_report") == 0


def test_what_is_kept_holds_no_words(intake: Machine, cast: Cast) -> None:
    intake.post("/reports", REPORT, key=KEY)
    with as_owner() as owner:
        row = owner.execute("select r::text from api_replay r").fetchone()
    assert row is not None
    for secret in (NAME, NIK, "teriakan", "dicekik", "cekik"):
        assert secret not in row[0]
    with acting(cast.joko):
        kept = queries.get_replay(cast.joko, KEY)
    assert set(kept.answer or {}) == {
        "number", "state", "risk", "version", "reported_at", "entered_at", "answer_by",
    }  # fmt: skip


def test_two_at_the_same_moment_make_one(intake: Machine) -> None:
    answers = _together(lambda: Machine(intake.secret).post("/reports", REPORT, key=KEY), 4)
    assert {answer.status for answer in answers} == {201}
    assert len({answer.json["number"] for answer in answers}) == 1
    assert _count("reports_report") == 1


def test_two_referrals_at_the_same_moment_make_one(
    cast: Cast, desks: None, machine_of: Callable[[Actor], Machine]
) -> None:
    walk = road(cast, machine_of)
    case = walk.case()
    asked = walk.asked(walk.basis(case), uncovered_ok=True)
    secret = walk.companion.secret
    answers = _together(lambda: Machine(secret).post(f"/cases/{case}/referrals", asked, key=KEY), 3)
    assert {answer.status for answer in answers} == {201}
    assert _count("referrals_request") == _count("referrals_packet") == 1


def _together(call: Callable[[], Answer], count: int) -> list[Answer]:
    """The answers to calls that start at once, each on a connection of its own."""
    start, answers = Barrier(count), []

    def run() -> None:
        start.wait()
        try:
            answers.append(call())
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == count
    return answers
