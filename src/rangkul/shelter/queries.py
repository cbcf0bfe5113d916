"""Reading a shelter: its houses, the beds that are free, who waits, who stays and until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Prefetch, Q

from rangkul.custody import queries as custody
from rangkul.custody.models import CaseAccess
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.counting import Named, named_count
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.numbers import number_of, row_of
from rangkul.reference.services import ServiceCode
from rangkul.referrals import queries as requests
from rangkul.referrals import workflow as referral_workflow
from rangkul.referrals.models import Request
from rangkul.shelter import fitting, policy, sealed, workflow
from rangkul.shelter.models import (
    Admission,
    Bed,
    BedMove,
    DayNote,
    Extension,
    House,
    Intake,
    PlaceLook,
    Room,
    Stay,
)

SOON: Final = timedelta(days=2)
_OVER_SHOWN: Final = timedelta(days=30)


def admission_number(admission_id: int) -> str:
    """The stay's own public number, such as ``HN-7F3K-9QXT``; the pseudonym on the board."""
    return number_of("HN", admission_id)


def admission_id_of(number: str) -> int:
    """The admission that ``number`` names. Raises ``NotReachable`` for what cannot be one."""
    return row_of("HN", number)


# -- houses ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HouseView:
    """A house under its name, which is said only inside the agency."""

    house: House
    name: str


def list_houses(actor: Actor, *, to_manage: bool = False) -> list[HouseView]:
    """The houses whose board the person sees, or (``to_manage``) whose rooms she keeps."""
    condition = policy.managed_by(actor) if to_manage else policy.seen_by(actor)
    houses = list(House.objects.filter(condition).select_related("desk").order_by("id"))
    names = sealed.house_names(houses)
    return [HouseView(house, names[house.id]) for house in houses]


def get_house(actor: Actor, house_id: int, *, to_manage: bool = False) -> HouseView:
    """One of those houses. Raises ``NotReachable``."""
    condition = policy.managed_by(actor) if to_manage else policy.seen_by(actor)
    return _one_house(condition, house_id)


def get_house_to_place(actor: Actor, house_id: int) -> HouseView:
    """A house whose officer the person is: the only one who may open where it stands."""
    return _one_house(policy.placed_by(actor), house_id)


def get_house_to_look(actor: Actor, house_id: int) -> HouseView:
    """A house of the agency whose address the person may ask to see. Raises ``NotReachable``."""
    return _one_house(policy.looked_for_by(actor), house_id)


def is_officer_of(actor: Actor, house_id: int) -> bool:
    """Whether the person works in this house."""
    return House.objects.filter(policy.placed_by(actor), id=house_id).exists()


def live_look(actor: Actor, house_id: int, *, at: datetime) -> PlaceLook | None:
    """The permission by which the person may see the address now, or ``None``."""
    return PlaceLook.objects.filter(
        house_id=house_id, asked_by=actor.user_id, verdict="allowed", readable_until__gt=at
    ).first()


def own_look(actor: Actor, house_id: int) -> PlaceLook | None:
    """What the person asked last of this house, or ``None``."""
    found = PlaceLook.objects.filter(house_id=house_id, asked_by=actor.user_id)
    return found.order_by("-asked_at").first()


def list_looks(actor: Actor, house_id: int) -> list[PlaceLook]:
    """What others ask of a house in which the person works, oldest first."""
    if not is_officer_of(actor, house_id):
        return []
    waiting = PlaceLook.objects.filter(house_id=house_id, verdict="")
    return list(waiting.exclude(asked_by=actor.user_id).order_by("asked_at"))


def find_look(look_id: UUID) -> PlaceLook | None:
    """One asking of the acting agency's."""
    return PlaceLook.objects.filter(id=look_id).select_related("house").first()


def _one_house(condition: Q, house_id: int) -> HouseView:
    found = House.objects.filter(condition, id=house_id).select_related("desk").first()
    if found is None:
        raise NotReachable("no such house for this person")
    return HouseView(found, sealed.house_names([found])[found.id])


def list_desks_with_house(actor: Actor) -> list[tuple[int, str]]:
    """The own agency's desks through which a house can be asked: (id, name), no house named."""
    houses = House.objects.filter(agency_id=actor.agency_id, open=True)
    return list(houses.values_list("desk_id", "desk__name").distinct().order_by("desk_id"))


