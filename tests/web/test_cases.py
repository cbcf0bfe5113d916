"""The caseload and the case file: covers without names, notes that stay, readings recorded."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.people import NOW, Cast
from tests.web.files import NAME, number_of, open_file, signed_in

from rangkul.cases import operations as cases
from rangkul.cases import queries as case_queries
from rangkul.custody import operations as custody
from rangkul.foundation.scope import acting
from rangkul.trail import queries as trail

pytestmark = pytest.mark.usefixtures("committed_db")


def acts(cast: Cast, case_id: int) -> list[str]:
    """The names of the acts on a case, newest first, as its supervisor reads them."""
    with acting(cast.wahyuni):
        return [entry.name for entry in trail.list_case(cast.wahyuni, case_id)]


# -- the list ---------------------------------------------------------------------------------


@pytest.mark.parametrize("files", [1, 3])
def test_the_list_costs_a_constant_number_of_queries(cast: Cast, files: int) -> None:
    for _ in range(files):
        open_file(cast.ratih)
    browser = signed_in(cast.ratih)
    browser.get("/kasus/")
    with CaptureQueriesContext(connection) as asked:
        page = browser.get("/kasus/")
    assert page.status_code == 200
    assert page.content.decode().count('name="case"') == files
    assert len(asked) == 8, [q["sql"][:80] for q in asked]


def test_the_list_shows_no_name_until_asked_and_records_the_asking(cast: Cast) -> None:
    file = open_file(cast.ratih)
    browser = signed_in(cast.ratih)
    covered = browser.get("/kasus/").content.decode()
    assert NAME not in covered
    assert "Lina" not in covered
    assert file.pseudonym in covered
    shown = browser.post("/kasus/nama/", {"case": [number_of(file)]}).content.decode()
    assert "Lina" in shown
    with acting(cast.ratih):
        since = NOW.replace(year=2020)
        assert trail.list_own(cast.ratih, names=["identity.names_shown"], since=since)


def test_a_companion_sees_only_what_she_carries_and_a_supervisor_the_unit(cast: Cast) -> None:
    mine, theirs = open_file(cast.ratih), open_file(cast.nining)
    seen = signed_in(cast.ratih).get("/kasus/").content.decode()
    assert number_of(mine) in seen
    assert number_of(theirs) not in seen
    unit = signed_in(cast.wahyuni).get("/kasus/").content.decode()
    assert number_of(mine) in unit
    assert number_of(theirs) in unit


def test_the_twentieth_page_is_reached_by_its_mark_and_a_damaged_mark_is_the_first(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_queries, "PAGE", 2)
    numbers = [number_of(open_file(cast.ratih)) for _ in range(5)]
    browser, address, met = signed_in(cast.ratih), "/kasus/", []
    for _ in range(3):
        page = browser.get(address).content.decode()
        met += re.findall(r'name="case" value="([^"]+)"', page)
        older = re.search(r'href="(\?[^"]*sebelum=[^"]+)"', page)
        address = "/kasus/" + older.group(1).replace("&amp;", "&") if older else ""
        if not address:
            break
    assert sorted(met) == sorted(numbers)
    assert len(met) == len(set(met))
    assert browser.get("/kasus/?sebelum=xx-1").status_code == 200


# -- the file ---------------------------------------------------------------------------------


def test_the_file_covers_the_identity_and_opening_is_recorded_with_its_reason(cast: Cast) -> None:
    file = open_file(cast.ratih)
    browser, here = signed_in(cast.ratih), f"/kasus/{number_of(file)}/"
    page = browser.get(here).content.decode()
    assert NAME not in page
    assert "081234567890" not in page
    opened = browser.post(f"{here}identitas/", {"reason": "menghubungi"}).content.decode()
    assert NAME in opened
    assert "identity.opened" in acts(cast, file.case_id)
    # Without a reason nothing opens.
    assert browser.post(f"{here}identitas/", {"reason": "iseng"}).status_code == 302
    assert browser.post(f"{here}identitas/", {"reason": "other", "words": ""}).status_code == 302


def test_one_s_own_reason_is_sealed_and_never_in_the_trail_s_clear_columns(cast: Cast) -> None:
    file = open_file(cast.ratih)
    words = "Ibu gurunya menelepon"
    signed_in(cast.ratih).post(
        f"/kasus/{number_of(file)}/identitas/", {"reason": "other", "words": words}
    )
    with acting(cast.ratih), connection.cursor() as cursor:
        cursor.execute("select reason, detail::text, note_sealed from trail_act")
        rows = cursor.fetchall()
    assert any(row[2] is not None for row in rows)
    assert not any(words in f"{row[0]}{row[1]}" for row in rows)


def test_reading_the_page_with_notes_is_recorded(cast: Cast) -> None:
    file = open_file(cast.ratih, account="Datang sendiri.")
    signed_in(cast.ratih).get(f"/kasus/{number_of(file)}/")
    assert "notes.read" in acts(cast, file.case_id)


@pytest.mark.parametrize("who", ["yohana", "andi", "darto", "sinta"])
def test_others_find_nothing(cast: Cast, who: str) -> None:
    file = open_file(cast.ratih)
    browser, number = signed_in(getattr(cast, who)), number_of(file)
    for part in ("", "rencana/", "orang/", "kejadian/", "jejak/", "catatan/"):
        assert browser.get(f"/kasus/{number}/{part}").status_code in (403, 404)
    assert browser.get("/kasus/RK-0000-0000/").status_code in (403, 404)


def test_a_mistyped_number_is_not_asked_of_the_database(cast: Cast) -> None:
    number = number_of(open_file(cast.ratih))
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    browser = signed_in(cast.ratih)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(f"/kasus/{wrong}/").status_code == 404
    assert not any("cases_casefile" in q["sql"] for q in asked)
    with CaptureQueriesContext(connection) as right:
        assert browser.get(f"/kasus/{number}/").status_code == 200
    assert any("cases_casefile" in q["sql"] for q in right)


# -- notes ------------------------------------------------------------------------------------


def test_a_note_is_saved_withdrawn_and_refiled_and_all_remain(cast: Cast) -> None:
    file = open_file(cast.ratih)
    browser, here = signed_in(cast.ratih), f"/kasus/{number_of(file)}/"
    written = browser.post(f"{here}catatan/", {"body": "Bertemu ibunya.", "kind": "visit"})
    assert written.status_code == 302
    with acting(cast.ratih):
        note = case_queries.list_notes(cast.ratih, file.case_id)[0].note
    answer = browser.post(
        f"{here}catatan/{note.id}/perbaiki/", {"body": "Bertemu bibinya.", "reason": "keliru"}
    )
    assert answer.status_code == 302
    page = browser.get(here).content.decode()
    assert "Bertemu ibunya." in page
    assert "Bertemu bibinya." in page
    # Twice is once: the second finds it withdrawn.
    again = browser.post(f"{here}catatan/{note.id}/tarik/", {"reason": "keliru"})
    assert again.status_code == 409
    assert acts(cast, file.case_id).count("note.refiled") == 1


def test_a_colleague_does_not_alter_another_s_note(cast: Cast) -> None:
    file = open_file(cast.ratih)
    with acting(cast.ratih):
        note = cases.write_note(case_id=file.case_id, body="Tenang.", by=cast.ratih, at=NOW)
    with acting(cast.wahyuni):
        custody.assign(case_id=file.case_id, user_id=cast.nining.user_id, by=cast.wahyuni, at=NOW)
    address = f"/kasus/{number_of(file)}/catatan/{note.id}/tarik/"
    assert signed_in(cast.nining).post(address, {"reason": "keliru"}).status_code == 403


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"body": "   "}, "note-error"),
        ({"body": "x" * 20_001}, "note-error"),
        ({"body": "Besok.", "happened_at": "2999-01-01T10:00"}, 'class="field-error"'),
        ({"body": "Kapan?", "happened_at": "kemarin"}, 'class="field-error"'),
    ],
)
def test_what_cannot_be_a_note_is_said_and_kept(
    cast: Cast, given: dict[str, str], said: str
) -> None:
    file = open_file(cast.ratih)
    answer = signed_in(cast.ratih).post(f"/kasus/{number_of(file)}/catatan/", given)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert given["body"].strip()[:50] in page


# -- people, plan, incident -------------------------------------------------------------------


def test_a_suspect_s_relation_gives_the_realm_and_only_that(cast: Cast) -> None:
    file = open_file(cast.ratih)
    browser, here = signed_in(cast.ratih), f"/kasus/{number_of(file)}/"
    added = browser.post(
        f"{here}orang/tambah/",
        {"part": "suspect", "full_name": "Bukan Siapa", "relation": "majikan",
         "contact_allowed": "tidak"},
    )  # fmt: skip
    assert added.status_code == 302
    people = browser.get(f"{here}orang/").content.decode()
    assert "Bukan Siapa" not in people
    assert "komunitas" in people.lower() or "community" in people.lower()


@pytest.mark.parametrize(
    ("name", "value"),
    [("relation", "sahabat_uji"), ("sex", "Q"), ("area", "99.99"), ("birth_year", "1700"),
     ("part", "tetangga")],
)  # fmt: skip
def test_a_person_form_says_beside_the_field_what_no_list_holds(
    cast: Cast, name: str, value: str
) -> None:
    file = open_file(cast.ratih)
    browser, here = signed_in(cast.ratih), f"/kasus/{number_of(file)}/orang/"
    typed = {"part": "kin", "full_name": "Bukan Siapa"} | {name: value}
    answer = browser.post(f"{here}tambah/", typed)
    assert answer.status_code == 422
    assert answer.content.decode().count('class="field-error"') == 1
    assert browser.get(here).status_code == 200


def test_a_stale_person_form_shows_both_and_loses_nothing(cast: Cast) -> None:
    file = open_file(cast.ratih)
    browser, here = signed_in(cast.ratih), f"/kasus/{number_of(file)}/"
    page = browser.get(f"{here}orang/").content.decode()
    found = re.search(r"/orang/([0-9a-f-]{36})/", page)
    assert found
    address = f"{here}orang/{found.group(1)}/"
    typed = {"version": "1", "full_name": NAME, "called_name": "Lala", "sex": "P"}
    assert browser.post(address, typed).status_code == 302
    late = browser.post(address, typed | {"called_name": "Lili"})
    assert late.status_code == 409
    assert "Lala" in late.content.decode()
    assert "Lili" in late.content.decode()


def test_a_need_goes_into_the_plan_and_moves_only_legally(cast: Cast) -> None:
    file = open_file(cast.ratih)
    browser, here = signed_in(cast.ratih), f"/kasus/{number_of(file)}/rencana/"
    assert browser.post(here, {"words": "Mau pulang", "service": "pemulangan"}).status_code == 302
    assert browser.post(here, {"words": "Apa", "service": "sihir"}).status_code == 422
    with acting(cast.ratih):
        need = case_queries.list_needs(cast.ratih, file.case_id)[0].need
    assert browser.post(f"{here}{need.id}/", {"move": "meet"}).status_code == 302
    assert browser.post(f"{here}{need.id}/", {"move": "meet"}).status_code == 409


def test_the_incident_keeps_what_two_people_write(cast: Cast) -> None:
    file = open_file(cast.ratih)
    browser, here = signed_in(cast.ratih), f"/kasus/{number_of(file)}/kejadian/"
    first = {"version": "1", "account": "Dijanjikan kerja di kapal.", "process": ["perekrutan"]}
    assert browser.post(here, first).status_code == 302
    late = browser.post(here, {"version": "1", "account": "Kata yang lain."})
    assert late.status_code == 409
    assert "Kata yang lain." in late.content.decode()
    assert "Dijanjikan kerja di kapal." in late.content.decode()


def test_the_access_trail_names_every_act(cast: Cast) -> None:
    file = open_file(cast.ratih, account="Datang sendiri.")
    browser = signed_in(cast.ratih)
    browser.get(f"/kasus/{number_of(file)}/")
    page = browser.get(f"/kasus/{number_of(file)}/jejak/").content.decode()
    for words in ("File opened", "Notes read", "Companion assigned"):
        assert words in page


# -- today ------------------------------------------------------------------------------------


def test_today_puts_the_overdue_first_and_shows_no_name(cast: Cast) -> None:
    file = open_file(cast.ratih)
    page = signed_in(cast.ratih).get("/").content.decode()
    assert number_of(file) in page
    assert NAME not in page
