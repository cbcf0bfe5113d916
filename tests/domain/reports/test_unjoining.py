"""A report joined to the wrong file is taken off it: marked there, in hand again here, recorded."""

from __future__ import annotations

import pytest
from tests.people import NOW, Cast
from tests.web.files import open_file

from rangkul.access.policy import Forbidden
from rangkul.cases import queries as cases
from rangkul.cases.models import CaseFile
from rangkul.clocks import queries as clocks
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.scope import acting
from rangkul.foundation.workflow import IllegalMove
from rangkul.reports import operations, queries, workflow
from rangkul.reports.content import ReportContent
from rangkul.reports.models import Report
from rangkul.trail import queries as trail

STORY = "Ia menelepon dari wartel di dekat pasar."
CONTENT = ReportContent(
    channel="telepon", reporter_kind="tetangga", area="33.74", account=STORY,
    answers={"terkurung": ["tidak"]},
)  # fmt: skip


def received(cast: Cast) -> Report:
    with acting(cast.joko):
        draft = operations.begin_report(by=cast.joko, at=NOW)
        return operations.begin_helping(
            report_id=draft.id, expected_version=draft.version, content=CONTENT, by=cast.joko,
            at=NOW,
        )  # fmt: skip


def join(cast: Cast, report: Report, file: CaseFile) -> None:
    with acting(cast.wahyuni):
        operations.join_case(report_id=report.id, case_id=file.case_id, by=cast.wahyuni, at=NOW)


def running_clocks(cast: Cast, report: Report) -> list[str]:
    found = clocks.list_subject(cast.wahyuni, "report", report.id)
    return [clock.procedure for clock in found if clock.state == "running"]


@pytest.fixture
def joined(db: None, cast: Cast) -> tuple[Report, CaseFile]:
    """A report that stands in the wrong file."""
    report, file = received(cast), open_file(cast.ratih, account="Datang sendiri.")
    join(cast, report, file)
    return report, file


def test_its_note_is_marked_and_no_other_and_it_is_in_hand_again(
    cast: Cast, joined: tuple[Report, CaseFile]
) -> None:
    report, file = joined
    with acting(cast.wahyuni):
        assert running_clocks(cast, report) == []
        operations.unjoin_case(report_id=report.id, by=cast.wahyuni, at=NOW)
        now = queries.get_report(cast.wahyuni, report.id)
        notes = {view.body: view.note for view in cases.list_notes(cast.wahyuni, file.case_id)}
        running = running_clocks(cast, report)
        of_case = [act.name for act in trail.list_case(cast.wahyuni, file.case_id)]
    assert (now.state, now.case_id) == (workflow.IN_HAND, None)
    assert now.handled_by == cast.wahyuni.user_id
    assert notes[STORY].withdrawn_at == NOW
    assert notes[STORY].withdraw_reason == "salah_berkas"
    assert notes["Datang sendiri."].withdrawn_at is None
    assert running == ["report_follow_up"]
    assert of_case.count("report.case_unjoined") == 1
    assert "note.withdrawn" in of_case


def test_it_is_then_joined_to_the_right_file_and_to_the_first_one_again(
    cast: Cast, joined: tuple[Report, CaseFile]
) -> None:
    report, wrong = joined
    right = open_file(cast.ratih)
    for file in (right, wrong):
        with acting(cast.wahyuni):
            operations.unjoin_case(report_id=report.id, by=cast.wahyuni, at=NOW)
        join(cast, report, file)
    with acting(cast.wahyuni):
        standing = {
            file.case_id: [
                view.note.withdrawn_at is None
                for view in cases.list_notes(cast.wahyuni, file.case_id)
                if view.body == STORY
            ]
            for file in (right, wrong)
        }
    assert standing[right.case_id] == [False]
    assert sorted(standing[wrong.case_id]) == [False, True]


def test_pressed_twice_the_second_finds_it_taken_off(
    cast: Cast, joined: tuple[Report, CaseFile]
) -> None:
    report, _file = joined
    with acting(cast.wahyuni):
        operations.unjoin_case(report_id=report.id, by=cast.wahyuni, at=NOW)
        with pytest.raises(IllegalMove):
            operations.unjoin_case(report_id=report.id, by=cast.wahyuni, at=NOW)


def test_a_colleague_who_did_not_join_it_leaves_it(
    cast: Cast, joined: tuple[Report, CaseFile]
) -> None:
    report, file = joined
    for stranger in (cast.joko, cast.ratih, cast.yohana):
        with acting(stranger), pytest.raises((Forbidden, NotReachable)):
            operations.unjoin_case(report_id=report.id, by=stranger, at=NOW)
    with acting(cast.wahyuni):
        assert queries.get_report(cast.wahyuni, report.id).case_id == file.case_id


@pytest.mark.parametrize("state", [workflow.OPENED, workflow.CLOSED, workflow.RECEIVED])
def test_only_a_joined_report_is_taken_off(db: None, cast: Cast, state: str) -> None:
    assert not [
        move for move in workflow.MOVES.open_from(state, "desk") if move.name == "unjoin_case"
    ]
