"""Find help in a browser: open to all, at twice the size, without scripts, on a small screen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.e2e.house import Door
from tests.e2e.test_axe import _violations

# Language, size, dark: each pair of them is met, each state in all of these.
WAYS = (("id", "phone", False), ("en", "phone", True), ("id", "desk", True), ("en", "desk", False))
START = {"id": "/info/", "en": "/en/info/"}


def _settled(page: Page) -> None:
    expect(page.locator("main[aria-busy]")).to_have_count(0)


def _press(page: Page, what: str) -> None:
    before = page.locator("h1").element_handle()
    page.locator(what).first.click()
    # Exchanged, or a whole new page: the heading of before is gone.
    page.wait_for_function("(was) => !was.isConnected", arg=before)
    _settled(page)


def _search(page: Page, words: str) -> None:
    page.locator("#q").fill(words)
    _press(page, ".search button[type=submit]")


def _states(page: Page, start: str) -> Iterator[str]:
    """Every state of this part of the portal, one after another; the page stands in it."""
    page.goto(start)
    yield "start"
    for summary in page.locator("summary").all():
        summary.click()
    yield "start, all opened"
    _search(page, "semarang")
    yield "which of these"
    _press(page, "button[name=choose]")
    yield "found"
    page.locator("label.chip:has(input[value=aman])").click()
    page.wait_for_function("document.querySelector('[name=need][value=aman]')?.checked")
    _settled(page)
    yield "narrowed"
    _search(page, "zzqqxx")
    yield "no such place"
    page.locator(".tiles button").nth(8).click()
    _settled(page)
    expect(page.locator("[role=status]")).to_be_visible()
    yield "by a tile"
    page.goto(start)
    _search(page, "Palangka Raya")
    _press(page, ".card h2 a")
    yield "a desk"
    _press(page, "a[href$='/kartu/']")
    yield "the card"
    page.goto(f"{start}riwayat/")
    yield "how to erase"
    page.goto(f"{start}nirwana/")
    yield "not here"


@contextmanager
def _visit(door: Door, size: str, *, dark: bool = False) -> Iterator[Page]:
    context: BrowserContext = door.context(size=size, dark=dark)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(("language", "size", "dark"), WAYS)
def test_no_state_shuts_anyone_out_or_runs_over_the_edge(
    door: Door, language: str, size: str, dark: bool
) -> None:
    faults, wide, seen = [], [], 0
    with _visit(door, size, dark=dark) as page:
        for state in _states(page, f"{door.base}{START[language]}"):
            faults += [f"{state}: {fault}" for fault in _violations(page)]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(state)
            seen += 1
    assert faults == [], "\n".join(faults)
    assert wide == []
    assert seen == 11


@pytest.mark.parametrize("language", list(START))
def test_at_twice_the_size_nothing_runs_over_the_edge(door: Door, language: str) -> None:
    """A small office screen of 1280 pixels at 200 %, and a phone with letters twice as large."""
    wide = []
    for width, letters in ((640, "100%"), (390, "200%")):
        context = door.context(size="phone")
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 600})
        for state in _states(page, f"{door.base}{START[language]}"):
            page.evaluate(f"document.documentElement.style.setProperty('font-size', '{letters}')")
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(f"{state} at {width}, {letters}")
        context.close()
    assert wide == []


def test_the_keyboard_alone_finds_help(door: Door) -> None:
    with _visit(door, "desk") as page:
        page.goto(f"{door.base}/info/")
        page.locator("#q").focus()
        page.keyboard.type("Palangka Raya")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_be_focused()
        expect(page.locator("h1")).to_contain_text("Palangka Raya")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.matches('input, a, button')")


def test_a_choice_is_sent_at_once_once_there_is_a_list(door: Door) -> None:
    with _visit(door, "phone") as page:
        page.goto(f"{door.base}/info/")
        _search(page, "Palangka Raya")
        told = page.locator("[role=status]").inner_text()
        page.locator("label.chip:has(input[value=hukum])").click()
        expect(page.locator("[role=status]")).not_to_have_text(told)
        for offers in page.locator(".card > .detail").all_inner_texts():
            assert "Hukum" in offers


def test_without_scripts_help_is_found_and_nothing_is_fetched_from_elsewhere(door: Door) -> None:
    context = door.browser.new_context(
        viewport={"width": 390, "height": 844}, java_script_enabled=False
    )
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.goto(f"{door.base}/info/")
    page.locator(".tiles button").nth(27).click()
    expect(page.locator(".card").first).to_be_visible()
    page.locator("#q").fill("kota palangka")
    page.locator(".search button[type=submit]").click()
    expect(page.locator("h1")).to_contain_text("Palangka Raya")
    page.locator(".card h2 a").first.click()
    expect(page.locator("dl.facts")).to_be_visible()
    assert {re.sub(r"^(https?://[^/]+).*", r"\1", url) for url in asked} == {door.base}
    assert context.cookies() == []
    context.close()


def test_icons_are_drawn_under_the_portals_own_policy(door: Door) -> None:
    with _visit(door, "phone") as page:
        faults: list[str] = []
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.goto(f"{door.base}/info/")
        box = page.locator(".leave svg use").evaluate("(part) => part.getBBox().width")
        assert box > 0
        assert faults == []


def test_the_folded_card_prints_alone(door: Door) -> None:
    with _visit(door, "desk") as page:
        page.goto(f"{door.base}/info/")
        _search(page, "Palangka Raya")
        _press(page, ".card h2 a")
        _press(page, "a[href$='/kartu/']")
        page.emulate_media(media="print")
        expect(page.locator("article.folded")).to_have_count(2)
        for gone in (".top", ".foot", "h1", ".actions"):
            expect(page.locator(gone).first).to_be_hidden()
        shown = page.locator("body").inner_text()
        assert "Informasi" not in shown
        assert "Keluar cepat" not in shown


SLOW = "On a line of 35 kbit/s the public portal's first page can be read within eight seconds."
READ_WITHIN = 8.0


def _read_after(door: Door, instead: str = "") -> float:
    """Seconds until the heading is painted, over a line of the second generation."""
    context = door.context(size="phone")
    if instead:
        context.route("**/*.css", lambda route: route.continue_(url=instead))
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 600, "downloadThroughput": 35_000 / 8,
         "uploadThroughput": 20_000 / 8},
    )  # fmt: skip
    page.goto(f"{door.base}/info/", timeout=120_000)
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length > 0")
    painted = page.evaluate(
        "performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"
    )
    context.close()
    return float(painted)


@pytest.mark.promise("public-slow-line", chapter="web", sentence=SLOW)
def test_a_slow_line_is_enough(door: Door, figure: Callable[[str], None]) -> None:
    after = _read_after(door)
    assert after <= READ_WITHIN
    figure(
        f"painted after {after:.1f} s at 35 kbit/s and 600 ms there and back, nothing kept before"
    )


@pytest.mark.planted("public-slow-line")
def test_planted_the_staffs_styles_are_too_much(door: Door) -> None:
    built = Path(__file__).parents[2] / "src/rangkul/look/static/rangkul/assets"
    style = next(built.glob("desk-*.css")).name
    assert _read_after(door, f"{door.base}/static/rangkul/assets/{style}") > READ_WITHIN
