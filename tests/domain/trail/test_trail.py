"""The trail: one record for each act, kept by everyone, signed by nobody else."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from tests.people import KUPANG, NOW, SEMARANG, Cast, owner_url

from rangkul.custody import operations as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting, system
from rangkul.trail import queries
from rangkul.trail.models import Act
from rangkul.trail.operations import canonical, record


def _record(by: Actor | None, **changes: Any) -> UUID:
    given: dict[str, Any] = {
        "by": by, "at": NOW, "name": "test.act", "subject_kind": "thing", "subject_id": 5,
    }  # fmt: skip
    return record(**given | changes)


def test_an_act_says_who_for_whom_what_and_when(db: None, cast: Cast) -> None:
    with acting(cast.ratih):
        act_id = _record(cast.ratih, reason="tested", detail={"desk": 3})
        act = Act.objects.get(id=act_id)
        with connection.cursor() as cursor:
            cursor.execute("select pg_current_xact_id()::text::bigint")
            transaction_id = cursor.fetchone()[0]
    assert (act.agency_id, act.actor_id, act.purpose) == (SEMARANG, cast.ratih.user_id, "work")
    assert (act.name, act.subject_kind, act.subject_id) == ("test.act", "thing", "5")
    assert (act.at, act.reason, act.detail) == (NOW, "tested", {"desk": 3})
    assert act.xid == transaction_id


def test_a_system_purpose_signs_as_itself(db: None, cast: Cast) -> None:
    with system("tick"):
        _record(None, purpose="tick")
    with pytest.raises(DatabaseError, match="row-level security"), system("tick"):
        _record(None, purpose="retention")


@pytest.mark.parametrize(
    "forge",
    [
        lambda actor: replace(actor, agency_id=KUPANG),
        lambda actor: replace(actor, user_id=actor.user_id + 1),
    ],
    ids=["agency", "person"],
)
def test_nobody_signs_for_another(db: None, cast: Cast, forge: Callable[[Actor], Actor]) -> None:
    with pytest.raises(DatabaseError, match="row-level security"), acting(cast.ratih):
        _record(forge(cast.ratih))


def test_a_person_does_not_sign_as_the_system(db: None, cast: Cast) -> None:
    with pytest.raises(DatabaseError, match="row-level security"), acting(cast.ratih):
        _record(cast.ratih, purpose="tick")


def test_nobody_writes_into_the_record_of_a_foreign_case(db: None, cast: Cast) -> None:
    with acting(cast.ratih):
        case_id = custody.open_case(subject=uuid4(), by=cast.ratih, at=NOW).id
        _record(cast.ratih, case_id=case_id)
    with pytest.raises(DatabaseError, match="row-level security"), acting(cast.yohana):
        _record(cast.yohana, case_id=case_id)


def test_nobody_signs_in_another_transaction(db: None, cast: Cast) -> None:
    """An act with an old number would lie below the batches already sealed and never be covered."""
    with (
        pytest.raises(DatabaseError, match="row-level security"),
        acting(cast.ratih),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "insert into trail_act (id, at, xid, agency_id, actor_id, purpose, name, subject_kind, "
            "subject_id, reason, detail, digest) values (%s, now(), 3, %s, %s, 'work', 'x', 'x', "
            "'1', '', '{}', '')",
            [uuid4(), SEMARANG, cast.ratih.user_id],
        )


@pytest.mark.parametrize(
    "change",
    [
        "update trail_act set reason = 'other'",
        "update trail_act set digest = ''",
        "delete from trail_act",
        "truncate trail_act",
        "truncate trail_act cascade",
    ],
)
def test_the_trail_is_kept_even_by_the_owner(committed_db: None, cast: Cast, change: str) -> None:
    with acting(cast.ratih):
        act_id = _record(cast.ratih)
    with psycopg.connect(owner_url()) as owner:
        with pytest.raises(psycopg.Error, match="insert-only") as refused:
            owner.execute(change)
        assert refused.value.sqlstate == "RK003"
        owner.rollback()
        found = owner.execute("select id from trail_act").fetchall()
    assert found == [(act_id,)]


@pytest.mark.parametrize("change", ["update trail_act set reason = 'x'", "delete from trail_act"])
def test_the_app_has_not_even_the_right_to_try(db: None, cast: Cast, change: str) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        acting(cast.ratih),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


_ACT: dict[str, Any] = {
    "act_id": uuid4(),
    "at": NOW,
    "agency_id": 1,
    "actor_id": 2,
    "purpose": "work",
    "name": "case.opened",
    "subject_kind": "case",
    "subject_id": "3",
    "case_id": 4,
    "reason": "code",
    "note_sealed": b"\x01sealed",
    "detail": {"a": 1},
}
_OTHERWISE: dict[str, Any] = {
    "act_id": uuid4(),
    "at": NOW + timedelta(microseconds=1),
    "agency_id": 9,
    "actor_id": None,
    "purpose": "tick",
    "name": "case.closed",
    "subject_kind": "report",
    "subject_id": "33",
    "case_id": None,
    "reason": "",
    "note_sealed": None,
    "detail": {"a": 2},
}


@pytest.mark.parametrize("field", sorted(_ACT))
def test_every_field_changes_the_digest(field: str) -> None:
    assert canonical(**_ACT) != canonical(**_ACT | {field: _OTHERWISE[field]})


def test_the_digest_covers_every_column() -> None:
    """A column that someone adds to the table without adding it here is uncovered."""
    columns = {field.attname for field in Act._meta.concrete_fields}
    covered = {"id" if field == "act_id" else field for field in _ACT}
    # The transaction's number is checked by the database; the digest cannot cover itself.
    assert columns - covered == {"xid", "digest"}
    assert covered <= columns


def test_fields_do_not_run_into_each_other() -> None:
    one = canonical(**_ACT | {"name": "ab", "subject_kind": "c"})
    other = canonical(**_ACT | {"name": "a", "subject_kind": "bc"})
    assert one != other


def test_the_stored_digest_is_that_of_the_stored_columns(db: None, cast: Cast) -> None:
    with acting(cast.ratih):
        case_id = custody.open_case(subject=uuid4(), by=cast.ratih, at=NOW).id
        _record(
            cast.ratih, case_id=case_id, reason="r", note_sealed=b"\x01x",
            detail={"b": [1, 2], "a": None},
        )  # fmt: skip
        for act in Act.objects.all():
            fields = {
                ("act_id" if f.attname == "id" else f.attname): getattr(act, f.attname)
                for f in Act._meta.concrete_fields
                if f.attname not in {"xid", "digest"}
            }
            if fields["note_sealed"] is not None:
                fields["note_sealed"] = bytes(fields["note_sealed"])
            assert hashlib.sha256(canonical(**fields)).digest() == bytes(act.digest)


def test_when_the_trail_fails_the_act_did_not_happen(committed_db: None, cast: Cast) -> None:
    """Planted: the app may not write the trail. Then no case, no access, nothing."""
    with psycopg.connect(owner_url()) as owner:
        owner.execute("revoke insert on trail_act from rangkul_app")
    with pytest.raises(DatabaseError, match="permission denied"), acting(cast.ratih):
        custody.open_case(subject=uuid4(), by=cast.ratih, at=NOW)
    with psycopg.connect(owner_url()) as owner:
        for table in ("custody_case", "custody_caseaccess", "trail_act"):
            assert owner.execute(f"select count(*) from {table}").fetchone() == (0,)


def test_a_caught_fault_of_the_trail_undoes_the_act_too(committed_db: None, cast: Cast) -> None:
    """Even where a caller swallows the fault, the transaction can no longer commit the act."""
    with psycopg.connect(owner_url()) as owner:
        owner.execute("revoke insert on trail_act from rangkul_app")
    with acting(cast.ratih):
        with pytest.raises(DatabaseError), transaction.atomic():
            custody.open_case(subject=uuid4(), by=cast.ratih, at=NOW)
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from custody_case")
            assert cursor.fetchone() == (0,)


def test_an_agency_reads_its_own_acts_and_the_holders_those_of_their_case(
    db: None, cast: Cast
) -> None:
    with acting(cast.wahyuni):
        case_id = custody.open_case(subject=uuid4(), by=cast.wahyuni, at=NOW).id
        later = NOW + timedelta(minutes=1)
        custody.join_agency(case_id=case_id, agency_id=KUPANG, by=cast.wahyuni, at=later)
    with acting(cast.yohana):
        _record(cast.yohana, case_id=case_id, name="note.written", at=NOW + timedelta(hours=1))
        assert list(Act.objects.values_list("agency_id", flat=True)) == [KUPANG]
        entries = queries.list_case(cast.yohana, case_id)
        assert [entry.name for entry in entries] == [
            "note.written", "custody.team_joined", "case.opened",
        ]  # fmt: skip
        assert [
            e.name for e in queries.list_case(cast.yohana, case_id, names=["note.written"])
        ] == ["note.written"]
    with acting(cast.besse):
        assert queries.list_case(cast.besse, case_id) == []
        assert not Act.objects.exists()
