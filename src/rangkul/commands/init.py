"""``rangkul init``: the first agency and its first administrator, once, in an empty system."""

from __future__ import annotations

import argparse
import getpass
import os
from datetime import UTC, datetime

from rangkul.commands.cli import setup_django
from rangkul.foundation.errors import RangkulError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command; what is missing is asked."""
    parser.add_argument("--username")
    parser.add_argument("--name", help="the administrator's name")
    parser.add_argument("--agency", help="the first agency's name")
    parser.add_argument("--area", help="its area code, e.g. 62.71")
    parser.add_argument("--kind", default="dinsos", help="its kind (list jenis_lembaga)")
    parser.add_argument("--villages", action="store_true", help="load the villages too")


def run(options: argparse.Namespace) -> int:
    """Prepare the database where that has not happened, then make agency and administrator."""
    if not (os.environ.get("DATABASE_URL") or os.environ.get("RANGKUL_EMBEDDED_URL")):
        from rangkul.commands.server import Instance
        from rangkul.foundation.embedded import default_home

        instance = Instance("trial", default_home(), {})
        instance.start()
        instance.apply_environment(owner=True)
    setup_django()
    from rangkul.commands.migrate import migrate

    migrate(villages=options.villages)
    return _first_administrator(options)


def _first_administrator(options: argparse.Namespace) -> int:
    from django.core.exceptions import ValidationError
    from django.db import transaction

    from rangkul.accounts.models import User
    from rangkul.accounts.operations import create_user
    from rangkul.network import operations as network

    if User.objects.using("owner").exists():
        raise RangkulError("this system already has people; invite further ones on the screen")
    username = options.username or input("User name of the first administrator: ")
    name = options.name or input("Full name: ")
    agency_name = options.agency or input("Name of the first agency: ")
    area = options.area or input("Its area code (for example 62.71): ")
    password = os.environ.get("RANGKUL_INIT_PASSWORD") or getpass.getpass(
        "Password (12 characters or more): "
    )
    at = datetime.now(UTC)
    try:
        with transaction.atomic(using="owner"):
            user = create_user(
                username=username, display_name=name, password=password, using="owner"
            )
            agency = network.create_agency(
                using="owner",
                code="lembaga-pertama",
                name=agency_name,
                short_name=agency_name[:60],
                kind=options.kind,
                level="province" if "." not in area else "regency",
                area=area,
            )
            network.create_membership(
                using="owner",
                agency_id=agency.id,
                user_id=user.id,
                roles=["admin_lembaga"],
                since=at,
            )
    except ValidationError as fault:
        raise RangkulError(" ".join(fault.messages)) from fault
    print(
        f"Made {agency_name} and its administrator {username}. Sign in and set the second factor."
    )
    return 0
