"""The check of a job offer: whole in both languages, steady, and never a verdict."""

from __future__ import annotations

import re
from dataclasses import fields
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.assessments import job_offer
from rangkul.assessments.job_offer import LANGUAGES, MOST, Advice, Reply, Road, Words, weigh
from rangkul.reference.models import Mark

ROADS = tuple(Road)
roads = st.sampled_from(ROADS)
# Whatever a browser, or somebody who is no browser, may send.
replies = st.sampled_from(["ya", "tidak", "belum", "", "YA", "1", "\x00", "mungkin"])


def _bad(road: Road) -> dict[str, str]:
    return {one.code: str(one.sign) for one in job_offer.questions(road)}


def _good(road: Road) -> dict[str, str]:
    other = {Reply.YES: Reply.NO, Reply.NO: Reply.YES}
    return {one.code: str(other[one.sign]) for one in job_offer.questions(road)}


@pytest.mark.parametrize("road", ROADS)
def test_twelve_questions_and_no_more(road: Road) -> None:
    assert len(job_offer.questions(road)) == MOST == 12


@pytest.mark.parametrize("road", ROADS)
def test_every_question_says_everything_in_both_languages(road: Road) -> None:
    for question in job_offer.questions(road):
        for language in LANGUAGES:
            words = question.words[language]
            empty = [one.name for one in fields(Words) if not getattr(words, one.name).strip()]
            assert not empty, (question.code, language, empty)
            assert words.ask.endswith("?")
            assert words.why.endswith(".") and words.meaning.endswith(".")
            assert not words.title.endswith(".")
        assert question.articles
        for article in question.articles:
            assert re.fullmatch(r"UU \d+/\d{4} pasal \d+", article.named("id"))
            assert re.fullmatch(r"Law \d+/\d{4}, article \d+", article.named("en"))
            assert article.mark in Mark


def test_what_the_house_has_read_in_the_law_is_marked_so_and_nothing_else() -> None:
    """The design's domain text says which articles were read; the rest says that they were not."""
    read = {("18/2017", "13"), ("18/2017", "51"), ("21/2007", "1"), ("21/2007", "18"),
            ("21/2007", "26")}  # fmt: skip
    for road in ROADS:
        for question in job_offer.questions(road):
            for article in question.articles:
                assert (article.mark is Mark.LAW) == ((article.law, article.number) in read)


def test_the_eight_papers_of_article_13() -> None:
    assert [len(job_offer.papers(language)) for language in LANGUAGES] == [8, 8]


@given(roads, st.dictionaries(st.text(max_size=12), replies, max_size=30))
def test_whatever_is_sent_comes_to_something(road: Road, sent: dict[str, str]) -> None:
    found = weigh(road, sent)
    assert found.asked == 12
    assert len(found.signs) + len(found.unknown) <= 12
    assert not {one.code for one in found.signs} & {one.code for one in found.unknown}
    assert found.advice in Advice


@given(roads, st.data())
def test_a_worse_answer_never_lowers_the_count_nor_the_advice(
    road: Road, data: st.DataObject
) -> None:
    asked = job_offer.questions(road)
    good, bad = _good(road), _bad(road)
    before = {
        one.code: data.draw(st.sampled_from([good[one.code], "belum", bad[one.code]]))
        for one in asked
    }
    worse = dict(before)
    changed = data.draw(st.sampled_from(asked)).code
    ladder = [good[changed], "belum", bad[changed]]
    worse[changed] = data.draw(st.sampled_from(ladder[ladder.index(before[changed]) :]))
    first, second = weigh(road, before), weigh(road, worse)
    assert len(second.signs) >= len(first.signs)
    assert second.advice >= first.advice
    # What is not sure any more has to be asked, or it is a sign already.
    assert {one.code for one in first.signs + first.unknown} <= {
        one.code for one in second.signs + second.unknown
    }


@pytest.mark.parametrize("road", ROADS)
def test_not_known_is_something_to_ask_and_no_sign(road: Road) -> None:
    found = weigh(road, {})
    assert (found.signs, len(found.unknown), found.answered) == ((), 12, 0)
    assert found.advice is Advice.ASK_FIRST


@pytest.mark.parametrize("road", ROADS)
def test_nothing_and_everything(road: Road) -> None:
    assert weigh(road, _good(road)).advice is Advice.GO_ON
    worst = weigh(road, _bad(road))
    assert (len(worst.signs), worst.advice) == (12, Advice.STOP_FIRST)


@pytest.mark.parametrize(("road", "code"), [
    (road, one.code) for road in ROADS for one in job_offer.questions(road)
])  # fmt: skip
def test_one_sign_alone_is_told_by_its_weight(road: Road, code: str) -> None:
    found = weigh(road, _good(road) | {code: _bad(road)[code]})
    (sign,) = found.signs
    assert sign.code == code
    assert found.advice is (Advice.STOP_FIRST if sign.heavy else Advice.TAKE_CARE)


def test_three_light_signs_speak_as_loud_as_a_heavy_one() -> None:
    light = [one.code for one in job_offer.questions(Road.ABROAD) if not one.heavy]
    signs = _good(Road.ABROAD) | {code: _bad(Road.ABROAD)[code] for code in light[:3]}
    assert weigh(Road.ABROAD, signs).advice is Advice.STOP_FIRST
    signs = _good(Road.ABROAD) | {code: _bad(Road.ABROAD)[code] for code in light[:2]}
    assert weigh(Road.ABROAD, signs).advice is Advice.TAKE_CARE


def test_the_signs_of_the_survivors_account_are_all_there() -> None:
    """Domain, *Red flags*: each of the account's signs has its question."""
    codes = {one.code for one in job_offer.questions(Road.ABROAD)}
    assert {"paspor_cepat", "izin", "ajakan", "janji", "kontrak", "biaya", "surat", "tekanan",
            "jalur", "visa", "syarat"} <= codes  # fmt: skip


# No screen of this house blames, and no sign concludes.
_BLAME = re.compile(
    r"\b(bodoh|salah Anda|ceroboh|korban|pelaku|penipu|your fault|stupid|careless|victim|liar)\b",
    re.IGNORECASE,
)


def test_no_word_blames_or_judges() -> None:
    for road, language in product(ROADS, LANGUAGES):
        for question in job_offer.questions(road):
            words = question.words[language]
            said = " ".join(getattr(words, one.name) for one in fields(Words))
            assert not _BLAME.search(said), (question.code, language, _BLAME.search(said))
    assert _BLAME.search("Anda adalah korban.")


def test_each_page_has_somebody_to_call_in_both_languages() -> None:
    for when in (*ROADS, "abroad", "pressed"):
        called = job_offer.contacts(str(when))
        assert called, when
        for contact in called:
            assert re.fullmatch(r"\+?\d{3,14}", contact.dial)
            assert re.sub(r"[ -]", "", contact.shown) == contact.dial
            assert all(
                contact.names[language] and contact.notes[language] for language in LANGUAGES
            )
