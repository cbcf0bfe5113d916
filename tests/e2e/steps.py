"""Steps that several journeys take, as a hand and an eye would take them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from playwright.sync_api import Page, expect
from tests.e2e.house import Door, choose


def part(page: Page, name: str) -> None:
    """Turn to a part of the open file."""
    page.get_by_role("navigation", name="Bagian berkas").get_by_role("link", name=name).click()


def plan(page: Page, door: Door, case: str, words: str, service: str) -> None:
    """Write a need into the plan of the file."""
    page.goto(f"{door.base}/kasus/{case}/rencana/")
    page.get_by_label("Dengan kata-kata penyintas sendiri").fill(words)
    choose(page, "Layanan yang menjawabnya", service)
    choose(page, "Seberapa segera", "Mendesak")
    page.get_by_role("button", name="Masukkan ke rencana").click()
    expect(page.get_by_role("article").filter(has_text=words)).to_contain_text("Direncanakan")


def begin_referral(page: Page, door: Door, case: str, words: str) -> None:
    """From the need in the plan to its referral: without a ground nothing leaves."""
    page.goto(f"{door.base}/kasus/{case}/rencana/")
    need = page.get_by_role("article").filter(has_text=words).first
    need.get_by_role("link", name="Rujuk").click()
    expect(page.get_by_role("region", name="Yang dilihat penerima")).to_contain_text(
        "Tanpa dasar, tidak ada yang keluar dari lembaga ini."
    )


def send(page: Page, asked: str, *, never: Sequence[str]) -> str:
    """Write what is asked, look at the packet, send it; the packet's number."""
    page.get_by_label("Apa yang diminta dari mereka?").fill(asked)
    page.get_by_role("button", name="Lihat paket").click()
    seen = page.get_by_role("region", name="Yang dilihat penerima")
    expect(seen).to_contain_text(asked)
    expect(seen).to_contain_text("Ditahan")
    for secret in ("RK-", *never):
        expect(seen).not_to_contain_text(secret)
    send = page.get_by_role("button", name=re.compile("^Kirim ke"))
    uncovered = page.get_by_label("Saya tahu, dan tetap mengirim.")
    if uncovered.count():
        uncovered.check()
    send.click()
    expect(page.get_by_text("Terkirim. Jawabannya akan tampak di sini.")).to_be_visible()
    return page.url.rstrip("/").rsplit("/", 1)[1]
