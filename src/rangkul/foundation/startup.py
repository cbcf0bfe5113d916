"""The last look before serving: the right ring, and a database role that row security binds."""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from rangkul.foundation.errors import RangkulError


class UnsafeStart(RangkulError):
    """Serving now would store unreadable data or step around row security."""

    code = "unsafe_start"


def refuse_unless_safe() -> None:
    """Raise ``UnsafeStart`` with one clear sentence unless web and worker may start."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select rolsuper, rolbypassrls, exists (select 1 from pg_class c "
            "where c.relowner = r.oid and c.relkind = 'r') from pg_roles r "
            "where rolname = current_user"
        )
        superuser, bypasses, owns = cursor.fetchone()
        if superuser or bypasses or owns:
            raise UnsafeStart(
                "Rangkul does not start: the database role of DATABASE_URL is a superuser, "
                "bypasses row security or owns tables. Use the app role made by `rangkul roles`."
            )
        cursor.execute("select to_regnamespace('house') is not null")
        if not cursor.fetchone()[0]:
            raise UnsafeStart(
                "Rangkul does not start: the database is empty. Run `rangkul migrate` first."
            )
        cursor.execute("select house.ring()")
        ring = cursor.fetchone()[0]
    if ring != settings.KEY_RING.fingerprint:
        raise UnsafeStart(
            f"Rangkul does not start: the key ring ({settings.KEY_RING.fingerprint}) is not the "
            f"one this database was made with ({ring}). Nothing is stored under a wrong key."
        )
