"""The way back from the wrong file, on the report's page."""

from __future__ import annotations

import pytest
from tests.people import Cast
from tests.web.files import number_of, open_file, signed_in
from tests.web.test_reports import STORY, received

pytestmark = pytest.mark.usefixtures("committed_db")


def test_a_joined_report_offers_the_way_back_and_the_file_marks_its_note(cast: Cast) -> None:
    file, number = open_file(cast.ratih), received(signed_in(cast.joko))
    browser, page = signed_in(cast.wahyuni), f"/laporan/{number}/"
    assert f"{page}lepas/" not in browser.get(page).content.decode()
    joined = browser.post(f"{page}gabung/", {"case": number_of(file), "do": "join"})
    assert joined.status_code == 302
    case = f"/kasus/{number_of(file)}/"
    assert STORY in browser.get(case).content.decode()
    assert f"{page}lepas/" in browser.get(page).content.decode()
    assert f"{page}lepas/" not in signed_in(cast.joko).get(page).content.decode()
    assert browser.post(f"{page}lepas/").status_code == 302
    shown = browser.get(page).content.decode()
    assert "In hand" in shown and "joined to a case" not in shown
    marked = browser.get(case).content.decode()
    assert 'class="quote withdrawn"' in marked and "Wrong file" in marked
    assert "Report taken off the file" in browser.get(f"{case}jejak/").content.decode()
    # Pressed again: said kindly, nothing happens.
    again = browser.post(f"{page}lepas/", follow=True)
    assert again.status_code == 200
    assert "taken off already" in again.content.decode()


def test_who_did_not_join_it_is_refused(cast: Cast) -> None:
    file, number = open_file(cast.ratih), received(signed_in(cast.joko))
    page = f"/laporan/{number}/"
    signed_in(cast.wahyuni).post(f"{page}gabung/", {"case": number_of(file), "do": "join"})
    for stranger in (cast.joko, cast.ratih, cast.andi):
        assert signed_in(stranger).post(f"{page}lepas/").status_code in (403, 404)
    assert "joined to a case" in signed_in(cast.wahyuni).get(page).content.decode()
