"""Emergency access: one case borrowed by one person, for a reason, for an hour at most, looked at.

What is lent is who the person is, how to reach and not to reach them, and how great the danger is.
Nothing of what happened, no health, no papers, no notes, no documents. The database checks the
grant with every query (``emergency_sql``); here it is made, ended and judged.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from rangkul.access.permissions import Permission
from rangkul.access.policy import Forbidden, OwnException, may, require
from rangkul.custody import events, queries
from rangkul.custody.models import EmergencyGrant, EmergencyStep
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.counting import Named, named_count
from rangkul.foundation.errors import InvalidInput, NotReachable, RangkulError
from rangkul.foundation.ids import MistypedNumber, new_id
from rangkul.foundation.outbox import Event, post
from rangkul.foundation.scope import borrowing
from rangkul.foundation.vault import DataClass, Owner, Place
from rangkul.reference import queries as reference
from rangkul.trail.operations import record

REASONS: Final = ("before_me", "found", "care", "danger", "lost", "other")
LENGTHS: Final = (15, 30, 60)
# [local] So many borrowings may wait for their review at once; the database holds it too.
MOST_WAITING: Final = 5
SUBJECT: Final = "emergency"
_LONGEST: Final = 500
_VERDICTS: Final = (EmergencyStep.JUSTIFIED, EmergencyStep.UNJUSTIFIED)
_EVENTS: Final = {
    EmergencyStep.ENDED: events.EMERGENCY_ENDED,
    EmergencyStep.ASKED: events.EMERGENCY_ASKED,
    EmergencyStep.ANSWERED: events.EMERGENCY_ANSWERED,
    EmergencyStep.JUSTIFIED: events.EMERGENCY_JUSTIFIED,
    EmergencyStep.UNJUSTIFIED: events.EMERGENCY_UNJUSTIFIED,
    EmergencyStep.RESTORED: events.EMERGENCY_RESTORED,
}


class RightRests(RangkulError):
    """The right to borrow rests: an earlier borrowing was not reviewed, or not found justified."""

    code = "right_rests"


class EmergencyOver(RangkulError):
    """The borrowing has ended: by itself, by hand, or by a verdict (410)."""

    code = "emergency_over"


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether the person's right to borrow rests, and how many borrowings wait for review."""

    suspended: bool
    waiting: int

    @property
    def may_borrow(self) -> bool:
        """Whether another borrowing would be taken."""
        return not self.suspended and self.waiting < MOST_WAITING


@dataclass(frozen=True, slots=True)
class LentCover:
    """What of a borrowed file's cover is told; who leads it and carries it there."""

    pseudonym: str
    risk: str
    risk_at: datetime
    is_child: bool
    age_band: str
    languages: list[str]
    worker_sex: str
    state: str
    lead_agency_id: int
    companions: list[int]


# -- making and ending ------------------------------------------------------------------------


@transaction.atomic
def open_emergency(
    *, number: str, reason: str, words: str, minutes: int, area: str, by: Actor, at: datetime
) -> EmergencyGrant:
    """Borrow the case of this public number. The hours are the database's.

    Asked twice at once it is one borrowing. A number that names no case, a case closed to the
    person and one that she sees anyway are told apart only by the last (``number: visible``).
    Raises ``Forbidden``, ``InvalidInput`` (field → code), ``RightRests``.
    """
    require(by.roles, Permission.USE_EMERGENCY_ACCESS)
    case_id = _check(number, reason, words, minutes, area, at)
    standing = standing_of_own()
    if not standing.may_borrow:
        raise RightRests("an earlier borrowing waits for its review")
    if queries.visible_among(by, [case_id]):
        raise InvalidInput({"number": "visible"})
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(4, %s)", [by.user_id])
    running = _own(by).filter(case_id=case_id).filter(_live(at)).first()
    if running is not None:
        return running
    subject = uuid4()
    made = _insert(case_id, reason, minutes, subject, by, at)
    if made is None:
        raise InvalidInput({"number": "unknown"})
    if words.strip():
        _step(made, EmergencyStep.WORDS, words, by=by, at=at)
    with borrowing(by, case_id, made.ends_at):
        record(
            by=by, at=at, name=events.EMERGENCY_OPENED, subject_kind=SUBJECT, subject_id=made.id,
            case_id=case_id, reason=reason, purpose=SUBJECT,
            detail={"minutes": minutes, "nth": made.nth},
        )  # fmt: skip
    post(Event(events.EMERGENCY_OPENED, SUBJECT, str(made.id), by.agency_id, by.user_id))
    return made


def _check(
    number: str, reason: str, words: str, minutes: int, area: str, at: datetime
) -> int:  # fmt: skip
    errors = {}
    if reason not in REASONS:
        errors["reason"] = "unknown" if reason else "required"
    if not words.strip():
        errors["words"] = "required"
    elif len(words) > _LONGEST:
        errors["words"] = "too_long"
    if minutes not in lengths(area, at):
        errors["minutes"] = "unknown"
    case_id = 0
    try:
        case_id = queries.case_id_of(number)
    except MistypedNumber:
        errors["number"] = "mistyped" if number else "required"
    if errors:
        raise InvalidInput(errors)
    return case_id


