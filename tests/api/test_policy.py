"""The machine's rules are the screen's: every member of the cast, every call, one table."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.api.machine import Answer, Machine
from tests.api.road import Road, road
from tests.clients import Client
from tests.people import Cast, sign_in

from rangkul.foundation.actor import Actor

# Who sees what of one road: Ratih's case in Semarang, its packet at Melki's desk in Kupang.
_COMPANION, _SUPERVISOR, _INTAKE, _DESK = "ratih", "wahyuni", "joko", "melki"
_HOLDERS = (_COMPANION, _SUPERVISOR)

# Call → who is answered 200; "403" whom the role stops after the thing was seen, or before it is
# looked for. Everyone else meets 404, as for a number that does not exist.
TABLE: dict[str, dict[str, tuple[str, ...]]] = {
    "GET /reports/{report}": {"200": (_SUPERVISOR, _INTAKE)},
    "GET /cases/{case}": {"200": _HOLDERS},
    "GET /cases/{case}/notes": {"200": _HOLDERS},
    "GET /cases/{case}/bases": {"200": _HOLDERS},
    "GET /cases/{case}/referrals": {"200": _HOLDERS},
    "GET /referrals/{packet}": {"200": (*_HOLDERS, _DESK)},
    "GET /referrals/{packet}/packet": {"200": (*_HOLDERS, _DESK)},
    "GET /referrals/{packet}/messages": {"200": (*_HOLDERS, _DESK)},
    "GET /directory/suggestions?case={case}&service=medis": {"200": _HOLDERS},
    "POST /cases/{case}/identity": {
        "200": _HOLDERS,
        "403": (
            "joko", "ester", "laras", "melki", "bagas", "yulius", "sinta", "dorce",
            "retno", "filmon", "hendra",
        ),
    },
}  # fmt: skip
_BODIES = {"POST /cases/{case}/identity": {"reason": "menghubungi"}}


@pytest.fixture
def walk(cast: Cast, desks: None, machine_of: Callable[[Actor], Machine]) -> Road:
    """The road as far as a packet on its way."""
    return road(cast, machine_of)


def _call(machine: Machine, call: str, numbers: dict[str, str]) -> Answer:
    method, address = call.split(" ", 1)
    path = address.format(**numbers)
    if method == "GET":
        return machine.get(path)
    return machine.post(path, _BODIES[call], key=None)


def _expected(call: str, login: str) -> int:
    for status, logins in TABLE[call].items():
        if login in logins:
            return int(status)
    return 404


def test_each_member_of_the_cast_meets_what_the_table_says(
    walk: Road, cast: Cast, machine_of: Callable[[Actor], Machine]
) -> None:
    case = walk.case()
    numbers = {"case": case, "report": walk.report(), "packet": walk.referral(case)}
    missing = {"case": "RK-0000-0000", "report": "LP-0000-0000", "packet": "PK-0000-0000"}
    wrong = []
    for login, actor in cast.everyone().items():
        machine = machine_of(actor)
        for call in TABLE:
            found = _call(machine, call, numbers)
            expected = 401 if actor in cast.former else _expected(call, login)
            if found.status != expected:
                wrong.append(f"{login} {call}: {found.status}, not {expected}")
            if found.status == 404:
                # Foreign and missing look the same, to the last byte.
                assert found.json == _call(machine, call, missing).json or "?" in call
    assert wrong == []


def test_lists_hold_what_each_may_see(
    walk: Road, cast: Cast, machine_of: Callable[[Actor], Machine]
) -> None:
    case = walk.case()
    packet, report = walk.referral(case), walk.report()
    for login, actor in cast.everyone().items():
        if actor in cast.former:
            continue
        machine = machine_of(actor)
        cases = [row["number"] for row in machine.get("/cases").json["cases"]]
        assert cases == ([case] if login in _HOLDERS else []), login
        inbox = [row["number"] for row in machine.get("/referrals/in").json["referrals"]]
        assert inbox == ([packet] if login == _DESK else []), login
        outbox = [row["number"] for row in machine.get("/referrals/out").json["referrals"]]
        assert outbox == ([packet] if login in _HOLDERS else []), login
        seen = [row["number"] for row in machine.get("/reports").json["reports"]]
        assert (report in seen) == (login in (_SUPERVISOR, _INTAKE)), login


def test_the_screen_opens_the_same_files(
    walk: Road, cast: Cast, machine_of: Callable[[Actor], Machine]
) -> None:
    """Machines first: whoever signs in on a screen has no token any more."""
    case = walk.case()
    people = {k: v for k, v in cast.everyone().items() if v not in cast.former}
    by_machine = {k: machine_of(v).get(f"/cases/{case}").status for k, v in people.items()}
    by_screen = {}
    for login, actor in people.items():
        client = Client()
        sign_in(client, actor)
        by_screen[login] = client.get(f"/kasus/{case}/").status_code
    assert by_machine == by_screen
    assert sorted(set(by_machine.values())) == [200, 404]


def test_who_may_not_write_is_told_who_can_help(walk: Road) -> None:
    case = walk.case()
    refused = walk.intake.post(f"/cases/{case}/notes", {"body": "x"})
    assert (refused.status, refused.json["code"]) == (403, "forbidden")
    assert "Pendamping" in refused.json["message_id"]
    assert "Companion" in refused.json["message_en"]
    assert (
        walk.clinic.post(f"/cases/{case}/needs", {"words": "x", "service": "medis"}).status == 403
    )


def test_nobody_approves_the_own_exception(walk: Road) -> None:
    case = walk.case()
    basis = walk.basis(
        case, letter="d", article="uu27_2022_20_d", given_by="hukum", manner="",
        levels={"I": 1}, why="bahaya_segera", words={"why": "Belum sadar."},
    )  # fmt: skip
    own = walk.companion.post(f"/cases/{case}/bases/{basis}/approve", key=None)
    assert own.status == 403
    seen = walk.supervisor.post(f"/cases/{case}/bases/{basis}/approve", key=None)
    assert (seen.status, seen.json["obstacle"]) == (200, "")
    assert walk.companion.post(f"/cases/{case}/bases/{basis}/told", key=None).status == 200
    twice = walk.companion.post(f"/cases/{case}/bases/{basis}/told", key=None)
    assert twice.json["code"] == "illegal_move"
