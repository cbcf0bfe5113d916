"""What a filling proposes and the person's answer; two fillings beside each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.clients import Client
from tests.domain.cases.test_fillings import STRONG, TALK, Desk, conflict
from tests.people import NOW, Cast
from tests.web.files import CALM, number_of, open_file, signed_in

from rangkul.assessments import queries as assessment_queries
from rangkul.assessments.answers import Answers
from rangkul.assessments.models import Submission
from rangkul.cases import operations as cases
from rangkul.foundation import hour
from rangkul.foundation.scope import acting
from rangkul.trail.models import Act

pytestmark = pytest.mark.usefixtures("committed_db")


@dataclass
class Place:
    """Ratih's file with its fillings, and her browser."""

    desk: Desk
    client: Client
    number: str

    def read(self, row: Submission) -> str:
        return f"/kasus/{self.number}/asesmen/isian/{row.id}/"

    def text(self, address: str) -> str:
        answer = self.client.get(address)
        assert answer.status_code == 200
        return str(answer.content.decode())


@pytest.fixture
def place(cast: Cast) -> Place:
    file = open_file(cast.ratih)
    return Place(Desk(cast.ratih, file), signed_in(cast.ratih), number_of(file))


def test_the_sentence_names_what_caused_it_and_a_person_answers(place: Place) -> None:
    row = place.desk.fill("rk01_triase", CALM | {"cekik": "ya"})
    page = place.text(place.read(row))
    assert "High, because: has been choked or smothered." in page
    assert "Your own judgement" in page
    there = f"{place.read(row)}jawab/"
    refused = place.client.post(there, {"level": "sedang", "why": ""})
    assert refused.status_code == 422
    assert "Please say why" in refused.content.decode()
    sent = {"level": "sedang", "why": "Kejadiannya dua belas tahun lalu"}
    assert place.client.post(there, sent).status_code == 302
    page = place.text(place.read(row))
    assert "A lower level was asked for: Medium; the supervisor decides" in page
    assert "Kejadiannya dua belas tahun lalu" in page
    assert place.client.post(there, sent).status_code == 302
    assert "a moment ago" in place.text(place.read(row))
    assert "a moment ago" not in place.text(place.read(row))


def test_services_are_followed_or_not(place: Place) -> None:
    row = place.desk.fill("rk03_bps", TALK | {"p_mati": "ya"})
    page = place.text(place.read(row))
    assert "Services are recommended, because:" in page
    there = f"{place.read(row)}jawab/"
    assert place.client.post(there, {}).status_code == 422
    assert place.client.post(there, {"follows": "tidak"}).status_code == 422
    assert place.client.post(there, {"follows": "ya"}).status_code == 302
    assert "Followed · " in place.text(place.read(row))
    assert "waits for an answer" not in place.text(f"/kasus/{place.number}/asesmen/")


def test_a_differing_field_is_shown_and_chosen(place: Place) -> None:
    place.desk.fill("rk02_tppo", STRONG)
    row = place.desk.fill("rk02_tppo", STRONG | {"t_bentuk": "kapal"}, hours=2)
    page = place.text(place.read(row))
    assert "Differs from the file" in page
    [asked] = [each for each in place.desk.open() if each.field == "purpose"]
    there = f"{place.read(row)}pilih/"
    sent = {"proposal": str(asked.id), "take": "ya"}
    assert place.client.post(there, sent | {"take": "mungkin"}).status_code == 404
    assert place.client.post(there, sent | {"proposal": "x"}).status_code == 404
    assert place.client.post(there, sent).status_code == 302
    assert place.desk.fields()["purpose"] == ["kapal"]
    assert "The filling&#x27;s value was taken" in place.text(place.read(row))
    assert place.client.post(there, sent | {"take": "tidak"}).status_code == 302
    assert place.desk.fields()["purpose"] == ["kapal"]


def test_two_under_one_number_are_seen_compared_and_settled(place: Place) -> None:
    first, second = conflict(place.desk)
    there = f"/kasus/{place.number}/asesmen/dua/{second.id}/"
    assert "1 filling waits to be compared" in place.text("/")
    assert there in place.text("/asesmen/dua/")
    assert there in place.text(f"/kasus/{place.number}/asesmen/")
    page = place.text(there)
    assert "Is there a weapon" in page
    assert page.count(">differs<") == 1 or page.count("differs") >= 1
    assert "<mark>No</mark>" in page
    assert "<mark>Yes</mark>" in page
    with acting(place.desk.by):
        read = {act.subject_id for act in Act.objects.filter(name="assessment.read")}
    assert {str(first.id), str(second.id)} <= read
    assert place.client.post(there, {"choice": ""}).status_code == 422
    assert place.client.post(there, {"choice": "newer"}).status_code == 302
    assert place.client.post(there, {"choice": "former"}).status_code == 302
    assert place.desk.now().risk == "tinggi"
    assert "set aside" in place.text(place.read(first))
    assert "Nothing to compare" in place.text("/asesmen/dua/")
    assert place.client.get(there).status_code == 302


