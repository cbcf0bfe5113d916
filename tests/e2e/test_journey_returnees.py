"""Twenty-four women come home to five provinces: a refusal, a silent desk, a lost bed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from playwright.sync_api import Page, expect
from tests.e2e.house import Door, House
from tests.e2e.steps_returnees import (
    ORIGINS,
    Row,
    choose_people,
    desk_id,
    hand_over,
    holders,
    lanes,
    let_answers_fall_due,
    let_months_pass,
    list_by_name,
    missing,
    owner_of,
    read_board,
    seat_officers,
)

GROUP = "Kapal Uji dari Tawau"
AT_HOME = {
    "NTT": ("yohana", "Dinsos NTT"), "NTB": ("uji.ntb", "Dinsos NTB"),
    "Jatim": ("uji.jatim", "Dinsos Jatim"), "Jateng": ("uji.jateng", "Dinsos Jateng"),
    "Lampung": ("uji.lampung", "Dinsos Lampung"),
}  # fmt: skip
DESKS = {
    "NTT": "dinsos-ntt.rehsos", "NTB": "dinsos-ntb.rehsos", "Jatim": "dinsos-jatim.rehsos",
    "Jateng": "dinsos-jateng.rehsos", "Lampung": "bp3mi-lampung.pemulangan",
}  # fmt: skip
SAFE, PLAN = "Tempat pulang yang aman", "Tahap berikutnya"
NOT_ASKED, ANSWER = "Meja belum diminta", "Jawaban meja penerima"
SILENT, REFUSED = "Belum dijawab: meja diam", "Ditolak: pilih meja lain"
WHO = "Kecocokan identitas dari daerah asal"
ARRIVAL, VISIT = "Kabar tiba dari daerah asal", "Kunjungan kabar sudah lewat waktu"
LOST = "Tempat tidur ini baru saja diberikan kepada orang lain. Isian Anda masih ada di sini"
ON_THE_WAY = "Jemput di pintu barat pukul tujuh"


@dataclass
class Road:
    """The journey's pages, one for each person who acts, and what has been made so far."""

    door: Door
    owner: psycopg.Connection[Any]
    sekar: Page
    rangga: Page
    group: str = ""
    people: dict[str, list[int]] = field(default_factory=dict)
    legs: dict[str, str] = field(default_factory=dict)

    def at(self, address: str) -> str:
        return f"{self.door.base}{address}"

    def board(self) -> list[Row]:
        return read_board(self.sekar, self.at(f"/pemulangan/rombongan/{self.group}/"))

    @property
    def everybody(self) -> list[int]:
        return [person for people in self.people.values() for person in people]


def test_twenty_four_go_home_to_five_provinces(door: Door, house: House) -> None:
    with owner_of(house) as owner:
        seat_officers(owner)
        road = Road(door, owner, door.enter("sekar"), door.enter("rangga"))
        whole = read_board(road.sekar, road.at("/pemulangan/"))
        _bring_in_the_list(road)
        _everybody_is_with_the_organiser(road, before=len(whole))
        _ask_the_shelter(road)
        _two_officers_want_the_last_bed(road)
        _the_shelter_takes_them_all(road)
        _plan_three_journeys(road)
        _one_desk_refuses_one_is_silent(road)
        _another_desk_each(road)
        _home(road)
        _months(road)


# -- the list ----------------------------------------------------------------------------------


