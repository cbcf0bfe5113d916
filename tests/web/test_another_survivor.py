"""One incident, several survivors: each has a file of her own, and the incident is told once."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from tests.people import NOW, Cast
from tests.web.files import CALM, number_of, open_file, signed_in
from tests.web.test_reports import received

from rangkul.assessments.answers import Answers
from rangkul.cases import operations as cases
from rangkul.cases import queries as case_queries
from rangkul.cases.models import CaseFile
from rangkul.custody import queries as custody
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.scope import acting

pytestmark = pytest.mark.usefixtures("committed_db")

FACTS = cases.IncidentFacts(
    happened_from=date(2024, 3, 1), happened_until=date(2024, 3, 9), place_kinds=("rumah_tangga",),
    area="33.74", origin_area="33.74", transit_areas=("31.71", "21.71"), destination_area="21.71",
    destination_country="MY", account="Kami bertiga dijemput malam hari.",
)  # fmt: skip
COPIED = (
    "happened_from", "happened_until", "precision", "place_kinds", "area", "origin_area",
    "transit_areas", "destination_area", "destination_country",
)  # fmt: skip


def first_file(cast: Cast) -> CaseFile:
    return open_file(cast.ratih, categories=("ktk", "kpo"), incident=FACTS)


def filled(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "categories": ["ktk", "kpo"], "companion": str(cast.ratih.user_id), "area": "33.74",
        "happened_on": "2024-03-01", "place_kinds": ["rumah_tangga"], "name": "Sekar Wulandari",
        "called_name": "Wulan", "sex": "P",
    } | changes  # fmt: skip


def files_of(cast: Cast) -> list[CaseFile]:
    with acting(cast.ratih):
        return list(CaseFile.objects.order_by("opened_at", "case_id"))


def test_another_survivor_is_opened_from_the_incident_s_page_and_both_name_each_other(
    cast: Cast,
) -> None:
    first = first_file(cast)
    browser, incident = signed_in(cast.ratih), f"/kasus/{number_of(first)}/kejadian/"
    page = browser.get(incident).content.decode()
    link = re.search(rf'href="({incident}penyintas-lain/)"', page)
    assert link
    form = browser.get(link[1]).content.decode()
    assert 'value="2024-03-01"' in form
    # Nothing of the first survivor herself stands in the second one's form.
    assert "Marlina" not in form and "Lina" not in form and "081234567890" not in form
    answer = browser.post(link[1], filled(cast))
    assert answer.status_code == 302
    second = next(each for each in files_of(cast) if each.case_id != first.case_id)
    assert number_of(second) in answer["Location"]
    assert second.incident_key == first.incident_key
    assert number_of(second) in browser.get(incident).content.decode()
    assert number_of(first) in browser.get(f"/kasus/{number_of(second)}/kejadian/").content.decode()


def test_the_facts_are_copied_and_the_account_is_not(cast: Cast) -> None:
    first = first_file(cast)
    with acting(cast.ratih):
        second = cases.open_another(
            case_id=first.case_id, by=cast.ratih, at=NOW, token=None,
            opening=cases.Opening(area="33.74", categories=("kpo",), triage=Answers.of({})),
        )  # fmt: skip
        mine = case_queries.get_incident(cast.ratih, second.case_id)
        theirs = case_queries.get_incident(cast.ratih, first.case_id)
    for name in COPIED:
        assert getattr(mine, name) == getattr(theirs, name), name
    assert theirs.account_sealed is not None
    assert mine.account_sealed is None


def test_what_the_second_survivor_says_of_it_stands(cast: Cast) -> None:
    first = first_file(cast)
    said = cases.IncidentFacts(happened_from=date(2024, 3, 5), area="31.71")
    with acting(cast.ratih):
        opening = cases.Opening(
            area="33.74", categories=("kpo",), triage=Answers.of({}), incident=said
        )
        found = cases.of_same_incident(opening, case_id=first.case_id, by=cast.ratih)
    assert found.incident.happened_from == date(2024, 3, 5)
    # The end belongs to the other's beginning, so that it is not taken over alone.
    assert found.incident.happened_until is None
    assert found.incident.area == "31.71"
    assert found.incident.transit_areas == ("31.71", "21.71")
    assert found.incident_key == first.incident_key


def test_pressed_twice_it_is_one_file_and_another_name_is_another_file(cast: Cast) -> None:
    first = first_file(cast)
    browser = signed_in(cast.ratih)
    address = f"/kasus/{number_of(first)}/kejadian/penyintas-lain/"
    token = re.search(r'name="token" value="([^"]+)"', browser.get(address).content.decode())
    assert token
    for _ in range(2):
        sent = browser.post(address, filled(cast, token=token[1]))
        assert sent.status_code == 302
    assert len(files_of(cast)) == 2
    assert browser.post(address, filled(cast, token=token[1], name="Ayu")).status_code == 302
    assert len(files_of(cast)) == 3


def test_the_database_opens_a_token_once_in_an_incident_whatever_we_forget(cast: Cast) -> None:
    first = first_file(cast)
    opening = cases.Opening(area="33.74", categories=("kpo",), triage=Answers.of({}))
    with acting(cast.ratih):
        second = cases.open_another(
            case_id=first.case_id, opening=opening, token=uuid4(), by=cast.ratih, at=NOW
        )
        assert second.token is not None
        twin = replace(opening, incident_key=second.incident_key, token=second.token)
        with pytest.raises(IntegrityError, match="file_opened_once"), transaction.atomic():
            cases.open_file(opening=twin, by=cast.ratih, at=NOW)


@pytest.mark.parametrize("who", ["yohana", "andi"])
def test_an_incident_that_one_does_not_see_is_not_joined(cast: Cast, who: str) -> None:
    first = first_file(cast)
    stranger = getattr(cast, who)
    address = f"/kasus/{number_of(first)}/kejadian/penyintas-lain/"
    assert signed_in(stranger).get(address).status_code in (403, 404)
    with acting(stranger), pytest.raises(NotReachable):
        cases.of_same_incident(
            cases.Opening(area="33.74", categories=("ktk",), triage=Answers.of({})),
            case_id=first.case_id, by=stranger,
        )  # fmt: skip


def test_a_refused_form_comes_back_with_what_was_typed(cast: Cast) -> None:
    first = first_file(cast)
    address = f"/kasus/{number_of(first)}/kejadian/penyintas-lain/"
    answer = signed_in(cast.ratih).post(address, filled(cast, categories=[]))
    assert answer.status_code == 422
    assert "Sekar Wulandari" in answer.content.decode()
    assert len(files_of(cast)) == 1


def test_the_first_questions_are_the_next_step(cast: Cast) -> None:
    """Nobody asked this survivor anything yet: the level is never the lowest, and a clock runs."""
    first = open_file(cast.ratih, CALM)
    assert first.risk == "rendah"
    address = f"/kasus/{number_of(first)}/kejadian/penyintas-lain/"
    answer = signed_in(cast.ratih).post(address, filled(cast))
    second = next(each for each in files_of(cast) if each.case_id != first.case_id)
    assert second.risk != "rendah"
    assert "rk01" in answer["Location"]
    with acting(cast.ratih), pytest.raises(InvalidInput):
        cases.open_another(
            case_id=first.case_id, by=cast.ratih, at=NOW, token=None,
            opening=cases.Opening(area="", categories=("ktk",), triage=Answers.of({})),
        )  # fmt: skip


def test_a_report_of_another_survivor_leads_into_the_same_incident(cast: Cast) -> None:
    first = first_file(cast)
    number = received(signed_in(cast.joko))
    browser, address = signed_in(cast.wahyuni), f"/laporan/{number}/kasus/"
    assert 'name="sibling"' in browser.get(address).content.decode()
    for unknown in ("RK-0000-0000", "semarang", custody.case_number(987_654)):
        refused = browser.post(address, filled(cast, sibling=unknown))
        assert refused.status_code == 422
        assert "No file that you may see has this number" in refused.content.decode()
    assert browser.post(address, filled(cast, sibling=number_of(first))).status_code == 302
    keys = {each.incident_key for each in files_of(cast)}
    assert len(files_of(cast)) == 2
    assert keys == {first.incident_key}
