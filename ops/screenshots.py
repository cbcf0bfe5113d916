"""Photograph every staff screen of a running demonstration, to look at them and to document them.

    .venv/bin/rangkul run &
    .venv/bin/python ops/screenshots.py http://127.0.0.1:8000 pictures/
    .venv/bin/python ops/screenshots.py http://127.0.0.1:8000 pictures/ --only today --sizes phone

It signs in with the demonstration's one click, walks the rounds of ``SCREENS`` and writes
``<language>-<size>[-dark]-<screen>.png``. Needs Playwright and a Chromium on the PATH. An address
may hold ``{case}``, ``{report}``, ``{packet}``, ``{sent}``, ``{agency}`` and so on: the
first of its kind on that person's own lists; a screen whose list is empty is skipped, and said.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SIZES = {"desk": (1366, 768), "phone": (390, 844)}
LANGUAGES = ("id", "en")


@dataclass(frozen=True, slots=True)
class Screen:
    """One address as one of the demonstration's people sees it; ``person`` "" is nobody."""

    name: str
    person: str
    address: str
    opens: str = ""
    """A CSS selector to press first: a menu or a part that begins closed."""


_CASE = (
    ("case", "", ""), ("note", "catatan/", ""), ("plan", "rencana/", ""), ("people", "orang/", ""),
    ("person-new", "orang/tambah/", ""), ("incident", "kejadian/", ""), ("trail", "jejak/", ""),
    ("assessments", "asesmen/", ""), ("outcome", "asesmen/perubahan/", ""),
    ("triage", "asesmen/rk01_triase/", ""),
    ("tppo", "asesmen/rk02_tppo/", ""), ("form", "asesmen/isi/rk03_bps/", ""),
    ("consent", "persetujuan/", ""), ("consent-medical", "persetujuan/?service=medis", ""),
    ("consent-notice", "persetujuan/penjelasan/?huruf=besar", ""),
    ("consent-part", "persetujuan/", "article details summary"),
    ("referrals-of-case", "rujukan/", ""), ("referral-begin", "rujukan/baru/", ""),
    ("referral-medical", "rujukan/baru/?layanan=medis", ""), ("documents", "dokumen/", ""),
    ("course", "perjalanan/", ""), ("cover", "perjalanan/sampul/", ""),
    ("companions", "perjalanan/pendamping/", ""), ("team", "perjalanan/tim/", ""),
    ("same-person", "perjalanan/orang-sama/", ""), ("closing", "perjalanan/tutup/", ""),
    ("case-identity-menu", "", ".covered summary"), ("related", "terkait/", ""),
    ("rights-of-case", "hak/", ""),
)  # fmt: skip

