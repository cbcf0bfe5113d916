"""A case of Kupang that is borrowed from Semarang, and ways to borrow, read and judge it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.people import NOW, SEMARANG, Cast
from tests.rows import as_owner
from tests.web.files import open_file

from rangkul.custody import emergency, queries
from rangkul.custody.models import EmergencyGrant
from rangkul.foundation import hour, vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import Scope, acting
from rangkul.foundation.vault import DataClass, Owner
from rangkul.people import borrowed
from rangkul.people import operations as people
from rangkul.people.identity import Contact, Identity
from rangkul.people.models import Person

NAME, PHONE = "Sulastri Kenanga Uji", "081234567801"
AREA = "33.74"


@pytest.fixture
def case(committed_db: None, cast: Cast) -> int:
    """A case of Kupang with a survivor, a suspect, a note; Semarang has no part in it."""
    file = open_file(
        cast.yohana, area="53.71", identity=Identity(full_name=NAME),
        contact=Contact(phone=PHONE), contact_bans=("telepon",),
    )  # fmt: skip
    with acting(cast.yohana):
        made = queries.get_access(cast.yohana, file.case_id).case
        people.add_person(
            case=made, part=Person.SUSPECT, by=cast.yohana, at=NOW,
            identity=Identity(full_name="Bromo Uji"), contact_allowed=False,
        )  # fmt: skip
        for each in DataClass:
            vault.key_for(Owner("case", made.id), made.subject, each)
    return file.case_id


def borrow(by: Actor, case_id: int, *, minutes: int = 30) -> EmergencyGrant:
    with acting(by):
        return emergency.open_emergency(
            number=queries.case_number(case_id), reason="before_me", words="Datang sendiri.",
            minutes=minutes, area=AREA, by=by, at=hour.now(),
        )  # fmt: skip


def read_lent(by: Actor, grant: EmergencyGrant) -> borrowed.Lent:
    with acting(by):
        return borrowed.read_lent(grant_id=grant.id, by=by, at=hour.now())


def backdate(grant: EmergencyGrant, back: timedelta) -> None:
    """Let a borrowing have begun earlier; nobody but the owner, with the guard off, could."""
    with as_owner() as owner:
        owner.execute("alter table custody_emergencygrant disable trigger house_kept")
        owner.execute(
            "update custody_emergencygrant set opened_at = opened_at - %s, ends_at = ends_at - %s "
            "where id = %s",
            [back, back, grant.id],
        )
        owner.execute("alter table custody_emergencygrant enable trigger house_kept")
        owner.commit()


def take_step(by: Actor, grant: EmergencyGrant, step: str, words: str = "Karena begini.") -> None:
    with acting(by):
        emergency.take_step(grant_id=grant.id, step=step, words=words, by=by, at=hour.now())


def lent_scope(actor: Actor, case_id: int, *, minutes: int = 10) -> Scope:
    return Scope.borrowing(actor, case_id, hour.now() + timedelta(minutes=minutes))


def insert_grant(app: Any, case: int, *, minutes: int = 30, user: int = 1) -> None:
    app.execute(
        "insert into custody_emergencygrant (agency_id, lead_agency_id, case_id, user_id, reason, "
        "minutes, nth, subject, opened_at, ends_at) values (%s, %s, %s, %s, 'before_me', %s, 1, "
        "gen_random_uuid(), '2020-01-01', '2030-01-01')",
        [SEMARANG, SEMARANG, case, user, minutes],
    )