def test_others_neither_see_nor_settle(place: Place, cast: Cast) -> None:
    _first, second = conflict(place.desk)
    row = place.desk.fill("rk03_bps", TALK | {"p_mati": "ya"})
    stranger = signed_in(cast.yohana)
    for address in (
        f"/kasus/{place.number}/asesmen/dua/{second.id}/", place.read(row),
    ):  # fmt: skip
        assert stranger.get(address).status_code == 404
    assert stranger.post(f"{place.read(row)}jawab/", {"follows": "ya"}).status_code == 404
    assert place.number not in signed_in(cast.yohana).get("/asesmen/dua/").content.decode()


def test_a_closed_file_asks_nothing_more(place: Place, cast: Cast) -> None:
    row = place.desk.fill("rk01_triase", CALM | {"cekik": "ya"})
    with acting(cast.wahyuni):
        cases.close_file(
            case_id=place.desk.file.case_id, by=cast.wahyuni, at=NOW + timedelta(days=1),
            answers=Answers.of({"sebab": "permintaan", "tutup_ok": "setuju"}),
        )  # fmt: skip
    assert place.desk.clocks() == set()
    assert "Nobody has answered this yet" in place.text(place.read(row))


def test_the_assessors_training_is_told_and_noted(place: Place, cast: Cast) -> None:
    address = f"/kasus/{place.number}/asesmen/isi/rk03_bps/"
    assert "Social-work certificate. It is not noted for you" in place.text(address)
    row = place.desk.fill("rk03_bps", TALK | {"p_mati": "tidak"})
    assert "It is not noted for whoever assessed" in place.text(place.read(row))
    keeper = signed_in(cast.sinta)
    there = "/instrumen/pelatihan/"
    assert keeper.get(there).status_code == 200
    sent = {"user": str(cast.ratih.user_id), "module": ["peksos", "tppo"], "day": "2025-05-06"}
    assert keeper.post(there, sent | {"user": "1"}).status_code == 404
    assert keeper.post(there, sent | {"day": "2031-01-01"}).status_code == 302
    assert "It is not noted for you" in place.text(address)
    assert keeper.post(there, sent).status_code == 302
    assert "It is not noted for you" not in place.text(address)
    assert "Whoever assessed has it, since 6 May 2025" in place.text(place.read(row))
    assert keeper.post(there, sent | {"module": ["tppo"]}).status_code == 302
    assert "It is not noted for you" in place.text(address)
    assert place.client.get(there).status_code == 403


def test_what_does_not_fit_the_file_is_told_while_it_does_not(place: Place) -> None:
    row = place.desk.fill("rk03_bps", TALK | {"p_mati": "ya"})
    clash = "A wish to die, yet the file says low risk"
    assert clash in place.text(place.read(row))
    place.desk.fill("rk01_triase", CALM | {"bunuh_diri": "ya"}, hours=2)
    assert clash not in place.text(place.read(row))


def test_the_core_that_is_open_and_the_next_time_are_shown(place: Place) -> None:
    row = place.desk.fill("rk01_triase", {"cekik": "ya"})
    page = place.text(place.read(row))
    assert "1 question answered" in page
    assert "of the core not asked yet:" in page
    listed = place.text(f"/kasus/{place.number}/asesmen/")
    assert "To be assessed again" in listed
    assert "Intake triage" in listed.split("To be assessed again")[1]


