"""Leaving the public portal: covered at once, and nothing of it on Back, on reload, in the tab."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from statistics import median

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page, Route, expect
from tests.e2e.house import Door

EXIT = "https://www.bmkg.go.id/"
BEFORE = "https://before.invalid/"
BAR_MS = 300
ROUNDS = 7
SERIES = 3
AT_ONCE = "Keluar cepat covers the screen within 300 ms, on a processor slowed four times."
NOTHING_BACK = (
    "With scripts nothing of the public portal is behind Back, reload or a reopened tab once it "
    "has been left."
)
# Tells how long after the hand the cover had been painted.
WATCH = """
(() => {
  let since = 0;
  for (const kind of ["click", "keydown"]) {
    document.addEventListener(kind, (event) => { since = event.timeStamp; }, true);
  }
  new MutationObserver(() => {
    const sheet = document.querySelector(".cover");
    if (sheet === null || since === 0) return;
    const begun = since;
    since = 0;
    requestAnimationFrame(() => setTimeout(() => {
      const box = sheet.getBoundingClientRect();
      const whole = box.width >= innerWidth && box.height >= innerHeight;
      window.told(whole ? performance.now() - begun : 1e6, document.title);
    }));
  }).observe(document, { childList: true, subtree: true });
})()
"""


def _neutral(route: Route) -> None:
    route.fulfill(body="<title>Cuaca</title><h1>Cuaca</h1>", content_type="text/html")


def _slow(route: Route) -> None:
    time.sleep(0.8)
    _neutral(route)


def _context(door: Door, *, scripts: bool = True, size: str = "phone") -> BrowserContext:
    context = door.context(size=size)
    if not scripts:
        context.close()
        context = door.browser.new_context(
            viewport={"width": 390, "height": 844}, java_script_enabled=False
        )
    context.route(f"{EXIT}**", _neutral)
    context.route(f"{BEFORE}**", _neutral)
    return context


def _walked(door: Door, context: BrowserContext, *, place: str = "/info/") -> Page:
    """A tab that came from elsewhere, searched, chose, opened a desk and its card."""
    page = context.new_page()
    page.goto(BEFORE)
    page.goto(f"{door.base}{place}")
    page.locator("#q").fill("Palangka Raya")
    page.locator(".search button[type=submit]").click()
    page.locator(".card h2 a").first.click()
    page.locator("a[href$='/kartu/']").click()
    expect(page.locator(".folded").first).to_be_visible()
    return page


def _entries(page: Page) -> list[str]:
    """What the tab's history holds: what Back shows, and a closed tab brings when reopened."""
    session: CDPSession = page.context.new_cdp_session(page)
    told = session.send("Page.getNavigationHistory")
    session.detach()
    return [entry["url"] for entry in told["entries"]]


def _of_the_portal(page: Page) -> list[str]:
    return [url for url in _entries(page) if "/info/" in url]


@pytest.mark.promise("public-exit-at-once", chapter="web", sentence=AT_ONCE)
def test_leaving_covers_the_screen_at_once(door: Door, figure: Callable[[str], None]) -> None:
    found = _series(door)
    for _ in range(SERIES - 1):
        if _is_at_once(found):
            break
        # Other work on this machine is no part of the promise; what is too late stays too late.
        found = _series(door)
    assert _is_at_once(found), found
    every = sorted(time for times in found.values() for time in times)
    within = sum(time <= BAR_MS for time in every)
    figure(
        f"{within} of {len(every)} within {BAR_MS} ms of the hand, half of them within "
        f"{median(every):.0f} ms, by button, second link and Esc, at a quarter of the processor"
    )


def _series(door: Door) -> dict[str, list[float]]:
    ways = ("button", "foot", "escape")
    return {way: [_covered_after(door, way) for _ in range(ROUNDS)] for way in ways}


def _is_at_once(found: dict[str, list[float]]) -> bool:
    """Every way by its median; a machine busy with other work may delay one in ten."""
    late = sum(time > BAR_MS for times in found.values() for time in times)
    return all(median(times) <= BAR_MS for times in found.values()) and late <= 2


def _covered_after(door: Door, way: str) -> float:
    context = _context(door)
    context.route(f"{EXIT}**", _slow)
    told: list[tuple[float, str]] = []
    context.expose_binding("told", lambda _source, ms, title: told.append((ms, title)))
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto(f"{door.base}/info/")
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    if way == "escape":
        for _ in range(3):
            page.keyboard.press("Escape")
    else:
        page.locator("[data-leaving]").nth(0 if way == "button" else 1).click()
    page.wait_for_url(EXIT)
    context.close()
    assert len(told) == 1, told
    assert "nformasi" not in told[0][1]
    return told[0][0]


@pytest.mark.planted("public-exit-at-once")
def test_planted_a_cover_that_waits_is_seen(door: Door) -> None:
    """A page whose leaving first does half a second of work is too late by the same measure."""
    context = _context(door)
    context.route(f"{EXIT}**", _slow)
    told: list[float] = []
    context.expose_binding("told", lambda _source, ms, _title: told.append(ms))
    context.add_init_script(WATCH)
    context.add_init_script(
        "window.addEventListener('click', () => { const end = performance.now() + 500;"
        " while (performance.now() < end); }, true)"
    )
    page = context.new_page()
    page.goto(f"{door.base}/info/")
    page.locator("[data-leaving]").first.click()
    page.wait_for_url(EXIT)
    assert not _is_at_once({"button": told})


