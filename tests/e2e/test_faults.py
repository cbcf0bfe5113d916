"""What goes wrong in real offices: lost sessions, two tabs, no line, quick hands, open screens."""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, Page, expect
from tests.e2e.house import Door

ACCOUNT = "Ceritanya, dengan kata pelapor"


def _begin_report(page: Page) -> str:
    page.keyboard.press("n")
    page.wait_for_url("**/laporan/LP-*/isi/")
    return page.url


def _session_ends(context: BrowserContext) -> None:
    context.clear_cookies(name="sessionid")


def test_words_survive_an_ended_session(door: Door) -> None:
    page = door.enter("mega")
    address = _begin_report(page)
    page.get_by_label(ACCOUNT).fill("Kalimat yang sudah tersimpan.")
    status = page.get_by_role("status").filter(has_text="Tersimpan")
    expect(status).to_be_visible()
    _session_ends(page.context)
    page.get_by_label(ACCOUNT).press_sequentially(" Kalimat sesudahnya.")
    way_back = page.get_by_role("link", name=re.compile("[Mm]asuk"))
    expect(way_back).to_be_visible()
    way_back.click()
    page.goto(f"{door.base}/demo/")
    person = page.locator("form").filter(has_text="Mega Lestariani")
    person.get_by_role("button").click()
    page.goto(address)
    kept = page.get_by_role("status").filter(has_text=re.compile("tersimpan|simpan", re.I)).first
    expect(kept).to_be_visible()
    page.get_by_role("button", name=re.compile("Kembalikan|Pulihkan|Pakai|Ya")).first.click()
    expect(page.get_by_label(ACCOUNT)).to_have_value(
        "Kalimat yang sudah tersimpan. Kalimat sesudahnya."
    )


def test_an_impatient_double_press_counts_once(door: Door) -> None:
    page = door.enter("tiara")
    page.goto(f"{door.base}/kasus/")
    page.get_by_role("row").nth(1).get_by_role("link").first.click()
    page.wait_for_url("**/kasus/RK-*/")
    words = "Dua kali ditekan, satu kali dicatat."
    notes = page.get_by_role("region", name="Lini masa").get_by_text(words)
    before = notes.count()
    page.get_by_role("link", name="Tulis catatan").click()
    page.get_by_role("textbox", name="Catatan").fill(words)
    page.get_by_role("button", name="Simpan catatan").dblclick()
    page.wait_for_url(re.compile(r"/kasus/RK-[^/]+/$"))
    expect(notes).to_have_count(before + 1)


def test_two_tabs_of_one_report_show_both_texts(door: Door) -> None:
    first = door.enter("mega")
    address = _begin_report(first)
    second = first.context.new_page()
    second.goto(address)
    second.get_by_label(ACCOUNT).fill("Yang ditulis di tab kedua.")
    expect(second.get_by_role("status").filter(has_text="Tersimpan")).to_be_visible()
    first.get_by_label(ACCOUNT).fill("Yang ditulis di tab pertama.")
    first.get_by_label("Lewat").select_option(label="Telepon")
    first.get_by_role("combobox", name="Pelapor").select_option(label="Tetangga")
    first.get_by_role("button", name="Simpan dan mulai menolong").click()
    warning = first.get_by_role("alert").first
    expect(warning).to_be_visible()
    warning.get_by_text("tab lain", exact=False).first.click()
    expect(warning).to_contain_text("Yang ditulis di tab kedua.")
    expect(first.get_by_label(ACCOUNT)).to_have_value("Yang ditulis di tab pertama.")


def test_without_a_line_it_says_where_the_words_are(door: Door) -> None:
    page = door.enter("mega")
    _begin_report(page)
    page.context.set_offline(True)
    page.get_by_label(ACCOUNT).fill("Ditulis tanpa jaringan.")
    state = page.locator("[data-autosave-status]")
    expect(state).to_have_attribute("data-state", "offline")
    expect(state).not_to_be_empty()
    page.context.set_offline(False)
    expect(state).to_have_attribute("data-state", "saved", timeout=15_000)
    page.reload()
    expect(page.get_by_label(ACCOUNT)).to_have_value("Ditulis tanpa jaringan.")


def test_the_keyboard_alone_finds_and_begins(door: Door) -> None:
    page = door.enter("dewi")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("n/")
    expect(page.get_by_role("searchbox")).to_have_value("n/")
    page.get_by_role("searchbox").evaluate("box => box.blur()")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("k")
    page.wait_for_url("**/kasus/")


def test_one_lock_covers_every_tab(door: Door) -> None:
    first = door.enter("tiara")
    second = first.context.new_page()
    second.goto(f"{door.base}/kasus/")
    expect(second.get_by_role("table")).to_be_visible()
    first.keyboard.press("Shift+L")
    for tab in (first, second):
        expect(tab.get_by_role("heading", name="Layar terkunci")).to_be_visible()
        expect(tab.locator("#main")).to_be_hidden()
    third = first.context.new_page()
    third.goto(f"{door.base}/kasus/")
    expect(third.get_by_role("table")).to_have_count(0)
    # Only a page rendered in a later second than the lock may lift the cover.
    first.wait_for_timeout(1_100)
    first.get_by_role("link", name="Buka lagi").click()
    first.get_by_role("button", name=re.compile("Buka")).click()
    expect(first.get_by_role("heading", name="Layar terkunci")).to_be_hidden()
    expect(second.get_by_role("table")).to_be_visible()


def test_an_open_identity_covers_itself(door: Door) -> None:
    page = door.enter("tiara")
    page.goto(f"{door.base}/kasus/")
    page.get_by_role("row").nth(1).get_by_role("link").first.click()
    page.clock.install()
    page.reload()
    page.get_by_text("Buka identitas", exact=True).click()
    page.get_by_role("button", name="Buka selama satu menit").click()
    opened = page.get_by_role("group", name="Identitas, terbuka sebentar")
    expect(opened).to_be_visible()
    page.clock.run_for(61_000)
    expect(opened).to_have_count(0)
    expect(page.get_by_text("Buka identitas", exact=True)).to_be_visible()
