"""A report from the first key pressed to the open case, through the addresses."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.clients import Client
from tests.people import Cast, sign_in

from rangkul.cases import queries as cases
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.reports import queries as reports
from rangkul.reports.models import Report

pytestmark = pytest.mark.django_db

NAME = "Kinanti Larasati Uji"
STORY = "Ia dikurung di rumah majikan dan menangis tadi malam."


@pytest.fixture
def desk(client: Client, cast: Cast, db: None) -> Client:
    """Joko takes reports at the intake desk of Semarang."""
    sign_in(client, cast.joko)
    return client


def begin(client: Client) -> str:
    """A fresh draft's number."""
    answer = client.get("/laporan/baru/")
    assert answer.status_code == 302
    return re.fullmatch(r"/laporan/(LP-[0-9A-Z]{4}-[0-9A-Z]{4})/isi/", answer["Location"])[1]


def version_of(client: Client, number: str) -> str:
    """The pen's number, as the page carries it."""
    page = client.get(f"/laporan/{number}/isi/").content.decode()
    return re.search(r'name="version" value="(\d+)"', page)[1]


def filled(version: str, **changed: Any) -> dict[str, Any]:
    """A page filled in as far as it must be."""
    return {
        "version": version,
        "channel": "telepon",
        "reporter_kind": "tetangga",
        "reporter_confidential": "on",
        "account": STORY,
        "area": "33.74",
        "terkurung": "ya",
        "name": NAME,
        "phone": "0812 3456 7890",
        "do": "receive",
    } | changed


def received(client: Client, **changed: Any) -> str:
    """A report that is received and in hand."""
    number = begin(client)
    answer = client.post(f"/laporan/{number}/isi/", filled(version_of(client, number), **changed))
    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"] == f"/laporan/{number}/"
    return number


def opening(cast: Cast) -> dict[str, Any]:
    """The form that makes a case, Ratih its companion."""
    return {
        "categories": ["ktk", "kpo"],
        "companion": str(cast.ratih.user_id),
        "work_label": "rumah majikan",
        "area": "33.74",
        "flags": ["sindikat"],
        "place_kinds": ["rumah_tangga"],
        "name": NAME,
        "sex": "P",
        "birth_year": "1999",
        "phone": "0812 3456 7890",
    }


def row(number: str) -> Report:
    """The stored report."""
    return Report.objects.get(id=reports.report_id_of(number))


def within(actor: Actor) -> Any:
    """A scope of the acting person, to look into tables."""
    from rangkul.foundation.scope import acting

    return acting(actor)


