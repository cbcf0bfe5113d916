"""Reading conferences: a person's, a case's, and one with all that stands on its table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from rangkul.accounts import queries as accounts
from rangkul.conferences import policy, workflow
from rangkul.conferences.models import (
    AgendaItem,
    Conference,
    ConferenceCase,
    Decision,
    Minutes,
    Proposal,
    Seat,
    Share,
    ShareGround,
)
from rangkul.custody import queries as custody
from rangkul.custody.models import CaseAccess
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.counting import Named, named_count
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.numbers import number_of, row_of

PAGE: Final = 40
# Conferences that are over stay on the list this long; after that they are found in the file.
SHOWN_AFTER: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Details:
    """What it is called and where it meets; empty ``place`` or ``link`` for the other manner."""

    title: str
    place: str = ""
    link: str = ""

    def to_json(self) -> str:
        """As it is sealed."""
        return json.dumps(
            {"title": self.title, "place": self.place, "link": self.link}, ensure_ascii=False
        )


@dataclass(frozen=True, slots=True)
class SeatView:
    """A seat with the person's name, once somebody has taken it."""

    seat: Seat
    name: str


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision with its words and its owner's name ("" for a desk)."""

    decision: Decision
    words: str
    owner: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class MinutesView:
    """The signed minutes or an addendum: ``body`` is the JSON that was signed."""

    minutes: Minutes
    body: dict[str, object]
    signer: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A conference on a list, with the person's own seat if there is one."""

    conference: Conference
    number: str
    title: str
    seat: Seat | None = None


@dataclass(slots=True)
class ConferenceView:
    """A conference, opened for somebody who may see it; ``is_lead`` says from which side."""

    conference: Conference
    number: str
    details: Details
    is_lead: bool
    seats: list[SeatView] = field(default_factory=list)
    agenda: list[tuple[AgendaItem, str]] = field(default_factory=list)
    decisions: list[DecisionView] = field(default_factory=list)
    minutes: list[MinutesView] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    case_ids: list[int] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)

    @property
    def at_table(self) -> list[SeatView]:
        """The seats without those that were left with a case that went elsewhere."""
        return [each for each in self.seats if each.seat.left_at is None]


def conference_number(conference_id: int) -> str:
    """The public number of a conference, such as ``RT-8RDM-3TXW``."""
    return number_of("RT", conference_id)


def conference_id_of(number: str) -> int:
    """The conference that ``number`` names. Raises ``NotReachable`` for what cannot be one."""
    return row_of("RT", number)


# -- where sealed words stand -------------------------------------------------------------------


def details_place(row: Conference) -> vault.Place:
    """Where a conference's title and place stand."""
    return vault.Place("conferences_conference", "details_sealed", row.id)


def item_place(item_id: UUID) -> vault.Place:
    """Where an agenda item's words stand."""
    return vault.Place("conferences_agendaitem", "words_sealed", item_id)


def decision_place(decision_id: UUID) -> vault.Place:
    """Where a decision's words stand."""
    return vault.Place("conferences_decision", "words_sealed", decision_id)


def minutes_place(minutes_id: UUID) -> vault.Place:
    """Where the minutes stand."""
    return vault.Place("conferences_minutes", "body_sealed", minutes_id)


def share_place(share_id: UUID) -> vault.Place:
    """Where a share's content stands."""
    return vault.Place("conferences_share", "content_sealed", share_id)


# -- one ------------------------------------------------------------------------------------------


def _conferences(actor: Actor) -> QuerySet[Conference]:
    return Conference.objects.filter(policy.visible_to(actor)).select_related("lead_agency")


def get_conference(actor: Actor, conference_id: int) -> Conference:
    """A conference that the person may see. Raises ``NotReachable``."""
    found = _conferences(actor).filter(id=conference_id).first()
    if found is None:
        raise NotReachable("no such conference")
    return found


def get_led(actor: Actor, conference_id: int) -> Conference:
    """One that the person's agency leads, about a case that she may see. ``NotReachable``."""
    found = _conferences(actor).filter(policy.led_by(actor), id=conference_id).first()
    if found is None:
        raise NotReachable("no such conference to lead")
    return found


def lock_led(actor: Actor, conference_id: int) -> Conference:
    """The same, locked until the transaction ends."""
    get_led(actor, conference_id)
    return Conference.objects.select_for_update().get(id=conference_id)


