"""What only a browser tells: the policy kept, a stale draft, paper, a phone."""

from __future__ import annotations

import re

import pytest
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
