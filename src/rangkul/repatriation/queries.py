"""Reading the way home: the organiser's people, a leg with its travellers, who is with us now."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Q, QuerySet

from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.counting import Named, named_count
from rangkul.foundation.errors import NotReachable
from rangkul.foundation.numbers import number_of, row_of
from rangkul.repatriation import policy, workflow
from rangkul.repatriation.models import (
    Clearance,
    Group,
    Handover,
    Hold,
    Journey,
    Judgement,
    Leg,
    Passage,
    Pin,
    Returnee,
    Traveller,
    Visit,
)

GROUP_SERIES: Final = "RB"
LEG_SERIES: Final = "JL"
PAGE: Final = 60


@dataclass(frozen=True, slots=True)
class LegWords:
    """Where a leg begins and ends, and who drives and goes along: opened."""

    meeting_point: str
    drop_point: str
    carrier: str = ""
    escort: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """By what a traveller is known to the two ends of a leg."""

    pseudonym: str
    called: str = ""


@dataclass(frozen=True, slots=True)
class With:
    """A person who is with the own desk now, as that desk may know her."""

    hold: Hold
    leg: Leg
    label: Label
    visits: tuple[Visit, ...]

    @property
    def may_end(self) -> bool:
        """Whether the road may end here: a shelter on the way confirms no arrival."""
        return self.leg.homeward or self.leg.abroad or not policy.by_admission(self.leg)


def group_number(group_id: int) -> str:
    """A group's public number, such as ``RB-7F3K-9QXT``."""
    return number_of(GROUP_SERIES, group_id)


def leg_number(leg_id: int) -> str:
    """A leg's public number; its minutes bear it too."""
    return number_of(LEG_SERIES, leg_id)


# -- the organiser's --------------------------------------------------------------------------


def list_groups(actor: Actor) -> list[Group]:
    """The agency's groups in which the person sees somebody, or all for a supervisor."""
    seen = Returnee.objects.filter(policy.visible_to(actor)).values("group_id")
    own = Q(made_by=actor.user_id)
    found = Group.objects.filter(Q(id__in=seen) | own, agency_id=actor.agency_id)
    return list(found.order_by("-arrives_at", "-id")[:PAGE])


def get_group(actor: Actor, number: str) -> Group:
    """A group by its number, for those who see somebody of it. Raises ``NotReachable``."""
    wanted = row_of(GROUP_SERIES, number)
    seen = Returnee.objects.filter(policy.visible_to(actor), group_id=wanted).exists()
    found = Group.objects.filter(id=wanted, agency_id=actor.agency_id).first()
    if found is None or not (seen or found.made_by == actor.user_id):
        raise NotReachable("no such group for this person")
    return found


def list_journeys(actor: Actor, group_id: int) -> list[Journey]:
    """The journeys of a group of the own agency."""
    return list(Journey.objects.filter(agency_id=actor.agency_id, group_id=group_id).order_by("id"))


def get_journey(actor: Actor, journey_id: int) -> Journey:
    """A journey of a group that the person may see. Raises ``NotReachable``."""
    found = Journey.objects.filter(agency_id=actor.agency_id, id=journey_id).first()
    if found is None:
        raise NotReachable("no such journey for this person")
    get_group(actor, group_number(found.group_id))
    return found


def list_returnees(
    actor: Actor, *, group_id: int | None = None, only: Sequence[int] | None = None
) -> list[Returnee]:
    """The people of the way home, the most vulnerable first."""
    found = Returnee.objects.filter(policy.visible_to(actor))
    if group_id is not None:
        found = found.filter(group_id=group_id)
    if only is not None:
        found = found.filter(id__in=list(only))
    return list(found.select_related("group").order_by("priority", "group_id", "line", "id"))


def get_returnee(actor: Actor, returnee_id: int) -> Returnee:
    """One person. Raises ``NotReachable``."""
    found = Returnee.objects.filter(policy.visible_to(actor), id=returnee_id).first()
    if found is None:
        raise NotReachable("no such person for this person")
    return found


def lock_returnees(actor: Actor, returnee_ids: Iterable[int]) -> list[Returnee]:
    """Some people, locked in the order of their ids; all of them, or ``NotReachable``."""
    wanted = sorted(set(returnee_ids))
    found = list(
        Returnee.objects.select_for_update(of=("self",))
        .filter(policy.visible_to(actor), id__in=wanted)
        .order_by("id")
    )
    if not wanted or len(found) != len(wanted):
        raise NotReachable("not all of these people")
    return found


