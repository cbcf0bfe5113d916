"""Where no line is: prepared, written, sealed, found by nobody, and sent once when it is back."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from ops.screenshots import Walk
from playwright.sync_api import CDPSession, Page, Route, expect
from tests.e2e.house import ARGUMENTS, CHROMIUM, Door
from tests.e2e.offline_phone import SEND, Phone, encodings

SILENT = (
    "A phone with the installed page tells nothing of what waits in its queue: no word of it lies "
    "in any store of the browser, and not even the PIN opens it."
)
ONCE = (
    "What was written without a network is counted once, however often its sending is doubled, "
    "cut off or repeated; other content under a known number is kept beside it for a person."
)
FORM_CODE = "rk03_bps"
FORM = "Asesmen biopsikososial-spiritual"
REPORTS = "/laporan/?tampil=semua"
# Gives every text back as it is, as if it were sealed: the fault that the search must find.
UNSEALED = """for (const name of ['encrypt', 'decrypt']) SubtleCrypto.prototype[name] =
  async (how, key, data) =>
    new Uint8Array(ArrayBuffer.isView(data) ? data.buffer : data).slice().buffer;"""


def phone(door: Door, person: str, *, script: str = "") -> Phone:
    page = door.enter(person, size="phone")
    if script:
        page.add_init_script(script)
    held = Phone(page, door.base)
    held.prepare()
    held.leave_the_line()
    held.unlock()
    return held


def write_report(held: Phone, mark: str) -> None:
    page = held.page
    page.get_by_role("button", name="Laporan baru").click()
    page.get_by_label("Lewat").select_option(index=1)
    held.say("Ceritanya, dengan kata pelapor", f"Disekap di gudang beras {mark}")
    held.say("Nama, bila disebut", f"Sumiyati {mark}")
    held.say("Telepon", f"0812-7788-{mark}")
    page.get_by_label("Tempat kejadian").fill(place_of(page))
    expect(page.locator("[data-kept]")).to_have_text("Tersimpan di HP ini, terkunci")


def place_of(page: Page) -> str:
    """The first place of the list, as a person would choose it."""
    return str(page.locator("#places option").first.get_attribute("value"))


def write_form(held: Phone, mark: str) -> None:
    frame = held.begin_form(FORM)
    for question in ("Apakah tempat ini tertutup", "Apakah aman bagi Anda", "Bolehkah kita mulai"):
        box = frame.locator(".question-container", has_text=question)
        box.get_by_text("Ya", exact=True).click()
    words = f"Anak di rumah bibi {mark}"
    held.planted.append(words)
    frame.get_by_label("Tiga hal apa").fill(words)
    frame.get_by_text("Luka", exact=True).click()
    expect(held.page.locator("[data-kept]")).to_have_text("Tersimpan di HP ini, terkunci")


def rows_of(desk: Page, base: str, address: str, part: str) -> int:
    """How many rows a page of the desk shows."""
    desk.goto(base + address)
    return len({each.get_attribute("href") for each in desk.locator(f"a[href*='{part}']").all()})


# -- what lies on the phone -------------------------------------------------------------------


def test_a_report_goes_the_whole_way(door: Door) -> None:
    held = phone(door, "mega")
    write_report(held, "4471")
    # Closed in the middle: it is there again, behind the PIN alone.
    held.page.reload()
    held.unlock()
    held.page.get_by_role("button", name="Lanjutkan").click()
    expect(held.page.get_by_label("Nama, bila disebut")).to_have_value("Sumiyati 4471")
    held.finish()
    expect(held.page.get_by_text("Tersegel dan tersimpan")).to_be_visible()
    assert held.waiting == 1
    held.page.reload()
    # The queue is seen without a PIN, and says kind, hour, size and state.
    expect(held.page.locator("#queue > li")).to_contain_text("Laporan")
    expect(held.page.locator("#queue > li")).to_contain_text("menunggu jaringan")
    held.find_the_line()
    expect(held.page.get_by_text("1 sudah diterima Rangkul.")).to_be_visible()
    assert held.waiting == 0


@pytest.mark.promise("offline-queue-silent", chapter="vault", sentence=SILENT)
def test_a_seized_phone_tells_nothing_of_its_queue(door: Door, figure: Any) -> None:
    reporting, visiting = phone(door, "mega"), phone(door, "tiara")
    write_report(reporting, "9902")
    write_form(visiting, "3318")
    for held in (reporting, visiting):
        # Unfinished it lies under the PIN, finished under the agency's key.
        assert held.found() == []
        held.finish()
        expect(held.page.get_by_text("Tersegel dan tersimpan")).to_be_visible()
        assert held.waiting == 1
        assert held.found() == []
        held.page.reload()
        assert held.found() == []
    words = len(reporting.planted) + len(visiting.planted)
    values = reporting.places() + visiting.places()
    ways = len(encodings(reporting.planted[0]))
    figure(f"{words} planted texts in {ways} encodings: 0 found in {values} values of 2 phones")


@pytest.mark.planted("offline-queue-silent")
def test_what_is_not_sealed_is_found(door: Door) -> None:
    held = phone(door, "mega", script=UNSEALED)
    write_report(held, "8804")
    assert held.found() == ["IndexedDB rangkul.field/kept"]
    held.finish()
    expect(held.page.get_by_text("Tersegel dan tersimpan")).to_be_visible()
    assert held.found() == ["IndexedDB rangkul.field/queue"]


def test_a_wrong_pin_is_counted_and_ten_of_them_wipe_all_but_the_queue(door: Door) -> None:
    held = phone(door, "mega")
    write_report(held, "5520")
    held.finish()
    expect(held.page.get_by_text("Tersegel dan tersimpan")).to_be_visible()
    write_report(held, "5521")
    held.page.reload()
    held.unlock("000111")
    expect(held.page.get_by_text("PIN keliru. Sisa percobaan: 9.")).to_be_visible()
    for left in range(8, -1, -1):
        # The wait between tries is the page's own; here it is over at once.
        held.page.evaluate(_WAIT_IS_OVER)
        held.unlock("000111")
        if left:
            said = held.page.get_by_text(f"Sisa percobaan: {left}.")
            # From the third on each has to be waited for.
            expect(said).to_contain_text("Tunggu" if left < 8 else "PIN keliru")
    expect(held.page.get_by_text("Sepuluh kali PIN keliru")).to_be_visible()
    assert held.waiting == 1
    expect(held.page.get_by_role("button", name="Siapkan untuk luring")).to_be_visible()


def test_who_signs_out_at_the_desk_locks_this_too(door: Door) -> None:
    held = phone(door, "mega")
    write_report(held, "5630")
    held.find_the_line()
    desk = held.page.context.new_page()
    desk.goto(door.base + "/")
    desk.locator("form[data-sign-out]").first.evaluate("(form) => form.requestSubmit()")
    expect(held.page.get_by_role("heading", name="Terkunci")).to_be_visible()
    assert held.found() == []
    # What was being written is there again.
    held.unlock()
    held.page.get_by_role("button", name="Lanjutkan").click()
    expect(held.page.get_by_label("Nama, bila disebut")).to_have_value("Sumiyati 5630")


def test_what_was_prepared_ends_and_what_is_wiped_is_gone(door: Door) -> None:
    held = phone(door, "mega")
    write_report(held, "5740")
    held.finish()
    expect(held.page.get_by_text("Tersegel dan tersimpan")).to_be_visible()
    held.page.evaluate(_FIFTEEN_DAYS_PASS)
    held.page.reload()
    expect(held.page.get_by_text("sudah 14 hari dan dihapus")).to_be_visible()
    # What waits to be sent is never given up for its age.
    assert held.waiting == 1
    held.page.get_by_role("button", name="Hapus semua dari HP ini").click()
    held.page.get_by_role("button", name="Ya, hapus").click()
    expect(held.page.get_by_role("button", name="Siapkan untuk luring")).to_be_visible()
    assert held.waiting == 0
    assert held.queued() == []


_FIFTEEN_DAYS_PASS = """() => new Promise((done) => {
  const open = indexedDB.open('rangkul.field');
  open.onsuccess = () => {
    const within = open.result.transaction('kept', 'readwrite');
    const store = within.objectStore('kept');
    const got = store.getAll();
    got.onsuccess = () => {
      for (const row of got.result) store.put({ ...row, at: row.at - 15 * 86400000 }); };
    within.oncomplete = () => { open.result.close(); done(); }; }; })"""
_WAIT_IS_OVER = """() => new Promise((done) => {
  const open = indexedDB.open('rangkul.field');
  open.onsuccess = () => {
    const within = open.result.transaction('lock', 'readwrite');
    const store = within.objectStore('lock');
    const got = store.get('lock');
    got.onsuccess = () => { store.put({ ...got.result, until: 0 }, 'lock'); };
    within.oncomplete = () => { open.result.close(); done(); }; }; })"""


# -- sending ----------------------------------------------------------------------------------


@pytest.mark.promise("offline-once", chapter="web", sentence=ONCE)
def test_cut_off_and_doubled_sendings_make_one_row_each(door: Door, figure: Any) -> None:
    reporting, visiting = phone(door, "mega"), phone(door, "tiara")
    case = str(visiting.page.locator("#which-case option").nth(1).get_attribute("value"))
    filled = f"/kasus/{case}/asesmen/"
    write_report(reporting, "7301")
    write_form(visiting, "7302")
    counted = 0
    for held, person, address, part in (
        (reporting, "mega", REPORTS, "/laporan/LP-"),
        (visiting, "tiara", filled, "/asesmen/isian/"),
    ):
        desk = door.enter(person)
        cut: list[int] = []
        held.page.route(SEND, cutting(cut))
        held.finish()
        expect(held.page.get_by_text("Tersegel dan tersimpan")).to_be_visible()
        [item] = held.queued()
        before = rows_of(desk, door.base, address, part)
        held.find_the_line()
        # It goes out by itself once the line is back.
        while not cut:
            held.page.wait_for_timeout(100)
        expect(held.page.get_by_text("Tidak ada jaringan. Tidak ada yang hilang.")).to_be_visible()
        assert cut == [200]
        assert held.waiting == 1
        held.page.unroute(SEND)
        told = held.send_by_hand(item, 3)
        assert {each["state"] for each in told} == {"taken"}
        assert len({each["address"] for each in told}) == 1
        held.page.get_by_role("button", name="Kirim sekarang").click()
        expect(held.page.get_by_text("1 sudah diterima Rangkul.")).to_be_visible()
        assert held.waiting == 0
        made = rows_of(desk, door.base, address, part) - before
        assert made == 1
        counted += made
    figure(f"2 items, each cut off once, tripled at once and sent again: {counted} rows")


def cutting(cut: list[int]) -> Callable[[Route], None]:
    """The house has done it, and the phone never hears of it."""

    def cut_off(route: Route) -> None:
        cut.append(route.fetch().status)
        route.abort()

    return cut_off


def test_another_filling_under_the_same_number_shows_both_to_a_person(door: Door) -> None:
    held = phone(door, "tiara")
    page = held.page
    page.evaluate(
        "window.addEventListener('message', (event) => {"
        " if (event.data?.kind === 'filled') window.heard = event.data.instance; })"
    )
    case = str(page.locator("#which-case option").nth(1).get_attribute("value"))
    write_form(held, "4001")
    held.finish()
    expect(page.get_by_text("Tersegel dan tersimpan")).to_be_visible()
    instance = str(page.evaluate("window.heard"))
    held.find_the_line()
    expect(page.get_by_text("1 sudah diterima Rangkul.")).to_be_visible()
    # As from a second phone on which the same filling went on in another way.
    held.enqueue(
        {
            "kind": "form", "form": held.form_id(FORM_CODE), "case": case,
            "instance": instance.replace("Anak di rumah bibi 4001", "Anak di rumah nenek 4002"),
        }
    )  # fmt: skip
    page.reload()
    row = page.locator("#queue > li")
    expect(row).to_contain_text("Keduanya disimpan")
    row.get_by_role("link", name="Buka di Rangkul").click()
    expect(page.get_by_text("Anak di rumah bibi 4001").first).to_be_visible()
    expect(page.get_by_text("Anak di rumah nenek 4002").first).to_be_visible()
    # It waits in the queue until a person has chosen; what was said of it is not written there.
    page.goto(door.base + "/lapangan/")
    expect(row).to_contain_text("menunggu Anda di Rangkul")
    expect(row).not_to_contain_text("Keduanya disimpan")


def test_an_ended_session_asks_to_sign_in_and_loses_nothing(door: Door) -> None:
    held = phone(door, "mega")
    write_report(held, "6110")
    held.finish()
    expect(held.page.get_by_text("Tersegel dan tersimpan")).to_be_visible()
    held.page.context.clear_cookies()
    held.find_the_line()
    held.page.get_by_role("button", name="Kirim sekarang").click()
    link = held.page.get_by_role("link", name="Masuk untuk mengirim")
    expect(link).to_be_visible()
    assert link.get_attribute("href") == "/akun/login/?next=%2Flapangan%2F"
    assert held.waiting == 1


def test_another_person_on_the_same_phone_sends_nothing_of_hers(door: Door) -> None:
    held = phone(door, "mega")
    write_report(held, "6220")
    held.finish()
    expect(held.page.get_by_text("Tersegel dan tersimpan")).to_be_visible()
    held.page.context.clear_cookies()
    held.find_the_line()
    other = held.page.context.new_page()
    Walk(door.base, other).enter("tiara")
    held.page.get_by_role("button", name="Kirim sekarang").click()
    expect(held.page.get_by_text("Ditulis orang lain")).to_be_visible()
    assert held.waiting == 1


# -- on a slow phone --------------------------------------------------------------------------


def test_the_form_page_is_usable_offline_on_a_slow_phone(
    door: Door, record_property: Callable[[str, object], None]
) -> None:
    """The longest shipped form at a quarter of this machine's speed, without a line."""
    slowed = door.browser.browser_type.launch(
        executable_path=CHROMIUM, args=[*ARGUMENTS, "--disable-features=IsolateSandboxedIframes"]
    )
    held = phone(Door(door.base, slowed), "tiara")
    slow: CDPSession = held.page.context.new_cdp_session(held.page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    begun = time.monotonic()
    held.page.reload()
    held.page.locator("#pin").wait_for()
    page = time.monotonic() - begun
    begun = time.monotonic()
    held.unlock()
    held.page.get_by_label("Nomor berkas").wait_for()
    opened = time.monotonic() - begun
    begun = time.monotonic()
    frame = held.begin_form(FORM)
    first = time.monotonic() - begun
    begun = time.monotonic()
    box = frame.locator(".question-container", has_text="Apakah tempat ini tertutup")
    box.get_by_text("Ya", exact=True).click()
    expect(held.page.locator("[data-kept]")).to_have_text("Tersimpan di HP ini, terkunci")
    kept = time.monotonic() - begun
    slowed.close()
    told = (
        f"page {page:.1f} s, PIN {opened:.1f} s, first question {first:.1f} s, "
        f"an answer until it is kept {kept:.1f} s"
    )
    record_property("slow phone offline", told)
    assert first < 30, told
    assert kept < 6, told
