"""The timeline says when it does not show everything, and shows it when asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.people import NOW, Cast
from tests.web.files import number_of, open_file, signed_in

from rangkul.cases import operations as cases
from rangkul.cases import queries as case_queries
from rangkul.cases.models import CaseFile
from rangkul.desk.cases import summary
from rangkul.foundation.scope import acting
from rangkul.people import operations as people

pytestmark = pytest.mark.usefixtures("committed_db")

SAID = "Earlier entries are not shown here."
MORE = "?linimasa=semua"


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that shows three acts and two notes."""
    monkeypatch.setattr(summary, "_ACTS", 3)
    monkeypatch.setattr(case_queries, "MOST_NOTES", 2)


def with_notes(cast: Cast, count: int) -> CaseFile:
    file = open_file(cast.ratih)
    with acting(cast.ratih):
        for index in range(count):
            cases.write_note(
                case_id=file.case_id, body=f"Kunjungan ke-{index}.", by=cast.ratih,
                at=NOW + timedelta(minutes=index),
            )  # fmt: skip
    return file


@pytest.mark.usefixtures("short")
def test_notes_left_out_are_said_and_come_when_asked_for(cast: Cast) -> None:
    file = with_notes(cast, 3)
    browser, here = signed_in(cast.ratih), f"/kasus/{number_of(file)}/"
    page = browser.get(here).content.decode()
    assert SAID in page and MORE in page
    assert "Kunjungan ke-2." in page and "Kunjungan ke-0." not in page
    whole = browser.get(here + MORE).content.decode()
    assert SAID not in whole
    assert "Kunjungan ke-0." in whole


@pytest.mark.usefixtures("short")
def test_acts_left_out_are_said_and_the_readers_are_all_counted(cast: Cast) -> None:
    file = open_file(cast.ratih)
    with acting(cast.ratih):
        for minutes in range(7):
            people.open_identity(
                case_id=file.case_id, reason="menghubungi", by=cast.ratih,
                at=NOW + timedelta(hours=minutes),
            )  # fmt: skip
    page = signed_in(cast.ratih).get(f"/kasus/{number_of(file)}/").content.decode()
    assert SAID in page
    readers = page[page.index("Who opened the identity") :]
    assert '<span class="push">7</span>' in readers


def test_a_file_that_is_shown_whole_says_nothing(cast: Cast) -> None:
    file = with_notes(cast, 1)
    page = signed_in(cast.ratih).get(f"/kasus/{number_of(file)}/").content.decode()
    assert SAID not in page and MORE not in page
