"""axe-core finds nothing on any staff page: both languages, both sizes, light and dark."""

from __future__ import annotations

from pathlib import Path

import pytest
from ops.screenshots import SCREENS, Walk, rounds
from playwright.sync_api import Page, expect
from tests.e2e.house import Door

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
# Each screen in both languages, sizes and themes; the longer words meet the narrower screen.
# `ops/screenshots.py` walks the same screens.
WAYS = (("id", "phone", False), ("en", "desk", True))
RUN = """
() => axe.run().then(found => found.violations.flatMap(
  rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 160)} ${node.failureSummary}`)))
"""


def _violations(page: Page) -> list[str]:
    # Evaluated, not added as a tag: the pages' own policy allows no foreign script.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(RUN)
    return found


@pytest.mark.parametrize(("language", "size", "dark"), WAYS)
def test_no_screen_shuts_anyone_out(door: Door, language: str, size: str, dark: bool) -> None:
    faults, wide, nameless, seen = [], [], [], 0
    for person, screens in rounds([]):
        context = door.context(size=size, language=language, dark=dark)
        walk = Walk(door.base, context.new_page())
        if person:
            walk.enter(person)
        for screen in screens:
            assert walk.show(screen), f"{screen.name}: nothing of that kind for {person}"
            seen += 1
            # Some screens are drawn by their script.
            walk.page.locator("h1").first.wait_for(state="attached")
            faults += [f"{screen.name}: {fault}" for fault in _violations(walk.page)]
            if walk.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(screen.name)
            if "" in walk.page.locator(".avatar").all_inner_texts():
                nameless.append(screen.name)
        context.close()
    assert faults == [], "\n".join(faults)
    assert wide == []
    assert nameless == []
    assert seen == len(SCREENS)


def test_axe_would_find_something(door: Door) -> None:
    """The planted fault: a field without a name."""
    page = door.context().new_page()
    page.goto(f"{door.base}/akun/login/")
    page.evaluate("document.body.append(document.createElement('textarea'))")
    assert any(fault.startswith("label:") for fault in _violations(page))


def test_each_language_size_and_theme_is_walked() -> None:
    assert all(len({way[part] for way in WAYS}) == 2 for part in range(3))


def test_the_open_menus_and_the_lock_are_open_to_all(door: Door) -> None:
    page = door.enter("tiara")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert _violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+L")
    expect(page.get_by_role("heading", name="Layar terkunci")).to_be_visible()
    assert _violations(page) == []