def _insert(
    case_id: int, reason: str, minutes: int, subject: UUID, by: Actor, at: datetime
) -> EmergencyGrant | None:
    """The grant, or ``None`` for a case that is not there or closed to this person.

    Nothing is asked beforehand: a question without a trace would tell which numbers are cases.
    """
    try:
        with transaction.atomic():
            EmergencyGrant.objects.create(
                agency_id=by.agency_id, lead_agency_id=by.agency_id, case_id=case_id,
                user_id=by.user_id, reason=reason, minutes=minutes, nth=1, subject=subject,
                opened_at=at, ends_at=at,
            )  # fmt: skip
    except DatabaseError as refused:
        if getattr(refused.__cause__, "sqlstate", None) != "RK404":
            raise
        return None
    return EmergencyGrant.objects.get(subject=subject)


def lengths(area: str, at: datetime) -> list[int]:
    """The lengths in minutes that may be chosen; a province may have made the longest shorter."""
    most = reference.due_at("emergency_access_ends", start=at, area=area) - at
    allowed = [minutes for minutes in LENGTHS if timedelta(minutes=minutes) <= most]
    return allowed or [max(1, int(most.total_seconds() // 60))]


@transaction.atomic
def take_step(
    *, grant_id: int, step: str, by: Actor, at: datetime, words: str = ""
) -> EmergencyGrant:
    """End it early, ask, answer, judge, or give the right back; who may, by step.

    A supervisor of the lead agency asks and judges; one of the own agency gives back; never the
    person who borrowed. Words are needed to ask, to answer and to judge against somebody.
    Raises ``NotReachable``, ``OwnException``, ``Forbidden``, ``InvalidInput``.
    """
    grant = get_grant(by, grant_id, at=at)
    _require_may(grant, step, by)
    taken = {each.step for each in list_steps(grant)}
    if step in _VERDICTS and taken & set(_VERDICTS):
        raise InvalidInput({"step": "judged"})
    if step in taken and step in (EmergencyStep.ENDED, EmergencyStep.RESTORED):
        return grant
    if step == EmergencyStep.ENDED and grant.ends_at <= at:
        return grant
    needs_words = (EmergencyStep.ASKED, EmergencyStep.ANSWERED, EmergencyStep.UNJUSTIFIED)
    if step in needs_words and not words.strip():
        raise InvalidInput({"words": "required"})
    if len(words) > _LONGEST:
        raise InvalidInput({"words": "too_long"})
    _step(grant, step, words, by=by, at=at)
    mine = queries.visible_among(by, [grant.case_id])
    record(
        by=by, at=at, name=_EVENTS[step], subject_kind=SUBJECT, subject_id=grant.id,
        case_id=grant.case_id if mine else None, detail={"user": grant.user_id},
    )  # fmt: skip
    post(Event(_EVENTS[step], SUBJECT, str(grant.id), by.agency_id, by.user_id))
    return grant


def _require_may(grant: EmergencyGrant, step: str, by: Actor) -> None:
    borrowed_it = grant.user_id == by.user_id
    reviews = may(by.roles, Permission.REVIEW_EMERGENCY_ACCESS)
    if step == EmergencyStep.ANSWERED and not borrowed_it:
        raise NotReachable("only the person asked answers")
    if step == EmergencyStep.ENDED and not (borrowed_it or reviews):
        raise Forbidden(Permission.REVIEW_EMERGENCY_ACCESS)
    if step in (EmergencyStep.ASKED, *_VERDICTS, EmergencyStep.RESTORED):
        if borrowed_it:
            raise OwnException
        if not reviews:
            raise Forbidden(Permission.REVIEW_EMERGENCY_ACCESS)
        own = grant.agency_id if step == EmergencyStep.RESTORED else grant.lead_agency_id
        if own != by.agency_id:
            raise NotReachable("another agency's step")
    elif step not in (EmergencyStep.ANSWERED, EmergencyStep.ENDED):
        raise InvalidInput({"step": "unknown"})


def _step(grant: EmergencyGrant, step: str, words: str, *, by: Actor, at: datetime) -> None:
    step_id, sealed = new_id(), None
    if words.strip():
        key = vault.key_for(Owner(SUBJECT, grant.id), grant.subject, DataClass.ACCOUNT)
        sealed = vault.seal(key, words_place(step_id), words.strip())
    EmergencyStep.objects.create(
        id=step_id, grant_id=grant.id, agency_id=grant.agency_id,
        lead_agency_id=grant.lead_agency_id, step=step, by_agency_id=by.agency_id,
        by_user_id=by.user_id, at=at, words_sealed=sealed,
    )  # fmt: skip


# -- reading ----------------------------------------------------------------------------------


def words_place(step_id: UUID) -> Place:
    """Where the words of a step stand."""
    return Place("custody_emergencystep", "words_sealed", step_id)


def standing_of_own() -> Standing:
    """How the acting person stands, in whichever agency she borrowed."""
    with connection.cursor() as cursor:
        cursor.execute("select suspended, waiting from house.emergency_standing()")
        return Standing(*cursor.fetchone())


def _own(actor: Actor) -> QuerySet[EmergencyGrant]:
    return EmergencyGrant.objects.filter(agency_id=actor.agency_id, user_id=actor.user_id)


def _live(at: datetime) -> Q:
    over = EmergencyStep.objects.filter(
        grant_id=OuterRef("id"), step__in=(EmergencyStep.ENDED, EmergencyStep.UNJUSTIFIED)
    )
    return Q(ends_at__gt=at) & ~Q(Exists(over))


def visible_to(actor: Actor) -> Q:
    """A condition on grants: the own; for supervisors the agency's, and those of cases it leads."""
    mine = Q(agency_id=actor.agency_id, user_id=actor.user_id)
    if may(actor.roles, Permission.REVIEW_EMERGENCY_ACCESS):
        return mine | Q(agency_id=actor.agency_id) | Q(lead_agency_id=actor.agency_id)
    return mine


def list_grants(actor: Actor, *, at: datetime, limit: int = 100) -> list[EmergencyGrant]:
    """The borrowings of the last ninety days that the person may know of, newest first."""
    found = EmergencyGrant.objects.filter(visible_to(actor), opened_at__gte=at - timedelta(days=90))
    return list(found.select_related("agency", "lead_agency").order_by("-opened_at")[:limit])


def waiting_for(actor: Actor) -> QuerySet[EmergencyGrant]:
    """Borrowings that this supervisor of the lead agency has to look at, oldest first."""
    if not may(actor.roles, Permission.REVIEW_EMERGENCY_ACCESS):
        return EmergencyGrant.objects.none()
    judged = EmergencyStep.objects.filter(grant_id=OuterRef("id"), step__in=_VERDICTS)
    found = EmergencyGrant.objects.filter(~Exists(judged), lead_agency_id=actor.agency_id)
    return found.exclude(user_id=actor.user_id).order_by("opened_at")


def get_grant(actor: Actor, grant_id: int, *, at: datetime) -> EmergencyGrant:
    """A borrowing that the person may know of. Raises ``NotReachable``."""
    found = (
        EmergencyGrant.objects.filter(visible_to(actor), id=grant_id)
        .select_related("agency", "lead_agency")
        .first()
    )
    if found is None:
        raise NotReachable("no such borrowing")
    return found


def is_live(grant: EmergencyGrant, *, at: datetime) -> bool:
    """Whether it still runs."""
    return EmergencyGrant.objects.filter(_live(at), id=grant.id).exists()


def list_steps(grant: EmergencyGrant) -> list[EmergencyStep]:
    """What followed, oldest first."""
    return list(EmergencyStep.objects.filter(grant_id=grant.id).order_by("at"))


def verdicts_of(grants: Iterable[EmergencyGrant]) -> dict[int, set[str]]:
    """Grant id → the steps that were taken on it; one query."""
    found: dict[int, set[str]] = {}
    rows = EmergencyStep.objects.filter(grant_id__in=[grant.id for grant in grants])
    for grant_id, step in rows.values_list("grant_id", "step"):
        found.setdefault(grant_id, set()).add(step)
    return found


def runs(grant: EmergencyGrant, steps: set[str], *, at: datetime) -> bool:
    """Whether it still runs, where its steps are known already."""
    return grant.ends_at > at and not steps & {EmergencyStep.ENDED, EmergencyStep.UNJUSTIFIED}


def open_words(steps: list[EmergencyStep]) -> dict[UUID, str]:
    """Step id → its words, with one look into the key store."""
    sealed = [(step.id, step.words_sealed) for step in steps if step.words_sealed is not None]
    texts = vault.open_texts([(bytes(value), words_place(key)) for key, value in sealed])
    return dict(zip([key for key, _value in sealed], texts, strict=True))


def lent_cover() -> LentCover:
    """The cover of the case that the running scope borrows. Raises ``EmergencyOver``."""
    with connection.cursor() as cursor:
        cursor.execute("select * from house.borrowed_cover()")
        row = cursor.fetchone()
    if row is None:
        raise EmergencyOver("nothing is borrowed")
    return LentCover(*row)


def waiting_counts(actor: Actor) -> list[Named]:
    """What the navigation counts: borrowings that wait for this supervisor's review."""
    if not may(actor.roles, Permission.REVIEW_EMERGENCY_ACCESS):
        return []
    return [named_count("emergencies", waiting_for(actor))]


def find_for_tick(grant_id: int) -> EmergencyGrant | None:
    """A borrowing of any agency; for the tick's scope."""
    return EmergencyGrant.objects.filter(id=grant_id).first()
