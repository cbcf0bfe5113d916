"""Writing at the public's door in a browser, with scripts and without; the life of a receipt."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.house import Door
from tests.e2e.test_axe import _violations
from tests.e2e.wiretap import listening

from rangkul.foundation import longcode

WORDS = "Kakak kenariwati dikunci di kamar belakang sejak kemarin sore."
PHONE = "081255554444"


LATER = "Kakak kenarilagi sekarang di gudang."
PAPER = ("kontrak-kenari.pdf", "application/pdf", b"%PDF-1.4\n% kenarikertas\n%%EOF\n")


def _write(door: Door, *, scripts: bool, danger: bool, base: str = "") -> Page:
    """All steps up to the page with the code, through ``base`` where another line is given."""
    context = door.browser.new_context(
        viewport={"width": 390, "height": 844}, java_script_enabled=scripts
    )
    page = context.new_page()
    page.goto(f"{base or door.base}/info/tulis/")
    page.locator(f"input[name=danger][value={'ya' if danger else 'tidak'}]").check()
    page.locator("button[value=danger]").click()
    if danger:
        expect(page.locator(".number").first).to_be_visible()
        page.locator("button[value=to-place]").click()
    page.locator("#q").fill("Kota Palangka Raya")
    page.locator("button[value=place]").click()
    if page.locator("input[name=choose]").count():
        page.locator("input[name=choose]").first.check()
        page.locator("button[value=place]").click()
    page.locator("#words").fill(WORDS)
    page.locator("input[name=herself][value=lain]").check()
    page.locator("button[value=words]").click()
    page.locator("input[name=way][value=pesan]").check()
    page.locator("#where").fill(PHONE)
    page.locator("button[value=contact]").click()
    expect(page.locator("dl.facts")).to_contain_text(WORDS)
    expect(page.locator("dl.facts")).to_contain_text(PHONE)
    _add_a_paper(page)
    page.locator("button[value=send]").click()
    if not scripts and not page.locator(".code-shown").count():
        page.wait_for_timeout(5_500)
        page.locator("button[value=send]").click()
    expect(page.locator(".code-shown").first).to_be_visible(timeout=30_000)
    return page


def _add_a_paper(page: Page) -> None:
    name, kind, content = PAPER
    page.locator("details", has=page.locator("#files")).locator("summary").click()
    page.locator("#files").set_input_files({"name": name, "mimeType": kind, "buffer": content})


def _open(page: Page, code: str, *, scripts: bool) -> None:
    page.goto(re.sub(r"/info/.*", "/info/kode/", page.url))
    page.locator("#code").fill(code)
    page.locator("button[value=open]").click()
    if not scripts and not page.locator("#message").count():
        page.wait_for_timeout(5_500)
        page.locator("button[value=open]").click()
    expect(page.locator("#message")).to_be_visible(timeout=30_000)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "none"])
def test_written_kept_answered_and_taken_back(door: Door, scripts: bool) -> None:
    page = _write(door, scripts=scripts, danger=True)
    digits, words = (page.locator(".code-shown").nth(n).inner_text() for n in range(2))
    assert longcode.read(digits) is not None
    assert longcode.read(digits) == longcode.read(words)
    assert page.title() == "Informasi"
    _open(page, words.upper(), scripts=scripts)
    expect(page.locator("h1")).to_have_text("Diterima")
    page.locator("#message").fill("Ia kembali ke rumah.")
    page.locator("button[value=message]").click()
    expect(page.locator(".listed")).to_contain_text("Ia kembali ke rumah.")
    page.locator("details", has=page.locator("button[value=withdraw]")).locator("summary").click()
    page.locator("input[name=sure]").check()
    page.locator("button[value=withdraw]").click()
    expect(page.locator("h1")).to_have_text("Ditarik kembali")
    page.goto(f"{door.base}/info/kode/")
    page.locator("#code").fill(digits)
    page.locator("button[value=open]").click()
    if not scripts:
        page.wait_for_timeout(5_500)
        page.locator("button[value=open]").click()
    expect(page.locator(".errors")).to_be_visible(timeout=30_000)
    assert digits.replace(" ", "") not in page.url
    page.context.close()


def _up_to_words(page: Page, door: Door | None) -> None:
    """The first steps, of a page that stands there already where no door is given."""
    if door is not None:
        page.goto(f"{door.base}/en/info/tulis/")
    page.locator("input[name=danger][value=tidak]").check()
    page.locator("button[value=danger]").click()
    page.locator("#q").fill("Kota Palangka Raya")
    page.locator("button[value=place]").click()
    expect(page.locator("#words")).to_be_visible()


def test_a_step_back_shows_again_what_was_typed(door: Door) -> None:
    context = door.browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    _up_to_words(page, door)
    page.locator("#words").fill(WORDS)
    page.locator("input[name=herself][value=saya]").check()
    page.locator("button[value=words]").click()
    page.locator("button[value=to-words]").click()
    expect(page.locator("#words")).to_have_value(WORDS)
    context.close()


@pytest.mark.promise(
    "door-sealed-in-the-browser",
    chapter="web",
    sentence="Where scripts run, words, names, numbers, files and later messages leave the browser "
    "sealed at the public's door: to the desk that reads them, or to the house behind a code.",
)
def test_no_letter_leaves_the_browser_open(door: Door, figure: Callable[[str], None]) -> None:
    with listening(door.base) as line:
        page = _write(door, scripts=True, danger=False, base=line.base)
        _open(page, page.locator(".code-shown").first.inner_text(), scripts=True)
        page.locator("#message").fill(LATER)
        page.locator("button[value=message]").click()
        expect(page.locator(".listed")).to_contain_text(LATER)
        expect(page.locator("#message")).to_have_value("")
        page.locator("details", has=page.locator("#where")).locator("summary").click()
        page.locator("input[name=way][value=surel]").check()
        page.locator("#where").fill("kenarisurat@contoh.test")
        page.locator("button[value=contact]").click()
        expect(page.locator(".notice.good")).to_be_visible()
        expect(page.locator("#where")).to_have_value("kenarisurat@contoh.test")
        _add_a_paper(page)
        page.locator("button[value=file]").click()
        expect(page.locator("body")).to_contain_text("2 berkas sudah sampai.")
        said = bytes(line.said)
        page.context.close()
    assert _in_the_open(said) == []
    sealed = said.count(b"sealed="), said.count(b"\r\n\r\nRKF1")
    assert sealed == (4, 2)
    figure(f"none of {len(said)} bytes bore a word or a file; 4 sealed parts, 2 sealed files")


def _in_the_open(said: bytes) -> list[str]:
    words = ("kenariwati", "kenarilagi", "kenarisurat", "kenarikertas", "kontrak-kenari", PHONE)
    return [word for word in words if word.encode() in said]


@pytest.mark.planted("door-sealed-in-the-browser")
def test_planted_a_browser_that_cannot_seal_is_seen(door: Door) -> None:
    with listening(door.base) as line:
        page = _write(door, scripts=False, danger=False, base=line.base)
        page.context.close()
    assert {"kenariwati", PHONE, "kenarikertas", "kontrak-kenari"} <= set(_in_the_open(line.said))


def test_what_is_missing_sends_no_name_along(door: Door) -> None:
    context = door.browser.new_context(viewport={"width": 390, "height": 844})
    page, sent = context.new_page(), list[str]()
    _up_to_words(page, door)
    page.on("request", lambda request: sent.append(request.post_data or ""))
    page.locator("#who").fill("Kenari Melati")
    page.locator("button[value=words]").click()
    expect(page.locator(".errors")).to_be_visible()
    expect(page.locator("#who")).to_have_value("Kenari Melati")
    assert sent
    assert not any("kenari" in said.lower() for said in sent)
    context.close()


def test_another_writing_in_the_same_tab_knows_nothing_of_the_first(door: Door) -> None:
    context = door.browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    _up_to_words(page, door)
    page.locator("#words").fill(WORDS)
    page.locator("input[name=herself][value=saya]").check()
    page.locator("button[value=words]").click()
    expect(page.locator("#where")).to_be_visible()
    page.locator(".brand").click()
    page.locator("a[href$='/info/tulis/']").first.click()
    _up_to_words(page, None)
    expect(page.locator("#words")).to_have_value("")
    context.close()


def _states(page: Page, base: str, root: str) -> Iterator[str]:
    """Every page and state of writing and of the code's door, shown one after the other."""

    def press(value: str) -> None:
        before = page.locator("h1").element_handle()
        page.locator(f"button[value={value}]").click()
        page.wait_for_function("(was) => !was.isConnected", arg=before)
        expect(page.locator("main[aria-busy]")).to_have_count(0)

    page.goto(f"{base}{root}tulis/")
    yield "begin"
    press("danger")
    yield "begin, refused"
    page.locator("input[name=danger][value=ya]").check()
    press("danger")
    yield "numbers"
    press("to-place")
    page.locator("#q").fill("tidakadatempatini")
    press("place")
    yield "place, refused"
    page.locator("#q").fill("Kota Palangka Raya")
    press("place")
    yield "words"
    press("words")
    yield "words, refused"
    page.locator("#words").fill(WORDS)
    page.locator("input[name=herself][value=saya]").check()
    press("words")
    page.locator("input[name=way][value=telepon]").check()
    press("contact")
    yield "contact, refused"
    page.locator("#where").fill(PHONE)
    press("contact")
    page.locator("details summary").click()
    yield "look"
    press("send")
    yield "receipt"
    code = page.locator(".code-shown").first.inner_text()
    page.goto(f"{base}{root}kode/")
    page.locator("#code").fill("1234")
    press("open")
    yield "door, refused"
    page.locator("#code").fill(code)
    press("open")
    for part in page.locator("details").all():
        part.locator("summary").click()
    yield "behind the code"
    page.locator("input[name=sure]").check()
    press("withdraw")
    yield "taken back"


@pytest.mark.parametrize(("root", "size", "dark"), [
    ("/info/", "phone", False), ("/en/info/", "phone", True), ("/info/", "desk", True),
    ("/en/info/", "desk", False),
])  # fmt: skip
def test_axe_finds_nothing_and_nothing_runs_wide(
    door: Door, root: str, size: str, dark: bool
) -> None:
    context = door.context(size=size, dark=dark)
    page, faults, wide, seen = context.new_page(), [], [], 0
    for state in _states(page, door.base, root):
        faults += [f"{state}: {fault}" for fault in _violations(page)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(state)
        seen += 1
    assert (faults, wide, seen) == ([], [], 12)
