"""The list, the desks and the hands of the group that goes home; and the board as it is read."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from openpyxl import Workbook
from playwright.sync_api import Page, expect
from tests.e2e.house import Door, House

from rangkul.foundation import roles
from rangkul.foundation.embedded import EmbeddedServer

ORIGINS = {
    "NTT": "Kota Kupang", "NTB": "Kota Mataram", "Jatim": "Kota Surabaya",
    "Jateng": "Kota Semarang", "Lampung": "Kota Bandar Lampung",
}  # fmt: skip
# Username → the desk at which she sits, and her role; `yohana` and `rangga` are there already.
OFFICERS = {
    "uji.ntb": ("dinsos-ntb.rehsos", "petugas_layanan"),
    "uji.jatim": ("dinsos-jatim.rehsos", "petugas_layanan"),
    "uji.bp3mi": ("bp3mi-jatim.pemulangan", "petugas_layanan"),
    "uji.jateng": ("dinsos-jateng.rehsos", "petugas_layanan"),
    "uji.lampung": ("dinsos-lampung.rehsos", "petugas_layanan"),
    "uji.hunian": ("rps-dki.hunian", "petugas_hunian"),
}
_WORDS = (
    "Satu", "Dua", "Tiga", "Empat", "Lima", "Enam", "Tujuh", "Delapan", "Sembilan", "Sepuluh",
    "Sebelas", "Duabelas", "Tigabelas", "Empatbelas", "Limabelas", "Enambelas", "Tujuhbelas",
    "Delapanbelas", "Sembilanbelas", "Duapuluh", "Duasatu", "Duadua", "Duatiga", "Duaempat",
)  # fmt: skip
NAMELESS, CHILD, ILL = 11, 7, 3


def list_by_name() -> bytes:
    """Twenty-four women of five provinces, as an embassy writes them down.

    Titles above, an empty line, dates in four shapes; in one row the name stands in a column whose
    heading says nothing.
    """
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["DAFTAR NAMA PEMULANGAN: KAPAL UJI"])
    sheet.append([])
    sheet.append(["No", "Nama Lengkap", "Catatan dek", "L/P", "Tgl Lahir", "No Paspor",
                  "Kab/Kota Asal", "Sakit", "Mampu/Miskin", "Pembiayaan", "Izin Penyidik",
                  "Kewarganegaraan"])  # fmt: skip
    places = list(ORIGINS.values())
    for number, word in enumerate(_WORDS):
        nameless = number == NAMELESS
        sheet.append([
            number + 1, "" if nameless else f"Pekerja {word} Uji",
            f"Pekerja {word} Uji" if nameless else "", ("P", "Pr", "perempuan")[number % 3],
            "12 Mei 2014" if number == CHILD else _born(number),
            "" if nameless else f"X{7_700_000 + number}", places[number % 5],
            "demam" if number == ILL else "tidak", "miskin", "negara", "tidak perlu", "WNI",
        ])  # fmt: skip
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _born(number: int) -> str | date:
    born = date(1975 + number, 3, number + 1)
    return (born, born.isoformat(), born.strftime("%d/%m/%Y"), born.strftime("%d-%m-%y"))[
        number % 4
    ]


# -- the owner's hand --------------------------------------------------------------------------


def owner_of(house: House) -> psycopg.Connection[Any]:
    """The owner's connection to this house's database: for people who are missing, and clocks."""
    server = EmbeddedServer("demo", Path(house.home), {})
    return psycopg.connect(server.url(roles.OWNER, "rangkul"), autocommit=True)


def seat_officers(owner: psycopg.Connection[Any]) -> None:
    """Somebody at each desk at home where the demonstration has nobody, to enter with one click."""
    for number, (username, (desk, role)) in enumerate(OFFICERS.items(), start=9701):
        owner.execute(
            "insert into accounts_user (id, username, display_name, email, password, language, "
            "is_active, is_demo, must_change_password, created_at) values "
            "(%s, %s, %s, '', '!', 'id', true, true, false, now()) on conflict do nothing",
            [number, username, f"Petugas {username}"],
        )
        owner.execute(
            "insert into network_membership (id, agency_id, user_id, roles, desk_ids, sex, "
            "version, since, until) select %s, agency_id, %s, array[%s], array[id], '', 1, "
            "now() - interval '1 day', null from network_desk where code = %s "
            "on conflict do nothing",
            [number, number, role, desk],
        )


def desk_id(owner: psycopg.Connection[Any], code: str) -> str:
    """A desk's number, as the forms carry it."""
    found = owner.execute("select id from network_desk where code = %s", [code]).fetchone()
    assert found is not None
    return str(found[0])


