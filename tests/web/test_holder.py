"""Who holds a file, since when, and who held it: from custody itself, for every agency alike."""

from __future__ import annotations

import re

from django.utils import timezone
from tests.clients import Client
from tests.people import KUPANG, NOW, Cast
from tests.web.files import number_of, open_file, signed_in
from tests.web.test_transfers import Story, story

from rangkul.cases.models import CaseFile
from rangkul.custody import operations as custody
from rangkul.foundation.scope import acting
from rangkul.network.models import Agency

__all__ = ["story"]


def names(agency_id: int) -> tuple[str, str]:
    """Full and short name."""
    found = Agency.objects.get(id=agency_id)
    return found.name, found.short_name


def cover(page: str) -> str:
    """The part of the page that tells who holds the file."""
    part = page[page.index("Holder of the file") :]
    return part[: part.index("Next deadline")]


def steps(page: str) -> list[tuple[str, str]]:
    """State and label of each step of the custody line."""
    line = re.search(r'<ol class="custody">(.*?)</ol>', page, re.DOTALL)
    assert line
    found = re.findall(r'<li class="(\w+)"[^>]*>.*?<span>(.*?)</span>\s*</li>', line[1], re.DOTALL)
    return [(state, re.sub(r"<.*", "", label).strip()) for state, label in found]


def page_of(browser: Client, number: str) -> str:
    answer = browser.get(f"/kasus/{number}/")
    assert answer.status_code == 200
    return answer.content.decode()


def joint(cast: Cast) -> CaseFile:
    file = open_file(cast.ratih)
    with acting(cast.wahyuni):
        custody.join_agency(case_id=file.case_id, agency_id=KUPANG, by=cast.wahyuni, at=NOW)
    return file


def test_a_member_of_the_team_reads_the_lead_as_holder_and_itself_in_the_team(
    db: None, cast: Cast
) -> None:
    file = joint(cast)
    lead, kupang = names(cast.wahyuni.agency_id), names(KUPANG)
    for who in (cast.wahyuni, cast.marten):
        page = page_of(signed_in(who), number_of(file))
        part = cover(page)
        assert f'<p class="strong">{lead[0]}</p>' in part
        assert f'<p class="strong">{kupang[0]}</p>' not in part
        assert steps(page) == [("here", lead[1])]
        assert re.search(rf"In the team:\s*{re.escape(kupang[1])}", part)


def test_a_file_that_nobody_else_sees_names_no_team(db: None, cast: Cast) -> None:
    part = cover(page_of(signed_in(cast.ratih), number_of(open_file(cast.ratih))))
    assert "In the team" not in part


def test_after_a_transfer_the_past_holder_stands_before_the_present_one(story: Story) -> None:
    assert story.offer().status_code == 302
    giver = names(story.cast.wahyuni.agency_id)
    taker = names(story.cast.marten.agency_id)
    offered = page_of(signed_in(story.cast.wahyuni), story.case)
    assert steps(offered)[-2:] == [("here", giver[1]), ("next", taker[1])]
    before = timezone.now()
    assert story.take().status_code == 302
    page = page_of(signed_in(story.cast.marten), story.case)
    assert f'<p class="strong">{taker[0]}</p>' in cover(page)
    assert steps(page)[-2:] == [("past", giver[1]), ("here", taker[1])]
    # Since the day on which it was taken over, and not since the file was opened.
    with acting(story.cast.marten):
        opened = CaseFile.objects.get(case_id=story.scene.case_id).opened_at
    days = {f"{moment:%Y-%m-%d}" for moment in (before, timezone.now())}
    assert f"{opened:%Y-%m-%d}" not in days
    since = re.search(r'Since\s*<time[^>]*datetime="(.{10})', cover(page))
    assert since and since[1] in days
