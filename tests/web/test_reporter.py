"""A registered reporter: she sends, she hears *received* or *in hand*, and sees nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from tests.clients import Client
from tests.people import INTAKE_DESK, SEMARANG, Cast, sign_in
from tests.rows import as_owner
from tests.web.forms import forms_of

from rangkul.accounts.models import User
from rangkul.clocks import queries as clocks
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.scope import acting
from rangkul.network import queries as network
from rangkul.reports import events, operations, queries
from rangkul.reports.content import About, ReportContent
from rangkul.reports.models import Report
from rangkul.trail.models import Act

SCHOOL, TEACHER = 9071, 9071
STORY = "Ada memar baru di lengannya, dan ia takut pulang."


@pytest.fixture
def norma(committed_db: None, cast: Cast) -> Actor:
    """A teacher of a school in Semarang, as its admin would have brought her in."""
    with as_owner() as owner:
        owner.execute(
            "insert into network_agency (id, code, short_name, name, kind, level, area_id, version)"
            " values (%s, 'uji-sekolah', 'SMP Uji', 'SMP Uji Semarang', 'sekolah', 'kab_kota',"
            " '33.74', 1)", [SCHOOL],
        )  # fmt: skip
        owner.execute(
            "insert into accounts_user (id, username, display_name, email, password, language, "
            "is_active, is_demo, created_at) values (%s, 'norma', 'Norma Uji', '', '!', 'id', true,"
            " false, now())", [TEACHER],
        )  # fmt: skip
        owner.execute(
            "insert into network_membership (id, agency_id, user_id, roles, desk_ids, sex, version,"
            " since, until) values (%s, %s, %s, '{pelapor_terdaftar}', '{}', '', 1, '2025-01-01',"
            " null)", [TEACHER, SCHOOL, TEACHER],
        )  # fmt: skip
    return Actor(TEACHER, SCHOOL, TEACHER, 1, frozenset({"pelapor_terdaftar"}))


@pytest.fixture
def browser(norma: Actor) -> Client:
    """She has signed in."""
    client = Client()
    client.cookies["rangkul_language"] = "id"
    sign_in(client, norma)
    return client


def fields(**changed: str) -> dict[str, str]:
    filled = {
        "token": str(uuid4()), "bahaya_kini": "tidak", "luka": "ya", "account": STORY,
        "name": "Anggrek Uji", "sex": "P", "age": "13", "area": "33.74", "relation": "wali kelas",
        "reach_me": "08123456780, sesudah pukul 14", "do": "send",
    }  # fmt: skip
    return filled | changed


def shown(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def sent(norma: Actor, token: Any = None, **changed: Any) -> int:
    content = ReportContent(
        channel="sekolah", reporter_kind="guru", area="33.74", account=STORY,
        about=About(name="Anggrek Uji"), answers={"luka": ["ya"]},
    )  # fmt: skip
    with acting(norma):
        return operations.send_report(
            content=replace(content, **changed), token=token or uuid4(), by=norma, at=timezone.now()
        )


# -- sending ----------------------------------------------------------------------------------


def test_her_home_is_her_own_and_danger_comes_first(browser: Client) -> None:
    assert browser.get("/")["Location"] == "/pelapor/"
    page = shown(browser.get("/pelapor/"))
    assert "Kirim laporan" in page
    assert page.index('href="tel:112"') < page.index("Yang sudah Anda kirim")
    navigation = re.search(r'<nav class="desk-nav".*?</nav>', page)
    assert navigation
    assert set(re.findall(r'href="(/(?!static)[^"]*)"', navigation[0])) == {"/", "/pelapor/"}
    form = shown(browser.get("/pelapor/kirim/"))
    assert form.index('href="tel:110"') < form.index("Apa yang Anda lihat")


def test_a_report_reaches_the_desk_that_receives_for_the_place(
    browser: Client, cast: Cast, norma: Actor
) -> None:
    answer = browser.post("/pelapor/kirim/", fields())
    assert answer["Location"] == "/pelapor/"
    with acting(cast.joko):
        report = Report.objects.get(taken_by=norma.user_id)
        opened = operations.read_report(report_id=report.id, by=cast.joko, at=timezone.now())
        running = {clock.procedure for clock in clocks.list_subject(cast.joko, "report", report.id)}
        acts = list(Act.objects.filter(subject_kind="report", subject_id=str(report.id)))
    assert (report.agency_id, report.desk_id) == (SEMARANG, INTAKE_DESK[SEMARANG])
    assert (report.state, report.channel, report.reporter_kind) == ("received", "sekolah", "guru")
    # A wound that needs a doctor now: the short clock runs before anybody has judged it.
    assert report.risk == "tinggi"
    assert running == {"first_response_high", "report_follow_up"}
    assert opened.content.account == STORY
    assert opened.content.about == About(name="Anggrek Uji", sex="P", age=13)
    assert opened.content.reporter.phone == "08123456780, sesudah pukul 14"
    assert opened.content.reporter_confidential
    received = next(act for act in acts if act.name == events.REPORT_RECEIVED)
    assert (received.actor_id, received.purpose) == (norma.user_id, "intake")


def test_words_and_place_are_needed_and_nothing_typed_is_lost(
    browser: Client, norma: Actor
) -> None:
    answer = browser.post("/pelapor/kirim/", fields(account="", area=""))
    assert answer.status_code == 422
    page = shown(answer)
    assert "Anggrek Uji" in page
    assert "sesudah pukul 14" in page
    assert 'id="id_account"' in page
    with acting(norma):
        assert queries.list_receipts(norma, since=timezone.now() - timedelta(days=1)) == []


def test_without_a_script_the_place_is_looked_for_by_a_button(browser: Client) -> None:
    answer = browser.post("/pelapor/kirim/", fields(area="", area_words="Semarang", do="area"))
    assert answer.status_code == 200
    page = answer.content.decode()
    assert 'name="area" value="33.74"' in page
    assert STORY in page
    assert forms_of("/pelapor/kirim/", page)


def test_pressed_twice_it_is_one_report(browser: Client, norma: Actor, cast: Cast) -> None:
    form = fields()
    assert browser.post("/pelapor/kirim/", form)["Location"] == "/pelapor/"
    assert browser.post("/pelapor/kirim/", form)["Location"] == "/pelapor/"
    with acting(cast.joko):
        assert Report.objects.filter(taken_by=norma.user_id).count() == 1


def test_where_nobody_receives_she_is_told_whom_to_call(browser: Client) -> None:
    answer = browser.post("/pelapor/kirim/", fields(area="94.01"))
    assert answer.status_code == 422
    assert "SAPA 129" in shown(answer)


# -- what she sees ----------------------------------------------------------------------------


def _take(cast: Cast, report_id: int) -> None:
    with acting(cast.joko):
        operations.take_in_hand(report_id=report_id, by=cast.joko, at=timezone.now())


def _close(cast: Cast, report_id: int) -> None:
    with acting(cast.joko):
        operations.close_report(
            report_id=report_id, outcome="ganda", by=cast.joko, at=timezone.now()
        )


def test_received_then_in_hand_and_in_english_too(
    browser: Client, norma: Actor, cast: Cast
) -> None:
    report_id = sent(norma)
    page = shown(browser.get("/pelapor/"))
    assert queries.report_number(report_id) in page
    assert "Diterima" in page
    assert "Sedang ditangani" not in page
    _take(cast, report_id)
    assert "Sedang ditangani" in shown(browser.get("/pelapor/"))
    browser.cookies["rangkul_language"] = "en"
    page = shown(browser.get("/pelapor/"))
    assert "In hand" in page
    assert "Received" not in page


@pytest.mark.parametrize("ending", [_take, _close])
def test_however_it_went_on_the_page_is_the_same(
    browser: Client, norma: Actor, cast: Cast, ending: Callable[[Cast, int], None]
) -> None:
    """Nothing tells a report closed as a duplicate from one that became a case."""
    report_id = sent(norma)
    ending(cast, report_id)
    page = shown(browser.get("/pelapor/"))
    assert page.count("Sedang ditangani") == 1
    for word in ("ganda", "Joko", "UPTD", "Pengaduan", STORY, "Anggrek", "tinggi"):
        assert word not in page, word


def test_another_reporters_list_is_empty(browser: Client, norma: Actor, cast: Cast) -> None:
    sent(norma)
    with as_owner() as owner:
        owner.execute(
            "update network_membership set roles = '{pelapor_terdaftar}', version = 2 "
            "where id = %s",
            [cast.nining.membership_id],
        )
    other = replace(cast.nining, roles=frozenset({"pelapor_terdaftar"}), membership_version=2)
    with acting(other):
        assert queries.list_receipts(other, since=timezone.now() - timedelta(days=9)) == []


@pytest.mark.parametrize(
    "address",
    ["/laporan/", "/laporan/baru/", "/kasus/", "/rujukan/masuk/", "/jaringan/", "/cari/",
     "/laporan/{number}/", "/laporan/{number}/isi/", "/jaringan/petugas/"],
)  # fmt: skip
def test_nothing_else_opens(browser: Client, norma: Actor, address: str) -> None:
    number = queries.report_number(sent(norma))
    browser.raise_request_exception = False
    assert browser.get(address.format(number=number)).status_code in {403, 404, 405}


def test_the_row_itself_is_out_of_reach(norma: Actor) -> None:
    report_id = sent(norma)
    with acting(norma):
        assert not Report.objects.filter(id=report_id).exists()


def test_when_the_institution_is_suspected_her_access_ends_without_a_word(
    browser: Client, norma: Actor
) -> None:
    with as_owner() as owner:
        owner.execute("update network_membership set until = now() where id = %s", [TEACHER])
    assert browser.get("/pelapor/").status_code == 403


def test_nobody_without_the_role_sends_this_way(cast: Cast, committed_db: None) -> None:
    client = Client(raise_request_exception=False)
    sign_in(client, cast.joko)
    assert client.get("/pelapor/").status_code == 403
    assert client.post("/pelapor/kirim/", fields()).status_code == 403


# -- where it arrives -------------------------------------------------------------------------


def test_the_own_agencys_desk_goes_first_when_somebody_sits_there(norma: Actor, cast: Cast) -> None:
    with as_owner() as owner:
        owner.execute(
            "insert into network_desk (id, agency_id, code, name, takes_reports, always_open, "
            "hours, languages, serves, accessible, phone, active, version) values (9072, %s, "
            "'uji-sekolah-bk', 'BK', true, true, '{}', '{}', '{}', false, '', true, 1)", [SCHOOL],
        )  # fmt: skip
    now = timezone.now()

    def found() -> int | None:
        desk = network.receiving_desk("33.74.01", own_agency_id=SCHOOL, at=now)
        return desk.id if desk else None

    # The teacher alone sits there, and she cannot receive what she sends.
    assert found() == INTAKE_DESK[SEMARANG]
    with as_owner() as owner:
        owner.execute(
            "update network_membership set roles = '{petugas_pengaduan}', desk_ids = '{9072}' "
            "where id = %s", [TEACHER],
        )  # fmt: skip
    assert found() == 9072


def test_the_nearest_desk_goes_before_the_wider_ones(committed_db: None, cast: Cast) -> None:
    now = timezone.now()
    with as_owner() as owner:
        owner.execute("update network_desk set serves = '{ID}' where id = %s", [INTAKE_DESK[9002]])
    near = network.receiving_desk("33.74.01", own_agency_id=SCHOOL, at=now)
    far = network.receiving_desk("94.01", own_agency_id=SCHOOL, at=now)
    assert near and near.id == INTAKE_DESK[SEMARANG]
    assert far and far.id == INTAKE_DESK[9002]


def test_who_takes_it_up_asks_about_earlier_contact(norma: Actor, cast: Cast) -> None:
    """Nobody of the desk could open it before; from outside nobody learns the answer anyway."""
    report_id = sent(norma)
    jobs = (
        "select args from procrastinate_jobs "
        "where args ->> 'subject_id' = %s and args ->> 'name' = %s"
    )
    with as_owner() as owner:
        wanted = [str(report_id), events.REPORT_RECEIVED]
        assert owner.execute(jobs, wanted).fetchall() == []
        _take(cast, report_id)
        [(job,)] = owner.execute(jobs, wanted).fetchall()
    assert (job["agency_id"], job["actor_id"]) == (SEMARANG, cast.joko.user_id)


def test_a_place_that_is_none_is_refused_in_words(norma: Actor) -> None:
    with pytest.raises(InvalidInput) as fault:
        sent(norma, area="33.99")
    assert fault.value.errors == {"area": "unknown"}


def test_her_name_is_in_the_seal_of_reporters(norma: Actor, browser: Client, cast: Cast) -> None:
    browser.post("/pelapor/kirim/", fields())
    with as_owner() as owner:
        rows = owner.execute(
            "select account_sealed, reporter_sealed from reports_report"
        ).fetchall()
    name = User.objects.get(id=TEACHER).display_name.encode()
    assert not any(name in bytes(value) for row in rows for value in row if value)
