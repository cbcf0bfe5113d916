"""What is too long is never cut: it is said, nothing is stored, and every word is still there."""

from __future__ import annotations

import html

import pytest
from django.http import HttpRequest, QueryDict
from tests.people import NOW, Cast
from tests.web.files import NAME, number_of, open_file, signed_in
from tests.web.forms import forms_of

from rangkul.assessments.answers import Answers
from rangkul.cases import operations as cases
from rangkul.cases.models import Note
from rangkul.desk.page import TooLong, text, typed
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.scope import acting
from rangkul.people import queries as people
from rangkul.people.models import Person
from rangkul.reports import operations as reports
from rangkul.reports import queries as report_queries

LONG = "Gang Marlina nomor tujuh, belakang musala. " * 15


@pytest.mark.parametrize(("signs", "limit"), [(400, 400), (401, 400), (0, 0)])
def test_a_field_is_whole_or_refused(signs: int, limit: int) -> None:
    request = HttpRequest()
    request.POST = QueryDict(mutable=True)
    request.POST["address"] = f"  {'a' * signs}\r\n"
    assert typed(request, "address") == "a" * signs
    if signs <= limit:
        assert text(request, "address", limit) == "a" * signs
        return
    with pytest.raises(TooLong) as caught:
        text(request, "address", limit)
    assert caught.value.errors == {"address": "too_long"}
    assert (caught.value.name, caught.value.limit) == ("address", limit)


@pytest.mark.usefixtures("committed_db")
@pytest.mark.parametrize(
    ("name", "words"),
    [("address", LONG), ("full_name", LONG), ("how", LONG), ("code_word", LONG),
     ("aliases", LONG.replace(",", ""))],
)  # fmt: skip
def test_a_person_is_refused_whole(cast: Cast, name: str, words: str) -> None:
    file = open_file(cast.ratih)
    browser, here = signed_in(cast.ratih), f"/kasus/{number_of(file)}/orang/"
    form = {"part": "kin", "full_name": "Bukan Siapa"} | {name: words}
    answer = browser.post(f"{here}tambah/", form)
    assert answer.status_code == 422
    page = html.unescape(answer.content.decode())
    assert words.strip() in page
    assert 'id="person-form"' in page
    assert "Nothing was cut" in page
    assert page.count('class="field-error"') == 1
    with acting(cast.ratih):
        parts = [each.part for each in people.list_people(cast.ratih, file.case_id)]
    assert parts == [Person.SURVIVOR]


@pytest.mark.usefixtures("committed_db")
def test_a_form_without_a_place_for_it_comes_back_whole_and_goes_through_shortened(
    cast: Cast,
) -> None:
    file = open_file(cast.ratih)
    browser, address = signed_in(cast.ratih), f"/kasus/{number_of(file)}/perjalanan/risiko/"
    words = "Ia pindah rumah. " * 2_000
    answer = browser.post(address, {"risk": "tinggi", "reason": "", "words": words})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words.strip() in page
    with acting(cast.ratih):
        assert not Note.objects.filter(case_id=file.case_id).exists()
    form = next(f for f in forms_of(address, page) if "risk" in f.names)
    assert form.action == address
    assert form.values["risk"] == ["tinggi"]
    kept = {name: values[0] for name, values in form.values.items() if name}
    assert browser.post(address, kept | {"words": "Ia pindah rumah."}).status_code == 302
    with acting(cast.ratih):
        assert Note.objects.filter(case_id=file.case_id).count() == 1


@pytest.mark.usefixtures("committed_db")
def test_a_page_that_shows_the_words_again_covers_what_they_hold(cast: Cast) -> None:
    file = open_file(cast.ratih)
    address = f"/kasus/{number_of(file)}/perjalanan/risiko/"
    words = "<script>alert(1)</script>" + "a" * 30_000
    page = signed_in(cast.ratih).post(address, {"risk": '"><i>', "words": words}).content.decode()
    assert "<script>alert(1)" not in page
    assert '"><i>' not in page


@pytest.mark.usefixtures("committed_db")
def test_a_draft_report_keeps_all_that_was_typed_and_is_refused_when_sent(cast: Cast) -> None:
    with acting(cast.joko):
        draft = reports.begin_report(by=cast.joko, at=NOW)
    address = f"/laporan/{report_queries.report_number(draft.id)}/isi/"
    words = ("Ia menelepon dari wartel. " * 1_000).strip()
    browser = signed_in(cast.joko)
    sent = {"version": str(draft.version), "account": words, "do": "keep"}
    assert browser.post(address, sent).status_code == 302
    with acting(cast.joko):
        kept = report_queries.unseal(report_queries.get_report(cast.joko, draft.id))
    assert kept.content.account == words
    received = browser.post(address, sent | {"do": "receive"})
    assert received.status_code in (409, 422)


@pytest.mark.usefixtures("committed_db")
@pytest.mark.parametrize("where", ["account", "incident"])
def test_a_file_is_not_opened_with_half_an_account(cast: Cast, where: str) -> None:
    account = "a" * 20_001
    opening = cases.Opening(
        area="33.74", categories=("ktk",), triage=Answers.of({}),
        account=account if where == "account" else "",
        incident=cases.IncidentFacts(account=account if where == "incident" else ""),
    )  # fmt: skip
    with acting(cast.ratih), pytest.raises(InvalidInput) as caught:
        cases.open_file(opening=opening, by=cast.ratih, at=NOW)
    assert caught.value.errors == {"account": "too_long"}
    assert NAME not in str(caught.value)