SCREENS: tuple[Screen, ...] = (
    Screen("sign-in", "", "/akun/login/"),
    Screen("demo-entrance", "", "/demo/"),
    Screen("public-start", "", "/info/"),
    Screen("public-start-english", "", "/en/info/"),
    Screen("public-history", "", "/info/riwayat/"),
    Screen("public-writing", "", "/info/tulis/"),
    Screen("public-code", "", "/info/kode/"),
    Screen("public-job-offer", "", "/info/kerja/"),
    Screen("today-intake", "mega", "/"),
    Screen("reports", "mega", "/laporan/"),
    Screen("reports-all", "mega", "/laporan/?tampil=semua"),
    Screen("report-new", "mega", "/laporan/baru/"),
    Screen("report", "mega", "{report}"),
    Screen("report-by-the-public", "mega", "{door_report}"),
    Screen("open-case", "mega", "{report}kasus/"),
    Screen("join-case", "mega", "{report}gabung/"),
    Screen("today", "tiara", "/"),
    Screen("person-menu", "tiara", "/", ".topbar-end .menu summary >> visible=true"),
    Screen("cases", "tiara", "/kasus/"),
    *(Screen(name, "tiara", f"{{case}}{rest}", opens) for name, rest, opens in _CASE),
    Screen("messages-begin", "tiara", "{case}kabar/"),
    Screen("messages", "tiara", "{told_case}kabar/"),
    Screen("trafficking-case", "bayu", "{case}"),
    Screen("referrals-out", "tiara", "/rujukan/keluar/"),
    Screen("referral", "tiara", "{sent}"),
    Screen("referral-seen", "tiara", "{sent}?paket=lihat"),
    Screen("letter", "tiara", "{sent}surat/"),
    Screen("search", "tiara", "/cari/"),
    Screen("account", "tiara", "/akun/saya/"),
    Screen("second-factor", "tiara", "/akun/2fa/totp/activate/"),
    Screen("second-keys", "tiara", "/akun/2fa/"),
    Screen("passkey-new", "tiara", "/akun/2fa/webauthn/add/"),
    Screen("passkeys", "tiara", "/akun/2fa/webauthn/"),
    Screen("sessions", "tiara", "/akun/sesi/"),
    Screen("offline", "mega", "/lapangan/"),
    Screen("earlier-contact", "dewi", "/laporan/kontak/"),
    Screen("today-unit", "dewi", "/?siapa=unit"),
    Screen("cases-unit", "dewi", "/kasus/"),
    Screen("course-supervisor", "dewi", "{case}perjalanan/"),
    Screen("closing-supervisor", "dewi", "{case}perjalanan/tutup/"),
    Screen("today-clinic", "dr.hasan", "/"),
    Screen("inbox", "dr.hasan", "/rujukan/masuk/"),
    Screen("packet", "dr.hasan", "{packet}"),
    Screen("directory", "tiara", "/jaringan/"),
    Screen("agency", "tiara", "{agency}"),
    Screen("desk", "tiara", "{agency_desk}"),
    Screen("today-admin", "admin.palangkaraya", "/"),
    Screen("own-agency", "admin.palangkaraya", "/jaringan/lembaga-saya/"),
    Screen("agency-edit", "admin.palangkaraya", "/jaringan/lembaga-saya/ubah/"),
    Screen("desk-new", "admin.palangkaraya", "/jaringan/meja/baru/"),
    Screen("desk-edit", "admin.palangkaraya", "{own_desk}ubah/"),
    Screen("hours", "admin.palangkaraya", "{own_desk}jam/"),
    Screen("services", "admin.palangkaraya", "{own_desk}layanan/"),
    Screen("places", "admin.palangkaraya", "{own_desk}tempat/"),
    Screen("entries", "admin.palangkaraya", "/jaringan/entri/"),
    Screen("entries-file", "admin.palangkaraya", "/jaringan/entri/berkas/"),
    Screen("entry-history", "admin.palangkaraya", "{own_desk}riwayat/"),
    Screen("confirm", "admin.palangkaraya", "/akun/pastikan/?next=/jaringan/petugas/undang/"),
    Screen("staff", "admin.palangkaraya", "/jaringan/petugas/"),
    Screen("instruments", "admin.palangkaraya", "/instrumen/"),
    Screen("instrument", "admin.palangkaraya", "{instrument}"),
    Screen("instrument-codebook", "admin.palangkaraya", "{instrument}buku-kode/"),
    Screen("member", "admin.palangkaraya", "{member}"),
    Screen("member-renew", "admin.palangkaraya", "{member}masuk/"),
    Screen("member-end", "admin.palangkaraya", "{member}akhiri/"),
    Screen("absence", "admin.palangkaraya", "{member}cuti/"),
    Screen("invite", "admin.palangkaraya", "/jaringan/petugas/undang/"),
    Screen("rosters", "admin.palangkaraya", "/jaringan/piket/"),
    Screen("roster", "admin.palangkaraya", "{roster}"),
    Screen("service-accounts", "admin.dki", "/jaringan/akun-layanan/"),
    Screen("phones", "bayu", "/perangkat/"),
    Screen("phones-of-agency", "admin.dki", "/perangkat/"),
    Screen("phone-new", "bayu", "/perangkat/baru/"),
    Screen("phone-key", "admin.dki", "/perangkat/kunci/"),
    Screen("phone-waiting", "bayu", "/perangkat/menunggu/"),
    Screen("agreements", "sekar", "/jaringan/perjanjian/"),
    Screen("agreement", "sekar", "{agreement}"),
    Screen("transfers", "sekar", "/pelimpahan/"),
    Screen("alerts", "tiara", "/pemberitahuan/"),
    Screen("alert-ways", "tiara", "/pemberitahuan/cara/"),
    Screen("conferences", "tiara", "/rapat/"),
    Screen("conference", "tiara", "{conference}"),
    Screen("conference-new", "tiara", "{case}rapat/baru/"),
    Screen("need", "tiara", "{need}"),
    Screen("another-survivor", "tiara", "{case}kejadian/penyintas-lain/"),
    Screen("due-list", "dewi", "/tenggat/"),
    Screen("emergency", "dewi", "/darurat/"),
    Screen("emergency-new", "tiara", "/darurat/baru/"),
    Screen("much-opened", "dewi", "/pembukaan/"),
    Screen("rights", "dewi", "/hak/"),
    Screen("rights-schedule", "dewi", "/hak/jadwal/"),
    Screen("exports", "dewi", "/ekspor/"),
    Screen("export-new", "dewi", "/ekspor/baru/"),
    Screen("export-recipients", "dewi", "/ekspor/penerima/"),
    Screen("export-recipient-new", "admin.palangkaraya", "/ekspor/penerima/baru/"),
    Screen("shelter-address", "lusi", "{house}alamat/"),
    Screen("reference-days", "dewi", "/acuan/"),
    Screen("reference-procedures", "dewi", "/acuan/prosedur/"),
    Screen("reference-to-confirm", "dewi", "/acuan/konfirmasi/"),
    Screen("conference-proposal", "koor.kalteng", "/rapat/usul/"),
    Screen("shelter-several", "lusi", "/hunian/bersama/"),
    Screen("way-home-clearances", "yohana", "/pemulangan/izin/"),
    Screen("way-home-journey", "sekar", "{journey}"),
    Screen("packet-search", "dr.hasan", "/cari/"),
    Screen("shelter-board", "lusi", "/hunian/"),
    Screen("shelter-past", "lusi", "/hunian/riwayat/"),
    Screen("shelter-houses", "lusi", "/hunian/rumah/"),
    Screen("shelter-house", "lusi", "{house}"),
    Screen("shelter-stay", "lusi", "{stay}"),
    Screen("way-home", "sekar", "/pemulangan/"),
    Screen("way-home-group", "sekar", "{group}"),
    Screen("way-home-person", "sekar", "{returnee}"),
    Screen("way-home-leg", "sekar", "{leg}"),
    Screen("way-home-import", "sekar", "/pemulangan/impor/"),
    Screen("way-home-with-us", "yohana", "/pemulangan/bersama-kami/"),
    Screen("reporter-send", "bu.norma", "/pelapor/kirim/"),
    Screen("unanswered", "koor.kalteng", "/tak-terjawab/"),
    Screen("obstacles-area", "koor.kalteng", "/asesmen/hambatan/wilayah/"),
    Screen("obstacles", "dewi", "/asesmen/hambatan/"),
    Screen("conflicts", "tiara", "/asesmen/dua/"),
    Screen("instrument-paper", "admin.palangkaraya", "{instrument}kertas/"),
    Screen("training", "admin.palangkaraya", "/instrumen/pelatihan/"),
    Screen("today-coordinator", "koor.kalteng", "/"),
    Screen("today-auditor", "auditor.palangkaraya", "/"),
    Screen("today-reporter", "bu.norma", "/"),
    Screen("forbidden", "mega", "/jaringan/petugas/"),
    Screen("not-found", "mega", "/kasus/RK-0000-0000/"),
)

