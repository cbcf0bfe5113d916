"""What calls people has names that fit: a call that cannot be written down calls nobody."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from tests.people import KUPANG, NASIONAL, NOW, Cast

import rangkul.jobs
from rangkul.alerts import operations
from rangkul.alerts.models import Alert
from rangkul.alerts.operations import Call
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting, system
from rangkul.jobs.tasks import SUBSCRIBERS
from rangkul.jobs.way_home import tell_investigators
from rangkul.repatriation import events

LONGEST_ID = "f" * 36


def _kinds() -> list[str]:
    """Every event that a job follows, and every kind that a job writes out."""
    written = {
        node.value
        for file in Path(rangkul.jobs.__path__[0]).glob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        and node.value.count(".") == 1 and node.value.replace(".", "").replace("_", "").isalpha()
        and node.value.islower()
    }  # fmt: skip
    return sorted(SUBSCRIBERS.keys() | written - {"rangkul.jobs"})


def test_every_kind_can_be_called(db: None, cast: Cast) -> None:
    kinds = _kinds()
    assert events.CLEARANCE_ASKED in kinds and "decision.due" in kinds
    with system("tick"):
        made = operations.raise_alerts(
            calls=[
                Call(
                    token=f"{kind}:{LONGEST_ID}:20281231", agency_id=NASIONAL,
                    audience=Alert.NATION, kind=kind, subject_kind="a", subject_id=LONGEST_ID,
                    user_id=2_147_483_647,
                )
                for kind in kinds
            ],
            at=NOW,
        )  # fmt: skip
    assert made == len(kinds)


@pytest.mark.parametrize("times", [1, 3])
def test_investigators_are_called_once_a_day(db: None, cast: Cast, times: int) -> None:
    event = Event(events.CLEARANCE_ASKED, "agency", str(KUPANG), KUPANG)
    for _ in range(times):
        tell_investigators(event)
    with acting(cast.marten):
        (called,) = Alert.objects.filter(kind=events.CLEARANCE_ASKED)
        assert (called.agency_id, called.audience) == (KUPANG, Alert.SUPERVISOR)