@pytest.mark.promise("public-exit-nothing-back", chapter="web", sentence=NOTHING_BACK)
def test_nothing_of_the_portal_is_behind(door: Door, figure: Callable[[str], None]) -> None:
    for place in ("/info/", "/en/info/"):
        page = _walked(door, _context(door), place=place)
        assert len(_of_the_portal(page)) == 1
        page.locator("[data-leaving]").first.click()
        page.wait_for_url(EXIT)
        assert _of_the_portal(page) == []
        page.reload()
        assert page.title() == "Cuaca"
        page.go_back()
        assert page.url == BEFORE
        page.go_forward()
        assert page.url == EXIT
    figure("0 of the tab's history entries after five steps and leaving, in 2 languages")


@pytest.mark.planted("public-exit-nothing-back")
def test_planted_a_step_that_is_an_entry_is_seen(door: Door) -> None:
    page = _walked(door, _context(door))
    page.evaluate("history.pushState(null, '', '/info/tempat/')")
    page.locator("[data-leaving]").first.click()
    page.wait_for_url(EXIT)
    assert _of_the_portal(page) != []


def test_a_step_writes_no_place_into_address_or_title(door: Door) -> None:
    context = _context(door)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = _walked(door, context)
    assert page.title() == "Informasi"
    assert [url for url in asked if re.search("palangka|raya|62", url, re.IGNORECASE)] == []
    referrers = page.evaluate("document.referrer")
    assert referrers == ""


def test_escape_counts_three_within_two_seconds(door: Door) -> None:
    page = _context(door).new_page()
    page.goto(f"{door.base}/info/")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_timeout(2_200)
    page.keyboard.press("Escape")
    page.wait_for_timeout(300)
    assert page.url.endswith("/info/")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_url(EXIT)


def test_a_page_out_of_the_browsers_memory_is_covered_and_asked_anew(door: Door) -> None:
    page = _walked(door, _context(door))
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    expect(page.locator(".cover")).to_have_count(1)
    with page.expect_navigation():
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(page.locator(".cover")).to_have_count(0)


def test_whoever_comes_back_from_a_call_sees_the_page_again(door: Door) -> None:
    page = _context(door).new_page()
    page.goto(f"{door.base}/info/")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    assert "Informasi" not in page.title()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(".cover")).to_have_count(0)
    assert page.title() == "Informasi"


def test_leaving_empties_the_browser_but_for_what_is_the_staffs(door: Door) -> None:
    context = _context(door)
    page = context.new_page()
    page.goto(f"{door.base}/info/")
    page.evaluate("""async () => {
      localStorage.setItem("trace", "1"); localStorage.setItem("rangkul.lock", "kept");
      sessionStorage.setItem("trace", "1"); sessionStorage.setItem("rangkul.draft:1", "kept");
      for (const name of ["trace", "rangkul.field"]) {
        await new Promise((done) => {
          const asked = indexedDB.open(name);
          asked.onsuccess = () => { asked.result.close(); done(); };
        });
        await caches.open(name);
      }
    }""")
    page.locator("[data-leaving]").first.click()
    page.wait_for_url(EXIT)
    page.goto(f"{door.base}/info/")
    page.wait_for_timeout(500)
    kept = page.evaluate("""async () => [
      Object.keys(localStorage), Object.keys(sessionStorage),
      (await indexedDB.databases()).map((each) => each.name), await caches.keys()]""")
    assert kept == [["rangkul.lock"], ["rangkul.draft:1"], ["rangkul.field"], ["rangkul.field"]]


def test_the_portal_itself_stores_nothing(door: Door) -> None:
    context = _context(door)
    context.clear_cookies()
    page = _walked(door, context)
    kept = page.evaluate("""async () => [
      Object.keys(localStorage), Object.keys(sessionStorage), document.cookie,
      (await indexedDB.databases()).length, (await caches.keys()).length,
      (await navigator.serviceWorker.getRegistrations()).length]""")
    assert kept == [[], [], "", 0, 0, 0]
    assert context.cookies() == []


def test_without_scripts_all_steps_work_and_the_way_out_leads_out(door: Door) -> None:
    context = _context(door, scripts=False)
    page = _walked(door, context)
    begun = time.monotonic()
    page.locator("a.leave").click()
    page.wait_for_url(EXIT)
    assert time.monotonic() - begun < 2
    page.go_back()
    # The honest part: without scripts the browser remembers, and the page says so.
    assert "/info/" in page.url
    page.goto(f"{door.base}/info/riwayat/")
    expect(
        page.get_by_text("tanpa JavaScript, tombol Kembali masih menuju ke sini")
    ).to_be_visible()
    context.close()


def test_a_broken_line_is_said_and_keeps_what_was_typed(door: Door) -> None:
    context = _context(door)
    page = context.new_page()
    page.goto(f"{door.base}/info/")
    context.route("**/info/tempat/", lambda route: route.abort())
    page.locator("#q").fill("Palangka Raya")
    page.locator(".search button[type=submit]").click()
    expect(page.get_by_role("alert")).to_have_text(
        "Belum terkirim. Periksa sinyal, lalu coba lagi."
    )
    expect(page.locator("#q")).to_have_value("Palangka Raya")


def test_the_browser_makes_no_markup_of_text_here_either(door: Door) -> None:
    page = _context(door).new_page()
    page.goto(f"{door.base}/info/")
    tried = page.evaluate("""() => new Promise((tell) => setTimeout(() => {
      try { document.body.innerHTML = '<img src=x>'; tell('done'); }
      catch (fault) { tell(fault.name); }
    }))""")
    assert tried == "TypeError"
