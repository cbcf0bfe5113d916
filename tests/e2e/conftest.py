"""One real server for all browser journeys; one Chromium for each module of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.house import ARGUMENTS, CHROMIUM, Door, House, start_house

HERE = Path(__file__).parent
INSTALL = "no Chromium here: apt-get install chromium"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker drives the browser: journeys share a server, and two would slow each other."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.xdist_group("e2e"))
            # A stranger may do without a browser; where the whole is judged a journey fails.
            if not CHROMIUM and not os.environ.get("RANGKUL_CI"):
                item.add_marker(pytest.mark.skip(reason=INSTALL))


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """The demonstration, running."""
    running = start_house()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """Chromium for this module: while Playwright's loop runs, Django would refuse its ORM."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def door(house: House, browser: object) -> Iterator[Door]:
    """The way in; afterwards no page may have met a script's fault or a server's."""
    from playwright.sync_api import Browser

    assert isinstance(browser, Browser)
    way = Door(house.base, browser)
    yield way
    way.close()
    assert way.faults == []