# Where the first of a kind stands, and how its address looks.
_FINDS = {
    "case": ("/kasus/", r'href="(/kasus/RK-[^"/]+/)"'),
    "told_case": (
        "/kasus/",
        r'href="(/kasus/RK-[^"/]+/)"(?:(?!</tr>)[\s\S])*?>ancaman foto<',
    ),
    "door_report": (
        "/laporan/?tampil=semua",
        r'(?:Formulir publik|Public web form)[\s\S]*?href="(/laporan/LP-[^"/]+/)"',
    ),
    "report": ("/laporan/", r'href="(/laporan/LP-[^"/]+/)"'),
    "packet": ("/rujukan/masuk/", r'href="(/rujukan/PK-[^"/]+/)"'),
    "sent": ("/rujukan/keluar/", r'href="(/rujukan/PK-[^"/]+/)"'),
    "instrument": ("/instrumen/", r'href="(/instrumen/[0-9a-f-]{36}/)"'),
    "agency": ("/jaringan/?layanan=hunian", r'href="(/jaringan/lembaga/\d+/)"'),
    "agency_desk": ("{agency}", r'href="(/jaringan/meja/\d+/)"'),
    "own_desk": ("/jaringan/lembaga-saya/", r'href="(/jaringan/meja/\d+/)(?:ubah/)?"'),
    "member": ("/jaringan/petugas/", r'href="(/jaringan/petugas/\d+/)"'),
    "roster": ("/jaringan/piket/", r'href="(/jaringan/piket/\d+/)"'),
    "agreement": ("/jaringan/perjanjian/", r'href="(/jaringan/perjanjian/\d+/)"'),
    "conference": ("/rapat/", r'href="(/rapat/RT-[^"/]+/)"'),
    "house": ("/hunian/rumah/", r'href="(/hunian/rumah/\d+/)"'),
    "stay": ("/hunian/", r'href="(/hunian/inap/HN-[^"/]+/)"'),
    "group": ("/pemulangan/", r'href="(/pemulangan/rombongan/[^"/]+/)"'),
    "returnee": ("/pemulangan/", r'href="(/pemulangan/orang/\d+/)"'),
    "need": ("{case}rencana/", r'href="(/kasus/RK-[^"/]+/rencana/[^"/]+/ubah/)"'),
    "journey": ("{group}", r'href="(/pemulangan/perjalanan/[^"/]+/)"'),
    "leg": ("{returnee}", r'href="(/pemulangan/tahap/(?!baru)[^"/]+/)"'),
}


