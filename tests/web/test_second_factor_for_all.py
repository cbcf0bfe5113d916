"""Whoever works here proves a second factor before any page opens, whatever the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from tests.clients import Client
from tests.contracts.routes import METHODS, routes
from tests.people import Cast
from tests.web.test_entrance import PASSWORD, employ, enter

from rangkul.accounts.models import User
from rangkul.accounts.operations import create_user
from rangkul.config import acting

pytestmark = pytest.mark.django_db

# Where a second factor is set up and proved, and where one leaves; nothing there tells of a case.
DOORS = (
    "/akun/2fa/", "/akun/reauthenticate/", "/akun/logout/", "/akun/bahasa/", "/akun/kunci/",
    "/akun/buka/", "/akun/tetap/",
    # The public's portal takes no session and knows nobody: it is the same for everybody.
    "/info/", "/en/info/",
)  # fmt: skip


@pytest.fixture
def newcomer(cast: Cast) -> User:
    """Somebody of the staff with a password and nothing else."""
    user = create_user(username="tanpa-kunci", display_name="Tanpa Kunci Uji", password=PASSWORD)
    employ(user, by=cast.sinta)
    return user


def opened(client: Client, begins: str = "/") -> tuple[list[str], int]:
    """The addresses that answered with anything but the way to the second factor; and how many."""
    asked = 0
    found = []
    for route in routes():
        if route.is_api or route.address.startswith(DOORS) or not route.address.startswith(begins):
            continue
        # What is named does not matter: the question comes before the address is read.
        address = re.sub(r"<\w+>", "1", route.address)
        for method in METHODS:
            asked += 1
            answer = client.generic(method, address)
            if (answer.status_code, answer.headers.get("Location")) != (302, "/akun/2fa/"):
                found.append(f"{method} {route.address}: {answer.status_code}")
    return found, asked


@pytest.mark.promise(
    "second-factor-for-all",
    chapter="sign-in",
    sentence="Nobody of the staff opens or sends anything before a second factor is proved.",
)
def test_without_one_every_address_leads_to_it(
    client: Client, newcomer: User, figure: Callable[[str], Any]
) -> None:
    enter(client, newcomer.username, PASSWORD)
    found, asked = opened(client)
    assert found == []
    assert asked > 400
    figure(f"0 of {asked} calls answered by anything else, without a second factor")


@pytest.mark.planted("second-factor-for-all")
def test_planted_a_door_that_forgets_to_ask(
    client: Client, newcomer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acting, "_needs_second_factor", lambda request: "kasus" not in request.path)
    enter(client, newcomer.username, PASSWORD)
    found, asked = opened(client, begins="/kasus/<number>/p")
    assert asked == len(found) > 0