def case_ids_of(actor: Actor, conference_id: int) -> list[int]:
    """The cases of a conference that the person may see: none for a guest."""
    found = ConferenceCase.objects.filter(conference_id=conference_id)
    visible = custody.visible_among(actor, found.values_list("case_id", flat=True))
    return sorted(visible)


def details_of(row: Conference) -> Details:
    """Title and place, opened."""
    text = vault.open_text(bytes(row.details_sealed), details_place(row))
    return Details(**json.loads(text))


def view(actor: Actor, conference_id: int) -> ConferenceView:
    """A visible conference with all that stands on its table; callers record the reading.

    Raises ``NotReachable``.
    """
    row = get_conference(actor, conference_id)
    lead = row.lead_agency_id == actor.agency_id and bool(case_ids_of(actor, row.id))
    seats = list(
        Seat.objects.filter(conference=row)
        .select_related("agency", "desk")
        .order_by("offered_at", "id")
    )
    agenda = list(AgendaItem.objects.filter(conference=row).order_by("position"))
    decisions = list(_decisions().filter(conference=row))
    minutes = list(Minutes.objects.filter(conference=row).order_by("number"))
    people = {seat.user_id for seat in seats} | {d.owner_user_id for d in decisions}
    people |= {m.signed_by for m in minutes} | {row.chair_user_id}
    names = accounts.names_of(each for each in people if each is not None)
    items = vault.open_texts([(bytes(i.words_sealed), item_place(i.id)) for i in agenda])
    bodies = vault.open_texts([(bytes(m.body_sealed), minutes_place(m.id)) for m in minutes])
    return ConferenceView(
        conference=row, number=conference_number(row.id), details=details_of(row), is_lead=lead,
        seats=[SeatView(seat, names.get(seat.user_id or 0, "")) for seat in seats],
        agenda=list(zip(agenda, items, strict=True)),
        decisions=_open_decisions(decisions, names),
        minutes=[
            MinutesView(m, json.loads(body), names.get(m.signed_by, ""))
            for m, body in zip(minutes, bodies, strict=True)
        ],
        shares=list_shares(actor, row), case_ids=case_ids_of(actor, row.id), names=names,
    )  # fmt: skip


def list_shares(actor: Actor, row: Conference) -> list[Share]:
    """What was shared: at the lead all of it, at a guest its own; newest first."""
    found = Share.objects.filter(conference=row).select_related("receiver_agency")
    if row.lead_agency_id != actor.agency_id:
        found = found.filter(receiver_agency_id=actor.agency_id)
    return list(found.order_by("-sealed_at", "-id"))


def get_share(actor: Actor, share_id: UUID) -> Share:
    """A share of a visible conference. Raises ``NotReachable``."""
    found = Share.objects.select_related("conference").filter(id=share_id).first()
    if found is None:
        raise NotReachable("no such share")
    row = get_conference(actor, found.conference_id)
    if actor.agency_id not in (found.receiver_agency_id, row.lead_agency_id):
        raise NotReachable("another guest's share")
    return found


def ground_of(actor: Actor, share_id: UUID) -> ShareGround | None:
    """The case and basis under a share, for those who may see the case."""
    found = ShareGround.objects.filter(share_id=share_id).first()
    if found is None or not custody.visible_among(actor, [found.case_id]):
        return None
    return found


def get_seat(actor: Actor, seat_id: UUID) -> Seat:
    """A seat that this very person may answer. Raises ``NotReachable``."""
    found = Seat.objects.filter(policy.answerable(actor), id=seat_id).first()
    if found is None:
        raise NotReachable("no such seat")
    return found


def seats_at(row: Conference) -> QuerySet[Seat]:
    """The seats of a conference, without those of agencies that left the table with the case."""
    return Seat.objects.filter(conference=row, left_at__isnull=True)


def find_seat(actor: Actor, seat_id: UUID) -> Seat | None:
    """A seat of the acting agency, whoever sits there: for work on the agency's behalf."""
    found = Seat.objects.select_related("conference")
    return found.filter(agency_id=actor.agency_id, id=seat_id, left_at__isnull=True).first()


