"""The door: signing in, language, agency, lock, account, and the demonstration's entrance."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from pytest_django.fixtures import Settings as SettingsWrapper
from tests.clients import Client
from tests.people import NOW, SEMARANG, Cast, sign_in

from rangkul.accounts.models import User
from rangkul.accounts.operations import create_user
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.network.models import Membership

pytestmark = pytest.mark.django_db

PASSWORD = "delapan-kura-kura-lewat"


@pytest.fixture(autouse=True)
def ours_first(settings: SettingsWrapper) -> None:
    """Our sign-in pages before the library's, as the settings must have it."""
    from rangkul.config.settings import PACKAGE

    found = deepcopy(settings.TEMPLATES)
    found[0]["DIRS"] = [PACKAGE / "desk/templates"]
    settings.TEMPLATES = found


@pytest.fixture
def somebody(cast: Cast, db: None) -> User:
    """A member of staff with a password."""
    user = create_user(username="pintu-uji", display_name="Murni Pintu Uji", password=PASSWORD)
    employ(user, by=cast.sinta)
    return user


def employ(user: User, *, by: Actor) -> Membership:
    """A place as companion in the administrator's agency."""
    with acting(by):
        return Membership.objects.create(
            agency_id=by.agency_id, user=user, roles=["pendamping"], desk_ids=[], since=NOW
        )


def enter(client: Client, login: str, password: str, **more: str) -> Any:
    """Type a name and a password."""
    return client.post("/akun/login/", {"login": login, "password": password} | more)


def confirm(client: Client) -> Any:
    """The password once more, before the second key is set up."""
    return client.post(
        "/akun/reauthenticate/?next=/akun/2fa/totp/activate/", {"password": PASSWORD}, follow=True
    )


class TestSigningIn:
    def test_a_wrong_password_and_an_unknown_name_look_the_same(
        self, client: Client, somebody: User
    ) -> None:
        pages = []
        for login in ("pintu-uji", "tidak-ada-uji"):
            answer = enter(client, login, "bukan kata sandinya")
            page = answer.content.decode()
            assert "Nama atau kata sandi tidak cocok" in page
            pages.append((answer.status_code, _without_varying(page).replace(login, "")))
        assert pages[0] == pages[1]

    def test_the_right_password_leads_to_the_second_key(
        self, client: Client, somebody: User
    ) -> None:
        answer = enter(client, "Pintu-Uji", PASSWORD)
        assert answer.status_code == 302
        assert client.get("/")["Location"] == "/akun/2fa/"
        again = client.get("/akun/2fa/totp/activate/", follow=True).content.decode()
        assert "memastikan sekali lagi bahwa ini Anda" in again
        page = confirm(client).content.decode()
        assert "Pasang kunci kedua" in page
        assert 'src="data:image/svg+xml;base64,' in page

    def test_a_wrong_code_is_said_plainly_and_a_right_one_opens(
        self, client: Client, somebody: User
    ) -> None:
        from allauth.mfa.totp.internal import auth

        enter(client, "pintu-uji", PASSWORD)
        page = confirm(client).content.decode()
        secret = re.search(r'id="secret" value="([A-Z2-7]+)"', page)[1]
        wrong = client.post("/akun/2fa/totp/activate/", {"code": "000000"})
        assert "Kode ini tidak cocok" in wrong.content.decode()
        code = auth.format_hotp_value(
            auth.hotp_value(secret, next(iter(auth.yield_hotp_counters_from_time())))
        )
        right = client.post("/akun/2fa/totp/activate/", {"code": code})
        assert right.status_code == 302
        assert client.get("/akun/saya/").status_code == 200

    def test_each_knock_is_a_line_of_the_log_and_names_no_secret(
        self, client: Client, somebody: User, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.INFO, logger="rangkul.door"):
            enter(client, "pintu-uji", "bukan kata sandinya")
            enter(client, PASSWORD, "nama-di-tempat-yang-salah")
            enter(client, "pintu-uji", PASSWORD)
            confirm(client)
            client.post("/akun/2fa/totp/activate/", {"code": "000000"})
        told = [record.getMessage() for record in caplog.records if record.name == "rangkul.door"]
        assert told == [
            "a sign-in by password was refused",
            "a sign-in by password was refused",
            f"account {somebody.pk} was opened by password",
            "a second factor was refused: incorrect_code",
        ]

    def test_an_ended_session_is_told_kindly(self, client: Client) -> None:
        page = client.get("/akun/login/?next=/kasus/&idle=1").content.decode()
        assert "Sesi Anda berakhir" in page
        assert 'name="next" value="/kasus/"' in page

    @pytest.mark.parametrize(
        "address",
        ["/akun/login/", "/akun/signup/", "/akun/password/reset/", "/akun/inactive/"],
    )
    @pytest.mark.parametrize("language", ["id", "en"])
    def test_every_page_at_the_door_is_ours(
        self, client: Client, address: str, language: str
    ) -> None:
        client.cookies["rangkul_language"] = language
        page = client.get(address).content.decode()
        assert f'lang="{language}"' in page
        assert 'class="card plain-card' in page
        assert "<h1>" in page

    @pytest.mark.parametrize(
        "address",
        ["/akun/logout/", "/akun/", "/akun/saya/", "/akun/2fa/recovery-codes/generate/"],
    )
    def test_the_accounts_own_pages_are_ours(
        self, client: Client, cast: Cast, address: str
    ) -> None:
        sign_in(client, cast.ratih)
        answer = client.get(address, follow=True)
        assert answer.status_code == 200
        assert "<h1" in answer.content.decode()
        assert "rangkul/assets" in answer.content.decode()

    def test_htmx_is_sent_to_an_address_not_to_a_name(self, client: Client) -> None:
        answer = client.get("/laporan/", headers={"HX-Request": "true"})
        assert answer.status_code == 401
        assert answer["HX-Redirect"] == "/akun/login/?next=%2F"


