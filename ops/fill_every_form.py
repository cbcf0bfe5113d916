"""Fill every form of a running demonstration in a real browser, with a line and without.

    .venv/bin/python -m ops.fill_every_form http://127.0.0.1:8000 [a-workbook.xlsx]

A workbook is uploaded, tried and published first, as an administrator would. Then each form is
answered question by question in a file, and once more on the installed page off the line; the
queue is sent at the end. Prints a line for each filling, and fails unless all of them were kept.
"""

from __future__ import annotations

import re
import sys
import time
from dataclasses import dataclass
from typing import Final

from ops.screenshots import ARGUMENTS, CHROMIUM, Walk, open_context
from playwright.sync_api import FrameLocator, Locator, Page, expect, sync_playwright

_KEEPER, _COMPANION, _PIN = "admin.palangkaraya", "tiara", "482913"
_ROUNDS: Final = 6
_CONTROLLED = """() => new Promise((done) => {
  if (navigator.serviceWorker.controller !== null) done();
  else navigator.serviceWorker.addEventListener('controllerchange', () => { done(); }); })"""


def publish(page: Page, base: str, workbook: str) -> None:
    """Upload a form, put it on trial and into use."""
    page.goto(f"{base}/instrumen/")
    page.locator("#upload-form input[type=file]").set_input_files(workbook)
    page.locator("#upload-form button[type=submit]").click()
    for address in ("/uji/", "/terbitkan/"):
        page.locator(f'form[action$="{address}"] button').click()
    page.locator('button[name="factor_click"]').click()
    expect(page.locator('form[action$="/hentikan/"] button')).to_be_visible()


def answer(frame: FrameLocator) -> int:
    """Answer every question that shows, also those that an answer brings up; how many."""
    questions = frame.locator(".question-container")
    questions.first.wait_for(timeout=60_000)
    done = 0
    for _round in range(_ROUNDS):
        before = done
        for number in range(questions.count()):
            done += _answer_one(questions.nth(number))
        if done == before:
            break
    return done


def _answer_one(question: Locator) -> int:
    """The first of the choices; a number, or a few words."""
    choices = question.locator("input[type=radio], input[type=checkbox]")
    if choices.count():
        if question.locator("input:checked").count():
            return 0
        name = choices.first.get_attribute("id")
        question.locator(f'label[for="{name}"]').last.click()
        expect(choices.first).to_be_checked()
        return 1
    field = question.locator("input:visible, textarea:visible").first
    if not field.count() or field.input_value() or field.get_attribute("readonly") is not None:
        return 0
    is_day = question.locator("[class*=date]").count() > 0
    is_number = field.get_attribute("inputmode") in ("numeric", "decimal")
    field.press_sequentially("2026-01-02" if is_day else "1" if is_number else "Contoh")
    field.press("Tab")
    return 1 if field.input_value() else 0


@dataclass
class Person:
    """The companion in one browser, and what she filled in."""

    base: str
    page: Page
    kept: int = 0
    begun: int = 0

    def tell(self, where: str, form: str, questions: int, since: float) -> None:
        """One line."""
        sys.stdout.write(
            f"{where:9} {form:44} {questions:3} answered, {time.monotonic() - since:5.1f} s" + "\n"
        )

    def fill_online(self) -> None:
        """Each form that the file offers, in the file."""
        self.page.goto(f"{self.base}/kasus/")
        self.page.locator("a[href^='/kasus/RK-']").first.click()
        self.page.wait_for_url(re.compile(r"/kasus/RK-[^/]+/$"))
        case = self.page.url
        self.page.goto(f"{case}asesmen/")
        links = self.page.locator("a[href*='/asesmen/isi/']")
        addresses = sorted({str(each.get_attribute("href")) for each in links.all()})
        for address in addresses:
            since = time.monotonic()
            self.page.goto(self.base + address)
            done = answer(self.page.frame_locator(".form-frame"))
            self.begun += 1
            self.page.locator("[data-form-send]").click()
            self.page.wait_for_url("**/asesmen/isian/*/")
            self.kept += 1
            self.tell("online", address.rstrip("/").rpartition("/")[2], done, since)

    def fill_offline(self) -> None:
        """Each form that was taken along, without a line; then all of them are sent."""
        page = self.page
        page.goto(f"{self.base}/lapangan/")
        page.evaluate(_CONTROLLED)
        page.locator("#pin").fill(_PIN)
        page.locator("#pin-again").fill(_PIN)
        page.get_by_role("button", name="Siapkan untuk luring").click()
        expect(page.get_by_text("Siap dipakai tanpa jaringan")).to_be_visible()
        page.context.set_offline(True)
        page.reload()
        page.locator("#pin").fill(_PIN)
        page.get_by_role("button", name="Buka", exact=True).click()
        chosen = page.get_by_label("Formulir", exact=True)
        chosen.wait_for()
        titles = chosen.locator('option:not([value=""])').all_inner_texts()
        for title in titles:
            since = time.monotonic()
            page.get_by_label("Formulir", exact=True).select_option(label=title)
            page.get_by_label("Nomor berkas").select_option(index=1)
            page.get_by_role("button", name="Mulai").click()
            done = answer(page.frame_locator(".form-frame"))
            self.begun += 1
            page.locator("[data-finish]").click()
            expect(page.get_by_text("Tersegel dan tersimpan")).to_be_visible()
            self.tell("offline", title, done, since)
        page.context.set_offline(False)
        said = page.get_by_text(re.compile(r"\d+ sudah diterima Rangkul\."))
        expect(said).to_be_visible(timeout=60_000)
        self.kept += int(said.inner_text().split()[0])


def main() -> int:
    """Run it; 1 if a filling was not kept."""
    base, *workbooks = sys.argv[1:]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        people = []
        for name in (_KEEPER, _COMPANION, _COMPANION):
            context = open_context(browser, base, size="desk", language="id", dark=False)
            people.append(Person(base, context.new_page()))
            Walk(base, people[-1].page).enter(name)
        keeper, online, offline = people
        for workbook in workbooks:
            publish(keeper.page, base, workbook)
        online.fill_online()
        offline.fill_offline()
        browser.close()
    for where, person in (("online", online), ("offline", offline)):
        sys.stdout.write(f"{where}: {person.kept} of {person.begun} fillings kept" + "\n")
    return int(any(person.kept != person.begun or not person.begun for person in (online, offline)))


if __name__ == "__main__":
    sys.exit(main())