class TestTheRoad:
    def test_a_call_becomes_a_report_in_hand(self, desk: Client, cast: Cast) -> None:
        number = received(desk)
        with within(cast.joko):
            kept = row(number)
        assert (kept.state, kept.risk, kept.handled_by) == ("in_hand", "tinggi", cast.joko.user_id)
        page = desk.get(f"/laporan/{number}/").content.decode()
        assert STORY in page
        assert NAME in page
        assert "0812" in page

    def test_the_follow_up_clock_runs_after_somebody_answered(self, desk: Client) -> None:
        number = received(desk)
        page = desk.get("/laporan/").content.decode()
        assert number in page
        assert page.count('class="clock') >= 1
        assert "Tindak lanjut laporan" in page

    def test_triage_answers_while_one_listens_and_keeps_nothing(
        self, desk: Client, cast: Cast
    ) -> None:
        number = begin(desk)
        version = version_of(desk, number)
        panel = desk.post(f"/laporan/{number}/triase/", filled(version)).content.decode()
        assert "dikurung atau tidak bisa pergi" in panel
        assert "Jangan masuk sendiri ke tempat itu" in panel
        with within(cast.joko):
            assert row(number).account_sealed is None

    def test_the_questions_turn_to_whoever_speaks(self, desk: Client) -> None:
        number = begin(desk)
        data = filled("1", reporter_kind="korban")
        to_survivor = desk.post(f"/laporan/{number}/pertanyaan/", data).content.decode()
        assert "Apakah Anda dikurung" in to_survivor
        data["reporter_kind"] = "tetangga"
        to_other = desk.post(f"/laporan/{number}/pertanyaan/", data).content.decode()
        assert "Apakah orang itu dikurung" in to_other
        assert re.search(r'name="terkurung" value="ya" checked', to_other)

    def test_the_supervisor_opens_the_case_and_the_desk_only_knows_it_is_in_hand(
        self, desk: Client, cast: Cast
    ) -> None:
        number = received(desk)
        sign_in(desk, cast.wahyuni)
        page = desk.get(f"/laporan/{number}/kasus/").content.decode()
        assert NAME in page
        answer = desk.post(f"/laporan/{number}/kasus/", opening(cast))
        assert answer.status_code == 302, answer.content.decode()
        case_number = re.fullmatch(r"/kasus/(RK-[0-9A-Z]{4}-[0-9A-Z]{4})/", answer["Location"])[1]
        with within(cast.wahyuni):
            assert row(number).state == "opened"
        with within(cast.ratih):
            assert custody.visible_among(cast.ratih, [custody.case_id_of(case_number)])
        sign_in(desk, cast.joko)
        page = desk.get(f"/laporan/{number}/").content.decode()
        assert "Diterima, ditangani." in page
        assert STORY not in page
        assert NAME not in page
        assert case_number not in page
        assert desk.post(f"/laporan/{number}/kasus/", opening(cast)).status_code == 302

    def test_the_intake_officer_names_the_companion_and_lets_go(
        self, desk: Client, cast: Cast
    ) -> None:
        number = received(desk)
        answer = desk.post(f"/laporan/{number}/kasus/", opening(cast))
        assert answer["Location"] == f"/laporan/{number}/"
        with within(cast.ratih):
            (file,) = cases.list_files(cast.ratih).covers
        assert file.work_label == "rumah majikan"
        assert STORY not in desk.get(f"/laporan/{number}/").content.decode()

    @pytest.mark.parametrize(
        ("age", "year", "band", "child"),
        [
            ("13", None, "13_17", True), ("17", None, "13_17", True), ("18", None, "18_24", False),
            ("0", None, "0_5", True), ("6", "", "6_12", True), ("13", "1990", "25_44", False),
        ],
    )  # fmt: skip
    def test_the_reported_age_is_the_group_on_the_cover(
        self, desk: Client, cast: Cast, age: str, year: str | None, band: str, child: bool
    ) -> None:
        """With the year that the page offers, with none, and with one that corrects the age."""
        number = received(desk, age=age)
        page = desk.get(f"/laporan/{number}/kasus/").content.decode()
        offered = re.search(r'name="birth_year" value="(\d*)"', page)[1]
        sent = opening(cast) | {"birth_year": offered if year is None else year}
        assert desk.post(f"/laporan/{number}/kasus/", sent).status_code == 302
        with within(cast.ratih):
            (file,) = cases.list_files(cast.ratih).covers
        assert (file.age_band, file.is_child, "anak" in file.flags) == (band, child, child)

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            ({"categories": []}, "Pilih setidaknya satu"),
            ({"work_label": "kinanti pabrik"}, "Label ini memuat nama"),
            ({"nik": "123"}, "Nomor ini belum lengkap"),
            ({"area": ""}, "pilih tempatnya dari daftar"),
            ({"companion": "9031"}, "Pilihan ini tidak ada lagi"),
            ({"birth_year": "1700"}, "Usia ini tidak mungkin"),
            ({"happened_on": "2999-01-01"}, "masa depan"),
        ],
        ids=lambda v: str(v)[:30],
    )
    def test_a_case_that_cannot_open_yet_says_why_and_keeps_the_rest(
        self, desk: Client, cast: Cast, changed: dict[str, Any], sentence: str
    ) -> None:
        number = received(desk)
        sign_in(desk, cast.wahyuni)
        answer = desk.post(f"/laporan/{number}/kasus/", opening(cast) | changed)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert sentence in page
        assert NAME in page
        with within(cast.wahyuni):
            assert row(number).state == "in_hand"

    def test_a_second_report_joins_the_open_file(self, desk: Client, cast: Cast) -> None:
        first = received(desk)
        sign_in(desk, cast.wahyuni)
        opened = desk.post(f"/laporan/{first}/kasus/", opening(cast))["Location"]
        case_number = opened.split("/")[2]
        sign_in(desk, cast.joko)
        second = received(desk, account="Tetangga menelepon lagi.")
        sign_in(desk, cast.wahyuni)
        assert case_number in desk.get(f"/laporan/{second}/gabung/").content.decode()
        for words in (case_number.lower().replace("-", " "), "Kinanti Larasati", "081234567890"):
            found = desk.post(f"/laporan/{second}/gabung/", {"words": words, "do": "search"})
            assert case_number in found.content.decode(), words
        data = {"do": "join", "case": case_number}
        assert desk.post(f"/laporan/{second}/gabung/", data)["Location"] == opened
        with within(cast.wahyuni):
            assert row(second).state == "joined"

    def test_an_earlier_contact_here_is_told_without_identity(self, desk: Client) -> None:
        received(desk)
        number = begin(desk)
        panel = desk.post(
            f"/laporan/{number}/triase/", filled("1", name="", phone="+62 812-3456-7890")
        ).content.decode()
        assert "Mungkin pernah dilaporkan di sini" in panel
        assert "Kinanti" not in panel

    def test_closing_has_a_reason_and_a_way_back(self, desk: Client, cast: Cast) -> None:
        number = received(desk)
        desk.post(f"/laporan/{number}/tutup/", {"outcome": "menolak"})
        with within(cast.joko):
            assert row(number).state == "in_hand"
        desk.post(f"/laporan/{number}/tutup/", {"outcome": "saran_diberikan"})
        assert "Tidak ada laporan yang menunggu" in desk.get("/laporan/").content.decode()
        desk.post(f"/laporan/{number}/lanjutkan/")
        with within(cast.joko):
            assert row(number).state == "in_hand"
        assert number in desk.get("/laporan/").content.decode()


