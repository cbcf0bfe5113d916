"""``rangkul init``: the first agency and its first administrator, once, in an empty system."""

from __future__ import annotations

import argparse
import getpass
import os
from datetime import UTC, datetime

from rangkul.commands.agency import entered_agency, load_shipped_directory
from rangkul.commands.owning import owners_database
from rangkul.foundation.errors import RangkulError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command; what is missing is asked."""
    parser.add_argument("--username")
    parser.add_argument("--name", help="the administrator's name")
    parser.add_argument("--agency", help="the first agency's name")
    parser.add_argument("--code", default="lembaga-pertama", help="its own short code")
    parser.add_argument("--area", help="its area code, e.g. 62.71")
    parser.add_argument("--kind", default="dinas_sosial", help="its kind (list jenis_lembaga)")
    parser.add_argument("--level", help="its level (list tingkat_lembaga)")
    parser.add_argument("--villages", action="store_true", help="load the villages too")
    parser.add_argument(
        "--directory", action="store_true",
        help="load the shipped directory too, unconfirmed and without people; --code may then "
        "name one of its agencies",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Prepare the database where that has not happened, then make agency and administrator."""
    with owners_database(begin=True):
        from django.utils import translation

        from rangkul.commands.migrate import migrate

        migrate(villages=options.villages)
        with translation.override("en"):
            return _first_administrator(options)


def _first_administrator(options: argparse.Namespace) -> int:
    from django.core.exceptions import ValidationError
    from django.db import transaction

    from rangkul.access.roles import AgencyAdmin
    from rangkul.accounts.models import User
    from rangkul.accounts.operations import create_user
    from rangkul.network import operations as network
    from rangkul.network.models import Agency

    if User.objects.using("owner").exists():
        raise RangkulError(
            "this system has people already: further ones are invited on the screen, further "
            "agencies are made with `rangkul agency add`"
        )
    at = datetime.now(UTC)
    with transaction.atomic(using="owner"):
        if options.directory:
            load_shipped_directory()
        stands = Agency.objects.using("owner").filter(code=options.code).exists()
        _ask(options, also_agency=not stands)
        password = os.environ.get("RANGKUL_INIT_PASSWORD") or getpass.getpass(
            "Password (12 characters or more): "
        )
        try:
            user = create_user(
                username=options.username, display_name=options.name, password=password,
                using="owner",
            )  # fmt: skip
        except ValidationError as fault:
            raise RangkulError(" ".join(fault.messages)) from fault
        code = options.code if stands else entered_agency(options, at)
        network.give_role(using="owner", agency=code, user_id=user.pk, role=AgencyAdmin.code, at=at)
    print(
        f"Made {code} and its administrator {options.username}. Sign in and set the second factor."
    )
    return 0


def _ask(options: argparse.Namespace, *, also_agency: bool) -> None:
    """Ask for what no option said."""
    options.username = options.username or input("User name of the first administrator: ")
    options.name = options.name or input("Full name: ")
    if also_agency:
        options.agency = options.agency or input("Name of the first agency: ")
        options.area = options.area or input("Its area code (for example 62.71): ")
    options.short, options.parent = "", ""
