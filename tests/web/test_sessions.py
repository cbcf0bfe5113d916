"""A session ends by itself, by its person, and when what it rests on changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.totp.internal.flows import deactivate_totp
from django.conf import settings
from pytest_django.fixtures import Settings as SettingsWrapper
from tests.clients import Client
from tests.people import NOW, Cast, sign_in

from rangkul.accounts import sessions
from rangkul.accounts.models import Session, User
from rangkul.config import acting
from rangkul.foundation import hour
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting as acting_as
from rangkul.network import operations
from rangkul.network.models import Membership

pytestmark = pytest.mark.django_db

SENTENCE = (
    "A session ends after 30 minutes without a hand on it, an administrator's after 15, and any "
    "after 12 hours, by the server's clock."
)
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"


def browser(actor: Actor, agent: str = CHROME) -> Client:
    client = Client(headers={"User-Agent": agent})
    client.cookies["rangkul_language"] = "en"
    sign_in(client, actor)
    session = client.session
    session[sessions.DEVICE] = sessions.device_words(agent)
    session.save()
    return client


def aged(client: Client, *, idle: timedelta, whole: timedelta) -> bool:
    """Whether a session so long without a hand, and so long since the sign-in, still opens."""
    session = client.session
    session[sessions.SEEN] = int(hour.seconds() - idle.total_seconds())
    session[sessions.ENTERED] = int(hour.seconds() - whole.total_seconds())
    session.save()
    return client.get("/akun/saya/").status_code == 200


MINUTE = timedelta(minutes=1)


@pytest.mark.promise("sessions-end", chapter="sign-in", sentence=SENTENCE)
def test_sessions_end_when_they_must(cast: Cast, figure: Any) -> None:
    for actor, idle in ((cast.ratih, 30), (cast.wahyuni, 30), (cast.sinta, 15), (cast.dorce, 15)):
        assert aged(browser(actor), idle=idle * MINUTE - MINUTE, whole=timedelta(hours=1))
        assert not aged(browser(actor), idle=idle * MINUTE + MINUTE, whole=timedelta(hours=1))
        assert aged(browser(actor), idle=MINUTE, whole=timedelta(hours=11, minutes=59))
        assert not aged(browser(actor), idle=MINUTE, whole=timedelta(hours=12))
    figure("30 min and 12 h for staff, 15 min and 12 h for administrators, to the minute")


@pytest.mark.planted("sessions-end")
def test_planted_a_limit_that_only_the_cookie_keeps(cast: Cast, settings: SettingsWrapper) -> None:
    settings.SESSION_LONGEST = timedelta(days=365)
    assert aged(browser(cast.ratih), idle=MINUTE, whole=timedelta(hours=13))


@pytest.mark.planted("sessions-end")
def test_planted_an_administrator_with_everybodys_patience(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acting, "_ADMINISTERS", ())
    assert aged(browser(cast.sinta), idle=20 * MINUTE, whole=timedelta(hours=1))


def test_a_session_that_does_not_know_when_it_began_has_ended(cast: Cast) -> None:
    client = browser(cast.ratih)
    session = client.session
    del session[sessions.ENTERED]
    session.save()
    assert client.get("/akun/saya/").status_code == 302


def test_an_admin_in_one_agency_is_one_in_all(cast: Cast) -> None:
    user = User.objects.get(pk=cast.sinta.user_id)
    with acting_as(cast.yohana):
        Membership.objects.create(
            agency_id=cast.yohana.agency_id, user=user, roles=["pendamping"], desk_ids=[], since=NOW
        )
    client = browser(cast.sinta)
    session = client.session
    session["membership_id"] = Membership.objects.filter(user=user).last().pk
    session.save()
    assert not aged(client, idle=20 * MINUTE, whole=timedelta(hours=1))


def test_the_page_knows_how_long_it_may_lie(cast: Cast) -> None:
    assert 'data-idle-seconds="1800"' in browser(cast.ratih).get("/akun/saya/").content.decode()
    assert 'data-idle-seconds="900"' in browser(cast.sinta).get("/akun/saya/").content.decode()


def test_staying_is_a_sign_of_life_and_asking_by_itself_is_none(cast: Cast) -> None:
    client = browser(cast.ratih)
    for headers, alive in (({}, True), ({"X-Rangkul-By-Itself": "1"}, False)):
        session = client.session
        session[sessions.SEEN] = before = int(hour.seconds()) - 600
        session.save()
        assert client.post("/akun/tetap/", headers=headers).status_code == 204
        assert (client.session[sessions.SEEN] > before) is alive
    assert Client().post("/akun/tetap/").status_code == 401


class TestOnesOwn:
    def test_they_are_listed_in_plain_words_without_an_address(self, cast: Cast) -> None:
        here = browser(cast.ratih)
        browser(cast.ratih, "Mozilla/5.0 (Linux; Android 14) Gecko Firefox/131.0")
        browser(cast.sinta)
        page = here.get("/akun/sesi/").content.decode()
        assert page.count("Chrome · Windows") >= 1
        assert "Firefox · Android" in page
        assert page.count('name="session"') == 1
        assert "this one" in page
        assert "127.0.0.1" not in page
        for row in Session.objects.all():
            assert "127.0.0.1" not in row.session_data

    def test_one_is_ended_and_only_ones_own(self, cast: Cast) -> None:
        here, there, hers = browser(cast.ratih), browser(cast.ratih), browser(cast.sinta)
        keys = {
            client: sessions.row_key(client.cookies[settings.SESSION_COOKIE_NAME].value)
            for client in (here, there, hers)
        }
        here.post("/akun/sesi/akhiri/", {"session": keys[hers]})
        assert hers.get("/akun/saya/").status_code == 200
        here.post("/akun/sesi/akhiri/", {"session": keys[there]})
        assert there.get("/akun/saya/").status_code == 302
        assert here.get("/akun/saya/").status_code == 200
        assert here.post("/akun/sesi/akhiri/", {"session": "x"}).status_code == 302

    def test_all_others_are_ended(self, cast: Cast) -> None:
        here, *others = (browser(cast.ratih) for _ in range(4))
        here.post("/akun/sesi/akhiri-lain/")
        assert here.get("/akun/saya/").status_code == 200
        assert {other.get("/akun/saya/").status_code for other in others} == {302}


CHANGES = (
    "A changed password, a changed second factor or a place that ends ends every other session."
)


def change_password(here: Client, cast: Cast) -> None:
    user = User.objects.get(pk=cast.ratih.user_id)
    user.set_password("delapan-kura-kura-lewat")
    user.save()
    sign_in(here, cast.ratih)
    answer = here.post(
        "/akun/password/change/",
        {"oldpassword": "delapan-kura-kura-lewat", "password1": "enam bebek di sawah",
         "password2": "enam bebek di sawah"},
    )  # fmt: skip
    assert answer.status_code == 302


def change_factor(here: Client, cast: Cast) -> None:
    from allauth.mfa import signals

    request = here.get("/akun/saya/").wsgi_request
    user = User.objects.get(pk=cast.ratih.user_id)
    made = TOTP.activate(user, generate_totp_secret()).instance
    signals.authenticator_added.send(
        sender=type(made), request=request, user=user, authenticator=made
    )
    assert deactivate_totp


def end_place(here: Client, cast: Cast) -> None:
    with acting_as(cast.sinta):
        operations.end_membership(
            membership_id=cast.ratih.membership_id, version=1, by=cast.sinta, at=hour.now()
        )


@pytest.mark.promise("changes-end-sessions", chapter="sign-in", sentence=CHANGES)
@pytest.mark.parametrize("change", [change_password, change_factor, end_place])
def test_other_sessions_end(cast: Cast, change: Any, figure: Any) -> None:
    here, others = browser(cast.ratih), [browser(cast.ratih) for _ in range(3)]
    change(here, cast)
    assert {other.get("/akun/saya/").status_code for other in others} == {302}
    assert Session.objects.filter(user_id=cast.ratih.user_id).count() <= 1
    figure("0 of 3 other sessions opened a page afterwards")


@pytest.mark.planted("changes-end-sessions")
def test_planted_a_change_that_ends_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "end_all", lambda **_: 0)
    here, other = browser(cast.ratih), browser(cast.ratih)
    change_factor(here, cast)
    assert other.get("/akun/saya/").status_code == 200


def test_what_has_ended_is_swept_away_at_night(cast: Cast) -> None:
    from rangkul.jobs.doors import forget

    browser(cast.ratih)
    Session.objects.update(expire_date=hour.now() - timedelta(hours=1))
    browser(cast.sinta)
    forget()
    assert list(Session.objects.values_list("user_id", flat=True)) == [cast.sinta.user_id]