def list_own_seats(actor: Actor, conference_id: int) -> list[Seat]:
    """The agency's seats at a conference that nobody there has refused; for the same work."""
    found = Seat.objects.filter(
        agency_id=actor.agency_id, conference_id=conference_id, left_at__isnull=True
    )
    return list(found.exclude(state=workflow.DECLINED).select_related("conference").order_by("id"))


def numbers_among(
    actor: Actor, *, conference_ids: Iterable[int], decision_ids: Iterable[UUID]
) -> dict[str, str]:
    """Id (of a conference or a decision, as text) → number, for the visible ones; two queries."""
    visible = _conferences(actor).filter(id__in=set(conference_ids))
    numbers = {str(each): conference_number(each) for each in visible.values_list("id", flat=True)}
    decided = Decision.objects.filter(
        id__in=set(decision_ids), conference__in=_conferences(actor).order_by().values("id")
    )
    return numbers | {
        str(decision): conference_number(conference)
        for decision, conference in decided.values_list("id", "conference_id")
    }


def seat_of(actor: Actor, conference_id: int) -> Seat | None:
    """The seat that the person may answer, one she has taken first."""
    found = Seat.objects.filter(policy.answerable(actor), conference_id=conference_id)
    order = {workflow.ACCEPTED: 0, workflow.INVITED: 1}
    return min(found, key=lambda seat: order.get(seat.state, 2), default=None)


def get_decision(actor: Actor, decision_id: UUID) -> Decision:
    """A decision of the own agency, or of a visible conference. Raises ``NotReachable``."""
    found = _decisions().filter(id=decision_id).first()
    if found is None:
        raise NotReachable("no such decision")
    if not policy.may_end(actor, found):
        get_conference(actor, found.conference_id)
    return found


def _decisions() -> QuerySet[Decision]:
    return Decision.objects.select_related("owner_agency", "owner_desk", "conference").order_by(
        "position"
    )


def read_decisions(actor: Actor, decision_ids: Iterable[UUID]) -> list[DecisionView]:
    """Decisions with their words, of which each one is this person's to see. ``NotReachable``."""
    rows = [get_decision(actor, decision_id) for decision_id in decision_ids]
    return _open_decisions(rows, _owner_names(rows))


def _owner_names(rows: Sequence[Decision]) -> dict[int, str]:
    people = {row.owner_user_id for row in rows if row.owner_user_id is not None}
    return accounts.names_of(people) if people else {}


def _open_decisions(rows: Sequence[Decision], names: dict[int, str]) -> list[DecisionView]:
    if not rows:
        return []
    words = vault.open_texts([(bytes(d.words_sealed), decision_place(d.id)) for d in rows])
    return [
        DecisionView(
            row, text, names.get(row.owner_user_id or 0, ""), conference_number(row.conference_id)
        )
        for row, text in zip(rows, words, strict=True)
    ]


# -- lists ----------------------------------------------------------------------------------------


def list_conferences(actor: Actor, *, now: datetime, limit: int = PAGE) -> list[Entry]:
    """Those that the person leads or is invited to: the coming ones first, soonest on top."""
    recent = _conferences(actor).filter(starts_at__gt=now - SHOWN_AFTER)
    rows = list(recent.order_by("-starts_at")[: limit * 2])
    waiting = (workflow.CALLED, workflow.HELD)
    rows.sort(key=lambda r: (r.state not in waiting, r.starts_at if r.state in waiting else now,
                             -r.starts_at.timestamp()))  # fmt: skip
    return _entries(actor, rows[:limit])


def list_of_case(actor: Actor, case_id: int) -> list[Entry]:
    """The conferences about a visible case, newest first. Raises ``NotReachable``.

    Those of the own agency, and those where this person sits for the case in another's chair.
    """
    rows = _about(actor, case_id).select_related("lead_agency").order_by("-starts_at")
    return _entries(actor, list(rows[:PAGE]))


def _about(actor: Actor, case_id: int) -> QuerySet[Conference]:
    custody.get_access(actor, case_id)
    ids = ConferenceCase.objects.filter(case_id=case_id).values("conference_id")
    mine = Q(lead_agency_id=actor.agency_id) | policy.joined_by(actor)
    return Conference.objects.filter(mine, id__in=ids)


