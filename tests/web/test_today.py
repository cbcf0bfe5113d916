"""*Hari ini*: what is late first, what did not fit is counted, each row leads where it is done."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from tests.clients import Client
from tests.people import Cast
from tests.web.files import signed_in
from tests.web.test_search import open_case

from rangkul.clocks import operations as clocks
from rangkul.clocks.models import Clock
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.reports import queries as reports

HOUR = timedelta(hours=1)


@pytest.fixture
def case_id(cast: Cast, db: None) -> int:
    """A case that Ratih carries, with no deadline of its own left."""
    case_id = open_case(cast.wahyuni, "Dahlia Uji", carried_by=cast.ratih.user_id)
    with acting(cast.wahyuni):
        clocks.void(subject_kind="case", subject_id=case_id, by=cast.wahyuni, at=timezone.now())
        assert not Clock.objects.filter(case_id=case_id, state="running").exists()
    return case_id


def _start(by: Actor, case_id: int, due_at: datetime, *, mark: str, risk: str = "") -> Clock:
    with acting(by):
        return clocks.start(
            procedure="assessment_begun", subject_kind="file", subject_id=f"{case_id}-{mark}",
            area="33.74", by=by, at=timezone.now() - 60 * HOUR, due_at=due_at, case_id=case_id,
            risk=risk, user_id=by.user_id,
        )  # fmt: skip


def _page(client: Client, path: str = "/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def _lane(page: str, lane: str) -> str:
    found = re.search(rf'<section[^>]*id="{lane}".*?</section>', page, re.S)
    assert found is not None, f"no lane {lane}"
    return found[0]


def test_nothing_waits_and_the_page_says_so(cast: Cast, case_id: int) -> None:
    assert "Nothing waits for you right now." in _page(signed_in(cast.ratih))


def test_all_that_is_late_is_counted_also_what_does_not_fit(cast: Cast, case_id: int) -> None:
    now = timezone.now()
    for index in range(11):
        _start(cast.ratih, case_id, now - (index + 1) * HOUR, mark=f"late{index}")
    _start(cast.ratih, case_id, now + 2 * HOUR, mark="soon")
    page = _page(signed_in(cast.ratih))
    assert "12 things wait now" in page
    assert "11 are past their deadline" in page
    shown = _lane(page, "now").count("<article")
    assert shown == 8


def test_a_row_leads_to_the_case_and_a_report_to_its_page(cast: Cast, case_id: int) -> None:
    now = timezone.now()
    _start(cast.ratih, case_id, now + HOUR, mark="case")
    with acting(cast.ratih):
        clocks.start(
            procedure="first_response_high", subject_kind="report", subject_id=7, area="33.74",
            by=cast.ratih, at=now, due_at=now + HOUR, user_id=cast.ratih.user_id,
        )  # fmt: skip
    lane = _lane(_page(signed_in(cast.ratih)), "now")
    assert f'href="/kasus/{custody.case_number(case_id)}/"' in lane
    assert f'href="/laporan/{reports.report_number(7)}/"' in lane


def test_mine_is_mine_and_the_unit_is_the_supervisors(cast: Cast, case_id: int) -> None:
    _start(cast.ratih, case_id, timezone.now() + HOUR, mark="hers")
    number = custody.case_number(case_id)
    assert number in _page(signed_in(cast.ratih), "/?siapa=saya")
    assert number not in _page(signed_in(cast.wahyuni), "/?siapa=saya")
    assert number in _page(signed_in(cast.wahyuni), "/?siapa=unit")
    # Who may not see the unit gets her own, whatever the address asks.
    assert number not in _page(signed_in(cast.melki), "/?siapa=unit")