def passages_of(returnee_ids: Sequence[int]) -> dict[int, list[Passage]]:
    """Each person's parts in legs, in order, with traveller, leg and ends joined."""
    rows = Passage.objects.filter(returnee_id__in=list(returnee_ids)).select_related(
        "traveller__leg__receiver_agency", "traveller__leg__giver_agency",
        "traveller__leg__receiver_desk",
    )  # fmt: skip
    found: dict[int, list[Passage]] = {returnee_id: [] for returnee_id in returnee_ids}
    for row in rows.order_by("position"):
        found[row.returnee_id].append(row)
    return found


def holds_of(returnee_ids: Sequence[int]) -> dict[int, list[Hold]]:
    """Each person's holders, in order."""
    found: dict[int, list[Hold]] = {returnee_id: [] for returnee_id in returnee_ids}
    rows = Hold.objects.filter(returnee_id__in=list(returnee_ids)).select_related("agency")
    for row in rows.prefetch_related("visits").order_by("position"):
        found[row.returnee_id].append(row)
    return found


def list_judgements(actor: Actor, returnee: Returnee) -> list[tuple[Judgement, dict[str, Any]]]:
    """What was found and chosen, newest first, opened. Callers record the reading."""
    rows = list(Judgement.objects.filter(returnee=returnee).order_by("-made_at", "-id"))
    texts = vault.open_texts([(bytes(row.words_sealed), judgement_place(row.id)) for row in rows])
    return [(row, json.loads(text)) for row, text in zip(rows, texts, strict=True)]


def judgement_place(judgement_id: UUID) -> vault.Place:
    """Where the words of a judgement stand."""
    return vault.Place("repatriation_judgement", "words_sealed", judgement_id)


# -- legs -------------------------------------------------------------------------------------


def _legs(rule: Q) -> QuerySet[Leg]:
    return Leg.objects.filter(rule).select_related(
        "giver_agency", "receiver_agency", "receiver_desk", "organiser_agency"
    )


def get_leg(actor: Actor, number: str) -> Leg:
    """A leg by its number, for one of its three sides. Raises ``NotReachable``."""
    return get_leg_by_id(actor, row_of(LEG_SERIES, number))


def get_leg_by_id(actor: Actor, leg_id: int) -> Leg:
    """A leg by its id, for one of its three sides. Raises ``NotReachable``."""
    found = _legs(policy.leg_visible_to(actor) & Q(id=leg_id)).first()
    if found is None:
        raise NotReachable("no such leg for this person")
    return found


def list_legs(actor: Actor, *, journey_ids: Sequence[int]) -> list[Leg]:
    """The legs of some journeys of the own agency, in order."""
    found = _legs(policy.organised_by(actor) & Q(journey_id__in=list(journey_ids)))
    return list(found.order_by("journey_id", "position", "id"))


def legs_among(actor: Actor, leg_ids: Iterable[int]) -> dict[str, str]:
    """Those of some legs that the person may open: leg (as text) → its number."""
    found = Leg.objects.filter(policy.leg_visible_to(actor), id__in=list(leg_ids))
    return {str(leg_id): leg_number(leg_id) for leg_id in found.values_list("id", flat=True)}


def list_desk_legs(actor: Actor) -> list[Leg]:
    """The legs that begin or end at the person's own desks, with someone still on them."""
    live = Traveller.objects.filter(state__in=workflow.AHEAD - {workflow.PLANNED}).values("leg_id")
    rule = (policy.received_by(actor) | policy.given_by(actor)) & Q(id__in=live)
    return list(_legs(rule).order_by("departs_at", "id")[:PAGE])


def waiting_counts(actor: Actor) -> list[Named]:
    """``legs`` that ever began or ended at the person's own desks; for ``count_all``.

    ``clearances`` are what is asked of the own agency's investigators now.
    """
    found = Leg.objects.filter(policy.received_by(actor) | policy.given_by(actor))
    asked = Clearance.objects.filter(policy.investigated_by(actor), ended_at__isnull=True)
    return [named_count("legs", found), named_count("clearances", asked)]


def list_travellers(leg: Leg) -> list[Traveller]:
    """Everybody of a visible leg, those who were taken off it last."""
    rows = Traveller.objects.filter(leg=leg).order_by("id")
    gone = (workflow.WITHDRAWN, workflow.REFUSED)
    return sorted(rows, key=lambda row: row.state in gone)


def returnees_of(actor: Actor, travellers: Sequence[Traveller]) -> dict[UUID, int]:
    """Traveller → returnee, for the organiser's own people."""
    mine = Returnee.objects.filter(policy.visible_to(actor)).values("id")
    rows = Passage.objects.filter(traveller__in=travellers, returnee_id__in=mine)
    return dict(rows.values_list("traveller_id", "returnee_id"))


