"""What only a browser tells: the policy kept, a stale draft, paper, a phone."""

from __future__ import annotations

import re

import pytest
from ops.screenshots import Walk
from playwright.sync_api import Page, Route, expect
from tests.e2e.house import Door


def _complaints(page: Page) -> list[str]:
    told: list[str] = []
    page.on("console", lambda line: told.append(line.text) if line.type == "error" else None)
    return told


def _first_case(page: Page, door: Door) -> str:
    page.goto(f"{door.base}/kasus/")
    link = page.get_by_role("row").nth(1).get_by_role("link").first
    return door.base + (link.get_attribute("href") or "")


def test_the_policy_is_kept_on_pages_that_swap_their_parts(door: Door) -> None:
    page = door.enter("tiara")
    told = _complaints(page)
    case = _first_case(page, door)
    page.goto(f"{case}rujukan/baru/?layanan=medis")
    page.get_by_label("Cari unit lain").fill("jakarta")
    found = page.get_by_role("group", name="Unit yang ditemukan").first
    expect(found.get_by_role("radio").first).to_be_visible()
    found.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    expect(page.locator("#find-desk")).to_have_value("jakarta")
    # The whole form was drawn anew; the hand is still where it was.
    expect(page.locator(":focus")).to_have_attribute("name", "desk")
    page.goto(f"{case}asesmen/rk01_triase/")
    page.get_by_label("Ya", exact=True).first.check()
    page.wait_for_load_state("networkidle")
    assert told == []


def test_a_draft_that_was_overtaken_says_so_and_stops(door: Door) -> None:
    page = door.enter("mega")
    page.keyboard.press("n")
    page.wait_for_url("**/laporan/LP-*/isi/")
    sentence, asked = "Laporan ini terbuka di tab yang lebih baru.", []

    def overtaken(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=409, json={"error": sentence})

    page.route(re.compile(r"/simpan/$"), overtaken)
    account = page.get_by_label("Ceritanya, dengan kata pelapor")
    account.fill("Satu kalimat.")
    status = page.locator("[data-autosave-status]").first
    expect(status).to_have_text(sentence)
    account.press_sequentially(" Dan satu lagi.")
    page.wait_for_timeout(1_500)
    assert len(asked) == 1
    expect(status).to_have_text(sentence)


@pytest.mark.parametrize("address", ["rencana/", ""])
def test_paper_carries_no_furniture(door: Door, address: str) -> None:
    page = door.enter("tiara")
    page.goto(f"{_first_case(page, door)}{address}")
    page.emulate_media(media="print")
    expect(page.get_by_role("complementary", name="Peragaan")).to_be_visible()
    assert page.get_by_role("button").filter(visible=True).count() == 0
    assert page.get_by_role("navigation").filter(visible=True).count() == 0


def test_printing_asks_first_whether_it_is_safe(door: Door) -> None:
    page = door.enter("tiara")
    page.add_init_script("window.printed = 0; window.print = () => { window.printed += 1; }")
    page.goto(f"{_first_case(page, door)}rencana/")
    page.get_by_role("button", name="Cetak").click()
    asked = page.get_by_role("dialog", name="Aman dibawa?")
    expect(asked).to_be_visible()
    assert page.evaluate("window.printed") == 0
    asked.get_by_role("button", name="Aman, cetak").click()
    expect(asked).to_be_hidden()
    assert page.evaluate("window.printed") == 1


def test_only_the_chosen_grounds_fields_are_shown(door: Door) -> None:
    page = door.enter("tiara")
    page.goto(f"{_first_case(page, door)}persetujuan/?service=medis")
    expect(page.get_by_label("Siapa yang menyetujui")).to_be_visible()
    expect(page.get_by_label("Pasal")).to_be_hidden()
    page.get_by_label("Kepentingan vital", exact=True).check()
    expect(page.get_by_label("Pasal")).to_be_visible()
    expect(page.get_by_label("Siapa yang menyetujui")).to_be_hidden()


def test_on_a_phone_the_result_never_stands_before_the_field_one_types_into(door: Door) -> None:
    page = door.enter("tiara", size="phone")
    page.goto(f"{_first_case(page, door)}asesmen/rk01_triase/")
    row = page.locator(".phone-action")
    for field in page.locator("main textarea:visible, main input[type=text]:visible").all():
        field.focus()
        page.wait_for_timeout(50)
        box, above = field.bounding_box(), row.bounding_box()
        assert box is not None
        assert above is not None
        assert above["height"] < 100
        assert box["y"] + box["height"] <= above["y"] + 1


def test_the_counts_come_with_the_bell_and_stand_on_the_next_page(door: Door) -> None:
    page = door.enter("lusi")
    told = _complaints(page)
    counted = page.locator(".desk-nav [data-count='requests']")
    expect(counted).to_have_text(re.compile(r"^[1-9]\d*$"))
    waiting = counted.inner_text()
    assert told == []
    # A slow line: nothing new comes, and what is known stands.
    page.route(re.compile(r"/pemberitahuan/jumlah"), lambda route: route.abort())
    page.goto(f"{door.base}/hunian/")
    expect(counted).to_have_text(waiting)


OFFERED = "Ada tulisan yang belum tersimpan dari tadi."
NOTE = "Ia ingin bertemu di sekolah, bukan di rumah."


def test_a_note_outlives_the_end_of_the_session_and_is_not_offered_once_saved(door: Door) -> None:
    page = door.enter("tiara")
    form = f"{_first_case(page, door)}catatan/"
    page.goto(form)
    page.locator("#note-form textarea").first.fill(NOTE)
    page.context.clear_cookies(name="sessionid")
    page.locator("#note-form").get_by_role("button", name="Simpan").click()
    page.wait_for_url("**/akun/login/**")
    assert NOTE not in page.content() + page.url
    Walk(door.base, page).enter("tiara")
    page.goto(form)
    expect(page.get_by_text(OFFERED)).to_be_visible()
    page.get_by_role("button", name="Kembalikan").click()
    expect(page.locator("#note-form textarea").first).to_have_value(NOTE)
    page.locator("#note-form").get_by_role("button", name="Simpan").click()
    page.wait_for_url(lambda url: not url.endswith("/catatan/"))
    expect(page.get_by_text(NOTE)).to_be_visible()
    page.goto(form)
    expect(page.locator("#note-form")).to_be_visible()
    assert page.get_by_text(OFFERED).count() == 0


def test_a_need_that_was_saved_on_the_same_page_is_not_offered_again(door: Door) -> None:
    page = door.enter("tiara")
    page.goto(f"{_first_case(page, door)}rencana/")
    form = page.locator("#need-form")
    page.locator("#need-words").fill("Kembali bersekolah dengan tenang.")
    form.locator("label.chip", has=page.locator("input[name=service]")).first.click()
    form.get_by_role("button", name="Masukkan ke rencana").click()
    expect(page.get_by_text("Kembali bersekolah dengan tenang.")).to_be_visible()
    assert page.get_by_text(OFFERED).count() == 0


def test_another_person_in_the_same_tab_is_offered_nothing(door: Door) -> None:
    page = door.enter("tiara")
    form = f"{_first_case(page, door)}catatan/"
    page.goto(form)
    page.locator("#note-form textarea").first.fill(NOTE)
    page.on("dialog", lambda asked: asked.accept())
    page.context.clear_cookies(name="sessionid")
    Walk(door.base, page).enter("dewi")
    page.goto(form)
    expect(page.locator("#note-form")).to_be_visible()
    assert page.get_by_text(OFFERED).count() == 0
    assert NOTE not in page.evaluate("JSON.stringify(sessionStorage)")
