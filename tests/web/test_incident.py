"""The incident's form: nothing typed is lost, nothing stored is dropped, both sides are seen."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from tests.people import NOW, Cast
from tests.web.files import number_of, open_file, signed_in
from tests.web.forms import forms_of

from rangkul.cases import operations as cases
from rangkul.cases import queries as case_queries
from rangkul.cases.models import CaseFile
from rangkul.foundation.scope import acting
from rangkul.reference import queries as reference

pytestmark = pytest.mark.usefixtures("committed_db")

LISTS = {
    "place_kinds": "tempat_kejadian", "process": "tppo_proses", "means": "tppo_cara",
    "purpose": "tppo_bentuk", "destination_country": "negara",
}  # fmt: skip
PLACES = ("area", "origin_area", "transit_areas", "destination_area")
WORDS = {
    "account": "Dijemput malam hari <b>oleh</b> dua orang.", "happened_from": "2024-03-01",
    "happened_until": "2024-03-09",
}  # fmt: skip
FIELDS = (*WORDS, *PLACES, *LISTS)


def everything() -> dict[str, str]:
    """Every field of the form, filled in; places are named in full."""
    place = reference.get_areas(["33.74"])["33.74"].full_name
    codes = {name: reference.choices(each)[0][0] for name, each in LISTS.items()}
    return WORDS | dict.fromkeys(PLACES, place) | codes


def shown(page: str, name: str) -> list[str]:
    """What the form would send for a field if it were sent untouched, as a browser reads it."""
    form = page[page.index('id="incident-form"') :]
    form = form[: form.index("</form>")]
    found = re.findall(rf'<textarea[^>]*name="{name}"[^>]*>([^<]*)</textarea>', form)
    for tag in re.findall(rf'<input[^>]*name="{name}"[^>]*>', form):
        value = re.search(r'value="([^"]*)"', tag)
        if "checkbox" not in tag or " checked" in tag:
            found.append(value.group(1) if value else "")
    select = re.search(rf'<select[^>]*name="{name}"[^>]*>(.*?)</select>', form)
    if select:
        found += re.findall(r'value="([^"]*)" selected', select.group(1))
    return [html.unescape(each) for each in found if each]


def saved(cast: Cast, **values: Any) -> CaseFile:
    file = open_file(cast.ratih)
    with acting(cast.ratih):
        cases.change_incident(
            case_id=file.case_id, expected_version=1, values=values, account=None, by=cast.ratih,
            at=NOW,
        )  # fmt: skip
    return file


def here(file: CaseFile) -> str:
    return f"/kasus/{number_of(file)}/kejadian/"


@pytest.mark.parametrize("name", FIELDS)
def test_a_refused_form_shows_every_field_as_it_was_typed(cast: Cast, name: str) -> None:
    file = open_file(cast.ratih)
    # One field is wrong; every other one must still stand as typed.
    wrong = "happened_until" if name == "area" else "area"
    typed = everything()
    typed[wrong] = "kemarin" if wrong == "happened_until" else "Negeri di Awan"
    answer = signed_in(cast.ratih).post(here(file), {"version": "1"} | typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'class="field-error"' in page
    assert shown(page, name) == [typed[name]]


@pytest.mark.parametrize("name", FIELDS)
def test_a_stale_form_keeps_mine_and_names_what_the_other_wrote(cast: Cast, name: str) -> None:
    file = open_file(cast.ratih)
    browser, typed = signed_in(cast.ratih), everything()
    assert browser.post(here(file), {"version": "1"} | typed).status_code == 302
    late = browser.post(here(file), {"version": "1"} | (typed | {name: ""}))
    assert late.status_code == 409
    page = late.content.decode()
    assert shown(page, name) == []
    others = page[page.index('<li class="theirs"') : page.index('id="incident-form"')]
    # One line, of the one field in which the two differ, in words and not in codes.
    assert others.count('class="theirs"') == 1
    written = typed[name]
    if name in LISTS:
        written = reference.label(LISTS[name], written, "en")
        assert typed[name] not in others
    assert html.escape(written) in others
    # Sent again it stands: the page carries the version that was read.
    again = browser.post(here(file), {"version": "2"} | (typed | {name: ""}))
    assert again.status_code == 302
    assert 'name="version" value="2"' in page


def test_all_places_of_transit_stay_when_the_form_is_sent_as_it_stands(cast: Cast) -> None:
    places = ["33.74", "31.71", "21.71"]
    file = saved(cast, transit_areas=places)
    browser = signed_in(cast.ratih)
    page = browser.get(here(file)).content.decode()
    fields = shown(page, "transit_areas")
    assert fields == [reference.get_areas([code])[code].full_name for code in places]
    assert page.count('name="transit_areas"') == len(places) + 1
    form = next(f for f in forms_of(here(file), page) if "account" in f.names)
    assert "transit_areas" in form.typed
    assert browser.post(here(file), {"version": "2", "transit_areas": fields}).status_code == 302
    with acting(cast.ratih):
        assert case_queries.get_incident(cast.ratih, file.case_id).transit_areas == places


def test_one_place_of_transit_is_taken_away_and_another_added(cast: Cast) -> None:
    file = saved(cast, transit_areas=["33.74", "31.71"])
    answer = signed_in(cast.ratih).post(
        here(file), {"version": "2", "transit_areas": ["", "31.71", "21.71"]}
    )
    assert answer.status_code == 302
    with acting(cast.ratih):
        found = case_queries.get_incident(cast.ratih, file.case_id)
    assert found.transit_areas == ["31.71", "21.71"]


def test_the_place_that_is_unknown_is_named_beside_its_own_field(cast: Cast) -> None:
    file = open_file(cast.ratih)
    places = ["33.74", "Negeri di Awan"]
    answer = signed_in(cast.ratih).post(here(file), {"version": "1", "transit_areas": places})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert page.count('class="field-error"') == 1
    assert page.index("Negeri di Awan") < page.index('class="field-error"')
    assert shown(page, "transit_areas") == places


def test_an_account_that_is_too_long_is_refused_whole(cast: Cast) -> None:
    file = open_file(cast.ratih)
    words = "a" * 20_001
    answer = signed_in(cast.ratih).post(here(file), {"version": "1", "account": words})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    with acting(cast.ratih):
        assert case_queries.get_incident(cast.ratih, file.case_id).account_sealed is None


def test_an_end_before_the_beginning_is_said(cast: Cast) -> None:
    file = open_file(cast.ratih)
    days = {"version": "1", "happened_from": "2024-03-09", "happened_until": "2024-03-01"}
    answer = signed_in(cast.ratih).post(here(file), days)
    assert answer.status_code == 422
    assert "The end lies before the beginning." in answer.content.decode()
