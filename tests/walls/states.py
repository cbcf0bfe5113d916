"""One world, and what becomes of it: the states in which everybody meets it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from django.db import transaction
from tests.walls.standing import CARRYING, TEAM
from tests.world import World

from rangkul.custody import operations as custody
from rangkul.custody.models import Assignment
from rangkul.foundation import memory
from rangkul.foundation.actor import Actor
from rangkul.foundation.hour import now
from rangkul.foundation.ids import new_id
from rangkul.foundation.scope import acting
from rangkul.referrals import operations as referrals
from rangkul.referrals.models import Request, Transfer
from rangkul.shelter import operations as shelter
from rangkul.shelter.models import Admission, Stay

Act = Callable[[World, datetime], None]


def _answer(world: World, at: datetime) -> None:
    """Kupang says yes to the request, and can take the one it was called for."""
    melki = world.cast.melki
    with acting(melki):
        request = Request.objects.get(id=world.request_id)
        referrals.open_packet(request_id=request.id, by=melki, at=at)
        request.refresh_from_db()
        referrals.answer(
            request_id=request.id, decision="accept", expected_version=request.version, by=melki,
            at=at,
        )  # fmt: skip


def _decline(world: World, at: datetime) -> None:
    melki = world.cast.melki
    with acting(melki):
        request = Request.objects.get(id=world.request_id)
        referrals.answer(
            request_id=request.id, decision="decline", expected_version=request.version, by=melki,
            at=at, reason="penuh",
        )  # fmt: skip


def _withdraw(world: World, at: datetime) -> None:
    ratih = world.cast.ratih
    with acting(ratih):
        referrals.withdraw_consent(basis_id=world.parts["basis_id"], by=ratih, at=at)


def _move(world: World, at: datetime) -> None:
    """The other case goes to Kupang for good."""
    marten = world.cast.marten
    with acting(marten):
        transfer = Transfer.objects.get(id=world.transfer_id)
        referrals.take_over(
            transfer_id=transfer.id, companion_id=world.cast.yohana.user_id,
            expected_version=transfer.version, by=marten, at=at,
        )  # fmt: skip


def _leave(world: World, at: datetime) -> None:
    """She leaves the house as planned."""
    laras = world.cast.laras
    with acting(laras):
        admission = Admission.objects.get(id=world.stay_id)
        shelter.discharge(
            admission_id=admission.id, destination="family", at=at, by=laras,
            stay_ids=list(Stay.objects.filter(admission=admission).values_list("id", flat=True)),
            expected_version=admission.version,
        )  # fmt: skip


STATES: Final[Mapping[str, tuple[Act, ...]]] = {
    "under way": (),
    "answered": (_answer,),
    "declined": (_decline,),
    "withdrawn": (_withdraw,),
    "moved": (_move,),
    "left": (_leave,),
}


def give_to(world: World, people: Mapping[tuple[str, str], Actor]) -> None:
    """The case's team: the joint agency comes in, and who carries it in either agency."""
    boss, at = world.cast.wahyuni, now()
    with acting(boss):
        custody.join_agency(case_id=world.case_id, agency_id=TEAM, by=boss, at=at)
    for (role, relation), who in people.items():
        if relation in CARRYING:
            with acting(_supervisor(world, people, who.agency_id)):
                Assignment.objects.create(
                    id=new_id(), agency_id=who.agency_id, case_id=world.case_id,
                    user_id=who.user_id, part=Assignment.TEAM, since=at, assigned_by=boss.user_id,
                )  # fmt: skip
        assert role in who.roles


def _supervisor(world: World, people: Mapping[tuple[str, str], Actor], agency_id: int) -> Actor:
    return people["penyelia", "team"] if agency_id == TEAM else world.cast.wahyuni


@contextmanager
def become(world: World, state: str) -> Iterator[None]:
    """The world in this state; afterwards it is as it was."""
    with memory.remembering(), transaction.atomic():
        for act in STATES[state]:
            act(world, now())
        yield
        transaction.set_rollback(True)