def let_answers_fall_due(owner: psycopg.Connection[Any], desk: str) -> int:
    """The time to answer is over at a desk that never does; how many askings lie there."""
    found = owner.execute(
        "update referrals_request set accept_by = sent_at + interval '1 second' "
        "where receiver_desk_id = %s "
        "and state = 'sent'", [desk],
    )  # fmt: skip
    return found.rowcount


def let_months_pass(owner: psycopg.Connection[Any], days: int) -> None:
    """The arrivals of all who are followed up lie so many days further back."""
    for table in ("repatriation_returnee", "repatriation_hold"):
        owner.execute(
            f"update {table} set state_at = state_at - make_interval(days => %s) "
            "where state = 'arrived'", [days],
        )  # fmt: skip


# -- the board ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """One person's line of the board."""

    person: int
    origin: str
    holder: str
    missing: tuple[str, ...]
    waits_for: str


_READ = """rows => rows.map(row => {
  const said = {};
  row.querySelectorAll("dl.road-now dt").forEach(term => {
    const value = term.nextElementSibling;
    const parts = [...value.querySelectorAll("span.road-loud, span.road-soft")];
    said[term.textContent.trim()] = parts.length
      ? parts.map(part => part.textContent.trim()) : [value.textContent.trim()];
  });
  return {id: row.id, origin: row.querySelectorAll(".road-who p.detail")[1].textContent.trim(),
          said};
})"""


def read_board(page: Page, address: str) -> list[Row]:
    """All lines of a board's page, top to bottom."""
    page.goto(address)
    expect(page.locator("#board-rows")).to_be_visible()
    return [
        Row(
            int(row["id"].removeprefix("person-")), row["origin"], row["said"]["Bersama"][0],
            tuple(each for each in row["said"]["Yang kurang"] if each != "Tidak ada"),
            row["said"].get("Menunggu", [""])[0],
        )
        for row in page.locator("#board-rows article.road-row").evaluate_all(_READ)
    ]  # fmt: skip


def lanes(page: Page) -> dict[str, int]:
    """How many stand in each lane, where anybody does."""
    told: list[list[str]] = page.locator("a.road-lane").evaluate_all(
        "lanes => lanes.map(lane => [lane.firstChild.textContent.trim(),"
        " lane.querySelector('b').textContent])"
    )
    return {name: int(count) for name, count in told if int(count)}


def holders(rows: list[Row]) -> dict[str, int]:
    """With whom how many are."""
    return dict(Counter(row.holder for row in rows))


def missing(rows: list[Row]) -> dict[str, int]:
    """What is missing for how many."""
    return dict(Counter(each for row in rows for each in row.missing))


# -- acts --------------------------------------------------------------------------------------


def choose_people(page: Page, people: list[int], act: str) -> None:
    """Tick people on the board that is open and do one thing with all of them."""
    for person in people:
        page.locator(f'#person-{person} input[name="person"]').check()
    page.locator("#board-act").select_option(act)
    page.get_by_role("button", name="Lakukan untuk semuanya").click()


def sign(page: Page) -> None:
    """Draw a signature and press."""
    pad = page.locator("[data-signing-pad]")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    for step in range(1, 6):
        page.mouse.move(box["x"] + 40 + 30 * step, box["y"] + (30 if step % 2 else 80))
    page.mouse.up()
    page.get_by_role("button", name="Tanda tangani").click()


def hand_over(door: Door, giver: Page, receiver: Page, leg: str, count: int) -> None:
    """The minutes of one leg: written and signed by who gives, read and signed by who receives."""
    giver.goto(f"{door.base}/pemulangan/tahap/{leg}/serah-terima/")
    there = giver.locator('label:has(input[name^="there-"][value="yes"])')
    expect(there).to_have_count(count)
    for each in there.all():
        each.click()
    sign(giver)
    expect(giver.get_by_text("Sudah ditandatangani. Sekarang giliran pihak lain.")).to_be_visible()
    receiver.goto(f"{door.base}/pemulangan/tahap/{leg}/")
    receiver.get_by_text("Berita acara", exact=True).first.wait_for()
    receiver.locator('a[href^="/pemulangan/berita-acara/"]').first.click()
    expect(receiver.locator("tbody tr")).to_have_count(count)
    sign(receiver)
    told = f"Kedua pihak sudah menandatangani: {count} orang berpindah tangan."
    expect(receiver.get_by_text(told)).to_be_visible()