def is_for_a_house(actor: Actor, request: Request) -> bool:
    """Whether a request comes to a desk with an open house, so that only a bed can accept it."""
    if request.service != ServiceCode.HUNIAN:
        return False
    houses = House.objects.filter(agency_id=actor.agency_id, open=True)
    return houses.filter(desk_id=request.receiver_desk_id).exists()


def waiting_counts(actor: Actor) -> list[Named]:
    """``houses`` whose board this person may look at; for ``count_all``."""
    return [named_count("houses", House.objects.filter(policy.seen_by(actor)))]


def get_room(actor: Actor, room_id: int) -> Room:
    """A room of a house that the person keeps. Raises ``NotReachable``."""
    mine = House.objects.filter(policy.managed_by(actor)).values("id")
    found = Room.objects.filter(id=room_id, house_id__in=mine).select_related("house").first()
    if found is None:
        raise NotReachable("no such room for this person")
    return found


def get_bed(actor: Actor, bed_id: int) -> Bed:
    """A bed of a house that the person keeps. Raises ``NotReachable``."""
    mine = House.objects.filter(policy.managed_by(actor)).values("id")
    found = (
        Bed.objects.filter(id=bed_id, room__house_id__in=mine).select_related("room__house").first()
    )
    if found is None:
        raise NotReachable("no such bed for this person")
    return found


def list_rooms(house: House) -> list[Room]:
    """The rooms of a visible house in order, each with ``beds`` and their live ``stays``."""
    live = Stay.objects.filter(ended_at__isnull=True).select_related("admission")
    beds = Bed.objects.order_by("letter").prefetch_related(Prefetch("stays", queryset=live))
    return list(house.rooms.order_by("number").prefetch_related(Prefetch("beds", queryset=beds)))


# -- beds --------------------------------------------------------------------------------------


def list_berths(house: House) -> list[fitting.Berth]:
    """The free beds of a visible house: neither closed nor taken, with what their rooms take."""
    rooms = list_rooms(house)
    berths = []
    for room in rooms:
        parties = {stay.admission_id for bed in room.beds.all() for stay in bed.live}
        berths += [
            fitting.Berth(
                bed_id=bed.id, room_id=room.id, sex=room.sex, group=room.age_group, kind=bed.kind,
                party=min(parties, default=0),
            )
            for bed in room.beds.all()
            if bed.closed_at is None and not bed.live
        ]  # fmt: skip
    return berths


def count_free(agency_id: int, desk_id: int) -> int | None:
    """How many beds are free in the open houses of a desk; ``None`` where it has no house."""
    houses = House.objects.filter(agency_id=agency_id, desk_id=desk_id)
    if not houses.exists():
        return None
    usable = Bed.objects.filter(room__house__in=houses.filter(open=True), closed_at__isnull=True)
    return usable.exclude(stays__ended_at__isnull=True, stays__isnull=False).distinct().count()


@dataclass(frozen=True, slots=True)
class Share:
    """Beds of one kind of room: how many there are, taken, closed."""

    sex: str
    group: str
    beds: int
    taken: int
    closed: int

    @property
    def free(self) -> int:
        """What is left."""
        return self.beds - self.taken - self.closed


def shares(rooms: Sequence[Room]) -> list[Share]:
    """The beds of these rooms by sex and age, in the order of the rooms."""
    found: dict[tuple[str, str], list[Bed]] = {}
    for room in rooms:
        found.setdefault((room.sex, room.age_group), []).extend(
            bed for bed in room.beds.all() if bed.closed_reason != "retired"
        )
    return [
        Share(
            sex, group, len(beds), sum(bool(bed.live) for bed in beds),
            sum(bed.closed_at is not None for bed in beds),
        )
        for (sex, group), beds in found.items()
    ]  # fmt: skip


