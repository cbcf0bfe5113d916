"""A person pauses a deadline of a case on the screens, sees it rest, and lets it run on."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone
from tests.people import Cast
from tests.web.files import signed_in
from tests.web.test_search import open_case

from rangkul.clocks import operations as clocks
from rangkul.clocks.models import Clock
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.reference.zones import local_date

DAY = timedelta(days=1)
_FORM = "application/x-www-form-urlencoded"


class Here:
    """A case that Ratih carries, with one deadline that may rest and one that the law fixes."""

    def __init__(self, cast: Cast) -> None:
        self.case_id = open_case(cast.wahyuni, "Dahlia Uji", carried_by=cast.ratih.user_id)
        self.number = custody.case_number(self.case_id)
        with acting(cast.wahyuni):
            clocks.void(
                subject_kind="case", subject_id=self.case_id, by=cast.wahyuni, at=timezone.now()
            )
        self.clock = self.start(cast.ratih, "assessment_completed")
        self.by_law = self.start(cast.ratih, "police_report_tpks")
        self.until = local_date(timezone.now(), "33.74") + 3 * DAY

    def start(self, by: Actor, procedure: str) -> Clock:
        with acting(by):
            return clocks.start(
                procedure=procedure, subject_kind="file", subject_id=self.case_id, area="33.74",
                by=by, at=timezone.now(), due_at=timezone.now() + DAY, case_id=self.case_id,
            )  # fmt: skip

    def at(self, clock: Clock, rest: str = "") -> str:
        """The address of a deadline's page."""
        return f"/kasus/{self.number}/tenggat/{clock.id}/{rest}"

    def post(self, by: Actor, address: str, **data: object) -> tuple[int, str]:
        """What is answered to a form."""
        answer = signed_in(by).post(address, urlencode(data), content_type=_FORM)
        return answer.status_code, answer.content.decode()

    def pause(self, by: Actor, clock: Clock, **changed: object) -> tuple[int, str]:
        data = {"version": 1, "reason": "ill", "until": self.until.isoformat()} | changed
        return self.post(by, self.at(clock), **data)

    def read(self, by: Actor, address: str) -> str:
        answer = signed_in(by).get(address)
        assert answer.status_code == 200
        return str(answer.content.decode())

    def row(self, by: Actor) -> Clock:
        with acting(by):
            return Clock.objects.get(id=self.clock.id)


@pytest.fixture
def here(cast: Cast, db: None) -> Here:
    return Here(cast)


def test_a_paused_deadline_is_seen_resting_everywhere_and_runs_on(cast: Cast, here: Here) -> None:
    page = here.read(cast.ratih, f"/kasus/{here.number}/")
    assert here.at(here.clock) in page
    assert here.at(here.by_law) not in page
    assert here.pause(cast.ratih, here.clock)[0] == 302
    day = f"{here.until.day} {here.until:%B %Y}"
    for address in (f"/kasus/{here.number}/", "/tenggat/", "/", "/?siapa=saya"):
        page = here.read(cast.ratih, address)
        assert f"Paused until {day}: The person is ill or in hospital" in page, address
    assert f"Paused until {day}" in here.read(cast.wahyuni, "/tenggat/")
    assert f"Paused until {day}" not in here.read(cast.nining, "/tenggat/")
    page = here.read(cast.wahyuni, f"/kasus/{here.number}/")
    sent = re.search(r'name="version" value="(\d+)"[^§]*?Let it run on', page)
    assert sent is not None
    status, _page = here.post(cast.wahyuni, here.at(here.clock, "lanjut/"), version=sent[1])
    assert (status, here.row(cast.wahyuni).state) == (302, "running")
    page = here.read(cast.wahyuni, f"/kasus/{here.number}/")
    assert "Deadline paused" in page
    assert "Deadline goes on" in page
    assert "Paused until" not in page


def test_what_the_law_fixes_is_refused_with_the_sentence(cast: Cast, here: Here) -> None:
    sentence = "The law fixes this deadline. It cannot be paused."
    page = here.read(cast.wahyuni, here.at(here.by_law))
    assert sentence in page
    assert 'name="reason"' not in page
    status, page = here.pause(cast.wahyuni, here.by_law)
    assert status == 422
    assert sentence in page


def test_what_was_chosen_stays_where_something_is_missing(cast: Cast, here: Here) -> None:
    status, page = here.pause(cast.ratih, here.clock, reason="")
    assert status == 422
    assert f'value="{here.until.isoformat()}"' in page
    status, page = here.pause(cast.ratih, here.clock, until="tomorrow")
    assert status == 422
    assert re.search(r'value="ill"\s+selected', page)
    far = (here.until + 40 * DAY).isoformat()
    status, page = here.pause(cast.ratih, here.clock, until=far)
    assert (status, "At most 30 days ahead" in page) == (422, True)
    assert here.row(cast.ratih).state == "running"


def test_two_at_once_and_who_may_not(cast: Cast, here: Here) -> None:
    assert here.pause(cast.joko, here.clock)[0] == 403
    assert here.pause(cast.nining, here.clock)[0] == 404
    assert here.pause(cast.ratih, here.clock)[0] == 302
    assert here.pause(cast.wahyuni, here.clock)[0] == 409
    assert here.post(cast.wahyuni, here.at(here.clock, "lanjut/"), version=1)[0] == 409
    assert here.row(cast.wahyuni).state == "paused"


def test_the_figure_of_a_resting_clock_stands_still(cast: Cast, here: Here) -> None:
    from rangkul.look import clockface

    assert here.pause(cast.ratih, here.clock)[0] == 302
    clock = here.row(cast.ratih)
    now = timezone.now()
    faces = [clockface.face(clock, now=now + days * DAY) for days in (0, 2, 9)]
    assert len({face.figure for face in faces}) == 1
    assert {(face.tone, face.used) for face in faces} == {("paused", faces[0].used)}
