"""Checking a job offer in a browser: with scripts and without, by keyboard, and nothing on Back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.e2e.house import House
from tests.e2e.test_axe import AXE, RUN

ROOTS: Final = {"id": "/info/", "en": "/en/info/"}
ANSWERS: Final[Mapping[str, Mapping[str, str]]] = {
    "luar": {
        "ajakan": "tidak", "izin": "tidak", "majikan": "ya", "biaya": "ya", "paspor_cepat": "ya",
        "surat": "tidak", "kontrak": "tidak", "visa": "ya", "syarat": "belum", "janji": "tidak",
        "tekanan": "belum", "jalur": "tidak",
    },
    "dalam": {
        "ajakan": "ya", "izin": "ya", "majikan": "ya", "biaya": "tidak", "tempat": "tidak",
        "surat": "tidak", "kontrak": "ya", "jenis": "tidak", "umur": "tidak", "janji": "tidak",
        "tekanan": "tidak", "berhenti": "tidak",
    },
}  # fmt: skip


@contextmanager
def _visit(browser: object, *, width: int = 390, scripts: bool = True) -> Iterator[BrowserContext]:
    assert isinstance(browser, Browser)
    context = browser.new_context(
        viewport={"width": width, "height": 844}, java_script_enabled=scripts,
        reduced_motion="reduce",
    )  # fmt: skip
    context.set_default_timeout(15_000)
    yield context
    context.close()


def _answer(page: Page, where: str) -> None:
    page.locator(f'button[value="{where}"]').click()
    expect(page.locator("fieldset")).to_have_count(12)
    for name, given in ANSWERS[where].items():
        page.locator(f'input[name="{name}"][value="{given}"]').check()


def _whole_check(page: Page, base: str, where: str = "luar", language: str = "id") -> None:
    page.goto(f"{base}{ROOTS[language]}kerja/")
    _answer(page, where)
    page.locator('button[name="done"]').click()
    expect(page.locator(".meter")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_offer_to_whom_to_call(house: House, browser: object, scripts: bool) -> None:
    with _visit(browser, scripts=scripts) as context:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        _whole_check(page, house.base)
        expect(page.get_by_role("heading", level=1)).to_have_text("Berhenti dulu sebelum berangkat")
        expect(page.get_by_text("5 dari 12 tanda bahaya")).to_be_visible()
        expect(page.get_by_role("heading", name="Perekrut tanpa izin SIP3MI")).to_be_visible()
        expect(page.get_by_role("link", name="0800-1000")).to_have_attribute("href", "tel:08001000")
        assert page.title() == "Informasi"
        assert page.url == f"{house.base}/info/kerja/"
        assert all("?" not in url and url.startswith(house.base) for url in asked)
        assert context.cookies() == []
        expect(page.locator("button[data-print]")).to_be_visible(visible=scripts)
        expect(page.locator("textarea")).to_be_visible()


def test_the_steps_leave_one_entry_and_back_shows_no_answer(house: House, browser: object) -> None:
    with _visit(browser) as context:
        page = context.new_page()
        page.goto("about:blank")
        page.goto(f"{house.base}/info/kerja/")
        before = page.evaluate("history.length")
        _whole_check_from_here(page)
        assert page.evaluate("history.length") == before
        page.go_back()
        assert page.url == "about:blank"
        page.go_forward()
        expect(page.get_by_role("heading", name="Kerjanya di mana?")).to_be_visible()
        assert "SIP3MI" not in page.content()


def _whole_check_from_here(page: Page) -> None:
    _answer(page, "luar")
    page.locator('button[name="done"]').click()
    expect(page.locator(".meter")).to_be_visible()


def test_by_keyboard_alone(house: House, browser: object) -> None:
    with _visit(browser, width=1366) as context:
        page = context.new_page()
        page.goto(f"{house.base}/en/info/kerja/")
        page.locator('button[value="dalam"]').focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_be_focused()
        for name, given in ANSWERS["dalam"].items():
            box = page.locator(f'input[name="{name}"]').first
            box.focus()
            page.keyboard.press("Space")
            if given == "tidak":
                page.keyboard.press("ArrowRight")
            expect(page.locator(f'input[name="{name}"][value="{given}"]')).to_be_checked()
        page.locator('button[name="done"]').focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("1 of 12 signs")).to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_have_text("Ask first, before you leave")
        expect(page.get_by_role("heading", level=1)).to_be_focused()


def test_the_note_is_copied_and_shared_as_words_alone(house: House, browser: object) -> None:
    with _visit(browser) as context:
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        context.add_init_script(
            "window.given = []; navigator.share = async (what) => { window.given.push(what) }"
        )
        page = context.new_page()
        _whole_check(page, house.base)
        note = page.locator("textarea").input_value()
        page.get_by_role("button", name="Salin catatan").click()
        expect(page.get_by_text("Tersalin.")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == note
        page.get_by_role("button", name="Kirim catatan").click()
        assert page.evaluate("window.given") == [{"text": note}]
        assert "http" not in note and "Perekrut tanpa izin SIP3MI" in note


def test_what_the_browser_cannot_share_is_not_offered(house: House, browser: object) -> None:
    with _visit(browser) as context:
        context.add_init_script("delete Navigator.prototype.share")
        page = context.new_page()
        _whole_check(page, house.base)
        expect(page.get_by_role("button", name="Salin catatan")).to_be_visible()
        expect(page.locator("[data-share]")).to_be_hidden()


def test_on_paper_stands_the_note_alone(house: House, browser: object) -> None:
    with _visit(browser, width=800) as context:
        page = context.new_page()
        _whole_check(page, house.base)
        page.emulate_media(media="print")
        seen = page.locator("body").inner_text()
        assert seen.strip().startswith("Catatan soal kerja")
        for word in ("Informasi", "perdagangan", "Keluar", "bahaya", "rahasia", "Rangkul"):
            assert word not in seen, word


# -- open to all --------------------------------------------------------------------------------


def _states(page: Page, base: str, language: str) -> Iterator[str]:
    """Bring up every page of the check, one after the other, and name it."""
    start = f"{base}{ROOTS[language]}kerja/"
    page.goto(start)
    yield "start"
    for where in ("abroad", "pressed"):
        page.goto(start)
        page.locator(f'button[value="{where}"]').click()
        expect(page.locator(".listed")).to_be_visible()
        yield where
    for where in ANSWERS:
        page.goto(start)
        _answer(page, where)
        yield f"questions {where}"
        page.locator('button[name="done"]').click()
        expect(page.locator(".meter")).to_be_visible()
        for part in page.locator("summary").all():
            part.click()
        yield f"result {where}"
    page.goto(start)
    page.locator('button[value="belum"]').click()
    expect(page.locator("fieldset")).to_have_count(12)
    page.locator('button[name="done"]').click()
    expect(page.locator("#nothing")).to_be_visible()
    yield "refused"
    page.goto(f"{base}{ROOTS[language]}lembar/")
    expect(page.locator(".sheet")).to_be_visible()
    yield "leaflet"


@pytest.mark.parametrize(("language", "width", "dark"), [
    ("id", 390, False), ("id", 1366, True), ("id", 320, False),
    ("en", 390, True), ("en", 1366, False),
])  # fmt: skip
def test_axe_finds_nothing_and_nothing_runs_wide(
    house: House, browser: object, language: str, width: int, dark: bool
) -> None:
    faults, wide, seen = [], [], 0
    with _visit(browser, width=width) as context:
        page = context.new_page()
        page.emulate_media(color_scheme="dark" if dark else "light")
        for name in _states(page, house.base, language):
            page.evaluate(AXE.read_text(encoding="utf-8"))
            faults += [f"{name}: {fault}" for fault in page.evaluate(RUN)]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(name)
            seen += 1
    assert (faults, wide, seen) == ([], [], 9)


def test_axe_would_find_a_button_without_a_name(house: House, browser: object) -> None:
    with _visit(browser) as context:
        page = context.new_page()
        page.goto(f"{house.base}/info/kerja/")
        page.evaluate("document.querySelector('main').append(document.createElement('button'))")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        assert any(fault.startswith("button-name") for fault in page.evaluate(RUN))
