"""Invited, gone, asleep: who may enter, from when and until when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connection
from django.urls import reverse
from tests.clients import Client
from tests.people import NOW, Cast, sign_in

from rangkul.accounts import policy
from rangkul.accounts.models import Session, User
from rangkul.accounts.operations import create_user
from rangkul.foundation import hour
from rangkul.foundation.scope import acting
from rangkul.network import operations
from rangkul.network.models import Membership
from rangkul.network.policy import OwnMembership, WorksElsewhere
from rangkul.network.queries import get_member

pytestmark = pytest.mark.django_db

GIVEN, OWN = "kf7p-2mwx-9qhd-vt4n", "delapan-kura-kura-lewat"
SENTENCE = (
    "An invitation opens one page once and for seven days; an account that nobody used for 90 days "
    "rests until its administrator wakes it."
)


def invite(cast: Cast) -> Membership:
    with acting(cast.sinta):
        return operations.invite_member(
            username="baru.uji", display_name="Baru Uji", email="", sex="P", roles=["pendamping"],
            desk_ids=[], password=GIVEN, by=cast.sinta, at=NOW,
        )  # fmt: skip


def enters(login: str, password: str) -> bool:
    client = Client()
    client.post("/akun/login/", {"login": login, "password": password})
    return "_auth_user_id" in client.session


def asleep(cast: Cast, days: int) -> User:
    """A colleague's account that nobody used for so long."""
    user = create_user(username="lelap-uji", display_name="Lelap Uji", password=OWN)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into accounts_user (username, display_name, email, password, language, "
            "is_active, is_demo, created_at) values ('lama-uji', 'Lama Uji', '', %s, 'id', true, "
            "false, %s) returning id", [user.password, hour.now() - timedelta(days=days)],
        )  # fmt: skip
        found = User.objects.get(pk=cursor.fetchone()[0])
    with acting(cast.sinta):
        Membership.objects.create(
            agency_id=cast.sinta.agency_id, user=found, roles=["pendamping"], desk_ids=[], since=NOW
        )
    return found


@pytest.mark.promise("invited-and-resting", chapter="sign-in", sentence=SENTENCE)
def test_invitations_run_out_and_unused_accounts_rest(cast: Cast, figure: Any) -> None:
    user = invite(cast).user
    assert enters("baru.uji", GIVEN)
    User.objects.filter(pk=user.pk).update(invited_until=hour.now() - timedelta(seconds=1))
    assert not enters("baru.uji", GIVEN)
    found = asleep(cast, 91)
    assert not enters("lama-uji", OWN)
    with acting(cast.sinta):
        place = Membership.objects.get(user=found)
        operations.wake_account(membership_id=place.id, by=cast.sinta, at=hour.now())
    assert enters("lama-uji", OWN)
    figure("7 days for an invitation, 90 days until an unused account rests")


@pytest.mark.planted("invited-and-resting")
def test_planted_a_door_that_asks_only_whether_the_account_is_active(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy, "may_enter", lambda user, at: user.is_active)
    asleep(cast, 91)
    assert enters("lama-uji", OWN)


def test_a_first_password_serves_once(cast: Cast) -> None:
    invite(cast)
    client = Client()
    client.post("/akun/login/", {"login": "baru.uji", "password": GIVEN})
    fields = {"oldpassword": GIVEN, "password1": OWN, "password2": OWN}
    assert client.post("/akun/password/change/", fields)["Location"] == "/"
    assert not enters("baru.uji", GIVEN)
    assert enters("baru.uji", OWN)


def test_the_staff_page_says_who_rests_soon_and_wakes(cast: Cast) -> None:
    found = asleep(cast, 80)
    client = Client()
    client.cookies["rangkul_language"] = "en"
    sign_in(client, cast.sinta)
    assert "rests from" in client.get(reverse("network-staff")).content.decode()
    place = Membership.objects.get(user=found)
    page = client.get(reverse("network-member", args=[place.id])).content.decode()
    assert "It is needed still" in page
    assert client.post(reverse("network-member-wake", args=[place.id])).status_code == 302
    assert "rests from" not in client.get(reverse("network-staff")).content.decode()


def test_a_new_way_in_is_shown_once_and_ends_what_was(cast: Cast) -> None:
    user = User.objects.get(pk=cast.ratih.user_id)
    TOTP.activate(user, generate_totp_secret())
    hers = Client()
    sign_in(hers, cast.ratih)
    admin = Client()
    sign_in(admin, cast.sinta)
    where = reverse("network-member-renew", args=[cast.ratih.membership_id])
    assert "vt4n" not in admin.get(where).content.decode()
    page = admin.post(where, {"without_factors": "on"}).content.decode()
    import re

    password = re.search(r"(?:[a-z0-9]{4}-){3}[a-z0-9]{4}", page)[0]
    assert password not in admin.get(where).content.decode()
    assert hers.get("/akun/saya/").status_code == 302
    assert Session.objects.filter(user_id=user.pk).count() == 0
    assert Authenticator.objects.filter(user_id=user.pk).count() == 0
    assert enters("ratih", password)
    with acting(cast.sinta):
        assert (
            get_member(cast.sinta.agency_id, cast.ratih.membership_id).entry_at(hour.now())
            == "invited"
        )


def test_nobody_renews_her_own_nor_somebody_elses_of_two_agencies(cast: Cast) -> None:
    with acting(cast.dorce):
        Membership.objects.create(
            agency_id=cast.dorce.agency_id, user_id=cast.ratih.user_id, roles=["pendamping"],
            desk_ids=[], since=NOW,
        )  # fmt: skip
    renew = {"password": GIVEN, "without_factors": True, "by": cast.sinta, "at": hour.now()}
    with acting(cast.sinta):
        with pytest.raises(OwnMembership):
            operations.renew_entry(membership_id=cast.sinta.membership_id, **renew)
        with pytest.raises(WorksElsewhere):
            operations.renew_entry(membership_id=cast.ratih.membership_id, **renew)
