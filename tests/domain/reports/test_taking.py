"""Taking reports: what is kept, which clocks run, and that no operation refuses a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.people import NOW, Cast

from rangkul.clocks import queries as clocks
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable, StaleForm
from rangkul.foundation.scope import acting
from rangkul.foundation.workflow import IllegalMove
from rangkul.people.queries import search_numbers
from rangkul.people.tokens import REPORT
from rangkul.reports import content as contents
from rangkul.reports import operations, queries
from rangkul.reports.content import About, ReportContent, Reporter
from rangkul.reports.models import Report

pytestmark = pytest.mark.django_db

FULL = ReportContent(
    channel="telepon",
    reporter_kind="tetangga",
    reporter_confidential=False,
    happened_on=date(2026, 3, 1),
    reported_at=NOW - timedelta(minutes=20),
    area="33.74",
    account="Baris satu.\nBaris dua, “kutipan”.",
    reporter=Reporter(name="Tetangga Uji", phone="0811", relation="sebelah rumah"),
    about=About(
        name="Bayi Uji", sex="L", age=0, phone="081234567890", safe_contact="lewat bidan",
        contact_bans=("telepon", "datang"),
    ),
    answers={"terkurung": ["ya"], "cekik": ["tidak_tahu"], "posisi": ["Gudang"]},
    violence_kinds=("fisik", "penelantaran"),
)  # fmt: skip


def draft(by: Actor, at: datetime = NOW) -> Report:
    return operations.begin_report(by=by, at=at)


def receive(by: Actor, content: ReportContent = FULL) -> Report:
    report = draft(by)
    return operations.receive_report(
        report_id=report.id, expected_version=report.version, content=content, by=by, at=NOW
    )


def running(by: Actor, report: Report) -> set[str]:
    return {
        clock.procedure
        for clock in clocks.list_subject(by, "report", report.id)
        if clock.state == "running"
    }


def test_everything_that_was_said_comes_back(cast: Cast, db: None) -> None:
    with acting(cast.joko):
        report = receive(cast.joko)
        opened = operations.read_report(report_id=report.id, by=cast.joko, at=NOW).content
    assert replace(opened, answers=None) == replace(FULL, answers=None)
    assert {k: list(v) for k, v in (opened.answers or {}).items()} == FULL.answers


def test_what_is_sealed_does_not_stand_open_in_the_row(cast: Cast, db: None) -> None:
    with acting(cast.joko):
        stored = Report.objects.filter(id=receive(cast.joko).id).values().get()
    shown = str({name: value for name, value in stored.items() if not name.endswith("_sealed")})
    for word in ("Baris", "Bayi", "Tetangga", "Gudang", "bidan", "0812", "cekik"):
        assert word not in shown
    sealed = b"".join(bytes(value) for name, value in stored.items() if name.endswith("_sealed"))
    assert b"Bayi" not in sealed


def test_the_clocks_follow_the_report(cast: Cast, db: None) -> None:
    with acting(cast.joko):
        report = receive(cast.joko)
        assert running(cast.joko, report) == {"first_response_high", "report_follow_up"}
        operations.take_in_hand(report_id=report.id, by=cast.joko, at=NOW)
        assert running(cast.joko, report) == {"report_follow_up"}
        operations.close_report(
            report_id=report.id, outcome="saran_diberikan", by=cast.joko, at=NOW
        )
        assert running(cast.joko, report) == set()
        operations.take_up_again(report_id=report.id, by=cast.joko, at=NOW)
        assert running(cast.joko, report) == {"report_follow_up"}
        soonest = clocks.soonest_of(cast.joko, "report", [report.id, 12345])
    assert {key: clock.procedure for key, clock in soonest.items()} == {
        str(report.id): "report_follow_up"
    }


def test_the_first_clock_counts_from_the_report_not_from_the_typing(cast: Cast, db: None) -> None:
    with acting(cast.joko):
        report = receive(cast.joko)
        (first,) = (
            clock
            for clock in clocks.list_subject(cast.joko, "report", report.id)
            if clock.procedure == "first_response_high"
        )
    assert first.started_at == NOW - timedelta(minutes=20)
    assert first.due_at < NOW


def test_a_report_is_found_by_its_number_once_received(cast: Cast, db: None) -> None:
    with acting(cast.joko):
        report = receive(cast.joko)
        assert search_numbers(cast.joko, "081234567890", kind=REPORT) == [report.id]
        assert queries.earlier_contact(cast.joko, FULL.about, besides=report.id).reports == 0
        assert queries.earlier_contact(cast.joko, FULL.about).reports == 1


@pytest.mark.parametrize("wording", ["tidak tahu", "0812-tidak-lengkap", "١٢٣", "-"])
def test_a_number_that_looks_wrong_refuses_nobody(cast: Cast, db: None, wording: str) -> None:
    with acting(cast.joko):
        report = receive(
            cast.joko, replace(FULL, about=replace(FULL.about, phone=wording, nik=wording))
        )
        kept = operations.read_report(report_id=report.id, by=cast.joko, at=NOW).content.about
    assert (kept.phone, kept.nik) == (wording, wording)


def test_the_pen_moves_to_whoever_opened_last(cast: Cast, db: None) -> None:
    with acting(cast.joko):
        report = draft(cast.joko)
        first = operations.open_draft(report_id=report.id, by=cast.joko).report.version
        second = operations.open_draft(report_id=report.id, by=cast.joko).report.version
        for _ in range(2):
            operations.save_draft(
                report_id=report.id, expected_version=second, content=FULL, by=cast.joko, at=NOW
            )
        with pytest.raises(StaleForm):
            operations.save_draft(
                report_id=report.id, expected_version=first, content=FULL, by=cast.joko, at=NOW
            )
        operations.begin_helping(
            report_id=report.id, expected_version=second, content=FULL, by=cast.joko, at=NOW
        )
        with pytest.raises(IllegalMove):
            operations.open_draft(report_id=report.id, by=cast.joko)


def test_a_refused_report_leaves_the_draft_as_it_was(cast: Cast, db: None) -> None:
    with acting(cast.joko):
        report = draft(cast.joko)
        with pytest.raises(InvalidInput):
            operations.begin_helping(
                report_id=report.id, expected_version=report.version,
                content=replace(FULL, area="99.99"), by=cast.joko, at=NOW,
            )  # fmt: skip
        report.refresh_from_db()
        assert (report.state, report.account_sealed, running(cast.joko, report)) == (
            "draft",
            None,
            set(),
        )


def test_a_foreign_report_cannot_be_closed_even_with_a_wrong_reason(cast: Cast, db: None) -> None:
    with acting(cast.joko):
        report = receive(cast.joko)
    with acting(cast.ester), pytest.raises(NotReachable):
        operations.close_report(report_id=report.id, outcome="?", by=cast.ester, at=NOW)


@pytest.mark.parametrize(
    ("at", "happened", "accepted"),
    [
        # Half past midnight in Jakarta, still yesterday in London.
        (datetime(2026, 3, 2, 17, 30, tzinfo=UTC), date(2026, 3, 3), True),
        (datetime(2026, 3, 2, 17, 30, tzinfo=UTC), date(2026, 3, 4), False),
        # Already tomorrow in Papua.
        (datetime(2026, 3, 2, 15, 30, tzinfo=UTC), date(2026, 3, 3), True),
        (datetime(2026, 3, 2, 14, 30, tzinfo=UTC), date(2026, 3, 3), False),
        (datetime(2026, 3, 2, 14, 30, tzinfo=UTC), date(1890, 3, 3), False),
    ],
)
def test_today_is_not_the_future_anywhere_in_the_country(
    db: None, at: datetime, happened: date, accepted: bool
) -> None:
    content = replace(FULL, happened_on=happened, reported_at=None)
    if accepted:
        contents.check(content, at=at)
    else:
        with pytest.raises(InvalidInput):
            contents.check(content, at=at)
