"""The demonstration as a visitor meets it: every box has something in it, and one thing is late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from tests.rows import as_owner

from rangkul.accounts import queries as accounts
from rangkul.clocks.models import Clock
from rangkul.commands import demo
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.network import queries as network
from rangkul.referrals import policy
from rangkul.referrals import queries as referrals
from rangkul.referrals.models import Request
from rangkul.reports import queries as reports

RECEIVERS = (
    "dr.hasan", "lusi", "tomi", "aipda.rina", "psi.kirana", "yohana", "damar", "simeon", "tirta",
    "dr.laras", "rangga", "galih",
)  # fmt: skip


@pytest.fixture(scope="module")
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def loaded(untouched_db: None, committed_db: None, now: datetime) -> Iterator[datetime]:
    """Loaded once for each test; it is quick."""
    demo.load(now)
    yield now


def somebody(username: str) -> Actor:
    user = accounts.get_demo_user(username)
    assert user, username
    return network.actor_of(network.list_memberships(user.pk)[0])


def test_the_demonstration_is_full_of_work(loaded: datetime) -> None:
    boxes = {}
    for username in RECEIVERS:
        actor = somebody(username)
        with acting(actor):
            boxes[username] = len(Request.objects.filter(policy.received_by(actor)))
    assert [name for name, count in boxes.items() if not count] == []
    for username in ("tiara", "dewi", "bayu", "sekar"):
        actor = somebody(username)
        with acting(actor):
            assert Request.objects.filter(policy.sent_by(actor)).count() > 3, username
    with as_owner() as owner:
        rows = owner.execute("select state, sender_agency_id, sent_at from referrals_request")
        found = rows.fetchall()
        provinces = owner.execute(
            "select count(*) from referrals_request q join network_agency s on s.id = "
            "q.sender_agency_id join network_agency r on r.id = q.receiver_agency_id "
            "where left(s.area_id, 2) <> left(r.area_id, 2)"
        ).fetchone()
    states = Counter(state for state, _, _ in found)
    assert set(states) == {"sent", "asked", "accepted", "in_service", "done", "declined"}
    assert provinces and provinces[0] >= 4
    assert all(sent < loaded for _, _, sent in found)
    assert max(sent for _, _, sent in found) > loaded - timedelta(hours=3)


def test_one_request_is_late_and_the_others_run(loaded: datetime) -> None:
    tiara = somebody("tiara")
    with acting(tiara):
        clocks = Clock.objects.filter(
            subject_kind="request", agency_id=tiara.agency_id, state="running"
        )
        late = [clock for clock in clocks if clock.due_at < loaded]
        assert [clock.procedure for clock in late] == ["referral_accept"]
        assert len(clocks) > len(late)


def test_the_registered_reporter_sees_one_received_and_one_in_hand(loaded: datetime) -> None:
    norma = somebody("bu.norma")
    with acting(norma):
        receipts = reports.list_receipts(norma, since=loaded - timedelta(days=9))
    assert [receipt.in_hand for receipt in receipts] == [False, True]


def test_lists_of_hand_overs_calls_and_plans_hold_something_true(loaded: datetime) -> None:
    for username in ("sekar", "dewi", "marselina"):
        actor = somebody(username)
        with acting(actor):
            states = [t.state for t in referrals.list_transfers(actor)]
        assert "offered" in states, username
    tirta, koor = somebody("tirta"), somebody("koor.kalteng")
    with acting(tirta):
        assert [o.state for o in referrals.list_calls(tirta)] == ["called"]
    with as_owner() as owner:
        waiting = owner.execute(
            "select w.service, r.state from referrals_waitingreferral w "
            "join referrals_referral f on f.id = w.after "
            "join referrals_request r on r.id = f.request_id"
        ).fetchall()
        proposed = owner.execute(
            "select state, asking_agency_id from conferences_proposal"
        ).fetchall()
    assert waiting == [("psikologi", "sent")]
    assert proposed == [("waiting", koor.agency_id)]
