"""The admin's page of tokens: shown once, listed without the secret, withdrawn for good."""

from __future__ import annotations

import re

import pytest
from tests.clients import Client
from tests.people import SEMARANG, SERVICE_DESK, Cast
from tests.web.files import signed_in

from rangkul.api import events
from rangkul.api.models import ServiceToken
from rangkul.foundation.scope import acting
from rangkul.trail.queries import list_subject

pytestmark = pytest.mark.django_db
PAGE = "/jaringan/akun-layanan/"


@pytest.fixture
def browser(cast: Cast) -> Client:
    return signed_in(cast.sinta)


def make(browser: Client, **changed: object) -> str:
    form = {
        "label": "Rekam layanan, TI", "roles": ["pendamping"], "desks": [SERVICE_DESK[SEMARANG]],
        "days": "90",
    }  # fmt: skip
    answer = browser.post(PAGE, form | changed)
    page: str = answer.content.decode()
    return page


def secret_of(page: str) -> str:
    found = re.search(r"rk_[\w-]{20,}", page)
    assert found, page
    return found[0]


def calls(secret: str) -> int:
    return Client().get("/api/v1/cases", headers={"Authorization": f"Bearer {secret}"}).status_code


def test_a_token_is_shown_once_and_works_until_it_is_withdrawn(browser: Client, cast: Cast) -> None:
    page = make(browser)
    secret = secret_of(page)
    assert "shown only now" in page
    listed = browser.get(PAGE).content.decode()
    assert "Rekam layanan, TI" in listed
    assert secret not in listed
    assert calls(secret) == 200
    with acting(cast.sinta):
        token = ServiceToken.objects.get()
    first = browser.post(f"{PAGE}cabut/", {"token": str(token.id)}, follow=True)
    assert "The next call with it is refused" in first.content.decode()
    assert calls(secret) == 401
    again = browser.post(f"{PAGE}cabut/", {"token": str(token.id)}, follow=True)
    assert "already" in again.content.decode()
    with acting(cast.sinta):
        acts = [act.name for act in list_subject(cast.sinta, "token", token.id)]
    assert sorted(acts) == [events.CREATED, events.WITHDRAWN]


@pytest.mark.parametrize(
    "wrong",
    [{"label": ""}, {"roles": []}, {"roles": ["administrator_sistem"]}, {"days": "9999"},
     {"desks": ["9202"]}, {"roles": ["admin_lembaga", "auditor"]}],
)  # fmt: skip
def test_what_cannot_be_made_is_said_and_nothing_is_made(
    browser: Client, cast: Cast, wrong: dict[str, object]
) -> None:
    with acting(cast.sinta):
        before = ServiceToken.objects.count()
    page = make(browser, **wrong)
    assert not re.search(r"rk_[\w-]{20,}", page)
    with acting(cast.sinta):
        assert ServiceToken.objects.count() == before


def test_another_agencys_token_is_not_there(browser: Client, cast: Cast) -> None:
    make(browser)
    with acting(cast.sinta):
        token = ServiceToken.objects.get()
    other = signed_in(cast.dorce)
    other.raise_request_exception = False
    assert "Rekam layanan" not in other.get(PAGE).content.decode()
    for named in (str(token.id), "kosong", ""):
        assert other.post(f"{PAGE}cabut/", {"token": named}).status_code == 404


def test_only_an_admin_comes_here(cast: Cast) -> None:
    for actor in (cast.ratih, cast.wahyuni, cast.bagas):
        browser = signed_in(actor)
        browser.raise_request_exception = False
        assert browser.get(PAGE).status_code == 403