def list_passed(actor: Actor, case_id: int) -> list[Conference]:
    """Conferences about a visible case whose chair came with it. Raises ``NotReachable``."""
    custody.get_access(actor, case_id)
    ids = ConferenceCase.objects.filter(case_id=case_id).values("conference_id")
    found = Conference.objects.filter(
        id__in=ids, lead_agency_id=actor.agency_id, passed_at__isnull=False
    )
    return list(found.order_by("id"))


def list_seats_by_case(actor: Actor, case_id: int) -> list[Seat]:
    """The agency's unanswered seats at others' conferences that came with a visible case."""
    seats = Seat.objects.filter(
        agency_id=actor.agency_id, conference__in=_about(actor, case_id), desk__isnull=True,
        state=workflow.INVITED, left_at__isnull=True,
    )  # fmt: skip
    elsewhere = seats.exclude(conference__lead_agency_id=actor.agency_id)
    return list(elsewhere.select_related("conference").order_by("offered_at", "id"))


def leads(actor: Actor, case_id: int) -> bool:
    """Whether the acting agency leads this visible case. Raises ``NotReachable``."""
    return custody.get_access(actor, case_id).basis == CaseAccess.LEAD


def list_proposals(
    actor: Actor, case_id: int, *, asking_agency: int | None = None
) -> list[Proposal]:
    """The proposals of coordinators that wait on a visible case, oldest first."""
    custody.get_access(actor, case_id)
    found = Proposal.objects.filter(case_id=case_id, state=workflow.WAITING)
    if asking_agency is not None:
        found = found.filter(asking_agency_id=asking_agency)
    return list(found.select_related("asking_agency").order_by("asked_at", "id"))


def lock_proposal(actor: Actor, proposal_id: UUID) -> Proposal:
    """A proposal on a case that the person may see, locked. Raises ``NotReachable``."""
    found = Proposal.objects.select_for_update().filter(id=proposal_id).first()
    if found is None:
        raise NotReachable("no such proposal")
    custody.get_access(actor, found.case_id)
    return found


def _entries(actor: Actor, rows: Sequence[Conference]) -> list[Entry]:
    if not rows:
        return []
    titles = vault.open_texts([(bytes(r.details_sealed), details_place(r)) for r in rows])
    seats: dict[int, Seat] = {}
    for seat in Seat.objects.filter(policy.answerable(actor), conference__in=rows):
        known = seats.get(seat.conference_id)
        if known is None or known.state != workflow.ACCEPTED:
            seats[seat.conference_id] = seat
    return [
        Entry(row, conference_number(row.id), json.loads(text)["title"], seats.get(row.id))
        for row, text in zip(rows, titles, strict=True)
    ]


def list_coming(actor: Actor, *, now: datetime, until: datetime) -> list[Entry]:
    """Those that begin by then with a seat for this person that she has not refused."""
    seats = Seat.objects.filter(policy.answerable(actor)).exclude(state=workflow.DECLINED)
    rows = _conferences(actor).filter(
        id__in=seats.values("conference_id"), state=workflow.CALLED, starts_at__gt=now,
        starts_at__lt=until,
    )  # fmt: skip
    return _entries(actor, list(rows.order_by("starts_at")[:PAGE]))


def waiting_counts(actor: Actor) -> list[Named]:
    """``invitations`` that this person could answer and nobody has; for ``count_all``."""
    found = Seat.objects.filter(
        policy.answerable(actor), state=workflow.INVITED, conference__state=workflow.CALLED
    )
    return [named_count("invitations", found)]


def list_owed(actor: Actor, *, until: datetime | None) -> list[DecisionView]:
    """Open decisions that wait for this person or a desk of hers until then; soonest first."""
    found = _decisions().filter(policy.owed_by(actor), state=workflow.OPEN)
    if until is not None:
        found = found.filter(due_at__lt=until)
    rows = list(found.order_by("due_at", "id")[:PAGE])
    return _open_decisions(rows, _owner_names(rows))


def decisions_of_case(actor: Actor, case_id: int) -> list[DecisionView]:
    """What conferences about a visible case decided, the open ones first. ``NotReachable``."""
    rows = list(_decisions().filter(conference__in=_about(actor, case_id)))
    rows.sort(key=lambda d: (d.state != workflow.OPEN, d.due_at))
    return _open_decisions(rows, _owner_names(rows))
