"""A hand-over on a dock without a line: kept on the device, sent once, in order, or looked at."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Route, expect
from tests.e2e.house import Door, House
from tests.e2e.steps_returnees import owner_of, sign

KEPT = "Sudah ditandatangani dan aman di perangkat ini."
WAITS = "1 tanda tangan menunggu sinyal di perangkat ini."

_COUNT = """async () => {
  const db = await new Promise((ok, no) => {
    const asked = indexedDB.open("rangkul.signing", 1);
    asked.onsuccess = () => ok(asked.result);
    asked.onerror = () => no(asked.error);
  });
  const rows = await new Promise((ok) => {
    const asked = db.transaction("kept").objectStore("kept").getAll();
    asked.onsuccess = () => ok(asked.result);
  });
  db.close();
  return rows.map(row => JSON.stringify({...row, sealed: new TextDecoder().decode(row.sealed)}));
}"""


def _kept(page: Page) -> list[str]:
    """What the browser keeps, as anybody could read it who opens its files."""
    rows: list[str] = page.evaluate(_COUNT)
    return rows


def _leg(house: House, giver: str, receiver: str) -> int:
    """The demonstration's leg between two agencies."""
    with owner_of(house) as owner:
        row = owner.execute(
            "select l.id from repatriation_leg l join network_agency g on g.id = l.giver_agency_id "
            "join network_agency r on r.id = l.receiver_agency_id join repatriation_traveller t on "
            "t.leg_id = l.id where g.short_name = %s and r.short_name = %s and t.state = "
            "'accepted' order by l.id limit 1", [giver, receiver],
        ).fetchone()  # fmt: skip
    assert row is not None
    return int(row[0])


def _signatures(house: House, leg: int) -> list[tuple[bool, bool]]:
    with owner_of(house) as owner:
        rows = owner.execute(
            "select giver_signed_at is not null, receiver_signed_at is not null "
            "from repatriation_handover where leg_id = %s order by recorded_at", [leg],
        ).fetchall()  # fmt: skip
    return [(bool(gave), bool(took)) for gave, took in rows]


def _open_leg(page: Page, base: str, words: str) -> None:
    page.goto(f"{base}/pemulangan/bersama-kami/")
    page.get_by_role("link", name=words, exact=True).first.click()


def test_minutes_signed_without_a_line_survive_the_closed_tab_and_count_once(
    door: Door, house: House
) -> None:
    leg = _leg(house, "BP3MI NTT", "Dinsos TTS")
    page = door.enter("damar")
    _open_leg(page, door.base, "Diserahkan kepada Dinsos TTS")
    page.get_by_role("link", name="Serah terima", exact=True).click()
    for each in page.locator('label:has(input[name^="there-"][value="yes"])').all():
        each.click()
    page.context.set_offline(True)
    # A password cannot be checked here, and is never kept for later.
    page.get_by_text("Tanda tangani dengan kata sandi").click()
    page.locator("#sign-password").fill("rahasia-uji")
    page.get_by_role("button", name="Tanda tangani").click()
    expect(page.locator("[data-signing-status]")).to_contain_text("kata sandi tidak dapat")
    assert _kept(page) == []
    page.locator("#sign-password").fill("")
    sign(page)
    expect(page.locator("[data-signing-status]")).to_contain_text(KEPT)
    [entry] = _kept(page)
    # On the device: a number, random ids, ciphertext. No name, no place.
    assert "Dermaga" not in entry and "terminal" not in entry.casefold()
    context = page.context
    page.close()
    context.set_offline(False)
    assert _signatures(house, leg) == []
    # The first answer is lost on its way back: the house has it, the device does not know.
    again = context.new_page()
    lost: list[str] = []

    def lose_the_answer(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.request.url)
            route.fetch()
            route.abort()
            return
        route.continue_()

    again.route("**/serah-terima/", lose_the_answer)
    again.goto(f"{door.base}/pemulangan/bersama-kami/")
    expect(again.locator("#signing-queue")).to_contain_text(WAITS)
    assert lost
    again.unroute("**/serah-terima/")
    again.reload()
    expect(again.locator("#signing-queue")).to_have_count(0)
    again.wait_for_function(f"({_COUNT})().then(rows => rows.length === 0)")
    assert _signatures(house, leg) == [(True, False)]
    context.close()


def test_what_the_house_cannot_take_is_shown_to_a_person(door: Door, house: House) -> None:
    _leg(house, "Dinsos DKI", "BP3MI NTT")
    page = door.enter("damar")
    _open_leg(page, door.base, "Diterima dari Dinsos DKI")
    page.locator('a[href^="/pemulangan/berita-acara/"]').first.click()
    page.context.set_offline(True)
    sign(page)
    expect(page.locator("[data-signing-status]")).to_contain_text(KEPT)
    # Meanwhile the organiser learns that he left: the minutes no longer hold.
    with owner_of(house) as owner:
        row = owner.execute(
            "select g.returnee_id from repatriation_passage g join repatriation_traveller t on "
            "t.id = g.traveller_id join repatriation_handover o on t.id = any(o.present) where "
            "t.state = 'accepted' and o.giver_signed_at is not null "
            "and o.receiver_signed_at is null order by o.recorded_at limit 1"
        ).fetchone()
    assert row is not None
    sekar = door.enter("sekar")
    sekar.goto(f"{door.base}/pemulangan/orang/{row[0]}/")
    gone = sekar.locator("details", has=sekar.locator('input[name="sure"][value="left"]'))
    gone.locator("summary").click()
    gone.get_by_label("Sudah pasti").check()
    gone.get_by_role("button", name="Pergi atas keinginan sendiri").click()
    expect(sekar.get_by_text("Dicatat: pergi atas keinginan sendiri.")).to_be_visible()
    sekar.context.close()
    page.context.set_offline(False)
    page.goto(f"{door.base}/pemulangan/bersama-kami/")
    told = page.locator("#signing-queue")
    expect(told).to_contain_text("belum dapat diterima")
    expect(told.get_by_role("link", name="Lihat tahapnya")).to_be_visible()
    assert len(_kept(page)) == 1
    # What was signed stands in its form again, to be mended; looking at it loses nothing.
    drawn = page.url
    told.get_by_role("link", name="Perbaiki dan kirim lagi").click()
    expect(page.locator("[data-signing-pad] path").first).to_have_attribute("d", re.compile("^M"))
    assert len(_kept(page)) == 1
    page.goto(drawn)
    told.get_by_role("button", name="Buang").click()
    expect(page.locator("#signing-queue")).to_have_count(0)
    assert _kept(page) == []
    page.context.close()
