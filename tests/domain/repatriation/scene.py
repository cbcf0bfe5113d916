"""A group of Semarang's on its way: a transit desk in Kupang, the desk at home in Makassar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
from tests import people
from tests.domain.referrals.scene import seed_desks
from tests.people import KUPANG, MAKASSAR, NOW, SEMARANG, SERVICE_DESK, Cast

from rangkul.assessments.answers import Answers
from rangkul.cases import operations as cases
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.people.identity import Identity
from rangkul.repatriation import operations
from rangkul.repatriation.models import Handover, Hold, Leg, Returnee, Traveller
from rangkul.repatriation.operations import (
    Arrival,
    Asking,
    Decision,
    Facts,
    Item,
    Mark,
    Minutes,
    Stretch,
)
from rangkul.repatriation.queries import LegWords

TRANSIT_DESK, HOME_DESK, OTHER_HOME_DESK = SERVICE_DESK[KUPANG], SERVICE_DESK[MAKASSAR], 9302
STROKES = "M10 10L20 24L40 8"
# (id, agency, role, desks): desk staff beside the cast.
_OFFICERS = (
    (9391, MAKASSAR, "petugas_layanan", [HOME_DESK]),
    (9392, MAKASSAR, "petugas_layanan", [HOME_DESK]),
    (9393, KUPANG, "petugas_layanan", [TRANSIT_DESK]),
    (9394, MAKASSAR, "petugas_layanan", [OTHER_HOME_DESK]),
)


def seed() -> None:
    """Desk staff, and desks that receive people on their way; committed by the owner."""
    # The transit desk is also the referrals' receiving one: whoever comes first makes all of it.
    seed_desks()
    with psycopg.connect(people.owner_url()) as owner, owner.cursor() as cursor:
        cursor.execute("select 1 from network_membership where id = 9391")
        if cursor.fetchone():
            return
        cursor.execute(
            "insert into network_desk (id, agency_id, code, name, takes_reports, always_open, "
            "hours, languages, serves, accessible, phone, active, version) values "
            "(%s, %s, 'uji-makassar-kedua', 'Layanan kedua', false, true, '{}', '{}', '{}', false, "
            "'', true, 1)",
            [OTHER_HOME_DESK, MAKASSAR],
        )
        offers = [
            (KUPANG, TRANSIT_DESK), (MAKASSAR, HOME_DESK), (MAKASSAR, OTHER_HOME_DESK),
        ]  # fmt: skip
        cursor.executemany(
            "insert into network_deskservice (agency_id, desk_id, service, sex, age_min, age_max, "
            "residents_only, active) values (%s, %s, %s, '', 0, 200, false, true) "
            "on conflict do nothing",
            [(*desk, service) for desk in offers for service in ("pemulangan", "layanan_asal")],
        )
        cursor.executemany(
            "insert into accounts_user (id, username, display_name, email, password, language, "
            "is_active, is_demo, created_at) values (%s, %s, 'Petugas Uji', '', '!', 'id', true, "
            "false, now())",
            [(each[0], f"petugas-{each[0]}") for each in _OFFICERS],
        )
        cursor.executemany(
            "insert into network_membership (id, agency_id, user_id, roles, desk_ids, sex, "
            "version, since, until) values (%s, %s, %s, %s, %s, '', 1, '2025-01-06', null)",
            [(i, agency, i, [role], desks) for i, agency, role, desks in _OFFICERS],
        )


def officer(number: int) -> Actor:
    """One of the desk staff above."""
    number, agency, role, desks = next(each for each in _OFFICERS if each[0] == number)
    return Actor(number, agency, number, 1, frozenset({role}), frozenset(desks))


@dataclass(slots=True)
class Road:
    """What the tests walk along; every act runs under its own person's scope."""

    cast: Cast
    group_id: int = 0
    journey_id: int = 0
    people: list[int] = field(default_factory=list)
    at: datetime = NOW

    @property
    def organiser(self) -> Actor:
        """The companion who carries all of the group."""
        return self.cast.ratih

    @property
    def transit(self) -> Actor:
        """Staff of the transit desk."""
        return officer(9393)

    @property
    def home(self) -> Actor:
        """Staff of the desk at home."""
        return officer(9391)

    @contextmanager
    def as_(self, actor: Actor) -> Iterator[None]:
        """Under this person's scope."""
        with acting(actor):
            yield

    def add(self, name: str, **facts: Any) -> int:
        """One more person of the group; an adult woman unless said otherwise."""
        opening = cases.Opening(
            area="33.74", categories=("kpo",), triage=Answers({}), sex=facts.pop("sex", "P"),
            birth_year=facts.pop("born", 1996), companion_id=self.organiser.user_id,
            identity=Identity(full_name=f"{name} Uji Rahayu", called_name=name),
        )  # fmt: skip
        with acting(self.organiser):
            file = cases.open_file(opening=opening, by=self.organiser, at=self.at)
            person = operations.add_returnee(
                group_id=self.group_id, case_id=file.case_id, by=self.organiser, at=self.at,
                facts=Facts(**({"origin_area": "73.71", "clearance": "not_needed"} | facts)),
            )  # fmt: skip
        self.people.append(person.id)
        return person.id

    def ready(self, *people: int) -> None:
        """The origin is safe and nobody's clearance is missing."""
        with acting(self.organiser):
            operations.judge_origin(
                returnee_ids=people or self.people, result="safe", who="Dinsos Makassar",
                words="", by=self.organiser, at=self.at,
            )  # fmt: skip

    def leg(
        self, *people: int, desk: int = TRANSIT_DESK, homeward: bool = False,
        unstaffed_ok: bool = False, **changes: Any,
    ) -> Leg:  # fmt: skip
        """A planned leg for some (default: all)."""
        stretch = Stretch(
            desk_id=desk, service="pemulangan", mode="sea", departs_at=self.at + timedelta(hours=2),
            arrives_at=self.at + timedelta(hours=9), homeward=homeward,
            words=LegWords(meeting_point="Pintu timur pelabuhan", drop_point="Ruang tunggu"),
        )  # fmt: skip
        with acting(self.organiser):
            return operations.plan_leg(
                journey_id=self.journey_id, returnee_ids=people or self.people,
                stretch=replace(stretch, **changes), by=self.organiser, at=self.at,
                unstaffed_ok=unstaffed_ok,
            )  # fmt: skip

    def ask(self, leg: Leg, **changes: Any) -> None:
        """The packets go."""
        asking = Asking(
            asked="Mohon diterima dan diantar ke tahap berikut", reach="Ratih, lewat aplikasi",
            why="Rombongan dipulangkan bersama.", best_interest="Bersama keluarganya di rumah.",
        )  # fmt: skip
        with acting(self.organiser):
            operations.ask_desk(
                leg_id=leg.id, asking=replace(asking, **changes), by=self.organiser, at=self.at,
                uncovered_ok=True,
            )  # fmt: skip

    def answer(self, leg: Leg, by: Actor, decision: str = "accept", *only: Any) -> None:
        """The receiving desk answers for all, or for some."""
        reason = "penuh" if decision == "decline" else ""
        with acting(by):
            chosen = only or [t.id for t in Traveller.objects.filter(leg=leg, state="asked")]
            operations.answer_leg(
                leg_id=leg.id, decisions={t: Decision(decision, reason) for t in chosen}, by=by,
                at=self.at,
            )  # fmt: skip

    def minutes(self, leg: Leg, by: Actor, *, absent: Any = (), **changes: Any) -> Handover:
        """Minutes of everybody accepted, written and signed at one end."""
        with acting(by):
            ids = [
                t.id for t in Traveller.objects.filter(leg=leg, state__in=("accepted", "handed"))
            ]
            items = [Item(t, t not in absent, "well", "satu tas") for t in ids]
            return operations.write_minutes(
                leg_id=leg.id, token=changes.pop("token", None) or uuid4(),
                minutes=Minutes("Dermaga", self.at, items), by=by, at=self.at,
                mark=Mark("drawn", changes.pop("signed_at", self.at), STROKES),
            )  # fmt: skip

    def sign(self, handover: Handover, by: Actor, **changes: Any) -> int:
        """The other end signs."""
        with acting(by):
            return operations.sign_minutes(
                handover_id=handover.id, by=by, at=self.at,
                mark=Mark("drawn", changes.pop("signed_at", self.at), STROKES),
            )  # fmt: skip

    def carry(self, leg: Leg, giver: Actor, receiver: Actor) -> None:
        """Accepted, written at one end, signed at both."""
        self.answer(leg, receiver)
        self.sign(self.minutes(leg, giver), receiver)

    def holders(self) -> dict[int, list[int]]:
        """Each person's live holders, as the owner sees them."""
        with psycopg.connect(people.owner_url()) as owner:
            rows = owner.execute(
                "select r.id, h.agency_id from repatriation_returnee r left join "
                "repatriation_hold h on h.returnee_id = r.id and h.until is null order by r.id"
            ).fetchall()
        found: dict[int, list[int]] = {}
        for person, agency in rows:
            found.setdefault(person, [])
            if agency is not None:
                found[person].append(agency)
        return found

    def seen_holders(self) -> dict[int, int]:
        """Each person's live holder as the organiser reads it."""
        with acting(self.organiser):
            live = Hold.objects.filter(until__isnull=True)
            return dict(live.values_list("returnee_id", "agency_id"))

    def person(self, returnee_id: int) -> Returnee:
        """A person as the organiser reads her now."""
        with acting(self.organiser):
            return Returnee.objects.get(id=returnee_id)

    def travellers(self, leg: Leg) -> list[Traveller]:
        """Those of a leg, in the order of the group."""
        with acting(self.organiser):
            return list(Traveller.objects.filter(leg=leg).order_by("id"))


def make_road(cast: Cast, names: tuple[str, ...] = ("Nara", "Sari", "Wati")) -> Road:
    """A group of the organiser with some women from Makassar."""
    seed()
    road = Road(cast)
    with acting(road.organiser):
        group = operations.open_group(
            arrival=Arrival("Kapal Februari", "perwakilan", "33.74", NOW), by=road.organiser, at=NOW
        )
        road.group_id = group.id
        road.journey_id = operations.plan_journey(
            group_id=group.id, label="Ke Makassar", by=road.organiser, at=NOW
        ).id
    for name in names:
        road.add(name)
    return road


__all__ = ["KUPANG", "MAKASSAR", "SEMARANG", "Callable", "Road", "make_road", "officer", "seed"]