def _bring_in_the_list(road: Road) -> None:
    page = road.sekar
    page.goto(road.at("/pemulangan/impor/"))
    page.locator("#g-label").fill(GROUP)
    page.locator("#g-source").select_option("perwakilan")
    page.locator("#g-companion").select_option(label="Bayu Adikara")
    page.locator("#g-file").set_input_files(
        {"name": "daftar.xlsx", "buffer": list_by_name(),
         "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
    )  # fmt: skip
    page.get_by_role("button", name="Baca file").click()
    main = page.get_by_role("main")
    expect(main).to_contain_text("23 orang siap")
    expect(main).to_contain_text("1 belum dapat diambil")
    expect(main).to_contain_text("Tanpa nama dan tanpa nomor")
    expect(main).not_to_contain_text("Pekerja")
    # The name stands in a column whose heading says nothing: say what it means.
    page.get_by_label("Catatan dek").select_option("called")
    page.get_by_role("button", name="Periksa lagi").click()
    expect(main).to_contain_text("24 orang siap")
    expect(main).not_to_contain_text("belum dapat diambil")
    for box in page.locator('input[name="take"]').all():
        box.check()
    page.get_by_role("button", name="Buat rombongan").click()
    page.wait_for_url("**/pemulangan/rombongan/*/")
    expect(page.get_by_text("24 orang masuk rombongan")).to_be_visible()
    road.group = page.url.rstrip("/").rsplit("/", 1)[1]


def _everybody_is_with_the_organiser(road: Road, *, before: int) -> None:
    rows = road.board()
    assert len(rows) == 24
    assert holders(rows) == {"Dinsos DKI": 24}
    assert missing(rows) == {SAFE: 24, WHO: 24, PLAN: 24}
    assert lanes(road.sekar) == {"Semua berjalan": 24}
    for province, place in ORIGINS.items():
        road.people[province] = [row.person for row in rows if row.origin == place]
    assert [len(people) for people in road.people.values()] == [5, 5, 5, 5, 4]
    # The one who is ill stands on top, the child next.
    top = road.sekar.locator("article.road-row")
    expect(top.nth(0)).to_contain_text("Sakit")
    expect(top.nth(1)).to_contain_text("Anak")
    assert len(read_board(road.sekar, road.at("/pemulangan/"))) == before + 24


# -- the transit shelter -----------------------------------------------------------------------


def _journey(road: Road, label: str) -> None:
    page = road.sekar
    page.goto(road.at(f"/pemulangan/rombongan/{road.group}/"))
    page.get_by_label("Perjalanan baru").fill(label)
    page.get_by_role("button", name="Tambah", exact=True).click()
    expect(page.get_by_role("heading", name=label)).to_be_visible()


def _leg(road: Road, people: list[int], journey: str, service: str, desk: str) -> str:
    page = road.sekar
    page.goto(road.at(f"/pemulangan/rombongan/{road.group}/"))
    choose_people(page, people, "leg")
    form = page.locator("#leg-form")
    form.locator('[name="journey"]').select_option(label=journey)
    form.locator('[name="service"]').select_option(service)
    form.locator('[name="desk"]').select_option(desk)
    if service != "hunian":
        form.locator('[name="homeward"]').check()
    now = datetime.now(ZoneInfo("Asia/Jakarta"))
    for name, hours in (("departs_at", 5), ("arrives_at", 30)):
        when = (now + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")
        form.locator(f'[name="{name}"]').fill(when)
    form.locator('[name="meeting_point"]').fill("Pintu timur terminal")
    page.get_by_role("button", name="Rencanakan tahap").click()
    if desk == desk_id(road.owner, "bp3mi-lampung.pemulangan"):
        # Nobody there has an account: said by name, and planned knowingly all the same.
        expect(page.get_by_role("main")).to_contain_text("Belum ada yang punya akun di")
        form.locator('[name="unstaffed"]').check()
        page.get_by_role("button", name="Rencanakan tahap").click()
    page.wait_for_url(re.compile(r"/pemulangan/tahap/(?!baru)[^/]+/$"))
    return page.url.rstrip("/").rsplit("/", 1)[1]


def _ask(road: Road, count: int, article: str = "pp9_2008_17") -> None:
    """Ask the desk of the leg whose page is open."""
    page = road.sekar
    form = page.locator("#ask-form")
    form.locator('[name="asked"]').fill("Mohon diterima dan diberi makan")
    form.locator('[name="reach"]').fill("Sekar, lewat aplikasi")
    form.locator('[name="article"]').select_option(article)
    form.locator('[name="why"]').fill("Rombongan pulang bersama")
    form.get_by_text("Anak", exact=True).click()
    form.locator('[name="best_interest"]').fill("Bersama rombongannya")
    form.locator('[name="uncovered"]').check()
    page.get_by_role("button", name="Kirim paket").click()
    expect(
        page.get_by_text(f"Diminta untuk {count} orang, satu paket masing-masing.")
    ).to_be_visible()


def _ask_the_shelter(road: Road) -> None:
    _journey(road, "Ke transit")
    desk = desk_id(road.owner, "rps-dki.hunian")
    road.legs["transit"] = _leg(road, road.everybody, "Ke transit", "hunian", desk)
    rows = road.board()
    assert missing(rows) == {SAFE: 24, WHO: 24, NOT_ASKED: 24}
    road.sekar.goto(road.at(f"/pemulangan/tahap/{road.legs['transit']}/"))
    _ask(road, 24, "uu21_2007_51")
    rows = road.board()
    assert holders(rows) == {"Dinsos DKI": 24}
    assert missing(rows) == {SAFE: 24, WHO: 24, ANSWER: 24}
    assert {row.waits_for for row in rows} == {"RPS DKI"}
    assert lanes(road.sekar) == {"Semua berjalan": 24, "Belum dijawab": 24}


def _make_the_house(page: Page, base: str) -> None:
    """A house with one room for women: three beds."""
    page.goto(f"{base}/hunian/rumah/baru/")
    page.locator('[name="name"]').fill("Rumah Transit Uji")
    page.locator('[name="kind"]').select_option("rptc")
    page.locator('[name="criteria"][value="korban_tppo"]').check()
    page.get_by_role("button", name="Simpan", exact=True).click()
    page.wait_for_url(re.compile(r"/hunian/rumah/(\d+/)?$"))
    if page.url.endswith("/hunian/rumah/"):
        page.get_by_role("link", name="Rumah Transit Uji").click()
    page.locator('form[action$="/kamar/"] [name="age_group"]').select_option("adult")
    page.locator('form[action$="/kamar/"] [name="beds"]').fill("3")
    page.get_by_role("button", name="Tambahkan kamar").click()
    expect(page.get_by_role("heading", name="Kamar 1")).to_be_visible()


def _packets_of_adults(page: Page, address: str) -> list[str]:
    """The numbers under which the group's grown women are asked for at the shelter.

    The leg's page tells the shelter no name, opens no packet and takes no answer.
    """
    page.goto(address)
    expect(page.get_by_role("main")).not_to_contain_text("Pekerja")
    expect(page.get_by_role("main")).not_to_contain_text("Isi paket")
    expect(page.get_by_role("button", name="Terima semua")).to_have_count(0)
    women = page.locator(".road-traveller").filter(has_not=page.get_by_text("Anak", exact=True))
    found: list[str] = women.locator("a.mono").all_inner_texts()
    assert len(found) == 23
    return found


def _check_first(page: Page, base: str, packet: str) -> str:
    """Find her on the board, look for a conflict; the address where it is decided."""
    page.goto(f"{base}/hunian/")
    page.get_by_role("link", name=f"Periksa dahulu {packet}").click()
    page.locator('[name="conflict"][value="none"]').check()
    page.get_by_role("button", name="Catat pemeriksaan").click()
    page.wait_for_url("**/hunian/inap/*/")
    return page.url


def _fill_placing(page: Page, bed: str) -> None:
    form = page.locator("#place-form")
    form.locator('[name="willing"]').check()
    form.locator('[name="criteria"][value="korban_tppo"]').check()
    form.locator('[name="sex-0"]').select_option("P")
    options = form.locator('[name="bed-0"] option')
    form.locator('[name="bed-0"]').select_option(
        label=options.filter(has_text=bed).first.inner_text()
    )
    form.locator('[name="words"]').fill(ON_THE_WAY)


def _place(page: Page) -> None:
    page.locator("#place-form").get_by_role("button", name="Tempatkan").click()


def _two_officers_want_the_last_bed(road: Road) -> None:
    _make_the_house(road.rangga, road.door.base)
    leg = road.at(f"/pemulangan/tahap/{road.legs['transit']}/")
    first, second, third, fourth = _packets_of_adults(road.rangga, leg)[:4]
    for bed, packet in (("1 A", first), ("1 B", second)):
        _check_first(road.rangga, road.door.base, packet)
        _fill_placing(road.rangga, bed)
        _place(road.rangga)
        expect(road.rangga.get_by_text("Sudah ditempatkan.")).to_be_visible()
    other = road.door.enter("uji.hunian")
    _check_first(road.rangga, road.door.base, third)
    later = _check_first(other, road.door.base, fourth)
    _fill_placing(road.rangga, "1 C")
    _fill_placing(other, "1 C")
    _place(road.rangga)
    expect(road.rangga.get_by_text("Sudah ditempatkan.")).to_be_visible()
    _place(other)
    expect(other.get_by_role("main")).to_contain_text(LOST)
    expect(other.locator('#place-form [name="words"]')).to_have_value(ON_THE_WAY)
    expect(other.locator('#place-form [name="willing"]')).to_be_checked()
    rows = road.board()
    assert missing(rows) == {SAFE: 24, WHO: 24, ANSWER: 21}
    assert holders(rows) == {"Dinsos DKI": 24}
    # One more bed is put into the room, and she has it.
    road.rangga.goto(road.at("/hunian/rumah/"))
    road.rangga.get_by_role("link", name="Rumah Transit Uji").click()
    road.rangga.get_by_role("button", name="Tempat tidur", exact=True).click()
    other.goto(later)
    _fill_placing(other, "1 D")
    _place(other)
    expect(other.get_by_text("Sudah ditempatkan.")).to_be_visible()
    other.goto(road.at("/hunian/"))
    tile = other.get_by_role("region", name="Tempat tidur terisi dan kosong")
    expect(tile).to_contain_text(re.compile(r"4\s+dari 4"))
    other.context.close()


def _two_more_rooms(page: Page, base: str) -> None:
    """Beds for nineteen women more, and one for a girl who comes without her family."""
    page.goto(f"{base}/hunian/rumah/")
    page.get_by_role("link", name="Rumah Transit Uji").click()
    for number, (group, beds) in enumerate((("adult", 19), ("child", 1)), start=2):
        page.locator('form[action$="/kamar/"] [name="age_group"]').select_option(group)
        page.locator('form[action$="/kamar/"] [name="beds"]').fill(str(beds))
        page.get_by_role("button", name="Tambahkan kamar").click()
        expect(page.get_by_role("heading", name=f"Kamar {number}")).to_be_visible()


def _the_shelter_takes_them_all(road: Road) -> None:
    leg, page = road.legs["transit"], road.rangga
    _two_more_rooms(page, road.door.base)
    page.goto(road.at(f"/pemulangan/tahap/{leg}/"))
    page.get_by_role("link", name="Periksa dan tempatkan sekaligus").click()
    nobody = page.locator('#check-form label:has(input[value="none"])')
    expect(nobody).to_have_count(20)
    for each in nobody.all():
        each.click()
    page.get_by_role("button", name="Catat pemeriksaan semua").click()
    expect(page.get_by_text("Sudah diperiksa: 20.")).to_be_visible()
    form = page.locator("#together-form")
    expect(form.locator('input[name^="take-"]:checked')).to_have_count(20)
    form.locator('[name="willing"]').check()
    form.locator('[name="criteria"][value="korban_tppo"]').check()
    for sex in form.locator('select[name^="sex-"]').all():
        sex.select_option("P")
    form.get_by_role("button", name="Tempatkan semua yang dipilih").click()
    expect(page.get_by_text("20 orang sudah ditempatkan.")).to_be_visible()
    rows = road.board()
    assert missing(rows) == {SAFE: 24, WHO: 24}
    hand_over(road.door, road.sekar, road.rangga, leg, 24)
    rows = road.board()
    assert holders(rows) == {"RPS DKI": 24}
    assert missing(rows) == {SAFE: 24, WHO: 24, PLAN: 24}


# -- three journeys ----------------------------------------------------------------------------


def _plan_three_journeys(road: Road) -> None:
    ways = {"Ke timur": ("NTT", "NTB"), "Di Jawa": ("Jatim", "Jateng"), "Ke barat": ("Lampung",)}
    for label, provinces in ways.items():
        _journey(road, label)
        for province in provinces:
            desk = desk_id(road.owner, DESKS[province])
            people = road.people[province]
            road.legs[province] = _leg(road, people, label, "pemulangan", desk)
            _ask(road, len(people))
    rows = road.board()
    assert holders(rows) == {"RPS DKI": 24}
    assert missing(rows) == {SAFE: 24, WHO: 24, ANSWER: 24}


def _found_at_home(page: Page, count: int) -> None:
    """The desk at the origin knows them all, and the place is safe: one act."""
    chosen = page.locator('label:has(input[form="findings-form"])')
    expect(chosen).to_have_count(count)
    for each in chosen.all():
        each.click()
    page.locator("#find-match").select_option("confirmed")
    page.locator("#find-safety").select_option("safe")
    page.locator("#findings-form").get_by_role("button", name="Catat").click()
    told = f"Dicatat untuk {count} orang; penyelenggara langsung membacanya."
    expect(page.get_by_text(told)).to_be_visible()


def _receive(road: Road, page: Page, province: str, count: int) -> None:
    """Accept all of a leg, look at home, take them over from the shelter."""
    leg = road.legs[province]
    page.goto(road.at(f"/pemulangan/tahap/{leg}/"))
    page.get_by_role("button", name="Terima semua").click()
    expect(page.get_by_text(f"{count} diterima, 0 ditolak.")).to_be_visible()
    _found_at_home(page, count)
    hand_over(road.door, road.rangga, page, leg, count)


def _one_desk_refuses_one_is_silent(road: Road) -> None:
    for province in ("NTT", "NTB", "Jateng"):
        page = road.door.enter(AT_HOME[province][0])
        _receive(road, page, province, 5)
        page.context.close()
    page = road.door.enter("uji.jatim")
    page.goto(road.at(f"/pemulangan/tahap/{road.legs['Jatim']}/"))
    decisions = page.locator('input[name^="decision-"]')
    expect(decisions).to_have_count(10)
    for index in range(5):
        wanted = "decline" if index == 0 else "accept"
        page.locator(f'label:has(input[name^="decision-"][value="{wanted}"])').nth(index).click()
    page.locator('select[name^="reason-"]').first.select_option("penuh")
    page.get_by_role("button", name="Kirim jawaban").click()
    expect(page.get_by_text("4 diterima, 1 ditolak.")).to_be_visible()
    _found_at_home(page, 4)
    hand_over(road.door, road.rangga, page, road.legs["Jatim"], 4)
    page.context.close()
    assert let_answers_fall_due(road.owner, desk_id(road.owner, DESKS["Lampung"])) == 4
    rows = road.board()
    assert holders(rows) == {
        "Dinsos NTT": 5, "Dinsos NTB": 5, "Dinsos Jateng": 5, "Dinsos Jatim": 4, "RPS DKI": 5,
    }  # fmt: skip
    assert missing(rows) == {SAFE: 5, WHO: 5, REFUSED: 1, SILENT: 4, ARRIVAL: 19}
    silent = {row.person for row in rows if SILENT in row.missing}
    assert silent == set(road.people["Lampung"])
    assert {row.origin for row in rows if REFUSED in row.missing} == {ORIGINS["Jatim"]}
    assert lanes(road.sekar) == {
        "Semua berjalan": 24,
        "Belum dijawab": 5,
        "Belum dipastikan tiba": 19,
    }


def _other_desk(road: Road, province: str, desk: str, count: int) -> None:
    page = road.sekar
    page.goto(road.at(f"/pemulangan/tahap/{road.legs[province]}/"))
    page.locator("#move-desk").select_option(desk_id(road.owner, desk))
    page.get_by_role("button", name="Pilih meja ini saja").click()
    expect(page.locator("#ask-form")).to_be_visible()
    road.legs[province] = page.url.rstrip("/").rsplit("/", 1)[1]
    _ask(road, count)


def _another_desk_each(road: Road) -> None:
    _other_desk(road, "Jatim", "bp3mi-jatim.pemulangan", 1)
    _other_desk(road, "Lampung", "dinsos-lampung.rehsos", 4)
    rows = road.board()
    assert missing(rows) == {SAFE: 5, WHO: 5, ANSWER: 5, ARRIVAL: 19}
    for province, person, count in (("Jatim", "uji.bp3mi", 1), ("Lampung", "uji.lampung", 4)):
        page = road.door.enter(person)
        _receive(road, page, province, count)
        page.context.close()
    rows = road.board()
    assert holders(rows) == {
        "Dinsos NTT": 5, "Dinsos NTB": 5, "Dinsos Jateng": 5, "Dinsos Jatim": 4,
        "BP3MI Jatim": 1, "Dinsos Lampung": 4,
    }  # fmt: skip
    assert missing(rows) == {ARRIVAL: 24}
    assert lanes(road.sekar) == {"Semua berjalan": 24, "Belum dipastikan tiba": 24}


# -- at home -----------------------------------------------------------------------------------

_LAST_HOLDERS = {
    "yohana": 5, "uji.ntb": 5, "uji.jateng": 5, "uji.jatim": 4, "uji.bp3mi": 1, "uji.lampung": 4,
}  # fmt: skip


def _home(road: Road) -> None:
    for person, count in _LAST_HOLDERS.items():
        page = road.door.enter(person)
        page.goto(road.at("/pemulangan/bersama-kami/"))
        held = page.locator('input[name="hold"]')
        expect(held).to_have_count(count)
        for box in held.all():
            box.check()
        page.get_by_role("button", name="Pastikan: yang dipilih sudah tiba").click()
        expect(page.get_by_text(f"{count} orang dipastikan tiba.")).to_be_visible()
        page.context.close()
    rows = road.board()
    assert missing(rows) == {}
    assert lanes(road.sekar) == {"Dikabari 1, 3, 6 bulan": 24}


def _months(road: Road) -> None:
    for month, days in ((1, 45), (3, 60), (6, 95)):
        let_months_pass(road.owner, days)
        assert missing(road.board()) == {VISIT: 24}, month
        for person, count in _LAST_HOLDERS.items():
            page = road.door.enter(person)
            # Some of them hold others besides, whom the demonstration brought home.
            visited = 0
            while _visit(road, page, month):
                visited += 1
            assert visited >= count
            page.context.close()
        rows = road.board()
        assert missing(rows) == {}
        if month != 6:
            assert lanes(road.sekar) == {"Dikabari 1, 3, 6 bulan": 24}
            assert sum(holders(rows).values()) == 24
    assert lanes(road.sekar) == {"Berakhir": 24}
    assert holders(rows) == {"Di rumah": 24}


def _visit(road: Road, page: Page, month: int) -> bool:
    """Write down the month's visit to the next person for whom it is not; whether one was left."""
    page.goto(road.at("/pemulangan/bersama-kami/"))
    form = page.locator('form[action$="/kabar/"]', has=page.locator(f'option[value="{month}"]'))
    if form.count() == 0:
        return False
    form.first.locator("xpath=..").locator("summary").click()
    form.first.locator('[name="month"]').select_option(str(month))
    form.first.locator('[name="result"]').select_option("safe")
    form.first.get_by_role("button", name="Catat").click()
    expect(page.get_by_text("Kunjungan dicatat.")).to_be_visible()
    return True
