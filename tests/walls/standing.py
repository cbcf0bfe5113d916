"""Who stands where: every role in every relation to one case, committed for as long as needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tests.domain.referrals.scene import DESK, SECOND_DESK
from tests.people import INTAKE_DESK, KUPANG, MAKASSAR, SEMARANG, SERVICE_DESK
from tests.rows import as_owner

from rangkul.access.roles import ROLES
from rangkul.foundation.actor import Actor

TEAM: Final = 9007
_FIRST = 9_500

# Relation → (agency, desks). What a person carries is added by ``states.give_to``.
PLACES: Final[dict[str, tuple[int, frozenset[int]]]] = {
    "carries": (SEMARANG, frozenset({INTAKE_DESK[SEMARANG], SERVICE_DESK[SEMARANG]})),
    "unit": (SEMARANG, frozenset({INTAKE_DESK[SEMARANG], SERVICE_DESK[SEMARANG]})),
    "elsewhere": (SEMARANG, frozenset()),
    "receiver": (KUPANG, frozenset({DESK, SECOND_DESK, INTAKE_DESK[KUPANG]})),
    "beside": (KUPANG, frozenset()),
    "team": (TEAM, frozenset()),
    "stranger": (MAKASSAR, frozenset({SERVICE_DESK[MAKASSAR]})),
    "former": (SEMARANG, frozenset({INTAKE_DESK[SEMARANG]})),
}
RELATIONS: Final = tuple(PLACES)
# They have nothing to do with anything that stands in the world, whatever their role.
OUTSIDE: Final = frozenset({"stranger", "former"})
CARRYING: Final = frozenset({"carries", "team"})


def everybody() -> dict[tuple[str, str], Actor]:
    """(role, relation) → the person."""
    made = {}
    for place, (relation, (agency, desks)) in enumerate(PLACES.items()):
        for number, role in enumerate(ROLES):
            who = _FIRST + place * len(ROLES) + number
            made[role, relation] = Actor(
                user_id=who, agency_id=agency, membership_id=who, membership_version=1,
                roles=frozenset({role}), desk_ids=desks,
            )  # fmt: skip
    return made


@contextmanager
def standing() -> Iterator[dict[tuple[str, str], Actor]]:
    """Let all of them stand in the clone; the owner commits, and removes them afterwards."""
    people = everybody()
    with as_owner() as owner:
        owner.execute(
            "insert into network_agency (id, code, short_name, name, kind, level, area_id, version)"
            " values (%s, 'uji-tim', 'Tim Uji', 'Tim Bersama Uji', 'lsm', 'kab_kota', '33.74', 1) "
            "on conflict do nothing",
            [TEAM],
        )
        with owner.cursor() as cursor:
            cursor.executemany(
                "insert into accounts_user (id, username, display_name, email, password, language, "
                "is_active, is_demo, created_at) values (%s, %s, 'Segala Uji', '', '!', 'id', "
                "true, false, now())",
                [(who.user_id, f"dinding-{who.user_id}") for who in people.values()],
            )
            cursor.executemany(
                "insert into network_membership (id, agency_id, user_id, roles, desk_ids, sex, "
                "version, since, until) values (%s, %s, %s, %s, %s, '', 1, "
                "now() - interval '1 year', case when %s then now() - interval '1 day' end)",
                [
                    (who.membership_id, who.agency_id, who.user_id, sorted(who.roles),
                     sorted(who.desk_ids), relation == "former")
                    for (_role, relation), who in people.items()
                ],
            )  # fmt: skip
    try:
        yield people
    finally:
        ids = [who.user_id for who in people.values()]
        with as_owner() as owner:
            owner.execute("delete from api_servicetoken where membership_id = any(%s)", [ids])
            owner.execute("delete from field_device where membership_id = any(%s)", [ids])
            owner.execute("delete from network_membership where id = any(%s)", [ids])
            owner.execute("delete from accounts_user where id = any(%s)", [ids])
            owner.execute("delete from network_agency where id = %s", [TEAM])
