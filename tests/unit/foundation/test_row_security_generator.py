"""The generator of row security refuses what would open a hole."""

from __future__ import annotations

import pytest

from rangkul.foundation.rowsecurity import Open, Secure
from rangkul.foundation.scope import SYSTEM_PURPOSES, Scope


@pytest.mark.parametrize("column", ["reach", "case_id", "audience", "audience_agency_id"])
def test_the_app_may_not_move_a_case_row(column: str) -> None:
    with pytest.raises(ValueError, match="move a row"):
        Secure("t", "case", update=["state", column])


@pytest.mark.parametrize("kind", ["pair", "request"])
def test_the_app_may_not_move_a_row_of_another_owner(kind: str) -> None:
    with pytest.raises(ValueError, match="move a row"):
        Secure("t", kind, owner="owner_id", update=["owner_id"])


def test_a_system_scope_must_be_known() -> None:
    with pytest.raises(ValueError, match="no such system scope"):
        Secure("t", "agency", system={"everything": ["select"]})
    with pytest.raises(ValueError, match="no system scope"):
        Scope.system("everything")


def test_a_table_is_granted_only_what_is_named() -> None:
    said = " ; ".join(Secure("t", "case", update=["state"]).statements())
    assert "grant update (state) on t" in said
    assert "grant delete" not in said
    assert "for delete" not in said
    assert "enable row level security" in said
    read_only = " ; ".join(Secure("t", "agency", insert=False).statements())
    assert "grant insert" not in read_only
    assert "for insert" not in read_only


def test_a_system_policy_names_its_purpose_and_command_only() -> None:
    made = [
        s for s in Secure("t", "agency", system={"tick": ["update"]}).statements() if "tick" in s
    ]
    assert made == [
        (
            "create policy tick_update on t for update to rangkul_app "
            "using ((select house.current_purpose()) = 'tick') "
            "with check ((select house.current_purpose()) = 'tick')"
        )
    ]


def test_a_reason_with_a_quote_stays_text() -> None:
    said = Open("t", ["select"], reason="the framework's list").statements()
    assert any("'the framework''s list'" in s for s in said)


def test_system_purposes_are_the_five_that_have_policies() -> None:
    assert {"tick", "matching", "intake", "insight", "retention", "sealing"} == SYSTEM_PURPOSES
