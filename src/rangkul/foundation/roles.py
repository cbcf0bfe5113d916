"""The three database roles: owner migrates, app serves, reader counts."""

from __future__ import annotations

import psycopg
from psycopg import sql

OWNER = "rangkul_owner"
APP = "rangkul_app"
READER = "rangkul_reader"


def create_roles(superuser: psycopg.Connection, passwords: dict[str, str]) -> None:
    """Create or repair the three roles. ``superuser`` is autocommit; idempotent.

    None of them is a superuser or bypasses row security; app and reader own nothing.
    """
    for role in (OWNER, APP, READER):
        known = superuser.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone()
        verb = "alter" if known else "create"
        superuser.execute(
            sql.SQL(
                f"{verb} role {{}} login nosuperuser nocreatedb nocreaterole "
                "noreplication nobypassrls password {}"
            ).format(sql.Identifier(role), sql.Literal(passwords[role]))
        )


def create_database(superuser: psycopg.Connection, name: str) -> bool:
    """Create database ``name`` for the owner; false when it is already there."""
    if superuser.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
        return False
    database = sql.Identifier(name)
    superuser.execute(
        sql.SQL("create database {} owner {} template template0 encoding 'UTF8'").format(
            database, sql.Identifier(OWNER)
        )
    )
    superuser.execute(sql.SQL("revoke all on database {} from public").format(database))
    superuser.execute(
        sql.SQL("grant connect on database {} to {}, {}").format(
            database, sql.Identifier(APP), sql.Identifier(READER)
        )
    )
    return True
