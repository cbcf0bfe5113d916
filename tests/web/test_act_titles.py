"""What stands in a file's trail is said in words, in both languages."""

from __future__ import annotations

import pytest
from django.utils import translation

from rangkul.cases import events as cases
from rangkul.conferences import events as conferences
from rangkul.custody import events as custody
from rangkul.desk import wording
from rangkul.desk.reasons import reason_words
from rangkul.shelter import events as shelter

# The guests' and the coordinator's acts stand on no case.
_ON_NO_CASE = {
    conferences.CONFERENCE_PROPOSED, conferences.PROPOSAL_ANSWERED, conferences.SEAT_ANSWERED,
    conferences.DECISION_ENDED,
}  # fmt: skip
_ON_A_CASE = {
    *(value for name, value in vars(conferences).items() if name.isupper()),
    *(value for name, value in vars(custody).items() if name.isupper()),
    shelter.PLACE_ASKED, shelter.PLACED, shelter.REFUSED, shelter.TAKEN_OFF_LIST, shelter.ARRIVED,
    shelter.STAY_ENDED, shelter.SEARCH_ENDED, *cases.TIMELINE,
} - _ON_NO_CASE  # fmt: skip


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_act_on_a_case_has_a_title(language: str) -> None:
    with translation.override(language):
        titles = {name: wording.act_title(name) for name in sorted(_ON_A_CASE)}
    assert [name for name, title in titles.items() if title == name] == []
    assert wording.act_title("no.such_act") == "no.such_act"


@pytest.mark.parametrize(
    ("act", "code"),
    [
        ("transfer.offered", "lives_there"), ("custody.access_ended", "last_day"),
        ("conference.cancelled", "survivor_wish"), ("conference.facts_shared", "taken_back"),
        ("shelter.stay_ended", "missing"), ("shelter.taken_off_list", "other_place"),
    ],
)  # fmt: skip
def test_a_reason_is_said_in_words(act: str, code: str) -> None:
    said = []
    for language in ("id", "en"):
        with translation.override(language):
            said.append(reason_words(act, code))
    assert code not in said
    assert said[0] != said[1]
    assert reason_words("no.such_act", code) == code


def test_the_titles_differ_between_the_languages() -> None:
    with translation.override("id"):
        indonesian = wording.act_title(shelter.PLACED)
    with translation.override("en"):
        assert wording.act_title(shelter.PLACED) != indonesian