_FUTURE = (timezone.now() + timedelta(days=3)).date().isoformat()
_LATER = (timezone.now() + timedelta(hours=30)).strftime("%Y-%m-%dT%H:%M")

BAD = [
    ({"channel": ""}, "Mohon diisi"),
    ({"account": "   "}, "Ceritanya"),
    ({"account": "a" * 20_001}, "Terlalu panjang"),
    ({"area": ""}, "Tempat kejadian"),
    ({"area": "99.99"}, "Pilihan ini tidak ada lagi"),
    ({"happened_on": _FUTURE}, "masa depan"),
    ({"happened_on": "31-31-2026"}, "Terjadi pada"),
    ({"reported_at": _LATER}, "masa depan"),
    ({"happened_on": "1812-01-01"}, "Periksa tahunnya"),
    ({"age": "126"}, "Usia ini"),
    ({"age": "-1"}, "Usia ini"),
    ({"age": "dua"}, "Masukkan"),
    ({"channel": "burung_merpati"}, "Pilihan ini tidak ada lagi"),
    ({"reporter_kind": "<script>"}, "Pilihan ini tidak ada lagi"),
    ({"violence_kinds": ["fisik", "x"]}, "Pilihan ini tidak ada lagi"),
    ({"terkurung": "mungkin"}, "Jawaban ini tidak ada dalam daftar"),
    ({"name": "x" * 301}, "Terlalu panjang"),
]


