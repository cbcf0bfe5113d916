"""On paper: what identifies somebody stays covered, and one is asked whether paper is safe."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from tests.people import Cast
from tests.web.files import NAME, number_of, open_file, signed_in
from tests.web.test_referrals import CALLED, Story, story
from tests.web.test_reports import NAME as REPORTED
from tests.web.test_reports import STORY, received

__all__ = ["story"]
pytestmark = pytest.mark.django_db

_VOID = {"input", "br", "img", "meta", "link", "hr", "use", "path", "progress", "source"}


class Paper(HTMLParser):
    """The words of a page that reach paper: without what the style takes away in print."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Go into an element."""
        if tag not in _VOID:
            classes = (dict(attrs).get("class") or "").split()
            gone = tag in {"form", "dialog", "script", "noscript"} or {"no-print", "revealed"} & {
                *classes
            }
            self._hidden.append(bool(gone))

    def handle_endtag(self, tag: str) -> None:
        """And out again."""
        if tag not in _VOID and self._hidden:
            self._hidden.pop()

    def handle_data(self, data: str) -> None:
        """Words between the tags."""
        if not any(self._hidden):
            self.words.append(data)


def on_paper(page: str) -> str:
    """What of a page's source is read on paper."""
    paper = Paper()
    paper.feed(page)
    return " ".join(" ".join(paper.words).split())


def test_a_received_packet_stays_covered(story: Story) -> None:
    number = story.send()
    page = story.as_(story.cast.melki).get(f"/rujukan/{number}/").content.decode()
    assert CALLED in page and "data-print" in page and "Aman dibawa?" in page
    assert CALLED not in on_paper(page)
    assert number in on_paper(page) and "Tertutup di kertas" in on_paper(page)


def test_the_senders_page_stays_covered_too(story: Story) -> None:
    number = story.send()
    page = story.as_(story.cast.ratih).get(f"/rujukan/{number}/?paket=lihat").content.decode()
    assert CALLED in page and CALLED not in on_paper(page)


def test_the_plan_and_the_day_are_printed(cast: Cast) -> None:
    file = open_file(cast.ratih)
    client = signed_in(cast.ratih)
    here = f"/kasus/{number_of(file)}/rencana/"
    client.post(here, {"words": "A quiet room to sleep", "service": "hunian"})
    plan = client.get(here).content.decode()
    assert "A quiet room to sleep" in on_paper(plan) and 'id="print-question"' in plan
    assert NAME not in plan
    day = client.get("/").content.decode()
    assert "data-print" in day and 'id="print-question"' not in day


def test_names_shown_for_a_minute_do_not_reach_paper(cast: Cast) -> None:
    file = open_file(cast.ratih)
    shown = signed_in(cast.ratih).post("/kasus/nama/", {"case": [number_of(file)]})
    page = (
        shown.content.decode()
        .replace('<form class="on-paper"', "<div")
        .replace("</form>", "</div>")
    )
    assert "Lina" in page and "Lina" not in on_paper(page)
    assert number_of(file) in on_paper(page)


def test_a_report_goes_to_paper_without_its_people_and_its_words(cast: Cast) -> None:
    client = signed_in(cast.joko)
    number = received(client, reporter_name="Sulastri Uji")
    page = client.get(f"/laporan/{number}/").content.decode()
    assert REPORTED in page and STORY in page and "Sulastri Uji" in page
    paper = on_paper(page)
    assert number in paper and "What to do now" in paper
    for secret in (REPORTED, STORY, "Sulastri Uji", "3456"):
        assert secret not in paper
