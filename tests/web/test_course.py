"""Risk, state, cover, closing, team: through the addresses, by two people at once, by strangers."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.people import KUPANG, MAKASSAR, NOW, Cast
from tests.web.files import CALM, number_of, open_file, signed_in

from rangkul.assessments import queries as assessments
from rangkul.cases import operations as case_operations
from rangkul.cases import queries as cases
from rangkul.custody import queries as custody
from rangkul.foundation.scope import acting

pytestmark = pytest.mark.usefixtures("committed_db")

READY = {
    "h_cara": "berkas", "sebab": "tujuan_tercapai", "kendali": "ya", "hukum": "ya", "hak": "ya",
    "tutup_ok": "setuju",
}  # fmt: skip


def assessed(cast: Cast) -> str:
    """The pages of a file that was looked at again today."""
    file = open_file(cast.ratih)
    signed_in(cast.ratih).post(f"/kasus/{number_of(file)}/asesmen/rk01_triase/", CALM)
    return f"/kasus/{number_of(file)}/perjalanan/"


def state_of(cast: Cast, here: str) -> str:
    """The state of the file behind a page."""
    with acting(cast.wahyuni):
        case_id = custody.case_id_of(here.split("/")[2])
        return cases.get_file(cast.wahyuni, case_id).state


# -- risk -------------------------------------------------------------------------------------


def test_a_companion_raises_and_only_a_supervisor_lowers(cast: Cast) -> None:
    file = open_file(cast.ratih)
    here = f"/kasus/{number_of(file)}/perjalanan/risiko/"
    companion, supervisor = signed_in(cast.ratih), signed_in(cast.wahyuni)
    assert companion.post(here, {"risk": "tinggi"}).status_code == 302
    assert companion.post(here, {"risk": "rendah", "reason": "tempat_aman"}).status_code == 403
    without = supervisor.post(here, {"risk": "rendah", "words": "Sudah di rumah bibi"})
    assert without.status_code == 422
    assert "Sudah di rumah bibi" in without.content.decode()
    assert (
        supervisor.post(
            here, {"risk": "rendah", "reason": "tempat_aman", "words": "Sudah di rumah bibi"}
        ).status_code
        == 302
    )
    with acting(cast.wahyuni):
        assert cases.get_file(cast.wahyuni, file.case_id).risk == "rendah"
        # The words became a sealed note; the trail holds the code alone.
        assert "Sudah di rumah bibi" in cases.list_notes(cast.wahyuni, file.case_id)[0].body
        with connection.cursor() as cursor:
            cursor.execute("select reason from trail_act where name = 'file.risk_lowered'")
            assert cursor.fetchall() == [("tempat_aman",)]


def test_a_wish_for_less_waits_for_another_supervisor(cast: Cast) -> None:
    file = open_file(cast.ratih, triage={"senjata": "ya"})
    number = number_of(file)
    # The supervisor herself triaged and asked for less.
    signed_in(cast.wahyuni).post(
        f"/kasus/{number}/asesmen/rk01_triase/",
        CALM | {"senjata": "ya", "nilai_petugas": "sedang", "alasan_nilai": "Sudah dipindah"},
    )
    client = signed_in(cast.wahyuni)
    page = client.get(f"/kasus/{number}/perjalanan/").content.decode()
    assert "another supervisor decides" in page
    answer = client.post(
        f"/kasus/{number}/perjalanan/risiko/", {"risk": "sedang", "reason": "triase_ulang"}
    )
    assert answer.status_code == 403
    assert "You asked for this yourself" in answer.content.decode()
    with acting(cast.ratih):
        assert cases.get_file(cast.ratih, file.case_id).risk == "tinggi"


def test_a_supervisor_answers_a_companions_wish(cast: Cast) -> None:
    file = open_file(cast.ratih, triage={"senjata": "ya"})
    number = number_of(file)
    signed_in(cast.ratih).post(
        f"/kasus/{number}/asesmen/rk01_triase/",
        CALM | {"senjata": "ya", "nilai_petugas": "sedang", "alasan_nilai": "Sudah dipindah"},
    )
    client = signed_in(cast.wahyuni)
    here = f"/kasus/{number}/perjalanan/"
    assert "judges the risk lower: Medium" in client.get(here).content.decode()
    client.post(f"{here}risiko/tetap/")
    assert "judges the risk lower" not in client.get(here).content.decode()
    with acting(cast.wahyuni):
        assert cases.get_file(cast.wahyuni, file.case_id).risk == "tinggi"


# -- state ------------------------------------------------------------------------------------


def test_a_missing_person_is_searched_for_until_found(cast: Cast) -> None:
    file = open_file(cast.ratih)
    here = f"/kasus/{number_of(file)}/perjalanan/"
    client = signed_in(cast.ratih)
    client.post(f"{here}keadaan/", {"move": "missing"})
    assert "Search for the person" in client.get(here).content.decode()
    client.post(f"{here}keadaan/", {"move": "found"})
    assert "Search for the person" not in client.get(here).content.decode()
    late = client.post(f"{here}keadaan/", {"move": "found"}, follow=True)
    assert "A colleague changed the state a moment ago." in late.content.decode()


# -- closing ----------------------------------------------------------------------------------


def test_a_supervisor_closes_and_takes_it_back(cast: Cast) -> None:
    here = assessed(cast)
    client = signed_in(cast.wahyuni)
    page = client.post(f"{here}tutup/", READY, follow=True).content.decode()
    assert "The file is closed." in page
    assert f'action="{here}tutup/batal/"' in page
    assert state_of(cast, here) == "closed"
    client.post(f"{here}tutup/batal/")
    assert state_of(cast, here) == "open"


def test_without_a_fresh_look_it_stays_open(cast: Cast) -> None:
    file = open_file(cast.ratih)
    here = f"/kasus/{number_of(file)}/perjalanan/"
    answer = signed_in(cast.wahyuni).post(f"{here}tutup/", READY, follow=True)
    page = answer.content.decode()
    assert "Kept, not closed." in page
    # Once, on a line of its own: not in the message above it too.
    assert page.count("no re-assessment within 30 days") == 1
    assert state_of(cast, here) == "open"


def test_a_companions_signature_counts_for_nothing(cast: Cast) -> None:
    here = f"{assessed(cast)}tutup/"
    answer = signed_in(cast.ratih).post(here, READY, follow=True)
    assert "A supervisor reads it and signs." in answer.content.decode()
    assert state_of(cast, here) == "open"
    with acting(cast.ratih):
        case_id = custody.case_id_of(here.split("/")[2])
        proposal = assessments.latest(cast.ratih, case_id, "rk11_tutup")
        assert proposal is not None
        assert not proposal.result["signed"]
        assert not assessments.unseal_answers(proposal).given("tutup_ok")
    page = signed_in(cast.wahyuni).get(here).content.decode()
    assert "Ratih Wulandari Uji proposed this" in page


def test_the_file_answers_for_its_own_risk(cast: Cast) -> None:
    """Planted fault: a form that says *rendah* of a file at high risk."""
    file = open_file(cast.ratih, triage={"senjata": "ya"})
    here = f"/kasus/{number_of(file)}/perjalanan/tutup/"
    answer = signed_in(cast.wahyuni).post(
        here, READY | {"risiko": "rendah", "ulang": "ya", "rujuk": "ya"}, follow=True
    )
    assert "the last risk is not low" in answer.content.decode()
    with acting(cast.wahyuni):
        assert cases.get_file(cast.wahyuni, file.case_id).state == "open"


def test_a_wish_to_stop_is_honoured_at_high_risk(cast: Cast) -> None:
    file = open_file(cast.ratih, triage={"senjata": "ya"})
    here = f"/kasus/{number_of(file)}/perjalanan/tutup/"
    signed_in(cast.wahyuni).post(here, READY | {"sebab": "permintaan", "kendali": "tidak"})
    with acting(cast.wahyuni):
        assert cases.get_file(cast.wahyuni, file.case_id).state == "closed"


@pytest.mark.parametrize(
    ("tried", "since", "state"), [("2", "2025-01-01", "open"), ("3", "2025-01-01", "closed")]
)
def test_silence_closes_nothing_before_three_ways(
    cast: Cast, tried: str, since: str, state: str
) -> None:
    file = open_file(cast.ratih)
    here = f"/kasus/{number_of(file)}/perjalanan/tutup/"
    signed_in(cast.wahyuni).post(
        here, READY | {"sebab": "tak_terhubung", "upaya": tried, "sejak": since}
    )
    with acting(cast.wahyuni):
        assert cases.get_file(cast.wahyuni, file.case_id).state == state


def test_of_two_who_close_at_once_the_second_is_told(cast: Cast) -> None:
    here = f"{assessed(cast)}tutup/"
    first, second = signed_in(cast.wahyuni), signed_in(cast.wahyuni)
    second.get(here)
    first.post(here, READY)
    answer = second.post(here, READY, follow=True)
    assert answer.status_code == 200
    with acting(cast.wahyuni):
        case_id = custody.case_id_of(here.split("/")[2])
        closings = [
            row
            for row in assessments.list_submissions(cast.wahyuni, case_id)
            if row.instrument == "rk11_tutup"
        ]
        assert len(closings) == 1


def test_reopening_wants_a_reason(cast: Cast) -> None:
    here = assessed(cast)
    client = signed_in(cast.wahyuni)
    client.post(f"{here}tutup/", READY)
    assert client.post(f"{here}buka-lagi/", {}).status_code == 422
    assert signed_in(cast.ratih).post(f"{here}buka-lagi/", {"reason": "kembali"}).status_code == 403
    client.post(f"{here}buka-lagi/", {"reason": "kembali"})
    assert state_of(cast, here) == "open"


# -- cover ------------------------------------------------------------------------------------

COVER = {"categories": ["ktk"], "violence_kinds": ["fisik"], "sex": "P", "age_band": "13_17"}


def test_a_childs_age_brings_the_childs_flag(cast: Cast) -> None:
    file = open_file(cast.ratih)
    here = f"/kasus/{number_of(file)}/perjalanan/sampul/"
    assert signed_in(cast.ratih).post(here, COVER | {"version": "1"}).status_code == 302
    with acting(cast.ratih):
        held = cases.get_file(cast.ratih, file.case_id)
        assert held.is_child
        assert held.flags == ["anak"]


def test_a_stale_cover_shows_both_and_loses_nothing(cast: Cast) -> None:
    file = open_file(cast.ratih)
    here = f"/kasus/{number_of(file)}/perjalanan/sampul/"
    signed_in(cast.wahyuni).post(here, COVER | {"version": "1", "work_label": "payung merah"})
    client = signed_in(cast.ratih)
    late = client.post(here, COVER | {"version": "1", "work_label": "tas biru"})
    assert late.status_code == 409
    text = late.content.decode()
    assert "payung merah" in text
    assert 'value="tas biru"' in text
    assert 'name="version" value="2"' in text
    assert client.post(here, COVER | {"version": "2", "work_label": "tas biru"}).status_code == 302
    with acting(cast.ratih):
        assert cases.get_file(cast.ratih, file.case_id).work_label == "tas biru"


@pytest.mark.parametrize(
    ("label", "status"),
    [("ibu Marlina", 422), ("Puspaningrum", 422), ("LINA", 422), ("payung merah", 302)],
)
def test_a_work_label_is_never_a_name(cast: Cast, label: str, status: int) -> None:
    file = open_file(cast.ratih)
    here = f"/kasus/{number_of(file)}/perjalanan/sampul/"
    answer = signed_in(cast.ratih).post(here, COVER | {"version": "1", "work_label": label})
    assert answer.status_code == status
    # What is typed comes back; what it was compared with does not.
    if status == 422:
        assert answer.content.decode().lower().count("puspaningrum") == label.lower().count(
            "puspaningrum"
        )


@pytest.mark.parametrize(
    "wrong",
    [{"categories": []}, {"categories": ["xyz"]}, {"sex": "Q"}, {"flags": ["bukan"]},
     {"age_band": "kemarin"}, {"work_label": "x" * 61}],
)  # fmt: skip
def test_a_cover_takes_only_what_its_lists_hold(cast: Cast, wrong: dict[str, object]) -> None:
    file = open_file(cast.ratih)
    here = f"/kasus/{number_of(file)}/perjalanan/sampul/"
    answer = signed_in(cast.ratih).post(here, COVER | {"version": "1"} | wrong)
    assert answer.status_code == 422


# -- team -------------------------------------------------------------------------------------


def test_a_supervisor_assigns_and_never_leaves_a_case_to_nobody(cast: Cast) -> None:
    file = open_file(cast.ratih)
    here = f"/kasus/{number_of(file)}/perjalanan/pendamping/"
    client = signed_in(cast.wahyuni)
    assert "Nining Kusuma Uji" in client.get(here).content.decode()
    last = client.post(f"{here}lepas/", {"user": cast.ratih.user_id})
    assert last.status_code == 422
    client.post(f"{here}tunjuk/", {"user": cast.nining.user_id})
    assert client.post(f"{here}lepas/", {"user": cast.ratih.user_id}).status_code == 302
    with acting(cast.nining):
        assert cases.get_file(cast.nining, file.case_id)
    assert signed_in(cast.ratih).get(here).status_code == 404


@pytest.mark.parametrize("stranger", [9018, 9021, 0])
def test_only_a_member_of_the_agency_is_assigned(cast: Cast, stranger: int) -> None:
    file = open_file(cast.ratih)
    here = f"/kasus/{number_of(file)}/perjalanan/pendamping/tunjuk/"
    assert signed_in(cast.wahyuni).post(here, {"user": stranger}).status_code == 422


def test_a_companion_assigns_nobody(cast: Cast) -> None:
    file = open_file(cast.ratih)
    here = f"/kasus/{number_of(file)}/perjalanan/pendamping/tunjuk/"
    answer = signed_in(cast.ratih).post(here, {"user": cast.nining.user_id})
    assert answer.status_code == 403


def test_an_agency_joins_and_leaves(cast: Cast) -> None:
    file = open_file(cast.ratih)
    number = number_of(file)
    here = f"/kasus/{number}/perjalanan/tim/"
    lead, joint = signed_in(cast.wahyuni), signed_in(cast.marten)
    assert joint.get(here).status_code == 404
    lead.post(f"{here}gabung/", {"agency": KUPANG, "ends_on": "2099-01-01"})
    twice = lead.post(f"{here}gabung/", {"agency": KUPANG, "ends_on": "2099-01-01"}, follow=True)
    assert "in the team already" in twice.content.decode()
    assert joint.get(here).status_code == 200
    # A joint agency may leave by itself, but ends nobody else's access.
    lead.post(f"{here}gabung/", {"agency": MAKASSAR, "ends_on": "2099-01-01"})
    assert joint.post(f"{here}akhiri/", {"agency": MAKASSAR}).status_code == 404
    joint.post(f"{here}akhiri/", {"agency": KUPANG})
    assert joint.get(here).status_code == 404
    lead.post(f"{here}akhiri/", {"agency": MAKASSAR})
    with acting(cast.besse):
        assert custody.visible_among(cast.besse, [file.case_id]) == set()


def test_a_place_in_the_team_has_a_last_day_that_the_lead_changes(cast: Cast) -> None:
    file = open_file(cast.ratih)
    here = f"/kasus/{number_of(file)}/perjalanan/tim/"
    lead, joint = signed_in(cast.wahyuni), signed_in(cast.marten)
    for day, words in (("", "until which day"), ("2020-01-01", "today at the earliest")):
        refused = lead.post(f"{here}gabung/", {"agency": KUPANG, "ends_on": day})
        assert refused.status_code == 422
        assert words in refused.content.decode()
    assert joint.get(here).status_code == 404
    lead.post(f"{here}gabung/", {"agency": KUPANG, "ends_on": "2099-01-01"})
    for reader in (lead, joint):
        assert "1 Jan 2099" in reader.get(here).content.decode()
    late = lead.post(f"{here}sampai/", {"agency": KUPANG, "ends_on": "2020-01-01"})
    assert late.status_code == 422
    assert (
        lead.post(f"{here}sampai/", {"agency": KUPANG, "ends_on": "2098-02-03"}).status_code == 302
    )
    assert "3 Feb 2098" in joint.get(here).content.decode()
    assert (
        joint.post(f"{here}sampai/", {"agency": KUPANG, "ends_on": "2097-01-01"}).status_code == 404
    )
    assert (
        lead.post(f"{here}sampai/", {"agency": MAKASSAR, "ends_on": "2097-01-01"}).status_code
        == 404
    )


# -- two files of one person ------------------------------------------------------------------


def test_two_files_are_linked_and_parted(cast: Cast) -> None:
    file, other = open_file(cast.ratih), open_file(cast.nining)
    here = f"/kasus/{number_of(file)}/perjalanan/orang-sama/"
    client = signed_in(cast.wahyuni)
    page = client.post(here, {"other": number_of(other).lower()}, follow=True).content.decode()
    assert number_of(other) in page
    undo = page[page.index('action="' + here) + 8 :].split('"')[0]
    client.post(undo)
    assert number_of(other) not in client.get(here).content.decode()


def test_linking_says_the_same_of_the_unknown_and_the_foreign(cast: Cast) -> None:
    file, foreign = open_file(cast.ratih), open_file(cast.yohana)
    here = f"/kasus/{number_of(file)}/perjalanan/orang-sama/"
    client = signed_in(cast.wahyuni)
    unknown = client.post(here, {"other": custody.case_number(foreign.case_id + 9999)})
    known = client.post(here, {"other": number_of(foreign)})
    assert unknown.status_code == known.status_code == 422
    sentence = "Among the files that you may see there is none so called."
    assert sentence in unknown.content.decode()
    assert sentence in known.content.decode()
    assert client.post(here, {"other": "RK-1111-1111"}).status_code == 422
    assert client.post(here, {"other": number_of(file)}).status_code == 422
    assert signed_in(cast.ratih).post(here, {"other": number_of(file)}).status_code == 403


# -- everyone ---------------------------------------------------------------------------------

PAGES = ("", "sampul/", "tutup/", "pendamping/", "tim/", "orang-sama/")


@pytest.mark.parametrize("login", ["nining", "andi", "besse", "yohana", "joko", "bagas", "sinta"])
def test_nobody_else_finds_the_pages(cast: Cast, login: str) -> None:
    file = open_file(cast.ratih)
    client = signed_in(cast.everyone()[login])
    for tail in PAGES:
        assert client.get(f"/kasus/{number_of(file)}/perjalanan/{tail}").status_code in (403, 404)


@pytest.mark.parametrize(
    ("tail", "queries"),
    [
        ("", 9),
        ("sampul/", 7),
        ("tutup/", 12),
        ("pendamping/", 11),
        ("tim/", 10),
        ("orang-sama/", 9),
    ],
)
def test_pages_ask_a_constant_number_of_times(cast: Cast, tail: str, queries: int) -> None:
    file = open_file(cast.ratih)
    client = signed_in(cast.wahyuni)
    here = f"/kasus/{number_of(file)}/perjalanan/{tail}"
    client.get(here)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(here).status_code == 200
    assert len(asked) == queries


def test_closing_in_the_operation_is_once_only(cast: Cast) -> None:
    """The lock, not the page, keeps a second closing out."""
    from rangkul.assessments.answers import Answers
    from rangkul.foundation.workflow import IllegalMove

    file = open_file(cast.ratih)
    answers = Answers.of(READY | {"risiko": "rendah", "ulang": "ya", "rujuk": "ya"})
    with acting(cast.wahyuni):
        case_operations.close_file(case_id=file.case_id, answers=answers, by=cast.wahyuni, at=NOW)
    with pytest.raises(IllegalMove), acting(cast.wahyuni):
        case_operations.close_file(case_id=file.case_id, answers=answers, by=cast.wahyuni, at=NOW)


def test_the_cover_names_its_languages_once(cast: Cast) -> None:
    here = f"/kasus/{number_of(open_file(cast.ratih))}/perjalanan/sampul/"
    page = signed_in(cast.ratih).get(here).content.decode()
    assert '<summary class="field-name">Languages</summary>' in page
    assert '<legend class="visually-hidden">Languages</legend>' in page
