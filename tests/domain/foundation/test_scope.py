"""The signed scope: what the database accepts, and every way in which it says no."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.utils import DatabaseError
from tests.people import KUPANG, NOW, SEMARANG, Cast, app_url, owner_url

from rangkul.custody import operations as custody
from rangkul.foundation.scope import Scope, acting, set_scope, system


def _signed(scope: Scope, pid: int, *, seconds: int = 60, secret: bytes | None = None) -> str:
    return scope.sign(
        secret or settings.KEY_RING.scope_secret,
        backend_pid=pid,
        expires=int(time.time()) + seconds,
    )


def _ask(value: str | Callable[[int], str]) -> tuple[Any, ...] | None:
    """What a fresh connection of the app learns under this value of the setting."""
    with psycopg.connect(app_url()) as app:
        text = value if isinstance(value, str) else value(app.info.backend_pid)
        app.execute("select set_config('rangkul.scope', %s, true)", [text])
        return app.execute(
            "select house.current_agency(), house.current_actor(), house.current_purpose()"
        ).fetchone()


def _refusal(value: str | Callable[[int], str]) -> tuple[str | None, str | None]:
    with pytest.raises(psycopg.Error) as refused:
        _ask(value)
    return refused.value.sqlstate, refused.value.diag.message_detail


def test_a_true_scope_is_believed(db: None, cast: Cast) -> None:
    said = _ask(lambda pid: _signed(Scope.of(cast.ratih), pid))
    assert said == (SEMARANG, cast.ratih.user_id, "work")


def test_no_scope_is_never_nothing(db: None, cast: Cast) -> None:
    with acting(cast.ratih):
        custody.open_case(subject=uuid4(), by=cast.ratih, at=NOW)
    with (
        pytest.raises(DatabaseError, match="scope missing"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("select count(*) from custody_case")


@pytest.mark.parametrize("value", ["", None])
def test_an_unset_and_an_emptied_scope_are_missing(db: None, cast: Cast, value: str | None) -> None:
    with psycopg.connect(app_url()) as app, pytest.raises(psycopg.Error) as refused:
        if value is not None:
            app.execute("select set_config('rangkul.scope', %s, true)", [value])
        app.execute("select house.current_agency()")
    assert refused.value.sqlstate == "RK001"


@pytest.mark.parametrize(
    "value", ["9001", "9001|1", "|||||||", "a|b|c|d|e|f|g|h", "1|1|1|1|work|9999999999|1|x|y"]
)
def test_a_shapeless_scope_is_refused(db: None, cast: Cast, value: str) -> None:
    assert _refusal(value)[0] == "RK002"


def test_a_scope_signed_with_another_secret_is_refused(db: None, cast: Cast) -> None:
    forged = _refusal(lambda pid: _signed(Scope.of(cast.ratih), pid, secret=b"x" * 32))
    assert forged == ("RK002", "signature")


@pytest.mark.parametrize("field", range(7))
def test_every_field_is_covered_by_the_signature(db: None, cast: Cast, field: int) -> None:
    def altered(pid: int) -> str:
        part = _signed(Scope.of(cast.ratih), pid).split("|")
        part[field] = "tick" if field == 4 else str(int(part[field]) + 1)
        return "|".join(part)

    assert _refusal(altered) == ("RK002", "signature")


def test_a_scope_is_bound_to_its_connection(db: None, cast: Cast) -> None:
    assert _refusal(lambda pid: _signed(Scope.of(cast.ratih), pid + 1)) == (
        "RK002", "another connection",
    )  # fmt: skip


def test_an_old_scope_is_refused(db: None, cast: Cast) -> None:
    assert _refusal(lambda pid: _signed(Scope.of(cast.ratih), pid, seconds=-1)) == (
        "RK002", "expired",
    )  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"membership_version": 2},
        {"membership_version": 0},
        {"agency_id": KUPANG},
        {"user_id": 9021},
        {"membership_id": 9021},
        {"membership_id": 1},
    ],
    ids=str,
)
def test_only_the_membership_as_it_stands_counts(
    db: None, cast: Cast, change: dict[str, Any]
) -> None:
    """Signed by the true key: even a fault of ours that signs too much meets the database."""
    assert _refusal(lambda pid: _signed(replace(Scope.of(cast.ratih), **change), pid)) == (
        "RK002", "membership ended",
    )  # fmt: skip


def test_former_members_have_no_scope(db: None, cast: Cast) -> None:
    for actor in cast.former:
        scope = Scope.of(actor)
        assert _refusal(partial(_signed, scope)) == (
            "RK002", "membership ended",
        )  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        "update network_membership set until = now() - interval '1 second' where id = 9011",
        "update network_membership set version = version + 1 where id = 9011",
        "update accounts_user set is_active = false where id = 9011",
    ],
    ids=["ended", "changed", "inactive"],
)
def test_a_scope_ends_at_the_second_when_the_membership_does(
    committed_db: None, cast: Cast, change: str
) -> None:
    with psycopg.connect(app_url()) as app, psycopg.connect(owner_url()) as owner:
        value = _signed(Scope.of(cast.ratih), app.info.backend_pid)
        app.execute("select set_config('rangkul.scope', %s, true)", [value])
        assert app.execute("select house.current_agency()").fetchone() == (SEMARANG,)
        owner.execute(change)
        owner.commit()
        with pytest.raises(psycopg.Error) as refused:
            app.execute("select house.current_agency()")
        assert refused.value.sqlstate == "RK002"


def test_an_injected_set_does_not_widen_a_running_scope(db: None, cast: Cast) -> None:
    with acting(cast.andi), connection.cursor() as cursor:
        cursor.execute("select current_setting('rangkul.scope')")
        part = cursor.fetchone()[0].split("|")
        part[0] = str(SEMARANG)
        with pytest.raises(DatabaseError, match="scope refused"), transaction.atomic():
            cursor.execute("select set_config('rangkul.scope', %s, false)", ["|".join(part)])
            cursor.execute("select house.current_agency()")


def test_a_scope_ends_with_its_transaction(committed_db: None, cast: Cast) -> None:
    with acting(cast.ratih):
        pass
    with pytest.raises(DatabaseError, match="scope missing"), connection.cursor() as cursor:
        cursor.execute("select house.current_agency()")


def test_an_inner_scope_gives_the_outer_one_back(committed_db: None, cast: Cast) -> None:
    with acting(cast.ratih), connection.cursor() as cursor:
        with system("matching"):
            cursor.execute("select house.current_purpose()")
            assert cursor.fetchone() == ("matching",)
        cursor.execute("select house.current_agency(), house.current_purpose()")
        assert cursor.fetchone() == (SEMARANG, "work")
        with pytest.raises(ZeroDivisionError), acting(cast.yohana):
            _ = 1 // 0
        cursor.execute("select house.current_agency()")
        assert cursor.fetchone() == (SEMARANG,)


def test_a_scope_needs_a_transaction(committed_db: None, cast: Cast) -> None:
    with pytest.raises(RuntimeError, match="inside a transaction"):
        set_scope(Scope.of(cast.ratih))


def test_the_app_cannot_read_the_secret(db: None, cast: Cast) -> None:
    for table in ("scope_key", "owned_table", "open_table", "owner_kind"):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"select * from house.{table}")


# Every place where work without an agency's person may reach. A line more is a decision.
_SYSTEM_REACH = {
    ("alerts_alert", "tick", "INSERT"),
    ("alerts_alert", "tick", "SELECT"),
    ("alerts_alert", "tick", "UPDATE"),
    ("alerts_delivery", "tick", "INSERT"),
    ("alerts_delivery", "tick", "SELECT"),
    ("alerts_delivery", "tick", "UPDATE"),
    ("alerts_seen", "tick", "SELECT"),
    ("clocks_clock", "tick", "SELECT"),
    ("clocks_clock", "tick", "UPDATE"),
    ("custody_assignment", "tick", "SELECT"),
    ("custody_caseaccess", "matching", "SELECT"),
    ("custody_caseaccess", "tick", "SELECT"),
    ("custody_emergencygrant", "tick", "SELECT"),
    ("custody_emergencystep", "tick", "SELECT"),
    ("custody_readingstop", "tick", "SELECT"),
    ("people_token", "matching", "SELECT"),
    ("people_tokenbook", "matching", "SELECT"),
    ("reports_earliercontact", "matching", "INSERT"),
    ("reports_earliercontact", "matching", "SELECT"),
    # Old marks of the flood are thrown away after their days by whoever keeps the minute.
    ("reports_flockmark", "tick", "DELETE"),
    ("reports_flockmark", "tick", "SELECT"),
    # A person with a code asks the one line their code's digest names, through a function.
    ("reports_receipt", "intake", "SELECT"),
    ("reports_report", "matching", "SELECT"),
    ("retention_erasure", "retention", "SELECT"),
    ("retention_erasure", "retention", "UPDATE"),
    ("tidings_opening", "intake", "SELECT"),
    ("trail_act", "sealing", "SELECT"),
    ("trail_seal", "sealing", "INSERT"),
    ("trail_seal", "sealing", "SELECT"),
}


def test_system_scopes_reach_only_the_tables_named_here(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select tablename, policyname, cmd, coalesce(qual, '') || coalesce(with_check, '') "
            "from pg_policies where schemaname = 'public' and policyname !~ "
            "'^(mine|all|own|closed|lead|emergency)_'"
        )
        found = set()
        for table, policy, command, condition in cursor.fetchall():
            purpose = policy.rpartition("_")[0]
            assert f"'{purpose}'" in condition, policy
            found.add((table, purpose, command))
    assert found == _SYSTEM_REACH


@pytest.mark.parametrize(
    "purpose", ["tick", "intake", "insight", "retention", "matching", "sealing"]
)
def test_a_system_scope_sees_no_case(db: None, cast: Cast, purpose: str) -> None:
    with acting(cast.ratih):
        custody.open_case(subject=uuid4(), by=cast.ratih, at=NOW)
    with system(purpose), connection.cursor() as cursor:
        cursor.execute("select count(*) from custody_case")
        assert cursor.fetchone() == (0,)
