"""Checking a job offer: twelve questions, signs with their articles, whom to call; no trace."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from html import unescape
from typing import Any

import pytest
from tests import visitors
from tests.clients import Client
from tests.rows import as_owner

from rangkul.assessments import job_offer, offer_counts
from rangkul.assessments.job_offer import Road
from rangkul.assessments.offer_counts import Tally

PLACES = {"id": "/info/kerja/", "en": "/en/info/kerja/"}
_KEPT_NOWHERE = (
    "What is answered about a job offer leaves nothing: no row, no cookie, no log, no address."
)

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def tally(monkeypatch: pytest.MonkeyPatch) -> Tally:
    """This process's counts, begun anew."""
    made = Tally()
    monkeypatch.setattr(offer_counts, "_tally", made)
    return made


@pytest.fixture
def browser(tally: Tally) -> Client:
    """Somebody whom nobody knows."""
    return Client()


def shown(answer: Any) -> str:
    return " ".join(unescape(answer.content.decode()).split())


def bad(road: Road, *codes: str) -> dict[str, str]:
    """Answers that are signs for these questions, or for all; the others are answered well."""
    other = {"ya": "tidak", "tidak": "ya"}
    return {
        one.code: str(one.sign) if not codes or one.code in codes else other[str(one.sign)]
        for one in job_offer.questions(road)
    }


def sent(browser: Client, language: str = "id", **fields: str) -> Any:
    return browser.post(PLACES[language], fields)


