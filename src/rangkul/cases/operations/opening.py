"""Opening a file: custody, cover, survivor, incident, triage, companion, first clocks at once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction

from rangkul.access.permissions import Permission
from rangkul.access.policy import may
from rangkul.assessments import rk01_triase
from rangkul.assessments.answers import Answers
from rangkul.assessments.instruments.rk01_words import Flag
from rangkul.assessments.operations import record_submission
from rangkul.cases import coded, events, queries
from rangkul.cases.models import CaseFile, Incident
from rangkul.cases.operations import once
from rangkul.cases.operations.medical import CLOCK as MEDICAL_WINDOW
from rangkul.cases.operations.medical import window_opened
from rangkul.cases.operations.notes import file_note
from rangkul.cases.pseudonyms import pseudonym_for
from rangkul.clocks import operations as clocks
from rangkul.custody import operations as custody
from rangkul.custody import queries as custody_queries
from rangkul.custody.models import Case
from rangkul.foundation import vault
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.ids import new_id
from rangkul.foundation.vault import DataClass, Owner
from rangkul.people.ages import Age
from rangkul.people.identity import OLDEST, Contact, Identity, Location
from rangkul.people.models import Person
from rangkul.people.operations import add_person
from rangkul.reference import queries as reference
from rangkul.reference.zones import latest_date
from rangkul.trail.operations import record

MOST_ACCOUNT = 20_000
# Either says that the person is to be treated as a child.
CHILD_FLAGS = frozenset({"anak", "diduga_anak"})
_CODED = ("area", "violence_kinds", "flags", "sex", "languages", "worker_sex", "contact_bans")
_CODED_FACTS = (
    "precision", "place_kinds", "origin_area", "transit_areas", "destination_area",
    "destination_country",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class IncidentFacts:
    """What is known of the incident when the file opens; codes of the reference lists."""

    happened_from: date | None = None
    happened_until: date | None = None
    precision: str = "day"
    place_kinds: tuple[str, ...] = ()
    area: str = ""
    origin_area: str = ""
    transit_areas: tuple[str, ...] = ()
    destination_area: str = ""
    destination_country: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """Everything a file begins with.

    ``age`` was stated on ``age_on`` (default: the day on which the file opens).
    ``carried_over``: the case was carried elsewhere before; its first hours lie behind, so that
    only the clock of the whole assessment starts.
    """

    area: str
    categories: tuple[str, ...]
    triage: Answers
    violence_kinds: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    sex: str = ""
    birth_year: int | None = None
    age: int | None = None
    age_on: date | None = None
    is_child: bool | None = None
    languages: tuple[str, ...] = ()
    worker_sex: str = ""
    work_label: str = ""
    desk_id: int | None = None
    incident_key: UUID | None = None
    token: UUID | None = None
    incident: IncidentFacts = IncidentFacts()
    identity: Identity = field(default_factory=Identity)
    contact: Contact = field(default_factory=Contact)
    location: Location = field(default_factory=Location)
    contact_bans: tuple[str, ...] = ()
    companion_id: int | None = None
    reported_at: datetime | None = None
    account: str = ""
    triage_source: str = ""
    carried_over: bool = False


@transaction.atomic
def open_file(*, opening: Opening, by: Actor, at: datetime) -> CaseFile:
    """Open a case with everything known, assign its companion, start its clocks.

    Side effects: custody opened, survivor and tokens stored, rk01 kept, clocks of the triage
    started, trail. Raises ``InvalidInput``.
    """
    _check(opening, at)
    subject = uuid4()
    case = custody.open_case(subject=subject, by=by, at=at)
    case_id = case.id
    judgement = rk01_triase.judge(opening.triage)
    result = rk01_triase.triage(opening.triage, source=opening.triage_source)
    age, today = _age(opening, at), latest_date(at)
    is_child = age.may_be_child(today) or _said_child(opening)
    file = CaseFile.objects.create(
        id=new_id(), case=case, risk=judgement.in_force, risk_at=at,
        categories=list(opening.categories), violence_kinds=list(opening.violence_kinds),
        flags=_flags(opening, is_child), pseudonym=pseudonym_for(subject.bytes),
        work_label=opening.work_label, sex=opening.sex,
        age_band=age.band(today), is_child=is_child,
        languages=list(opening.languages), worker_sex=opening.worker_sex,
        desk_id=opening.desk_id, area=opening.area,
        incident_key=opening.incident_key or new_id(), token=opening.token, opened_at=at,
    )  # fmt: skip
    add_person(
        case=case, part=Person.SURVIVOR, by=by, at=at, identity=opening.identity,
        contact=opening.contact, location=opening.location, sex=opening.sex,
        birth_year=opening.birth_year, contact_bans=opening.contact_bans,
    )  # fmt: skip
    add_incident(case=case, facts=opening.incident, by=by, at=at)
    record_submission(
        case=case, instrument=rk01_triase.INSTRUMENT, answers=opening.triage, by=by, at=at,
        result={
            "level": result.level, "in_force": judgement.in_force,
            "flags": sorted(str(flag) for flag in result.flags),
        },
    )  # fmt: skip
    if opening.account:
        # The account of the report: whoever opens the file files it, note or not her task.
        file_note(
            case=case, body=opening.account, kind="report", by=by, at=at,
            happened_at=min(opening.reported_at or at, at),
        )  # fmt: skip
    companion = opening.companion_id
    if companion is None and may(by.roles, Permission.SEE_OWN_CASES):
        # Whoever accompanies survivors and opens a file carries it until another is named.
        companion = by.user_id
    if companion is not None:
        custody.assign(case_id=case_id, user_id=companion, by=by, at=at)
    if opening.carried_over:
        start_clock(file, "assessment_completed", by=by, at=at)
    else:
        start_clocks(
            file, flags=result.flags, by=by, at=at, heard_at=min(opening.reported_at or at, at)
        )
    record(
        by=by, at=at, name=events.FILE_OPENED, subject_kind="case", subject_id=case_id,
        case_id=case_id, detail={"risk": file.risk, "categories": file.categories},
    )  # fmt: skip
    return file


@transaction.atomic
def open_another(
    *, case_id: int, opening: Opening, token: UUID | None, by: Actor, at: datetime
) -> CaseFile:
    """Open the file of one more survivor of the incident of ``case_id``, a visible case.

    The same name under the same ``token`` again returns the file that it opened. Raises
    ``NotReachable``, ``InvalidInput``.
    """
    custody_queries.lock_case(by, case_id)
    file = queries.get_file(by, case_id)
    opening = of_same_incident(opening, case_id=case_id, by=by)
    who = opening.identity
    key = once.key_of(token, who.full_name, who.called_name, who.nik)
    same = CaseFile.objects.filter(incident_key=file.incident_key, token=key)
    before = same.first() if key else None
    if before is not None:
        return before
    return open_file(opening=replace(opening, token=key), by=by, at=at)


def of_same_incident(opening: Opening, *, case_id: int, by: Actor) -> Opening:
    """The opening as one more survivor's of the incident of ``case_id``. Raises ``NotReachable``.

    What it says itself of days, places and the road stands; the rest is what the other file knows.
    The account is not taken over: it was told by somebody else.
    """
    file, known = queries.get_file(by, case_id), queries.get_incident(by, case_id)
    said = opening.incident
    days = said if said.happened_from or said.happened_until else known
    facts = IncidentFacts(
        happened_from=days.happened_from,
        happened_until=days.happened_until,
        precision=days.precision,
        place_kinds=said.place_kinds or tuple(known.place_kinds),
        area=said.area or known.area,
        origin_area=said.origin_area or known.origin_area,
        transit_areas=said.transit_areas or tuple(known.transit_areas),
        destination_area=said.destination_area or known.destination_area,
        destination_country=said.destination_country or known.destination_country,
        account=said.account,
    )
    return replace(opening, incident=facts, incident_key=file.incident_key)


def add_incident(*, case: Case, facts: IncidentFacts, by: Actor, at: datetime) -> Incident:
    """The incident row of a file; the account is sealed."""
    incident = Incident(
        id=new_id(), case=case, happened_from=facts.happened_from,
        happened_until=facts.happened_until, precision=facts.precision,
        place_kinds=list(facts.place_kinds), area=facts.area, origin_area=facts.origin_area,
        transit_areas=list(facts.transit_areas), destination_area=facts.destination_area,
        destination_country=facts.destination_country, recorded_at=at, recorded_by=by.user_id,
    )  # fmt: skip
    if facts.account:
        key = vault.key_for(Owner("case", case.id), case.subject, DataClass.ACCOUNT)
        incident.account_sealed = vault.seal(
            key, queries.incident_place(incident.id), facts.account
        )
    incident.save(force_insert=True)
    return incident


def start_clocks(
    file: CaseFile, *, flags: frozenset[Flag], by: Actor, at: datetime, heard_at: datetime
) -> None:
    """The clocks of a newly opened file (domain: clocks); ``heard_at``: when it was reported."""
    start_clock(file, "assessment_begun", by=by, at=at)
    start_clock(file, "assessment_completed", by=by, at=at)
    if file.is_child:
        start_clock(file, "child_first_assessment", by=by, at=at)
    start_triage_clocks(file, flags=flags, by=by, at=at, heard_at=heard_at)


def start_triage_clocks(
    file: CaseFile, *, flags: frozenset[Flag], by: Actor, at: datetime, heard_at: datetime
) -> None:
    """The clocks that a triage sets, the first one or a later one.

    What a procedure counts from the triage begins at ``at``; the hours of medical care run from
    the violence, of which was told at ``heard_at``.
    """
    for flag, procedure in (
        (Flag.TRAFFICKING_SCREENING, "tppo_screening"),
        (Flag.ASK_AGAIN, "triage_unknown_again"),
        (Flag.ASK_SUICIDE_AGAIN, "self_harm_asked_again"),
    ):
        if flag in flags:
            start_clock(file, procedure, by=by, at=at)
    if Flag.MEDICAL_WINDOW in flags:
        start_medical_window(file, by=by, at=at, heard_at=heard_at)


def start_medical_window(file: CaseFile, *, by: Actor, at: datetime, heard_at: datetime) -> None:
    """The hours of medical care, which run from the violence and not from the telling."""
    since = window_opened(
        heard_at=heard_at, last_day=_last_day(file), zone=reference.zone_for(file.area)
    )
    start_clock(file, MEDICAL_WINDOW, by=by, at=at, since=since)


def _last_day(file: CaseFile) -> date | None:
    """The last day of violence that the file knows to the day."""
    days = Incident.objects.filter(case_id=file.case_id, precision="day").values_list(
        "happened_until", "happened_from"
    )
    known = [day for until, began in days if (day := until or began) is not None]
    return max(known, default=None)


def start_clock(
    file: CaseFile, procedure: str, *, by: Actor, at: datetime, since: datetime | None = None
) -> None:
    """One clock about a file, in its area's time."""
    clocks.start(
        procedure=procedure, subject_kind="case", subject_id=file.case_id, area=file.area,
        by=by, at=at, since=since, case_id=file.case_id, risk=file.risk,
    )  # fmt: skip


