"""Pemberitahuan on the screen: the list, the bell, how one is called, what is late where."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests import world as worlds
from tests.clients import Client
from tests.domain.alerts.postbox import Service, TestBrowser, push_service
from tests.people import JATENG, KUPANG, MAKASSAR, NASIONAL, SEMARANG, Cast, names
from tests.web.files import signed_in

from rangkul.accounts.models import User
from rangkul.alerts import kinds, queries
from rangkul.alerts.models import Alert, PushSubscription, Ways
from rangkul.alerts.operations import Call, end_alerts, raise_alerts
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting, system

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATE = "first_response_low"


def tell(agency: int, audience: str, **more: Any) -> None:
    given = {
        "token": str(uuid4()), "kind": "clock_late", "code": LATE, "subject_kind": "clock",
        "subject_id": str(uuid4()), "due_at": timezone.now() - 3 * HOUR,
    }  # fmt: skip
    with system("tick"):
        raise_alerts(
            calls=[Call(agency_id=agency, audience=audience, **(given | more))], at=timezone.now()
        )


def tell_person(actor: Actor, **more: Any) -> None:
    tell(actor.agency_id, Alert.PERSON, user_id=actor.user_id, **more)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def bell(client: Client) -> str:
    return page(client, "/pemberitahuan/jumlah")


# -- the list and the bell --------------------------------------------------------------------


def test_nothing_calls_and_the_page_says_so(db: None, cast: Cast) -> None:
    client = signed_in(cast.ratih)
    assert "Nothing calls you now." in page(client, "/pemberitahuan/")
    assert "count-alert" not in bell(client)


def test_what_waits_is_counted_until_it_was_looked_at(db: None, cast: Cast) -> None:
    tell_person(cast.ratih)
    tell_person(cast.nining)
    client = signed_in(cast.ratih)
    assert ">1</span>" in bell(client)
    shown = page(client, "/pemberitahuan/")
    assert ">New<" in shown
    assert "overdue" in shown
    assert "count-alert" not in bell(client)
    assert ">New<" not in page(client, "/pemberitahuan/")


def test_a_call_leads_to_the_case_only_for_those_who_may_open_it(db: None, cast: Cast) -> None:
    world = worlds.build(cast)
    about = ("case", str(world.case_id))
    tell_person(cast.ratih, about=about)
    tell_person(cast.nining, about=about)
    link = f"/kasus/{world.case_number}/"
    assert link in page(signed_in(cast.ratih), "/pemberitahuan/")
    colleague = page(signed_in(cast.nining), "/pemberitahuan/")
    assert world.case_number not in colleague


def test_a_call_leads_to_the_report_and_to_the_request(db: None, cast: Cast) -> None:
    world = worlds.build(cast)
    tell_person(cast.joko, about=("report", str(world.report_id)))
    tell_person(cast.melki, about=("request", str(world.request_id)))
    assert f"/laporan/{world.report_number}/" in page(signed_in(cast.joko), "/pemberitahuan/")
    assert f"/rujukan/{world.packet_number}/" in page(signed_in(cast.melki), "/pemberitahuan/")


def test_a_coordinator_sees_the_number_of_a_request_and_no_way_in(db: None, cast: Cast) -> None:
    world = worlds.build(cast)
    tell(JATENG, Alert.PROVINCE, about=("request", str(world.request_id)), step=3)
    shown = page(signed_in(cast.retno), "/pemberitahuan/")
    assert world.packet_number in shown
    assert f"/rujukan/{world.packet_number}/" not in shown


def test_settled_calls_stand_below_and_lead_nowhere_new(db: None, cast: Cast) -> None:
    tell_person(cast.ratih, subject_id="1")
    with acting(cast.ratih):
        end_alerts(subject_kind="clock", subject_ids=["1"], at=timezone.now())
    client = signed_in(cast.ratih)
    assert "count-alert" not in bell(client)
    assert "Settled in the last 30 days" in page(client, "/pemberitahuan/")


def test_a_supervisor_at_the_desk_reads_of_one_thing_once(db: None, cast: Cast) -> None:
    for step, audience in ((1, Alert.DESK), (2, Alert.SUPERVISOR)):
        tell(SEMARANG, audience, subject_id="7", step=step, desk_id=9101)
    client = signed_in(cast.wahyuni)
    assert ">1</span>" in bell(client)
    shown = page(client, "/pemberitahuan/")
    assert shown.count('<article class="task">') == 1
    assert "Supervisor called" in shown
    assert "count-alert" not in bell(client)


def test_all_seen_reaches_what_did_not_fit(db: None, cast: Cast) -> None:
    for _ in range(queries.PAGE + 5):
        tell_person(cast.ratih)
    client = signed_in(cast.ratih)
    shown = page(client, "/pemberitahuan/")
    assert "All seen" in shown
    assert ">5</span>" in bell(client)
    assert client.post("/pemberitahuan/semua-dilihat/").status_code == 302
    assert "count-alert" not in bell(client)


def test_a_supervisor_reads_who_was_not_reached(db: None, cast: Cast) -> None:
    tell(
        SEMARANG, Alert.SUPERVISOR, kind=kinds.UNREACHED, code="email", due_at=None,
        user_id=cast.ratih.user_id, subject_kind=kinds.REACH, subject_id="x",
    )  # fmt: skip
    shown = page(signed_in(cast.wahyuni), "/pemberitahuan/")
    assert "Not reached: e-mail" in shown
    assert "Ratih" in shown


def test_a_kind_that_is_new_to_the_screen_still_has_words(db: None, cast: Cast) -> None:
    tell_person(cast.ratih, kind="something_new", code="", due_at=None)
    assert "Something waits for you" in page(signed_in(cast.ratih), "/pemberitahuan/")


def _queries(client: Client, address: str) -> int:
    page(client, address)
    with CaptureQueriesContext(connection) as seen:
        page(client, address)
    return len(seen)


@pytest.mark.parametrize("address", ["/pemberitahuan/", "/pemberitahuan/jumlah"])
def test_many_calls_cost_no_more_than_one(db: None, cast: Cast, address: str) -> None:
    world = worlds.build(cast)
    client = signed_in(cast.wahyuni)
    counts = []
    for number in (1, 6):
        for _ in range(number):
            for kind, thing in (
                ("case", world.case_id), ("report", world.report_id), ("request", world.request_id)
            ):  # fmt: skip
                tell_person(cast.wahyuni, about=(kind, str(thing)), about_agency_id=KUPANG)
            tell(SEMARANG, Alert.SUPERVISOR, kind=kinds.UNREACHED, user_id=cast.ratih.user_id)
        counts.append(_queries(client, address))
    assert counts[0] == counts[1]


def test_no_other_page_asks_for_the_count(db: None, cast: Cast) -> None:
    client = signed_in(cast.ratih)
    page(client, "/akun/saya/")
    with CaptureQueriesContext(connection) as seen:
        shown = page(client, "/akun/saya/")
    assert 'href="/pemberitahuan/"' in shown
    assert 'hx-get="/pemberitahuan/jumlah"' in shown
    assert not [query for query in seen if "alerts_alert" in query["sql"]]


def test_the_bell_keeps_no_session_alive(db: None, cast: Cast) -> None:
    client = signed_in(cast.ratih)
    page(client, "/pemberitahuan/")
    session = client.session
    before = int((timezone.now() - timedelta(minutes=20)).timestamp())
    session["seen_at"] = before
    session.save()
    client.get("/pemberitahuan/jumlah", headers={"X-Rangkul-By-Itself": "1"})
    assert client.session["seen_at"] == before
    page(client, "/pemberitahuan/")
    assert client.session["seen_at"] > before


# -- what is late -----------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["retno", "hendra"])
def test_what_is_late_is_a_coordinators_home(db: None, cast: Cast, login: str) -> None:
    answer = signed_in(getattr(cast, login)).get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/terlambat/")


def test_a_province_sees_who_is_late_with_what_and_no_case(db: None, cast: Cast) -> None:
    world = worlds.build(cast)
    number = world.packet_number
    for hours in (2, 50):
        tell(
            JATENG, Alert.PROVINCE, about_agency_id=SEMARANG, step=3,
            due_at=timezone.now() - hours * HOUR,
        )  # fmt: skip
    tell(
        JATENG, Alert.PROVINCE, about_agency_id=KUPANG, step=3, code="referral_accept_high",
        about=("request", str(world.request_id)),
    )  # fmt: skip
    shown = page(signed_in(cast.retno), "/terlambat/")
    assert "UPTD Uji Semarang" in shown
    assert "× 2" in shown
    assert "2 days" in shown
    assert "Province called" in shown
    assert f"/tak-terjawab/{number}/" in shown
    assert world.case_number not in shown
    assert "3 deadlines" in shown
    assert not [name for name in names() if name in shown.replace("Retno Puspasari", "")]


def test_each_coordinator_sees_the_own_province(db: None, cast: Cast) -> None:
    tell(JATENG, Alert.PROVINCE, about_agency_id=SEMARANG, step=3)
    tell(NASIONAL, Alert.NATION, about_agency_id=MAKASSAR, step=4)
    assert "Nothing is late." in page(signed_in(cast.filmon), "/terlambat/")
    nation = page(signed_in(cast.hendra), "/terlambat/")
    assert "LSM Uji Makassar" in nation
    assert "/tak-terjawab/" not in nation
    assert "UPTD Uji Semarang" not in nation


@pytest.mark.parametrize("login", ["ratih", "wahyuni", "bagas", "sinta"])
def test_nobody_else_sees_what_is_late_elsewhere(db: None, cast: Cast, login: str) -> None:
    assert signed_in(getattr(cast, login)).get("/terlambat/").status_code == 403


# -- how one is called ------------------------------------------------------------------------

SENT = {
    "version": "1", "email": "on", "push": "on", "quiet_from": "22:00", "quiet_until": "05:30",
    "digest_at": "07:00", "phone": "",
}  # fmt: skip


def test_wishes_are_kept_and_shown_again(db: None, cast: Cast) -> None:
    client = signed_in(cast.ratih)
    assert 'value="21:00"' in page(client, "/pemberitahuan/cara/")
    answer = client.post("/pemberitahuan/cara/", SENT | {"text": "on", "phone": "0812 3456 7890"})
    assert answer.status_code == 302
    ways = Ways.objects.get(user_id=cast.ratih.user_id)
    assert (ways.version, ways.phone, str(ways.quiet_until)) == (2, "+6281234567890", "05:30:00")
    shown = page(client, "/pemberitahuan/cara/")
    assert 'value="22:00"' in shown
    assert "WIB" in shown


def test_an_empty_form_switches_nothing_off(db: None, cast: Cast) -> None:
    assert signed_in(cast.ratih).post("/pemberitahuan/cara/").status_code == 409
    assert not Ways.objects.exists()


def test_two_tabs_do_not_overwrite_each_other(db: None, cast: Cast) -> None:
    client = signed_in(cast.ratih)
    assert client.post("/pemberitahuan/cara/", SENT).status_code == 302
    assert client.post("/pemberitahuan/cara/", SENT | {"digest_at": ""}).status_code == 409
    assert client.post("/pemberitahuan/cara/", SENT | {"version": "2"}).status_code == 302


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"phone": "12"}, "This number cannot be called"),
        ({"text": "on"}, "Please give the number"),
        ({"quiet_until": ""}, "Please give both hours"),
        ({"quiet_until": "22:00"}, "begin and end at the same hour"),
        ({"digest_at": "23:00"}, "lies in your quiet hours"),
        ({"quiet_from": "later"}, "Enter a valid time"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(
    db: None, cast: Cast, wrong: dict[str, str], sentence: str
) -> None:
    answer = signed_in(cast.ratih).post("/pemberitahuan/cara/", SENT | wrong)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Ways.objects.exists()


def test_without_an_address_the_page_says_what_to_do(db: None, cast: Cast) -> None:
    client = signed_in(cast.ratih)
    assert "no e-mail address" in page(client, "/pemberitahuan/cara/")
    User.objects.filter(id=cast.ratih.user_id).update(email="ratih@uji.example")
    assert "Letters go to ratih@uji.example." in page(client, "/pemberitahuan/cara/")


def test_what_the_house_cannot_send_is_not_offered(db: None, cast: Cast, settings: Any) -> None:
    settings.LETTERS_LEAVE = settings.TEXTS_LEAVE = False
    client = signed_in(cast.ratih)
    shown = page(client, "/pemberitahuan/cara/")
    assert "By e-mail" not in shown
    assert "By text message" not in shown
    assert client.post("/pemberitahuan/cara/", SENT).status_code == 302
    assert Ways.objects.get().email is False


def test_a_trial_is_called_once_a_minute_and_seen_on_the_list(db: None, cast: Cast) -> None:
    client = signed_in(cast.ratih)
    for _ in range(3):
        assert client.post("/pemberitahuan/cara/coba/").status_code == 302
    assert page(client, "/pemberitahuan/").count("A trial call, as you asked") <= 4
    with system("tick"):
        assert Alert.objects.filter(kind=kinds.TRIAL).count() <= 2
    assert "count-alert" not in bell(client)


@pytest.fixture
def service(settings: Any) -> Iterator[Service]:
    with push_service(settings) as made:
        yield made


def test_a_browser_signs_up_and_off(db: None, cast: Cast, service: Service) -> None:
    client, given = signed_in(cast.ratih), TestBrowser(service).given
    assert client.post("/pemberitahuan/cara/peramban/", given).status_code == 204
    assert "1 browser is signed up." in page(client, "/pemberitahuan/cara/")
    stranger = signed_in(cast.andi)
    off = {"endpoint": given["endpoint"]}
    assert stranger.post("/pemberitahuan/cara/peramban/lepas/", off).status_code == 204
    assert PushSubscription.objects.count() == 1
    assert client.post("/pemberitahuan/cara/peramban/lepas/", off).status_code == 204
    assert PushSubscription.objects.count() == 0


def test_an_address_inside_the_house_is_no_browser(db: None, cast: Cast) -> None:
    given = {"endpoint": "https://127.0.0.1/sehat", "p256dh": "x", "auth": "x"}
    answer = signed_in(cast.ratih).post("/pemberitahuan/cara/peramban/", given)
    assert answer.status_code == 422
    assert not PushSubscription.objects.exists()
