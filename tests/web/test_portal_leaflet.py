"""A sheet for the notice board: numbers, a code that leads here, and nobody's name."""

from __future__ import annotations

import re
from html import unescape

import pytest
import segno
from tests.clients import Client

pytestmark = pytest.mark.usefixtures("committed_db")


def _page(language: str) -> str:
    place = {"id": "/info/lembar/", "en": "/en/info/lembar/"}[language]
    answer = Client().get(place, headers={"host": "localhost"})
    assert answer.status_code == 200
    return " ".join(unescape(answer.content.decode()).split())


@pytest.mark.parametrize(("language", "root"), [("id", "/info/"), ("en", "/en/info/")])
def test_the_code_is_the_address_of_the_start(language: str, root: str) -> None:
    page = _page(language)
    wanted = segno.make(f"http://localhost{root}", error="m", micro=False, boost_error=False).matrix
    marks = {(int(x) - 2, int(y) - 2) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", page)}
    dark = {(x, y) for y, row in enumerate(wanted) for x, mark in enumerate(row) if mark}
    assert marks == dark
    side = len(wanted) + 4
    assert f'viewBox="0 0 {side} {side}"' in page
    assert f"localhost{root.rstrip('/')}" in page


@pytest.mark.parametrize("language", ["id", "en"])
def test_numbers_stand_on_it_and_no_house_or_crime(language: str) -> None:
    page = _page(language)
    sheet = page[page.index('class="card sheet"') : page.index("</section>")]
    for number in ("110", "129", "119", "112"):
        assert f"<strong>{number}</strong>" in sheet
    for word in (
        "Rangkul",
        "kekerasan",
        "violence",
        "korban",
        "victim",
        "perdagangan",
        "trafficking",
    ):
        assert word not in sheet, word
    # What is around the sheet stays off the paper.
    assert "no-print" in page[page.index("<main") : page.index("card sheet")]
