"""Two at once: one fetch of two, three exports of five, one worker of two, one withdrawal first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from tests.domain.exchange import scene as scenes
from tests.domain.exchange.scene import Scene, scalar
from tests.people import Cast

from rangkul.exchange import workflow
from rangkul.exchange.policy import ExportBarred
from rangkul.foundation.workflow import IllegalMove


@pytest.fixture
def scene(committed_db: None, cast: Cast) -> Scene:
    return scenes.make_scene(cast, files=2)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run the acts at one moment, each on a connection of its own; what each said or raised."""
    ready = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            ready.wait(timeout=20)
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        running = [threads.submit(run, act) for act in acts]
    return [each.exception() or each.result() for each in running]


def test_two_tabs_fetch_it_once(scene: Scene) -> None:
    row = scene.made()
    said = at_once(*[lambda: scene.fetch(row)] * 4)
    assert len([each for each in said if isinstance(each, bytes)]) == 1
    assert len([each for each in said if isinstance(each, IllegalMove)]) == 3


def test_five_tabs_ask_for_three(scene: Scene) -> None:
    said = at_once(*[scene.ask] * 5)
    assert len([each for each in said if isinstance(each, ExportBarred)]) == 2
    assert scalar("select count(*) from exchange_export") == workflow.MOST_IN_A_DAY


def test_two_workers_make_one(scene: Scene) -> None:
    row = scene.ask()
    said = at_once(*[lambda: scenes.work(row)] * 2)
    assert said == [None, None]
    assert scene.again(row).state == workflow.READY
    assert scalar("select count(*) from exchange_exportcase") == 2
    assert scalar("select count(*) from trail_act where name = 'export.made'") == 1


@pytest.mark.parametrize("turn", range(4))
def test_a_withdrawal_comes_before_or_after_and_never_between(scene: Scene, turn: int) -> None:
    basis = scenes.agree(scene, scene.case_ids[0])
    row = scene.made()
    taken, _withdrawn = at_once(lambda: scene.fetch(row), lambda: scenes.take_back(scene, basis.id))
    state = scene.again(row).state
    if isinstance(taken, bytes):
        assert state == workflow.FETCHED
    else:
        assert taken is None or isinstance(taken, IllegalMove)
        assert (state, scene.again(row).why) == (workflow.DESTROYED, "withdrawn")
    assert scalar("select count(*) from exchange_exportfile") == 0


def test_a_withdrawal_while_it_is_made_leaves_no_file_with_her_in_it(scene: Scene) -> None:
    basis = scenes.agree(scene, scene.case_ids[0])
    row = scene.ask()
    at_once(lambda: scenes.work(row), lambda: scenes.take_back(scene, basis.id))
    held = scalar("select count(*) from exchange_exportcase where case_id = %s", scene.case_ids[0])
    if held:
        assert scene.again(row).state == workflow.DESTROYED or scene.fetch(row) is None
    else:
        assert scene.again(row).rows == 1
