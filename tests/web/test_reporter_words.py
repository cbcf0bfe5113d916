"""A registered reporter's words are kept while she types, and added to until a case is made."""

from __future__ import annotations

import pytest
from django.utils import timezone
from tests.clients import Client
from tests.people import Cast
from tests.rows import app_as, as_owner
from tests.web.test_reporter import (
    SCHOOL,
    STORY,
    browser,
    fields,
    norma,
    sent,
    shown,
)

from rangkul.assessments.answers import Answers
from rangkul.cases.operations import Opening
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.outbox import Event
from rangkul.foundation.scope import acting
from rangkul.foundation.workflow import IllegalMove
from rangkul.jobs import report_alerts
from rangkul.reports import operations, queries, sending_in

__all__ = ["browser", "norma"]
NEWS = "Hari ini ia tidak masuk sekolah."


# -- while she types --------------------------------------------------------------------------


def test_what_she_types_is_kept_until_it_is_sent(browser: Client, norma: Actor, cast: Cast) -> None:
    kept = browser.post("/pelapor/simpan/", fields(account=STORY, age="abc"))
    assert kept.status_code == 200 and kept.json()["saved_at"]
    page = shown(browser.get("/pelapor/kirim/"))
    assert STORY in page and "Anggrek Uji" in page and "sesudah pukul 14" in page
    assert 'value="33.74"' in page
    # A second save is the same draft; it is a report to nobody.
    browser.post("/pelapor/simpan/", fields(account=NEWS))
    page = shown(browser.get("/pelapor/kirim/"))
    assert NEWS in page and STORY not in page
    assert "belum mengirim laporan" in shown(browser.get("/pelapor/"))
    with app_as(cast.joko) as app:
        assert app.execute("select * from reports_report").fetchall() == []
    assert browser.post("/pelapor/kirim/", fields())["Location"] == "/pelapor/"
    page = shown(browser.get("/pelapor/kirim/"))
    assert STORY not in page and "Anggrek" not in page


def test_the_draft_is_sealed_and_hers_alone(browser: Client, norma: Actor) -> None:
    browser.post("/pelapor/simpan/", fields())
    with as_owner() as owner:
        rows = owner.execute("select * from reports_report where agency_id = %s", [SCHOOL])
        assert STORY.encode() not in str(rows.fetchall()).encode()
        colleague = Actor(9072, SCHOOL, 9072, 1, frozenset({"pelapor_terdaftar"}))
        owner.execute(
            "insert into accounts_user (id, username, display_name, email, password, language, "
            "is_active, is_demo, created_at) values (9072, 'rekan', 'Rekan Uji', '', '!', 'id', "
            "true, false, now())"
        )
        owner.execute(
            "insert into network_membership (id, agency_id, user_id, roles, desk_ids, sex, version,"
            " since, until) values (9072, %s, 9072, '{pelapor_terdaftar}', '{}', '', 1, "
            "'2025-01-01', null)",
            [SCHOOL],
        )
    with acting(colleague):
        assert sending_in.open_draft(by=colleague) is None
    with acting(norma):
        found = sending_in.open_draft(by=norma)
    assert found is not None and found.account == STORY


def test_she_begins_anew(browser: Client) -> None:
    browser.post("/pelapor/simpan/", fields())
    assert browser.post("/pelapor/baru/").status_code == 302
    assert STORY not in shown(browser.get("/pelapor/kirim/"))


def test_a_session_that_ended_keeps_nothing_and_says_so(browser: Client) -> None:
    browser.post("/pelapor/simpan/", fields())
    browser.logout()
    refused = browser.post("/pelapor/simpan/", fields(account=NEWS))
    assert refused.status_code in (302, 401, 403)


# -- after sending ----------------------------------------------------------------------------


def _add(norma: Actor, report_id: int, words: str = NEWS) -> None:
    with acting(norma):
        sending_in.add_to_report(
            number=queries.report_number(report_id), words=words, by=norma, at=timezone.now()
        )


def _account(cast: Cast, report_id: int) -> str:
    with acting(cast.joko):
        opened = operations.read_report(report_id=report_id, by=cast.joko, at=timezone.now())
        return opened.content.account


def test_she_adds_to_what_she_sent_and_the_desk_is_told(
    browser: Client, norma: Actor, cast: Cast
) -> None:
    report_id = sent(norma)
    number = queries.report_number(report_id)
    assert f"/pelapor/{number}/tambah/" in shown(browser.get("/pelapor/"))
    page = shown(browser.get(f"/pelapor/{number}/tambah/"))
    assert STORY not in page
    assert browser.post(f"/pelapor/{number}/tambah/", {"words": NEWS}).status_code == 302
    account = _account(cast, report_id)
    assert account.startswith(STORY) and account.endswith(NEWS)
    report_alerts.tell_desk(Event("report.added_to", "report", str(report_id), 9001))
    with as_owner() as owner:
        told = owner.execute(
            "select agency_id, audience, desk_id from alerts_alert where kind = 'report.added_to'"
        ).fetchall()
        acts = owner.execute(
            "select agency_id, purpose from trail_act where name = 'report.added_to' order by 1"
        ).fetchall()
    assert told == [(9001, "desk", 9101)]
    assert acts == [(9001, "intake"), (SCHOOL, "work")]


def test_in_hand_it_can_still_be_added_to(norma: Actor, cast: Cast) -> None:
    report_id = sent(norma)
    with acting(cast.joko):
        operations.take_in_hand(report_id=report_id, by=cast.joko, at=timezone.now())
    _add(norma, report_id)
    assert NEWS in _account(cast, report_id)


def test_once_it_is_a_case_or_closed_she_meets_one_sentence(
    browser: Client, norma: Actor, cast: Cast
) -> None:
    opened, closed = sent(norma), sent(norma)
    with acting(cast.wahyuni):
        opening = Opening(area="33.74", categories=("ktk",), triage=Answers.of({}))
        operations.open_case(report_id=opened, opening=opening, by=cast.wahyuni, at=timezone.now())
    with acting(cast.joko):
        operations.close_report(report_id=closed, outcome="ganda", by=cast.joko, at=timezone.now())
    said = set()
    for report_id in (opened, closed):
        with pytest.raises(IllegalMove):
            _add(norma, report_id)
        number = queries.report_number(report_id)
        answer = browser.post(f"/pelapor/{number}/tambah/", {"words": NEWS})
        assert answer.status_code == 422
        page = shown(answer)
        assert NEWS in page
        said.add(page[page.index('role="alert"') : page.index("<form class")])
    assert len(said) == 1


def test_another_s_report_is_not_there(browser: Client, norma: Actor, cast: Cast) -> None:
    with acting(cast.joko):
        theirs = operations.begin_report(by=cast.joko, at=timezone.now())
    for report_id in (theirs.id, 987_654):
        with pytest.raises(NotReachable):
            _add(norma, report_id)
        address = f"/pelapor/{queries.report_number(report_id)}/tambah/"
        assert browser.get(address).status_code == 404
        assert browser.post(address, {"words": NEWS}).status_code == 404


def test_nothing_and_too_much_are_refused(norma: Actor) -> None:
    report_id = sent(norma)
    for words in ("", "  ", "x" * 4001):
        with pytest.raises(InvalidInput):
            _add(norma, report_id, words)