def list_handovers(leg: Leg) -> list[Handover]:
    """The minutes of a visible leg, oldest first."""
    return list(Handover.objects.filter(leg=leg).order_by("happened_at", "recorded_at"))


def get_handover(actor: Actor, handover_id: UUID) -> tuple[Handover, Leg]:
    """Minutes and their leg. Raises ``NotReachable``."""
    found = Handover.objects.filter(id=handover_id).first()
    if found is None:
        raise NotReachable("no such minutes")
    return found, get_leg_by_id(actor, found.leg_id)


def group_label_place(subject: UUID) -> vault.Place:
    """Where a group's label stands, by its random name."""
    return vault.Place("repatriation_group", "label_sealed", subject)


def journey_label_place(subject: UUID) -> vault.Place:
    """Where a journey's label stands."""
    return vault.Place("repatriation_journey", "label_sealed", subject)


def group_labels(groups: Sequence[Group]) -> dict[int, str]:
    """What the organiser calls these groups."""
    texts = vault.open_texts(
        [(bytes(g.label_sealed), group_label_place(g.subject)) for g in groups]
    )
    return {group.id: text for group, text in zip(groups, texts, strict=True)}


def journey_labels(journeys: Sequence[Journey]) -> dict[int, str]:
    """What the organiser calls these journeys."""
    texts = vault.open_texts(
        [(bytes(j.label_sealed), journey_label_place(j.subject)) for j in journeys]
    )
    return {journey.id: text for journey, text in zip(journeys, texts, strict=True)}


def leg_place(subject: UUID) -> vault.Place:
    """Where a leg's words stand, by its random name."""
    return vault.Place("repatriation_leg", "words_sealed", subject)


def label_place(traveller_id: UUID) -> vault.Place:
    """Where a traveller's label stands."""
    return vault.Place("repatriation_traveller", "label_sealed", traveller_id)


def handover_place(handover_id: UUID, column: str) -> vault.Place:
    """Where a part of the minutes stands."""
    return vault.Place("repatriation_handover", column, handover_id)


def open_words(legs: Sequence[Leg]) -> dict[int, LegWords]:
    """The words of visible legs."""
    texts = vault.open_texts([(bytes(leg.words_sealed), leg_place(leg.subject)) for leg in legs])
    return {leg.id: LegWords(**json.loads(text)) for leg, text in zip(legs, texts, strict=True)}


def open_labels(travellers: Sequence[Traveller]) -> dict[UUID, Label]:
    """By what these travellers are known; by nothing, whose consent was taken back."""
    keys = vault.keys_of(bytes(t.label_sealed) for t in travellers)
    return {
        t.id: Label(**json.loads(vault.open_with(keys, bytes(t.label_sealed), label_place(t.id))))
        if UUID(bytes=bytes(t.label_sealed)[1:17]) in keys
        else Label(pseudonym="–")
        for t in travellers
    }


def labels_for(actor: Actor, leg: Leg, travellers: Sequence[Traveller]) -> dict[UUID, Label]:
    """By what these travellers are known to this person's sides of the leg.

    A shelter that receives knows nobody before its conflict check and its yes: until then a
    traveller has no label.
    """
    known = travellers
    if policy.by_admission(leg) and policy.sides(actor, leg) == {workflow.RECEIVER}:
        accepted = workflow.BEHIND | {workflow.ACCEPTED}
        known = [each for each in travellers if each.state in accepted]
    return open_labels(known)


def open_minutes(handover: Handover) -> dict[str, Any]:
    """What the minutes say: place and one item for each person."""
    place = handover_place(handover.id, "minutes_sealed")
    content: dict[str, Any] = json.loads(vault.open_text(bytes(handover.minutes_sealed), place))
    return content


def open_signature(handover: Handover, side: str) -> dict[str, str]:
    """Who signed for a side, and the strokes drawn; empty when nobody has."""
    sealed = getattr(handover, f"{side}_sealed")
    if sealed is None:
        return {}
    place = handover_place(handover.id, f"{side}_sealed")
    content: dict[str, str] = json.loads(vault.open_text(bytes(sealed), place))
    return content


# -- the investigators -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """One asking for a clearance as the investigators read it, with their answer so far."""

    row: Clearance
    called: str
    words: str
    because: str = ""


def list_clearances(actor: Actor) -> list[Asked]:
    """What is asked of the own agency and not ended, the first due on top."""
    rows = list(
        Clearance.objects.filter(policy.investigated_by(actor), ended_at__isnull=True)
        .select_related("organiser_agency")
        .order_by(F("answered_at").asc(nulls_first=True), "due_at", "id")[:PAGE]
    )
    return _open_clearances(rows)