@dataclass
class Walk:
    """One person's browser on a running demonstration."""

    base: str
    page: Page
    known: dict[str, str] = field(default_factory=dict)

    def enter(self, person: str) -> None:
        """Sign in with the demonstration's one click."""
        self.page.goto(f"{self.base}/demo/")
        field_of = self.page.locator(f'input[name="username"][value="{person}"]')
        self.page.locator("form", has=field_of).get_by_role("button").click()
        # Reporters and coordinators are led on to rooms of their own.
        self.page.wait_for_url(lambda url: "/demo/" not in url)

    def show(self, screen: Screen) -> bool:
        """Bring the screen up; false when this person has none of the kind that it needs."""
        address = self._whole(screen.address)
        if not address:
            return False
        self.page.goto(self.base + address)
        if "/akun/pastikan/" in self.page.url and screen.name != "confirm":
            # What weighs asks once more who one is; the demonstration's people click.
            self.page.locator('button[name="factor_click"]').click()
        if screen.opens:
            self.page.locator(screen.opens).first.click()
        return True

    def _whole(self, address: str) -> str:
        """The address with what it asks for filled in; "" when this person has none of it."""
        for kind in re.findall(r"{(\w+)}", address):
            found = self._first(kind)
            if not found:
                return ""
            address = address.replace(f"{{{kind}}}", found)
        return address

    def _first(self, kind: str) -> str:
        if kind not in self.known:
            address, pattern = _FINDS[kind]
            self.page.goto(self.base + self._whole(address))
            match = re.search(pattern, self.page.content())
            self.known[kind] = match.group(1) if match else ""
        return self.known[kind]


def open_context(
    browser: Browser, base: str, *, size: str, language: str, dark: bool = False
) -> BrowserContext:
    """A browser of this size, language and theme, as a person would have it."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale=language,
        timezone_id="Asia/Jakarta", reduced_motion="reduce", has_touch=size == "phone",
    )  # fmt: skip
    theme = "dark" if dark else "light"
    for name, value in (("rangkul_language", language), ("rangkul_theme", theme)):
        context.add_cookies([{"name": name, "value": value, "url": base}])
    return context


def rounds(only: list[str]) -> Iterator[tuple[str, list[Screen]]]:
    """The screens by person, each person once; ``only`` keeps names that contain one of these."""
    for person in dict.fromkeys(screen.person for screen in SCREENS):
        mine = [
            screen for screen in SCREENS
            if screen.person == person
            and (not only or any(word in screen.name for word in only))
        ]  # fmt: skip
        if mine:
            yield person, mine


def main() -> int:
    """Walk and photograph; 0 when each screen was reached."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("base", help="address of the demonstration, http://127.0.0.1:8000")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", default=[], help="parts of screens' names")
    parser.add_argument("--languages", nargs="*", default=list(LANGUAGES), choices=LANGUAGES)
    parser.add_argument("--sizes", nargs="*", default=list(SIZES), choices=list(SIZES))
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--fold", action="store_true", help="only what fits, not the whole page")
    options = parser.parse_args()
    if not CHROMIUM:
        sys.stderr.write("No Chromium found: apt-get install chromium\n")
        return 1
    options.folder.mkdir(parents=True, exist_ok=True)
    base = options.base.rstrip("/")
    missed = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for language in options.languages:
            for size in options.sizes:
                missed += _photograph(browser, base, language, size, options)
        browser.close()
    return 1 if missed else 0


def _photograph(
    browser: Browser, base: str, language: str, size: str, options: argparse.Namespace
) -> int:
    missed = 0
    prefix = f"{language}-{size}" + ("-dark" if options.dark else "")
    for person, screens in rounds(options.only):
        context = open_context(browser, base, size=size, language=language, dark=options.dark)
        walk = Walk(base, context.new_page())
        if person:
            walk.enter(person)
        for screen in screens:
            if walk.show(screen):
                walk.page.screenshot(
                    path=options.folder / f"{prefix}-{screen.name}.png", full_page=not options.fold
                )
            else:
                missed += 1
                sys.stderr.write(f"{screen.name}: {person} has nothing of that kind\n")
        context.close()
    return missed


if __name__ == "__main__":
    sys.exit(main())
