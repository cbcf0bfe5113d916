"""``rangkul roles``: the three database roles and the database, made by whoever may make them."""

from __future__ import annotations

import argparse
import getpass
import os
import secrets
from pathlib import Path

import psycopg

from rangkul.foundation import keyring, roles, transit_ring
from rangkul.foundation.transit import way_from


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "--superuser-url", default=os.environ.get("SUPERUSER_URL", ""), required=False,
        help="postgresql:// URL of a role that may create roles (asked when missing)",
    )  # fmt: skip
    parser.add_argument(
        "--transit", action="store_true",
        help="let the Transit engine of RANGKUL_TRANSIT_ADDRESS keep the ring's keys",
    )  # fmt: skip
    parser.add_argument("--database", default="rangkul", help="name of the database")
    parser.add_argument(
        "--keyring", type=Path,
        help="make a key ring there, if the database is made too: each has one of its own",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Create or repair the roles; the new passwords are printed once and stored nowhere."""
    url = options.superuser_url or getpass.getpass("superuser URL: ")
    passwords = {role: secrets.token_urlsafe(32) for role in (roles.OWNER, roles.APP, roles.READER)}
    with psycopg.connect(url, autocommit=True) as superuser:
        version = superuser.info.server_version
        if version < 150000:
            print(f"rangkul: PostgreSQL 15 or newer is needed, this is {version // 10000}")
            return 1
        roles.create_roles(superuser, passwords)
        made = roles.create_database(superuser, options.database)
        host, port = superuser.info.host, superuser.info.port
    print(f"database {options.database}: {'created' if made else 'already there'}")
    if made and options.keyring is not None:
        if options.transit:
            ring = transit_ring.create(options.keyring, way_from(os.environ))
        else:
            ring = keyring.create(options.keyring)
        print(f"key ring {ring.fingerprint}: {options.keyring}, its keys kept by {ring.keeper}")
    print("Keep these where the service reads its environment; they are not shown again:")
    for variable, role in (
        ("DATABASE_URL", roles.APP),
        ("DATABASE_OWNER_URL", roles.OWNER),
        ("DATABASE_READER_URL", roles.READER),
    ):
        print(
            f"{variable}=postgresql://{role}:{passwords[role]}@/{options.database}"
            f"?host={host}&port={port}"
        )
    return 0
