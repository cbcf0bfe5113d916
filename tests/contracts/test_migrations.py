"""Migrations say what the models say."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader


def _pending() -> str:
    said = io.StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=said, stderr=said)
    except SystemExit:
        return said.getvalue()
    return ""


def test_no_model_is_ahead_of_its_migrations(db: None) -> None:
    assert _pending() == ""


def test_a_forgotten_migration_is_found(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from rangkul.accounts.models import User

    field = User._meta.get_field("display_name")
    assert isinstance(field, models.CharField)
    monkeypatch.setattr(field, "max_length", 121)
    assert "display_name" in _pending()


def test_each_app_has_one_last_migration(db: None) -> None:
    loader = MigrationLoader(connection)
    assert loader.detect_conflicts() == {}
    assert {app for app, _ in loader.graph.leaf_nodes()} == {
        app for app, _ in loader.graph.root_nodes()
    }
