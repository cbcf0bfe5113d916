"""``rangkul migrate``: tables, policies, the scope secret and the reference data, as the owner."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from rangkul.commands.cli import setup_django
from rangkul.foundation.errors import RangkulError

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--villages", action="store_true", help="load the 83,762 villages too")
    parser.add_argument("--quiet", action="store_true", help="print nothing when all is well")


def run(options: argparse.Namespace) -> int:
    """Idempotent; safe to run at every release."""
    setup_django()
    migrate(villages=options.villages, quiet=options.quiet)
    return 0


def migrate(*, villages: bool = False, quiet: bool = True) -> None:
    """Bring the database up to date through the ``owner`` alias; needs Django set up."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from rangkul.assessments.operations import load_forms
    from rangkul.foundation import hour, scope, tombstones
    from rangkul.network.operations import load_agreements
    from rangkul.reference.operations import load_reference
    from rangkul.retention.operations import destroy_again
    from rangkul.trail import sealing

    if "owner" not in settings.DATABASES:
        raise RangkulError(
            "migrating needs the owner role: set DATABASE_OWNER_URL (see the operator's guide)"
        )
    owner = connections["owner"]
    call_command("migrate", database="owner", verbosity=0 if quiet else 1, interactive=False)
    _refuse_other_ring(owner)
    scope.install_secret(owner, settings.KEY_RING)
    sealing.catch_up(using="owner")
    # An older database brings keys back that somebody destroyed since.
    again = destroy_again(using="owner", at=hour.now())
    tombstones.carry_over(using="owner", whole=True)
    counts = load_reference(using="owner", villages=villages)
    counts["agreements"] = load_agreements(using="owner")
    counts["forms"] = load_forms(using="owner", at=hour.now())
    with owner.cursor() as cursor:
        cursor.execute("analyze")
    owner.close()
    if any(again):
        print(f"destroyed again what an older database brought back: {again[0]} keys, "
              f"{again[1]} cases")  # fmt: skip
    if not quiet:
        print("reference data: " + ", ".join(f"{name} {n}" for name, n in counts.items()))


def _refuse_other_ring(owner: BaseDatabaseWrapper) -> None:
    """A second ring would make everything stored under the first unreadable."""
    from django.conf import settings

    with owner.cursor() as cursor:
        cursor.execute("select house.ring()")
        known = cursor.fetchone()[0]
    if known is not None and known != settings.KEY_RING.fingerprint:
        raise RangkulError(
            f"the key ring ({settings.KEY_RING.fingerprint}) is not the one this database was made "
            f"with ({known}); nothing was changed"
        )
