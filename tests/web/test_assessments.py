"""The guided forms: saved or kept, live or without scripts, never a word more than was asked."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.people import Cast
from tests.web.files import CALM, number_of, open_file, signed_in

from rangkul.assessments import queries as assessments
from rangkul.cases import queries as cases
from rangkul.foundation.scope import acting

pytestmark = pytest.mark.usefixtures("committed_db")

TALK = {"h_privat": "ya", "h_aman": "ya", "h_setuju": "ya", "h_sumber": "penyintas"}
TRAFFICKED = TALK | {
    "usia": "dewasa", "proses": ["perekrutan", "pengangkutan"], "c_tipu": "ya",
    "c_dokumen": "agen", "t_bentuk": ["kerja_paksa"], "t_tolak": "tidak", "lintas": "dalam",
}  # fmt: skip


def test_the_list_shows_each_filling_and_what_can_begin(cast: Cast) -> None:
    file = open_file(cast.ratih)
    page = signed_in(cast.ratih).get(f"/kasus/{number_of(file)}/asesmen/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "Intake triage" in text
    assert "Trafficking screening" in text
    assert "Low" in text


def test_the_form_of_a_call_asks_danger_before_the_opening(cast: Cast) -> None:
    file = open_file(cast.ratih)
    text = (
        signed_in(cast.ratih).get(f"/kasus/{number_of(file)}/asesmen/rk01_triase/").content.decode()
    )
    assert text.index('id="q-h_sumber"') < text.index('id="q-bahaya_kini"')
    assert text.index('id="q-waktu_seksual"') < text.index('id="q-h_privat"')
    assert text.index('id="q-h_privat"') < text.index('id="q-pelaku_tahu"')


def test_a_screening_opens_with_its_gates_and_keeps_the_rest_for_browsers_without_scripts(
    cast: Cast,
) -> None:
    file = open_file(cast.ratih)
    here = f"/kasus/{number_of(file)}/asesmen/rk02_tppo/"
    client = signed_in(cast.ratih)
    text = client.get(here).content.decode()
    closed = text.index('id="part-usia"')
    assert text.index('id="q-h_privat"') < closed
    assert "<noscript>" in text[closed:]
    answer = client.post(here, {"usia": "dewasa"})
    assert answer.status_code == 422
    told = answer.content.decode()
    assert told.count("without it the talk cannot begin") == 6  # three gates, named twice each


def test_answers_survive_an_error(cast: Cast) -> None:
    file = open_file(cast.ratih)
    here = f"/kasus/{number_of(file)}/asesmen/rk01_triase/"
    answer = signed_in(cast.ratih).post(
        here, {"kontak_aman": "Lewat bibi, sore " * 30, "senjata": "ya"}
    )
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Lewat bibi, sore" in text
    assert 'id="q-senjata-ya" checked' in text
    with acting(cast.ratih):
        assert len(assessments.list_submissions(cast.ratih, file.case_id)) == 1


def test_keeping_a_triage_raises_the_risk_and_the_page_names_why(cast: Cast) -> None:
    file = open_file(cast.ratih)
    client = signed_in(cast.ratih)
    answer = client.post(
        f"/kasus/{number_of(file)}/asesmen/rk01_triase/",
        CALM | {"senjata": "ya", "kontak_aman": "Pagi hari"},
        follow=True,
    )
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "High, because: a weapon, or the threat of one." in text
    assert "Pagi hari" in text
    with acting(cast.ratih):
        assert cases.get_file(cast.ratih, file.case_id).risk == "tinggi"
        newest = assessments.list_submissions(cast.ratih, file.case_id)[0]
        assert newest.previous is not None
        # Sealed answers stand nowhere in the row.
        assert "cekik" not in newest.answers
        assert "Pagi hari" not in str(newest.answers)


def test_the_preview_shows_the_level_and_saves_nothing(cast: Cast) -> None:
    file = open_file(cast.ratih)
    text = (
        signed_in(cast.ratih)
        .post(
            f"/kasus/{number_of(file)}/asesmen/rk01_triase/hasil/",
            CALM | {"terkurung": "ya", "shown": ["alasan_nilai"]},
        )
        .content.decode()
    )
    assert "High, because: locked in or unable to leave." in text
    with acting(cast.ratih):
        assert len(assessments.list_submissions(cast.ratih, file.case_id)) == 1
        assert cases.get_file(cast.ratih, file.case_id).risk == "rendah"


def test_the_preview_brings_a_question_when_it_begins_to_apply(cast: Cast) -> None:
    file = open_file(cast.ratih)
    client = signed_in(cast.ratih)
    here = f"/kasus/{number_of(file)}/asesmen/rk02_tppo/"
    first = client.post(f"{here}hasil/", TALK | {"f_gaji": "ya"})
    assert 'id="assessment-parts"' in first.content.decode()  # the gates opened the rest
    stood = {
        "speaker": "penyintas",
        "open": ["h", "usia", "c_tipu", "t_bentuk", "f_remeh", "d_kawin", "tetap", "parting"],
    }
    shown = ["f_visa", "d_kawin"]
    again = client.post(f"{here}hasil/", TALK | stood | {"f_gaji": "ya", "shown": shown})
    text = again.content.decode()
    assert 'id="assessment-parts"' not in text
    assert '<div id="q-f_gaji_b" hx-swap-oob="true">' in text


def test_a_reporter_is_asked_in_the_third_person(cast: Cast) -> None:
    file = open_file(cast.ratih)
    text = (
        signed_in(cast.ratih)
        .post(
            f"/kasus/{number_of(file)}/asesmen/rk01_triase/hasil/",
            {"h_sumber": "pelapor", "speaker": ""},
        )
        .content.decode()
    )
    assert "Is anyone hurting this person, or about to?" in text


def test_a_screening_keeps_three_fields_apart(cast: Cast) -> None:
    file = open_file(cast.ratih)
    client = signed_in(cast.ratih)
    answer = client.post(f"/kasus/{number_of(file)}/asesmen/rk02_tppo/", TRAFFICKED, follow=True)
    text = answer.content.decode()
    for term in ("Indicators", "Screening result", "Legal determination"):
        assert f"<dt>{term}</dt>" in text
    assert "Strong indication" in text
    assert "None yet" in text
    with acting(cast.ratih):
        held = cases.get_file(cast.ratih, file.case_id)
        assert held.categories == ["kpo", "ktk"]
        assert held.legal_determination == ""


def test_a_refused_talk_keeps_the_opening_alone(cast: Cast) -> None:
    file = open_file(cast.ratih)
    answer = signed_in(cast.ratih).post(
        f"/kasus/{number_of(file)}/asesmen/rk02_tppo/",
        TRAFFICKED | {"h_setuju": "tidak"},
        follow=True,
    )
    assert "was not kept, as the talk did not begin" in answer.content.decode()
    with acting(cast.ratih):
        newest = assessments.list_submissions(cast.ratih, file.case_id)[0]
        kept = assessments.unseal_answers(newest)
        assert set(kept.values) == {"h_privat", "h_aman", "h_setuju", "h_sumber"}
        assert cases.get_incident(cast.ratih, file.case_id).means == []


def test_the_account_is_taken_once(cast: Cast) -> None:
    """A second screening shows what the first holds, with its day; changing it is possible."""
    file = open_file(cast.ratih)
    client = signed_in(cast.ratih)
    here = f"/kasus/{number_of(file)}/asesmen/rk02_tppo/"
    client.post(here, TRAFFICKED)
    text = client.get(here).content.decode()
    assert "Recruitment, Transport" in text
    assert "from " in text[text.index('id="q-proses"') :]
    assert 'id="q-h_setuju-ya" checked' not in text  # agreement is asked anew each time


def test_what_waits_behind_the_gates_is_there_when_they_open(cast: Cast) -> None:
    """Planted fault: answers known before once vanished with the part that was not open yet."""
    file = open_file(cast.ratih)
    client = signed_in(cast.ratih)
    here = f"/kasus/{number_of(file)}/asesmen/rk02_tppo/"
    client.post(here, TRAFFICKED)
    page = re.sub(r"<noscript>.*?</noscript>", "", client.get(here).content.decode(), flags=re.S)
    carried: dict[str, list[str]] = {}
    for name, value in re.findall(
        r'<input type="hidden" name="([a-z]+-[^"]+)" value="([^"]*)"', page
    ):
        carried.setdefault(name, []).append(value)
    assert carried["held-proses"] == ["perekrutan", "pengangkutan"]
    opened = client.post(f"{here}hasil/", carried | TALK).content.decode()
    assert 'name="proses" value="perekrutan" id="q-proses-perekrutan" checked' in opened
    assert "Recruitment, Transport" in opened  # still marked as known
    refused = client.post(here, carried | {"h_privat": "ya"})
    assert 'name="held-proses"' in refused.content.decode()


def test_a_draft_outlives_the_session_and_is_shown_to_nobody_else(cast: Cast) -> None:
    file = open_file(cast.ratih)
    here = f"/kasus/{number_of(file)}/asesmen/rk01_triase/"
    client = signed_in(cast.ratih)
    assert client.post(f"{here}draf/", {"kontak_aman": "Lewat tetangga"}).status_code == 204
    client.logout()
    assert "Lewat tetangga" in signed_in(cast.ratih).get(here).content.decode()
    assert "Lewat tetangga" not in signed_in(cast.wahyuni).get(here).content.decode()
    client = signed_in(cast.ratih)
    client.post(here, CALM)
    assert "Lewat tetangga" not in client.get(here).content.decode()


def test_drafts_are_unreadable_in_the_table(cast: Cast) -> None:
    file = open_file(cast.ratih)
    here = f"/kasus/{number_of(file)}/asesmen/rk01_triase/"
    signed_in(cast.ratih).post(f"{here}draf/", {"kontak_aman": "Lewat tetangga"})
    with acting(cast.ratih), connection.cursor() as cursor:
        cursor.execute("select values_sealed from assessments_draft")
        (sealed,) = cursor.fetchone()
    assert b"tetangga" not in bytes(sealed)


def test_reading_is_recorded(cast: Cast) -> None:
    file = open_file(cast.ratih)
    with acting(cast.ratih):
        newest = assessments.list_submissions(cast.ratih, file.case_id)[0]
    here = f"/kasus/{number_of(file)}/asesmen/{newest.id}/"
    assert signed_in(cast.wahyuni).get(here).status_code == 200
    with acting(cast.wahyuni), connection.cursor() as cursor:
        cursor.execute(
            "select actor_id from trail_act where name = 'assessment.read' and subject_id = %s",
            [str(newest.id)],
        )
        assert cursor.fetchall() == [(cast.wahyuni.user_id,)]


def test_an_assessment_is_not_read_through_another_files_address(cast: Cast) -> None:
    file, other = open_file(cast.ratih), open_file(cast.ratih)
    with acting(cast.ratih):
        newest = assessments.list_submissions(cast.ratih, file.case_id)[0]
    here = f"/kasus/{number_of(other)}/asesmen/{newest.id}/"
    assert signed_in(cast.ratih).get(here).status_code == 404


@pytest.mark.parametrize("login", ["nining", "andi", "bagas", "sinta", "yohana"])
def test_nobody_else_finds_the_pages(cast: Cast, login: str) -> None:
    file = open_file(cast.ratih)
    client = signed_in(cast.everyone()[login])
    for tail in ("", "rk01_triase/", "rk02_tppo/"):
        status = client.get(f"/kasus/{number_of(file)}/asesmen/{tail}").status_code
        assert status in (403, 404)
    assert client.get("/kasus/RK-0000-0000/asesmen/").status_code in (403, 404)


def test_an_intake_officer_sees_no_file(cast: Cast) -> None:
    file = open_file(cast.ratih)
    assert signed_in(cast.joko).get(f"/kasus/{number_of(file)}/asesmen/").status_code == 404


def test_the_first_assessment_is_said_to_be_complete(cast: Cast) -> None:
    file = open_file(cast.ratih)
    client = signed_in(cast.ratih)
    here = f"/kasus/{number_of(file)}/asesmen/"
    assert "Still to be done" in client.get(here).content.decode()
    client.post(f"{here}lengkap/")
    assert "Still to be done" not in client.get(here).content.decode()


@pytest.mark.parametrize("fillings", [1, 3])
def test_the_list_asks_the_database_a_constant_number_of_times(cast: Cast, fillings: int) -> None:
    file = open_file(cast.ratih)
    client = signed_in(cast.ratih)
    here = f"/kasus/{number_of(file)}/asesmen/"
    for _ in range(fillings - 1):
        client.post(f"{here}rk01_triase/", CALM)
    client.get(here)
    with CaptureQueriesContext(connection) as asked:
        client.get(here)
    assert len(asked) == 14