def test_our_sign_in_page_stands_before_the_librarys() -> None:
    from django.template.loader import get_template

    assert "/desk/templates/" in get_template("account/login.html").origin.name


class TestLanguageAndAgency:
    def test_a_language_is_remembered_here_and_for_the_person(
        self, client: Client, cast: Cast
    ) -> None:
        sign_in(client, cast.ratih)
        answer = client.post("/akun/bahasa/", {"language": "en", "next": "/laporan/"})
        assert answer["Location"] == "/laporan/"
        assert client.cookies["rangkul_language"].value == "en"
        assert User.objects.get(pk=cast.ratih.user_id).language == "en"
        client.post("/akun/bahasa/", {"language": "xx"})
        assert client.cookies["rangkul_language"].value == "en"

    @pytest.mark.parametrize(
        "onward", ["https://jahat.example/", "//jahat.example", "javascript:alert(1)", ""]
    )
    def test_nobody_is_led_elsewhere(self, client: Client, onward: str) -> None:
        answer = client.post("/akun/bahasa/", {"language": "en", "next": onward})
        assert answer["Location"] == "/"

    def test_one_acts_only_for_an_agency_of_ones_own(
        self, client: Client, somebody: User, cast: Cast
    ) -> None:
        second = employ(somebody, by=cast.dorce)
        first = Membership.objects.get(user=somebody, agency_id=SEMARANG)
        client.force_login(somebody, "rangkul.config.entering.EntranceBackend")
        session = client.session
        session.update({"second_factor": "set", "membership_id": first.id})
        session.save()
        page = client.get("/akun/saya/").content.decode()
        assert "UPTD PPA Uji Kota Kupang" in page
        answer = client.post("/akun/lembaga/", {"agency": str(second.id), "next": "/laporan/"})
        assert answer["Location"] == "/laporan/"
        assert client.session["membership_id"] == second.id
        onward = {"agency": str(first.id), "next": "/kasus/RK-7F3K-9QXT/"}
        assert client.post("/akun/lembaga/", onward)["Location"] == "/"
        for stranger in (cast.andi.membership_id, 0, "x", ""):
            assert client.post("/akun/lembaga/", {"agency": stranger}).status_code == 404

    def test_without_an_agency_one_is_told_whom_to_ask(self, client: Client, db: None) -> None:
        user = create_user(username="tanpa-uji", display_name="Tanpa Lembaga Uji")
        client.force_login(user, "rangkul.config.entering.EntranceBackend")
        session = client.session
        session["second_factor"] = "set"
        session.save()
        answer = client.get("/laporan/")
        assert answer.status_code == 403
        assert "Admin lembaga dapat mengundang" in answer.content.decode()


