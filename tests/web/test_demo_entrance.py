"""Entering by one click: the demonstration's own people, and nobody whom the app calls one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings as SettingsWrapper
from tests.clients import Client
from tests.people import Cast, sign_in
from tests.rows import as_owner

from rangkul.accounts.models import User
from rangkul.accounts.operations import create_user


@pytest.fixture
def people(committed_db: None, cast: Cast) -> Iterator[Cast]:
    """Ratih and Wahyuni are the demonstration's, as its loader, the owner, would make them."""
    with as_owner() as owner:
        owner.execute(
            "update accounts_user set is_demo = true where id = any(%s)",
            [[cast.ratih.user_id, cast.wahyuni.user_id]],
        )
    yield cast


def test_the_app_makes_nobody_a_demonstration_person(committed_db: None, cast: Cast) -> None:
    with pytest.raises(DatabaseError, match="only the owner"), transaction.atomic():
        User.objects.filter(pk=cast.ratih.user_id).update(is_demo=True)
    with pytest.raises(DatabaseError, match="only the owner"), transaction.atomic():
        create_user(username="klik-uji", display_name="Klik Uji", is_demo=True)
    assert not User.objects.filter(is_demo=True).exists()


def test_a_library_saves_a_whole_account_but_not_who_it_is(people: Cast) -> None:
    ratih = User.objects.get(pk=people.ratih.user_id)
    ratih.email = "ratih@contoh.example"
    ratih.save()
    assert User.objects.get(pk=ratih.pk).email == "ratih@contoh.example"
    for change in ({"is_demo": False}, {"username": "lain"}, {"is_active": False}):
        other = User.objects.get(pk=ratih.pk)
        for name, value in change.items():
            setattr(other, name, value)
        with pytest.raises(DatabaseError, match="only the owner"), transaction.atomic():
            other.save()


def test_one_click_opens_nothing_outside_the_demonstration(
    people: Cast, client: Client, settings: SettingsWrapper
) -> None:
    sign_in(client, people.ratih)
    client.post("/akun/kunci/")
    assert client.post("/akun/buka/", {}).status_code == 422
    settings.DEMO = True
    assert client.post("/akun/buka/", {}).status_code == 302


@pytest.mark.urls("tests.web.demo_addresses")
def test_nobody_enters_by_click_unless_it_is_a_demonstration(
    people: Cast, client: Client, settings: SettingsWrapper
) -> None:
    settings.DEMO = False
    assert client.get("/demo/").status_code == 404
    assert client.post("/demo/masuk/", {"username": "ratih"}).status_code == 404
    assert "_auth_user_id" not in client.session


@pytest.mark.urls("tests.web.demo_addresses")
def test_one_click_enters_as_an_invented_person(
    people: Cast, client: Client, settings: SettingsWrapper
) -> None:
    settings.DEMO = True
    page = client.get("/demo/").content.decode()
    assert "Ratih Wulandari Uji" in page
    assert "Yohana" not in page
    assert page.index("UPTD PPA Uji Kota Semarang") < page.index("Ratih Wulandari")
    answer = client.post("/demo/masuk/", {"username": "ratih"})
    assert answer["Location"] == "/"
    assert client.get("/akun/saya/").status_code == 200


@pytest.mark.urls("tests.web.demo_addresses")
def test_the_entrance_asks_once_for_all_its_people(
    people: Cast, client: Client, settings: SettingsWrapper
) -> None:
    settings.DEMO = True
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/demo/").content.decode()
    assert page.count('name="username"') == 2
    assert sum('"network_membership"' in each["sql"] for each in asked) == 1
