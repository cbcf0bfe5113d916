"""What is shown: limited by consent, seen before it is sealed, ended with its ground."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from tests.domain.conferences.table import START, Table
from tests.domain.referrals.scene import FULL_NAME
from tests.people import NOW, SEMARANG, Cast

from rangkul.conferences import operations, policy
from rangkul.conferences.models import Share
from rangkul.conferences.sharing import Line
from rangkul.consent.policy import BasisMissing
from rangkul.custody.queries import case_number
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.scope import acting
from rangkul.foundation.vault import KeyDestroyed
from rangkul.referrals import operations as referrals


def test_the_agency_reads_the_lines_and_neither_name_nor_number(table: Table) -> None:
    share = table.show()
    table.accept()
    with acting(table.guest):
        content = operations.open_share(share_id=share.id, by=table.guest, at=NOW)
    assert [words for _a, _b, words in content.lines] == ["Luka di lengan kiri, sudah dibalut"]
    told = content.to_json()
    assert case_number(table.scene.case_id) not in told
    assert all(word not in told for word in FULL_NAME.replace("Uji", "").split())
    assert share.expires_at == START + timedelta(days=30)


def test_before_the_seat_is_taken_nothing_is_read(table: Table, cast: Cast) -> None:
    share = table.show()
    with acting(table.guest), pytest.raises(NotReachable):
        operations.open_share(share_id=share.id, by=table.guest, at=NOW)
    table.accept()
    with acting(cast.marten), pytest.raises(NotReachable):
        operations.open_share(share_id=share.id, by=cast.marten, at=NOW)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (Line("F", 1, "Rekening"), "not_agreed"),
        (Line("H", 9, "Semua riwayat"), "not_agreed"),
        (Line("H", 0, "Luka"), "not_agreed"),
        (Line("H", 1, "Marlina luka di lengan"), "names_survivor"),
        (Line("H", 1, " "), "required"),
        (Line("H", 1, "x" * 601), "too_long"),
    ],
)
def test_no_line_goes_beyond_what_was_agreed(table: Table, line: Line, code: str) -> None:
    with pytest.raises(InvalidInput) as fault:
        table.show(table.showing(line))
    assert fault.value.errors == {"lines.0": code}


def test_another_basis_or_agency_carries_nothing(table: Table) -> None:
    showing = table.showing()
    with pytest.raises(BasisMissing):
        table.show(replace(showing, basis_id=uuid4()))
    with pytest.raises(InvalidInput):
        table.show(replace(showing, agency_id=SEMARANG))


def test_a_basis_for_another_desk_does_not_fit(table: Table) -> None:
    with acting(table.lead):
        basis = table.scene.consent("psikologi", recipient_desk_id=9301)
        fitting = operations.fitting_bases(
            conference_id=table.conference_id, agency_id=9002, case_id=table.scene.case_id,
            by=table.lead, at=NOW,
        )  # fmt: skip
    assert basis.id not in [each.id for each in fitting]


def test_what_was_not_seen_is_not_sealed(table: Table) -> None:
    with acting(table.lead), pytest.raises(policy.PreviewChanged):
        operations.share_facts(showing=table.showing(), seen="x", by=table.lead, at=NOW)


def test_withdrawn_consent_destroys_the_key_at_once(table: Table) -> None:
    showing = table.showing()
    share = table.show(showing)
    table.accept()
    with acting(table.lead):
        referrals.withdraw_consent(basis_id=showing.basis_id, by=table.lead, at=NOW)
    with acting(table.guest):
        with pytest.raises(policy.ShareClosed) as fault:
            operations.open_share(share_id=share.id, by=table.guest, at=NOW)
        Share.objects.filter(id=share.id).update(destroyed_at=None)
        with pytest.raises(KeyDestroyed):
            operations.open_share(share_id=share.id, by=table.guest, at=NOW)
    assert fault.value.why == "withdrawn"


def test_a_new_share_replaces_the_old_and_either_can_be_taken_back(table: Table) -> None:
    first = table.show()
    second = table.show(table.showing(Line("H", 1, "Sudah ke puskesmas")))
    with acting(table.lead):
        first.refresh_from_db()
        operations.end_share(share_id=second.id, by=table.lead, at=NOW)
        second.refresh_from_db()
    assert (first.destroy_reason, second.destroy_reason) == ("replaced", "taken_back")


def test_its_time_over_it_is_closed_and_by_night_destroyed(table: Table, cast: Cast) -> None:
    share = table.show()
    table.accept()
    late = share.expires_at + timedelta(seconds=1)
    with acting(table.guest), pytest.raises(policy.ShareClosed):
        operations.open_share(share_id=share.id, by=table.guest, at=late)
    with acting(cast.wahyuni):
        assert operations.expire_shares(by=cast.wahyuni, at=late) == 1
        assert operations.expire_shares(by=cast.wahyuni, at=late) == 0


def test_calling_off_ends_all_that_was_shown(table: Table) -> None:
    share = table.show()
    with acting(table.lead):
        operations.cancel_conference(
            conference_id=table.conference_id, reason="not_safe", expected_version=1,
            by=table.lead, at=NOW,
        )  # fmt: skip
        share.refresh_from_db()
    assert share.destroy_reason == "cancelled"
