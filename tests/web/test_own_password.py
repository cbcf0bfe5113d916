"""A password that somebody else made opens one page only: the one that changes it."""

from __future__ import annotations

import pytest
from tests.clients import Client
from tests.people import NOW, Cast

from rangkul.accounts import events
from rangkul.accounts.models import User
from rangkul.foundation.scope import acting
from rangkul.network import operations, queries
from rangkul.trail.queries import list_subject

pytestmark = pytest.mark.django_db

GIVEN, OWN = "kf7p-2mwx-9qhd-vt4n", "delapan-kura-kura-lewat"
DOOR = "/akun/password/change/"


@pytest.fixture
def invited(cast: Cast, db: None) -> User:
    """A new colleague, told a first password."""
    with acting(cast.sinta):
        place = operations.invite_member(
            username="baru.uji", display_name="Baru Uji", email="", sex="P",
            roles=["pendamping"], desk_ids=[], password=GIVEN, by=cast.sinta, at=NOW,
        )  # fmt: skip
    return place.user


@pytest.fixture
def browser(client: Client, invited: User) -> Client:
    """She has signed in with it."""
    client.cookies["rangkul_language"] = "en"
    client.post("/akun/login/", {"login": "baru.uji", "password": GIVEN})
    return client


def change(browser: Client, password: str, **more: str) -> object:
    fields = {"oldpassword": GIVEN, "password1": password, "password2": password}
    return browser.post(DOOR, fields | more)


@pytest.mark.parametrize(
    "address",
    ["/", "/kasus/", "/laporan/baru/", "/akun/saya/", "/akun/2fa/", "/akun/2fa/totp/activate/"],
)
def test_no_other_page_opens(browser: Client, address: str) -> None:
    assert browser.get(address)["Location"] == DOOR
    assert browser.post(address)["Location"] == DOOR


def test_the_page_opens_and_says_why(browser: Client) -> None:
    page = browser.get(DOOR).content.decode()
    assert "somebody else made" in page
    assert "Back to my account" not in page


@pytest.mark.parametrize("weak", ["pendek", "password1234", GIVEN])
def test_a_weak_password_or_the_same_again_is_not_taken(
    browser: Client, invited: User, weak: str
) -> None:
    assert change(browser, weak).status_code == 200
    invited.refresh_from_db()
    assert invited.must_change_password
    assert invited.check_password(GIVEN)


def test_the_own_password_opens_the_way_and_the_trail_knows(browser: Client, invited: User) -> None:
    answer = change(browser, OWN)
    assert answer["Location"] == "/"
    invited.refresh_from_db()
    assert invited.check_password(OWN)
    assert not invited.must_change_password
    # The second factor comes next, as for everybody.
    assert browser.get("/")["Location"] == "/akun/2fa/"
    actor = queries.list_memberships(invited.pk)[0]
    mine = queries.actor_of(actor)
    with acting(mine):
        acts = [act.name for act in list_subject(mine, "user", invited.pk)]
    assert acts == [events.PASSWORD_CHANGED]


def test_one_may_leave_and_choose_the_language(browser: Client) -> None:
    assert browser.post("/akun/bahasa/", {"language": "id", "next": DOOR})["Location"] == DOOR
    assert browser.post("/akun/logout/")["Location"] != DOOR


def test_whoever_chose_the_password_alone_is_not_asked(client: Client, cast: Cast) -> None:
    from rangkul.accounts.operations import create_user

    user = create_user(username="sendiri-uji", display_name="Sendiri Uji", password=OWN)
    client.post("/akun/login/", {"login": "sendiri-uji", "password": OWN})
    assert not user.must_change_password
    assert client.get("/")["Location"] == "/akun/2fa/"
