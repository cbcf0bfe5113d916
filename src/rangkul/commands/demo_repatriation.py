"""The demonstration's way home: a group of six from a ship, each at another point of the road."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from rangkul.assessments import rk01_triase
from rangkul.cases import operations as cases
from rangkul.commands.demo_cases import CALM
from rangkul.commands.demo_directory import LoadedStaff
from rangkul.commands.synth.names import NameGenerator, Sex
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.network import queries as network
from rangkul.people.identity import Identity
from rangkul.repatriation import operations as road
from rangkul.repatriation import queries
from rangkul.repatriation.models import Handover, Leg
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

_SEED = 2027
_PORT = "31.72"
_NTT, _TTS, _NTB = "dinsos-ntt.rehsos", "dinsos-tts.pendampingan", "dinsos-ntb.rehsos"
_BP3MI = "bp3mi-ntt.pemulangan"
_WAVE = "M60 120L90 70L120 130L160 60L190 128L240 90L300 110L380 84L470 104"


@dataclass(frozen=True, slots=True)
class Traveller:
    """One of the six: who she is in numbers, and what is known of her return."""

    key: str
    sex: Sex
    born: int
    origin: str
    marks: tuple[str, ...] = ()
    means: str = "poor"
    payer: str = "state"
    clearance: str = "not_needed"


_SIX = (
    Traveller("ill", "P", 1989, "53.02", marks=("ill",)),
    Traveller("child", "P", 2011, "53.71"),
    Traveller("dock", "L", 1998, "53.02", payer="bp3mi"),
    Traveller("silent", "P", 1994, "52.03"),
    Traveller("waits", "L", 1985, "53.02", clearance=""),
    Traveller("home", "P", 1996, "53.71", means="able", payer="self"),
)


def load(staff: Sequence[LoadedStaff], *, now: datetime) -> None:
    """Bring the six in, send them on their ways, and leave each where the board shows something."""
    actors = {who: _actor(staff, who) for who in ("sekar", "bayu", "damar", "yohana", "simeon")}
    desks = {person.entry.desk: person.desk_id for person in staff if person.entry.desk is not None}
    sekar, arrived = actors["sekar"], now - timedelta(days=45)
    with acting(sekar):
        group = road.open_group(
            arrival=Arrival("Kapal dari Nunukan", "perwakilan", _PORT, arrived), by=sekar,
            at=arrived,
        )  # fmt: skip
        people = _people(group.id, sekar, actors["bayu"], arrived)
        by_ship = road.plan_journey(group_id=group.id, label="Ke NTT", by=sekar, at=arrived).id
        to_ntb = road.plan_journey(group_id=group.id, label="Ke NTB", by=sekar, at=arrived).id
        _known(people, sekar, now)
    _who_is_home(people["home"], by_ship, desks, actors, arrived)
    _who_is_under_way(people, by_ship, desks, actors, now)
    with acting(sekar):
        leg = _leg(
            to_ntb, [people["silent"]], _ntb_desk(now), sekar, now - timedelta(days=2),
            nobody_there=True,
        )  # fmt: skip
        _ask(leg, sekar, now - timedelta(days=2))


def _people(group_id: int, sekar: Actor, bayu: Actor, at: datetime) -> dict[str, int]:
    names = NameGenerator(_SEED)
    made = {}
    for line, who in enumerate(_SIX, start=1):
        name = names.person(who.sex, who.origin[:2])
        file = cases.open_file(
            opening=cases.Opening(
                area=_PORT, categories=("kpo",), violence_kinds=("eksploitasi",), sex=who.sex,
                triage=rk01_triase.read_triage(CALM), birth_year=who.born,
                age=at.year - who.born, companion_id=bayu.user_id, carried_over=True,
                identity=Identity(full_name=name.full, called_name=name.called),
            ),
            by=sekar, at=at,
        )  # fmt: skip
        facts = Facts(
            origin_area=who.origin, marks=who.marks, means=who.means, payer=who.payer,
            clearance=who.clearance,
        )  # fmt: skip
        person = road.add_returnee(
            group_id=group_id, case_id=file.case_id, facts=facts, line=line, by=sekar, at=at
        )
        made[who.key] = person.id
    return made


def _known(people: Mapping[str, int], sekar: Actor, now: datetime) -> None:
    """The origin is safe for four, not for the child; one waits for the investigators."""
    safe = [people[key] for key in ("ill", "dock", "silent", "home")]
    at = now - timedelta(days=40)
    road.judge_origin(
        returnee_ids=safe, result="safe", who="Dinas Sosial daerah asal",
        words="Keluarga inti menunggu; tidak ada ancaman di kampung.", by=sekar, at=at,
    )  # fmt: skip
    road.judge_origin(
        returnee_ids=[people["child"]], result="unsafe", who="Dinas Sosial NTT",
        words="Terduga tinggal serumah. Rumah nenek sedang dinilai.", suspect_there=True,
        by=sekar, at=now - timedelta(days=3),
    )  # fmt: skip
    road.describe(
        returnee_ids=[people["ill"], people["dock"], people["home"]],
        values={"match": "confirmed"}, by=sekar, at=at,
    )  # fmt: skip
    police = network.search_directory(at=now, kind="polda", area="31", limit=1).rows
    road.ask_clearance(
        returnee_ids=[people["waits"]], agency_id=police[0].id, by=sekar,
        at=now - timedelta(days=5),
    )  # fmt: skip


def _who_is_home(
    person: int, journey: int, desks: Mapping[str, int | None], actors: Mapping[str, Actor],
    at: datetime,
) -> None:  # fmt: skip
    """She flew to Kupang weeks ago, has arrived and had the first visit."""
    sekar, yohana = actors["sekar"], actors["yohana"]
    with acting(sekar):
        leg = _leg(journey, [person], desks[_NTT], sekar, at + timedelta(days=2), mode="air")
        _ask(leg, sekar, at + timedelta(days=2))
    _receive(leg, yohana, at + timedelta(days=2, hours=3))
    minutes = _write(leg, sekar, at + timedelta(days=3))
    _sign(minutes, yohana, at + timedelta(days=3))
    with acting(yohana):
        [held] = [w.hold.id for w in queries.list_with_us(yohana)]
        road.confirm_arrival(hold_ids=[held], by=yohana, at=at + timedelta(days=4))
        road.record_visit(
            hold_id=held, month=1, result="safe", visited_on=(at + timedelta(days=33)).date(),
            by=yohana, at=at + timedelta(days=33),
        )  # fmt: skip


def _who_is_under_way(
    people: Mapping[str, int], journey: int, desks: Mapping[str, int | None],
    actors: Mapping[str, Actor], now: datetime,
) -> None:  # fmt: skip
    """One is with BP3MI and goes on tomorrow; one stands on the dock, signed by one end only."""
    sekar, damar, simeon = actors["sekar"], actors["damar"], actors["simeon"]
    began = now - timedelta(days=4)
    with acting(sekar):
        first = _leg(journey, [people["ill"]], desks[_BP3MI], sekar, began)
        _ask(first, sekar, began)
    _receive(first, damar, began + timedelta(hours=4))
    _sign(_write(first, sekar, began + timedelta(days=1)), damar, began + timedelta(days=2))
    with acting(sekar):
        onward = _leg(
            journey, [people["ill"]], desks[_TTS], sekar, now - timedelta(days=1), mode="land",
            service="layanan_asal",
        )  # fmt: skip
        _ask(onward, sekar, now - timedelta(days=1))
        dock = _leg(journey, [people["dock"]], desks[_BP3MI], sekar, now - timedelta(hours=30))
        _ask(dock, sekar, now - timedelta(hours=30))
    _receive(onward, simeon, now - timedelta(hours=20))
    _receive(dock, damar, now - timedelta(hours=26))
    _write(dock, sekar, now - timedelta(hours=3))


def _leg(
    journey: int, people: Sequence[int], desk: int | None, by: Actor, at: datetime, *,
    mode: str = "sea", service: str = "pemulangan", nobody_there: bool = False,
) -> Leg:  # fmt: skip
    if desk is None:
        raise LookupError("the demonstration's desk is missing")
    stretch = Stretch(
        desk_id=desk, service=service, mode=mode, departs_at=at + timedelta(days=2),
        arrives_at=at + timedelta(days=3), homeward=True, escort_sex="P",
        words=LegWords("Pintu timur terminal penumpang", "Ruang tunggu", "", "Petugas BP3MI"),
    )  # fmt: skip
    return road.plan_leg(
        journey_id=journey, returnee_ids=people, stretch=stretch, by=by, at=at,
        unstaffed_ok=nobody_there,
    )  # fmt: skip


def _ask(leg: Leg, by: Actor, at: datetime) -> None:
    asking = Asking(
        asked="Mohon diterima, diberi makan dan istirahat, lalu diantar ke tahap berikutnya.",
        reach="Sekar, lewat Rangkul", why="Pemulangan rombongan oleh pemerintah daerah.", told=True,
        best_interest="Pulang ke keluarga yang aman.",
    )  # fmt: skip
    road.ask_desk(leg_id=leg.id, asking=asking, by=by, at=at, uncovered_ok=True)


def _receive(leg: Leg, by: Actor, at: datetime) -> None:
    with acting(by):
        waiting = {t.id: Decision("accept") for t in queries.list_travellers(leg)}
        road.answer_leg(leg_id=leg.id, decisions=waiting, by=by, at=at)


def _write(leg: Leg, by: Actor, at: datetime) -> Handover:
    with acting(by):
        items = [Item(t.id, True, "well", "satu koper") for t in queries.list_travellers(leg)]
        return road.write_minutes(
            leg_id=leg.id, token=uuid4(), minutes=Minutes("Terminal penumpang", at, items), by=by,
            at=at, mark=Mark("drawn", at, _WAVE),
        )  # fmt: skip


def _sign(minutes: Handover, by: Actor, at: datetime) -> None:
    with acting(by):
        road.sign_minutes(handover_id=minutes.id, mark=Mark("drawn", at, _WAVE), by=by, at=at)


def _ntb_desk(now: datetime) -> int:
    page = network.search_directory(at=now, area="52", service="layanan_asal", limit=5)
    cards = network.list_desks_of([row.id for row in page.rows], at=now)
    return next(card.desk.id for card in cards if card.desk.code == _NTB)


def _actor(staff: Sequence[LoadedStaff], username: str) -> Actor:
    [person] = [each for each in staff if each.entry.username == username]
    actor = network.get_live_actor(user_id=person.user_id, agency_id=person.agency_id)
    if actor is None:
        raise LookupError(f"{username} is not a member")
    return actor
