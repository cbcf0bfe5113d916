"""Planning the stretches, asking each desk with one packet for each person, choosing another."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import require
from rangkul.cases import queries as cases
from rangkul.consent import borders, notice
from rangkul.consent import queries as consent
from rangkul.consent.borders import Passing
from rangkul.consent.models import Basis
from rangkul.consent.operations import Ground
from rangkul.consent.policy import CONSENT, BasisMissing, obstacle
from rangkul.consent.queries import BasisWords
from rangkul.foundation import outgoing, vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import new_id
from rangkul.foundation.vault import DataClass, Owner
from rangkul.network import queries as network
from rangkul.people import queries as people_queries
from rangkul.people.models import Person
from rangkul.reference.services import ServiceCode
from rangkul.referrals import ceilings, grounds
from rangkul.referrals import operations as referrals
from rangkul.referrals.ceilings import BasisNotOffered, Levels
from rangkul.referrals.models import Request
from rangkul.referrals.operations import Asked
from rangkul.referrals.packet import Draft
from rangkul.repatriation import events, queries, workflow
from rangkul.repatriation.models import Group, Journey, Leg, Passage, Returnee, Traveller
from rangkul.repatriation.operations.taking_off import leave_leg, own_leg
from rangkul.repatriation.policy import SomeRefused
from rangkul.repatriation.queries import LegWords
from rangkul.trail.operations import record

SERVICES: Final = ("pemulangan", "hunian", "layanan_asal")
"""A stretch of the road, a transit shelter, the desk that cares at home."""
AT_HOME: Final = ServiceCode.LAYANAN_ASAL
"""Care at home leads towards home, and so does a border: safety and clearance come first."""
_LONGEST_WORDS: Final = 200
_WHY: Final = "tugas_pemulangan"


@dataclass(frozen=True, slots=True)
class Stretch:
    """One leg as it is planned: to which desk, for what, how and when, who goes along."""

    desk_id: int
    service: str
    mode: str
    departs_at: datetime
    arrives_at: datetime
    words: LegWords
    homeward: bool = False
    escort_sex: str = ""
    abroad: bool = False


@dataclass(frozen=True, slots=True)
class Asking:
    """The ground and the words with which a desk is asked, the same for everybody of a leg.

    ``letter`` is ``a`` (each of them agreed) or another basis with its ``article``; without one it
    is the article on which that basis carries the leg's service. A basis that stands already for a
    person is used before a new one is put down.
    """

    asked: str
    reach: str
    letter: str = "e"
    article: str = ""
    why: str = ""
    best_interest: str = ""
    child_view: str = ""
    substitute: str = ""
    days: int = 60
    facts: dict[str, str] = field(default_factory=dict)
    told: bool = False


@transaction.atomic
def plan_journey(*, group_id: int, label: str, by: Actor, at: datetime) -> Journey:
    """A way that some of a group take together. Raises ``InvalidInput``, ``NotReachable``."""
    require(by.roles, Permission.ORGANISE_RETURNS)
    group = Group.objects.filter(id=group_id, agency_id=by.agency_id).first()
    if group is None:
        raise NotReachable("no such group")
    if not label.strip() or len(label) > 80:
        raise InvalidInput({"label": "too_long" if label.strip() else "required"})
    journey = Journey(agency_id=by.agency_id, group=group, subject=uuid4(), made_at=at)
    key = vault.key_for(Owner("group", group.id), group.subject, DataClass.PACKET)
    place = queries.journey_label_place(journey.subject)
    journey.label_sealed = vault.seal(key, place, label.strip())
    journey.save(force_insert=True)
    return journey


@transaction.atomic
def plan_leg(
    *, journey_id: int, returnee_ids: Sequence[int], stretch: Stretch, by: Actor, at: datetime,
    replaces: int | None = None, unstaffed_ok: bool = False,
) -> Leg:  # fmt: skip
    """The next stretch of some people, from wherever their last one ends. Nobody is asked yet.

    A desk at which nobody of Rangkul sits could neither answer nor sign: it is chosen knowingly
    (``unstaffed_ok``). Raises ``InvalidInput`` (``people``: ``different_holders``,
    ``not_waiting``; ``desk``: ``nobody_there``), ``NotReachable``.
    """
    require(by.roles, Permission.ORGANISE_RETURNS)
    journey = Journey.objects.filter(id=journey_id, agency_id=by.agency_id).first()
    if journey is None:
        raise NotReachable("no such journey")
    errors = _stretch_errors(stretch, by, at)
    people = queries.lock_returnees(by, returnee_ids)
    if any(person.state != workflow.WAITING for person in people):
        errors["people"] = "not_waiting"
    ends = {person.id: _end_of_road(person) for person in people}
    if len({end[:2] for end in ends.values()}) > 1:
        errors["people"] = "different_holders"
    if any(end[1] == stretch.desk_id for end in ends.values()):
        errors["desk"] = "same"
    if "desk" not in errors and not unstaffed_ok and not staffed(stretch.desk_id):
        errors["desk"] = "nobody_there"
    if errors:
        raise InvalidInput(errors)
    giver_agency, giver_desk, _position = next(iter(ends.values()))
    desk = network.get_desk(stretch.desk_id)
    leg = Leg(
        subject=uuid4(), organiser_agency_id=by.agency_id, giver_agency_id=giver_agency,
        giver_desk_id=giver_desk, receiver_agency_id=desk.agency_id, receiver_desk=desk,
        journey=journey, position=journey.legs.count() + 1, service=stretch.service,
        homeward=stretch.homeward or stretch.abroad or stretch.service == AT_HOME,
        abroad=stretch.abroad,
        mode=stretch.mode, escort_sex=stretch.escort_sex,
        words_sealed=b"\x00", departs_at=stretch.departs_at, arrives_at=stretch.arrives_at,
        replaces=replaces, made_at=at, made_by=by.user_id,
    )  # fmt: skip
    leg.save(force_insert=True)
    # The key hangs on the leg's row, so the words are sealed when it stands.
    key = vault.key_for(Owner("leg", leg.id), leg.subject, DataClass.PACKET)
    words = json.dumps(asdict(stretch.words), ensure_ascii=False)
    leg.words_sealed = vault.seal(key, queries.leg_place(leg.subject), words)
    leg.save(update_fields=["words_sealed"])
    for person in people:
        traveller = _add_traveller(leg, person, by=by)
        Passage.objects.create(
            id=new_id(), case_id=person.case_id, audience="service",
            audience_agency_id=by.agency_id, returnee=person, traveller=traveller,
            position=ends[person.id][2] + 1, made_at=at,
        )  # fmt: skip
        _record(events.LEG_PLANNED, person, leg, by=by, at=at)
    return leg


@transaction.atomic
def ask_desk(
    *, leg_id: int, asking: Asking, by: Actor, at: datetime, uncovered_ok: bool = False
) -> list[Request]:
    """Ask the receiving desk for everybody planned on a leg: one packet each, all or none.

    Raises ``SomeRefused`` (case → field → code), ``NoCover``, ``InvalidInput``.
    """
    require(by.roles, Permission.ORGANISE_RETURNS)
    leg = own_leg(leg_id, by)
    rows = Passage.objects.filter(traveller__leg=leg, traveller__state=workflow.PLANNED)
    rows = rows.select_related("returnee", "traveller").order_by("returnee__priority", "id")
    people = {p.id: p for p in queries.lock_returnees(by, [row.returnee_id for row in rows])}
    faults: dict[str, dict[str, str]] = {}
    made = []
    for row in rows:
        person = people[row.returnee_id]
        try:
            with transaction.atomic():
                request = _ask_for(
                    leg, row.traveller, person, asking, by=by, at=at, uncovered_ok=uncovered_ok
                )
        except (InvalidInput, BasisMissing, BasisNotOffered) as fault:
            faults[str(person.case_id)] = _codes(fault)
            continue
        made.append(request)
        _record(events.DESK_ASKED, person, leg, by=by, at=at, detail={"request": request.id})
    if faults:
        raise SomeRefused(faults)
    return made


@transaction.atomic
def choose_other_desk(
    *, leg_id: int, desk_id: int, by: Actor, at: datetime, service: str = "",
    unstaffed_ok: bool = False,
) -> Leg:  # fmt: skip
    """The same stretch to another desk, for everybody whom the first has refused or not answered.

    Their requests are taken back, a new leg stands planned in its place; the desk is asked next.
    Raises ``InvalidInput`` (``people``: ``nobody``), ``NotReachable``.
    """
    require(by.roles, Permission.ORGANISE_RETURNS)
    leg = own_leg(leg_id, by)
    left = (workflow.PLANNED, workflow.ASKED, workflow.REFUSED)
    rows = list(
        Passage.objects.filter(traveller__leg=leg, traveller__state__in=left).order_by("id")
    )
    people = [row.returnee_id for row in rows]
    if not people:
        raise InvalidInput({"people": "nobody"})
    leave_leg(leg_id=leg.id, returnee_ids=people, reason="replanned", by=by, at=at)
    words = queries.open_words([leg])[leg.id]
    departs = max(leg.departs_at, at)
    stretch = Stretch(
        desk_id=desk_id, service=service or leg.service, mode=leg.mode, departs_at=departs,
        arrives_at=max(leg.arrives_at, departs), words=words, homeward=leg.homeward,
        escort_sex=leg.escort_sex, abroad=leg.abroad,
    )  # fmt: skip
    return plan_leg(
        journey_id=leg.journey_id, returnee_ids=people, stretch=stretch, by=by, at=at,
        replaces=leg.id, unstaffed_ok=unstaffed_ok,
    )  # fmt: skip


def staffed(desk_id: int) -> bool:
    """Whether somebody with an account sits at this desk now."""
    desk = network.get_desk(desk_id)
    members = network.list_members_of([desk.agency_id])
    return any(desk_id in member.desk_ids for member in members)


def _stretch_errors(stretch: Stretch, by: Actor, at: datetime) -> dict[str, str]:
    errors = outgoing.leaving(asdict(stretch.words), by)
    if stretch.service not in SERVICES:
        errors["service"] = "unknown"
    if stretch.mode not in workflow.MODES:
        errors["mode"] = "unknown"
    if stretch.escort_sex not in ("", "P", "L"):
        errors["escort_sex"] = "unknown"
    if stretch.arrives_at < stretch.departs_at:
        errors["arrives_at"] = "before_departure"
    if stretch.departs_at < at - timedelta(days=60):
        errors["departs_at"] = "past"
    for name, text in asdict(stretch.words).items():
        if len(text) > _LONGEST_WORDS:
            errors[name] = "too_long"
    if not stretch.words.meeting_point.strip():
        errors["meeting_point"] = "required"
    card = network.get_desks([stretch.desk_id]).get(stretch.desk_id)
    if card is None or not card.active:
        errors["desk"] = "unknown"
    return errors


def _end_of_road(person: Returnee) -> tuple[int, int | None, int]:
    """In whose hands the planned road ends so far: agency, desk, and the position reached."""
    parts = Passage.objects.filter(returnee=person).select_related("traveller__leg")
    live = workflow.AHEAD | {workflow.HANDED}
    last = parts.filter(traveller__state__in=live).order_by("-position").first()
    highest = parts.order_by("-position").values_list("position", flat=True).first() or 0
    if last is None:
        return person.organiser_agency_id, None, highest
    leg = last.traveller.leg
    return leg.receiver_agency_id, leg.receiver_desk_id, highest


def _add_traveller(leg: Leg, person: Returnee, *, by: Actor) -> Traveller:
    """A person's part under a random name; she is called by no more than the packet will say.

    The label has a key of its own: where her consent is taken back, it goes and the others stay.
    """
    file = cases.get_file(by, person.case_id)
    opened = people_queries.unseal(people_queries.list_people(by, person.case_id))
    called = next((p.identity.called_name for p in opened if p.person.part == Person.SURVIVOR), "")
    traveller = Traveller(
        id=uuid4(), leg=leg, sex=file.sex, is_child=file.is_child,
        hold_back=_hold_back(leg, person),
    )  # fmt: skip
    label = json.dumps({"pseudonym": file.pseudonym, "called": called}, ensure_ascii=False)
    key = vault.key_for(Owner("leg", leg.id), traveller.id, DataClass.PACKET)
    traveller.label_sealed = vault.seal(key, queries.label_place(traveller.id), label)
    traveller.save(force_insert=True)
    return traveller


def _hold_back(leg: Leg, person: Returnee) -> str:
    """Why this person may not travel this leg yet, without saying more; "" for nothing."""
    barred, papers = str(person.obstacle), str(person.papers)
    if leg.homeward and barred:
        return barred
    return papers if leg.abroad else ""


def _ask_for(
    leg: Leg, traveller: Traveller, person: Returnee, asking: Asking, *, by: Actor,
    at: datetime, uncovered_ok: bool,
) -> Request:  # fmt: skip
    if leg.service == "layanan_asal" and (person.obstacle == "safety" or not person.safety):
        raise InvalidInput({"safety": "not_judged"})
    standing = grounds.Standing.of(cases.get_file(by, person.case_id))
    basis = _standing_basis(leg, person, by=by, at=at)
    if basis is None:
        ground = _ground(leg, asking, standing, at=at)
        basis = referrals.record_ground(case_id=person.case_id, ground=ground, by=by, at=at)
    draft = _draft(leg, person, asking, grounds.allowed(basis, standing))
    asked = Asked(person.case_id, leg.receiver_desk_id, basis.id, draft)
    request = referrals.send_referral(
        asked=asked, token=traveller.id, by=by, at=at, uncovered_ok=uncovered_ok
    )
    passing = Passing(borders.TRAVELLER, traveller.id, leg.receiver_agency_id, leg.receiver_desk_id)
    borders.cross(basis=basis, passing=passing, by=by, at=at, person=standing)
    traveller.asked_request, traveller.state = request.id, workflow.ASKED
    traveller.save(update_fields=["asked_request", "state"])
    return request


def _standing_basis(leg: Leg, person: Returnee, *, by: Actor, at: datetime) -> Basis | None:
    found = consent.standing(by, person.case_id, leg.service, at)
    for basis in found:
        if not obstacle(basis, service=leg.service, desk_id=leg.receiver_desk_id, at=at):
            return basis
    return None


def _ground(leg: Leg, asking: Asking, standing: grounds.Standing, *, at: datetime) -> Ground:
    """The group's ground for one person: a child's best interest is put down for children only."""
    service = ServiceCode(leg.service)
    own = asking.letter == CONSENT
    words = BasisWords(
        why="" if own else asking.why,
        best_interest=asking.best_interest if standing.is_child else "",
        child_view=asking.child_view if standing.is_child else "",
        substitute=asking.substitute if standing.guardian_excluded else "",
    )
    return Ground(
        letter=asking.letter, service=leg.service,
        levels=grounds.stored(_levels(service, asking.letter, standing)),
        given_by=notice.SURVIVOR if own else notice.LAW, manner="lisan" if own else "",
        article=(
            "" if own else asking.article or article_for(leg.service, asking.letter, standing)
        ),
        why="" if own else _WHY, words=words,
        valid_until=max(leg.arrives_at, at) + timedelta(days=asking.days),
        told_at=at if asking.told and not own else None,
    )  # fmt: skip


def articles_of(service: str) -> list[str]:
    """The articles that carry a service of the road; those of the public task come first."""
    standing = grounds.Standing(is_child=True, guardian_excluded=False)
    options = sorted(
        grounds.options(ServiceCode(service), standing), key=lambda each: each.basis.letter != "e"
    )
    return list(dict.fromkeys(each.code for option in options for each in option.articles))


def article_for(service: str, letter: str, standing: grounds.Standing) -> str:
    """The first article on which a basis of this letter carries the service; "" for none."""
    options = grounds.options(ServiceCode(service), standing)
    return next((o.articles[0].code for o in options if o.basis.letter == letter), "")


def _levels(service: ServiceCode, letter: str, standing: grounds.Standing) -> Levels:
    if letter == CONSENT:
        return ceilings.proposed_for(service)
    return grounds.highest(service, letter, standing)


def _draft(leg: Leg, person: Returnee, asking: Asking, levels: Levels) -> Draft:
    """The group's words, and what differs from person to person, within what may travel."""
    words = queries.open_words([leg])[leg.id]
    allowed = {fact.code for fact in ceilings.facts_allowed(ServiceCode(leg.service), levels)}
    cleared = person.clearance in ("given", "not_needed")
    said = {
        "meeting_point": words.meeting_point,
        "drop_point": words.drop_point,
        "escort_sex": leg.escort_sex,
        "clearance": "ada" if cleared else "belum ada",
        "origin_check": person.safety,
        "fit_to_travel": "perlu pendamping kesehatan" if "ill" in person.marks else "",
    } | asking.facts
    kept = {code: text for code, text in said.items() if text and code in allowed}
    return Draft(asked=asking.asked, reach=asking.reach, words=kept)


def _codes(fault: Exception) -> dict[str, str]:
    if isinstance(fault, InvalidInput):
        return dict(fault.errors)
    return {"basis": getattr(fault, "why", getattr(fault, "code", "basis_missing"))}


def _record(
    name: str, person: Returnee, leg: Leg, *, by: Actor, at: datetime,
    detail: dict[str, object] | None = None,
) -> None:  # fmt: skip
    record(
        by=by, at=at, name=name, subject_kind="returnee", subject_id=person.id,
        case_id=person.case_id,
        detail={"leg": leg.id, "desk": leg.receiver_desk_id} | (detail or {}),
    )  # fmt: skip
