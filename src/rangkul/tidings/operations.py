"""Giving a survivor her code, writing to her, ending it; and what she does by it.

A companion's acts run as hers. What the holder of a code does runs under the leading agency's
*intake*, with nobody's name: person number 0. Nothing of a visitor is written down.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.alerts import operations as alerts
from rangkul.alerts.models import Alert
from rangkul.cases import queries as cases
from rangkul.cases import workflow as case_states
from rangkul.custody import queries as custody
from rangkul.custody.models import Case
from rangkul.foundation import longcode, outgoing, vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.ids import new_id
from rangkul.foundation.longcode import LongCode
from rangkul.foundation.scope import Scope, acting, system, within
from rangkul.foundation.vault import DataClass, Owner
from rangkul.network import queries as network
from rangkul.people import queries as people
from rangkul.referrals import operations as referrals
from rangkul.tidings import events, openings, policy, queries, workflow
from rangkul.tidings.models import Appointment, Line, Word
from rangkul.tidings.openings import Pointer
from rangkul.trail.operations import record

INTAKE: Final = "intake"
MOST_WORDS: Final = 2_000
MOST_DETAIL: Final = 300
# [local] Hers that wait unread: more of them say nothing more, and could be a flood.
MOST_UNREAD: Final = 20
LONGEST: Final = timedelta(days=365)
LANGUAGES: Final = ("id", "en")
_FARTHEST: Final = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Given:
    """A line with its two codes, which are shown now and never again."""

    line: Line
    code: LongCode
    pressed: LongCode


# -- the companion's side -----------------------------------------------------------------------


@transaction.atomic
def give_code(
    *, case_id: int, person_id: UUID, language: str, shows: str, ends_on: date, by: Actor,
    at: datetime,
) -> Given:  # fmt: skip
    """Make a survivor's code and her code for pressure; a former code ends with it.

    Raises ``InvalidInput`` (field → code), ``NotReachable`` for a person who is not of this file or
    is not its survivor, ``IllegalMove`` for a closed file.
    """
    policy.require_companion(by, case_id)
    case = custody.lock_case(by, case_id)
    person = people.get_survivor(by, case_id)
    if person.id != person_id:
        raise NotReachable("not this file's survivor")
    case_states.FILE.check("left", cases.get_file(by, case_id).state)
    _check_choice(language=language, shows=shows, ends_on=ends_on, at=at)
    former = Line.objects.filter(case=case, person_id=person_id, state=workflow.LIVE)
    for line in former.select_for_update():
        _end(line, why=workflow.REPLACED, by=by.user_id, at=at)
    line = Line.objects.create(
        id=new_id(), case=case, person_id=person_id, language=language, shows=shows, given_at=at,
        given_by=by.user_id, ends_on=ends_on,
    )  # fmt: skip
    code, pressed = longcode.draw(), longcode.draw()
    openings.keep(code, line_id=line.id, pressed=False, at=at)
    openings.keep(pressed, line_id=line.id, pressed=True, at=at)
    _record(events.CODE_GIVEN, line, by=by, at=at)
    return Given(line, code, pressed)


@transaction.atomic
def end_line(*, line_id: UUID, by: Actor, at: datetime) -> None:
    """End her code at once; the messages stay in the file. Ended before: nothing happens."""
    line = _lock(line_id, by)
    if line.state == workflow.LIVE:
        _end(line, why=workflow.ENDED_BY_COMPANION, by=by.user_id, at=at)
        _record(events.CODE_ENDED, line, by=by, at=at)


@transaction.atomic
def change_shown(*, line_id: UUID, shows: str, by: Actor, at: datetime) -> None:
    """She asks for more, or for less, to be told by her page. Raises ``InvalidInput``."""
    line = _lock(line_id, by)
    workflow.MOVES.check("end", line.state)
    if shows not in workflow.SHOWN:
        raise InvalidInput({"shows": "unknown"})
    line.shows = shows
    line.save(update_fields=["shows"])
    _record(events.SHOWN_CHANGED, line, by=by, at=at)


@transaction.atomic
def write_to_her(*, line_id: UUID, text: str, token: UUID, by: Actor, at: datetime) -> None:
    """A message that she finds by her code; the same ``token`` again writes nothing.

    Raises ``InvalidInput``, also for words that would tell where a shelter stands; ``IllegalMove``
    on a line that has ended.
    """
    line = _lock(line_id, by)
    workflow.MOVES.check("end", line.state)
    words = _checked(text, most=MOST_WORDS, name="message")
    if kept := outgoing.leaving({"message": words}, by):
        raise InvalidInput(kept)
    if _add(line, words, id_=token, by_user=by.user_id, pressed=False, at=at):
        _record(events.TIDINGS_WRITTEN, line, by=by, at=at)


@transaction.atomic
def tell_appointment(
    *, line_id: UUID, starts_at: datetime, detail: str, token: UUID, by: Actor, at: datetime
) -> None:
    """When she is expected; ``detail`` (place, service, name) is shown only if she asked for it.

    Raises ``InvalidInput``, ``IllegalMove``.
    """
    line = _lock(line_id, by)
    workflow.MOVES.check("end", line.state)
    words = _checked(detail, most=MOST_DETAIL, name="detail", needed=False)
    errors = outgoing.leaving({"detail": words}, by)
    if starts_at <= at:
        errors["starts_at"] = "past"
    elif starts_at > at + _FARTHEST:
        errors["starts_at"] = "impossible"
    if errors:
        raise InvalidInput(errors)
    if Appointment.objects.filter(id=token).exists():
        return
    sealed = vault.seal(_key(line.case), queries.detail_place(token), words) if words else None
    Appointment.objects.create(
        id=token, case=line.case, line_id=line.id, starts_at=starts_at, detail_sealed=sealed,
        told_at=at, told_by=by.user_id,
    )  # fmt: skip
    _record(events.APPOINTMENT_TOLD, line, by=by, at=at)


@transaction.atomic
def cancel_appointment(*, appointment_id: UUID, by: Actor, at: datetime) -> None:
    """Take an appointment off her page. Raises ``NotReachable``; cancelled before: nothing."""
    row = Appointment.objects.filter(policy.visible_to(by), id=appointment_id).first()
    if row is None:
        raise NotReachable("no such appointment")
    line = _lock(row.line_id, by)
    if row.cancelled_at is None:
        row.cancelled_at = at
        row.save(update_fields=["cancelled_at"])
        _record(events.APPOINTMENT_CANCELLED, line, by=by, at=at)


@transaction.atomic
def read_talk(*, line_id: UUID, by: Actor, at: datetime) -> queries.Talk:
    """Open what was written; the reading is recorded, and nothing of hers is unread any more."""
    line = _lock(line_id, by)
    if line.unread:
        line.unread = 0
        line.save(update_fields=["unread"])
    alerts.end_alerts(subject_kind="tidings", subject_ids=[str(line.id)], at=at)
    _record(events.TIDINGS_READ, line, by=by, at=at)
    return queries.open_talk(line)


# -- her side -----------------------------------------------------------------------------------


@transaction.atomic
def find_line(*, code: LongCode, digest: bytes, at: datetime) -> Pointer | None:
    """Where a code leads; ``None`` where nowhere."""
    with system(INTAKE):
        return openings.find(code, digest=digest, at=at)


@transaction.atomic
def open_line(*, pointer: Pointer, at: datetime) -> queries.Told:
    """What her page shows. Behind the code for pressure: nothing, and somebody is called."""
    with _within(pointer):
        line = _row(pointer)
        if not pointer.pressed:
            return queries.told(line, at=at)
        if line.pressed_at is None or at - line.pressed_at > _CALLED_AGAIN:
            line.pressed_at = at
            line.save(update_fields=["pressed_at"])
            _record_hers(events.CODE_PRESSED, line, at=at)
            _call(line, events.CODE_PRESSED, urgent=True, at=at)
        return queries.Told()


@transaction.atomic
def write_by_code(*, pointer: Pointer, text: str, token: UUID, at: datetime) -> None:
    """Her message to whoever carries her case; the same ``token`` again writes nothing.

    Under the code for pressure it arrives as well, marked so. Raises ``InvalidInput``.
    """
    words = _checked(text, most=MOST_WORDS, name="message")
    with _within(pointer):
        line = _row(pointer)
        if line.unread >= MOST_UNREAD:
            raise InvalidInput({"message": "too_many"})
        if _add(line, words, id_=token, by_user=None, pressed=pointer.pressed, at=at):
            line.unread += 1
            line.save(update_fields=["unread"])
            _record_hers(events.TIDINGS_ARRIVED, line, at=at)
            _call(line, events.TIDINGS_ARRIVED, urgent=pointer.pressed, at=at)


@transaction.atomic
def end_by_code(*, pointer: Pointer, at: datetime) -> None:
    """She ends her code. The code for pressure ends alone: hers goes on, and somebody is called."""
    with _within(pointer):
        line = _row(pointer)
        if pointer.pressed:
            openings.end(pointer)
            _call(line, events.CODE_PRESSED, urgent=True, at=at)
            return
        _end(line, why=workflow.ENDED_BY_HER, by=0, at=at)
        _record_hers(events.CODE_ENDED, line, at=at)
        _call(line, events.CODE_ENDED, urgent=False, at=at)


@transaction.atomic
def take_back_consent(*, pointer: Pointer, at: datetime) -> bool:
    """She takes back all that she agreed to share, at once (UU 27/2022 ps 9 and 40).

    It is done as whoever carries her case would do it, in that person's name with her own act
    beside it, because the database lets nobody else end a packet. ``False`` where nobody carries
    it: then the supervisor is called and has to. Under the code for pressure nothing is taken back
    and somebody is called: a forced withdrawal must not leave her without help.
    """
    with _within(pointer):
        line = _row(pointer)
        if pointer.pressed:
            _call(line, events.CODE_PRESSED, urgent=True, at=at)
            return True
        _record_hers(events.CONSENT_TAKEN_BACK, line, at=at)
        _call(line, events.CONSENT_TAKEN_BACK, urgent=True, at=at)
        carrier = _carrier(line)
    if carrier is None:
        return False
    with acting(carrier):
        referrals.withdraw_all(case_id=pointer.case_id, by=carrier, at=at)
    return True


# -- how it is kept -----------------------------------------------------------------------------

# [local] Pressed again within so long is the same trouble.
_CALLED_AGAIN: Final = timedelta(minutes=10)


@contextmanager
def _within(pointer: Pointer) -> Iterator[None]:
    """The leading agency's intake, in nobody's name."""
    with within(Scope(pointer.agency_id, 0, 0, 0, INTAKE)):
        yield


def _row(pointer: Pointer) -> Line:
    """The live line behind a code, locked. Raises ``NotReachable`` if it ended meanwhile."""
    found = Line.objects.select_for_update(of=("self",)).select_related("case")
    line = found.filter(id=pointer.line_id, state=workflow.LIVE).first()
    if line is None:
        raise NotReachable("the line has ended")
    return line


def _lock(line_id: UUID, by: Actor) -> Line:
    """A visible line, locked, for somebody who writes in its file."""
    policy.require_companion(by, queries.get_line(by, line_id).case_id)
    found = Line.objects.select_for_update(of=("self",)).select_related("case")
    return found.get(id=line_id)


def _end(line: Line, *, why: str, by: int, at: datetime) -> None:
    line.state = workflow.MOVES.check("end", line.state).target
    line.ended_at, line.ended_by, line.ended_why = at, by, why
    line.save(update_fields=["state", "ended_at", "ended_by", "ended_why"])


def _add(
    line: Line, words: str, *, id_: UUID, by_user: int | None, pressed: bool, at: datetime
) -> bool:
    """One more message; ``False`` where it stands already."""
    if Word.objects.filter(id=id_).exists():
        return False
    Word.objects.create(
        id=id_, case=line.case, line_id=line.id, by_user=by_user, pressed=pressed, at=at,
        body_sealed=vault.seal(_key(line.case), queries.word_place(id_), words),
    )  # fmt: skip
    return True


def _key(case: Case) -> vault.OpenKey:
    return vault.key_for(Owner("case", case.id), case.subject, DataClass.ACCOUNT)


def _checked(text: str, *, most: int, name: str, needed: bool = True) -> str:
    words = text.strip()
    if needed and not words:
        raise InvalidInput({name: "required"})
    if len(words) > most:
        raise InvalidInput({name: "too_long"})
    return words


def _check_choice(*, language: str, shows: str, ends_on: date, at: datetime) -> None:
    errors: dict[str, str] = {}
    if language not in LANGUAGES:
        errors["language"] = "unknown"
    if shows not in workflow.SHOWN:
        errors["shows"] = "unknown"
    if ends_on <= at.date():
        errors["ends_on"] = "past"
    elif ends_on > (at + LONGEST).date():
        errors["ends_on"] = "impossible"
    if errors:
        raise InvalidInput(errors)


def _carrier(line: Line) -> Actor | None:
    """Whoever carries the case at the agency that leads it, the companion first."""
    users = custody.carriers([line.case_id]).get((line.case.lead_agency_id, line.case_id), [])
    for user_id in [*users, line.given_by]:
        actor = network.get_live_actor(user_id=user_id, agency_id=line.case.lead_agency_id)
        if actor is not None and may(actor.roles, Permission.RECORD_CONSENT):
            return actor
    return None


def _call(line: Line, kind: str, *, urgent: bool, at: datetime) -> None:
    """Call whoever carries the case, or the supervisor where nobody does: once in a minute."""
    carrier = _carrier(line)
    call = alerts.Call(
        token=f"{kind}:{line.id}:{at:%Y%m%d%H%M}", agency_id=line.case.lead_agency_id,
        audience=Alert.PERSON if carrier else Alert.SUPERVISOR,
        user_id=carrier.user_id if carrier else None, kind=kind, subject_kind="tidings",
        subject_id=str(line.id), about=("case", str(line.case_id)), urgent=urgent,
    )  # fmt: skip
    alerts.raise_alerts(calls=[call], at=at)


def _record(name: str, line: Line, *, by: Actor, at: datetime) -> None:
    record(
        by=by, at=at, name=name, subject_kind="tidings", subject_id=line.id, case_id=line.case_id
    )


def _record_hers(name: str, line: Line, *, at: datetime) -> None:
    record(
        by=None, agency_id=line.case.lead_agency_id, at=at, name=name, subject_kind="tidings",
        subject_id=line.id, case_id=line.case_id, purpose=INTAKE,
    )  # fmt: skip