def clearance_of(returnee: Returnee) -> Asked | None:
    """What the investigators were asked for a visible returnee, and what they answered."""
    rows = Clearance.objects.filter(returnee_id=returnee.id).select_related("organiser_agency")
    newest = rows.order_by("-asked_at", "-id").first()
    return _open_clearances([newest])[0] if newest is not None else None


def clearance_place(subject: UUID, column: str) -> vault.Place:
    """Where the words of an asking, or of its answer, stand."""
    return vault.Place("repatriation_clearance", column, subject)


def _open_clearances(rows: Sequence[Clearance]) -> list[Asked]:
    texts = vault.open_texts(
        [(bytes(r.words_sealed), clearance_place(r.subject, "words_sealed")) for r in rows]
    )
    answers = {
        row.id: vault.open_text(
            bytes(row.answer_sealed), clearance_place(row.subject, "answer_sealed")
        )
        for row in rows
        if row.answer_sealed is not None
    }
    return [
        Asked(row, because=answers.get(row.id, ""), **json.loads(text))
        for row, text in zip(rows, texts, strict=True)
    ]


# -- who is with us ---------------------------------------------------------------------------


def get_hold(actor: Actor, hold_id: int) -> Hold:
    """A live hold of the person's own desk. Raises ``NotReachable``."""
    found = Hold.objects.filter(policy.held_by(actor), id=hold_id).first()
    if found is None:
        raise NotReachable("no such hold for this person")
    return found


def stay_behind(actor: Actor, hold_id: int) -> tuple[str, int | None, int | None]:
    """How somebody stands whom the own agency holds or held, and by what a house knows her.

    State, the request with which she came, and the organiser's own case, where it holds itself.
    Raises ``NotReachable``.
    """
    found = (
        Hold.objects.filter(id=hold_id, agency_id=actor.agency_id)
        .select_related("traveller")
        .first()
    )
    if found is None:
        raise NotReachable("no such hold for this person")
    case_id = case_held_by(actor, hold_id)
    if found.traveller is None and case_id is None:
        raise NotReachable("no such person for this person")
    request_id = found.traveller.asked_request if found.traveller is not None else None
    return found.state, request_id, case_id


def hold_of_case(actor: Actor, case_id: int) -> Hold | None:
    """The live hold by the organiser itself of whom an own case is about, if there is one."""
    return Hold.objects.filter(policy.held_by(actor), returnee__case_id=case_id).first()


def hold_of_request(actor: Actor, request_id: int) -> Hold | None:
    """The live hold at the person's own desk of whom a packet was about, if there is one."""
    found = Hold.objects.filter(policy.held_by(actor), traveller__asked_request=request_id)
    return found.first()


def case_held_by(actor: Actor, hold_id: int) -> int | None:
    """The case of whom a hold is about, for the organiser who sees the person; else ``None``."""
    seen = Returnee.objects.filter(policy.visible_to(actor), holds__id=hold_id)
    return seen.values_list("case_id", flat=True).first()


def maker_of_number(handover_id: UUID) -> int | None:
    """Who made the number by which the receiver of these minutes signed, if a number did."""
    found = Pin.objects.filter(handover_id=handover_id, side=workflow.RECEIVER)
    return found.values_list("made_by", flat=True).first()


def live_hold(returnee: Returnee) -> Hold | None:
    """Who holds a visible returnee now, if somebody does."""
    return Hold.objects.filter(returnee=returnee, until__isnull=True).first()


def names_of_holds(actor: Actor, hold_ids: Iterable[int]) -> dict[str, str]:
    """By what those held at the person's own desks are known there: hold (as text) → call word."""
    wanted = list(hold_ids)
    if not wanted:
        return {}
    rows = Hold.objects.filter(policy.held_by(actor), id__in=wanted, traveller__isnull=False)
    holds = list(rows.select_related("traveller"))
    labels = open_labels([hold.traveller for hold in holds if hold.traveller is not None])
    return {
        str(hold.id): labels[hold.traveller.id].pseudonym
        for hold in holds
        if hold.traveller is not None
    }


def list_with_us(actor: Actor) -> list[With]:
    """Everybody who came to the person's desks by a leg and is held there now."""
    holds = list(
        Hold.objects.filter(policy.held_by(actor), traveller__isnull=False)
        .select_related("traveller__leg__organiser_agency", "traveller__leg__receiver_desk")
        .prefetch_related("visits")
        .order_by("since", "id")[:PAGE]
    )
    labels = open_labels([hold.traveller for hold in holds if hold.traveller is not None])
    return [
        With(hold, hold.traveller.leg, labels[hold.traveller.id], tuple(hold.visits.all()))
        for hold in holds
        if hold.traveller is not None
    ]
