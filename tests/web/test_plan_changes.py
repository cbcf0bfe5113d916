"""The plan says which service, who sees to it and by when; all of it is changed on the screen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.people import Cast
from tests.web.files import number_of, open_file, signed_in

from rangkul.accounts import queries as accounts
from rangkul.cases import operations as cases
from rangkul.cases import queries as case_queries
from rangkul.cases.models import CaseFile, Need
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.scope import acting

pytestmark = pytest.mark.usefixtures("committed_db")

WORDS = "Ingin tidur tanpa takut"


def planned(cast: Cast) -> tuple[CaseFile, Need, str]:
    file = open_file(cast.ratih)
    with acting(cast.ratih):
        need = cases.state_need(
            case_id=file.case_id, words=WORDS, service="psikologi", by=cast.ratih,
            at=timezone.now(),
        )  # fmt: skip
    return file, need, f"/kasus/{number_of(file)}/rencana/"


def filled(cast: Cast, **changes: Any) -> dict[str, Any]:
    day = timezone.now().date() + timedelta(days=9)
    return {
        "version": "1", "service": "hunian", "urgency": "mendesak", "due_on": day.isoformat(),
        "by_user": str(cast.nining.user_id),
    } | changes  # fmt: skip


def fresh(cast: Cast, need: Need) -> Need:
    with acting(cast.ratih):
        return case_queries.get_need(cast.ratih, need.id)


def test_service_urgency_day_and_who_are_changed_and_stand_in_the_plan(cast: Cast) -> None:
    file, need, plan = planned(cast)
    browser, address = signed_in(cast.ratih), f"{plan}{need.id}/ubah/"
    assert address in browser.get(plan).content.decode()
    form = browser.get(address).content.decode()
    assert WORDS in form
    assert 'value="psikologi" required checked' in form
    sent = filled(cast)
    assert browser.post(address, sent).status_code == 302
    now = fresh(cast, need)
    assert (now.service, now.urgency, now.version) == ("hunian", "mendesak", 2)
    assert (now.due_on.isoformat() if now.due_on else "") == sent["due_on"]
    assert now.by_user_id == cast.nining.user_id
    who = accounts.names_of([cast.nining.user_id])[cast.nining.user_id]
    for page in (plan, f"/kasus/{number_of(file)}/"):
        assert who in browser.get(page).content.decode()


@pytest.mark.parametrize(
    ("name", "value"),
    [("service", "sihir"), ("urgency", "kapan_saja"), ("due_on", "besok"),
     ("due_on", "2020-01-01"), ("by_user", "siapa"), ("by_user", "9" * 30)],
)  # fmt: skip
def test_what_cannot_be_is_said_and_everything_else_stays(
    cast: Cast, name: str, value: str
) -> None:
    _file, need, plan = planned(cast)
    answer = signed_in(cast.ratih).post(f"{plan}{need.id}/ubah/", filled(cast, **{name: value}))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert page.count('class="field-error"') == 1
    if name != "service":
        assert 'value="hunian" required checked' in page
    if name != "urgency":
        assert 'value="mendesak" checked' in page
    assert fresh(cast, need).version == 1


@pytest.mark.parametrize("who", ["yohana", "joko", "andi"])
def test_only_a_companion_of_one_s_own_agency_sees_to_it(cast: Cast, who: str) -> None:
    _file, need, plan = planned(cast)
    sent = filled(cast, by_user=str(getattr(cast, who).user_id))
    assert signed_in(cast.ratih).post(f"{plan}{need.id}/ubah/", sent).status_code == 422
    with acting(cast.ratih), pytest.raises(InvalidInput) as caught:
        cases.change_need(
            need_id=need.id, expected_version=1, service="hunian", urgency="perlu", due_on=None,
            by_user_id=getattr(cast, who).user_id, by=cast.ratih, at=timezone.now(),
        )  # fmt: skip
    assert caught.value.errors == {"by_user": "unknown"}


def test_two_people_at_once_each_sees_what_the_other_wrote(cast: Cast) -> None:
    _file, need, plan = planned(cast)
    browser, address = signed_in(cast.ratih), f"{plan}{need.id}/ubah/"
    assert browser.post(address, filled(cast)).status_code == 302
    late = browser.post(address, filled(cast, service="bantuan_hukum", by_user=""))
    assert late.status_code == 409
    page = late.content.decode()
    assert 'value="bantuan_hukum" required checked' in page
    assert page.count('class="theirs"') == 2
    assert 'name="version" value="2"' in page
    assert (
        browser.post(address, filled(cast, service="bantuan_hukum", version="2")).status_code == 302
    )
    assert fresh(cast, need).service == "bantuan_hukum"


def test_a_need_of_another_file_is_not_found_here(cast: Cast) -> None:
    _file, need, _plan = planned(cast)
    other = open_file(cast.ratih)
    address = f"/kasus/{number_of(other)}/rencana/{need.id}/ubah/"
    browser = signed_in(cast.ratih)
    assert browser.get(address).status_code == 404
    assert browser.post(address, filled(cast)).status_code == 404
    assert fresh(cast, need).version == 1


def test_a_day_that_has_passed_may_stay_while_something_else_changes(cast: Cast) -> None:
    _file, need, plan = planned(cast)
    past = timezone.now().date() - timedelta(days=3)
    with acting(cast.ratih):
        Need.objects.filter(id=need.id).update(due_on=past)
    sent = filled(cast, due_on=past.isoformat())
    assert signed_in(cast.ratih).post(f"{plan}{need.id}/ubah/", sent).status_code == 302
    assert fresh(cast, need).due_on == past


def test_the_service_stays_while_a_desk_is_asked_for_it(cast: Cast) -> None:
    _file, need, plan = planned(cast)
    with acting(cast.ratih):
        cases.set_need_state(need_id=need.id, move="refer", by=cast.ratih, at=timezone.now())
    browser, address = signed_in(cast.ratih), f"{plan}{need.id}/ubah/"
    refused = browser.post(address, filled(cast, version="2"))
    assert refused.status_code == 422
    assert "asked for this service" in refused.content.decode()
    assert browser.post(address, filled(cast, version="2", service="psikologi")).status_code == 302
