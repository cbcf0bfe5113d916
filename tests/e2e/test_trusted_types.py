"""The browser itself refuses what no page of ours does: markup and scripts made of text."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from tests.e2e.house import Door

REFUSED = {
    "markup": "document.body.innerHTML = '<img src=x onerror=alert(1)>'",
    "markup beside": "document.body.insertAdjacentHTML('beforeend', '<b>x</b>')",
    "a fragment": "document.createRange().createContextualFragment('<b>x</b>')",
    "a page of its own": "document.createElement('iframe').srcdoc = '<script>alert(1)</script>'",
    "eval": "eval('1 + 1')",
    "a function of text": "new Function('return 1')()",
    "a foreign script": "document.createElement('script').src = 'https://x.invalid/x.js'",
    "an own script": "document.createElement('script').src = '/static/x.js'",
    "words in a script": "document.createElement('script').text = 'alert(1)'",
    "another policy": "trustedTypes.createPolicy('mine', {createHTML: (x) => x})",
    "the same policy again": "trustedTypes.createPolicy('default', {createHTML: (x) => x})",
    "a foreign worker": "navigator.serviceWorker.register('/elsewhere.js')",
}
# By the page's own timer, where the policy holds: what a tool evaluates itself may use `eval`.
_TRY = """(name) => new Promise((tell) => {
  setTimeout(async () => {
    try { await window.__tries[name](); tell('done'); } catch (fault) { tell(fault.name); }
  });
})"""


@pytest.fixture
def page(door: Door) -> Page:
    tries = ", ".join(f"{name!r}: () => {{ return {act}; }}" for name, act in REFUSED.items())
    found = door.enter("mega")
    found.add_init_script(f"window.__tries = {{{tries}}};")
    found.reload()
    return found


def test_text_becomes_neither_markup_nor_script(page: Page) -> None:
    answered = {name: page.evaluate(_TRY, name) for name in REFUSED}
    assert {name: said for name, said in answered.items() if said == "done"} == {}


def test_without_the_policy_it_would(page: Page) -> None:
    """Planted fault: on a page without the header the same acts are done."""
    page.route("**/bare", lambda route: route.fulfill(body="<p>x</p>", content_type="text/html"))
    page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2] + "/bare")
    for name in ("markup", "markup beside", "eval", "a function of text", "an own script"):
        assert page.evaluate(_TRY, name) == "done"
