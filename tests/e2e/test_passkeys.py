"""A passkey in a real browser: made, used to confirm and to come in, renamed, removed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from ops.screenshots import Walk
from playwright.sync_api import CDPSession, Page, expect
from tests.e2e.house import Door, House

SENTENCE = (
    "A passkey can be added, renamed and removed by its person, confirms acts that weigh, and "
    "opens the door alone, under a policy without unsafe-* and with Trusted Types."
)


def with_authenticator(page: Page) -> CDPSession:
    """A virtual authenticator that says yes, as a finger on a sensor would."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
            "hasUserVerification": True, "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }},
    )  # fmt: skip
    return session


@pytest.fixture
def at_localhost(door: Door, house: House) -> Door:
    """A passkey belongs to a name; an address of digits has none."""
    door.base = house.base.replace("127.0.0.1", "localhost")
    return door


@pytest.mark.promise("passkeys", chapter="sign-in", sentence=SENTENCE)
def test_a_passkey_from_its_making_to_its_end(
    at_localhost: Door, figure: Callable[[str], None]
) -> None:
    base = at_localhost.base
    page = at_localhost.context(language="en").new_page()
    told: list[str] = []
    page.on("console", lambda line: told.append(line.text) if line.type == "error" else None)
    Walk(base, page).enter("mega")
    with_authenticator(page)
    page.goto(f"{base}/akun/2fa/webauthn/add/")
    page.get_by_label("What you call it").fill("Blue key")
    # By the keyboard alone.
    button = page.get_by_role("button", name="Make the passkey")
    expect(button).to_be_visible()
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("reauthenticate"))
    confirm(page)
    expect(page.get_by_role("heading", name="Spare codes")).to_be_visible()
    page.goto(f"{base}/akun/2fa/webauthn/")
    expect(page.get_by_text("Blue key").first).to_be_visible()
    expect(page.get_by_text("opens the door alone")).to_be_visible()
    # A change of it asks for it.
    page.get_by_role("link", name=re.compile("Rename.*Blue key")).click()
    confirm(page)
    page.get_by_label("What you call it").fill("Red key")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Red key").first).to_be_visible()
    # Out, and in again with nothing but the key.
    page.goto(f"{base}/akun/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{base}/akun/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{base}/")
    # And gone again: it opens nothing any more.
    page.goto(f"{base}/akun/2fa/webauthn/")
    page.get_by_role("link", name=re.compile("Remove.*Red key")).click()
    confirm(page)
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("You have no passkey yet.")).to_be_visible()
    page.goto(f"{base}/akun/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{base}/akun/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(re.compile("/akun/login/"))
    page.wait_for_timeout(500)
    page.goto(f"{base}/kasus/")
    expect(page).to_have_url(re.compile("/akun/login/"))
    assert [line for line in told if "Content Security" in line or "Trusted" in line] == []
    figure(
        "made, renamed, confirmed with, signed in with and removed in Chromium; 0 refusals by CSP"
    )


def confirm(page: Page) -> None:
    """The page that asks once more, where it comes."""
    if "reauthenticate" in page.url:
        page.get_by_role("button", name="Use the passkey").click()
        page.wait_for_url(lambda address: "reauthenticate" not in address)


@pytest.mark.planted("passkeys")
def test_planted_an_authenticator_that_does_not_know_its_person_opens_nothing(
    at_localhost: Door,
) -> None:
    base = at_localhost.base
    page = at_localhost.context(language="en").new_page()
    with_authenticator(page)
    page.goto(f"{base}/akun/login/")
    button = page.get_by_role("button", name="Sign in with a passkey")
    expect(button).to_be_visible()
    button.click()
    expect(page.get_by_text("The passkey was not used.")).to_be_visible(timeout=90_000)
    expect(page).to_have_url(re.compile("/akun/login/"))


def test_another_browser_without_help_shows_no_dead_button(at_localhost: Door) -> None:
    context = at_localhost.context(language="en")
    context.add_init_script("delete window.PublicKeyCredential")
    page = context.new_page()
    page.goto(f"{at_localhost.base}/akun/login/")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()


def test_a_page_says_that_its_session_ends_soon_and_one_may_stay(at_localhost: Door) -> None:
    page = at_localhost.context(language="en").new_page()
    Walk(at_localhost.base, page).enter("mega")
    page.clock.install()
    page.goto(f"{at_localhost.base}/akun/saya/")
    note = page.get_by_text("This session ends in two minutes")
    page.clock.fast_forward("27:00")
    expect(note).to_be_hidden()
    page.clock.fast_forward("01:30")
    expect(note).to_be_visible()
    page.get_by_role("button", name="I am still here").click()
    expect(note).to_be_hidden()
