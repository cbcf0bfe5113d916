"""The box for everything: numbers, names as they sound, and words that never reach an address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.clients import Client
from tests.people import NOW, Cast, sign_in

from rangkul.assessments.answers import Answers
from rangkul.cases import operations as cases
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.people.identity import Contact, Identity
from rangkul.referrals import queries as referrals
from rangkul.reports import queries as reports
from rangkul.trail.models import Act

pytestmark = pytest.mark.django_db

MOST_QUERIES = 12


def open_case(by: Actor, name: str, *, nik: str = "", phone: str = "", carried_by: int) -> int:
    """A case of the acting agency; its id."""
    opening = cases.Opening(
        area="33.74", categories=("ktk",), triage=Answers.of({}), work_label="pabrik",
        identity=Identity(full_name=name, nik=nik), contact=Contact(phone=phone),
        companion_id=carried_by,
    )  # fmt: skip
    with acting(by):
        return int(cases.open_file(opening=opening, by=by, at=NOW).case_id)


@pytest.fixture
def known(cast: Cast, db: None) -> Iterator[int]:
    """One case that Ratih carries."""
    yield open_case(
        cast.wahyuni, "Muhammad Kinanto Uji", nik="3374015203990001", phone="081234567890",
        carried_by=cast.ratih.user_id,
    )  # fmt: skip


def ask(client: Client, words: str) -> Any:
    """Send words to the box."""
    return client.post("/cari/", {"words": words})


@pytest.mark.parametrize(
    "words",
    ["Mochamad Kinanto", "kinanto", "Muh. Kinantu Uji", "3374 0152 0399 0001", "+62 812 3456 7890"],
)
def test_names_and_numbers_find_the_cover_and_no_name(
    client: Client, cast: Cast, known: int, words: str
) -> None:
    sign_in(client, cast.ratih)
    answer = ask(client, words)
    page = answer.content.decode()
    assert custody.case_number(known) in page
    assert "pabrik" in page
    assert "Muhammad Kinanto" not in page
    assert answer["Cache-Control"] == "no-store"
    assert "?" not in answer.request["PATH_INFO"]


@pytest.mark.parametrize("login", ["nining", "yohana", "andi"])
@pytest.mark.parametrize("words", ["Mochamad Kinanto", "3374015203990001"])
def test_nobody_finds_what_they_may_not_see(
    client: Client, cast: Cast, known: int, login: str, words: str
) -> None:
    sign_in(client, cast.everyone()[login])
    page = ask(client, words).content.decode()
    assert custody.case_number(known) not in page


def test_a_case_number_opens_its_page_however_it_is_typed(
    client: Client, cast: Cast, known: int
) -> None:
    sign_in(client, cast.ratih)
    number = custody.case_number(known)
    spaced = number.replace("-", " ")
    for typed in (number, number.lower(), number.replace("-", ""), f"  {spaced} "):
        assert ask(client, typed)["Location"] == f"/kasus/{number}/"
    assert ask(client, reports.report_number(7))["Location"].startswith("/laporan/LP-")


def test_who_answers_packets_opens_them_by_number_and_finds_nothing_else(
    client: Client, cast: Cast, known: int
) -> None:
    sign_in(client, cast.melki)
    assert 'name="words"' in client.get("/cari/").content.decode()
    number = referrals.packet_number(12)
    assert ask(client, number.lower())["Location"] == f"/rujukan/{number}/"
    for words in ("Muhammad Kinanto", "3374015203990001", "081234567890"):
        page = ask(client, words).content.decode()
        assert "Ini bukan nomor paket" in page
        assert custody.case_number(known) not in page
    # A number of a file leads to the file's own door, which is shut.
    assert client.get(ask(client, custody.case_number(known))["Location"]).status_code == 404


def test_a_number_of_letters_alone_is_a_number(client: Client, cast: Cast, db: None) -> None:
    """About one number in twenty holds no digit; typed without hyphens it looks like a word."""
    sign_in(client, cast.ratih)
    plain = (custody.case_number(n).replace("-", "") for n in range(1, 2000))
    letters = next(number for number in plain if number.isalpha())
    for typed in (letters, letters.lower(), f"{letters[:2]} {letters[2:6]} {letters[6:]}"):
        answer = ask(client, typed)
        assert answer["Location"] == f"/kasus/RK-{letters[2:6]}-{letters[6:]}/"
    # With a slip, nothing tells it from a name; it is looked for as one.
    slipped = letters[:-1] + ("Z" if letters[-1] != "Z" else "Y")
    assert ask(client, slipped).status_code == 200


def test_a_slip_in_a_number_is_said_before_any_table_of_ours_is_asked(
    client: Client, cast: Cast, known: int
) -> None:
    sign_in(client, cast.ratih)
    number = custody.case_number(known)
    last = "0" if number[-1] != "0" else "1"
    with CaptureQueriesContext(connection) as asked:
        answer = ask(client, number[:-1] + last)
    assert "tanda akhirnya tidak cocok" in answer.content.decode()
    assert not [q for q in asked.captured_queries if "people_token" in q["sql"]]
    assert not [q for q in asked.captured_queries if "custody_case" in q["sql"]]


def test_a_number_too_short_is_no_question(client: Client, cast: Cast, db: None) -> None:
    sign_in(client, cast.ratih)
    assert "Nomor ini belum lengkap" in ask(client, "3374").content.decode()


def test_a_search_is_recorded_with_counts_only(client: Client, cast: Cast, known: int) -> None:
    sign_in(client, cast.ratih)
    ask(client, "Mochamad Kinanto")
    with acting(cast.ratih):
        act = Act.objects.get(name="person.searched", actor_id=cast.ratih.user_id)
    assert act.detail == {"found": 1}
    assert "kinanto" not in str(vars(act)).lower()


@pytest.mark.parametrize(
    ("login", "words", "cost"),
    [
        ("ratih", "Mochamad Kinanto", 12),
        ("ratih", "kinamto", 12),
        ("ratih", "Tidak Dikenal Sama Sekali", 11),
        ("ratih", "081234567890", 8),
        ("wahyuni", "Mochamad Kinanto", 11),
        ("wahyuni", "081234567890", 8),
    ],
)
def test_the_page_costs_no_more_than_twelve_queries(
    client: Client, cast: Cast, known: int, login: str, words: str, cost: int
) -> None:
    sign_in(client, cast.everyone()[login])
    ask(client, "kinanto")
    with CaptureQueriesContext(connection) as asked:
        ask(client, words)
    # The test's own transaction turns begin and commit into savepoints.
    counted = [q for q in asked.captured_queries if "SAVEPOINT" not in q["sql"]]
    assert len(counted) == cost <= MOST_QUERIES


def test_who_sees_no_case_may_not_search(client: Client, cast: Cast, db: None) -> None:
    sign_in(client, cast.joko)
    assert ask(client, "kinanto").status_code == 403


def test_the_empty_page_says_what_to_try(client: Client, cast: Cast, db: None) -> None:
    sign_in(client, cast.ratih)
    page = ask(client, "Zzyzx Qwert").content.decode()
    assert "Coba ejaan lain" in page
    assert re.search(r'<input[^>]*id="words"', client.get("/cari/").content.decode())