def test_the_other_language_shows_the_same_signs_and_counts_nothing(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[object] = []
    monkeypatch.setattr(offer_counts, "count", lambda finding, at: counted.append(finding))
    answers = {"where": "luar", "done": "1", **bad(Road.ABROAD, "izin")}
    page = sent(browser, **answers).content.decode()
    address, fields = visitors.other_language(page)
    assert address == PLACES["en"]
    again = sent(browser, "en", **fields).content.decode()
    signs = [page.count("<details"), again.count("<details")]
    assert signs[0] == signs[1] > 0
    assert len(counted) == 1


PICTURE = ("paspor_cepat", "izin", "biaya", "kontrak", "visa")
"""The five signs of the picture 08b."""


def test_the_start_asks_where_and_offers_help_first(browser: Client) -> None:
    for language in PLACES:
        page = shown(browser.get(PLACES[language]))
        for where in ("luar", "dalam", "belum", "abroad", "pressed"):
            assert f'name="where" value="{where}"' in page
    assert "Kerjanya di mana?" in shown(browser.get(PLACES["id"]))
    assert "Where would the work be?" in shown(browser.get(PLACES["en"]))


@pytest.mark.parametrize("language", PLACES)
@pytest.mark.parametrize(("where", "road"), [
    ("luar", Road.ABROAD), ("belum", Road.ABROAD), ("dalam", Road.HOME),
])  # fmt: skip
def test_twelve_questions_each_with_its_why_and_three_answers(
    browser: Client, language: str, where: str, road: Road
) -> None:
    page = shown(sent(browser, language, where=where))
    assert page.count("<fieldset") == page.count("<legend") == 12
    for question in job_offer.questions(road):
        words = question.words[language]
        assert words.ask in page and words.why in page
        answers = re.findall(rf'name="{question.code}" value="(\w+)"', page)
        assert answers == ["ya", "tidak", "belum"]
    assert " checked" not in page
    assert f'name="where" value="{where}"' in page


def test_five_of_twelve_as_in_the_picture(browser: Client) -> None:
    page = shown(sent(browser, where="luar", done="1", **bad(Road.ABROAD, *PICTURE)))
    assert "<h1>Berhenti dulu sebelum berangkat</h1>" in page
    assert "5 dari 12 tanda bahaya" in page
    assert page.count('<i class="on">') == 5 and page.count("<i>") == 7
    titles = [one.words["id"].title for one in job_offer.questions(Road.ABROAD)
              if one.code in PICTURE]  # fmt: skip
    assert [page.index(f"{title}</h3>") for title in titles] == sorted(
        page.index(f"{title}</h3>") for title in titles
    )
    assert "Anda tidak salah karena bertanya" in page
    assert "UU 18/2017 pasal 51" in page and "UU 18/2017 pasal 30*" in page
    assert "Pasal ini masih perlu kami cek lagi" in page
    assert "Jangan serahkan KTP dan paspor asli" in page
    assert 'href="tel:129"' in page and 'href="tel:08001000"' in page
    assert page.index("Yang bisa dilakukan sekarang") < page.index("Siapa yang bisa ditelepon")
    english = shown(sent(browser, "en", where="luar", done="1", **bad(Road.ABROAD, *PICTURE)))
    assert "5 of 12 signs" in english and "Law 18/2017, article 51" in english
    assert "tanda" not in english.replace("Bahasa Indonesia", "")


def test_each_sign_comes_with_its_meaning_what_to_do_and_what_to_ask(browser: Client) -> None:
    for road in Road:
        page = shown(sent(browser, where=str(road), done="1", **bad(road)))
        assert "12 dari 12 tanda bahaya" in page
        for question in job_offer.questions(road):
            words = question.words["id"]
            assert words.meaning in page and words.act in page
            assert f"<li>{words.agent}</li>" in page


def test_inside_indonesia_nobody_is_asked_for_a_passport(browser: Client) -> None:
    page = shown(sent(browser, where="dalam", done="1", **bad(Road.HOME)))
    assert "SIP3MI" not in page and "KP2MI" not in page and "paspor jadi" not in page.lower()
    assert "dinas tenaga kerja" in page


def test_not_known_becomes_a_question_and_no_sign(browser: Client) -> None:
    answers = bad(Road.ABROAD) | dict.fromkeys(bad(Road.ABROAD), "belum") | {"visa": "tidak"}
    page = shown(sent(browser, where="luar", done="1", **answers))
    assert "0 dari 12 tanda bahaya" in page
    assert "Belum ada tanda, tetapi ada yang perlu ditanya" in page
    assert "Yang Anda temui" not in page
    asked = {one.code: one.words["id"].agent for one in job_offer.questions(Road.ABROAD)}
    assert f"<li>{asked.pop('visa')}</li>" not in page
    assert all(f"<li>{words}</li>" in page for words in asked.values())


def test_nothing_met_is_no_promise(browser: Client) -> None:
    good = {code: {"ya": "tidak", "tidak": "ya"}[given] for code, given in bad(Road.HOME).items()}
    page = shown(sent(browser, where="dalam", done="1", **good))
    assert "Tidak ada tanda dari jawaban Anda" in page
    assert "bukan jaminan" in page


def test_nothing_answered_comes_back_with_a_kind_word(browser: Client, tally: Tally) -> None:
    answer = sent(browser, where="luar", done="1", izin="belum")
    assert answer.status_code == 422
    page = shown(answer)
    assert "Satu jawaban sudah cukup" in page
    assert 'name="izin" value="belum" checked' in page
    assert tally._exact == {}


@pytest.mark.parametrize(("where", "numbers"), [
    ("abroad", ["+622129244800", "+6281290070027"]),
    ("pressed", ["110", "129", "119", "112", "08001000"]),
])  # fmt: skip
def test_in_need_numbers_come_first_and_no_questions(
    browser: Client, tally: Tally, where: str, numbers: list[str]
) -> None:
    page = shown(sent(browser, where=where, **bad(Road.ABROAD)))
    assert re.findall(r'href="tel:([^"]+)"', page) == numbers
    assert "<fieldset" not in page and "dari 12" not in page
    assert page.index("tel:") < page.index("Sambil menunggu")
    assert tally._exact == {}


def test_an_unverified_number_says_so(browser: Client) -> None:
    page = shown(sent(browser, where="abroad"))
    assert page.count("Nomor ini belum kami coba") == 1


@pytest.mark.parametrize("fields", [
    {"where": "bulan"}, {"where": ""}, {}, {"done": "1"}, {"where": "luar\x00"},
    {"where": "LUAR", "done": "1", "izin": "tidak"},
])  # fmt: skip
def test_what_no_button_sends_leads_to_the_start(browser: Client, fields: dict[str, str]) -> None:
    answer = sent(browser, **fields)
    assert answer.status_code == 200
    assert "Kerjanya di mana?" in shown(answer)


def test_answers_in_an_address_are_not_read(browser: Client, tally: Tally) -> None:
    page = shown(browser.get(PLACES["id"], {"where": "luar", "done": "1", "izin": "tidak"}))
    assert "Kerjanya di mana?" in page and "SIP3MI" not in page
    assert tally._exact == {}


# -- a note to keep -----------------------------------------------------------------------------


def _note(page: str) -> str:
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert found
    return found[1]


@pytest.mark.parametrize("language", PLACES)
def test_the_note_names_no_page_and_no_house(browser: Client, language: str) -> None:
    answer = sent(browser, language, where="luar", done="1", **bad(Road.ABROAD, *PICTURE))
    note = unescape(_note(answer.content.decode()))
    assert "http" not in note and "/info" not in note and "Rangkul" not in note
    assert "perdagangan orang" not in note and "traffick" not in note
    for one in job_offer.questions(Road.ABROAD):
        assert (one.words[language].title in note) == (one.code in PICTURE)
    assert "129" in note and "5" in note


def test_on_paper_stands_the_note_alone(browser: Client) -> None:
    answer = sent(browser, where="dalam", done="1", **bad(Road.HOME, "surat"))
    page = answer.content.decode()
    printed = re.search(r'<pre class="print-only"[^>]*>(.*?)</pre>', page, re.DOTALL)
    assert printed and printed[1] == _note(page)
    main = page[page.index("<main") : page.index("</main>")]
    assert main.count('class="all-of-it no-print"') == 1
    assert main.index("all-of-it") < main.index("<p class")
    assert re.search(r"</div>\s*<pre class=\"print-only\"", main)


def test_links_carry_no_answer(browser: Client) -> None:
    page = shown(sent(browser, where="luar", done="1", **bad(Road.ABROAD)))
    links = set(re.findall(r'(?:href|action)="([^"#]+)', page))
    assert not [link for link in links if "?" in link]
    assert not [link for link in links if re.match(r"https?:", link) and "bmkg" not in link]


# -- no trace -----------------------------------------------------------------------------------


def _rows() -> Mapping[str, int]:
    with as_owner() as owner:
        names = owner.execute(
            "select format('%I.%I', schemaname, tablename) from pg_tables "
            "where schemaname in ('public', 'house')"
        ).fetchall()
        return {
            name: owner.execute(f"select count(*) from {name}").fetchone()[0] for (name,) in names
        }


def _whole_check(browser: Client) -> list[Any]:
    answers = []
    for language in PLACES:
        for road in Road:
            answers += [
                browser.get(PLACES[language]),
                sent(browser, language, where=str(road)),
                sent(browser, language, where=str(road), done="1", **bad(road, "izin", "surat")),
            ]
        answers += [sent(browser, language, where=where) for where in ("abroad", "pressed")]
    return answers


def _traces(browser: Client, answers: list[Any], before: Mapping[str, int], told: str) -> list[str]:
    """What a check has left behind, in the words of whoever looks for it."""
    found = [f"cookie {name}" for name in browser.cookies]
    found += [f"rows of {name}" for name, count in _rows().items() if count != before.get(name)]
    found += [f"logged {word}" for word in ("izin", "surat", "kerja/", "tidak") if word in told]
    for answer in answers:
        found += [f"header {name}" for name, value in answer.headers.items() if "izin" in value]
        if answer.headers.get("Cache-Control") != "no-store":
            found.append("kept by a cache")
        if answer.headers.get("Referrer-Policy") != "no-referrer":
            found.append("told to the next page")
        if not re.search(r"<title>Informa(si|tion)</title>", answer.content.decode()):
            found.append("title")
    return sorted(set(found))


@pytest.mark.promise("offers-leave-nothing", chapter="web", sentence=_KEPT_NOWHERE)
def test_a_whole_check_leaves_nothing(
    browser: Client, figure: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="rangkul")
    caplog.set_level(logging.DEBUG, logger="django.request")
    before = _rows()
    answers = _whole_check(browser)
    traces = _traces(browser, answers, before, caplog.text)
    figure(
        f"{len(answers)} pages of checks in both languages: {len(traces)} traces in "
        f"{len(before)} tables, the cookies, the log and the headers"
    )
    assert traces == []


@pytest.mark.planted("offers-leave-nothing")
def test_planted_traces_are_found(
    browser: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A log line, a row and a cookie, as careless hands would leave them."""
    caplog.set_level(logging.DEBUG, logger="rangkul")
    before = _rows()
    weigh = job_offer.weigh

    def careless(road: Road, replies: Mapping[str, str]) -> job_offer.Finding:
        logging.getLogger("rangkul.offers").info("answered %s", dict(replies))
        made = Tally()
        made.turn_to(offer_counts._day_of(offer_counts.hour.now()))
        made.finish()
        offer_counts.store(made)
        return weigh(road, replies)

    monkeypatch.setattr(job_offer, "weigh", careless)
    answers = _whole_check(browser)
    browser.cookies["answers"] = "izin"
    traces = _traces(browser, answers, before, caplog.text)
    assert "cookie answers" in traces
    assert "rows of public.assessments_offercount" in traces
    assert "logged izin" in traces


def test_a_finished_check_is_counted_and_nothing_before_it(browser: Client, tally: Tally) -> None:
    browser.get(PLACES["id"])
    sent(browser, where="luar")
    assert tally._exact == {}
    sent(browser, where="luar", done="1", **bad(Road.ABROAD, "izin"))
    sent(browser, "en", where="dalam", done="1", **bad(Road.HOME, "surat", "umur"))
    assert tally._exact == {
        "luar/checked": 1, "luar/izin": 1,
        "dalam/checked": 1, "dalam/surat": 1, "dalam/umur": 1,
    }  # fmt: skip