# -- admissions --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """One asking for a place on which nobody has decided; ``admission`` is None at the door."""

    admission: Admission | None
    request: Request | None
    asked_at: datetime
    risk: str

    @classmethod
    def of(cls, request: Request) -> Waiting:
        """A request that nobody has looked at."""
        return cls(None, request, request.sent_at, request.risk)

    @classmethod
    def known(cls, admission: Admission) -> Waiting:
        """An asking that somebody has begun to decide."""
        return cls(admission, admission.request, admission.asked_at, admission.risk)

    @property
    def gone(self) -> bool:
        """Whether the sender no longer asks."""
        return self.request is not None and self.request.state not in referral_workflow.OPEN


_RISKS = {"tinggi": 0, "sedang": 1, "rendah": 2}


def list_undecided(actor: Actor) -> list[Waiting]:
    """What waits for a decision at the person's desks, highest risk first, then the oldest.

    Requests for shelter that nobody has looked at, those checked, and the waiting list.
    """
    mine = policy.at_own_desk(actor)
    admissions = list(
        Admission.objects.filter(mine, state__in=workflow.UNDECIDED).select_related("request")
    )
    fresh = _fresh_requests(actor)
    found = [Waiting.known(a) for a in admissions] + [Waiting.of(r) for r in fresh]
    return sorted(found, key=lambda w: (_RISKS.get(w.risk, 3), w.asked_at))


def _fresh_requests(actor: Actor) -> list[Request]:
    """Requests for shelter at the person's desks without an admission."""
    desks = list(
        House.objects.filter(policy.at_own_desk(actor)).values_list("desk_id", flat=True).distinct()
    )
    found = requests.list_open_received(actor, service=ServiceCode.HUNIAN, desk_ids=desks)
    known = set(
        Admission.objects.filter(
            agency_id=actor.agency_id, request_id__in=[request.id for request in found]
        ).values_list("request_id", flat=True)
    )
    return [request for request in found if request.id not in known]


def get_admission(actor: Actor, admission_id: int) -> Admission:
    """An admission whose board the person sees. Raises ``NotReachable``."""
    return _one_admission(policy.seen_by(actor), admission_id)


def get_own_admission(actor: Actor, admission_id: int) -> Admission:
    """An admission at a desk where the person keeps stays. Raises ``NotReachable``."""
    return _one_admission(policy.at_own_desk(actor), admission_id)


def _one_admission(condition: Q, admission_id: int) -> Admission:
    found = (
        Admission.objects.filter(condition, id=admission_id)
        .select_related("house", "desk", "request__sender_agency")
        .first()
    )
    if found is None:
        raise NotReachable("no such admission for this person")
    return found


def lock_admission(condition: Q, admission_id: int) -> Admission:
    """The same, locked: a second person waits here and then meets the new version."""
    found = (
        Admission.objects.select_for_update(of=("self",)).filter(condition, id=admission_id).first()
    )
    if found is None:
        raise NotReachable("no such admission for this person")
    return found


def admission_of_request(actor: Actor, request_id: int) -> Admission | None:
    """What became of a request at this agency's shelter."""
    return Admission.objects.filter(agency_id=actor.agency_id, request_id=request_id).first()


def running_stay(actor: Actor, *, request_id: int | None, case_id: int | None) -> Admission | None:
    """Who stays, is expected, or is searched for at the own agency's shelter, by what led there."""
    asked = Q(request_id=request_id, request_id__isnull=False)
    own = Q(case_id=case_id, case_id__isnull=False, request_id__isnull=True)
    found = Admission.objects.filter(asked | own, agency_id=actor.agency_id)
    return found.filter(Q(state=workflow.PLACED) | Q(searching=True)).order_by("-id").first()


def list_of_case(actor: Actor, case_id: int) -> list[Admission]:
    """The askings for a visible case of the own agency, newest first."""
    custody.get_access(actor, case_id)
    return list(
        Admission.objects.filter(agency_id=actor.agency_id, case_id=case_id)
        .select_related("desk")
        .order_by("-asked_at", "-id")
    )


def leads(actor: Actor, case_id: int) -> bool:
    """Whether the own agency leads a visible case."""
    access = custody.get_access(actor, case_id)
    return access.basis == CaseAccess.LEAD


def list_stays(admission: Admission) -> list[Stay]:
    """The persons of an admission in order, with bed and room."""
    return list(admission.stays.select_related("bed__room").order_by("ordinal"))