class TestWhatIsTypedIsNeverLost:
    @pytest.mark.parametrize(("changed", "sentence"), BAD, ids=lambda v: str(v)[:40])
    def test_a_fault_stands_beside_its_field_and_the_words_stay(
        self, desk: Client, cast: Cast, changed: dict[str, Any], sentence: str
    ) -> None:
        number = begin(desk)
        answer = desk.post(f"/laporan/{number}/isi/", filled(version_of(desk, number), **changed))
        page = answer.content.decode()
        assert answer.status_code == 422
        assert sentence in page
        assert changed.get("account", STORY).strip() in page
        with within(cast.joko):
            assert row(number).state == "draft"

    def test_autosave_keeps_and_may_keep_again(self, desk: Client) -> None:
        number = begin(desk)
        version = version_of(desk, number)
        for words in ("Awal.", "Awal, lalu lanjut.\x00"):
            answer = desk.post(f"/laporan/{number}/simpan/", {"version": version, "account": words})
            assert answer.status_code == 200
            assert set(answer.json()) == {"version", "saved_at"}
        assert "Awal, lalu lanjut." in desk.get(f"/laporan/{number}/isi/").content.decode()

    def test_a_second_tab_takes_the_pen_and_nothing_is_overwritten(self, desk: Client) -> None:
        number = begin(desk)
        first = version_of(desk, number)
        second = version_of(desk, number)
        kept = {"version": second, "account": "Dari tab kedua."}
        assert desk.post(f"/laporan/{number}/simpan/", kept).status_code == 200
        stale = desk.post(f"/laporan/{number}/simpan/", {"version": first, "account": "Pertama."})
        assert stale.status_code == 409
        assert "tab" in stale.json()["error"]
        sent = desk.post(f"/laporan/{number}/isi/", filled(first, account="Dari tab pertama."))
        page = sent.content.decode()
        assert sent.status_code == 409
        assert "Dari tab pertama." in page
        assert "Dari tab kedua." in page
        pen = re.search(r'name="version" value="(\d+)"', page)[1]
        again = desk.post(f"/laporan/{number}/isi/", filled(pen, account="Dari tab pertama."))
        assert again.status_code == 302

    @pytest.mark.parametrize(
        ("field", "value", "shown"),
        [
            ("account", "Dari tab kedua.", "Dari tab kedua."),
            ("reporter_name", "Norma Uji", "Norma Uji"),
            ("reporter_phone", "081234500011", "081234500011"),
            ("safe_contact", "Lewat gurunya, siang hari", "Lewat gurunya, siang hari"),
            ("age", "16", "16"),
            ("sex", "L", "Laki-laki"),
            ("contact_bans", ["telepon"], "Jangan menelepon"),
            ("terkurung", "tidak", "Tidak"),
        ],
    )
    def test_what_the_other_tab_kept_is_shown_in_every_field(
        self, desk: Client, field: str, value: object, shown: str
    ) -> None:
        number = begin(desk)
        first = version_of(desk, number)
        kept = filled(version_of(desk, number), **{field: value})
        assert desk.post(f"/laporan/{number}/simpan/", kept).status_code == 200
        here = filled(first)
        if field == "account":
            here["account"] = "Pertama."
        page = desk.post(f"/laporan/{number}/isi/", here).content.decode()
        other = page.split("tab lain")[1].split("</details>")[0]
        assert f"<dd>{shown}</dd>" in other
        assert other.count("<dt>") == 1

    def test_pressing_twice_is_one_report_and_other_words_are_shown(self, desk: Client) -> None:
        number = begin(desk)
        data = filled(version_of(desk, number))
        first = desk.post(f"/laporan/{number}/isi/", data)
        second = desk.post(f"/laporan/{number}/isi/", data)
        assert first["Location"] == second["Location"] == f"/laporan/{number}/"
        other = desk.post(f"/laporan/{number}/isi/", data | {"account": "Tambahan penting."})
        assert other.status_code == 409
        assert "Tambahan penting." in other.content.decode()

    def test_an_ended_session_leads_to_sign_in_and_back_to_the_draft(
        self, desk: Client, cast: Cast
    ) -> None:
        number = begin(desk)
        version = version_of(desk, number)
        desk.post(f"/laporan/{number}/simpan/", {"version": version, "account": "Sampai di sini."})
        desk.logout()
        answer = desk.post(f"/laporan/{number}/simpan/", {"version": version, "account": "Lalu"})
        assert answer.status_code == 302
        assert answer["Location"].startswith("/akun/login/")
        sign_in(desk, cast.joko)
        assert "Sampai di sini." in desk.get(f"/laporan/{number}/isi/").content.decode()

    def test_words_that_mean_one_place_choose_it_without_a_script(self, desk: Client) -> None:
        number = begin(desk)
        data = filled(version_of(desk, number), area="", area_words="Kota Semarang")
        assert desk.post(f"/laporan/{number}/isi/", data).status_code == 302

    def test_an_empty_draft_left_behind_is_taken_up_again(self, desk: Client, cast: Cast) -> None:
        number, other = begin(desk), begin(desk)
        assert number != other
        with within(cast.joko):
            Report.objects.filter(id=reports.report_id_of(number)).update(
                entered_at=timezone.now() - timedelta(hours=1)
            )
        assert begin(desk) == number