def _check(opening: Opening, at: datetime) -> None:
    facts = opening.incident
    errors = coded.unknown(
        {name: getattr(opening, name) for name in _CODED}
        | {name: getattr(facts, name) for name in _CODED_FACTS}
        | {"incident_area": facts.area}
    )
    if not opening.categories or not set(opening.categories) <= coded.CATEGORIES:
        errors["categories"] = "required"
    if not opening.area:
        errors["area"] = "required"
    for name, day in (
        ("happened_from", facts.happened_from),
        ("happened_until", facts.happened_until),
    ):
        if day is not None and day > latest_date(at):
            errors[name] = "future"
    if facts.happened_from and facts.happened_until and facts.happened_until < facts.happened_from:
        errors["happened_until"] = "before_start"
    if opening.birth_year is not None and not at.year - OLDEST <= opening.birth_year <= at.year:
        errors["birth_year"] = "impossible"
    if opening.age is not None and not 0 <= opening.age <= OLDEST:
        errors["age"] = "impossible"
    if len(facts.account) > MOST_ACCOUNT or len(opening.account) > MOST_ACCOUNT:
        errors["account"] = "too_long"
    if errors:
        raise InvalidInput(errors)


def _age(opening: Opening, at: datetime) -> Age:
    return Age(
        birth_date=opening.identity.birth_date, years=opening.age,
        stated_on=opening.age_on or latest_date(at), birth_year=opening.birth_year,
    )  # fmt: skip


def _said_child(opening: Opening) -> bool:
    """Somebody takes the person for a child, whatever the years say: in doubt, yes."""
    return bool(opening.is_child) or bool(CHILD_FLAGS & set(opening.flags))


def _flags(opening: Opening, is_child: bool) -> list[str]:
    flags = set(opening.flags)
    if is_child and not CHILD_FLAGS & flags:
        flags.add("anak")
    return sorted(flags)
