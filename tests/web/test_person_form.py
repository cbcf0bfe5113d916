"""The person's form: what was unticked stays unticked, and the address has its place on it."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from tests.people import NOW, Cast
from tests.web.files import NAME, number_of, open_file, signed_in

from rangkul.cases.models import CaseFile
from rangkul.foundation.scope import acting
from rangkul.people import operations as people
from rangkul.people import queries as people_queries
from rangkul.people.identity import Location
from rangkul.people.models import Person
from rangkul.reference import queries as reference

pytestmark = pytest.mark.usefixtures("committed_db")


def banned(cast: Cast, *bans: str) -> tuple[CaseFile, Person, str]:
    """A file whose survivor must not be reached in these ways, and the form of hers."""
    file = open_file(
        cast.ratih, contact_bans=bans, location=Location(address="Gang 7", area="33.74")
    )
    with acting(cast.ratih):
        person = people_queries.get_survivor(cast.ratih, file.case_id)
    return file, person, f"/kasus/{number_of(file)}/orang/{person.id}/"


def ticked(page: str) -> list[str]:
    tags = re.findall(r'<input[^>]*name="contact_bans"[^>]*>', page)
    return [re.search(r'value="([^"]*)"', tag)[1] for tag in tags if " checked" in tag]


def shown(page: str, name: str) -> str:
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    assert tag
    value = re.search(r'value="([^"]*)"', tag[0])
    return html.unescape(value[1]) if value else ""


def form(**changes: Any) -> dict[str, Any]:
    return {"version": "1", "full_name": NAME, "called_name": "Lina", "sex": "P"} | changes


@pytest.mark.parametrize("status", [409, 422])
def test_a_ban_that_was_unticked_stays_unticked(cast: Cast, status: int) -> None:
    bans = [code for code, _label in reference.choices("larangan_kontak")][:2]
    _file, person, address = banned(cast, *bans)
    browser = signed_in(cast.ratih)
    assert ticked(browser.get(address).content.decode()) == bans
    if status == 409:
        with acting(cast.ratih):
            Person.objects.filter(id=person.id).update(version=2)
    sent = form(contact_bans=[bans[1]], birth_year="1700" if status == 422 else "")
    answer = browser.post(address, sent)
    assert answer.status_code == status
    assert ticked(answer.content.decode()) == [bans[1]]
    none = browser.post(address, form(birth_year="1700"))
    assert ticked(none.content.decode()) == []


def test_what_the_other_wrote_is_named_in_words_bans_too(cast: Cast) -> None:
    ban = reference.choices("larangan_kontak")[0]
    _file, person, address = banned(cast, ban[0])
    with acting(cast.ratih):
        Person.objects.filter(id=person.id).update(version=2, relation="majikan")
    page = signed_in(cast.ratih).post(address, form(area="33.74")).content.decode()
    theirs = page[page.index('class="theirs"') : page.index('id="person-form"')]
    said = html.unescape(theirs)
    assert reference.label("larangan_kontak", ban[0], "en") in said
    assert reference.label("hubungan_rinci", "majikan", "en") in said
    assert "Relation to the survivor" in said and "Gang 7" in said
    for code in ("contact_bans", "majikan", ban[0]):
        assert code not in said


def test_the_place_of_the_address_is_a_field_and_is_named_in_full(cast: Cast) -> None:
    _file, person, address = banned(cast)
    browser = signed_in(cast.ratih)
    page = browser.get(address).content.decode()
    full = reference.get_areas(["33.74"])["33.74"].full_name
    assert shown(page, "area") == full
    assert 'type="hidden" name="area"' not in page
    assert browser.post(address, form(area=full, address="Gang 8")).status_code == 302
    moved = reference.get_areas(["31.71"])["31.71"].full_name
    assert browser.post(address, form(version="2", area=moved)).status_code == 302
    with acting(cast.ratih):
        opened = people.open_identity(
            case_id=person.case_id, reason="menghubungi", by=cast.ratih, at=NOW
        )
    assert opened[0].location.area == "31.71"


def test_a_place_that_is_none_is_said_and_kept(cast: Cast) -> None:
    _file, _person, address = banned(cast)
    answer = signed_in(cast.ratih).post(address, form(area="Negeri di Awan"))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert shown(page, "area") == "Negeri di Awan"
    assert page.count('class="field-error"') == 1