class TestTheLock:
    def test_no_page_opens_until_the_password_fits(self, client: Client, somebody: User) -> None:
        client.force_login(somebody, "rangkul.config.entering.EntranceBackend")
        session = client.session
        session["second_factor"] = "set"
        session.save()
        locked = client.post("/akun/kunci/", headers={"X-Requested-With": "fetch"})
        assert locked.status_code == 204
        answer = client.get("/kasus/")
        assert answer["Location"] == "/akun/buka/?next=%2Fkasus%2F"
        assert client.post("/laporan/x/simpan/").status_code == 302
        hx = client.get("/kasus/", headers={"HX-Request": "true"})
        assert hx.status_code == 401
        wrong = client.post("/akun/buka/", {"password": "bukan", "next": "/kasus/"})
        assert wrong.status_code == 422
        assert "Belum cocok" in wrong.content.decode()
        right = client.post("/akun/buka/", {"password": PASSWORD, "next": "/kasus/"})
        assert right["Location"] == "/kasus/"
        assert client.get("/kasus/").status_code == 200

    def test_too_many_wrong_tries_sign_out(self, client: Client, somebody: User) -> None:
        client.force_login(somebody, "rangkul.config.entering.EntranceBackend")
        session = client.session
        session["second_factor"] = "set"
        session.save()
        client.post("/akun/kunci/")
        for _ in range(5):
            answer = client.post("/akun/buka/", {"password": "bukan"})
        assert answer["Location"].startswith("/akun/login/")
        assert "_auth_user_id" not in client.session


class TestTheDemonstration:
    def test_the_addresses_do_not_exist_otherwise(self, client: Client, db: None) -> None:
        assert client.get("/demo/").status_code == 404

    @pytest.mark.promise(
        "no-click-with-real-data",
        chapter="sign-in",
        sentence="One click neither signs a real person in nor confirms that it is her.",
    )
    @pytest.mark.urls("tests.web.demo_addresses")
    def test_nobody_enters_as_a_real_person(
        self,
        client: Client,
        cast: Cast,
        settings: SettingsWrapper,
        figure: Callable[[str], None],
    ) -> None:
        settings.DEMO = True
        figure("0 of 3 names of real people or nobody let in, even in the demonstration")
        for username in ("ratih", "", "tidak-ada"):
            assert client.post("/demo/masuk/", {"username": username}).status_code == 404
        assert "_auth_user_id" not in client.session

    @pytest.mark.planted("no-click-with-real-data")
    @pytest.mark.urls("tests.web.demo_addresses")
    def test_a_planted_fault_in_the_query_still_lets_nobody_in(
        self,
        client: Client,
        cast: Cast,
        settings: SettingsWrapper,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        settings.DEMO = True
        monkeypatch.setattr(
            "rangkul.accounts.queries.get_demo_user",
            lambda username: User.objects.filter(username=username).first(),
        )
        assert client.post("/demo/masuk/", {"username": "ratih"}).status_code == 404


def _without_varying(page: str) -> str:
    """A page without its one-time tokens."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