def list_moves(admission: Admission) -> list[BedMove]:
    """From which bed to which each person of an admission went, oldest first."""
    rows = BedMove.objects.filter(stay__admission=admission).select_related(
        "stay", "from_bed__room", "to_bed__room"
    )
    return list(rows.order_by("moved_at", "id"))


def list_arriving(actor: Actor, *, house_id: int) -> list[Admission]:
    """Who has a bed in this house and is still on the way, soonest first."""
    return list(
        Admission.objects.filter(
            policy.seen_by(actor), house_id=house_id, state=workflow.PLACED,
            arrived_at__isnull=True,
        ).order_by("arrives_at", "id")
    )  # fmt: skip


def list_due(actor: Actor, *, house_id: int, now: datetime) -> list[Admission]:
    """Stays of this house that end soon or are over, or for which an extension is asked."""
    asked = Extension.objects.filter(decided_at__isnull=True).values("admission_id")
    return list(
        Admission.objects.filter(policy.seen_by(actor), house_id=house_id, state=workflow.PLACED)
        .filter(Q(due_at__lt=now + SOON) | Q(id__in=asked))
        .order_by("due_at", "id")
    )


def list_searched(actor: Actor) -> list[Admission]:
    """Those who went missing and whom somebody of this desk still looks for."""
    return list(
        Admission.objects.filter(policy.seen_by(actor), searching=True).order_by("ended_at", "id")
    )


def list_past(actor: Actor, *, now: datetime) -> list[Admission]:
    """What ended in the last thirty days, newest first."""
    return list(
        Admission.objects.filter(policy.seen_by(actor), ended_at__gt=now - _OVER_SHOWN)
        .select_related("house")
        .order_by("-ended_at", "-id")[:60]
    )


def asked_extension(admission: Admission) -> Extension | None:
    """The extension that waits for a decision."""
    return admission.extensions.filter(decided_at__isnull=True).first()


def list_extensions(admission: Admission) -> list[Extension]:
    """All extensions, oldest first."""
    return list(admission.extensions.order_by("asked_at", "id"))


# -- sealed words ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IntakeView:
    """An intake, opened."""

    intake: Intake
    needs: sealed.Needs
    belongings: str


@dataclass(frozen=True, slots=True)
class NoteView:
    """A day's note, opened."""

    note: DayNote
    body: str


@dataclass(frozen=True, slots=True)
class Words:
    """What was said with a decision or a leaving, opened."""

    note: str = ""
    whereto: dict[int, str] = field(default_factory=dict)


def open_intake(admission: Admission) -> IntakeView | None:
    """The intake of a visible admission. Callers record the reading."""
    found = Intake.objects.filter(admission=admission).first()
    if found is None:
        return None
    needs, belongings = vault.open_texts(
        [
            (bytes(found.needs_sealed), sealed.needs_place(found)),
            (bytes(found.belongings_sealed), sealed.belongings_place(found)),
        ]
    )
    return IntakeView(found, sealed.Needs.from_json(needs), belongings)


def open_notes(admission: Admission) -> list[NoteView]:
    """The notes of a visible admission, newest first. Callers record the reading."""
    notes = list(admission.notes.order_by("-written_at", "-id"))
    bodies = vault.open_texts(
        [(bytes(note.body_sealed), sealed.note_place(note)) for note in notes]
    )
    return [NoteView(note, body) for note, body in zip(notes, bodies, strict=True)]


def open_words(admission: Admission, stays: Sequence[Stay]) -> Words:
    """The sealed words on a refusal and on leavings. Callers record the reading."""
    note = ""
    if admission.note_sealed is not None:
        place = sealed.admission_note_place(admission)
        note = vault.open_text(bytes(admission.note_sealed), place)
    whereto = {
        stay.id: vault.open_text(bytes(stay.whereto_sealed), sealed.whereto_place(stay))
        for stay in stays
        if stay.whereto_sealed is not None
    }
    return Words(note, whereto)


def get_note(actor: Actor, note_id: UUID) -> DayNote:
    """A note of a stay at the person's desk. Raises ``NotReachable``."""
    mine = Admission.objects.filter(policy.at_own_desk(actor)).values("id")
    found = DayNote.objects.filter(id=note_id, admission_id__in=mine).first()
    if found is None:
        raise NotReachable("no such note for this person")
    return found
