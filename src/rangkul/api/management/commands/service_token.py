"""``service_token``: an agency's admin hands out tokens for machines and takes them back."""

from __future__ import annotations

import getpass
import os
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from rangkul.accounts import queries as accounts
from rangkul.api import operations, queries
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, RangkulError
from rangkul.foundation.scope import acting
from rangkul.network import queries as network

if TYPE_CHECKING:
    from rangkul.accounts.models import User


class Command(BaseCommand):
    """Every act is done, and recorded, as the admin who proves to be there by the password."""

    help = "Make a service account with its token, list tokens, withdraw one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``create``, ``list``, ``withdraw``; always as an admin of the agency."""
        parser.add_argument("act", choices=("create", "list", "withdraw"))
        parser.add_argument("--by", required=True, help="user name of an admin of the agency")
        parser.add_argument("--label", default="", help="what the token is for")
        parser.add_argument("--role", action="append", default=[], help="a role; repeatable")
        parser.add_argument("--desk", action="append", default=[], help="a desk's code; repeatable")
        parser.add_argument("--days", type=int, default=365, help="days until it ends")
        parser.add_argument("--id", type=UUID, help="the token to withdraw")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do one act; a fault of ours ends with its sentence."""
        at = datetime.now(UTC)
        try:
            admin = _admin(options["by"])
            with acting(admin):
                for line in _ACTS[options["act"]](admin, at, options):
                    self.stdout.write(line)
        except InvalidInput as fault:
            raise CommandError(str(fault)) from fault
        except RangkulError as fault:
            raise CommandError(str(getattr(fault, "message_en", fault))) from fault


def _admin(username: str) -> Actor:
    """The admin, after the password; the demonstration's people have none."""
    user = accounts.get_demo_user(username) or _by_password(username)
    if user is None:
        raise CommandError("This name and password do not belong together.")
    place = network.get_acting_membership(user.pk, None)
    if place is None:
        raise CommandError("This person belongs to no agency.")
    return place.actor


def _by_password(username: str) -> User | None:
    model = get_user_model()
    password = os.environ.get("RANGKUL_PASSWORD") or getpass.getpass("Password: ")
    try:
        found = model.objects.get_by_natural_key(username)
    except model.DoesNotExist:
        return None
    return found if found.is_active and found.check_password(password) else None


def _create(by: Actor, at: datetime, options: dict[str, Any]) -> list[str]:
    desks = {card.desk.code: card.desk.id for card in network.list_desks(by.agency_id, at=at)}
    unknown = sorted(set(options["desk"]) - set(desks))
    if unknown:
        raise CommandError(f"Not a desk of this agency: {', '.join(unknown)}")
    membership_id = operations.create_service_account(
        label=options["label"] or "API", roles=options["role"],
        desk_ids=[desks[code] for code in options["desk"]], by=by, at=at,
    )  # fmt: skip
    token, secret = operations.create_token(
        membership_id=membership_id, label=options["label"], by=by, at=at,
        expires_at=at + timedelta(days=options["days"]),
    )  # fmt: skip
    return [
        f"token {token.id}, until {token.expires_at:%Y-%m-%d}",
        "This is shown once; keep it where the other system reads its secrets:",
        secret,
    ]


def _list(by: Actor, at: datetime, options: dict[str, Any]) -> list[str]:
    return [
        f"{token.id}  {_state(token.withdrawn_at, token.expires_at, at):<9}  "
        f"last used {token.last_used_on or 'never':<10}  {token.label}"
        for token in queries.list_tokens(by)
    ]


def _state(withdrawn_at: datetime | None, expires_at: datetime, at: datetime) -> str:
    if withdrawn_at is not None:
        return "withdrawn"
    return "expired" if expires_at <= at else "live"


def _withdraw(by: Actor, at: datetime, options: dict[str, Any]) -> list[str]:
    if options["id"] is None:
        raise CommandError("--id names the token; `rangkul token list` shows them.")
    token = operations.withdraw_token(token_id=options["id"], by=by, at=at)
    return [f"token {token.id} is withdrawn"]


_ACTS = {"create": _create, "list": _list, "withdraw": _withdraw}
