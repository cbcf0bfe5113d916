"""The register of processing is what the code does, and every emptied or kept column is decided."""

from __future__ import annotations

from argparse import Namespace
from datetime import date
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from rangkul.commands import register as command
from rangkul.foundation.errors import RangkulError
from rangkul.retention import clearing_sql, register
from rangkul.retention.queries import years_after

ROOT = Path(__file__).resolve().parents[3]


def test_the_committed_register_is_true() -> None:
    committed = (ROOT / "docs" / "register-of-processing.md").read_text(encoding="utf-8")
    assert committed == register.described()


def test_every_package_with_a_table_says_why() -> None:
    labels = {model._meta.app_label for model in register._models()}
    assert labels - set(register.PURPOSES) == set()


def test_a_register_that_is_no_longer_true_is_seen(tmp_path: Path) -> None:
    """Planted: a column was added since."""
    old = tmp_path / "register.md"
    old.write_text(register.described().replace("full", "") + "x")
    with pytest.raises(RangkulError, match="not what the code says"):
        command.run(Namespace(write=False, check=True, file=old))


def undecided() -> list[str]:
    """Personal and sealed columns of tables that belong to a case, in neither of the two lists."""
    wrong = []
    for model in register._models():
        table = model._meta.db_table
        known = set(clearing_sql.CLEARED.get(table, ("", {}))[1]) | set(
            clearing_sql.KEPT.get(table, {})
        )
        if table in clearing_sql.DELETED or not of_a_case(model):
            continue
        privacy = vars(model)["Privacy"]
        wrong += [f"{table}.{name}" for name in (*privacy.personal, *privacy.sealed)
                  if name not in known]  # fmt: skip
    return wrong


def of_a_case(model: type[models.Model]) -> bool:
    names = {field.attname for field in model._meta.local_fields}
    return "case_id" in names


def test_what_an_erasure_does_with_each_column_is_decided() -> None:
    assert undecided() == []


def test_a_column_that_nobody_decided_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the list forgets the survivor's kin."""
    cleared = dict(clearing_sql.CLEARED)
    rows, columns = cleared["people_person"]
    cleared["people_person"] = (rows, {k: v for k, v in columns.items() if k != "relation"})
    monkeypatch.setattr(clearing_sql, "CLEARED", cleared)
    assert undecided() == ["people_person.relation"]


def test_the_lists_name_real_columns() -> None:
    tables = {model._meta.db_table: model for model in apps.get_models()}
    for table, (_rows, columns) in clearing_sql.CLEARED.items():
        fields = {field.column for field in tables[table]._meta.local_fields}
        assert set(columns) <= fields, table


def test_a_leap_day_is_ripe_on_the_last_of_february() -> None:
    assert years_after(date(2024, 2, 29), 10) == date(2034, 2, 28)
    assert years_after(date(2024, 3, 1), 10) == date(2034, 3, 1)
