"""What falls due, desk by desk: a supervisor's whole unit, everyone else's own."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from tests.domain.referrals.scene import make_scene, seed_desks
from tests.people import INTAKE_DESK, SEMARANG, SERVICE_DESK, Cast
from tests.web.files import CALM, signed_in

from rangkul.assessments.answers import Answers
from rangkul.cases import operations as cases
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.referrals import queries as referrals

INTAKE, SHELTER = INTAKE_DESK[SEMARANG], SERVICE_DESK[SEMARANG]


def _open(by: Actor, desk_id: int | None, **ago: int) -> str:
    """A case at a desk, opened so long ago; its number."""
    opening = cases.Opening(
        area="33.74", categories=("ktk",), triage=Answers.of(CALM), desk_id=desk_id,
        companion_id=by.user_id,
    )  # fmt: skip
    with acting(by):
        file = cases.open_file(opening=opening, by=by, at=timezone.now() - timedelta(**ago))
    return custody.case_number(file.case_id)


def _page(actor: Actor, desk: str = "") -> str:
    answer = signed_in(actor).get(f"/tenggat/{desk and f'?meja={desk}'}")
    assert answer.status_code == 200
    return answer.content.decode()


def _tabs(page: str) -> dict[str, str]:
    found = re.findall(r'href="/tenggat/(?:\?meja=(\w+))?"[^>]*>([^<]+)</a>', page)
    return {key: " ".join(words.split()) for key, words in found if "<svg" not in words}


@pytest.fixture
def numbers(db: None, cast: Cast) -> dict[int | None, str]:
    """Three cases of the unit: two at desks, one at none; the shelter's is late."""
    return {
        INTAKE: _open(cast.ratih, INTAKE, hours=1),
        SHELTER: _open(cast.nining, SHELTER, days=40),
        None: _open(cast.ratih, None, hours=1),
    }


def test_a_supervisor_sees_all_desks_and_chooses_one(
    numbers: dict[int | None, str], cast: Cast
) -> None:
    page = _page(cast.wahyuni)
    assert all(number in page for number in numbers.values())
    tabs = _tabs(page)
    assert {str(INTAKE), str(SHELTER), "tanpa"} <= tabs.keys()
    assert "late" in tabs[str(SHELTER)] and "late" not in tabs[str(INTAKE)]
    for desk, number in numbers.items():
        chosen = _page(cast.wahyuni, str(desk) if desk else "tanpa")
        assert [n for n in numbers.values() if n in chosen] == [number]


def test_a_desk_that_is_none_of_hers_shows_all(numbers: dict[int | None, str], cast: Cast) -> None:
    for strange in ("9201", "x", "-1"):
        page = _page(cast.wahyuni, strange)
        assert all(number in page for number in numbers.values())


def test_a_companion_sees_her_own_only(numbers: dict[int | None, str], cast: Cast) -> None:
    page = _page(cast.ratih)
    assert numbers[INTAKE] in page and numbers[None] in page
    assert numbers[SHELTER] not in page
    for stranger in (cast.marten, cast.besse, cast.bagas):
        assert not [n for n in numbers.values() if n in _page(stranger)]


def test_a_request_stands_at_the_desk_that_was_asked(db: None, cast: Cast) -> None:
    seed_desks()
    with acting(cast.ratih):
        scene = make_scene(cast)
        request = scene.send()
    number = referrals.packet_number(request.id)
    assert number in _page(cast.melki)
    assert number not in _page(cast.marten)


def test_coordinators_have_a_page_of_their_own(db: None, cast: Cast) -> None:
    answer = signed_in(cast.retno).get("/tenggat/")
    assert (answer.status_code, answer["Location"]) == (302, "/terlambat/")


def test_every_deadline_can_be_reached_page_by_page(db: None, cast: Cast) -> None:
    """More than one page, more than the old ceiling of four hundred: nothing is left out."""
    from rangkul.clocks import operations as clocks

    now, many = timezone.now(), 430
    with acting(cast.joko):
        for number in range(many):
            clocks.start(
                procedure="first_response_low", subject_kind="probe", subject_id=number,
                area="33.74", by=cast.joko, at=now, user_id=cast.joko.user_id,
                due_at=now + timedelta(minutes=number + 1),
            )  # fmt: skip
    client = signed_in(cast.joko)
    address, shown, pages = "/tenggat/", 0, 0
    while address:
        page = client.get(address).content.decode()
        shown += page.count('<article class="task">')
        pages += 1
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = found[1].replace("&amp;", "&") if found else ""
    assert (shown, pages) == (many, 8)
    assert f"{many} things within seven days" in client.get("/tenggat/").content.decode()
    # A page that is no more is the last one: the list shrinks while one reads.
    assert client.get("/tenggat/?hal=99").content.decode().count('<article class="task">') == 10
    for nonsense in ("?hal=x", "?hal=-3", "?hal=0", "?sampai=ever"):
        assert client.get(f"/tenggat/{nonsense}").content.decode().count('class="task"') == 60


def test_what_lies_beyond_a_week_is_found_by_looking_further(db: None, cast: Cast) -> None:
    from rangkul.clocks import operations as clocks

    now = timezone.now()
    with acting(cast.joko):
        for days in (3, 20, 200):
            clocks.start(
                procedure="first_response_low", subject_kind="probe", subject_id=days,
                area="33.74", by=cast.joko, at=now, user_id=cast.joko.user_id,
                due_at=now + timedelta(days=days),
            )  # fmt: skip
    client = signed_in(cast.joko)
    counts = [
        client.get(f"/tenggat/?sampai={ahead}").content.decode().count('<article class="task">')
        for ahead in ("7", "30", "semua")
    ]
    assert counts == [1, 2, 3]
