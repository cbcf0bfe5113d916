"""Another agency knows the person: its desk is told, and the asking desk learns nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from django.db import DatabaseError
from tests.clients import Client
from tests.people import INTAKE_DESK, KUPANG, NOW, SEMARANG, Cast, owner_url, sign_in

from rangkul.assessments.answers import Answers
from rangkul.cases import operations as cases
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting, system
from rangkul.foundation.workflow import IllegalMove
from rangkul.jobs.earlier_contact import compare
from rangkul.people.identity import Contact, Identity
from rangkul.reports import events, queries
from rangkul.reports import operations as reports
from rangkul.reports.content import About, ReportContent
from rangkul.reports.models import EarlierContact, Report
from rangkul.trail import queries as trail
from rangkul.trail.models import Act

NAME, NIK, PHONE = "Maria Goreti Uji", "5371014203990001", "081234567890"
SINCE = NOW - timedelta(days=7)


def known_in_kupang(cast: Cast) -> int:
    """A case of that person which Yohana carries in Kupang."""
    opening = cases.Opening(
        area="53.71", categories=("ktk",), triage=Answers.of({}),
        identity=Identity(full_name=NAME, nik=NIK), contact=Contact(phone=PHONE),
        companion_id=cast.yohana.user_id,
    )  # fmt: skip
    with acting(cast.marten):
        return int(cases.open_file(opening=opening, by=cast.marten, at=NOW).case_id)


def report_in_semarang(cast: Cast, about: About, *, by: Actor | None = None) -> Report:
    """A report that Joko received."""
    content = ReportContent(channel="telepon", area="33.74", account="Cerita.", about=about)
    taker = by or cast.joko
    with acting(taker):
        draft = reports.begin_report(by=taker, at=NOW)
        return reports.begin_helping(
            report_id=draft.id, expected_version=draft.version, content=content, by=taker, at=NOW
        )


def tell(report: Report, by: Actor) -> None:
    """The job, as the outbox would start it."""
    compare(Event(events.REPORT_RECEIVED, "report", str(report.id), by.agency_id, by.user_id))


def notices(actor: Actor) -> list[EarlierContact]:
    """What this person finds on the page of notices."""
    with acting(actor):
        return queries.list_earlier_contacts(actor, since=SINCE)


@pytest.mark.parametrize(
    ("about", "told"),
    [
        (About(name="Maria Goretti Uji"), True),
        (About(name="Goreti Uji Maria"), True),
        (About(phone="+62 812 3456 7890"), True),
        (About(nik="5371 0142 0399 0001"), True),
        (About(name="Maria"), False),
        (About(name="Maria Uji"), False),
        (About(called_name=NAME), False),
        (About(phone="081234567891"), False),
        (About(nik=PHONE, phone=NIK), False),
        (About(), False),
    ],
    ids=repr,
)
def test_only_whole_names_and_exact_numbers_count(
    committed_db: None, cast: Cast, about: About, told: bool
) -> None:
    case_id = known_in_kupang(cast)
    tell(report_in_semarang(cast, about), cast.joko)
    assert [n.case_id for n in notices(cast.yohana)] == ([case_id] if told else [])
    assert len(notices(cast.marten)) == told


def test_nobody_else_is_told(committed_db: None, cast: Cast) -> None:
    known_in_kupang(cast)
    tell(report_in_semarang(cast, About(phone=PHONE)), cast.joko)
    for outsider in (cast.joko, cast.ratih, cast.wahyuni, cast.ester, cast.andi, cast.besse):
        assert notices(outsider) == []
    with acting(cast.wahyuni):
        assert EarlierContact.objects.count() == 0


def test_running_twice_tells_once_even_after_an_answer(committed_db: None, cast: Cast) -> None:
    known_in_kupang(cast)
    report = report_in_semarang(cast, About(phone=PHONE))
    tell(report, cast.joko)
    tell(report, cast.joko)
    (notice,) = notices(cast.yohana)
    with acting(cast.yohana):
        reports.answer_earlier_contact(notice_id=notice.id, answer="diam", by=cast.yohana, at=NOW)
    tell(report, cast.joko)
    assert notices(cast.yohana) == []


@pytest.mark.parametrize("desks", [{INTAKE_DESK[SEMARANG]}, set()], ids=["desk", "no desk"])
def test_a_desk_that_asks_again_is_one_notice_until_it_is_answered(
    committed_db: None, cast: Cast, desks: set[int]
) -> None:
    known_in_kupang(cast)
    taker = replace(cast.joko, desk_ids=frozenset(desks))
    for _ in range(2):
        tell(report_in_semarang(cast, About(phone=PHONE), by=taker), cast.joko)
    (notice,) = notices(cast.yohana)
    with acting(cast.yohana):
        reports.answer_earlier_contact(notice_id=notice.id, answer="diam", by=cast.yohana, at=NOW)
    tell(report_in_semarang(cast, About(phone=PHONE), by=taker), cast.joko)
    assert len(notices(cast.yohana)) == 1


def test_an_answer_is_given_once_and_by_those_who_see_the_case(
    committed_db: None, cast: Cast
) -> None:
    known_in_kupang(cast)
    tell(report_in_semarang(cast, About(phone=PHONE)), cast.joko)
    (notice,) = notices(cast.yohana)
    for stranger in (cast.ester, cast.wahyuni):
        with acting(stranger), pytest.raises(NotReachable):
            reports.answer_earlier_contact(
                notice_id=notice.id, answer="menghubungi", by=stranger, at=NOW
            )
    with acting(cast.marten):
        reports.answer_earlier_contact(
            notice_id=notice.id, answer="menghubungi", by=cast.marten, at=NOW
        )
    with acting(cast.yohana), pytest.raises(IllegalMove):
        reports.answer_earlier_contact(notice_id=notice.id, answer="diam", by=cast.yohana, at=NOW)


def test_the_trail_of_the_case_tells_and_that_of_the_asker_is_the_same(
    committed_db: None, cast: Cast
) -> None:
    unknown = report_in_semarang(cast, About(phone="081298765432"))
    tell(unknown, cast.joko)
    case_id = known_in_kupang(cast)
    report = report_in_semarang(cast, About(phone=PHONE))
    tell(report, cast.joko)
    with acting(cast.yohana):
        (entry,) = trail.list_case(cast.yohana, case_id, names=[events.EARLIER_CONTACT_NOTICED])
        assert (entry.agency_id, entry.actor_id) == (0, None)
    with acting(cast.joko):
        acts = [
            [act.name for act in trail.list_subject(cast.joko, "report", r.id)]
            for r in (unknown, report)
        ]
        assert acts[0] == acts[1]
        assert not Act.objects.filter(name=events.EARLIER_CONTACT_NOTICED).exists()


def test_a_former_member_starts_no_comparison(committed_db: None, cast: Cast) -> None:
    known_in_kupang(cast)
    report = report_in_semarang(cast, About(phone=PHONE))
    compare(Event(events.REPORT_RECEIVED, "report", str(report.id), SEMARANG, cast.darto.user_id))
    assert notices(cast.yohana) == []


def test_a_case_that_an_agency_has_left_is_not_told(committed_db: None, cast: Cast) -> None:
    case_id = known_in_kupang(cast)
    with psycopg.connect(owner_url()) as owner:
        owner.execute("update custody_caseaccess set until = now() where case_id = %s", [case_id])
    tell(report_in_semarang(cast, About(phone=PHONE)), cast.joko)
    with psycopg.connect(owner_url()) as owner:
        assert owner.execute("select count(*) from reports_earliercontact").fetchone() == (0,)


def test_an_agency_cannot_plant_a_notice(committed_db: None, cast: Cast) -> None:
    case_id = known_in_kupang(cast)
    planted = EarlierContact(
        id="01900000-0000-7000-8000-000000000001", agency_id=KUPANG, case_id=case_id,
        asking_agency_id=SEMARANG, noticed_at=NOW,
    )  # fmt: skip
    for actor in (cast.joko, cast.yohana):
        with pytest.raises(DatabaseError), acting(actor):
            planted.save(force_insert=True)


def test_the_matching_scope_opens_no_seal(committed_db: None, cast: Cast) -> None:
    report = report_in_semarang(cast, About(phone=PHONE))
    with pytest.raises(Exception, match="key destroyed or out of reach"), system("matching"):
        queries.unseal_about(Report.objects.get(id=report.id))


def test_the_asking_desk_sees_byte_for_byte_the_same(
    committed_db: None, cast: Cast, client: Client
) -> None:
    known_in_kupang(cast)
    pages = []
    for phone in (PHONE, "081298765432"):
        sign_in(client, cast.joko)
        number = client.get("/laporan/baru/")["Location"].split("/")[2]
        version = _version(client, number)
        data = {
            "version": version, "channel": "telepon", "account": "Cerita.", "area": "33.74",
            "phone": phone, "do": "receive",
        }  # fmt: skip
        panel = client.post(f"/laporan/{number}/triase/", data)
        sent = client.post(f"/laporan/{number}/isi/", data)
        with acting(cast.joko):
            report = queries.get_report(cast.joko, queries.report_id_of(number))
        tell(report, cast.joko)
        shown = client.get(f"/laporan/{number}/")
        listed = client.get("/laporan/")
        pages.append(
            [
                _leveled(page.content.decode(), number, phone)
                for page in (panel, sent, shown, listed)
            ]
        )
        with acting(cast.joko):
            Report.objects.filter(id=report.id).update(state="closed")
    assert pages[0] == pages[1]
    assert len(notices(cast.yohana)) == 1


def test_the_holding_desk_decides_on_its_page(
    committed_db: None, cast: Cast, client: Client
) -> None:
    case_id = known_in_kupang(cast)
    with psycopg.connect(owner_url()) as owner:
        owner.execute(
            "update network_desk set phone = '0241234567' where id = %s", [INTAKE_DESK[SEMARANG]]
        )
    tell(report_in_semarang(cast, About(phone=PHONE)), cast.joko)
    sign_in(client, cast.yohana)
    page = client.get("/laporan/kontak/").content.decode()
    assert "Kami hubungi meja itu" in page
    assert "UPTD Uji Semarang" not in page
    (notice,) = notices(cast.yohana)
    assert notice.case_id == case_id
    answer = client.post(f"/laporan/kontak/{notice.id}/", {"answer": "menghubungi"})
    assert answer["Location"] == "/laporan/kontak/"
    page = client.get("/laporan/kontak/").content.decode()
    assert "UPTD Uji Semarang" in page
    assert "0241234567" in page
    sign_in(client, cast.wahyuni)
    refused = client.post(f"/laporan/kontak/{notice.id}/", {"answer": "diam"})
    assert refused.status_code == 404


def _version(client: Client, number: str) -> str:
    page = client.get(f"/laporan/{number}/isi/").content.decode()
    return re.search(r'name="version" value="(\d+)"', page)[1]


def _leveled(page: str, number: str, phone: str) -> str:
    """A page without what must differ: its number, its phone, tokens, and the running clock."""
    page = page.replace(number, "LP").replace(phone, "PHONE")
    page = re.sub(r'(name="csrf[^"]*" (?:value|content)=)"\w+"', r"\1", page)
    page = re.sub(r'data-rendered="\d+"', "", page)
    page = re.sub(r'datetime="[^"]+"|data-(?:now|due|started)="[^"]*"', "", page)
    return re.sub(r"\d\d\.\d\d WIB", "", page)