def test_what_changed_is_drawn_and_told_and_the_baseline_is_the_servers(place: Place) -> None:
    empty = place.text(f"/kasus/{place.number}/asesmen/perubahan/")
    assert "Nothing has been measured yet" in empty
    form_page = f"/kasus/{place.number}/asesmen/isi/rk07_hasil/"
    assert "not asked again" not in place.text(form_page)
    first = TALK | {"o_tidur": "1", "o_aman": "3", "o_mati": "tidak", "o_pilih": "2"}
    place.desk.fill("rk07_hasil", first | {"awal_tidur": "4"})
    page = place.text(form_page)
    assert "not asked again" in page
    assert "awal_tidur\\u003E1\\u003C" in page
    later = TALK | {"o_tidur": "3", "o_aman": "2", "o_mati": "tidak", "o_pilih": "2"}
    row = place.desk.fill("rk07_hasil", later | {"awal_aman": "0"}, hours=900)
    assert row.result["values"]["turun"] == "1"
    assert {"naik_jelas_tidur", "turun_aman"} <= set(row.result["reasons"])
    place.desk.fill("rk10_kunjungan", TALK | {"temu": "bertemu", "v_sehat": "memburuk"}, hours=901)
    page = place.text(f"/kasus/{place.number}/asesmen/perubahan/")
    for words in ("clearly better", ">worse<", ">the same<", "not measured twice yet", "<svg"):
        assert words in page.replace("\n", "").replace("  ", "")
    assert 'points="6,33 126,15"' in page
    assert "Told at visits" in page
    assert "What has changed" in place.text(f"/kasus/{place.number}/asesmen/")


def test_obstacles_are_counted_for_the_supervisor_without_a_name(place: Place, cast: Cast) -> None:
    there = "/asesmen/hambatan/"
    chief = signed_in(cast.wahyuni)
    today = (hour.now() - NOW) / timedelta(hours=1)
    assert "None was told of" in chief.get(there).content.decode()
    place.desk.fill("rk03_bps", TALK | {"h_privat": "tidak", "h_berhenti": "lelah"}, hours=today)
    place.desk.fill("rk04_kebutuhan", TALK | {"h_jurubahasa": "keluarga"}, hours=today)
    for _ in range(3):
        place.desk.fill(
            "rk12_hambatan",
            TALK | {"macam": "bahasa penuh", "desk": "Hunian Kenanga", "akibat": "tertunda",
                    "tahap": "hunian", "wilayah": "Kota Semarang"},
            hours=today,
        )  # fmt: skip
    page = chief.get(there).content.decode()
    plain = page.replace("\n", "").replace("  ", "")
    assert "Hunian Kenanga</th><td>6</td><td>" in plain
    assert "Kota Semarang</th><td>6</td><td>" in plain
    assert "No private room</th><td>1</td><td>" in plain
    assert "The person was tired or unwell</th><td>1</td><td>" in plain
    assert "Language" in page
    assert "to the coordination meeting" in page
    assert place.number not in page
    assert place.client.get(there).status_code == 403
    assert "Hunian Kenanga" not in signed_in(cast.marten).get(there).content.decode()
    assert "Note an obstacle" in place.text(f"/kasus/{place.number}/asesmen/isi/rk03_bps/")


def test_an_empty_form_is_printed_with_all_that_it_asks(place: Place) -> None:
    with acting(place.desk.by):
        form = assessment_queries.get_published("rk03_bps")
    page = place.text(f"/instrumen/{form.id}/kertas/")
    for words in (
        "On paper, for a room without power",
        "○ ",
        "☐ ",
        "Why:",
        "only where it applies",
    ):
        assert words in page
    assert place.number not in page


def test_a_closing_filled_by_form_is_the_proposal_that_the_supervisor_signs(
    place: Place, cast: Cast
) -> None:
    place.desk.fill(
        "rk11_tutup", TALK | {"sebab": "permintaan", "pesan": "Terima kasih", "tutup_ok": "setuju"}
    )
    assert place.desk.now().state == "open"
    page = signed_in(cast.wahyuni).get(f"/kasus/{place.number}/perjalanan/tutup/")
    assert "Terima kasih" in page.content.decode()
    assert "proposed by" in page.content.decode()


Counted = Callable[[Place], str]


@pytest.mark.parametrize(
    ("address", "most"),
    [
        (lambda place: "/asesmen/dua/", 11),
        (lambda place: f"/kasus/{place.number}/asesmen/", 18),
    ],
)  # fmt: skip
def test_the_lists_ask_no_more_for_more_rows(
    place: Place, address: Counted, most: int, cast: Cast
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert place.client.get(address(place)).status_code == 200
        return len(found)

    conflict(place.desk)
    place.client.get(address(place))
    before = asked()
    for number in range(3):
        more: dict[str, Any] = {"number": f"uuid:more{number}"}
        place.desk.fill("rk01_triase", CALM, hours=4 + number, **more)
        place.desk.fill("rk01_triase", CALM | {"senjata": "ya"}, hours=5 + number, **more)
    assert asked() == before
    assert before <= most