class TestWhoSeesWhat:
    def test_another_agency_finds_nothing(self, desk: Client, cast: Cast) -> None:
        number, draft = received(desk), begin(desk)
        sign_in(desk, cast.ester)
        for address in (
            f"/laporan/{number}/", f"/laporan/{number}/kasus/", f"/laporan/{draft}/isi/",
        ):  # fmt: skip
            assert desk.get(address).status_code == 404
        for address in ("simpan", "triase", "pertanyaan", "isi", "ambil", "tutup"):
            answer = desk.post(f"/laporan/{number}/{address}/", filled("2"))
            assert answer.status_code == 404, address

    def test_a_colleague_does_not_see_a_draft(self, desk: Client, cast: Cast) -> None:
        draft = begin(desk)
        sign_in(desk, cast.wahyuni)
        assert draft not in desk.get("/laporan/?tampil=semua").content.decode()
        assert desk.get(f"/laporan/{draft}/").status_code == 404

    @pytest.mark.parametrize("number", ["LP-0000-0000", "RK-2K5W-07G8", "Kinanti", "LP-1"])
    def test_a_number_that_cannot_be_is_not_here(self, desk: Client, number: str) -> None:
        assert desk.get(f"/laporan/{number}/").status_code == 404

    def test_who_may_not_take_reports_hears_who_can_help(self, desk: Client, cast: Cast) -> None:
        sign_in(desk, cast.laras)
        assert desk.get("/laporan/baru/").status_code == 403

    def test_the_list_costs_the_same_for_one_and_for_three(
        self, desk: Client, django_assert_num_queries: Any
    ) -> None:
        received(desk)
        desk.get("/laporan/")
        with django_assert_num_queries(LIST):
            desk.get("/laporan/")
        received(desk, name="Dewi Uji", phone="")
        received(desk, name="Sari Uji", phone="")
        # What was done is told once, on the next page.
        desk.get("/laporan/")
        with django_assert_num_queries(LIST):
            desk.get("/laporan/")

    def test_no_name_in_titles_addresses_messages_or_logs(
        self, desk: Client, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        number = received(desk)
        for address in (f"/laporan/{number}/", f"/laporan/{number}/kasus/", "/laporan/"):
            answer = desk.get(address)
            page = answer.content.decode()
            title = re.search(r"<title>(.*?)</title>", page, re.S)[1]
            assert "Kinanti" not in title
            assert not re.search(r'(?:href|action|hx-post)="[^"]*Kinanti', page)
            assert answer["Cache-Control"] == "no-store"
        logged = "\n".join(
            record.getMessage() for record in caplog.records if record.name.startswith("rangkul")
        )
        assert "Kinanti" not in logged

    def test_areas_are_asked_by_post_only(self, desk: Client) -> None:
        assert desk.get("/laporan/wilayah/?area_words=Semarang").status_code == 405
        page = desk.post("/laporan/wilayah/", {"area_words": "semarang"}).content.decode()
        assert 'value="33.74"' in page


# session, person, memberships; savepoint, scope, release; reports, clocks, areas; waiting count.
LIST = 9
